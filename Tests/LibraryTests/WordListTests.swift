import Library
import Testing

@Suite struct WordListTests {
  /// The words of the design, by group; those of plots are tested with them.
  private static let words = """
    tensor zeros ones full eye arange linspace range one_hot diag tril triu meshgrid record
    seed rand randn randint shuffle choice categorical bernoulli
    exp log log1p sqrt abs sign round floor ceil sin cos tanh sigmoid erf isnan minimum maximum clip
    where int float cast
    relu leaky_relu elu gelu silu softplus softmax log_softmax logsumexp
    sum mean var std min max prod any all norm argmax argmin cumsum cumprod count quantile median topk
    sort argsort unique bincount
    reshape flatten squeeze transpose concat stack chunk repeat tile pad flip roll rearrange reduce
    einsum gather scatter_add nonzero unfold
    dot outer inv solve lstsq svd eigh conv2d
    grad value_and_grad jacobian hessian stop_grad custom_grad vmap numeric_grad
    Input Linear Conv Conv1 Embedding RNN GRU LSTM Attention LayerNorm RMSNorm BatchNorm Dropout
    MaxPool AvgPool GlobalPool Upsample Reshape
    residual mlp Block GPT ViT UNet GCN rope sinusoids attention causal
    param params count_params map_params freeze training shapes summary with_state flops
    cross_entropy bce mse mae huber kl nt_xent elbo distill
    accuracy confusion auc edit_distance accuracy_of precision recall f1 r2 iou mean_ap perplexity bleu
    rouge roc
    SGD RMSprop Adam AdamW update cosine step_decay one_cycle ema
    train spawn await peek set pause resume stop runs
    dataset datasets load save split kfold batches windows tokenizer bpe codes spectrogram
    standardize normalize jitter cutout mixup oversample
    len map filter fold zip enumerate min_by max_by keys values join words lines lower replace find str
    print typeof
    plot scatter hist bars heatmap image images table show
    assert error same close time check check_close check_shape check_like uses
    quantize dequantize fake_quant magnitude_mask prune load_into import generate
    """.split { $0 == " " || $0 == "\n" }.map(String.init)

  @Test func `every word of the design is there`() {
    #expect(Self.words.count > 170)
    for name in Self.words {
      #expect(StandardLibrary.reference.entry(named: name) != nil, "\(name)")
    }
  }

  @Test func `no word is there twice, and those written in the language show their lines`() throws {
    let names = StandardLibrary.entries.map(\.name)
    #expect(Set(names).count == names.count)
    #expect(try shown("?GPT")[0].contains("blocks = [Block(d, heads) for i in range(layers)]"))
  }
}
