"""Times the workloads of `gradus bench` side by side with PyTorch programs of the same names.

usage: pair.py GRADUS PYTHON PEERS [--threads N] [--only A,B] [--secs S] [--numerics fast|portable]

GRADUS is the release build, PYTHON an interpreter with torch (CPU), PEERS a folder with NAME.py for
each workload; each prints a JSON line with `min_ms` and `step_ms`. Both sides run one after the
other, in turns A B A B; PyTorch counts with the best of its variants (eager, fused optimizer,
channels last). Ratios of the least times come first: other work on the machine disturbs them least.
Memory is the peak beyond what the process holds before the work, PyTorch's beyond its import.
Not run by CI.
"""
import json
import math
import os
import subprocess
import sys

ALL = ["mlp_tiny", "mlp_digits", "mlp_mnist", "lenet_mnist", "resnet_cifar", "lstm_ptb",
       "gru_small", "gpt_char", "gpt_tiny", "bert_infer", "vit_tiny", "gcn_cora_shape",
       "vae_mnist", "op_overhead"]
VARIANTS = {"lenet_mnist": [["--fused"], ["--fused", "--cl"]],
            "resnet_cifar": [["--fused"], ["--fused", "--cl"]],
            "bert_infer": [[]], "bert_infer_16": [["--batch", "16"]], "op_overhead": [[]],
            "gcn_cora_shape": [["--fused"], ["--fused", "--batch", "1"]]}
PEER = {"bert_infer_16": "bert_infer"}
ENVIRONMENT = {k: v for k, v in os.environ.items() if k != "OPENBLAS_CORETYPE"}


def lines(command):
    output = subprocess.run(command, capture_output=True, text=True, env=ENVIRONMENT)
    return [json.loads(x) for x in output.stdout.splitlines() if x.startswith("{")]


def option(name, default):
    return sys.argv[sys.argv.index(name) + 1] if name in sys.argv else default


def main():
    gradus, python, peers = sys.argv[1:4]
    threads, secs = option("--threads", "1"), option("--secs", "2")
    numerics = option("--numerics", "fast")
    flags = ["--threads", threads, "--secs", secs]
    imported = lines([python, "-c", "import torch, json, resource as r; print(json.dumps(dict("
                                    "mb=r.getrusage(r.RUSAGE_SELF).ru_maxrss / 1024)))"])
    base = imported[0]["mb"] if imported else 0
    ratios = []
    print("workload          ratio    least ms: gradus    torch   median ms: gradus    torch"
          "   MiB: gradus  torch")
    for name in option("--only", ",".join(ALL)).split(","):
        own, peer = [], []
        for _ in range(2):
            own += lines([gradus, "bench", "--json", "--only", name, "--numerics", numerics, *flags])
            for variant in VARIANTS.get(name, [["--fused"]]):
                script = os.path.join(peers, PEER.get(name, name) + ".py")
                peer += lines([python, script, *variant, *flags])
        if not own or not peer:
            print(f"{name:<18}  no answer from {'gradus' if not own else 'torch'}")
            continue
        if name == "op_overhead":
            least, median = ([min(x["fwd_bwd"][i] for x in side) / 1e3 for side in (own, peer)]
                             for i in (0, 1))
            memory = (0, 0)
        else:
            least, median = ([min(x[key] for x in side) for side in (own, peer)]
                             for key in ("min_ms", "step_ms"))
            memory = (min(x["rss_mb"] for x in own), min(x["rss_mb"] for x in peer) - base)
        ratio = least[1] / least[0]
        if name != "bert_infer_16":
            ratios.append(ratio)
        print(f"{name:<15} {ratio:>7.2f} {least[0]:>19.4f} {least[1]:>8.3f} {median[0]:>19.4f} "
              f"{median[1]:>8.3f} {memory[0]:>13.1f} {memory[1]:>6.1f}", flush=True)
    if ratios:
        mean = math.exp(sum(map(math.log, ratios)) / len(ratios))
        print(f"geometric mean {mean:.2f} over {len(ratios)}, threads {threads}, {numerics}")


main()
