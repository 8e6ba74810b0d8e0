#!/usr/bin/env python3
"""Computes the reference values of the explainers with PyTorch, and with Captum where that has the method.

    python3 -m venv X
    X/bin/pip install torch numpy captum
    X/bin/python tests/golden/make-explainers.py

It writes tests/golden/values/explainers.json.
"""

import torch
from captum.attr import IntegratedGradients, LayerAttribution, LayerGradCam, Occlusion, Saliency
from torch.nn import functional as F

from networks import SmallCnn
from reference import Group, fill, fill_ints, load, pixels

SCRIPT = "make-explainers.py"
SHAPE = (3, 16, 12, 3)
CLASSES = 5
MEAN = [0.4, 0.5, 0.6]
DEVIATION = [0.2, 0.25, 0.3]

group = Group(SCRIPT, "explainers")


def setting(case):
    model = load(SmallCnn(3, 4, CLASSES, MEAN, DEVIATION), f"{case}/weights").eval()
    return model, pixels(f"{case}/images", SHAPE), torch.tensor(fill_ints(f"{case}/classes", SHAPE[0], CLASSES))


def enlarged(maps):
    """One channel at the size of the images."""
    return LayerAttribution.interpolate(maps, SHAPE[1:3], "bilinear")[:, 0]


def at_layer(model, layer, images, classes):
    """Activation of a layer, and the gradient of each image's logit with respect to it."""
    model(images)
    kept = {}
    handle = model.marks[layer].register_forward_hook(lambda _, __, output: kept.update(activation=output))
    score = model(images).gather(1, classes[:, None])[:, 0]
    handle.remove()
    (gradient,) = torch.autograd.grad(score.sum(), kept["activation"])
    return kept["activation"].detach(), gradient, score.detach()


for layer in ("conv3", "conv2"):
    case = f"grad-cam at {layer}"
    model, images, classes = setting(case)
    cam = LayerGradCam(model, model.marks[layer]).attribute(images, classes, relu_attributions=True)
    group.add(case, heat=enlarged(cam))

case = "grad-cam-plus-plus at conv3"
model, images, classes = setting(case)
activation, gradient, score = at_layer(model, "conv3", images, classes)
# Equation 19 with Y = exp(score): each derivative has the factor Y, which is taken away again at the end.
y = score.exp()[:, None, None, None]
second, third = y * gradient**2, y * gradient**3
share = second / (2 * second + activation.sum((2, 3), keepdim=True) * third)
share[second == 0] = 0
weights = (share * F.relu(y * gradient)).sum((2, 3)) / y[:, 0, 0]
cam = F.relu((weights[:, :, None, None] * activation).sum(1, keepdim=True))
group.add(case, heat=enlarged(cam))

case = "input-gradient"
model, images, classes = setting(case)
saliency = Saliency(model).attribute(images.requires_grad_(), classes, abs=True)
group.add(case, heat=saliency.max(3).values)

case = "smooth-grad"
model, images, classes = setting(case)
low, high = images.amin((1, 2, 3), keepdim=True), images.amax((1, 2, 3), keepdim=True)
total = torch.zeros_like(images)
for sample in range(4):
    noise = fill(f"{case}/noise{sample}", SHAPE[1:], 0.15)
    noisy = (images + noise * (high - low)).requires_grad_()
    total += Saliency(model).attribute(noisy, classes, abs=False)
group.add(case, heat=(total / 4).abs().max(3).values)

for case, baseline in [
    ("integrated-gradients from black", [0, 0, 0]),
    ("integrated-gradients from the mean", MEAN),
]:
    model, images, classes = setting(case)
    attributed = IntegratedGradients(model, multiply_by_inputs=True).attribute(
        images,
        torch.tensor(baseline, dtype=torch.float64).expand(SHAPE),
        classes,
        n_steps=8,
        method="riemann_middle",
    )
    group.add(case, heat=attributed.sum(3))

for case, cover in [("occlusion with the mean", MEAN), ("occlusion with black", [0, 0, 0])]:
    model, images, classes = setting(case)
    attributed = Occlusion(lambda x, model=model: model(x).softmax(1)).attribute(
        images,
        (4, 4, 3),
        (2, 2, 3),
        torch.tensor(cover, dtype=torch.float64).expand(SHAPE),
        classes,
    )
    # Captum gives every channel of a square the whole drop.
    group.add(case, heat=attributed[..., 0])

case = "score-cam at conv3"
model, images, classes = setting(case)
with torch.no_grad():
    model(images)
    activation = model.maps["conv3"]
    maps = LayerAttribution.interpolate(activation, SHAPE[1:3], "bilinear")
    heats = []
    for k in range(SHAPE[0]):
        low, high = maps[k].amin((1, 2), keepdim=True), maps[k].amax((1, 2), keepdim=True)
        shows = (high > low)[:, 0, 0]
        masks = (maps[k][shows] - low[shows]) / (high[shows] - low[shows])
        empty = model(torch.zeros_like(images[k : k + 1]))[:, classes[k]]
        increase = model(images[k] * masks[..., None])[:, classes[k]] - empty
        weights = increase.softmax(0)
        cam = F.relu((weights[:, None, None] * activation[k][shows]).sum(0))
        heats.append(enlarged(cam[None, None])[0])
group.add(case, heat=torch.stack(heats))

group.write()
