import Files
import Glibc
import TestSupport
import Testing

/// Paths that would lead out of their folder: nothing outside is read or written.
@Suite struct BeneathPathTests {
  /// More than 120 ways out, with a file `secret` beside the folder `home`.
  private static func escapes(_ outside: String) -> [String] {
    let ups = (1...12).map { String(repeating: "../", count: $0) + "secret" }
    let mixed = [
      "a/../../secret", "./../secret", ".//..//secret", "a/b/../../../secret", "..//secret",
      "a/./../../secret",
      "inner/../../secret", "..", "../", ".", "", "../home/../secret", "link/../../secret",
    ]
    let absolute = [
      outside + "/secret", "//" + outside + "/secret", "/etc/passwd", "/etc/hostname", "/dev/null",
      "/dev/zero", "/dev/stdin", "/dev/fd/0", "/dev/tty",
    ]
    let process = ["self", "thread-self", "1"].flatMap { name in
      ["environ", "root/etc/passwd", "cwd/../secret", "fd/0", "mem", "maps", "exe"].map {
        "/proc/\(name)/\($0)"
      }
    }
    let climbing = process.map { "../../../../../../.." + $0 }
    let links = [
      "link", "deep", "loop", "chain", "file", "proc", "root", "dots", "inner/up", "inner/link",
      "relative", "self", "hop",
    ].flatMap { name in
      [name, name + "/secret", name + "/etc/passwd", "inner/../" + name + "/secret"]
    }
    let odd = [
      "..\u{0}", "secret\u{0}.csv", "..%2fsecret", "%2e%2e/secret", "..\\secret", "\u{2025}/secret",
      "．．/secret", "~/secret", "$HOME/secret", "..;/secret", "file:///etc/passwd",
    ]
    return ups + mixed + absolute + process + climbing + links + odd
  }

  @Test func `no path leads out of its folder, for reading or for writing`() throws {
    try withTemporaryFolder { folder in
      let outside = folder
      let home = outside + "/home"
      let secret = Array("secret".utf8)
      try FileBytes.writeAtomically(secret, to: outside + "/secret")
      FileBytes.makeFolder(home + "/inner")
      let links = [
        ("link", outside), ("deep", outside + "/secret"), ("loop", "loop"), ("chain", "link"),
        ("file", "../secret"), ("proc", "/proc/self"), ("root", "/"), ("dots", ".."),
        ("inner/up", "../.."), ("inner/link", "../../secret"), ("relative", "inner/../../secret"),
        ("self", "/proc/self/cwd"), ("hop", "inner/up"),
      ]
      for (name, target) in links { #expect(symlink(target, "\(home)/\(name)") == 0) }
      let escapes = Self.escapes(outside)
      #expect(escapes.count >= 120, "\(escapes.count)")
      for path in escapes {
        let place = BeneathPath(path, in: home)
        // A link that was replaced is a plain file of the folder; nothing of the outside comes in.
        let own = Array("overwritten".utf8)
        if let bytes = try? place.read() { #expect(bytes.isEmpty || bytes == own, "\(path)") }
        if path.contains("/proc/") || path.contains("/dev/") { continue }
        _ = try? place.writeAtomically(Array("overwritten".utf8))
        #expect(try FileBytes.read(outside + "/secret") == secret, "\(path)")
      }
      let expected = ["home", "secret"]
      #expect(FileBytes.names(in: outside).sorted() == expected)
    }
  }

  @Test func `links that stay inside are followed, and new files are written`() throws {
    try withTemporaryFolder { folder in
      let home = folder
      FileBytes.makeFolder(home + "/inner")
      try BeneathPath("inner/a.txt", in: home).writeAtomically([1, 2])
      #expect(symlink("inner", home + "/link") == 0)
      #expect(try BeneathPath("link/a.txt", in: home).read() == [1, 2])
      try BeneathPath("link/a.txt", in: home).writeAtomically([3])
      #expect(try BeneathPath("inner/a.txt", in: home).read() == [3])
      #expect(throws: FileError.missing(path: home + "/b")) {
        try BeneathPath("b", in: home).read()
      }
      #expect(throws: FileError.notRegular(path: home + "/inner")) {
        try BeneathPath("inner", in: home).read()
      }
    }
  }

  @Test func `a hard link to a file outside is replaced, not written through`() throws {
    try withTemporaryFolder { folder in
      let outside = folder
      FileBytes.makeFolder(outside + "/home")
      try FileBytes.writeAtomically([1], to: outside + "/secret")
      #expect(link(outside + "/secret", outside + "/home/hard") == 0)
      try BeneathPath("hard", in: outside + "/home").writeAtomically([2])
      #expect(try FileBytes.read(outside + "/secret") == [1])
    }
  }

  @Test func `a signature holds for the bytes that were signed and no others`() throws {
    try withTemporaryFolder { folder in
      let signatures = Signatures(folder: folder + "/data")
      let bytes = Array("```gradus #a\n1\n```\n".utf8)
      #expect(!signatures.contains(bytes))
      #expect(signatures.add(bytes))
      #expect(signatures.contains(bytes))
      for at in bytes.indices {
        var changed = bytes
        changed[at] ^= 1
        #expect(!signatures.contains(changed))
      }
      var about = stat()
      #expect(stat(folder + "/data/key", &about) == 0 && about.st_mode & 0o777 == 0o600)
      #expect(!Signatures(folder: folder + "/other").contains(bytes))
    }
  }

  @Test func `the keyed hash is the one of RFC 4231`() {
    #expect(
      Signatures.mark(of: Array("what do ya want for nothing?".utf8), Array("Jefe".utf8))
        == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
  }
}
