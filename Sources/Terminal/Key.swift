/// What was pressed, or pasted.
package enum Key: Sendable, Hashable {
  case character(Character)
  case control(Character)
  case alt(Character)
  case enter, run, runAndStay, escape, tab, backspace, delete
  case up, down, left, right, home, end, pageUp, pageDown
  case wordLeft, wordRight, altUp, altDown, backTab, runAndInsert
  case selectLeft, selectRight, selectUp, selectDown
  case paste(String)
  case wheelUp, wheelDown
  /// The first button of the mouse, at a column and a row from 0.
  case click(column: Int, row: Int)
  case other
}
