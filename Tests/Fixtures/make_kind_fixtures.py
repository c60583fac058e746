#!/usr/bin/env python3
"""Writes the kinds that PyTorch's results have, into kinds/torch.txt.

    python3 Tests/Fixtures/make_kind_fixtures.py

Each line is a call in the language, a colon, and the kind of what PyTorch gives for it; where PyTorch
refuses there is no line. Tensors meet tensors of every kind, and numbers that have no kind of their own.
"""
import pathlib

import torch

kinds = {
    "bool": torch.bool, "i8": torch.int8, "i64": torch.int64, "f16": torch.float16,
    "bf16": torch.bfloat16, "f32": torch.float32, "f64": torch.float64,
}
names = {kind: name for name, kind in kinds.items()}
numbers = {"true": True, "2": 2, "0.5": 0.5}


def number(x, y):
    """Two operands of which one may be a number, as torch.maximum and torch.where want them."""
    return [v if torch.is_tensor(v) else torch.tensor(v) for v in (x, y)]


pairs = {
    "{} + {}": lambda x, y: x + y,
    "{} - {}": lambda x, y: x - y,
    "{} * {}": lambda x, y: x * y,
    "{} / {}": lambda x, y: x / y,
    "{} // {}": lambda x, y: x // y,
    "{} % {}": lambda x, y: x % y,
    "{} ^ {}": lambda x, y: x ** y,
    "{} < {}": lambda x, y: x < y,
    "maximum({}, {})": lambda x, y: torch.maximum(*number(x, y)),
    "where([true, false], {}, {})": lambda x, y: torch.where(torch.tensor([True, False]), x, y),
}
joined = {
    "concat([{}, {}])": lambda x, y: torch.cat([x, y]),
    "stack([{}, {}])": lambda x, y: torch.stack([x, y]),
}
single = {
    "sum(reshape({}, 1, 2), axis=0)": lambda x: torch.sum(x[None], 0), "cumsum({})": lambda x: torch.cumsum(x, 0), "abs({})": torch.abs,
    "sqrt({})": torch.sqrt, "exp({})": torch.exp, "sigmoid({})": torch.sigmoid,
    "relu({})": torch.relu, "softmax({})": lambda x: torch.softmax(x, 0),
    "sort({})": lambda x: torch.sort(x).values, "argmax({})": torch.argmax,
    "floor({})": torch.floor, "sign({})": torch.sign,
    "reshape({0}, 1, 2) @ reshape({0}, 2, 1)": lambda x: x[None] @ x[:, None],
}

lines = []


def note(source, run):
    try:
        lines.append(f"{source} : {names[run().dtype]}")
    except (RuntimeError, NotImplementedError, TypeError):
        pass


def written(name):
    return f'cast([1, 2], "{name}")'


for a, kind in kinds.items():
    x = torch.tensor([1, 2]).to(kind)
    for pattern, run in pairs.items():
        for b, other in kinds.items():
            y = torch.tensor([1, 2]).to(other)
            note(pattern.format(written(a), written(b)), lambda: run(x, y))
        for text, value in numbers.items():
            note(pattern.format(written(a), text), lambda: run(x, value))
            note(pattern.format(text, written(a)), lambda: run(value, x))
    for pattern, run in joined.items():
        for b, other in kinds.items():
            y = torch.tensor([1, 2]).to(other)
            note(pattern.format(written(a), written(b)), lambda: run(x, y))
    for pattern, run in single.items():
        note(pattern.format(written(a)), lambda: run(x))
note("where([true, false], 0.5, 0.25)",
     lambda: torch.where(torch.tensor([True, False]), 0.5, 0.25))
note("where([true, false], 2, 0.5)", lambda: torch.where(torch.tensor([True, False]), 2, 0.5))
note("where([true, false], 2, 1)", lambda: torch.where(torch.tensor([True, False]), 2, 1))
note("stack([0.5, 0.25])", lambda: torch.tensor([0.5, 0.25]))
note("[0.5, 2]", lambda: torch.tensor([0.5, 2]))
note("[1, 2]", lambda: torch.tensor([1, 2]))
note("[true, 2]", lambda: torch.tensor([True, 2]))
note("[true, false]", lambda: torch.tensor([True, False]))

path = pathlib.Path(__file__).parent / "kinds" / "torch.txt"
path.parent.mkdir(exist_ok=True)
path.write_text("\n".join(lines) + "\n")
