extension LargerData {
  /// Texts that do come with Gradus: their data are no table of numbers.
  static let shipped = [
    LargerData(
      "names", "9,027 first names in small letters, a list of texts.",
      origin: "the folder datasets", [("names/names.csv", nil)], "load(\"$0\").name"),
    LargerData(
      "plays", "Two plays by Shakespeare as one text of 259,431 characters.",
      origin: "the folder datasets", [("plays/plays.txt", nil)], "load(\"$0\")"),
  ]
}
