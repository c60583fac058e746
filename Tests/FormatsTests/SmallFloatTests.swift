import Formats
import Testing

@Suite struct SmallFloatTests {
  @Test(arguments: [
    SmallFloat.half, .bfloat, .e4m3fn, .e4m3fnuz, .e5m2, .e5m2fnuz, .e2m1,
  ])
  func `every number keeps its bits`(_ kind: SmallFloat) {
    let last: UInt16 =
      kind.largest == 6 ? 15 : kind.largest > 60000 && kind.largest < 65600 ? .max : 255
    for bits in 0...last {
      let value = kind.value(bits)
      if value.isNaN { continue }
      #expect(kind.value(kind.bits(value)) == value)
    }
  }

  @Test func `the largest numbers are those of the standards`() {
    #expect(SmallFloat.half.largest == 65504)
    #expect(SmallFloat.e4m3fn.largest == 448)
    #expect(SmallFloat.e4m3fnuz.largest == 240)
    #expect(SmallFloat.e5m2.largest == 57344)
    #expect(SmallFloat.e2m1.largest == 6)
  }

  @Test func `ties go to even and what is too large to an end`() {
    #expect(SmallFloat.half.rounded(2049) == 2048)
    #expect(SmallFloat.half.rounded(2051) == 2052)
    #expect(SmallFloat.half.bits(65520) == 0x7C00)
    #expect(SmallFloat.half.bits(65520, saturates: true) == 0x7BFF)
    #expect(SmallFloat.half.bits(0x1p-25) == 0)
    #expect(SmallFloat.half.bits(0x1.8p-24) == 2)
    #expect(SmallFloat.bfloat.bits(1) == 0x3F80)
    #expect(SmallFloat.e4m3fn.bits(500) == 0x7F)
    #expect(SmallFloat.e4m3fnuz.bits(-0.0) == 0)
  }
}
