extension Topics {
  static let vision: [Topic] = [
    Topic(
      "convolution", .architectures, "Pictures", "Filters that slide, feature maps, pooling.",
      lessons: [11], zoo: ["lenet"]),
    Topic(
      "deep-cnns", .architectures, "Pictures", "AlexNet, VGG and ResNet.", lessons: [12],
      zoo: ["alexnet", "vgg", "resnet"]),
    Topic(
      "light-cnns", .architectures, "Pictures", "MobileNet and EfficientNet: more for less.",
      lessons: [12], zoo: ["mobilenet", "efficientnet"]),
    Topic(
      "vision-transformers", .architectures, "Pictures", "Patches as words: ViT and its kin.",
      lessons: [21], zoo: ["vit", "shifted-windows"]),
    Topic(
      "thousand-classes", .architectures, "Pictures",
      "Networks as large as those for a thousand classes, counted weight by weight.",
      zoo: ["counted"]),
    Topic(
      "detection", .applications, "Seeing", "Boxes around things, and how good they are.",
      lessons: [13], zoo: ["detector"]),
    Topic(
      "segmentation", .applications, "Seeing", "A label for every point: U-Net.", lessons: [13],
      zoo: ["unet"]),
    Topic(
      "small-pictures", .applications, "Seeing", "Ten kinds of small colour pictures.",
      lessons: [12]),
    Topic(
      "visual-search", .applications, "Seeing", "Pictures alike, of kinds never seen.",
      lessons: [26], zoo: ["siamese"]),
    Topic(
      "super-resolution", .applications, "Seeing", "Larger pictures, and the style of others.",
      lessons: [23], zoo: ["sharper"]),
  ]

  static let sequences: [Topic] = [
    Topic(
      "recurrence", .architectures, "Sequences", "A state that is carried on, and forgets.",
      lessons: [14], zoo: ["lstm-text", "gru-text", "fading"]),
    Topic(
      "gates", .architectures, "Sequences", "LSTM and GRU: what to keep.", lessons: [14],
      zoo: ["lstm-text", "gru-text", "long-memory"]),
    Topic(
      "causal-convolution", .architectures, "Sequences", "Convolution through time: TCN.",
      lessons: [15], zoo: ["tcn"]),
    Topic(
      "encoder-decoder", .architectures, "Sequences", "One sequence to another: translation.",
      lessons: [16], zoo: ["seq2seq-attention"]),
    Topic(
      "state-spaces", .architectures, "Sequences", "Mamba, RWKV: a state in linear time.",
      lessons: [19], zoo: ["two-forms", "selective-copying"]),
    Topic(
      "language-models", .applications, "Language", "What comes next, and how surprised one is.",
      lessons: [4, 14, 18], zoo: ["lstm-text", "gpt"]),
    Topic(
      "speech", .applications, "Sound", "Waves, spectra and spoken digits.", lessons: [16, 26],
      zoo: ["strings"]),
    Topic(
      "music", .applications, "Sound", "Tunes, one sign after the other.",
      lessons: [14], zoo: ["tunes"]),
    Topic(
      "time-series", .applications, "Numbers", "Temperatures and prices, against simple rules.",
      lessons: [15], zoo: ["tcn", "forecast"]),
    Topic(
      "anomalies", .applications, "Numbers", "What does not fit: machines and streams.",
      lessons: [15], zoo: ["machine-heat"]),
    Topic(
      "sessions", .applications, "Numbers", "What somebody will want next.", lessons: [26],
      zoo: ["sessions"]),
  ]

  static let transformers: [Topic] = [
    Topic(
      "attention", .architectures, "Transformers", "Queries, keys, values, and many heads.",
      lessons: [17], pages: ["attention"]),
    Topic(
      "positions", .architectures, "Transformers", "Where a word stands: waves and rotations.",
      lessons: [17, 19], zoo: ["rotary"]),
    Topic(
      "three-forms", .architectures, "Transformers", "Encoders, decoders, and both.",
      lessons: [16, 17]),
    Topic(
      "shared-keys", .architectures, "Transformers", "Fewer keys than queries, and a cache.",
      lessons: [19], zoo: ["llama-block", "remembered-keys"]),
    Topic(
      "next-word-models", .architectures, "Transformers", "GPT, LLaMA and the like.", lessons: [18],
      zoo: ["gpt", "llama-block"]),
    Topic(
      "masked-models", .architectures, "Transformers", "BERT: words from both sides.",
      lessons: [20], zoo: ["masked-model"]),
    Topic(
      "text-to-text", .architectures, "Transformers", "T5 and BART: every task is text.",
      lessons: [16], zoo: ["four-tasks"]),
    Topic(
      "sparse-attention", .architectures, "Transformers", "Windows and blocks against the square.",
      lessons: [19], zoo: ["sparse-attention"]),
    Topic(
      "question-answering", .applications, "Language", "The place of an answer in a text.",
      lessons: [20]),
    Topic(
      "sentiment", .applications, "Language", "Does a review praise? Words against networks.",
      lessons: [20]),
    Topic(
      "long-reviews", .applications, "Language", "Whole film reviews through a network that reads.",
      lessons: [14, 20]),
    Topic(
      "translation-scores", .applications, "Language", "BLEU, ROUGE: how near a text comes.",
      lessons: [16], zoo: ["scores"]),
  ]

  static let generation: [Topic] = [
    Topic(
      "adversarial-networks", .architectures, "Making", "A forger and a judge: GAN.", lessons: [23],
      zoo: ["gan-ring"], pages: ["gan"]),
    Topic(
      "autoencoders", .architectures, "Making", "Few numbers for a picture: AE and VAE.",
      lessons: [22], zoo: ["vae", "two-numbers"]),
    Topic(
      "diffusion", .architectures, "Making", "From noise to a picture that was asked for.",
      lessons: [24], zoo: ["diffusion"]),
    Topic(
      "graph-networks", .architectures, "Graphs", "Messages along edges: GCN and others.",
      lessons: [25], zoo: ["gcn"]),
    Topic(
      "two-towers", .architectures, "Several senses", "Pictures and words in one space: CLIP.",
      lessons: [26], zoo: ["clip"]),
    Topic(
      "other-media", .applications, "Making", "Sounds, moving pictures, programs, shapes.",
      lessons: [22, 24], zoo: ["solid"]),
  ]
}
