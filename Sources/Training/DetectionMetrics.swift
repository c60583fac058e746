import Tensors

/// Boxes [x0, y0, x1, y1] found in images, against those that are there.
package enum Detection {
  package struct Found: Sendable {
    package let boxes: [[Double]]
    package let scores: [Double]
    package let labels: [Int]

    package init(boxes: [[Double]], scores: [Double], labels: [Int]) {
      self.boxes = boxes
      self.scores = scores
      self.labels = labels
    }
  }

  /// Shared area over joint area.
  package static func overlap(_ a: [Double], _ b: [Double]) -> Double {
    func area(_ box: [Double]) -> Double { max(0, box[2] - box[0]) * max(0, box[3] - box[1]) }
    let shared = area([max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])])
    let joint = area(a) + area(b) - shared
    return joint == 0 ? 0 : shared / joint
  }

  /// COCO's mean average precision: over classes and over overlaps from 0.5 to 0.95, with precision
  /// read at 101 recalls.
  package static func meanAveragePrecision(
    _ found: [Found], _ truths: [Found],
    overlaps: [Double] = (0..<10).map { 0.5 + 0.05 * Double($0) }
  ) -> Double {
    let classes = Set(truths.flatMap(\.labels)).sorted()
    guard !classes.isEmpty, !overlaps.isEmpty else { return 0 }
    var sum = 0.0
    for label in classes {
      for limit in overlaps { sum += averagePrecision(found, truths, label, limit) }
    }
    return sum / Double(classes.count * overlaps.count)
  }

  private static func averagePrecision(
    _ found: [Found], _ truths: [Found], _ label: Int, _ limit: Double
  ) -> Double {
    var candidates: [(image: Int, at: Int, score: Double)] = []
    for (image, each) in found.enumerated() {
      for at in each.boxes.indices where each.labels[at] == label {
        candidates.append((image, at, each.scores[at]))
      }
    }
    // Best first; equal scores keep their order.
    let order = candidates.indices.sorted {
      (candidates[$0].score, $1) > (candidates[$1].score, $0)
    }
    let total = truths.reduce(0) { $0 + $1.labels.count { $0 == label } }
    var taken = truths.map { [Bool](repeating: false, count: $0.boxes.count) }
    var (hits, curve): (Double, [(recall: Double, precision: Double)]) = (0, [])
    for (place, index) in order.enumerated() {
      let (image, at, _) = candidates[index]
      let box = found[image].boxes[at]
      var best: (at: Int, overlap: Double)?
      for other in truths[image].boxes.indices
      where truths[image].labels[other] == label && !taken[image][other] {
        let shared = overlap(box, truths[image].boxes[other])
        if shared >= limit - 1e-12, shared > best?.overlap ?? 0 { best = (other, shared) }
      }
      if let best {
        taken[image][best.at] = true
        hits += 1
      }
      curve.append((hits / Double(total), hits / Double(place + 1)))
    }
    // Precision may only fall with recall: each point takes the best one behind it.
    var ceiling = 0.0
    for i in curve.indices.reversed() {
      ceiling = max(ceiling, curve[i].precision)
      curve[i].precision = ceiling
    }
    var (sum, i) = (0.0, 0)
    for step in 0...100 {
      while i < curve.count, curve[i].recall < Double(step) / 100 - 1e-12 { i += 1 }
      if i < curve.count { sum += curve[i].precision }
    }
    return sum / 101
  }
}
