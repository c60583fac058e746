"""Times the workloads of `gradus bench` side by side with PyTorch programs of the same names.

usage: pair.py GRADUS PYTHON PEERS [--threads N] [--only A,B] [--secs S] [--numerics fast|portable]

GRADUS is the release build, PYTHON an interpreter with torch (CPU), PEERS a folder with NAME.py for
each workload; each prints a JSON line with `min_ms` and `step_ms`. Both sides run one after the other,
in turns; PyTorch counts with its faster variant (eager or fused optimizer). Not run by CI.
"""
import json
import math
import os
import subprocess
import sys

FUSED = {"mlp_tiny", "mlp_digits", "mlp_mnist", "lenet_mnist", "resnet_cifar", "lstm_ptb",
         "gru_small", "gpt_char", "gpt_tiny", "vit_tiny", "gcn_cora_shape", "vae_mnist"}


def lines(command):
    environment = {k: v for k, v in os.environ.items() if k != "OPENBLAS_CORETYPE"}
    output = subprocess.run(command, capture_output=True, text=True, env=environment)
    return [json.loads(x) for x in output.stdout.splitlines() if x.startswith("{")]


def option(name, default):
    return sys.argv[sys.argv.index(name) + 1] if name in sys.argv else default


def main():
    gradus, python, peers = sys.argv[1:4]
    threads, secs = option("--threads", "1"), option("--secs", "3")
    numerics = option("--numerics", "fast")
    known = option("--only", "mlp_tiny,mlp_digits,mlp_mnist,vae_mnist,lenet_mnist,gru_small")
    ratios = []
    print("workload            gradus ms  torch ms   ratio   (medians; ratio of the least)")
    for name in known.split(","):
        flags = ["--threads", threads, "--secs", secs]
        own = lines([gradus, "bench", "--json", "--only", name, "--numerics", numerics, *flags])
        peer = lines([python, os.path.join(peers, name + ".py"), *flags])
        if name in FUSED:
            peer += lines([python, os.path.join(peers, name + ".py"), "--fused", *flags])
        own += lines([gradus, "bench", "--json", "--only", name, "--numerics", numerics, *flags])
        if not own or not peer:
            print(f"{name:<18}  no answer from {'gradus' if not own else 'torch'}")
            continue
        if name == "op_overhead":
            a, b = (min(x["fwd_bwd"][1] for x in side) for side in (own, peer))
            c, d = (min(x["fwd_bwd"][0] for x in side) for side in (own, peer))
            a, b, c, d = a / 1e3, b / 1e3, c / 1e3, d / 1e3
        else:
            a, b = (min(x["step_ms"] for x in side) for side in (own, peer))
            c, d = (min(x["min_ms"] for x in side) for side in (own, peer))
        ratios.append(b / a)
        print(f"{name:<18} {a:>10.4f} {b:>9.4f} {b / a:>7.2f}   ({d / c:.2f})", flush=True)
    if ratios:
        mean = math.exp(sum(map(math.log, ratios)) / len(ratios))
        print(f"geometric mean {mean:.2f}, threads {threads}, numerics {numerics}")


main()
