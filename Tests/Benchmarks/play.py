#!/usr/bin/env python3
"""Does the first lesson in a pseudo terminal in so many minutes, with wrong and right answers and trainings,
and records it; plays it at 8x, takes the keyboard over in the middle, runs a cell of its own there, gives it
back, plays on to the end, and exports it. Neither the lesson's file nor what is known of the learner changes.

    python3 Tests/Benchmarks/play.py GRADUS [--minutes 10] [--speed 8]
"""
import argparse, fcntl, json, os, pty, re, select, struct, subprocess, sys, tempfile, termios, time

parser = argparse.ArgumentParser()
parser.add_argument("gradus", type=os.path.abspath)
parser.add_argument("--minutes", type=float, default=10)
parser.add_argument("--speed", type=float, default=8)
asked = parser.parse_args()
ESCAPES = re.compile(rb"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[()][0-9A-Za-z]|\x1b[=>78M]|\x1b\][^\x07]*\x07")
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


def screen(second):
    """The picture of a second of the recording."""
    shown = subprocess.run(
        [asked.gradus, "play", "lesson.grd.rec", "--frame", "same", "--at", f"{second}"], cwd=folder,
        capture_output=True, text=True)
    check(f"there is a picture at {second:.0f} s {shown.stderr.strip()}", shown.returncode == 0)
    return shown.stdout


def kept():
    """Everything that the lesson left in the learner's folder."""
    files = {}
    for place, _, names in os.walk(folder + "/home"):
        for name in names:
            with open(os.path.join(place, name), "rb") as file:
                files[os.path.join(place, name)] = file.read()
    return files


OWN = "long = train(flatten >> Linear(64, 64) >> relu >> Linear(64, 10), tr, opt=SGD(0.001), epochs=100000)"
RUN, STAY, ANEW = "\n", "\x1b[15~", "\r\x1b[B\x1b[B\x1b[B\x1b[F\x15"
# Shares of the time, what is typed then, and what is seen after it.
STEPS = [
    (0.02, "n", "predict #shape"), (0.04, "1", "A picture keeps its rows"), (0.08, "2", "✓ Right."),
    (0.12, "n", "predict #chance"), (0.14, "0.5\r", "✗ it is 0.1"), (0.18, "kk\r", "✓ done"),
    (0.22, "nn", "your turn #share"), (0.24, ANEW + "share = count(argmax(said) == te.y)" + RUN,
                                      "That is how many are right"),
    (0.28, "h", "hint 1"), (0.32, ANEW + "share = mean(argmax(said) == te.y)" + RUN, "✓ Right."),
    (0.36, "b\r" + OWN + STAY, "steps/s"), (0.365, "\x1b", ""), (0.37, ":set lr=0.002\r", "lr"), (0.375, " ", "paused"),
    (0.60, " ", "steps/s"), (0.605, "\x03", "✓ done"), (0.76, "nsy", "○ shown"), (0.82, "n1", "✗ "),
    (0.85, "2", "✓ Right."), (0.88, "nsy", "★ Goal reached"), (1.0, "q", ""),
]

faults = []
with tempfile.TemporaryDirectory() as folder:
    os.makedirs(folder + "/home")
    whole = asked.minutes * 60
    lesson = Terminal([asked.gradus, "learn", "1", "--record", "lesson.grd.rec"], folder)
    check("the lesson opens", lesson.sees("A network in one minute"))
    start = time.time()
    for share, keys, answer in STEPS:
        lesson.read(max(0, start + share * whole - time.time()))
        lesson.forget()
        for part in re.findall(r"\x1b\[[0-9]*[A-Z~]|.", keys, re.DOTALL):
            lesson.type(part)
            lesson.read(0.05)
        if answer:
            check(f"{keys!r} gives {answer!r}", lesson.sees(answer))
    check("the lesson ends", lesson.ended() == 0)
    took = time.time() - start
    before = kept()
    check("the goal is kept", b'"done"' in b"".join(v for k, v in before.items() if "progress" in k))

    middle = screen(took / 2)
    paused = re.search(r"\d+/\d+", middle)
    check("the training stands in the middle", "paused" in middle and paused is not None)
    check("its answers stand there", "✓ Right." in middle)
    check("the end is the goal", "★ Goal reached" in screen(2 * took))

    begun = time.time()
    player = Terminal([asked.gradus, "play", "lesson.grd.rec", "--speed", f"{asked.speed}"], folder)
    player.read(took / 2 / asked.speed + 0.5)
    away = time.time()
    player.forget()
    player.type("t")
    check("the keyboard is taken over", player.sees("yours"))
    player.type("\x0c")
    check("the step is the recording's", paused is not None and player.sees(paused[0]))
    player.type("b\r400 + 1" + RUN)
    check("the cell is the viewer's", player.sees("401"))
    player.type("\x13")
    check("what he saves is a file of his own", player.sees("saved 01-first-network-mine.grd.md"))
    player.forget()
    player.type("\x07")
    check("the recording goes on", player.sees("t take over"))
    away = time.time() - away
    check("it comes to its end", player.sees("■", whole))
    played = time.time() - begun - away
    check("with the goal", player.sees("★ Goal reached"))
    player.type("q")
    check("the player ends", player.ended() == 0)
    check("the lesson's file and the progress are untouched", kept() == before)
    with open(folder + "/01-first-network-mine.grd.md") as file:
        check("the viewer's file is there", "400 + 1" in file.read())
    cast = subprocess.run(
        [asked.gradus, "play", "lesson.grd.rec", "--cast", "lesson.cast"], cwd=folder, capture_output=True,
        text=True)
    check("it is exported: " + cast.stderr.strip(), cast.returncode == 0)
    with open(folder + "/lesson.cast") as file:
        head, *events = [json.loads(line) for line in file]
    check("as asciicast of version 2", head["version"] == 2 and all(
        a[0] <= b[0] and b[1] == "o" for a, b in zip(events, events[1:])))
    print(f"{took:.0f} s recorded, played in {played:.1f} s without the time away ({took / played:.2f}x), "
          f"{os.path.getsize(folder + '/lesson.grd.rec')} bytes, {len(events)} pictures exported")
sys.exit(any(faults))
