#!/usr/bin/env python3
"""Kills the studio with SIGKILL at random instants: while it starts, recovers, is typed in, saves, runs
and trains. Every next start takes over what the last one left, and what is lost is counted: keys that
were on the screen, torn files, temporary files.

    python3 Tests/Benchmarks/kills.py [PATH-OF-GRADUS] [--kills N] [--seed N] [--workers N]
"""
import argparse, os, random, signal, sys, tempfile, time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from studio import ESCAPES, Screen

PAGE = (
    "---\ngradus: 1\n---\n\n```gradus #t\nr = train(Linear(2, 2), moons(64), epochs=1000000)\n```\n\n"
    "```gradus #n\nX\n```\n"
)
FIRST = 0x4E00
SAVE, RUN, END = b"\x13", b"\x1b[15~", b"\x1b"
ALLOWED = {"page.grd.md", ".page.grd.journal"}


def shown(data):
    """How many of the typed characters, each another one, were on the screen."""
    text = ESCAPES.sub(b"", data).decode(errors="ignore")
    return max((ord(c) - FIRST + 1 for c in text if 0 <= ord(c) - FIRST < 20000), default=0)


class Worker:
    def __init__(self, gradus, folder, seed):
        self.gradus, self.folder, self.chance = gradus, folder, random.Random(seed)
        self.path = os.path.join(folder, "page.grd.md")
        self.problems, self.counts = [], {}
        os.environ["XDG_STATE_HOME"] = folder + ".state"
        os.environ["XDG_CONFIG_HOME"] = folder + ".config"
        self.begin()

    def begin(self):
        for name in os.listdir(self.folder):
            os.unlink(os.path.join(self.folder, name))
        open(self.path, "w", encoding="utf-8").write(PAGE)
        self.typed, self.promised, self.saved = 0, 0, 0

    def text(self):
        text = open(self.path, encoding="utf-8", errors="replace").read()
        if not text.startswith("---\ngradus: 1\n---\n") or "```gradus #n\n" not in text or text[-1] != "\n":
            return None
        return text.split("```gradus #n\n")[1].split("\n```")[0]

    def check(self, least, when):
        now = self.text()
        wanted = "X" + "".join(chr(FIRST + n) for n in range(self.typed))
        if now is None or not wanted.startswith(now):
            self.problems.append(f"{when}: torn file: {now!r}")
        elif len(now) - 1 < least:
            self.problems.append(f"{when}: {len(now) - 1} keys of {least} are there")
        return len(now) - 1 if now is not None else 0

    def kill(self, screen, kind):
        os.kill(screen.pid, signal.SIGKILL)
        seen = screen.read_all(0.002)
        os.waitpid(screen.pid, 0)
        seen += screen.read_all(0)
        os.close(screen.fd)
        self.counts[kind] = self.counts.get(kind, 0) + 1
        self.promised = max(self.promised, min(shown(seen + self.seen), self.typed))
        self.check(self.saved, "after " + kind)

    def one(self):
        chance, self.seen = self.chance, b""
        screen = Screen([self.gradus, "page.grd.md", "--trust"], self.folder)
        if chance.random() < 0.2:
            end = time.perf_counter() + chance.uniform(0, 0.04)
            while time.perf_counter() < end:
                screen.read(max(0, end - time.perf_counter()))
            return self.kill(screen, "start")
        got = screen.read_until((b"quit", b"take the recovered"), 20)[1]
        if b"take the recovered" in ESCAPES.sub(b"", got):
            self.problems.append("asks, though nobody else has changed the file")
            screen.type(b"r")
        elif b"quit" not in ESCAPES.sub(b"", got):
            self.problems.append("no screen")
            return self.kill(screen, "start")
        if chance.random() < 0.5:
            screen.type(SAVE)
            if screen.read_until((b"saved page",), 20)[0] is None:
                self.problems.append("not saved")
            self.typed = self.saved = self.promised = self.check(self.promised, "recovered")
            left = set(os.listdir(self.folder)) - ALLOWED
            if left:
                self.problems.append(f"left over: {left}")
        elif self.promised < self.typed:
            # Which of the last keys were taken in before the kill is not known: look.
            screen.type(SAVE)
            screen.read_until((b"saved page",), 20)
            self.typed = self.saved = self.promised = self.check(self.promised, "recovered")
        if self.typed > 300:
            self.kill(screen, "idle")
            return self.begin()
        kind = "typing"
        if chance.random() < 0.3:
            screen.type(b"gg" + RUN)
            kind = "training"
        screen.type(b"G\r\x05")
        self.seen = screen.read_until((b"EDIT",), 20)[1]
        begun, until = time.perf_counter(), chance.uniform(0, 0.05)
        while time.perf_counter() - begun < until:
            dice = chance.random()
            if dice < 0.12:
                screen.type(SAVE)
                kind = kind if kind == "training" else "saving"
            elif dice < 0.16:
                screen.type(RUN)
                kind = kind if kind == "training" else "running"
            else:
                screen.type(chr(FIRST + self.typed).encode())
                self.typed += 1
            self.seen += screen.read(chance.uniform(0, 0.003))
        self.kill(screen, kind)


def work(gradus, kills, seed, out):
    with tempfile.TemporaryDirectory() as top:
        folder = os.path.join(top, "pages")
        os.mkdir(folder)
        worker = Worker(gradus, folder, seed)
        for number in range(kills):
            before = len(worker.problems)
            worker.one()
            for problem in worker.problems[before:]:
                out.write(f"! kill {number} (seed {seed}): {problem}\n")
                out.flush()
            if number % 500 == 499:
                out.write(f"# {number + 1} kills (seed {seed}), {len(worker.problems)} with a loss\n")
                out.flush()
        out.write(f"= {sum(worker.counts.values())} {len(worker.problems)} {worker.counts}\n")
        out.flush()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("gradus", nargs="?", default=".build/release/gradus")
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    gradus, begun = os.path.abspath(options.gradus), time.time()
    readers = []
    for index in range(options.workers):
        reading, writing = os.pipe()
        if os.fork() == 0:
            os.close(reading)
            work(gradus, options.kills // options.workers, options.seed + index, os.fdopen(writing, "w"))
            os._exit(0)
        os.close(writing)
        readers.append(os.fdopen(reading))
    kills, losses, kinds = 0, 0, {}
    import threading

    def follow(reader):
        nonlocal kills, losses
        for line in reader:
            if line[0] == "=":
                _, some, bad, rest = line.split(" ", 3)
                kills, losses = kills + int(some), losses + int(bad)
                for kind, count in eval(rest).items():
                    kinds[kind] = kinds.get(kind, 0) + count
            else:
                print(line[2:], end="", flush=True)

    threads = [threading.Thread(target=follow, args=(reader,)) for reader in readers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(f"{kills} kills {dict(sorted(kinds.items()))}, {losses} with a loss, {time.time() - begun:.0f} s")
    sys.exit(1 if losses or kills == 0 else 0)


main()
