#!/usr/bin/env python3
"""Computes inner steps of defenses from the published formulas, with PyTorch.

    X/bin/python tests/golden/make-defenses.py      # X as in make-golden.py

It writes tests/golden/values/defenses.json.
"""

import torch
from torch.nn import functional as F

from networks import SmallCnn
from reference import Group, fill, fill_ints, leaf, load, pixels, snapshot

SHAPE = (8, 8, 3)
HEIGHT, WIDTH, CHANNELS = SHAPE
MEAN, DEVIATION, CLASSES = [0.5, 0.4, 0.3], [0.25, 0.3, 0.2], 4
NORMALIZATIONS = ["bn1", "bn2", "bn3"]


def tiny_cnn(label):
    return load(SmallCnn(CHANNELS, 3, CLASSES, MEAN, DEVIATION), label)


def classes(label, count):
    return torch.tensor(fill_ints(label, count, CLASSES))


def clp(group):
    case = "CLP, bounds of channels"
    model = tiny_cnn(f"{case}/weights")
    bounds = {}
    for conv, bn in ((model.conv1, "bn1"), (model.conv2, "bn2"), (model.conv3, "bn3")):
        norm = getattr(model, bn)
        kernels = conv.weight.flatten(2) * (norm.weight / norm.running_var.sqrt()).abs()[:, None, None]
        bounds[f"bound/{bn}"] = torch.linalg.svdvals(kernels)[:, 0]
    group.put(case, bounds)

    case = "CLP, outstanding channels"
    values = fill(f"{case}/values", (40,), 0.5, 1.0)
    for u in (0.5, 1.5):
        group.put(f"{case}, u {u}", {"channels": (values > values.mean() + u * values.std()).nonzero().flatten()})


def sam(group):
    for case, rho, adaptive, smoothing in (
        ("SAM, two adaptive steps", 2.0, True, 0.1),
        ("SAM, two plain steps", 0.05, False, 0.0),
    ):
        model = tiny_cnn(f"{case}/weights").train()
        before = snapshot(model)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.02, momentum=0.9, weight_decay=0.01)
        count = 6
        for k in range(2):
            images, labels = pixels(f"{case}/images{k}", (count, *SHAPE)), classes(f"{case}/labels{k}", count)
            loss = F.cross_entropy(model(images), labels, label_smoothing=smoothing)
            optimizer.zero_grad()
            loss.backward()
            parameters = [p for p in model.parameters()]
            with torch.no_grad():
                sizes = [p.abs() * p.grad if adaptive else p.grad for p in parameters]
                norm = torch.sqrt(sum(s.square().sum() for s in sizes))
                moves = [(p.square() if adaptive else 1) * p.grad * rho / (norm + 1e-12) for p in parameters]
                for p, move in zip(parameters, moves):
                    p.add_(move)
            for bn in NORMALIZATIONS:
                getattr(model, bn).momentum = 0.0
            optimizer.zero_grad()
            F.cross_entropy(model(images), labels, label_smoothing=smoothing).backward()
            for bn in NORMALIZATIONS:
                getattr(model, bn).momentum = 0.1
            with torch.no_grad():
                for p, move in zip(parameters, moves):
                    p.sub_(move)
            optimizer.step()
        changes = {f"change/weights/{name}": t - before[name] for name, t in snapshot(model).items()}
        group.put(case, {**changes, "output/loss": loss})


def anp(group):
    for case, ascents in (("ANP, two steps", 1), ("ANP, two steps of three ascents", 3)):
        epsilon, share, count = 0.4, 0.2, 6
        model = tiny_cnn(f"{case}/weights").train()
        masks = {bn: leaf(fill(f"{case}/masks/{bn}", getattr(model, bn).weight.shape, 0.3, 0.7)) for bn in NORMALIZATIONS}
        begun = {bn: m.detach().clone() for bn, m in masks.items()}
        optimizer = torch.optim.SGD(masks.values(), lr=0.2, momentum=0.9)

        def loss_of(scales, offsets, images, labels):
            factors = dict(model.named_parameters())
            for bn in NORMALIZATIONS:
                norm = getattr(model, bn)
                factors[f"{bn}.weight"] = norm.weight.detach() * (masks[bn] + scales[bn])
                factors[f"{bn}.bias"] = norm.bias.detach() * (1 + offsets[bn])
            return F.cross_entropy(torch.func.functional_call(model, factors, (images,)), labels)

        for k in range(2):
            images, labels = pixels(f"{case}/images{k}", (count, *SHAPE)), classes(f"{case}/labels{k}", count)
            noise = [
                {bn: leaf(fill(f"{case}/{kind}{k}/{bn}", masks[bn].shape, epsilon)) for bn in NORMALIZATIONS}
                for kind in ("scales", "offsets")
            ]
            for _ in range(ascents):
                for each in noise:
                    for tensor in each.values():
                        tensor.grad = None
                loss_of(*noise, images, labels).backward()
                noise = [
                    {bn: leaf(t.detach() + epsilon / ascents * t.grad.sign()) for bn, t in each.items()}
                    for each in noise
                ]
            none = {bn: torch.zeros_like(m) for bn, m in masks.items()}
            clean = loss_of(none, none, images, labels)
            loss = share * clean + (1 - share) * loss_of(*noise, images, labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            with torch.no_grad():
                for mask in masks.values():
                    mask.clamp_(0, 1)
        changes = {f"change/masks/{bn}": m.detach() - begun[bn] for bn, m in masks.items()}
        group.put(case, {**changes, "output/loss": loss})


def neural_cleanse(group):
    case, count, cost = "Neural Cleanse, two steps", 6, 0.01
    model = tiny_cnn(f"{case}/weights").eval()
    mask, pattern = leaf(fill(f"{case}/mask", (HEIGHT, WIDTH, 1))), leaf(fill(f"{case}/pattern", SHAPE))
    begun = [t.detach().clone() for t in (mask, pattern)]
    optimizer = torch.optim.Adam([mask, pattern], lr=0.1, betas=(0.5, 0.9))
    for k in range(2):
        images, targets = pixels(f"{case}/images{k}", (count, *SHAPE)), torch.full((count,), 2)
        m, p = mask.tanh() / 2 + 0.5, pattern.tanh() / 2 + 0.5
        logits = model((1 - m) * images + m * p)
        loss = F.cross_entropy(logits, targets) + cost * m.abs().sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    outputs = {"loss": loss, "norm": m.sum(), "success": (logits.argmax(1) == targets).double().mean()}
    changes = {"change/mask": mask.detach() - begun[0], "change/pattern": pattern.detach() - begun[1]}
    group.put(case, {**changes, **{f"output/{name}": t for name, t in outputs.items()}})


def main():
    group = Group("make-defenses.py", "defenses")
    clp(group)
    sam(group)
    anp(group)
    neural_cleanse(group)
    group.write()


if __name__ == "__main__":
    main()
