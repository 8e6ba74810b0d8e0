#!/usr/bin/env python3
"""Computes the reference values of the detectors with PyTorch, NumPy and scikit-learn.

    python3 -m venv X
    X/bin/pip install torch numpy scikit-learn
    X/bin/python tests/golden/make-detectors.py

It writes tests/golden/values/detectors.json.
"""

import numpy as np
import torch
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA, FastICA
from sklearn.metrics import precision_score, roc_auc_score, roc_curve, silhouette_score

from networks import SmallCnn
from reference import Group, fill, fill_ints, load, pixels

CLASSES = 5
MEAN = [0.4, 0.5, 0.6]
DEVIATION = [0.2, 0.25, 0.3]

group = Group("make-detectors.py", "detectors")


def model(case):
    return load(SmallCnn(3, 4, CLASSES, MEAN, DEVIATION), f"{case}/weights").eval()


for case, weight in [("strip, sums", 1.0), ("strip, means", 0.5)]:
    net = model(case)
    images, clean = pixels(f"{case}/images", (3, 16, 12, 3)), pixels(f"{case}/clean", (7, 16, 12, 3))
    with torch.no_grad():
        entropies = []
        for image in images:
            answers = net((weight * image + weight * clean).clamp(0, 1)).softmax(1)
            entropies.append(-(answers * answers.log2()).sum(1).mean())
    group.add(case, entropy=torch.stack(entropies))

case = "scaled consistency"
net = model(case)
# From dark to bright, so that answers change under some factors.
images = pixels(f"{case}/images", (12, 16, 12, 3)) * (torch.arange(1, 13) / 12)[:, None, None, None] ** 2
with torch.no_grad():
    answer = net(images).argmax(1)
    stays = [net((factor * images).clamp(0, 1)).argmax(1) == answer for factor in (3, 5, 7, 9, 11)]
group.add(case, answer=answer.double(), share=torch.stack(stays).double().mean(0))

case = "standardized consistency"
shares, classes = fill(f"{case}/shares", (10,), 0.5, 0.5).numpy(), np.array(fill_ints(f"{case}/classes", 10, 3))
clean, labels = fill(f"{case}/clean", (12,), 0.5, 0.5).numpy(), np.array(fill_ints(f"{case}/labels", 12, 3))
scores = [(share - clean[labels == c].mean()) / max(clean[labels == c].std(), 0.1) for share, c in zip(shares, classes)]
group.add(case, scores=torch.tensor(scores))

case = "spectral signatures"
features = fill(f"{case}/features", (40, 6)).numpy()
features[:7] += fill(f"{case}/shift", (6,), 2.0).numpy()
features = features.astype(np.float32).astype(np.float64)
centred = features - features.mean(0)
direction = np.linalg.svd(centred, full_matrices=False)[2][0]
group.add(case, scores=torch.tensor((centred @ direction) ** 2))

case = "activation clustering"
features = fill(f"{case}/features", (60, 8)).numpy()
features[:9] += fill(f"{case}/shift", (8,), 3.0).numpy()
features = features.astype(np.float32).astype(np.float64)
for name, points in [
    ("independent", FastICA(3, whiten="unit-variance", random_state=0, max_iter=5000, tol=1e-10).fit_transform(features)),
    ("principal", PCA(3, svd_solver="full").fit_transform(features)),
]:
    found = KMeans(2, n_init=50, random_state=0).fit(points)
    smaller = found.labels_ == np.argmin(np.bincount(found.labels_))
    group.add(
        f"{case}, {name} components",
        smaller=torch.tensor(smaller.astype(np.float64)),
        silhouette=torch.tensor([silhouette_score(points, found.labels_)]),
    )

case = "rates"
# Coarse, so that some scores are the same.
scores = np.array(fill_ints(f"{case}/scores", 60, 12), dtype=np.float64)
truth = np.array([k % 3 == 0 for k in range(60)], dtype=np.int64)
scores[truth == 1] += 3
rates, recalls, thresholds = roc_curve(truth, scores, drop_intermediate=False)
chosen = np.flatnonzero(rates <= 0.2)[-1]
group.add(
    case,
    area=torch.tensor([roc_auc_score(truth, scores)]),
    falsePositiveRates=torch.tensor(rates),
    recalls=torch.tensor(recalls),
    at=torch.tensor(
        [thresholds[chosen], recalls[chosen], precision_score(truth, (scores >= thresholds[chosen]).astype(int))]
    ),
)

case = "anomaly index"
values = fill(f"{case}/values", (11,)).numpy()
deviation = 1.4826 * np.median(np.abs(values - np.median(values)))
group.add(case, anomalies=torch.tensor((values - np.median(values)) / deviation))

group.write()
