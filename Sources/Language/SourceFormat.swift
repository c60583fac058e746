/// The one layout of a program: its tokens, comments and line breaks with settled blanks.
package enum SourceFormat {
  /// The text of a program in that layout, ending with a line end; a text that is no program throws.
  package static func formatted(_ source: String) throws(LanguageError) -> String {
    _ = try Parser.program(source)
    let reader = try SourcePieces(source)
    let pieces = reader.pieces
    var indentation = Indentation()
    var result = ""
    var following = 0
    for (index, piece) in pieces.enumerated() {
      if index == 0 || piece.breaks > 0 {
        // A comment stands where the code below it stands.
        following = max(following, index)
        while following < pieces.count, pieces[following].role == .comment { following += 1 }
        let code = following < pieces.count ? pieces[following] : nil
        if index > 0 {
          let isBlank = piece.breaks > 1 && pieces[index - 1].role != .open && piece.role != .close
          result += isBlank ? reader.lineEnd + reader.lineEnd : reader.lineEnd
        }
        result += indentation.blanks(beginning: piece, above: code)
      } else {
        result += pieces[index - 1].gap(before: piece)
      }
      result += piece.text
      indentation.pass(piece)
    }
    return pieces.isEmpty ? "" : result + reader.lineEnd
  }
}
