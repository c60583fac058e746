import Files
import Glibc
import TestSupport
import Testing

@Suite struct FileBytesTests {
  @Test func `a written file is read back and keeps its mode`() throws {
    try withTemporaryFolder { folder in
      try FileBytes.writeAtomically([1, 2, 3], to: folder + "/a")
      chmod(folder + "/a", 0o600)
      try FileBytes.writeAtomically([4, 5], to: folder + "/a")
      #expect(try FileBytes.read(folder + "/a") == [4, 5])
      var about = stat()
      #expect(stat(folder + "/a", &about) == 0)
      #expect(about.st_mode & 0o777 == 0o600)
    }
  }

  @Test func `writing through a link keeps the link`() throws {
    try withTemporaryFolder { folder in
      try FileBytes.writeAtomically([1], to: folder + "/a")
      #expect(symlink(folder + "/a", folder + "/link") == 0)
      try FileBytes.writeAtomically([2], to: folder + "/link")
      #expect(try FileBytes.read(folder + "/a") == [2])
      var about = stat()
      #expect(lstat(folder + "/link", &about) == 0)
      #expect(about.st_mode & S_IFMT == S_IFLNK)
    }
  }

  @Test func `what is missing, no file or too large is told so`() throws {
    try withTemporaryFolder { folder in
      #expect(throws: FileError.missing(path: folder + "/missing")) {
        try FileBytes.read(folder + "/missing")
      }
      #expect(throws: FileError.notRegular(path: folder)) { try FileBytes.read(folder) }
      #expect(throws: FileError.notRegular(path: "/dev/null")) { try FileBytes.read("/dev/null") }
      try FileBytes.writeAtomically([1, 2, 3], to: folder + "/a")
      #expect(throws: FileError.tooLarge(path: folder + "/a", size: 3, limit: 2)) {
        try FileBytes.read(folder + "/a", limit: 2)
      }
    }
  }
}
