#!/usr/bin/env python3
"""Writes what NumPy and SciPy give for a few hundred calls of the library's words.

    python3 Tests/Fixtures/make_numpy_fixtures.py

Each file of the folder numpy holds cases of one kind:

    case EXPRESSION            a program of one line over the inputs a, b, c
    a 2 3 : 1.5 ...            an input in single precision: sizes, then elements; it stays the
                               same for the cases below until it is given anew
    want 2 3 : 1.5 ...         the result in double precision from the same inputs

Inputs are rounded to single precision first, the maths is then done in double precision, so that a
difference is an error of the library alone.
"""
import pathlib

import numpy as np
from scipy import special, signal

rng = np.random.default_rng(20240607)
folder = pathlib.Path(__file__).parent / "numpy"
folder.mkdir(exist_ok=True)


def single(*shape, low=-2.0, high=2.0):
    return rng.uniform(low, high, shape).astype(np.float32)


def line(name, x):
    """The shortest decimals that give single precision back, or 12 digits of double precision."""
    x = np.asarray(x)
    shape = " ".join(str(n) for n in x.shape)
    text = (str(v) if x.dtype == np.float32 else f"{float(v):.12g}" for v in x.ravel())
    return f"{name} {shape} : {' '.join(text)}"


class File:
    def __init__(self, name):
        self.path = folder / f"{name}.txt"
        self.lines = []
        self.inputs = {}

    def case(self, expression, want, *inputs):
        self.lines.append(f"case {expression}")
        for name, x in zip("abc", inputs):
            if self.inputs.get(name) is not x:
                self.lines.append(line(name, np.asarray(x, dtype=np.float32)))
                self.inputs[name] = x
        self.lines.append(line("want", np.asarray(want, dtype=np.float64)))

    def write(self):
        self.path.write_text("\n".join(self.lines) + "\n")


def wide(*inputs):
    return [x.astype(np.float64) for x in inputs]


def broadcasting():
    file = File("broadcasting")
    shapes = [((3,), (3,)), ((2, 3), (3,)), ((2, 3), (2, 1)), ((4, 1), (1, 5)), ((2, 1, 3), (4, 1)),
              ((1,), (2, 2)), ((2, 3, 4), (3, 1)), ((1, 1), (7,)), ((0, 3), (1, 3))]
    functions = [("a + b", np.add), ("a - b", np.subtract), ("a * b", np.multiply),
                 ("a / b", np.divide), ("a // b", np.floor_divide), ("a % b", np.mod),
                 ("maximum(a, b)", np.maximum), ("minimum(a, b)", np.minimum),
                 ("where(a > b, a, b)", np.maximum)]
    for left, right in shapes:
        for expression, function in functions:
            a, b = single(*left), single(*right)
            file.case(expression, function(*wide(a, b)), a, b)
    for left, right in shapes[:5]:
        a, b = single(*left, low=0.1, high=3), single(*right)
        file.case("a ^ b", np.power(*wide(a, b)), a, b)
    file.write()


def products():
    file = File("products")
    for left, right in [((2, 3), (3, 4)), ((1, 1), (1, 1)), ((5, 7), (7,)), ((7,), (7, 3)),
                        ((9,), (9,)), ((2, 3, 4), (2, 4, 5)), ((3, 2, 4), (4, 2)),
                        ((2, 1, 3, 4), (5, 4, 2)), ((17, 33), (33, 19)), ((1, 130), (130, 1))]:
        a, b = single(*left), single(*right)
        file.case("a @ b", np.matmul(*wide(a, b)), a, b)
    a, b = single(4, 6), single(5, 6)
    file.case("a @ b.T", a.astype(float) @ b.astype(float).T, a, b)
    a, b = single(5), single(4)
    file.case("outer(a, b)", np.outer(*wide(a, b)), a, b)
    a, b = single(11), single(11)
    file.case("dot(a, b)", np.dot(*wide(a, b)), a, b)
    file.write()


def softmax():
    file = File("softmax")
    for shape, scale in [((5,), 2), ((3, 4), 2), ((2, 3, 4), 50), ((2, 2), 1000), ((6, 1), 3)]:
        for axis in range(-1, len(shape) - 1):
            a = single(*shape, low=-scale, high=scale)
            x = a.astype(float)
            file.case(f"softmax(a, axis={axis})", special.softmax(x, axis=axis), a)
            file.case(f"log_softmax(a, axis={axis})", special.log_softmax(x, axis=axis), a)
            file.case(f"logsumexp(a, axis={axis})", special.logsumexp(x, axis=axis), a)
    for rows, classes, scale in [(4, 3, 2), (7, 10, 5), (3, 2, 200), (1, 5, 1)]:
        a = single(rows, classes, low=-scale, high=scale)
        b = rng.integers(0, classes, rows)
        logs = special.log_softmax(a.astype(float), axis=1)
        file.case("cross_entropy(a, int(b))", -np.mean(logs[np.arange(rows), b]), a, b)
        smooth = 0.9 * np.eye(classes)[b] + 0.1 / classes
        file.case("cross_entropy(a, int(b), smooth=0.1)", -np.mean((smooth * logs).sum(axis=1)), a,
                  b)
        # d loss / d scores = (softmax - one_hot) / rows.
        gradient = (special.softmax(a.astype(float), axis=1) - np.eye(classes)[b]) / rows
        file.case("grad(s => cross_entropy(s, int(b)))(a)", gradient, a, b)
    for n in [1, 6]:
        a, b = single(n, low=-30, high=30), rng.integers(0, 2, n)
        x = a.astype(float)
        file.case("bce(a, float(b))", np.mean(np.logaddexp(0, x) - b * x), a, b)
    a, b = single(3, 4), single(3, 4)
    file.case("mse(a, b)", np.mean((a.astype(float) - b) ** 2), a, b)
    file.case("mae(a, b)", np.mean(np.abs(a.astype(float) - b)), a, b)
    file.write()


def correlate(x, w, stride, pad, dilation, groups):
    """Cross-correlation as torch.nn.functional.conv2d defines it, by scipy.signal."""
    n, channels, _, _ = x.shape
    outputs, inner, kh, kw = w.shape
    x = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    spread = np.zeros((outputs, inner, (kh - 1) * dilation + 1, (kw - 1) * dilation + 1))
    spread[:, :, ::dilation, ::dilation] = w
    images = []
    for image in range(n):
        planes = []
        for out in range(outputs):
            group = out // (outputs // groups)
            plane = sum(signal.correlate2d(x[image, group * inner + c], spread[out, c], "valid")
                        for c in range(inner))
            planes.append(plane[::stride, ::stride])
        images.append(planes)
    return np.array(images)


def convolutions():
    file = File("convolutions")
    for image, weight, stride, pad, dilation, groups in [
            ((1, 1, 5, 5), (1, 1, 3, 3), 1, 0, 1, 1), ((2, 3, 6, 7), (4, 3, 3, 3), 1, 1, 1, 1),
            ((1, 2, 8, 8), (3, 2, 2, 3), 2, 0, 1, 1), ((1, 4, 7, 7), (4, 2, 3, 3), 1, 1, 1, 2),
            ((1, 3, 6, 6), (3, 1, 3, 3), 1, 1, 1, 3), ((1, 1, 9, 9), (2, 1, 3, 3), 1, 0, 2, 1),
            ((2, 2, 7, 7), (2, 2, 3, 3), 3, 2, 2, 1), ((1, 1, 3, 3), (1, 1, 1, 1), 1, 0, 1, 1),
            ((1, 2, 4, 4), (5, 2, 4, 4), 1, 0, 1, 1)]:
        a, b = single(*image), single(*weight)
        options = "".join(f", {name}={value}" for name, value, usual in [
            ("stride", stride, 1), ("pad", pad, 0), ("dilation", dilation, 1),
            ("groups", groups, 1)] if value != usual)
        file.case(f"conv2d(a, b{options})",
                  correlate(*wide(a, b), stride, pad, dilation, groups), a, b)
    a = single(2, 2, 6, 6)
    blocks = a.astype(float).reshape(2, 2, 3, 2, 3, 2)
    file.case("max_pool2d(a, 2)", blocks.max(axis=(3, 5)), a)
    file.case("avg_pool2d(a, 2)", blocks.mean(axis=(3, 5)), a)
    file.write()


def reductions():
    file = File("reductions")
    a = single(3, 4, 5, low=-1.5, high=1.5)
    x = a.astype(float)
    names = {"sum": np.sum, "mean": np.mean, "max": np.max, "min": np.min, "prod": np.prod,
             "var": np.var, "std": np.std}
    for name, function in names.items():
        file.case(f"{name}(a)", function(x), a)
        for axis in [0, 1, 2, -1, -3]:
            file.case(f"{name}(a, axis={axis})", function(x, axis=axis), a)
        file.case(f"{name}(a, axis=[0, 2])", function(x, axis=(0, 2)), a)
        file.case(f"{name}(a, axis=1, keepdims=true)", function(x, axis=1, keepdims=True), a)
    for name, function in [("argmax", np.argmax), ("argmin", np.argmin), ("cumsum", np.cumsum)]:
        for axis in [0, 1, 2]:
            file.case(f"{name}(a, axis={axis})", function(x, axis=axis), a)
    file.case("norm(a)", np.linalg.norm(x.ravel()), a)
    file.case("norm(a, axis=1)", np.linalg.norm(x, axis=1), a)
    file.case("var(a, axis=0, correction=1)", np.var(x, axis=0, ddof=1), a)
    file.case("any(a > 1.4)", np.any(x > 1.4), a)
    file.case("all(a > -2)", np.all(x > -2), a)
    file.case("count(a > 0)", np.sum(x > 0), a)
    # 2000 numbers around 1000: sums must not lose the small parts.
    a = single(2000, low=999, high=1001)
    file.case("sum(a)", np.sum(a.astype(float)), a)
    file.case("var(a)", np.var(a.astype(float)), a)
    file.write()


def slicing():
    file = File("slicing")
    a = single(4, 5, 3)
    x = a.astype(float)
    for expression, want in [
            ("a[0]", x[0]), ("a[-1]", x[-1]), ("a[1:3]", x[1:3]), ("a[:, 2]", x[:, 2]),
            ("a[..., 0]", x[..., 0]), ("a[::-1]", x[::-1]), ("a[::2, 1::2]", x[::2, 1::2]),
            ("a[:, ::-2, 1]", x[:, ::-2, 1]), ("a[3:0:-1]", x[3:0:-1]), ("a[-3:-1]", x[-3:-1]),
            ("a[10:]", x[10:]), ("a[:-10]", x[:-10]), ("a[none, 1]", x[None, 1]),
            ("a[:, none, :, 0]", x[:, None, :, 0]), ("a[[3, 0, 0]]", x[[3, 0, 0]]),
            ("a[[0, 1], [4, 2]]", x[[0, 1], [4, 2]]), ("a[:, [4, -1]]", x[:, [4, -1]]),
            ("a[a > 1]", x[x > 1]), ("a[[true, false, true, false]]", x[[True, False, True, False]]),
            ("a[1, 2, 1]", x[1, 2, 1]), ("a.T", np.swapaxes(x, 1, 2)),
            ("reshape(a, -1, 6)", x.reshape(-1, 6)), ("transpose(a, 2, 0, 1)", x.transpose(2, 0, 1)),
            ("flip(a, axis=1)", np.flip(x, 1)), ("roll(a, 2, axis=1)", np.roll(x, 2, 1)),
            ("roll(a, -1)", np.roll(x, -1, 0)), ("repeat(a, 2, axis=2)", np.repeat(x, 2, 2)),
            ("concat([a, a[:1]])", np.concatenate([x, x[:1]])),
            ("concat([a, a], axis=-1)", np.concatenate([x, x], -1)),
            ("stack([a, a], axis=1)", np.stack([x, x], 1)),
            ("tril(a[0])", np.tril(x[0])), ("triu(a[0], k=1)", np.triu(x[0], 1)),
            ("tril(a[0], k=-1)", np.tril(x[0], -1)), ("flatten(a)", x.reshape(4, -1)),
            ("argsort(a[0, :, 0])", np.argsort(x[0, :, 0], kind="stable")),
            ("argsort(a[0, :, 0], descending=true)", np.argsort(-x[0, :, 0], kind="stable"))]:
        file.case(expression, want, a)
    file.write()


def functions():
    file = File("functions")
    everywhere = np.concatenate([
        [-100, -20, -5, -1, -0.5, -1e-3, -1e-8, 0, 1e-30, 1e-8, 1e-3, 0.5, 1, 2, 5, 20, 88, 100],
        rng.uniform(-8, 8, 46)]).astype(np.float32)
    positive = np.concatenate([
        [1e-38, 1e-20, 1e-8, 1e-3, 0.5, 0.999, 1, 1.001, 2, 10, 1e8, 1e20, 3e38],
        10 ** rng.uniform(-6, 6, 51)]).astype(np.float32)
    x = everywhere.astype(float)
    for name, function in [
            ("tanh", np.tanh), ("sigmoid", special.expit), ("erf", special.erf),
            ("relu", lambda v: np.maximum(v, 0)), ("abs", np.abs), ("square", np.square),
            ("sign", np.sign), ("floor", np.floor), ("ceil", np.ceil), ("round", np.round),
            ("softplus", lambda v: np.logaddexp(0, v)), ("silu", lambda v: v * special.expit(v)),
            ("elu", lambda v: np.where(v > 0, v, np.expm1(v)))]:
        file.case(f"{name}(a)", function(x), everywhere)
    small = everywhere[np.abs(everywhere) < 80]
    file.case("exp(a)", np.exp(small.astype(float)), small)
    angles = np.concatenate([rng.uniform(-10, 10, 40), rng.uniform(-1e4, 1e4, 20)]).astype(
        np.float32)
    file.case("sin(a)", np.sin(angles.astype(float)), angles)
    file.case("cos(a)", np.cos(angles.astype(float)), angles)
    x = positive.astype(float)
    file.case("log(a)", np.log(x), positive)
    file.case("sqrt(a)", np.sqrt(x), positive)
    file.case("log1p(a)", np.log1p(x), positive)
    file.case("1 / a", 1 / x[4:], positive[4:])
    file.write()


def brain(x):
    """The nearest numbers with the upper sixteen bits of single precision, ties to even."""
    bits = np.asarray(x, dtype=np.float32).view(np.uint32).astype(np.uint64)
    near = ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16 << 16).astype(np.uint32)
    return near.view(np.float32)


def kinds():
    file = File("kinds")
    half, small = np.float16, np.int8
    # Ordinary numbers, ties and their neighbours, subnormals, the ends.
    ties = np.array([1 + 2**-11, 1 + 3 * 2**-11, 2048 + 1, 2048 + 3, 65504, 65519, 65520, 70000],
                    dtype=np.float32)
    a = np.concatenate([
        single(24), ties, -ties, np.nextafter(ties, np.float32(0)),
        np.float32(2.0) ** -np.arange(12, 28).astype(np.float32), single(8) * np.float32(2**-22),
        single(8) * np.float32(3e4)]).astype(np.float32)
    b = single(a.size, low=0.25, high=3)
    with np.errstate(over="ignore", invalid="ignore"):
        file.case('cast(a, "f16")', a.astype(half), a, b)
        file.case('cast(a, "bf16")', brain(a), a, b)
        for sign, function in [("+", np.add), ("-", np.subtract), ("*", np.multiply),
                               ("/", np.divide)]:
            x, y = a.astype(half), b.astype(half)
            file.case(f'cast(a, "f16") {sign} cast(b, "f16")', function(x, y), a, b)
            file.case(f'cast(a, "f16") {sign} b', function(x, b), a, b)
            wide = function(brain(a), brain(b))
            file.case(f'cast(a, "bf16") {sign} cast(b, "bf16")', brain(wide), a, b)
        file.case('sqrt(cast(b, "f16"))', np.sqrt(b.astype(half)), a, b)
        file.case('sum(cast(reshape(b, 8, -1), "f16"), axis=0)',
                  b.astype(half).reshape(8, -1).sum(axis=0, dtype=np.float64).astype(half), a, b)
    whole = np.trunc(single(32, low=-128, high=127.9)).astype(np.float32)
    part = single(32, low=-128.9, high=127.9)
    file.case('cast(a, "i8")', part.astype(small), part, whole)
    file.case('cast(b, "i8") + cast(b, "i8")', 2 * whole.astype(np.int64), part, whole)
    file.case('cast(b, "i8") * 0.5', 0.5 * whole, part, whole)
    file.case('cast(b, "i8") * cast(a, "f16")', whole.astype(half) * part.astype(half), part, whole)
    file.write()


for write in [broadcasting, products, softmax, convolutions, reductions, slicing, functions, kinds]:
    write()
