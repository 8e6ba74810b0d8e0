#!/usr/bin/env python3
"""Computes images that carry triggers, from the published formulas, with PyTorch and NumPy.

    X/bin/python tests/golden/make-triggers.py      # X as in make-golden.py

It writes tests/golden/values/triggers.json. Images are whole numbers 0..255; where a formula gives a fraction, it is rounded
half up, as in the laboratory.
"""

import math

import numpy as np
import torch
from torch.nn import functional as F

from reference import Group, fill, fill_ints

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


def main():
    group = Group("make-triggers.py", "triggers")
    blended(group)
    sig(group)
    wanet(group)
    bpp(group)
    group.write()


if __name__ == "__main__":
    main()
