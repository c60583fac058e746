/// What a learner's numbers did at one step.
package struct StepReading: Sendable, Equatable {
  package var layers: [LayerReading]
  /// The share of labels that the model contradicts with confidence, held-out ones where there are
  /// any; nil where nobody looked.
  package var contradicted: Double?

  package init(_ layers: [LayerReading] = [], contradicted: Double? = nil) {
    self.layers = layers
    self.contradicted = contradicted
  }
}

/// What one layer did at one step.
package struct LayerReading: Sendable, Equatable {
  package let name: String
  /// Euclidean norms of the loss's gradient in the layer's weights, of the weights, and of their move.
  package let gradient: Double
  package let weight: Double
  package let update: Double
  /// How many numbers the layer learns.
  package let count: Int
  /// Whether it has a matrix: weights of one row alone, such as biases, begin at 0 and have no size to
  /// compare their moves with.
  package let isSized: Bool
  /// The share of its units that answered 0 to every example looked at; nil where nobody looked.
  package let dead: Double?

  package init(
    _ name: String, gradient: Double, weight: Double, update: Double, count: Int,
    dead: Double? = nil, isSized: Bool = true
  ) {
    self.name = name
    self.gradient = gradient
    self.weight = weight
    self.update = update
    self.count = count
    self.dead = dead
    self.isSized = isSized
  }

  /// How far a step moves the weights, as a share of their size; about 1e-3 in healthy trainings.
  package var ratio: Double { weight > 0 ? update / weight : 0 }
  /// The gradient of one weight, in the root of the mean square.
  package var slope: Double { gradient / Double(max(1, count)).squareRoot() }
}
