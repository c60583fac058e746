/// A text in a column: at least that wide, and never without a blank after it.
func padded(_ text: String, _ width: Int) -> String {
  text + String(repeating: " ", count: max(1, width - text.count))
}
