"""Checks exported notebooks with nbformat and nbconvert, and imports nbformat's own test notebooks.

By hand: python3 Tests/Fixtures/check_jupyter.py GRADUS [NOTEBOOK.grd.md...] [--foreign A.ipynb...]
Needs the packages nbformat and nbconvert. Nothing is fetched.
"""
import glob
import os
import subprocess
import sys
import tempfile

import nbformat
from nbconvert import HTMLExporter

gradus, *rest = sys.argv[1:]
at = rest.index("--foreign") if "--foreign" in rest else len(rest)
pages, foreign = rest[:at] or sorted(glob.glob("notebooks/**/*.grd.md", recursive=True)), rest[at + 1:]
failed = 0


def convert(a, b):
    return subprocess.run([gradus, "convert", a, b], capture_output=True, text=True)


def fault(text):
    global failed
    failed += 1
    print("---", text)


with tempfile.TemporaryDirectory() as folder:
    there, back = os.path.join(folder, "a.ipynb"), os.path.join(folder, "a.grd.md")
    again = os.path.join(folder, "b.ipynb")
    for page in pages:
        convert(page, there)
        book = nbformat.read(there, as_version=4)
        nbformat.validate(book)
        if nbformat.writes(book) + "\n" != open(there).read():
            fault(f"{page}: nbformat would write it otherwise")
        HTMLExporter().from_notebook_node(book)
        convert(there, back)
        if open(page, "rb").read() != open(back, "rb").read():
            fault(f"{page} does not come back")
    for book in foreign:
        first = convert(book, back)
        if first.returncode:
            print(os.path.basename(book), "is refused:", first.stderr.strip())
            continue
        convert(back, again)
        ours = nbformat.read(again, as_version=4)
        try:
            nbformat.validate(ours)
        except nbformat.ValidationError as error:
            print(os.path.basename(book), "was not valid before either:", str(error).split("\n")[0])
        try:
            theirs = nbformat.read(book, as_version=4)
        except nbformat.ValidationError as error:
            print(os.path.basename(book), "is read here, not by nbformat:", str(error).split("\n")[0])
            continue
        # A cell without a text is not valid; it is given an empty one here.
        a = [(c.cell_type, c.get("source", "")) for c in theirs.cells]
        b = [(c.cell_type, c.get("source", "")) for c in ours.cells]
        if a != b:
            fault(f"{book}: cells differ")
        if [c.get("outputs") for c in theirs.cells] != [c.get("outputs") for c in ours.cells]:
            fault(f"{book}: outputs differ")
print(f"{len(pages)} pages, {len(foreign)} foreign notebooks, {failed} faults")
sys.exit(failed > 0)
