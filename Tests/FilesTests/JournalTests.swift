import Files
import Glibc
import TestSupport
import Testing

@Suite struct JournalTests {
  @Test func `the check value of CRC-32C is the published one`() {
    #expect(CRC32C.of(Array("123456789".utf8)) == 0xE306_9283)
    #expect(CRC32C.of([]) == 0)
  }

  @Test func `records come back in order, also after opening the journal again`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/j"
      do {
        let journal = try Journal(path)
        #expect(journal.append([1, 2, 3]))
        #expect(journal.append([]))
      }
      do {
        let journal = try Journal(path)
        #expect(journal.append([4]))
      }
      #expect(Journal.records(path) == [[1, 2, 3], [], [4]])
    }
  }

  @Test func `a torn or damaged record ends the journal, what is before it stays`() {
    let whole = Journal.framed([1, 2, 3]) + Journal.framed([4, 5])
    for length in 0..<whole.count {
      let found = Journal.records(in: Array(whole.prefix(length)))
      #expect(found == (length < 11 ? [] : [[1, 2, 3]]))
    }
    for bit in 0..<(whole.count * 8) {
      var damaged = whole
      damaged[bit / 8] ^= 1 << UInt8(bit % 8)
      let found = Journal.records(in: damaged)
      #expect(found == (bit / 8 < 11 ? [] : [[1, 2, 3]]))
    }
  }

  @Test func `a journal in use cannot be opened a second time`() throws {
    try withTemporaryFolder { folder in
      let first = try Journal(folder + "/j")
      #expect(throws: Journal.Problem.inUse(by: getpid())) { try Journal(folder + "/j") }
      first.remove()
      // Another file of that name is another journal.
      let second = try Journal(folder + "/j")
      #expect(second.append([7]))
      #expect(Journal.records(folder + "/j") == [[7]])
    }
  }

  @Test func `a folder that is not there is told`() {
    #expect(throws: Journal.Problem.self) { try Journal("/nowhere/at/all/j") }
  }
}
