import FormatCheck
import Formats
import Notebooks

/// Pages and Jupyter notebooks that are made up go through the other format and come back the same.
enum Pages {
  static func run(_ count: Int, seed: Int) -> Bool {
    var watch = InputWatch(expecting: 2 * count)
    for index in 0..<count {
      let label = "seed \(seed &+ index)"
      var pages = NotebookGenerator(seed: seed &+ index)
      let bytes = pages.notebook()
      watch.begin(label)
      var faults = Notebook(bytes).bytes() == bytes ? [] : ["it is not saved as it was"]
      do {
        let there = JupyterExport.json(Notebook(bytes)).laidOut
        if try JupyterImport.bytes(JSON(parsing: there.utf8)) != bytes {
          faults.append("the page does not come back")
        }
      } catch { faults.append("the page is refused: \(error)") }
      watch.end(label, faults)
      var books = JupyterGenerator(seed: seed &+ index)
      let book = books.notebook()
      watch.begin(label)
      faults = []
      do {
        let page = try JupyterImport.bytes(book)
        if JupyterExport.json(Notebook(page)).sorted != book.sorted {
          faults.append("the Jupyter notebook does not come back")
        }
        if Notebook(page).bytes() != page { faults.append("its page is not saved as it was") }
      } catch { faults.append("the Jupyter notebook is refused: \(error)") }
      watch.end(label, faults)
    }
    return watch.finish("pages and Jupyter notebooks")
  }
}
