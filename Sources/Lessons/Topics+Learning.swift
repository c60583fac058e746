extension Topics {
  static let fundamentals: [Topic] = [
    Topic(
      "neuron", .fundamentals, "Networks", "One neuron: weights, a bias, a sum, an activation.",
      lessons: [5], zoo: ["gates"]),
    Topic(
      "layers", .fundamentals, "Networks", "Input, hidden and output layers as a graph.",
      lessons: [1, 6], pages: ["first-light"]),
    Topic(
      "activations", .fundamentals, "Networks", "ReLU, GELU, SiLU, sigmoid, tanh, softmax.",
      lessons: [5, 10]),
    Topic(
      "feature-learning", .fundamentals, "Networks",
      "Features that are learnt: edges, parts, things.",
      lessons: [1, 11], zoo: ["deeper-sees-more"]),
    Topic(
      "depth", .fundamentals, "Networks", "What one wide layer can, and what depth does better.",
      lessons: [6], zoo: ["any-function"]),
    Topic(
      "kinds-of-intelligence", .fundamentals, "Networks",
      "Rules, machine learning and deep learning on one task.", lessons: [1], zoo: ["four-ways"],
      pages: ["digits"]),
    Topic(
      "losses", .fundamentals, "Learning", "Cross-entropy, squared error, contrastive and others.",
      lessons: [4, 7, 26]),
    Topic(
      "backpropagation", .fundamentals, "Learning", "The chain rule, forwards and backwards.",
      lessons: [3, 6]),
    Topic(
      "gradient-descent", .fundamentals, "Learning",
      "Steps downhill: SGD, momentum, RMSprop, Adam.",
      lessons: [3, 8]),
    Topic(
      "landscape", .fundamentals, "Learning", "Losses with many valleys, and paths between them.",
      lessons: [3], zoo: ["connected-minima"]),
    Topic(
      "regression", .fundamentals, "First tasks", "Prices of houses: lines and small networks.",
      lessons: [3, 7], zoo: ["house-prices"]),
    Topic(
      "handwriting", .fundamentals, "First tasks", "Reading handwritten digits.", lessons: [1, 11],
      zoo: ["lenet"], pages: ["digits"]),
    Topic(
      "pairs-of-pictures", .fundamentals, "First tasks", "Cat or dog, the same face or another.",
      zoo: ["siamese", "cat-or-dog"]),
    Topic(
      "linear-algebra", .fundamentals, "Mathematics",
      "Products, eigenvalues, principal components.",
      lessons: [2]),
    Topic(
      "probability", .fundamentals, "Mathematics", "Distributions, surprise, divergence.",
      lessons: [4], zoo: ["distances"]),
  ]

  static let training: [Topic] = [
    Topic(
      "regularisation", .training, "Generalising", "Dropout, weight decay, stopping early.",
      lessons: [9], zoo: ["regularised"]),
    Topic(
      "normalisation", .training, "Going deep", "Batch, layer and root-mean-square norms.",
      lessons: [10, 19]),
    Topic(
      "residuals", .training, "Going deep", "Ways around layers make a hundred of them learn.",
      lessons: [10], zoo: ["plain-and-residual"]),
    Topic(
      "schedules", .training, "Learning rates", "Warm-up, cosine, one cycle, and finding a rate.",
      lessons: [8]),
    Topic(
      "augmentation", .training, "Data", "Crops, flips, cutout and mixtures of examples.",
      lessons: [9], zoo: ["augmented"]),
    Topic(
      "noisy-labels", .training, "Data", "Wrong labels, smoothing, easy examples first.",
      lessons: [9], zoo: ["label-noise"]),
    Topic(
      "imbalance", .training, "Data", "Scaling, rare classes, weights, and leaks.", lessons: [7],
      zoo: ["rare-cases"]),
    Topic(
      "data-size", .training, "Data", "How accuracy grows with examples.", lessons: [9],
      zoo: ["more-data"]),
    Topic(
      "pretext-tasks", .training, "Less labels", "Learning from pictures without labels.",
      lessons: [20]),
    Topic(
      "transfer", .training, "Less labels", "Freezing, fine-tuning and adapting what is learnt.",
      lessons: [20], zoo: ["transfer"]),
    Topic(
      "precision", .training, "At scale", "Half precision, and scaled losses.", lessons: [28],
      zoo: ["half-precision"]),
    Topic(
      "parallelism", .training, "At scale", "Batches, layers and states on many machines.",
      lessons: [28], zoo: ["data-parallel", "pipeline"]),
    Topic(
      "federated", .training, "At scale", "Learning where the data stays.", lessons: [28],
      zoo: ["federated"]),
    Topic(
      "hardware", .training, "At scale", "What a processor can, and what a layer asks of it.",
      lessons: [28], zoo: ["hardware"]),
    Topic(
      "frameworks", .training, "At scale", "The same in PyTorch and others: models in and out.",
      lessons: [1]),
  ]

  static let data: [Topic] = [
    Topic(
      "pipelines", .training, "Data", "Mapping, mixing and batching examples ahead of the step.",
      lessons: [9])
  ]
}
