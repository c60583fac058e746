#!/usr/bin/env python3
"""Writes metrics by their definitions in NumPy, in the format of make_numpy_fixtures.py.

    python3 Tests/Fixtures/make_metric_fixtures.py
"""
import math
import pathlib

import numpy as np

rng = np.random.default_rng(7)
lines = []
known = {}


def line(name, x):
    shape = " ".join(str(n) for n in x.shape)
    text = (str(v) if x.dtype == np.float32 else f"{float(v):.12g}" for v in x.ravel())
    return f"{name} {shape} : {' '.join(text)}"


def case(expression, want, **inputs):
    lines.append(f"case {expression}")
    for name, x in inputs.items():
        x = np.asarray(x, dtype=np.float32)
        if name not in known or not np.array_equal(known[name], x):
            lines.append(line(name, x))
            known[name] = x
    lines.append(line("want", np.asarray(want, dtype=np.float64)))


# --- classes
n, k = 60, 4
scores = rng.normal(size=(n, k)).astype(np.float32)
labels = rng.integers(0, k, n)
scores[np.arange(n), labels] += np.float32(1.0)
guess = scores.argmax(1)
table = np.zeros((k, k))
np.add.at(table, (labels, guess), 1)
hits, predicted, actual = np.diag(table), table.sum(0), table.sum(1)
both = dict(a=scores, b=labels)
case("accuracy(a, int(b))", (guess == labels).mean(), **both)
ranked = np.argsort(-scores, axis=1)
for m in (2, 3):
    found = (ranked[:, :m] == labels[:, None]).any(1).mean()
    case(f"top_k(a, int(b), k={m})", found, **both)
case("confusion(a, int(b))", table, **both)
p, r = hits / predicted, hits / actual
case("precision(a, int(b), average=\"none\")", p, **both)
case("recall(a, int(b), average=\"none\")", r, **both)
case("f1(a, int(b), average=\"none\")", 2 * p * r / (p + r), **both)
case("precision(a, int(b))", p.mean(), **both)
case("recall(a, int(b))", r.mean(), **both)
case("f1(a, int(b))", (2 * p * r / (p + r)).mean(), **both)
case("f1(a, int(b), average=\"micro\")", hits.sum() / n, **both)
case("balanced_accuracy(a, int(b))", r.mean(), **both)
chance = (predicted * actual).sum() / n**2
case("kappa(a, int(b))", (hits.sum() / n - chance) / (1 - chance), **both)
onehot = lambda y: np.eye(k)[y]
case("matthews(a, int(b))", (
    (hits.sum() * n - (predicted * actual).sum())
    / math.sqrt((n**2 - (predicted**2).sum()) * (n**2 - (actual**2).sum()))), **both)

# --- calibration
chances = np.exp(scores.astype(np.float64))
chances = (chances / chances.sum(1, keepdims=True)).astype(np.float32)
wide = chances.astype(np.float64)
confidence, right = wide.max(1), (wide.argmax(1) == labels)
for bins in (5, 15):
    edges = np.linspace(0, 1, bins + 1)
    ece = 0.0
    for low, high in zip(edges[:-1], edges[1:]):
        inside = (confidence > low) & (confidence <= high)
        if inside.any():
            ece += inside.mean() * abs(confidence[inside].mean() - right[inside].mean())
    case(f"ece(a, int(b), bins={bins})", ece, a=chances, b=labels)
case("brier(a, int(b))", ((wide - onehot(labels)) ** 2).sum(1).mean(), a=chances, b=labels)

# --- ranking; every fifth score is tied
score = np.round(rng.normal(size=50), 1).astype(np.float32)
truth = (rng.uniform(size=50) < 1 / (1 + np.exp(-score))).astype(int)
pos, neg = score[truth == 1], score[truth == 0]
area = ((pos[:, None] > neg) + 0.5 * (pos[:, None] == neg)).mean()
case("auc(a, int(b))", area, a=score, b=truth)
levels = np.unique(score)[::-1]
recall = np.array([truth[score >= t].sum() / truth.sum() for t in levels])
precision = np.array([truth[score >= t].mean() for t in levels])
case("average_precision(a, int(b))", (np.diff(np.r_[0, recall]) * precision).sum(), a=score, b=truth)
case("pr(a, int(b)).precision", precision, a=score, b=truth)
case("pr(a, int(b)).recall", recall, a=score, b=truth)
case("roc(a, int(b)).tpr", np.r_[0, recall], a=score, b=truth)
case("roc(a, int(b)).fpr", np.r_[0, [(1 - truth)[score >= t].sum() / (1 - truth).sum() for t in levels]],
     a=score, b=truth)
query = rng.permutation(24).reshape(3, 8).astype(np.float32)
gain = rng.integers(0, 4, (3, 8))


def dcg(gains, m):
    return (gains[:m] / np.log2(np.arange(2, len(gains[:m]) + 2))).sum()


for m in (8, 3):
    each = [dcg(g[np.argsort(-s)], m) / dcg(np.sort(g)[::-1], m) for s, g in zip(query, gain)]
    case(f"ndcg(a, b, k={m})", np.mean(each), a=query, b=gain)
relevant = (gain == 3).astype(int)
relevant[0, 2] = 1
first = [1 / (1 + np.flatnonzero(y[np.argsort(-s)])[0]) if y.any() else 0
         for s, y in zip(query, relevant)]
case("mrr(a, b)", np.mean(first), a=query, b=relevant)

# --- regression
y = rng.normal(3, 1, 40).astype(np.float32)
z = (y + rng.normal(0, 0.5, 40)).astype(np.float32)
u, v = z.astype(np.float64), y.astype(np.float64)
case("mae(a, b)", abs(u - v).mean(), a=z, b=y)
case("rmse(a, b)", math.sqrt(((u - v) ** 2).mean()), a=z, b=y)
case("r2(a, b)", 1 - ((u - v) ** 2).sum() / ((v - v.mean()) ** 2).sum(), a=z, b=y)
case("mape(a, b)", (abs(u - v) / abs(v)).mean(), a=z, b=y)
case("pearson(a, b)", np.corrcoef(u, v)[0, 1], a=z, b=y)
ties = np.round(rng.normal(size=40), 0).astype(np.float32)


def ranks(x):
    return np.array([(x < t).sum() + ((x == t).sum() - 1) / 2 for t in x])


case("spearman(a, b)", np.corrcoef(ranks(u), ranks(ties))[0, 1], a=z, b=ties)
logits = scores.astype(np.float64)
nll = -(logits[np.arange(n), labels] - np.log(np.exp(logits).sum(1))).mean()
case("perplexity(t => t, (x=a, y=int(b)))", math.exp(nll), **both)

# --- masks and boxes
m1, m2 = rng.uniform(size=(2, 9, 9)) < 0.4
case("iou(a, b)", (m1 & m2).sum() / (m1 | m2).sum(), a=m1, b=m2)
case("dice_score(a, b)", 2 * (m1 & m2).sum() / (m1.sum() + m2.sum()), a=m1, b=m2)
corner = rng.integers(0, 8, (2, 4, 2))
box = np.concatenate([corner, corner + rng.integers(1, 6, (2, 4, 2))], axis=2)


def overlap(a, b):
    w = max(0, min(a[2], b[2]) - max(a[0], b[0]))
    h = max(0, min(a[3], b[3]) - max(a[1], b[1]))
    area = lambda c: (c[2] - c[0]) * (c[3] - c[1])
    return w * h / (area(a) + area(b) - w * h)


case("box_iou(a, b)", [[overlap(p, q) for q in box[1]] for p in box[0]], a=box[0], b=box[1])

folder = pathlib.Path(__file__).parent / "numpy"
(folder / "metrics.txt").write_text("\n".join(lines) + "\n")
