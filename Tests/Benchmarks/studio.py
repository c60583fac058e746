#!/usr/bin/env python3
"""Times the studio in a pseudo terminal: first paint, key to screen, bytes written, with and without
a training on all cores; a notebook of 100 MB, a paste of 10 MB, 10,000 keys at once. vim and euporie run
beside it when they are there (`--euporie PATH` of euporie-notebook, from `pip install euporie`).

    python3 Tests/Benchmarks/studio.py [PATH-OF-GRADUS] [--keys N] [--cells N] [--only paint,keys,training,large]
"""
import argparse, fcntl, json, os, pty, re, select, shutil, signal, struct, sys, tempfile, termios, time

ESCAPES = re.compile(rb"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[()][0-9A-Za-z]|\x1b[=>78M]|\x1b\][^\x07]*\x07")


class Screen:
    """A program in a pseudo terminal of 80x24."""

    def __init__(self, command, folder, columns=80, rows=24):
        self.start = time.perf_counter()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.chdir(folder)
            os.environ.update(TERM="xterm-256color", LANG="C.UTF-8", SWIFT_BACKTRACE="enable=no")
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            os.execvp(command[0], command)

    def read(self, seconds):
        """What comes within a time; empty when nothing does."""
        if not select.select([self.fd], [], [], seconds)[0]:
            return b""
        try:
            return os.read(self.fd, 1 << 16)
        except OSError:
            return b""

    def read_until(self, wanted, seconds=20):
        """Seconds until a text (or one of several) is there, and what was read; None when none comes."""
        begun, got = time.perf_counter(), b""
        wanted = wanted if isinstance(wanted, tuple) else (wanted,)
        while time.perf_counter() - begun < seconds:
            got += self.read(0.5)
            if any(each in ESCAPES.sub(b"", got) for each in wanted):
                return time.perf_counter() - begun, got
        return None, got

    def read_all(self, quiet):
        got = b""
        while True:
            more = self.read(quiet)
            if not more:
                return got
            got += more

    def type(self, text):
        os.write(self.fd, text)

    def kill(self):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.fd)


def notebook(cells):
    text = "---\ngradus: 1\n---\n\n# A page\n\n"
    for n in range(cells):
        if n % 3 == 0:
            text += f"Some words about step {n}, long enough that they flow over more than one line of the screen.\n\n"
        text += f"```gradus #c{n}\nx{n} = softmax([{n}, 1, 2])\ny{n} = x{n} * 2\n```\n\n"
    return text


def ipynb(cells):
    """The same page for euporie."""
    code = lambda n: {"cell_type": "code", "id": f"c{n}", "metadata": {}, "outputs": [], "execution_count": None,
                      "source": f"x{n} = softmax([{n}, 1, 2])\ny{n} = x{n} * 2"}
    first = {"cell_type": "markdown", "id": "head", "metadata": {}, "source": "# A page"}
    return json.dumps({"cells": [first] + [code(n) for n in range(cells)], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def large_notebook(megabytes):
    """Cells of every kind, most of the bytes in outputs, as long trainings leave them."""
    parts, size, n = ["---\ngradus: 1\n---\n\n# A large page\n\n"], 0, 0
    while size < megabytes << 20:
        lines = "\n".join(f"step {k}  loss {1 / (k + 1):.6f}  accuracy {k / (k + 3):.4f}" for k in range(120))
        part = (f"Some words about part {n}, which flow over the line.\n\n```gradus #c{n}\nx{n} = softmax([{n}, 1, 2])\n"
                f"y{n} = x{n} * 2\n```\n```out #c{n} src=00000000 val=00000000\n{lines}\n```\n\n")
        parts.append(part)
        size += len(part)
        n += 1
    return "".join(parts)


def memory(pid, what="VmHWM"):
    for line in open(f"/proc/{pid}/status"):
        if line.startswith(what):
            return int(line.split()[1]) / 1024
    return 0


def share(values, part):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def first_paint(command, folder, mark, times):
    seconds = []
    for _ in range(times):
        screen = Screen(command, folder)
        taken, _ = screen.read_until(mark)
        seconds.append(time.perf_counter() - screen.start if taken is not None else 99)
        screen.kill()
    return share(seconds, 0.5) * 1e3, min(seconds) * 1e3


def keys(screen, count, pause, is_live):
    """Milliseconds from each key to its letter on the screen, and bytes for each key."""
    taken, sizes = [], []
    letters = b"QXZJVB"
    for n in range(count):
        if n % 40 == 39:
            screen.type(b"\r")
            screen.read_all(0.3) if not is_live else screen.read(0.3)
        letter = letters[n % len(letters) : n % len(letters) + 1]
        begun = time.perf_counter()
        screen.type(letter)
        got, shown = b"", None
        while time.perf_counter() - begun < 2:
            got += screen.read(0.5)
            if letter in ESCAPES.sub(b"", got):
                shown = time.perf_counter() - begun
                break
        taken.append(shown * 1e3 if shown is not None else 2000)
        if not is_live:
            got += screen.read_all(pause)
            sizes.append(len(got))
        else:
            end = time.perf_counter() + pause
            while time.perf_counter() < end:
                screen.read(max(0, end - time.perf_counter()))
    return taken, sizes


def report(name, taken, sizes=None):
    line = f"{name:34} p50 {share(taken, .5):6.2f} ms   p99 {share(taken, .99):6.2f} ms   max {max(taken):6.2f} ms"
    if sizes:
        line += f"   bytes p50 {share(sizes, .5)}  p99 {share(sizes, .99)}  max {max(sizes)}"
    print(line, flush=True)


def cpu(pid):
    fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def forget(folder):
    """Nothing is left to recover of what was killed."""
    for name in os.listdir(folder):
        if name.endswith(".journal"):
            os.unlink(os.path.join(folder, name))


def live_cell():
    return (
        "---\ngradus: 1\n---\n\n```gradus #t\nm = Linear(2, 512) >> tanh >> Linear(512, 512) >> tanh >> Linear(512, 2)\n"
        "train(m, moons(8192), epochs=100000, batch=4096)\n```\n\n```gradus #n\n\n```\n"
    )


def paint(gradus, folder, euporie):
    for name in ["small", "large"]:
        median, least = first_paint([gradus, f"{name}.grd.md"], folder, b"quit", 15)
        print(f"first paint, {name:21} p50 {median:6.2f} ms   min {least:6.2f} ms", flush=True)
    if shutil.which("vim"):
        median, least = first_paint(["vim", "-u", "NONE", "small.grd.md"], folder, b"A page", 15)
        print(f"first paint, {'vim -u NONE':21} p50 {median:6.2f} ms   min {least:6.2f} ms", flush=True)
    if euporie:
        for name in ["small", "large"]:
            median, least = first_paint([euporie, f"{name}.ipynb"], folder, b"softmax", 3)
            print(f"first paint, euporie {name:13} p50 {median:6.0f} ms   min {least:6.0f} ms", flush=True)


def typing(gradus, folder, euporie, count):
    for name in ["small", "large"]:
        screen = Screen([gradus, f"{name}.grd.md"], folder)
        screen.read_until(b"quit")
        screen.type(b"\r\x05")
        screen.read_all(0.5)
        report(f"keys, {name} notebook", *keys(screen, count, 0.02, False))
        screen.read_all(1)
        idle = len(screen.read_all(3))
        print(f"{'':34} bytes in 3 s of nothing: {idle}", flush=True)
        screen.kill()
    if shutil.which("vim"):
        screen = Screen(["vim", "-u", "NONE", "small.grd.md"], folder)
        screen.read_until(b"A page")
        screen.type(b"o")
        screen.read_all(0.5)
        report("keys, vim -u NONE", *keys(screen, count, 0.02, False))
        screen.kill()
    if euporie:
        screen = Screen([euporie, "small.ipynb"], folder)
        screen.read_until(b"softmax")
        screen.read_all(3)
        screen.type(b"jb\r")
        screen.read_all(2)
        report("keys, euporie", *keys(screen, 40, 0.2, False))
        screen.kill()


def training(gradus, folder, count):
    for attempt in range(3):
        forget(folder)
        screen = Screen([gradus, "training.grd.md", "--trust"], folder)
        screen.read_until(b"quit")
        screen.type(b"\n")
        screen.read_until(b"steps/s")
        screen.type(b"\r")
        time.sleep(1)
        before, begun = cpu(screen.pid), time.perf_counter()
        screen.read(0.5)
        taken, _ = keys(screen, count, 0.02, True)
        used = (cpu(screen.pid) - before) / (time.perf_counter() - begun)
        report(f"keys, training on {used:.1f} cores", taken)
        screen.kill()


def large(gradus, folder):
    open(os.path.join(folder, "huge.grd.md"), "w").write(large_notebook(100))
    screen = Screen([gradus, "huge.grd.md"], folder)
    taken, _ = screen.read_until(b"quit", 120)
    print(f"100 MB: first paint {(taken or 99) * 1e3:.0f} ms, {memory(screen.pid):.0f} MB", flush=True)
    screen.read_all(1)
    screen.type(b"\r\x05")
    screen.read_all(3)
    report("keys, 100 MB", *keys(screen, 60, 0.05, False))
    begun = time.perf_counter()
    screen.type(b"\x1bG")
    screen.read_all(0.3)
    print(f"100 MB: to the end {(time.perf_counter() - begun - 0.3) * 1e3:.0f} ms, {memory(screen.pid):.0f} MB at most", flush=True)
    screen.kill()
    os.unlink(os.path.join(folder, "huge.grd.md"))
    forget(folder)
    screen = Screen([gradus, "training.grd.md", "--trust"], folder)
    screen.read_until(b"quit")
    screen.type(b"G\r")
    screen.read_all(0.5)
    paste = b"\x1b[200~" + b"0123456789abcdef = sum([1, 2, 3]) # comment\n" * (10 * (1 << 20) // 44) + b"\x1b[201~"
    begun, done = time.perf_counter(), 0
    flags = fcntl.fcntl(screen.fd, fcntl.F_GETFL)
    fcntl.fcntl(screen.fd, fcntl.F_SETFL, flags | os.O_NONBLOCK)
    while done < len(paste):
        readable, writable, _ = select.select([screen.fd], [screen.fd], [], 5)
        if readable:
            screen.read(0)
        if writable:
            done += os.write(screen.fd, paste[done : done + 65536])
    sent = time.perf_counter() - begun
    fcntl.fcntl(screen.fd, fcntl.F_SETFL, flags)
    shown, _ = screen.read_until(b"comment", 60)
    print(f"10 MB paste: sent in {sent * 1e3:.0f} ms, shown {(shown or 99) * 1e3:.0f} ms later, {memory(screen.pid):.0f} MB", flush=True)
    screen.read_all(0.5)
    report("keys behind the paste", *keys(screen, 30, 0.05, False))
    screen.type(b"\x1a")
    screen.kill()

    forget(folder)
    screen = Screen([gradus, "small.grd.md"], folder)
    screen.read_until(b"quit")
    screen.type(b"\r\x05")
    screen.read_all(0.5)
    begun = time.perf_counter()
    for part in range(100):
        screen.type(b"abcdefghi " * 10)
        screen.read(0)
    screen.type("\u4e00".encode())
    screen.read_until("\u4e00".encode(), 20)
    taken = time.perf_counter() - begun
    screen.type(b"\x13")
    screen.read_until(b"saved small", 20)
    text = open(os.path.join(folder, "small.grd.md")).read()
    print(f"10,000 keys: {taken * 1e3:.0f} ms, {'none' if 'abcdefghi ' * 1000 in text else 'SOME'} lost", flush=True)
    screen.kill()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("gradus", nargs="?", default=".build/release/gradus")
    parser.add_argument("--keys", type=int, default=400)
    parser.add_argument("--cells", type=int, default=300)
    parser.add_argument("--euporie", default=shutil.which("euporie-notebook"))
    parser.add_argument("--only", default="paint,keys,training,large")
    options = parser.parse_args()
    gradus = os.path.abspath(options.gradus)
    parts = options.only.split(",")
    print(f"load {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")
    if not options.euporie:
        print("euporie is not installed: not compared")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_STATE_HOME"] = os.path.join(folder, "state")
        for name, cells in [("small", 3), ("large", options.cells)]:
            open(os.path.join(folder, name + ".grd.md"), "w").write(notebook(cells))
            open(os.path.join(folder, name + ".ipynb"), "w").write(ipynb(cells))
        open(os.path.join(folder, "training.grd.md"), "w").write(live_cell())
        if "paint" in parts:
            paint(gradus, folder, options.euporie)
        if "keys" in parts:
            typing(gradus, folder, options.euporie, options.keys)
        if "training" in parts:
            training(gradus, folder, options.keys)
        if "large" in parts:
            large(gradus, folder)


if __name__ == "__main__":
    main()
