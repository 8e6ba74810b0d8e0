#!/usr/bin/env python3
"""Computes images that carry triggers, from the published formulas, with PyTorch and NumPy.

    X/bin/python tests/golden/make-triggers.py      # X as in make-golden.py

It writes tests/golden/values/triggers.json and attack-steps.json. Images are whole numbers 0..255; where a formula gives a fraction, it is rounded
half up, as in the laboratory.
"""

import math

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from networks import SmallCnn
from reference import (
    Group,
    fill,
    fill_ints,
    images_from_ours,
    images_to_ours,
    leaf,
    load,
    pixels,
    snapshot,
)

SHAPE = (8, 8, 3)
HEIGHT, WIDTH, CHANNELS = SHAPE


def image(label, shape=SHAPE):
    return np.array(fill_ints(label, math.prod(shape), 256), dtype=np.float64).reshape(shape)


def byte(values):
    return torch.tensor(np.clip(np.floor(values + 0.5), 0, 255))


def blended(group):
    case = "blended"
    x, t = image(f"{case}/image"), image(f"{case}/pattern")
    for opacity in (0.1, 0.2, 1.0):
        group.put(f"{case}, opacity {opacity}", {"image": byte(x + opacity * (t - x))})


def sig(group):
    case = "SIG"
    x = image(f"{case}/image")
    j = np.arange(WIDTH)
    for amplitude, frequency in ((40, 6), (30, 3), (255, 1)):
        v = amplitude * np.sin(2 * np.pi * j * frequency / WIDTH)
        group.put(f"{case}, amplitude {amplitude}, frequency {frequency}", {"image": byte(x + v[None, :, None])})


def warped(x, grid):
    """Takes the pixels of x from where the grid says."""
    batch = torch.tensor(x).permute(2, 0, 1)[None]
    taken = F.grid_sample(batch, grid, mode="bilinear", padding_mode="zeros", align_corners=True)
    return byte(taken[0].permute(1, 2, 0).numpy())


def warp_grid(label, control, strength, rescale):
    u = fill(label, (control, control, 2)).permute(2, 0, 1)[None]
    u = u / u.abs().mean()
    field = F.interpolate(u, size=(HEIGHT, WIDTH), mode="bicubic", align_corners=True).permute(0, 2, 3, 1)
    line = torch.linspace(-1, 1, HEIGHT)
    rows, columns = torch.meshgrid(line, line, indexing="ij")
    identity = torch.stack((columns, rows), -1)[None]
    return torch.clamp((identity + strength * field / HEIGHT) * rescale, -1, 1)


def wanet(group):
    for control, strength, rescale in ((4, 0.5, 1.0), (2, 2.0, 0.98), (6, 1.5, 1.0)):
        case = f"WaNet, k {control}, s {strength}, rescale {rescale}"
        grid = warp_grid(f"{case}/field", control, strength, rescale)
        x = image(f"{case}/image")
        noise = fill(f"{case}/noise", (1, HEIGHT, WIDTH, 2))
        noisy = torch.clamp(grid + noise / HEIGHT, -1, 1)
        group.put(case, {"grid": grid[0], "image": warped(x, grid), "noise mode": warped(x, noisy)})


def quantised(x, levels, dithers):
    """Row by row, each pixel to the nearest shade; what that changed goes to the neighbours that come later."""
    values = x.astype(np.float64).copy()
    for y in range(HEIGHT):
        for column in range(WIDTH):
            old = values[y, column].copy()
            new = np.floor(old / 255 * (levels - 1) + 0.5) / (levels - 1) * 255
            values[y, column] = new
            error = old - new
            if not dithers:
                continue
            for down, right, share in ((0, 1, 7), (1, -1, 3), (1, 0, 5), (1, 1, 1)):
                if y + down < HEIGHT and 0 <= column + right < WIDTH:
                    values[y + down, column + right] += error * share / 16
    return byte(values)


def bpp(group):
    for levels, dithers in ((8, True), (8, False), (2, True), (32, True)):
        case = f"BPP, {levels} levels, dithering {str(dithers).lower()}"
        x = image(f"{case}/image")
        group.put(case, {"image": quantised(x, levels, dithers)})
    case = "BPP, cover"
    x, other = image(f"{case}/image"), image(f"{case}/other")
    residual = quantised(other, 8, True).numpy() - other
    group.put(case, {"image": byte(x + residual)})


# ---------------------------------------------------------------------------------------------------------------------
# Steps of attacks that optimise their trigger
# ---------------------------------------------------------------------------------------------------------------------

TINY_MEAN, TINY_DEVIATION, TINY_CLASSES = [0.5, 0.4, 0.3], [0.25, 0.3, 0.2], 4


def tiny_cnn(label):
    return load(SmallCnn(CHANNELS, 3, TINY_CLASSES, TINY_MEAN, TINY_DEVIATION), label)


def classes(label, count):
    return torch.tensor(fill_ints(label, count, TINY_CLASSES))


def cosines(length, count):
    k = torch.arange(length)
    rows = [math.sqrt((1 if f == 0 else 2) / length) * torch.cos(math.pi * (2 * k + 1) * f / (2 * length)) for f in range(count)]
    return torch.stack(rows)


def low_frequency(group):
    case, band, amplitude, count = "low frequency, two steps", 3, 0.1, 6
    model = tiny_cnn(f"{case}/weights").eval()
    basis = cosines(HEIGHT, band)
    begun = fill(f"{case}/coefficients", (CHANNELS, band, band), 0.2)
    c = leaf(begun)
    optimizer = torch.optim.Adam([c])

    def signal(coefficients):
        return torch.einsum("cuv,ui,vj->ijc", coefficients, basis, basis)

    for k, rate in enumerate((0.1, 0.05)):
        optimizer.param_groups[0]["lr"] = rate
        optimizer.zero_grad()
        images = pixels(f"{case}/images{k}", (count, *SHAPE))
        loss = F.cross_entropy(model((images + signal(c)).clamp(0, 1)), classes(f"{case}/targets{k}", count))
        loss.backward()
        optimizer.step()
        with torch.no_grad():
            largest = signal(c).abs().max()
            assert largest > amplitude, "nothing would be held back"
            c.mul_(amplitude / largest)
    group.put(case, {"change/coefficients": c.detach() - begun, "output/loss": loss})


def perturbation(group):
    case, radius, step, count = "perturbation, two steps", 0.05, 0.04, 5
    model = tiny_cnn(f"{case}/weights").eval()
    start = pixels(f"{case}/images", (count, *SHAPE))
    labels = classes(f"{case}/labels", count)
    now = start
    for _ in range(2):
        now = leaf(now)
        loss = -F.cross_entropy(model(now), labels)
        loss.backward()
        moved = now.detach() - step * now.grad.sign()
        now = torch.clamp(torch.minimum(torch.maximum(moved, start - radius), start + radius), 0, 1)
    group.put(case, {"change/images": now - start, "output/loss": loss})


class ImageGenerator(nn.Module):
    """From images to images in 0..1: convolutions and poolings down, convolutions and repeated pixels up."""

    def __init__(self, out, width, levels):
        super().__init__()
        self.levels = levels

        def block(name, c_in, c_out):
            part = nn.Module()
            part.conv = nn.Conv2d(c_in, c_out, 3, padding=1, bias=False)
            part.bn = nn.BatchNorm2d(c_out)
            self.blocks[name] = part

        self.blocks = {}
        at = lambda level: width * 2**level
        for level in range(levels):
            block(f"down{level}.0", CHANNELS if level == 0 else at(level - 1), at(level))
            block(f"down{level}.1", at(level), at(level))
        block("middle", at(levels - 1), at(levels - 1))
        for level in reversed(range(levels)):
            block(f"up{level}.0", at(level), at(level))
            block(f"up{level}.1", at(level), out if level == 0 else at(level - 1))
        for name, part in self.blocks.items():
            parent = self
            *path, last = name.split(".")
            for each in path:
                if not hasattr(parent, each):
                    parent.add_module(each, nn.Module())
                parent = getattr(parent, each)
            parent.add_module(last, part)

    def forward(self, images):
        def through(name, x):
            part = self.blocks[name]
            return part.bn(part.conv(x))

        x = images_from_ours(images)
        for level in range(self.levels):
            x = F.relu(through(f"down{level}.1", F.relu(through(f"down{level}.0", x))))
            x = F.max_pool2d(x, 2)
        x = F.relu(through("middle", x))
        for level in reversed(range(self.levels)):
            x = x.repeat_interleave(2, 2).repeat_interleave(2, 3)
            x = F.relu(through(f"up{level}.0", x))
            x = through(f"up{level}.1", x)
            x = x if level == 0 else F.relu(x)
        return images_to_ours(x.tanh() / 2 + 0.5)


def sharpened(masks):
    return (20 * masks - 10).tanh() / 2 + 0.5


def diversity(images, others, made, made_of_others):
    def apart(a, b):
        return (a - b).square().mean((1, 2, 3)).sqrt()

    return (apart(images, others) / (apart(made, made_of_others) + 1e-7)).mean()


def moved(module, before, prefix):
    return {f"change/{prefix}{name}": t - before[name] for name, t in snapshot(module).items()}


def input_aware(group):
    case, count, levels, width = "input-aware, two steps of the mask", 4, 2, 2
    mask = load(ImageGenerator(1, width, levels), f"{case}/mask").train()
    before = snapshot(mask)
    optimizer = torch.optim.Adam(mask.parameters(), lr=0.01, betas=(0.5, 0.9))
    for k in range(2):
        images, others = (pixels(f"{case}/{name}{k}", (count, *SHAPE)) for name in ("images", "others"))
        masks, masks_of_others = sharpened(mask(torch.cat([images, others]))).chunk(2)
        loss = 100 * F.relu(masks - 0.032).mean() + diversity(images, others, masks, masks_of_others)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    group.put(case, {**moved(mask, before, "mask/"), "output/loss": loss})

    case, count, poisoned, covers = "input-aware, two steps of victim and patterns", 9, 2, 3
    victim = tiny_cnn(f"{case}/weights").train()
    mask = load(ImageGenerator(1, width, levels), f"{case}/mask").eval()
    pattern = load(ImageGenerator(CHANNELS, width, levels), f"{case}/pattern").train()
    begun, begun_pattern = snapshot(victim), snapshot(pattern)
    of_victim = torch.optim.SGD(victim.parameters(), lr=0.02, momentum=0.9, weight_decay=0.01)
    of_pattern = torch.optim.Adam(pattern.parameters(), lr=0.01, betas=(0.5, 0.9))
    for k in range(2):
        images = pixels(f"{case}/images{k}", (count, *SHAPE))
        labels = classes(f"{case}/labels{k}", count)
        others = images.flip(0)[: poisoned + covers]
        looked = torch.cat([images[:poisoned], others])
        masks, patterns = sharpened(mask(looked)).detach(), pattern(looked)
        own, of_others = slice(0, poisoned), slice(2 * poisoned, None)
        x, y = images[:poisoned], images[poisoned : poisoned + covers]
        painted = torch.cat(
            [
                x + masks[own] * (patterns[own] - x),
                y + masks[of_others] * (patterns[of_others] - y),
                images[poisoned + covers :],
            ]
        )
        apart = diversity(x, others[:poisoned], patterns[own], patterns[poisoned : 2 * poisoned])
        loss = F.cross_entropy(victim(painted), labels) + 0.5 * apart
        of_victim.zero_grad()
        of_pattern.zero_grad()
        loss.backward()
        of_victim.step()
        of_pattern.step()
    changes = {**moved(victim, begun, "weights/"), **moved(pattern, begun_pattern, "attack/pattern/")}
    group.put(case, {**changes, "output/loss": loss})


def main():
    images = Group("make-triggers.py", "triggers")
    blended(images)
    sig(images)
    wanet(images)
    bpp(images)
    images.write()

    steps = Group("make-triggers.py", "attack-steps")
    low_frequency(steps)
    perturbation(steps)
    input_aware(steps)
    steps.write()


if __name__ == "__main__":
    main()
