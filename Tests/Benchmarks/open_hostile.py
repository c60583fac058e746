"""Opens hostile notebooks in the studio under strace and counts what they reached.

By hand: python3 Tests/Benchmarks/open_hostile.py GRADUS [--count 1000]
Allowed: the file itself, its lock and journal, the program's own libraries, terminal and key files.
Counted: processes, sockets, files opened for writing elsewhere, and any file that a notebook names.
"""
import argparse
import os
import pty
import random
import re
import select
import subprocess
import tempfile
import time

arguments = argparse.ArgumentParser()
arguments.add_argument("gradus")
arguments.add_argument("--count", type=int, default=1000)
asked = arguments.parse_args()
random.seed(1)

BODIES = [
    'load("secret.csv")', 'save([1, 2], "written.npy")', 'import("other.grd.md")', 'load("../secret.csv")',
    'while true { }', 'f(x) = f(x)\nf(1)', 'zeros(1e12)', '(' * 5000, 'print("\x1b]52;c;aGk=\x07")',
    'train(Linear(2, 2), moons(10), resume="secret.safetensors")', 'load("/etc/hostname")', "\x00\x9b2J",
    'x = "' + "a" * 100000 + '"', "load('$HOME/.bashrc')", 'save(run, "../out.svg")',
]
FRAMES = [
    "```gradus #{n} params once\n{b}\n```\n", "```gradus #{n} setup hidden\n{b}\n```\n",
    "```expect #{n}\n{b}\n```\n", "```gradus\n{b}\n", "<<<<<<< a\n```gradus #{n}\n{b}\n```\n>>>>>>> b\n",
    "````\n```gradus #{n}\n{b}\n```\n````\n", "```out #{n} src=0 val=0\n{b}\n```\n",
    "<!-- gradus:ledger -->\n```series {n}.1 sum=0\n\"loss\" 4000000000\nsteps 1..4000000000\n{b}\n```\n</details>\n",
    "![x](file:///etc/passwd) <script>{b}</script>\n", "```carry\n{b}\n```\n",
]


def notebook():
    text = random.choice(["", "---\ngradus: 1\nseed: 7\n---\n", "---\ngradus: 99\ntitle: \x1b[2J\n---\n"])
    for number in range(random.randint(1, 8)):
        text += random.choice(FRAMES).replace("{n}", f"c{number}").replace("{b}", random.choice(BODIES))
    data = bytearray(text.encode())
    for _ in range(random.randint(0, 4)):
        data.insert(random.randrange(len(data) + 1), random.randrange(256))
    return bytes(data)


def opened(folder, path, log):
    """Opens the file in a terminal of its own, quits, and gives the lines of the trace."""
    child, terminal = pty.fork()
    if child == 0:
        os.environ["TERM"] = "xterm-256color"
        os.environ["HOME"] = folder + "/home"
        os.chdir(folder)
        os.execvp("strace", [
            "strace", "-f", "-qq", "-o", log, "-e", "trace=%file,%network,%process,openat2",
            asked.gradus, path])
    start, quits, seen = time.time(), 0, b""
    while time.time() - start < 20:
        ready, _, _ = select.select([terminal], [], [], 0.2)
        try:
            if ready:
                seen += os.read(terminal, 65536)
            elif seen and quits < 3:
                os.write(terminal, [b"q", b"n", b"\x03"][quits])
                quits += 1
        except OSError:
            break
    else:
        os.kill(child, 9)
        print("did not end:", path)
    os.waitpid(child, 0)
    os.close(terminal)
    with open(log, errors="replace") as lines:
        return lines.readlines()


counts = {"processes": 0, "sockets": 0, "written elsewhere": 0, "named files": 0, "evaluated": 0}
NAMED = re.compile(r'"[^"]*(secret|written\.npy|other\.grd|out\.svg|bashrc|hostname|passwd)[^"]*"')
with tempfile.TemporaryDirectory() as folder:
    os.makedirs(folder + "/home")
    os.makedirs(folder + "/page")
    for name in ["secret.csv", "page/secret.csv", "page/other.grd.md"]:
        with open(f"{folder}/{name}", "w") as file:
            file.write("a\n1\n")
    before = None
    for number in range(asked.count):
        path = f"{folder}/page/n.grd.md"
        content = notebook()
        with open(path, "wb") as file:
            file.write(content)
        lines = opened(folder + "/page", path, folder + "/log")
        started = False
        for line in lines:
            call = line.split(maxsplit=1)[1] if " " in line else line
            if call.startswith("execve(") and not started:
                started = True
                continue
            if re.match(r"(execve|fork|vfork)\(", call) or (
                    call.startswith("clone") and "CLONE_THREAD" not in call):
                counts["processes"] += 1
                print(number, call.strip()[:160])
            if re.match(r"(socket|connect|bind)\(", call):
                counts["sockets"] += 1
                print(number, call.strip()[:160])
            if re.search(r"O_WRONLY|O_RDWR|O_CREAT", call) and not re.search(
                    r'page/\.n\.grd|/home/|/dev/(tty|null|ptmx|pts)|/proc/self', call):
                counts["written elsewhere"] += 1
                print(number, call.strip()[:160])
            if NAMED.search(call):
                counts["named files"] += 1
                print(number, call.strip()[:160])
        if open(path, "rb").read() != content or os.path.exists(folder + "/page/written.npy"):
            counts["evaluated"] += 1
        for name in os.listdir(folder + "/page"):
            if name.startswith(".n.grd"):
                os.unlink(f"{folder}/page/{name}")
print(f"{asked.count} notebooks:", ", ".join(f"{count} {name}" for name, count in counts.items()))
