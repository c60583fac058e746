#!/usr/bin/env python3
"""Records a lesson of so many minutes in a pseudo terminal, plays it at 8x, takes the keyboard over in the
middle, runs a cell there, gives it back, and plays on to the end.

    python3 Tests/Benchmarks/play.py GRADUS [--minutes 10] [--speed 8]
"""
import argparse, fcntl, os, pty, re, select, struct, subprocess, sys, tempfile, termios, time

parser = argparse.ArgumentParser()
parser.add_argument("gradus", type=os.path.abspath)
parser.add_argument("--minutes", type=float, default=10)
parser.add_argument("--speed", type=float, default=8)
asked = parser.parse_args()
ESCAPES = re.compile(rb"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[()][0-9A-Za-z]|\x1b[=>78M]|\x1b\][^\x07]*\x07")
PAGE = """# A lesson

```gradus #data
d = moons(400)
```

```gradus #train
net = Linear(2, 64) >> tanh >> Linear(64, 2)
r = train(net, d, epochs=1000000, batch=400, opt=SGD(0.1))
plot(r)
```

```gradus #sum
1 + 1
```
"""


class Terminal:
    def __init__(self, words, folder):
        self.seen = b""
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.chdir(folder)
            os.environ.update(TERM="xterm-256color", LANG="C.UTF-8", HOME=folder + "/home")
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 90, 0, 0))
            os.execvp(words[0], words)

    def read(self, seconds):
        end = time.time() + seconds
        while (left := end - time.time()) > 0:
            if not select.select([self.fd], [], [], left)[0]:
                return
            try:
                self.seen += os.read(self.fd, 1 << 16)
            except OSError:
                return

    def type(self, text):
        os.write(self.fd, text.encode())

    def sees(self, text, seconds=30):
        end = time.time() + seconds
        while time.time() < end:
            if text.encode() in ESCAPES.sub(b"", self.seen):
                return True
            self.read(0.2)
        return False

    def forget(self):
        self.seen = b""

    def ended(self, seconds=20):
        end = time.time() + seconds
        while time.time() < end:
            self.read(0.1)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                return os.waitstatus_to_exitcode(status)
        os.kill(self.pid, 9)
        return None


def check(what, holds):
    print(("ok   " if holds else "---  ") + what, flush=True)
    faults.append(not holds)


faults = []
with tempfile.TemporaryDirectory() as folder:
    os.makedirs(folder + "/home")
    with open(folder + "/page.grd.md", "w") as file:
        file.write(PAGE)
    whole = asked.minutes * 60
    lesson = Terminal([asked.gradus, "page.grd.md", "--trust", "--record", "page.grd.rec"], folder)
    check("the notebook opens", lesson.sees("A lesson"))
    start = time.time()
    # Shares of the time, and what is typed then.
    steps = [
        (0.02, "\x1b[15~"), (0.1, "j"), (0.12, "\x1b[15~"), (0.2, ":set lr=0.02\r"), (0.3, " "),
        (0.4, "j\r\x1b[F"), (0.41, " "), (0.42, "+"), (0.43, " "), (0.44, "4"), (0.45, "0"),
        (0.46, "\x1b[15~"), (0.6, "\x1b"), (0.62, "k"), (0.65, " "), (0.9, "\x03"), (1.0, "\x13"),
    ]
    for share, keys in steps:
        lesson.read(max(0, start + share * whole - time.time()))
        lesson.type(keys)
    check("the lesson is saved", lesson.sees("saved page.grd.md"))
    lesson.type("q")
    check("the lesson ends", lesson.ended() == 0)
    took = time.time() - start
    saved = open(folder + "/page.grd.md").read()
    at = f"{whole * 2}"
    frame = subprocess.run(
        [asked.gradus, "play", "page.grd.rec", "--frame", "same", "--at", at], cwd=folder,
        capture_output=True, text=True)
    check("the last picture is found at once: " + frame.stderr.strip(), frame.returncode == 0)

    begun = time.time()
    player = Terminal([asked.gradus, "play", "page.grd.rec", "--speed", f"{asked.speed}"], folder)
    player.read(whole / 2 / asked.speed + 0.5)
    middle = time.time()
    player.forget()
    player.type("t")
    check("the keyboard is taken over", player.sees("yours"))
    player.type("0\x1b[15~")
    check("the cell is the viewer's", player.sees("402"))
    player.type("\x13")
    check("what he saves is a file of his own", player.sees("saved page-mine.grd.md"))
    player.forget()
    player.type("\x07")
    check("the recording goes on", player.sees("t take over"))
    away = time.time() - middle
    check("it comes to its end", player.sees("■", whole))
    played = time.time() - begun - away
    player.type("q")
    check("the player ends", player.ended() == 0)
    check("the lesson's file is untouched", open(folder + "/page.grd.md").read() == saved)
    check("the viewer's file is there", "1 + 1 + 400" in open(folder + "/page-mine.grd.md").read())
    cast = subprocess.run(
        [asked.gradus, "play", "page.grd.rec", "--cast", "page.cast"], cwd=folder, capture_output=True, text=True)
    check("it is exported: " + cast.stderr.strip(), cast.returncode == 0)
    print(f"{took:.0f} s recorded, played in {played:.1f} s without the time away ({took / played:.2f}x), "
          f"{os.path.getsize(folder + '/page.grd.rec')} bytes")
sys.exit(any(faults))
