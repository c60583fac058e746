import Synchronization

/// How long this process has spent on drawing.
package enum ScreenTime {
  private static let spent = Atomic<UInt64>(0)

  package static func add(seconds: Double) {
    spent.add(UInt64(max(0, seconds) * 1e9), ordering: .relaxed)
  }

  package static var seconds: Double { Double(spent.load(ordering: .relaxed)) / 1e9 }
}
