import CKernels

extension ConvolutionPlan {
  /// The three products of a convolution.
  enum Pass: Sendable { case forward, toInput, toWeights }

  /// Whether windows are read where they lie, not from columns.
  var isDirect: Bool {
    var window = window
    return kind == .float32 && ck_conv_is_direct(&window, outputsOfGroup) != 0
  }

  func directScratch(_ pass: Pass) -> Int {
    var window = window
    let size =
      switch pass {
      case .forward: ck_conv_forward_scratch(&window)
      case .toInput: ck_conv_to_input_scratch(&window, outputsOfGroup)
      case .toWeights: ck_conv_to_weights_scratch(&window, groups, outputsOfGroup)
      }
    return (size + 15) & ~15
  }

  /// One product over all images, in fixed chunks that run side by side.
  func directly(_ pass: Pass, _ at: UnsafePointer<UnsafeMutableRawPointer>) {
    nonisolated(unsafe) let (p, q, r, memory) = (
      at[0].assumingMemoryBound(to: Float.self), at[1].assumingMemoryBound(to: Float.self),
      at[2].assumingMemoryBound(to: Float.self), at[3].assumingMemoryBound(to: Float.self)
    )
    let (size, all) = (directScratch(pass), chunks)
    let (input, output) = (groups * imageSize, outputs * positions)
    for first in stride(from: 0, to: all, by: ConvolutionPlan.slots) {
      Workers.run(parts: min(ConvolutionPlan.slots, all - first)) { slot in
        var window = window
        let start = (first + slot) * ConvolutionPlan.imageChunk
        let count = min(images, start + ConvolutionPlan.imageChunk) - start
        let scratch = memory + slot * size
        switch pass {
        case .forward:
          ck_conv_forward_f32(
            &window, count, groups, outputsOfGroup, p + start * input, q, r + start * output,
            scratch)
        case .toInput:
          ck_conv_to_input_f32(
            &window, count, groups, outputsOfGroup, p + start * output, q, r + start * input,
            scratch)
        case .toWeights:
          ck_conv_to_weights_f32(
            &window, count, groups, outputsOfGroup, p + start * output, q + start * input,
            r + (first + slot) * outputs * patch, scratch)
        }
      }
    }
  }
}
