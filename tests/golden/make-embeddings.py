#!/usr/bin/env python3
"""Computes the reference values of t-SNE with scikit-learn and of UMAP with umap-learn.

    python3 -m venv X
    X/bin/pip install numpy scikit-learn umap-learn
    X/bin/python tests/golden/make-embeddings.py

It writes tests/golden/values/embeddings.json.
"""

import json
from pathlib import Path

import numpy as np
from scipy.spatial.distance import squareform
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE, trustworthiness
from sklearn.manifold._t_sne import _joint_probabilities, _kl_divergence
from sklearn.metrics import pairwise_distances
from umap.umap_ import find_ab_params, fuzzy_simplicial_set

COUNT, DIMENSIONS = 60, 6
PERPLEXITY, ITERATIONS, NEIGHBOURS = 8.0, 500, 10

random = np.random.default_rng(7)
centres = 4 * random.normal(size=(3, DIMENSIONS))
points = centres[np.arange(COUNT) % 3] + random.normal(size=(COUNT, DIMENSIONS))
# Along principal components, as both methods are given them.
points = PCA(DIMENSIONS, svd_solver="full").fit_transform(points).astype(np.float32)

distances = pairwise_distances(points.astype(np.float64), squared=True, metric="euclidean")
joint = _joint_probabilities(distances.astype(np.float32), PERPLEXITY, verbose=0)
places = random.normal(size=(COUNT, 2))
divergence, gradient = _kl_divergence(places.ravel(), joint, 1.0, COUNT, 2)

start = points[:, :2] / np.std(points[:, 0]) * 1e-4
fitted = TSNE(
    perplexity=PERPLEXITY, init=start, learning_rate="auto", max_iter=ITERATIONS, method="exact", min_grad_norm=0
).fit(points)

graph, *_ = fuzzy_simplicial_set(
    points, NEIGHBOURS, random_state=np.random.RandomState(0), metric="euclidean"
)
graph = graph.tocoo()
order = np.lexsort((graph.col, graph.row))
curves = [{"minDistance": low, **dict(zip("ab", find_ab_params(1.0, low)))} for low in (0.0, 0.1, 0.5)]

values = {
    "script": Path(__file__).name,
    "count": COUNT,
    "dimensions": DIMENSIONS,
    "points": points.ravel().tolist(),
    "tsne": {
        "perplexity": PERPLEXITY,
        "iterations": ITERATIONS,
        "affinities": squareform(joint).ravel().tolist(),
        "places": places.ravel().tolist(),
        "gradient": gradient.tolist(),
        "divergence": float(fitted.kl_divergence_),
        "trustworthiness": float(trustworthiness(points, fitted.embedding_, n_neighbors=5)),
    },
    "umap": {
        "neighbours": NEIGHBOURS,
        "heads": graph.row[order].tolist(),
        "tails": graph.col[order].tolist(),
        "strengths": graph.data[order].tolist(),
        "curves": curves,
    },
}


def rounded(value):
    if isinstance(value, dict):
        return {key: rounded(each) for key, each in value.items()}
    if isinstance(value, list):
        return [rounded(each) for each in value]
    return float(f"{value:.7g}") if isinstance(value, float) else value


target = Path(__file__).parent / "values" / "embeddings.json"
target.write_text(json.dumps(rounded(values)) + "\n")
