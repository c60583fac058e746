import Files
import Formats

/// The bytes of a page in the metadata of the Jupyter notebook that was made of it; they count as long as
/// that is as it was written.
enum ExactPage {
  static func put(_ bytes: [UInt8]?, into document: JSON) -> JSON {
    guard let metadata = document["metadata"], let gradus = metadata["gradus"] else {
      guard let bytes else { return document }
      let bare = document.with(
        "metadata", (document["metadata"] ?? .object([])).with("gradus", .object([])))
      return put(bytes, into: bare)
    }
    if bytes == nil, gradus["page"] == nil { return document }
    let bare = document.with("metadata", metadata.with("gradus", gradus.with("page", nil)))
    guard let bytes else { return bare }
    let content =
      String(validating: bytes, as: UTF8.self).map { JSON.Field("raw", .text($0)) }
      ?? JSON.Field("raw64", .text(Base64.text(bytes)))
    let page = JSON.object([JSON.Field("of", .text(hash(bare))), content])
    return document.with("metadata", metadata.with("gradus", gradus.with("page", page)))
  }

  static func bytes(of document: JSON) -> [UInt8]? {
    guard let page = document["metadata"]?["gradus"]?["page"],
      page["of"]?.text == hash(put(nil, into: document))
    else { return nil }
    return page["raw"]?.text.map { Array($0.utf8) }
      ?? page["raw64"]?.text.flatMap { Base64.bytes($0[...]) }
  }

  private static func hash(_ document: JSON) -> String { JupyterText.hash(document.sorted.written) }
}
