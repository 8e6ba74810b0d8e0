#!/usr/bin/env python3
"""Computes the reference values of the golden tests with PyTorch.

    python3 -m venv X
    X/bin/pip install torch numpy
    X/bin/python tests/golden/make-golden.py

It writes tests/golden/values/*.json, but for those of make-models.py. It follows the published formulas with torch.nn,
torch.optim and autograd, in double precision: what is compared is the laboratory's float32 against the true value.
"""

import math

import torch
from torch import nn
from torch.nn import functional as F

from networks import (
    NOISE,
    Generator,
    SmallCnn,
    StatisticsNetwork,
    corrected,
    donsker_varadhan,
    recovery_step,
    stamp,
    unlearning_loss,
)
from reference import (
    Group,
    VALUES,
    fill,
    fill_ints,
    gradients,
    images_from_ours,
    images_to_ours,
    leaf,
    load,
    pixels,
    pull,
    snapshot,
    weight_to_ours,
)

SCRIPT = "make-golden.py"

# ---------------------------------------------------------------------------------------------------------------------
# 1. Layers
# ---------------------------------------------------------------------------------------------------------------------


def make_layers():
    group = Group(SCRIPT, "layers")

    for case, (height, width), (c_in, c_out), kernel, stride, padding, bias in [
        ("conv 3x3", (6, 5), (3, 4), 3, 1, 1, False),
        ("conv 3x3 with bias", (5, 6), (1, 3), 3, 1, 1, True),
        ("conv 3x3 without padding", (6, 5), (2, 3), 3, 1, 0, False),
        ("conv 3x3 stride 2 on even sizes", (8, 6), (2, 3), 3, 2, 1, True),
        ("conv 3x3 stride 2 on odd sizes", (7, 5), (2, 3), 3, 2, 1, False),
        ("conv 1x1", (4, 5), (3, 2), 1, 1, 0, True),
        ("conv 1x1 stride 2", (6, 5), (3, 4), 1, 2, 0, False),
        ("conv 5x5", (6, 7), (2, 3), 5, 1, 2, False),
    ]:
        layer = load(nn.Conv2d(c_in, c_out, kernel, stride, padding, bias=bias), f"{case}/layer")
        x = leaf(fill(f"{case}/x", (2, height, width, c_in)))
        y = images_to_ours(layer(images_from_ours(x)))
        pull(y, case).backward()
        group.put(case, {"y": y, "gradient/x": x.grad, **gradients(layer)})

    for case, batches, scale, offset in [
        ("batch norm, one batch", 1, 2.0, 0.3),
        ("batch norm, two batches", 2, 2.0, 0.3),
        ("batch norm, far from zero", 1, 2.0, 20.0),
        # So close together that epsilon counts.
        ("batch norm, little variance", 1, 0.005, 0.01),
    ]:
        layer = load(nn.BatchNorm2d(6), f"{case}/layer").train()
        for batch in range(batches):
            layer.zero_grad()
            x = leaf(fill(f"{case}/x{batch}", (3, 4, 5, 6), scale, offset))
            y = images_to_ours(layer(images_from_ours(x)))
            pull(y, case).backward()
        group.put(
            case,
            {
                "y": y,
                "gradient/x": x.grad,
                **gradients(layer),
                "running_mean": layer.running_mean,
                "running_var": layer.running_var,
            },
        )

    case = "batch norm with running statistics"
    layer = load(nn.BatchNorm2d(6), f"{case}/layer").eval()
    x = leaf(fill(f"{case}/x", (3, 4, 5, 6), 2.0, 0.3))
    y = images_to_ours(layer(images_from_ours(x)))
    pull(y, case).backward()
    group.put(case, {"y": y, "gradient/x": x.grad, **gradients(layer)})

    for case, bias in [("linear", False), ("linear with bias", True)]:
        layer = load(nn.Linear(7, 4, bias=bias), f"{case}/layer")
        x = leaf(fill(f"{case}/x", (5, 7)))
        y = layer(x)
        pull(y, case).backward()
        group.put(case, {"y": y, "gradient/x": x.grad, **gradients(layer)})

    def with_zeros(case):
        """Every third entry exactly 0, where the derivative is a convention."""
        x = fill(f"{case}/x", (7, 9))
        x.view(-1)[::3] = 0
        return leaf(x)

    for case, function in [("relu", F.relu), ("leaky relu", lambda v: F.leaky_relu(v, 0.2))]:
        x = with_zeros(case)
        y = function(x)
        pull(y, case).backward()
        group.put(case, {"y": y, "gradient/x": x.grad})

    for case, (height, width), stride in [
        ("depthwise conv 3x3", (6, 5), 1),
        ("depthwise conv 3x3 stride 2 on even sizes", (8, 6), 2),
        ("depthwise conv 3x3 stride 2 on odd sizes", (7, 5), 2),
    ]:
        layer = load(nn.Conv2d(5, 5, 3, stride, 1, groups=5, bias=False), f"{case}/layer")
        x = leaf(fill(f"{case}/x", (2, height, width, 5)))
        y = images_to_ours(layer(images_from_ours(x)))
        pull(y, case).backward()
        group.put(case, {"y": y, "gradient/x": x.grad, **gradients(layer)})

    for case, (height, width), offset, pool in [
        ("max pool 2x2", (6, 8), 0, nn.MaxPool2d(2)),
        ("max pool 2x2 on odd sizes", (7, 5), 0, nn.MaxPool2d(2)),
        # Below zero, where padding with zeros would win.
        ("max pool 3x3 with padding on even sizes", (8, 6), -2, nn.MaxPool2d(3, 2, 1)),
        ("max pool 3x3 with padding on odd sizes", (7, 5), -2, nn.MaxPool2d(3, 2, 1)),
        ("every second pixel", (6, 5), 0, lambda v: v[:, :, ::2, ::2]),
        ("global average", (6, 5), 0, lambda v: nn.AdaptiveAvgPool2d(1)(v).flatten(1)),
    ]:
        x = leaf(fill(f"{case}/x", (2, height, width, 3), 1.0, offset))
        y = pool(images_from_ours(x))
        y = images_to_ours(y) if y.dim() == 4 else y
        pull(y, case).backward()
        group.put(case, {"y": y, "gradient/x": x.grad})

    group.write()


# ---------------------------------------------------------------------------------------------------------------------
# 2. Loss
# ---------------------------------------------------------------------------------------------------------------------


def make_loss():
    group = Group(SCRIPT, "loss")
    # The wide one would overflow exp in float32 without the usual shift by the maximum.
    for case, scale, offset in [
        ("softmax cross-entropy", 3.0, 0.0),
        ("softmax cross-entropy, wide logits", 150.0, 40.0),
    ]:
        logits = leaf(fill(f"{case}/logits", (6, 10), scale, offset))
        labels = torch.tensor(fill_ints(f"{case}/labels", 6, 10))
        losses = F.cross_entropy(logits, labels, reduction="none")
        pull(losses, case).backward()
        group.put(case, {"losses": losses, "gradient/logits": logits.grad})
    group.write()


# ---------------------------------------------------------------------------------------------------------------------
# 3. The small CNN
# ---------------------------------------------------------------------------------------------------------------------


def mnist_cnn(width, label):
    return load(SmallCnn(1, width, 10, [0.1307], [0.3081]), label)


def make_small_cnn():
    group = Group(SCRIPT, "small-cnn")
    for case, width in [("width 4", 4), ("default width", 16)]:
        model = mnist_cnn(width, f"{case}/weights").train()
        images = pixels(f"{case}/images", (4, 28, 28, 1))
        labels = torch.tensor(fill_ints(f"{case}/labels", 4, 10))
        logits = model(images)
        loss = F.cross_entropy(logits, labels)
        loss.backward()
        statistics = {name: buffer for name, buffer in model.named_buffers() if "running" in name}
        group.put(case, {"logits": logits, "loss": loss, **gradients(model), **statistics})

        model = mnist_cnn(width, f"{case}/weights").eval()
        group.put(f"{case}, as deployed", {"logits": model(images)})

    # Two steps, so that the velocities matter.
    case = "two steps of SGD"
    model = mnist_cnn(4, f"{case}/weights").train()
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0, momentum=0.9, weight_decay=0.05)
    start = snapshot(model, "weights/")
    for step, rate in enumerate((0.1, 0.05)):
        optimizer.param_groups[0]["lr"] = rate
        optimizer.zero_grad()
        images = pixels(f"{case}/images{step}", (4, 28, 28, 1))
        labels = torch.tensor(fill_ints(f"{case}/labels{step}", 4, 10))
        loss = F.cross_entropy(model(images), labels)
        loss.backward()
        optimizer.step()
    group.put(case, {**changes(start, snapshot(model, "weights/")), **slots(optimizer, model), "output/loss": loss})
    group.write()


def changes(before, after):
    """What a step moves, and by how much: the weights themselves are so much larger that they would hide it."""
    return {f"change/{name}": after[name] - before[name] for name in before}


def slots(optimizer, module, prefix="optimizer"):
    """The optimizer's memory under the names of the laboratory."""
    names = {"momentum_buffer": "velocity", "exp_avg": "mean", "exp_avg_sq": "square"}
    return {
        f"change/{prefix}/{ours}/{name}": weight_to_ours(optimizer.state[parameter][theirs])
        for theirs, ours in names.items()
        for name, parameter in module.named_parameters()
        if theirs in optimizer.state[parameter]
    }


def powers(optimizer, steps, prefix="optimizer"):
    beta1, beta2 = optimizer.param_groups[0]["betas"]
    return {
        f"change/{prefix}/beta1Power": torch.tensor(beta1**steps - 1),
        f"change/{prefix}/beta2Power": torch.tensor(beta2**steps - 1),
    }


# ---------------------------------------------------------------------------------------------------------------------
# 4. Optimizers and the schedule
# ---------------------------------------------------------------------------------------------------------------------


def make_optimizers():
    group = Group(SCRIPT, "optimizers")
    for case, create in [
        ("sgd with momentum", lambda p: torch.optim.SGD(p, lr=1.0, momentum=0.9)),
        ("sgd without momentum", lambda p: torch.optim.SGD(p, lr=1.0, momentum=0)),
        ("sgd with weight decay", lambda p: torch.optim.SGD(p, lr=1.0, momentum=0.9, weight_decay=0.1)),
        ("sgd, Nesterov", lambda p: torch.optim.SGD(p, lr=1.0, momentum=0.9, weight_decay=0.1, nesterov=True)),
        ("adam .5, .999", lambda p: torch.optim.Adam(p, lr=1.0, betas=(0.5, 0.999))),
        ("adam .9, .999", lambda p: torch.optim.Adam(p, lr=1.0, betas=(0.9, 0.999))),
        ("adam with weight decay", lambda p: torch.optim.Adam(p, lr=1.0, betas=(0.9, 0.999), weight_decay=0.1)),
    ]:
        parameters = {"a": leaf(fill(f"{case}/a", (3, 4))), "b": leaf(fill(f"{case}/b", (5,)))}
        optimizer = create(list(parameters.values()))
        start = {name: p.detach().clone() for name, p in parameters.items()}
        moved = {}
        for step, rate in enumerate((0.1, 0.2, 0.05), 1):
            optimizer.param_groups[0]["lr"] = rate
            for name, p in parameters.items():
                # Gradients so small that Adam's epsilon counts.
                scale = 1e-7 if name == "b" and "adam ." in case else 1.0
                p.grad = fill(f"{case}/gradient {name} {step}", tuple(p.shape), scale)
            optimizer.step()
            moved |= {f"change {step}/{name}": p.detach() - start[name] for name, p in parameters.items()}
        group.put(case, moved)

    parameter = leaf(torch.zeros(1))
    optimizer = torch.optim.SGD([parameter], lr=0.03)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=20)
    rates = []
    for _ in range(21):
        rates.append(schedule.get_last_lr()[0])
        optimizer.step()
        schedule.step()
    group.put("cosine schedule", {"rates": torch.tensor(rates)})
    group.write()


# ---------------------------------------------------------------------------------------------------------------------
# 5. and 6. Trigger recovery: MESA's networks, MINE's bounds, stamping
# ---------------------------------------------------------------------------------------------------------------------

def recovery_steps(model, generator, statistics, target, alpha, beta, rate, betas, average, batches):
    """Several steps; what each has seen, and the two optimizers."""
    optimizers = [torch.optim.Adam(network.parameters(), lr=rate, betas=betas) for network in (generator, statistics)]
    history = [{"average": torch.tensor(average)}]
    for batch in batches:
        before = history[-1]["average"]
        seen, of_target = recovery_step(
            model, generator, statistics, optimizers, before, batch, target, alpha, beta
        )
        assert 0 < (of_target > beta).sum() < len(of_target), "both sides of beta must occur"
        history.append(seen)
    return history[1:], *optimizers


TINY = {"height": 8, "width": 8, "channels": 3, "classes": 4, "mean": [0.5, 0.4, 0.3], "deviation": [0.25, 0.3, 0.2]}


def tiny_cnn(label):
    return load(SmallCnn(TINY["channels"], 3, TINY["classes"], TINY["mean"], TINY["deviation"]), label)


def make_trigger_recovery():
    group = Group(SCRIPT, "trigger-recovery")

    case = "statistics network"
    network = load(StatisticsNetwork(12, 6), f"{case}/weights")
    noise, patches = leaf(pixels(f"{case}/noise", (5, NOISE))), leaf(pixels(f"{case}/patches", (5, 12)))
    y = network(noise, patches)
    pull(y, case).backward()
    group.put(case, {"y": y, **gradients(network), "gradient/noise": noise.grad, "gradient/patches": patches.grad})

    for case, scale, offset, bound in [
        ("information bound", 2.0, 0.0, donsker_varadhan),
        # So small that the floor under the logarithm counts.
        ("information bound with a vanishing second term", 1.0, -18.0, donsker_varadhan),
        ("corrected bound", 2.0, 0.0, lambda joint, marginal: corrected(joint, marginal, torch.tensor(1.75))),
    ]:
        joint = leaf(fill(f"{case}/joint", (8, 1), 2.0))
        marginal = leaf(fill(f"{case}/marginal", (8, 1), scale, offset))
        y = bound(joint, marginal)
        pull(y, case).backward()
        group.put(case, {"y": y, "gradient/joint": joint.grad, "gradient/marginal": marginal.grad})

    for case, patch in [("generator of gray patches", (3, 2, 1)), ("generator of coloured patches", (2, 3, 3))]:
        generator = load(Generator(patch, 10), f"{case}/weights").train()
        noise = leaf(pixels(f"{case}/noise", (7, NOISE)))
        y = generator(noise)
        pull(y, case).backward()
        group.put(case, {"y": y, **gradients(generator), "gradient/noise": noise.grad})

    rows, columns = [0, 0, 3, 3, 1], [0, 5, 0, 5, 2]
    for case, channels in [("stamp, 1 channel", 1), ("stamp, 3 channels", 3)]:
        images = leaf(pixels(f"{case}/images", (5, 6, 7, channels)))
        patches = leaf(pixels(f"{case}/patches", (5, 3, 2, channels)))
        y = stamp(images, patches, rows, columns)
        pull(y, case).backward()
        group.put(case, {"y": y, "gradient/images": images.grad, "gradient/patches": patches.grad})

    # The moving average starts at 1 in real runs, and at less where its movement is to show.
    for case, steps, target, beta, start in [
        ("one step of recovery", 1, 2, 0.342, 1.0),
        ("three steps of recovery", 3, 0, 0.29, 0.125),
    ]:
        model = tiny_cnn(f"{case}/victim").eval()
        model.requires_grad_(False)
        patch = (3, 3, TINY["channels"])
        generator = load(Generator(patch, 8), f"{case}/generator").train()
        statistics = load(StatisticsNetwork(math.prod(patch), 8), f"{case}/statistics")
        count = 6
        batches = [
            {
                "images": pixels(f"{case}/images{k}", (count, TINY["height"], TINY["width"], TINY["channels"])),
                "noise": pixels(f"{case}/noise{k}", (count, NOISE)),
                "other_noise": pixels(f"{case}/otherNoise{k}", (count, NOISE)),
                "pixel_noise": fill(f"{case}/pixelNoise{k}", (count, *patch), 0.2),
                "rows": fill_ints(f"{case}/rows{k}", count, TINY["height"] - patch[0] + 1),
                "columns": fill_ints(f"{case}/columns{k}", count, TINY["width"] - patch[1] + 1),
            }
            for k in range(steps)
        ]
        before = {**snapshot(generator, "generator/"), **snapshot(statistics, "statistics/")}
        history, generator_optimizer, statistics_optimizer = recovery_steps(
            model,
            generator,
            statistics,
            target,
            alpha=0.1,
            beta=beta,
            rate=0.02,
            betas=(0.5, 0.999),
            average=start,
            batches=batches,
        )
        after = {**snapshot(generator, "generator/"), **snapshot(statistics, "statistics/")}
        group.put(
            case,
            {
                **changes(before, after),
                **slots(generator_optimizer, generator, "generatorOptimizer"),
                **powers(generator_optimizer, steps, "generatorOptimizer"),
                **slots(statistics_optimizer, statistics, "statisticsOptimizer"),
                **powers(statistics_optimizer, steps, "statisticsOptimizer"),
                "change/average": history[-1]["average"] - start,
                "averages": torch.stack([h["average"] for h in history]) - start,
                "output/loss": history[-1]["loss"],
                "output/information": history[-1]["information"],
            },
        )
    group.write()


# ---------------------------------------------------------------------------------------------------------------------
# 7. BAERASER's unlearning
# ---------------------------------------------------------------------------------------------------------------------


def make_unlearning():
    group = Group(SCRIPT, "unlearning")
    joint, everything = True, True
    for case, steps, moved, adam, settings in [
        ("joint, bounded, other classes, distilled", 1, True, False, (1, 3, 0.01, joint, 2.1, not everything)),
        ("joint, without bound, all classes", 1, True, False, (2, 0, 0.01, joint, None, everything)),
        ("separate, bounded, all classes, distilled", 1, True, False, (1, 3, 0.02, not joint, 1.6, everything)),
        ("separate, without bound, other classes", 1, True, True, (2, 0, 0.01, not joint, None, not everything)),
        ("as published, two steps", 2, True, False, (100, 0, 0.01, not joint, None, everything)),
        ("the defaults, two steps of Adam", 2, True, True, (1, 3, 0.01, joint, 1.6, not everything)),
        # Where the L1 distance has its kink: its derivative there is 0.
        ("from the victim itself", 1, False, False, (1, 0, 0.5, joint, None, everything)),
    ]:
        clean_weight, distillation, distance, is_joint, bound, on_all = settings
        anchor = dict(tiny_cnn(f"{case}/victim").named_parameters())
        anchor = {name: p.detach() for name, p in anchor.items()}
        model = tiny_cnn(f"{case}/weights" if moved else f"{case}/victim").train()
        rate = 0.02
        if adam:
            optimizer = torch.optim.Adam(model.parameters(), lr=rate, betas=(0.9, 0.999))
        else:
            optimizer = torch.optim.SGD(model.parameters(), lr=rate, momentum=0.9)
        start = snapshot(model, "weights/")
        count = 6
        for k in range(steps):
            batch = {
                "images": pixels(f"{case}/images{k}", (count, TINY["height"], TINY["width"], TINY["channels"])),
                "labels": torch.tensor([1, 0, 3, 2, 1, 0]),
                # The victim's answers are an input of the step, so any probabilities will do.
                "answers": fill(f"{case}/answers{k}", (count, TINY["classes"]), 2.0).softmax(1),
                "patches": pixels(f"{case}/patches{k}", (count, 2, 3, TINY["channels"])),
                "rows": fill_ints(f"{case}/rows{k}", count, TINY["height"] - 1),
                "columns": fill_ints(f"{case}/columns{k}", count, TINY["width"] - 2),
            }
            loss, of_target = unlearning_loss(
                model, anchor, batch, 1, clean_weight, distillation, distance, is_joint, bound, on_all
            )
            if bound is not None:
                assert 0 < (of_target > bound).sum() < len(of_target), "both sides of the bound must occur"
            assert 0 < (batch["labels"] == 1).sum() < count, "both kinds of images must occur"
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        group.put(
            case,
            {
                **changes(start, snapshot(model, "weights/")),
                **slots(optimizer, model),
                **(powers(optimizer, steps) if adam else {}),
                "output/loss": loss,
            },
        )
    group.write()


# ---------------------------------------------------------------------------------------------------------------------
# 8. Crafting triggers: the choice of neurons (TrojanNN), one patch by tanh and Adam or by signed steps, IMC's inner step
# ---------------------------------------------------------------------------------------------------------------------


def lay(images, patch, cover, row, column):
    """x + cover * (patch - x) at one place."""
    height, width = patch.shape[:2]
    laid = images.clone()
    under = laid[:, row : row + height, column : column + width]
    laid[:, row : row + height, column : column + width] = under + cover * (patch - under)
    return laid


def descending(values):
    return torch.argsort(values, descending=True, stable=True).to(torch.get_default_dtype())


def make_trigger_crafting():
    group = Group(SCRIPT, "trigger-crafting")
    image = (TINY["height"], TINY["width"], TINY["channels"])

    case = "neurons by their weights"
    weight = fill(f"{case}/weight", (12, 5))
    sums = weight.abs().sum(1)
    group.put(case, {"sums": sums, "order": descending(sums)})

    case = "neurons by their activity"
    model = tiny_cnn(f"{case}/weights").eval()
    count = 7
    bytes_ = fill_ints(f"{case}/images", count * math.prod(image), 256)
    images = torch.tensor(bytes_, dtype=torch.get_default_dtype()).view(count, *image) / 255
    means = model.activations(images).mean(0).detach()
    group.put(case, {"means": means, "order": descending(-means)})

    patch, row, column = (3, 2, TINY["channels"]), 4, 5
    neurons, value = [1, 5, 10], 4.0

    def neuron_loss(model, laid):
        return (model.activations(laid)[:, neurons] - value).square().sum()

    for case, method in [("neurons, two steps of Adam", "adam"), ("neurons, two signed steps", "signed")]:
        model = tiny_cnn(f"{case}/weights").eval()
        black = torch.zeros(1, *image)
        cover = pixels(f"{case}/cover", patch)
        start = pixels(f"{case}/patch", patch)
        if method == "adam":
            a = leaf(torch.tensor(torch.atanh(0.999 * (2 * start - 1)).numpy().astype("float32")).double())
            begun = a.detach().clone()
            optimizer = torch.optim.Adam([a], lr=0.1)
            for rate in (0.1, 0.05):
                optimizer.param_groups[0]["lr"] = rate
                optimizer.zero_grad()
                loss = neuron_loss(model, lay(black, (a.tanh() + 1) / 2, cover, row, column))
                loss.backward()
                optimizer.step()
            group.put(case, {"start": begun, "change/patch": a.detach() - begun, "output/loss": loss})
            continue
        radius = 0.15
        now = start
        for _ in range(2):
            now = leaf(now)
            loss = neuron_loss(model, lay(black, now, cover, row, column))
            loss.backward()
            assert now.grad.abs().min() > 1e-4, "rounding would decide a sign"
            moved = now.detach() - 0.1 * now.grad.sign()
            now = torch.clamp(torch.minimum(torch.maximum(moved, start - radius), start + radius), 0, 1)
        assert (now == 0).any() and (now == 1).any() or ((now - start).abs() > radius - 1e-9).any()
        group.put(case, {"change/patch": now - start, "output/loss": loss})

    case = "IMC, two inner steps"
    model = tiny_cnn(f"{case}/weights").eval()
    cover = pixels(f"{case}/cover", patch)
    a = leaf(fill(f"{case}/patch", patch, 2.0))
    begun = a.detach().clone()
    optimizer = torch.optim.Adam([a], lr=0.1)
    count = 6
    for k in range(2):
        images = pixels(f"{case}/images{k}", (count, *image))
        targets = torch.tensor(fill_ints(f"{case}/targets{k}", count, TINY["classes"]))
        optimizer.zero_grad()
        loss = F.cross_entropy(model(lay(images, (a.tanh() + 1) / 2, cover, row, column)), targets)
        loss.backward()
        optimizer.step()
    group.put(case, {"change/patch": a.detach() - begun, "output/loss": loss})
    group.write()


# ---------------------------------------------------------------------------------------------------------------------
# 9. Fine-tuning, pruning, attention distillation
# ---------------------------------------------------------------------------------------------------------------------


def attention_map(activations):
    """Activations channels first; the map batch x height x width."""
    energy = activations.abs().pow(2).sum(1)
    return energy / (energy.norm(dim=(1, 2), keepdim=True) + 1e-6)


def attention_loss(student, teacher):
    return F.mse_loss(attention_map(student), attention_map(teacher))


def tiny_batch(case, k, count=6):
    images = pixels(f"{case}/images{k}", (count, TINY["height"], TINY["width"], TINY["channels"]))
    return images, torch.tensor(fill_ints(f"{case}/labels{k}", count, TINY["classes"]))


def make_repairs():
    group = Group(SCRIPT, "repairs")

    case = "attention map"
    x = leaf(fill(f"{case}/x", (2, 4, 5, 6)))
    y = attention_map(images_from_ours(x))
    pull(y, case).backward()
    group.put(case, {"y": y, "gradient/x": x.grad})

    case = "attention loss"
    student, teacher = leaf(fill(f"{case}/student", (2, 4, 5, 6))), fill(f"{case}/teacher", (2, 4, 5, 6))
    loss = attention_loss(images_from_ours(student), images_from_ours(teacher))
    loss.backward()
    group.put(case, {"loss": loss, "gradient/student": student.grad})

    for case, betas in [
        ("distillation, two steps", {"conv1": 500, "conv2": 1000, "conv3": 1000}),
        ("distillation on the last map alone", {"conv3": 700}),
    ]:
        teacher = tiny_cnn(f"{case}/teacher").eval()
        model = tiny_cnn(f"{case}/weights").train()
        optimizer = torch.optim.SGD(model.parameters(), lr=0.02, momentum=0.9, weight_decay=0.01, nesterov=True)
        start = snapshot(model, "weights/")
        for k in range(2):
            images, labels = tiny_batch(case, k)
            with torch.no_grad():
                teacher(images)
            loss = F.cross_entropy(model(images), labels)
            for name, beta in betas.items():
                loss = loss + beta * attention_loss(model.maps[name], teacher.maps[name])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        group.put(
            case, {**changes(start, snapshot(model, "weights/")), **slots(optimizer, model), "output/loss": loss}
        )

    for case, trained, pruned in [
        ("fine-tuning, two steps", "", []),
        ("fine-tuning of the classifier alone", "fc.", []),
        ("fine-tuning with pruned channels", "", [1, 4, 5]),
    ]:
        model = tiny_cnn(f"{case}/weights").train()
        for name, parameter in model.named_parameters():
            parameter.requires_grad_(name.startswith(trained))
        with torch.no_grad():
            model.fc.weight[:, pruned] = 0
        start = snapshot(model, "weights/")
        if pruned:
            # What torch.nn.utils.prune does: the weight is a product with a mask, which its gradient goes through, too.
            mask = torch.ones_like(model.fc.weight)
            mask[:, pruned] = 0
            model.fc.weight.register_hook(lambda gradient: gradient * mask)
        parameters = [p for p in model.parameters() if p.requires_grad]
        optimizer = torch.optim.SGD(parameters, lr=0.02, momentum=0.9, weight_decay=0.01, nesterov=True)
        for k in range(2):
            images, labels = tiny_batch(case, k)
            loss = F.cross_entropy(model(images), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        assert (model.fc.weight[:, pruned] == 0).all()
        group.put(
            case, {**changes(start, snapshot(model, "weights/")), **slots(optimizer, model), "output/loss": loss}
        )

    case = "pruning order"
    model = tiny_cnn(f"{case}/weights").eval()
    count, size = 20, TINY["height"] * TINY["width"] * TINY["channels"]
    levels = torch.tensor(fill_ints(f"{case}/pixels", count * size, 256), dtype=torch.float64)
    images = levels.view(count, TINY["height"], TINY["width"], TINY["channels"]) / 255
    means = model.activations(images).mean(0).detach()
    assert (means.sort().values.diff() > 1e-4).all(), "too close to each other: rounding would decide"
    group.put(case, {"means": means, "order": means.argsort()})

    group.write()


# ---------------------------------------------------------------------------------------------------------------------
# 10. MESA's repair: true labels on images of which some carry a recovered trigger
# ---------------------------------------------------------------------------------------------------------------------


def make_mesa():
    group = Group(SCRIPT, "mesa")
    case = "two steps of repair"
    model = tiny_cnn(f"{case}/weights").train()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.02, momentum=0.9)
    start = snapshot(model, "weights/")
    labels = [1, 0, 3, 2, 1, 0]
    count = len(labels)
    for k in range(2):
        images = pixels(f"{case}/images{k}", (count, TINY["height"], TINY["width"], TINY["channels"]))
        patches = pixels(f"{case}/patches{k}", (count, 2, 3, TINY["channels"]))
        rows = fill_ints(f"{case}/rows{k}", count, TINY["height"] - 1)
        columns = fill_ints(f"{case}/columns{k}", count, TINY["width"] - 2)
        carries = torch.tensor(fill_ints(f"{case}/carries{k}", count, 2), dtype=torch.bool)
        assert carries.any() and not carries.all()
        shown = torch.where(carries.view(-1, 1, 1, 1), stamp(images, patches, rows, columns), images)
        optimizer.zero_grad()
        loss = F.cross_entropy(model(shown), torch.tensor(labels))
        loss.backward()
        optimizer.step()
    group.put(case, {**changes(start, snapshot(model, "weights/")), **slots(optimizer, model), "output/loss": loss})
    group.write()


if __name__ == "__main__":
    make_layers()
    make_loss()
    make_small_cnn()
    make_optimizers()
    make_trigger_recovery()
    make_unlearning()
    make_trigger_crafting()
    make_repairs()
    make_mesa()
    total = sum(file.stat().st_size for file in VALUES.glob("*.json"))
    print(f"{total / 1000:.0f} kB in {VALUES}")
