#!/usr/bin/env python3
"""Computes the reference values of the inner steps of I-BAU, RNP and ABL with PyTorch.

    python3 -m venv X
    X/bin/pip install torch numpy
    X/bin/python tests/golden/make-unlearning-defenses.py

It writes tests/golden/values/unlearning-defenses.json.
"""

import torch
from torch.nn import functional as F

from networks import SmallCnn
from reference import Group, fill, fill_ints, load, named_weights, pixels, snapshot

SCRIPT = "make-unlearning-defenses.py"
TINY = {"height": 8, "width": 8, "channels": 3, "classes": 4, "mean": [0.5, 0.4, 0.3], "deviation": [0.25, 0.3, 0.2]}
COUNT = 6

group = Group(SCRIPT, "unlearning-defenses")


def tiny_cnn(label):
    return load(SmallCnn(TINY["channels"], 3, TINY["classes"], TINY["mean"], TINY["deviation"]), label)


def tiny_images(label, count=COUNT):
    return pixels(label, (count, TINY["height"], TINY["width"], TINY["channels"]))


def tiny_labels(label, count=COUNT):
    return torch.tensor(fill_ints(label, count, TINY["classes"]))


def changes(before, after):
    return {f"change/{name}": after[name] - before[name] for name in before}


# ---------------------------------------------------------------------------------------------------------------------
# I-BAU: both sides of the game; the implicit gradient by differences of gradients, held against differentiating twice
# ---------------------------------------------------------------------------------------------------------------------


def inner_loss(model, images, answers, perturbation, penalty):
    return penalty * perturbation.square().sum() - F.cross_entropy(model(images + perturbation), answers)


case = "perturbation, two steps"
model = tiny_cnn(f"{case}/weights").eval()
perturbation = fill(f"{case}/perturbation", (1, 8, 8, 3), 0.1)
start = perturbation.clone()
for k in range(2):
    images = tiny_images(f"{case}/images{k}")
    perturbation.requires_grad_(True)
    loss = inner_loss(model, images, model(images).argmax(1), perturbation, 0.01)
    (gradient,) = torch.autograd.grad(loss, perturbation)
    perturbation = (perturbation - 0.5 * gradient).detach()
group.put(case, {"change/perturbation": perturbation - start, "output/loss": loss})

def along(model, first, answers, perturbation, v, wanted, radius):
    """How the inner gradient with respect to the perturbation, or to parameters, changes along v."""
    step = radius * v / v.norm()
    seen = []
    for at in (perturbation + step, perturbation - step):
        at = at.detach().requires_grad_(True)
        loss = inner_loss(model, first, answers, at, 0.05)
        seen.append(torch.autograd.grad(loss, wanted if wanted is not None else [at]))
    return [(ahead - behind) * v.norm() / (2 * radius) for ahead, behind in zip(*seen)]


def hypergradient(outer_gradients, turns, rate, second, mixed):
    """`second(v)` is H v, `mixed(v)` the derivatives by the parameters of the inner gradient times v."""
    *direct_w, direct = outer_gradients
    v = torch.zeros_like(direct)
    for _ in range(turns):
        v = v - (rate * second(v) if v.any() else 0) + direct
    return [own - rate * through for own, through in zip(direct_w, mixed(v))]


for case, turns, rate in [
    ("hypergradient without curvature", 1, 0.1),
    ("hypergradient of five turns", 5, 0.1),
    ("hypergradient of three long turns", 3, 0.7),
]:
    model = tiny_cnn(f"{case}/weights").eval()
    start = snapshot(model, "weights/")
    parameters = list(model.parameters())
    perturbation = fill(f"{case}/perturbation", (1, 8, 8, 3), 0.1).requires_grad_(True)
    images, first = tiny_images(f"{case}/images"), tiny_images(f"{case}/first")
    answers = model(first).argmax(1)
    carries = torch.tensor([1.0, 0, 0, 1, 1, 0], dtype=images.dtype).view(-1, 1, 1, 1)
    outer = F.cross_entropy(model(images + carries * perturbation), tiny_labels(f"{case}/labels"))
    outer_gradients = torch.autograd.grad(outer, (*parameters, perturbation))

    inner = inner_loss(model, first, answers, perturbation, 0.05)
    (inner_gradient,) = torch.autograd.grad(inner, perturbation, create_graph=True)
    product = lambda v, wanted: torch.autograd.grad((inner_gradient * v).sum(), wanted, retain_graph=True)
    exact = hypergradient(
        outer_gradients, turns, rate, lambda v: product(v, perturbation)[0], lambda v: product(v, parameters)
    )
    by_differences = lambda radius: hypergradient(
        outer_gradients,
        turns,
        rate,
        lambda v: along(model, first, answers, perturbation, v, None, radius)[0],
        lambda v: along(model, first, answers, perturbation, v, parameters, radius),
    )
    # So close that no kink of a ReLU lies between, differences are what differentiating twice gives.
    for found, wanted in zip(by_differences(1e-7), exact):
        assert (found - wanted).abs().max() < 1e-4 * wanted.abs().max(), case
    gradients = by_differences(0.05)
    with torch.no_grad():
        for parameter, gradient in zip(parameters, gradients):
            parameter -= 0.02 * gradient
    group.put(case, {**changes(start, snapshot(model, "weights/")), "output/loss": outer})

# ---------------------------------------------------------------------------------------------------------------------
# RNP: ascending on clean images with gradients cut to a length, and masks of batch normalisation that recover them
# ---------------------------------------------------------------------------------------------------------------------

for case, longest in [("ascent, two steps, cut", 0.5), ("ascent, two steps, not cut", 100.0)]:
    model = tiny_cnn(f"{case}/weights").train()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.02, momentum=0.9, weight_decay=0.01)
    start = snapshot(model, "weights/")
    for k in range(2):
        loss = -F.cross_entropy(model(tiny_images(f"{case}/images{k}")), tiny_labels(f"{case}/labels{k}"))
        optimizer.zero_grad()
        loss.backward()
        length = torch.nn.utils.clip_grad_norm_(model.parameters(), longest)
        assert (length > longest) == (longest < 1), length
        optimizer.step()
    group.put(case, {**changes(start, snapshot(model, "weights/")), "output/loss": loss})

case = "masks, three steps"
model = tiny_cnn(f"{case}/weights").train()
weights = {name: tensor.detach() for name, tensor in named_weights(model).items()}
masks = {f"bn{k}": pixels(f"{case}/masks/bn{k}", (3 * 2 ** (k - 1),)).requires_grad_(True) for k in (1, 2, 3)}
start = {f"masks/{name}": mask.detach().clone() for name, mask in masks.items()}
optimizer = torch.optim.SGD(masks.values(), lr=8.0, momentum=0.9)
for k in range(3):
    masked = {**weights, **{f"{name}.weight": weights[f"{name}.weight"] * mask for name, mask in masks.items()}}
    logits = torch.func.functional_call(model, masked, (tiny_images(f"{case}/images{k}"),))
    loss = 0.2 * F.cross_entropy(logits, tiny_labels(f"{case}/labels{k}"))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    with torch.no_grad():
        for mask in masks.values():
            mask.clamp_(0, 1)
held = torch.cat([mask.detach() for mask in masks.values()])
assert (held == 0).any() and (held == 1).any() and ((held > 0) & (held < 1)).any(), held
group.put(case, {**changes(start, {f"masks/{name}": mask.detach() for name, mask in masks.items()}), "output/loss": loss})

# ---------------------------------------------------------------------------------------------------------------------
# ABL: losses that do not let images be learned too fast, and the ascent on the isolated ones beside trusted ones
# ---------------------------------------------------------------------------------------------------------------------

for case, kind in [("local gradient ascent, two steps", "ascent"), ("flooding, two steps", "flooding")]:
    model = tiny_cnn(f"{case}/weights").train()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.02, momentum=0.9)
    start = snapshot(model, "weights/")
    for k in range(2):
        logits = model(tiny_images(f"{case}/images{k}"))
        losses = F.cross_entropy(logits, tiny_labels(f"{case}/labels{k}"), reduction="none")
        if kind == "ascent":
            assert (losses < 1.2).any() and (losses > 1.2).any()
            loss = torch.where(losses > 1.2, losses, -losses).mean()
        else:
            assert losses.mean() < 2.5
            loss = (losses.mean() - 2.5).abs() + 2.5
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    group.put(case, {**changes(start, snapshot(model, "weights/")), "output/loss": loss})

case = "global gradient ascent, two steps"
model = tiny_cnn(f"{case}/weights").train()
optimizer = torch.optim.SGD(model.parameters(), lr=0.02, momentum=0.9)
start = snapshot(model, "weights/")
for k in range(2):
    # The first two are the isolated ones.
    losses = F.cross_entropy(
        model(tiny_images(f"{case}/images{k}")), tiny_labels(f"{case}/labels{k}"), reduction="none"
    )
    loss = 1.5 * losses[2:].mean() - losses[:2].mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
group.put(case, {**changes(start, snapshot(model, "weights/")), "output/loss": loss})

group.write()
