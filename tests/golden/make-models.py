#!/usr/bin/env python3
"""Computes the reference values of the models with PyTorch.

    python3 -m venv X
    X/bin/pip install torch torchvision numpy
    X/bin/python tests/golden/make-models.py

It writes tests/golden/values/models.json (logits, loss, gradients, running statistics and features of one batch, of
networks narrow enough for a test) and weight-names.json (name and shape of every weight at the published width).
"""

import json

import torch
from torch.nn import functional as F
from torchvision.models import resnet18 as torchvision_resnet18
from torchvision.models import vgg16_bn as torchvision_vgg16_bn

import networks
from networks import MobileNetV2, PreActResNet, ResNet, Vgg16Bn, WideResNet
from reference import (
    VALUES,
    Group,
    fill,
    fill_ints,
    gradients,
    images_from_ours,
    images_to_ours,
    load,
    pixels,
    weight_to_ours,
)

SCRIPT = "make-models.py"

# No closer to 0 may a value come to a ReLU: else rounding decides whether its gradient passes.
CLOSEST = 4e-6


def refuse_kinks(x):
    assert not torch.is_grad_enabled() or x.abs().min() > CLOSEST, "too close to the kink: give the images another label"


networks.look_at_relu = refuse_kinks


# ---------------------------------------------------------------------------------------------------------------------
# Values
# ---------------------------------------------------------------------------------------------------------------------

CLASSES = 10


def digest(label, tensor):
    """Two numbers that a mistake in any entry changes: the norm, and the sum of the entries times filled ones."""
    t = tensor.detach()
    return torch.stack([t.norm(), (t * fill(label, tuple(t.shape))).sum()])


def feature_to_ours(tensor):
    return images_to_ours(tensor) if tensor.dim() == 4 else tensor


def normalized(images):
    """As in dataset information with mean 0.5 and deviation 0.25 for every channel."""
    return (images_from_ours(images) - 0.5) / 0.25


def make_values():
    group = Group(SCRIPT, "models")
    for case, create, shape in [
        ("resnet18, width 4", lambda: ResNet(3, 4, (2, 2, 2, 2), "downsample", "fc", CLASSES), (4, 16, 18, 3)),
        (
            "resnet18 with the ImageNet stem, width 4",
            lambda: ResNet(3, 4, (2, 2, 2, 2), "downsample", "fc", CLASSES, imagenet_stem=True),
            (4, 40, 36, 3),
        ),
        ("preact-resnet18, width 4", lambda: PreActResNet(3, 4, (2, 2, 2, 2), CLASSES), (4, 18, 16, 3)),
        ("wrn-16-1", lambda: WideResNet(3, CLASSES), (4, 8, 8, 3)),
        ("vgg16-bn, width 4", lambda: Vgg16Bn(3, 4, CLASSES), (4, 32, 32, 3)),
        ("vgg16-bn on digits, width 4", lambda: Vgg16Bn(1, 4, CLASSES), (4, 28, 28, 1)),
        ("mobilenet-v2, width 4", lambda: MobileNetV2(1, 4, CLASSES), (4, 10, 12, 1)),
        ("resnet8", lambda: ResNet(1, 16, (1, 1, 1), None, "linear", CLASSES), (4, 14, 14, 1)),
        ("resnet20, width 6", lambda: ResNet(3, 6, (3, 3, 3), None, "linear", CLASSES), (4, 16, 14, 3)),
    ]:
        model = load(create(), f"{case}/weights").train()
        images = pixels(f"{case}/images0", shape)
        labels = torch.tensor(fill_ints(f"{case}/labels", shape[0], CLASSES))
        logits, features = model(normalized(images))
        loss = F.cross_entropy(logits, labels)
        loss.backward()
        statistics = {name: buffer for name, buffer in model.named_buffers() if "running" in name}
        tensors = {**gradients(model), **statistics}
        tensors |= {f"feature/{name}": feature_to_ours(feature) for name, feature in features.items()}
        group.put(
            case,
            {
                "logits": logits,
                "loss": loss,
                **{name: digest(f"{case}/digest/{name}", tensor) for name, tensor in tensors.items()},
            },
        )
        model = load(create(), f"{case}/weights").eval()
        with torch.no_grad():
            group.put(f"{case}, as deployed", {"logits": model(normalized(images))[0]})
    group.write()


# ---------------------------------------------------------------------------------------------------------------------
# Names
# ---------------------------------------------------------------------------------------------------------------------


def shapes(module):
    """By name, in the order of the state_dict, without the counters."""
    return {
        name: list(weight_to_ours(tensor).shape)
        for name, tensor in module.state_dict().items()
        if not name.endswith("num_batches_tracked")
    }


def make_names():
    models = {
        "resnet8": ResNet(3, 16, (1, 1, 1), None, "linear", CLASSES),
        "resnet20": ResNet(3, 16, (3, 3, 3), None, "linear", CLASSES),
        "resnet18": ResNet(3, 64, (2, 2, 2, 2), "downsample", "fc", CLASSES),
        "preact-resnet18": PreActResNet(3, 64, (2, 2, 2, 2), CLASSES),
        "wrn-16-1": WideResNet(3, CLASSES),
        "vgg16-bn": Vgg16Bn(3, 64, CLASSES),
        "mobilenet-v2": MobileNetV2(3, 32, CLASSES),
    }
    # Where torchvision has the network, its own names and shapes are what counts.
    theirs = shapes(torchvision_resnet18(num_classes=CLASSES))
    assert theirs | {"conv1.weight": [3, 3, 3, 64]} == shapes(models["resnet18"])
    assert theirs == shapes(ResNet(3, 64, (2, 2, 2, 2), "downsample", "fc", CLASSES, imagenet_stem=True))
    theirs = {name: s for name, s in shapes(torchvision_vgg16_bn()).items() if name.startswith("features.")}
    assert theirs | {"classifier.weight": [512, 10], "classifier.bias": [10]} == shapes(models["vgg16-bn"])

    lines = []
    for model, module in models.items():
        trainable = sum(p.numel() for p in module.parameters())
        weights = ",\n".join(f"      {json.dumps(name)}: {json.dumps(shape)}" for name, shape in shapes(module).items())
        lines.append(f'  {json.dumps(model)}: {{\n    "trainable": {trainable},\n    "weights": {{\n{weights}\n    }}\n  }}')
    (VALUES / "weight-names.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    make_values()
    make_names()
    for name in ("models", "weight-names"):
        print(f"{(VALUES / f'{name}.json').stat().st_size / 1000:.0f} kB in {name}.json")
