import Glibc
import Tensors

/// Pieces of images, brought to one size.
enum RegionPooling {
  static func align(_ call: NodeCall) throws -> Operand {
    let (x, regions) = (try call.operand(0).ranked(4...4), try call.operand(1).ranked(2...2))
    let owners = try call.operand(2).integers()
    let (rows, columns) = (call.integer("output_height", 1), call.integer("output_width", 1))
    let ratio = call.integer("sampling_ratio", 0)
    let scale = call.real("spatial_scale", 1)
    let isMax = call.text("mode", "avg") == "max"
    let isHalf =
      call.text(
        "coordinate_transformation_mode", call.version < 16 ? "output_half_pixel" : "half_pixel")
      == "half_pixel"
    let (images, channels, height, width) = (x.dims[0], x.dims[1], x.dims[2], x.dims[3])
    guard regions.dims[1] == 4, owners.count == regions.dims[0], rows > 0, columns > 0, ratio >= 0,
      ratio < 1 << 15, owners.allSatisfy({ $0 >= 0 && $0 < images })
    else { throw GraphError.invalid("regions \(regions.dims) of \(x.dims)") }
    let target = [owners.count, channels, rows, columns]
    var result: [Double] = []
    result.reserveCapacity(try places(target))
    let (values, boxes) = (try x.reals(), try regions.reals())
    for (r, owner) in owners.enumerated() {
      let shift = isHalf ? 0.5 : 0
      let corner = (0..<4).map { boxes[r * 4 + $0] * scale - shift }
      var (w, h) = (corner[2] - corner[0], corner[3] - corner[1])
      if !isHalf { (w, h) = (max(w, 1), max(h, 1)) }
      let (binH, binW) = (h / Double(rows), w / Double(columns))
      guard binH.isFinite, binW.isFinite, abs(binH) < 1e6, abs(binW) < 1e6 else {
        throw GraphError.invalid("a region of \(w) by \(h)")
      }
      let stepsY = ratio > 0 ? ratio : max(1, Int(binH.rounded(.up)))
      let stepsX = ratio > 0 ? ratio : max(1, Int(binW.rounded(.up)))
      for c in 0..<channels {
        let plane = (owner * channels + c) * height * width
        for row in 0..<rows {
          for column in 0..<columns {
            var (sum, top) = (0.0, -Double.infinity)
            for iy in 0..<stepsY {
              let y =
                corner[1] + Double(row) * binH + (Double(iy) + 0.5) * binH / Double(stepsY)
              for ix in 0..<stepsX {
                let x =
                  corner[0] + Double(column) * binW + (Double(ix) + 0.5) * binW / Double(stepsX)
                let taps = taps(y, x, height, width)
                sum += taps.reduce(0) { $0 + $1.weight * values[plane + $1.position] }
                let largest = taps.map { $0.weight * values[plane + $0.position] }.max() ?? 0
                top = max(top, largest)
              }
            }
            result.append(isMax ? top : sum / Double(stepsY * stepsX))
          }
        }
      }
    }
    return try Operand(reals: result, target, x.type)
  }

  private static func taps(_ y: Double, _ x: Double, _ height: Int, _ width: Int) -> [(
    position: Int, weight: Double
  )] {
    guard y >= -1, x >= -1, y <= Double(height), x <= Double(width) else { return [] }
    let (y, x) = (max(y, 0), max(x, 0))
    let (top, left) = (min(Int(y), height - 1), min(Int(x), width - 1))
    let (bottom, right) = (min(top + 1, height - 1), min(left + 1, width - 1))
    let dy = top == height - 1 ? 0 : y - Double(top)
    let dx = left == width - 1 ? 0 : x - Double(left)
    return [
      (top * width + left, (1 - dy) * (1 - dx)), (top * width + right, (1 - dy) * dx),
      (bottom * width + left, dy * (1 - dx)), (bottom * width + right, dy * dx),
    ]
  }

  static func maxPool(_ call: NodeCall) throws -> Operand {
    let (x, regions) = (try call.operand(0).ranked(4...4), try call.operand(1).ranked(2...2))
    let shape = call.integers("pooled_shape") ?? []
    let scale = call.real("spatial_scale", 1)
    let (images, channels, height, width) = (x.dims[0], x.dims[1], x.dims[2], x.dims[3])
    guard shape.count == 2, shape.allSatisfy({ $0 > 0 }), regions.dims[1] == 5 else {
      throw GraphError.invalid("regions \(regions.dims) to \(shape)")
    }
    let (values, boxes) = (try x.reals(), try regions.reals())
    let target = [regions.dims[0], channels] + shape
    var result: [Double] = []
    result.reserveCapacity(try places(target))
    for r in 0..<regions.dims[0] {
      let box = (0..<5).map { boxes[r * 5 + $0] }
      guard box.allSatisfy({ abs($0) < 1e9 }) else { throw GraphError.invalid("a region \(box)") }
      let owner = try GraphOperators.index(Int(box[0]), images)
      let corner = (1..<5).map { Int((box[$0] * scale).rounded(.toNearestOrAwayFromZero)) }
      let (w, h) = (max(corner[2] - corner[0] + 1, 1), max(corner[3] - corner[1] + 1, 1))
      func part(_ i: Int, _ parts: Int, _ length: Int, _ start: Int, _ size: Int) -> Range<Int> {
        let step = Double(length) / Double(parts)
        let low = Int((Double(i) * step).rounded(.down)) + start
        let high = Int((Double(i + 1) * step).rounded(.up)) + start
        let first = min(max(low, 0), size)
        return first..<max(first, min(max(high, 0), size))
      }
      for c in 0..<channels {
        for i in 0..<shape[0] {
          for j in 0..<shape[1] {
            var top = -Double.infinity
            for y in part(i, shape[0], h, corner[1], height) {
              for x in part(j, shape[1], w, corner[0], width) {
                top = max(top, values[((owner * channels + c) * height + y) * width + x])
              }
            }
            result.append(top == -.infinity ? 0 : top)
          }
        }
      }
    }
    return try Operand(reals: result, target, x.type)
  }
}
