#!/usr/bin/env python3
"""Times the studio in a pseudo terminal: first paint, key to screen, bytes written, with and without
a training on all cores; vim beside it when there is one.

    python3 Tests/Benchmarks/studio.py [PATH-OF-GRADUS] [--keys N] [--cells N]
"""
import argparse, fcntl, os, pty, re, select, shutil, signal, struct, sys, tempfile, termios, time

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


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("gradus", nargs="?", default=".build/release/gradus")
    parser.add_argument("--keys", type=int, default=400)
    parser.add_argument("--cells", type=int, default=300)
    options = parser.parse_args()
    gradus = os.path.abspath(options.gradus)
    print(f"load {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as folder:
        for name, cells in [("small.grd.md", 3), ("large.grd.md", options.cells)]:
            open(os.path.join(folder, name), "w").write(notebook(cells))
        open(os.path.join(folder, "training.grd.md"), "w").write(
            "---\ngradus: 1\n---\n\n```gradus #t\nm = Linear(2, 512) >> tanh >> Linear(512, 512) >> tanh >> Linear(512, 2)\n"
            "train(m, moons(8192), epochs=100000, batch=4096)\n```\n\n```gradus #n\n\n```\n"
        )
        for name in ["small", "large"]:
            median, least = first_paint([gradus, f"{name}.grd.md"], folder, b"quit", 15)
            print(f"first paint, {name:21} p50 {median:6.2f} ms   min {least:6.2f} ms", flush=True)
        if shutil.which("vim"):
            median, least = first_paint(["vim", "-u", "NONE", "small.grd.md"], folder, b"A page", 15)
            print(f"first paint, {'vim -u NONE':21} p50 {median:6.2f} ms   min {least:6.2f} ms", flush=True)

        for name in ["small", "large"]:
            screen = Screen([gradus, f"{name}.grd.md"], folder)
            screen.read_until(b"quit")
            screen.type(b"\r\x05")
            screen.read_all(0.5)
            report(f"keys, {name} notebook", *keys(screen, options.keys, 0.02, False))
            screen.read_all(1)
            idle = len(screen.read_all(3))
            print(f"{'':34} bytes in 3 s of nothing: {idle}", flush=True)
            screen.kill()
        if shutil.which("vim"):
            screen = Screen(["vim", "-u", "NONE", "small.grd.md"], folder)
            screen.read_until(b"A page")
            screen.type(b"o")
            screen.read_all(0.5)
            report("keys, vim -u NONE", *keys(screen, options.keys, 0.02, False))
            screen.kill()

        screen = Screen([gradus, "training.grd.md"], folder)
        screen.read_until(b"quit")
        screen.type(b"\n")
        screen.read_until(b"steps/s")
        screen.type(b"\r")
        time.sleep(1)
        before, begun = cpu(screen.pid), time.perf_counter()
        screen.read(0.5)
        taken, _ = keys(screen, options.keys, 0.02, True)
        used = (cpu(screen.pid) - before) / (time.perf_counter() - begun)
        report(f"keys, training on {used:.1f} cores", taken)
        screen.kill()


if __name__ == "__main__":
    main()
