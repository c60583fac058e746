import ArgumentParser
import Autograd
import Files
import Formats
import Layers
import Tensors

/// A network that was trained elsewhere, with its weights, on the MNIST test images.
struct ModelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "model",
    abstract: "Counts what a foreign network gets right on the MNIST test images.")

  @ArgumentParser.Argument(help: "The weights, a .safetensors file.") var weights: String
  @ArgumentParser.Argument(
    help: "The folder of t10k-images-idx3-ubyte.gz and t10k-labels-idx1-ubyte.gz.")
  var data: String
  @Option(help: "Only so many images.") var images: Int?

  func run() throws {
    let file = try Safetensors(FileBytes.read(weights))
    let pixels = try numbers("t10k-images-idx3-ubyte")
    let labels = try numbers("t10k-labels-idx1-ubyte").array(of: Int64.self)
    guard pixels.rank == 3, pixels.dims[0] == labels.count else {
      throw ValidationError("images \(pixels.dims) and \(labels.count) labels do not fit")
    }
    let network = try ForeignNetwork.convolutional(file)
    let count = max(0, min(images ?? labels.count, labels.count))
    var right = 0
    for start in stride(from: 0, to: count, by: 500) {
      let rows = Array(start..<min(count, start + 500))
      let x = try pixels.taking(rows).reshaped([rows.count, 1] + pixels.dims.dropFirst())
      let scores = try network(x).array(of: Float.self)
      let classes = scores.count / rows.count
      for (i, row) in rows.enumerated() {
        let own = scores[i * classes..<(i + 1) * classes]
        let best = own.indices.reduce(own.startIndex) { own[$1] > own[$0] ? $1 : $0 }
        right += best - own.startIndex == Int(labels[row]) ? 1 : 0
      }
    }
    print(
      JSON.object([
        JSON.Field("weights", .text(weights)), JSON.Field("images", .integer(count)),
        JSON.Field("right", .integer(right)),
        JSON.Field("accuracy", .number(count == 0 ? 0 : Double(right) / Double(count))),
      ]).written)
  }

  /// An IDX file of the folder, packed or not.
  private func numbers(_ name: String) throws -> Tensor {
    let plain = data + "/" + name
    if FileBytes.exists(plain) { return try IDXFile.read(FileBytes.read(plain)) }
    return try IDXFile.read(
      Compression.inflate(FileBytes.read(plain + ".gz")[...], .gzip))
  }
}

/// Networks by the names and shapes of their weights.
enum ForeignNetwork {
  typealias Network = (Tensor) throws -> Tensor

  /// Three convolutions of 3 x 3 without padding, a norm, two linear layers and a norm, on pixels
  /// from 0 to 255: the MNIST example of the burn project.
  static func convolutional(_ file: Safetensors) throws -> Network {
    let convolutions = try (1...3).map {
      try layer("Conv", "conv\($0)", ["pad": .integer(0)], file)
    }
    let linear = try (1...2).map { try layer("Linear", "fc\($0)", [:], file) }
    let norms = try (1...2).map { try layer("BatchNorm", "norm\($0)", [:], file) }
    return { pixels in
      func apply(_ layer: Layer, _ x: Variable) throws -> Variable {
        var context = LayerContext()
        return try layer(x, &context)
      }
      // The mean and deviation of MNIST's training pixels.
      var x = try (Variable(pixels) / 255 - 0.1307) / 0.3081
      for convolution in convolutions { x = try Operations.relu(apply(convolution, x)) }
      x = try apply(norms[0], x)
      x = try Operations.relu(apply(linear[0], x.reshaped([x.dims[0], -1])))
      return try apply(norms[1], apply(linear[1], x)).value
    }
  }

  /// A layer whose sizes are those of its weights.
  private static func layer(
    _ kind: String, _ name: String, _ settings: Attributes, _ file: Safetensors
  ) throws -> Layer {
    guard let kind = LayerKinds.catalog[kind], let weight = try file.tensor(name + ".weight") else {
      throw ValidationError("the file has no \(name).weight, as the networks that are known have")
    }
    var settings = settings
    switch weight.rank {
    case 1: settings["c"] = .integer(weight.dims[0])
    default:
      settings["in"] = .integer(weight.dims[1])
      settings["out"] = .integer(weight.dims[0])
      if weight.rank == 4 { settings["k"] = .integer(weight.dims[2]) }
    }
    var stream = RandomStream(seed: 0)
    var layer = try kind.make(settings, &stream)
    func numbers(_ part: String, _ dims: [Int]) throws -> Tensor {
      guard let found = try file.tensor("\(name).\(part)"), found.dims == dims else {
        throw ValidationError("\(name).\(part) is missing or not \(dims)")
      }
      return found
    }
    for i in layer.parameters.indices {
      let (part, value) = layer.parameters[i]
      layer.parameters[i].value = Variable(try numbers(part, value.dims))
    }
    for i in layer.buffers.indices {
      layer.buffers[i].value = try numbers(layer.buffers[i].name, layer.buffers[i].value.dims)
    }
    return layer
  }
}
