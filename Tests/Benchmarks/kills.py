#!/usr/bin/env python3
"""Kills the studio at random instants while it is typed in, saved and run, opens the notebook again,
and counts what was lost: keys that were on the screen, files, temporary files.

    python3 Tests/Benchmarks/kills.py [PATH-OF-GRADUS] [--kills N] [--seed N]
"""
import argparse, os, random, signal, sys, tempfile, time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from studio import ESCAPES, Screen

PAGE = "---\ngradus: 1\n---\n\n```gradus #t\nr = train(Linear(2, 2), moons(64), epochs=30)\n```\n\n```gradus #n\nX\n```\n"
FIRST = 0x4E00


def shown(data):
    """How many of the typed characters, each another one, were on the screen."""
    return max((ord(c) - FIRST + 1 for c in data.decode(errors="ignore") if 0 <= ord(c) - FIRST < 5000), default=0)


def text_of(path):
    text = open(path, encoding="utf-8", errors="replace").read()
    return text.split("```gradus #n\n")[1].split("\n```")[0] if "```gradus #n\n" in text else None


def one(gradus, folder, chance):
    path = os.path.join(folder, "page.grd.md")
    open(path, "w", encoding="utf-8").write(PAGE)
    screen = Screen([gradus, "page.grd.md"], folder)
    screen.read_until(b"quit")
    runs = chance.random() < 0.3
    screen.type((b"\x0a" if runs else b"j") + b"\r\x05")
    screen.read_until(b"EDIT")
    begun, until = time.perf_counter(), chance.uniform(0.0, 0.06)
    typed, seen = "", b""
    while time.perf_counter() - begun < until:
        if chance.random() < 0.15:
            screen.type(b"\x13")
        else:
            letter = chr(FIRST + len(typed))
            screen.type(letter.encode())
            typed += letter
        seen += screen.read(chance.uniform(0, 0.003))
    os.kill(screen.pid, signal.SIGKILL)
    os.waitpid(screen.pid, 0)
    seen += screen.read_all(0.002)
    os.close(screen.fd)
    echoed = shown(ESCAPES.sub(b"", seen))

    again = Screen([gradus, "page.grd.md"], folder)
    _, got = again.read_until(b"quit", 5)
    if b"take the recovered" in got:
        again.type(b"r")
    again.type(b"\x13")
    again.read_until(b"saved page", 5)
    again.type(b"qd")
    again.read_all(2)
    try:
        os.waitpid(again.pid, 0)
    finally:
        os.close(again.fd)
    now = text_of(path)
    problems = []
    if now is None or not now.startswith("X") or not typed.startswith(now[1:]):
        problems.append(f"corrupt: {now!r} of {typed!r}")
    elif len(now) - 1 < min(echoed, len(typed)):
        problems.append(f"lost: {len(now) - 1} of {echoed} shown")
    left = [name for name in os.listdir(folder) if name != "page.grd.md"]
    if left:
        problems.append(f"left over: {left}")
        for name in left:
            os.unlink(os.path.join(folder, name))
    return problems


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("gradus", nargs="?", default=".build/release/gradus")
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    gradus = os.path.abspath(options.gradus)
    begun, count = time.time(), 0
    with tempfile.TemporaryDirectory() as folder:
        for number in range(options.kills):
            problems = one(gradus, folder, chance)
            count += bool(problems)
            for problem in problems:
                print(f"kill {number}: {problem}", flush=True)
    print(f"{options.kills} kills, {count} with a loss, {time.time() - begun:.0f} s")
    sys.exit(1 if count else 0)


main()
