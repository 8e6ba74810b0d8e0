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
from torch import nn
from torch.nn import functional as F
from torchvision.models import resnet18 as torchvision_resnet18
from torchvision.models import vgg16_bn as torchvision_vgg16_bn

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


def relu(x):
    assert not torch.is_grad_enabled() or x.abs().min() > CLOSEST, "too close to the kink: give the images another label"
    return F.relu(x)


class ReLU(nn.Module):
    def forward(self, x):
        return relu(x)


def conv3x3(c_in, c_out, stride=1):
    return nn.Conv2d(c_in, c_out, 3, stride, 1, bias=False)


def flat_mean(x):
    return F.adaptive_avg_pool2d(x, 1).flatten(1)


# ---------------------------------------------------------------------------------------------------------------------
# Residual networks
# ---------------------------------------------------------------------------------------------------------------------


class BasicBlock(nn.Module):
    """`shortcut`: "downsample" for torchvision's projection, None for option A of the paper."""

    def __init__(self, c_in, c_out, stride, shortcut):
        super().__init__()
        self.conv1, self.bn1 = conv3x3(c_in, c_out, stride), nn.BatchNorm2d(c_out)
        self.conv2, self.bn2 = conv3x3(c_out, c_out), nn.BatchNorm2d(c_out)
        self.changes = stride != 1 or c_in != c_out
        if self.changes and shortcut == "downsample":
            self.downsample = nn.Sequential(nn.Conv2d(c_in, c_out, 1, stride, bias=False), nn.BatchNorm2d(c_out))

    def forward(self, x):
        y = self.bn2(self.conv2(relu(self.bn1(self.conv1(x)))))
        if self.changes:
            if hasattr(self, "downsample"):
                x = self.downsample(x)
            else:
                more = y.shape[1] - x.shape[1]
                x = F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, more // 2, more - more // 2))
        return relu(x + y)


class PreActBlock(nn.Module):
    """`projection` makes and registers the shortcut: BackdoorBench and NAD name it differently."""

    def __init__(self, c_in, c_out, stride, projection):
        super().__init__()
        self.bn1, self.conv1 = nn.BatchNorm2d(c_in), conv3x3(c_in, c_out, stride)
        self.bn2, self.conv2 = nn.BatchNorm2d(c_out), conv3x3(c_out, c_out)
        self.changes = stride != 1 or c_in != c_out
        if self.changes:
            name, wrap = projection
            setattr(self, name, wrap(nn.Conv2d(c_in, c_out, 1, stride, bias=False)))
            self.projection_name = name

    def forward(self, x):
        activated = relu(self.bn1(x))
        y = self.conv2(relu(self.bn2(self.conv1(activated))))
        return y + (getattr(self, self.projection_name)(activated) if self.changes else x)


def stage(block, c_in, c_out, count, stride):
    return nn.Sequential(*(block(c_in if i == 0 else c_out, c_out, stride if i == 0 else 1) for i in range(count)))


class ResNet(nn.Module):
    """With a stem for small images; `classifier` is what the linear layer is called."""

    def __init__(self, channels, width, counts, shortcut, classifier, classes, imagenet_stem=False):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, width, 7, 2, 3, bias=False) if imagenet_stem else conv3x3(channels, width)
        self.bn1 = nn.BatchNorm2d(width)
        self.imagenet_stem = imagenet_stem
        c_in = width
        for i, count in enumerate(counts):
            c_out = width * 2**i
            block = lambda a, b, s: BasicBlock(a, b, s, shortcut)
            setattr(self, f"layer{i + 1}", stage(block, c_in, c_out, count, 1 if i == 0 else 2))
            c_in = c_out
        self.places = [f"layer{i + 1}" for i in range(len(counts))]
        self.classifier_name = classifier
        setattr(self, classifier, nn.Linear(c_in, classes))

    def forward(self, x):
        x = relu(self.bn1(self.conv1(x)))
        if self.imagenet_stem:
            x = F.max_pool2d(x, 3, 2, 1)
        features = {}
        for place in self.places:
            features[place] = x = getattr(self, place)(x)
        features["pooled"] = flat_mean(x)
        return getattr(self, self.classifier_name)(features["pooled"]), features


class PreActResNet(nn.Module):
    """BackdoorBench: straight from the last block to the average."""

    def __init__(self, channels, width, counts, classes):
        super().__init__()
        self.conv1 = conv3x3(channels, width)
        c_in = width
        for i, count in enumerate(counts):
            c_out = width * 2**i
            block = lambda a, b, s: PreActBlock(a, b, s, ("shortcut", nn.Sequential))
            setattr(self, f"layer{i + 1}", stage(block, c_in, c_out, count, 1 if i == 0 else 2))
            c_in = c_out
        self.places = [f"layer{i + 1}" for i in range(len(counts))]
        self.linear = nn.Linear(c_in, classes)

    def forward(self, x):
        x, features = self.conv1(x), {}
        for place in self.places:
            features[place] = x = getattr(self, place)(x)
        features["pooled"] = flat_mean(x)
        return self.linear(features["pooled"]), features


class WideBlock(nn.Module):
    def __init__(self, c_in, c_out, count, stride):
        super().__init__()
        block = lambda a, b, s: PreActBlock(a, b, s, ("convShortcut", lambda conv: conv))
        self.layer = stage(block, c_in, c_out, count, stride)

    def forward(self, x):
        return self.layer(x)


class WideResNet(nn.Module):
    """NAD's WRN-16-1."""

    def __init__(self, channels, classes):
        super().__init__()
        self.conv1 = conv3x3(channels, 16)
        self.block1, self.block2, self.block3 = WideBlock(16, 16, 2, 1), WideBlock(16, 32, 2, 2), WideBlock(32, 64, 2, 2)
        self.bn1 = nn.BatchNorm2d(64)
        self.fc = nn.Linear(64, classes)

    def forward(self, x):
        x, features = self.conv1(x), {}
        for place in ("block1", "block2", "block3"):
            features[place] = x = getattr(self, place)(x)
        features["pooled"] = flat_mean(relu(self.bn1(x)))
        return self.fc(features["pooled"]), features


# ---------------------------------------------------------------------------------------------------------------------
# The others
# ---------------------------------------------------------------------------------------------------------------------


class Vgg16Bn(nn.Module):
    def __init__(self, channels, width, classes):
        super().__init__()
        layers, c_in = [], channels
        for factor, count in ((1, 2), (2, 2), (4, 3), (8, 3), (8, 3)):
            for _ in range(count):
                layers += [nn.Conv2d(c_in, factor * width, 3, padding=1), nn.BatchNorm2d(factor * width), ReLU()]
                c_in = factor * width
            layers.append(nn.MaxPool2d(2, 2))
        self.features = nn.Sequential(*layers)
        self.classifier = nn.Linear(c_in, classes)

    def forward(self, x):
        features = {}
        for layer in self.features:
            if isinstance(layer, nn.MaxPool2d):
                features[f"block{len(features) + 1}"] = x
                if min(x.shape[2:]) < 2:
                    continue
            x = layer(x)
        features["pooled"] = flat_mean(x)
        return self.classifier(features["pooled"]), features


class InvertedResidual(nn.Module):
    def __init__(self, c_in, c_out, expansion, stride):
        super().__init__()
        inner = expansion * c_in
        self.conv1, self.bn1 = nn.Conv2d(c_in, inner, 1, bias=False), nn.BatchNorm2d(inner)
        self.conv2 = nn.Conv2d(inner, inner, 3, stride, 1, groups=inner, bias=False)
        self.bn2 = nn.BatchNorm2d(inner)
        self.conv3, self.bn3 = nn.Conv2d(inner, c_out, 1, bias=False), nn.BatchNorm2d(c_out)
        self.keeps_size = stride == 1
        self.shortcut = nn.Sequential()
        if stride == 1 and c_in != c_out:
            self.shortcut = nn.Sequential(nn.Conv2d(c_in, c_out, 1, bias=False), nn.BatchNorm2d(c_out))

    def forward(self, x):
        y = relu(self.bn2(self.conv2(relu(self.bn1(self.conv1(x))))))
        y = self.bn3(self.conv3(y))
        return y + self.shortcut(x) if self.keeps_size else y


class MobileNetV2(nn.Module):
    ROWS = ((1, 16, 1, 1), (6, 24, 2, 1), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1))

    def __init__(self, channels, width, classes):
        super().__init__()
        self.conv1, self.bn1 = conv3x3(channels, width), nn.BatchNorm2d(width)
        layers, c_in, self.ends = [], width, {}
        for row, (expansion, c_out, count, stride) in enumerate(self.ROWS, 1):
            c_out = c_out * width // 32
            for i in range(count):
                layers.append(InvertedResidual(c_in, c_out, expansion, stride if i == 0 else 1))
                c_in = c_out
            self.ends[len(layers) - 1] = f"stage{row}"
        self.layers = nn.Sequential(*layers)
        self.conv2, self.bn2 = nn.Conv2d(c_in, 40 * width, 1, bias=False), nn.BatchNorm2d(40 * width)
        self.linear = nn.Linear(40 * width, classes)

    def forward(self, x):
        x, features = relu(self.bn1(self.conv1(x))), {}
        for i, layer in enumerate(self.layers):
            x = layer(x)
            if self.ends.get(i) in ("stage2", "stage3", "stage5"):
                features[self.ends[i]] = x
        features["conv2"] = x = relu(self.bn2(self.conv2(x)))
        features["pooled"] = flat_mean(x)
        return self.linear(features["pooled"]), features


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
