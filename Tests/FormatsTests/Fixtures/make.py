"""Writes the small files that FormatsTests reads: python3 make.py (NumPy needed)."""
import io
import struct
import zlib

import numpy as np


def save(name, array, **options):
    np.save(name, array, **options)


def raw(name, header, body, version=(1, 0)):
    text = header.encode() + b"\n"
    size = struct.pack("<H" if version[0] == 1 else "<I", len(text))
    with open(name, "wb") as file:
        file.write(b"\x93NUMPY" + bytes(version) + size + text + body)


grid = np.arange(6).reshape(2, 3)
for kind in ["<f2", ">f4", "<f8", "<i1", ">i2", "<i4", ">i8", "<u1", ">u2", "<u4", "<u8", "|b1"]:
    save(f"grid-{kind[0].replace('<', 'little').replace('>', 'big').replace('|', 'one')}-{kind[1:]}.npy",
         grid.astype(kind))
save("fortran.npy", np.asfortranarray(grid.astype("<f4")))
save("number.npy", np.float64(2.5))
save("empty.npy", np.zeros((0, 3), "<f4"))
body = grid.astype("<f4").tobytes()
good = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }"
raw("version-2.npy", good, body, (2, 0))
raw("version-3.npy", good, body, (3, 0))

# Files that must be refused.
raw("refused-version-9.npy", good, body, (9, 0))
raw("refused-short.npy", good, body[:-1])
raw("refused-long.npy", good, body + b"\0")
raw("refused-huge.npy", good.replace("(2, 3)", "(4611686018427387904, 4)"), body)
raw("refused-negative.npy", good.replace("(2, 3)", "(-2, -3)"), body)
raw("refused-twice.npy", good.replace("{", "{'descr': '<f8', "), body)
raw("refused-keys.npy", "{'descr': '<f4', 'shape': (2, 3), }", body)
raw("refused-more.npy", good + " + 1", body)
raw("refused-objects.npy", good.replace("<f4", "|O"), body)
raw("refused-texts.npy", good.replace("<f4", "<U4"), body)
raw("refused-complex.npy", good.replace("<f4", "<c8"), body)
save("refused-records.npy", np.zeros(2, dtype=[("a", "<f4"), ("b", "<i4")]))
save("refused-large-unsigned.npy", np.array([2**63], "<u8"))

np.savez("stored.npz", a=grid.astype("<f4"), b=np.int64(7))
np.savez_compressed("packed.npz", a=np.zeros((50, 50), "<f4"), b=np.arange(3))


def chunk(kind, content):
    return (struct.pack(">I", len(content)) + kind + content
            + struct.pack(">I", zlib.crc32(kind + content)))


def png(name, width, height, depth, kind, rows, interlace=0, extra=b""):
    with open(name, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n"
                   + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, interlace))
                   + extra + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


# Two bits a pixel, 5 by 2: 0 1 2 3 0 / 3 2 1 0 3, the second row told by what lies above it.
one, two = bytes([0b00011011, 0b00000000]), bytes([0b11100100, 0b11000000])
up = bytes((b - a) % 256 for a, b in zip(one, two))
png("grey2.png", 5, 2, 2, 0, b"\0" + one + b"\2" + up)
# A palette of three colours, the first one half transparent.
png("palette.png", 3, 1, 8, 3, b"\0" + bytes([2, 0, 1]),
    extra=chunk(b"PLTE", bytes([255, 0, 0, 0, 255, 0, 0, 0, 255])) + chunk(b"tRNS", bytes([128])))
# Sixteen bits, red green blue: a pixel and its neighbour by all four filters.
pixel = struct.pack(">HHH", 1000, 2000, 65535)
png("colour16.png", 1, 2, 16, 2, b"\0" + pixel + b"\4" + bytes(6))
# Interlaced: 3 by 3 grey pixels 0, 10, ..., 80 in the order of the seven passes.
values = [[0, 10, 20], [30, 40, 50], [60, 70, 80]]
passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
rows = b""
for x, y, dx, dy in passes:
    for row in range(y, 3, dy):
        line = bytes(values[row][column] for column in range(x, 3, dx))
        if line:
            rows += b"\0" + line
png("interlaced.png", 3, 3, 8, 0, rows, interlace=1)


def field(number, content):
    if isinstance(content, int):
        return bytes([number << 3, content])
    return bytes([number << 3 | 2, len(content)]) + content


def constant(name, value):
    return field(2, 1) + field(8, name) + field(9, struct.pack("<f", value))


def node(operation, inputs, output):
    return b"".join(field(1, name) for name in inputs) + field(2, output) + field(4, operation)


# An ONNX model: y = 2 x + 1.
graph = (field(1, node(b"Mul", [b"x", b"scale"], b"h")) + field(1, node(b"Add", [b"h", b"shift"], b"y"))
         + field(5, constant(b"scale", 2)) + field(5, constant(b"shift", 1))
         + field(11, field(1, b"x") + field(2, field(1, field(1, 1)))) + field(12, field(1, b"y")))
with open("affine.onnx", "wb") as file:
    file.write(field(7, graph) + field(8, field(2, 22)))
