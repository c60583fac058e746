import Files
import Testing

@Suite struct ChecksumTests {
  /// Answers of FIPS 180-4 and its examples.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
  ])
  func `SHA-256 gives the published answers`(text: String, want: String) {
    var hasher = SHA256()
    for character in text { hasher.update(String(character)) }
    let hex = hasher.finish().map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    #expect(hex == want)
  }

  /// RFC 4648, section 10.
  @Test(arguments: [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy"),
  ])
  func `Base64 gives the published answers both ways`(text: String, coded: String) {
    #expect(Base64.text(Array(text.utf8)) == coded)
    #expect(Base64.bytes(coded) == Array(text.utf8))
    #expect(Base64.bytes(coded + "=") == nil)
    #expect(Base64.bytes("Zm9*") == nil)
  }
}
