#!/usr/bin/env python3
"""Writes what PyTorch's optimizers and schedules give, in the format of make_numpy_fixtures.py.

    python3 Tests/Fixtures/make_torch_fixtures.py

Weights start at `a` and move against the slopes `b`, one step for each; both are read from the file
that is there, so that writing it again changes nothing but what PyTorch changes.
"""
import pathlib

import numpy as np
import torch

path = pathlib.Path(__file__).parent / "numpy" / "torch.txt"
inputs = [line for line in path.read_text().splitlines() if line[:2] in ("a ", "b ")]
a, b = (
    np.array([float(v) for v in line.split(":")[1].split()], dtype=np.float32).reshape(
        [int(n) for n in line.split(":")[0].split()[1:]])
    for line in inputs[:2])

optimizers = [
    ("Adadelta()", lambda p: torch.optim.Adadelta(p)),
    ("Adafactor()", lambda p: torch.optim.Adafactor(p)),
    ("Adagrad()", lambda p: torch.optim.Adagrad(p)),
    ("Adam()", lambda p: torch.optim.Adam(p)),
    ("Adamax()", lambda p: torch.optim.Adamax(p)),
    ("AdamW()", lambda p: torch.optim.AdamW(p)),
    ("ASGD()", lambda p: torch.optim.ASGD(p)),
    ("NAdam()", lambda p: torch.optim.NAdam(p)),
    ("RAdam()", lambda p: torch.optim.RAdam(p)),
    ("RMSprop()", lambda p: torch.optim.RMSprop(p)),
    ("Rprop()", lambda p: torch.optim.Rprop(p)),
    ("SGD()", lambda p: torch.optim.SGD(p)),
]
rate = torch.optim.lr_scheduler
schedules = [
    ("step_decay(0.1, 5, by=0.3)", lambda o: rate.StepLR(o, 5, 0.3)),
    ("multistep(0.1, [3, 9, 20], by=0.5)", lambda o: rate.MultiStepLR(o, [3, 9, 20], 0.5)),
    ("exponential_decay(0.1, 0.93)", lambda o: rate.ExponentialLR(o, 0.93)),
    ("cosine(0.1, 20, floor=0.001)", lambda o: rate.CosineAnnealingLR(o, 20, 0.001)),
    ("cosine_restarts(0.1, 7, factor=2)", lambda o: rate.CosineAnnealingWarmRestarts(o, 7, 2)),
    ("one_cycle(0.5, 40)", lambda o: rate.OneCycleLR(o, 0.5, 40)),
    ("one_cycle(0.5, 40, three=true, linear=true)",
     lambda o: rate.OneCycleLR(o, 0.5, 40, three_phase=True, anneal_strategy="linear")),
    ("linear_ramp(0.1, 8, start=0.1)", lambda o: rate.LinearLR(o, 0.1, total_iters=8)),
    ("polynomial_decay(0.1, 25, power=2)", lambda o: rate.PolynomialLR(o, 25, 2.0)),
    ("held_back(0.1, 6, factor=0.5)", lambda o: rate.ConstantLR(o, 0.5, 6)),
    ("cyclic(0.01, 0.1, 6, halve=true)",
     lambda o: rate.CyclicLR(o, 0.01, 0.1, 6, mode="triangular2")),
]


def wanted(x):
    x = np.asarray(x, dtype=np.float64)
    return f"want {' '.join(map(str, x.shape))} : {' '.join(f'{v:.12g}' for v in x.ravel())}"


lines = []
for number, (source, make) in enumerate(optimizers):
    lines.append(f"case {{ o = {source}; w = a; for i in range({len(b)}) {{ (w, o) = update(o, w, b[i]); w }} }}")
    lines += inputs[:2] if number == 0 else []
    w = torch.nn.Parameter(torch.tensor(a))
    optimizer = make([w])
    moved = []
    for slope in b:
        w.grad = torch.tensor(slope)
        optimizer.step()
        moved.append(w.detach().numpy().copy())
    lines.append(wanted(moved))
for source, make in schedules:
    lines.append(f"case {{ s = {source}; for t in range(40) {{ s(t) }} }}")
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1, momentum=0.9)
    schedule = make(optimizer)
    rates = []
    for _ in range(40):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    lines.append(wanted(rates))
path.write_text("\n".join(lines) + "\n")
