"""NumPy and the safetensors package read what is written here, and the reverse.

By hand: python3 Tests/Fixtures/check_formats.py GRADUS    needs numpy and safetensors
"""
import os
import subprocess
import sys
import tempfile

import numpy as np
from safetensors.numpy import load_file, save_file

gradus = sys.argv[1]
faults = 0

def check(what, ok):
    global faults
    if not ok:
        faults += 1
        print("---", what)

def run(folder, code):
    page = os.path.join(folder, "a.grd.md")
    with open(page, "w") as file:
        file.write(f"```gradus #a\n{code}\n```\n")
    done = subprocess.run([gradus, "run", page], capture_output=True, text=True)
    check(f"{code}: {done.stderr}", done.returncode == 0)
    return done.stdout.strip()

with tempfile.TemporaryDirectory() as folder:
    at = lambda name: os.path.join(folder, name)
    # Written here, read there.
    run(folder, '\n'.join([
        'x = reshape(arange(24), [2, 3, 4]) * 0.5', 'save(x, "x.npy")',
        'save(cast(arange(5), "i64"), "i.npy")', 'save(x > 3, "b.npy")', 'save(cast(x, "f64"), "d.npy")',
        'save((x=x, i=cast([1, 2], "i64")), "all.npz")', 'save((w=x, n=cast([7], "i64")), "w.safetensors")',

        'm = Linear(3, 2)', 'save(m, "m.safetensors")', 'len(params(m))']))
    x = np.arange(24, dtype=np.float32).reshape(2, 3, 4) * 0.5
    check("x.npy", np.array_equal(np.load(at("x.npy")), x) and np.load(at("x.npy")).dtype == np.float32)
    check("i.npy", np.array_equal(np.load(at("i.npy")), np.arange(5)))
    check("b.npy", np.array_equal(np.load(at("b.npy")), x > 3) and np.load(at("b.npy")).dtype == bool)
    check("d.npy", np.load(at("d.npy")).dtype == np.float64)
    archive = np.load(at("all.npz"))
    check("all.npz", np.array_equal(archive["x"], x) and np.array_equal(archive["i"], [1, 2]))
    weights = load_file(at("w.safetensors"))
    check("w.safetensors", np.array_equal(weights["w"], x) and np.array_equal(weights["n"], [7]))
    check("m.safetensors", sorted(a.shape for a in load_file(at("m.safetensors")).values())[0] == (2,))
    # Written there, read here.
    count = 0
    rng = np.random.default_rng(1)
    for dtype in ["f4", "f8", "i8", "?", "i4", "u1", "i2", "f2", ">f4", ">i8"]:
        for order in "CF":
            for shape in [(), (3,), (2, 3), (0, 4), (2, 1, 3)]:
                a = np.asarray((rng.normal(size=shape) * 9).astype(dtype), order=order)
                np.save(at("a.npy"), a)
                run(folder, "save(cast(load(\"a.npy\"), 'f64'), \"back.npy\")")
                back = np.load(at("back.npy"))
                check(f"{dtype} {order} {shape}", back.shape == a.shape and np.array_equal(back, a.astype("f8")))
                count += 1
    for compressed in [False, True]:
        (np.savez_compressed if compressed else np.savez)(at("a.npz"), u=x, v=x[0] * 2)
        total = run(folder, 'a = load("a.npz")\nsum(a.u) + sum(a.v)')
        check(f"npz {total}", abs(float(total) - (x.sum() + 2 * x[0].sum())) < 1e-3)
        count += 1
    for dtype in [np.float32, np.float64, np.int64, np.bool_, np.float16, np.int32, np.uint8]:
        a = (rng.normal(size=(3, 4)) * 9).astype(dtype)
        save_file({"a": a}, at("a.safetensors"), metadata={"k": "v"})
        run(folder, "save(cast(load(\"a.safetensors\").a, 'f64'), \"back.npy\")")
        check(f"safetensors {dtype}", np.array_equal(np.load(at("back.npy")), a.astype("f8")))
        count += 1
print(f"7 files written here, {count} written there, {faults} faults")
sys.exit(faults > 0)
