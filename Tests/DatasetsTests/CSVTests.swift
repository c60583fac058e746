import Datasets
import Testing

@Suite struct CSVTests {
  @Test func `quotes, doubled quotes and any line end are read`() throws {
    let table = try CSVTable("a,\"b,c\"\r\n1,\"say \"\"hi\"\"\"\n2,\"two\nlines\"\n", file: "t.csv")
    #expect(table.columns == ["a", "b,c"])
    #expect(table.rows == [["1", "say \"hi\""], ["2", "two\nlines"]])
    #expect(table.numbers(0) == [1, 2])
    #expect(table.numbers(1) == nil)
  }

  @Test func `a table of numbers alone has no header`() throws {
    #expect(try CSVTable("1,2\n3,4\n", file: "t").columns == ["c0", "c1"])
  }

  @Test func `a line with a number among texts is no header unless one says so`() throws {
    let text = "39\tstate\n50\tself\n"
    #expect(try CSVTable(text, file: "t", separator: 9).columns == ["c0", "c1"])
    let named = try CSVTable(text, file: "t", separator: 9, header: true)
    #expect(named.columns == ["39", "state"])
    #expect(named.rows == [["50", "self"]])
    #expect(try CSVTable("a,b\nc,d\n", file: "t", header: false).rows.count == 2)
  }

  @Test func `a ragged row is told with its line`() {
    #expect(throws: DatasetError.ragged(file: "t.csv", line: 4, found: 3, expected: 2)) {
      try CSVTable("a,b\n1,2\n3,\"x\"\n4,5,6\n", file: "t.csv")
    }
    #expect(throws: DatasetError.unclosedQuote(file: "t", line: 2)) {
      try CSVTable("a\n\"x\n", file: "t")
    }
    #expect(throws: DatasetError.empty(file: "t")) { try CSVTable("", file: "t") }
  }
}
