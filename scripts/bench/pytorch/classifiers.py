"""Classifiers, and how they are trained and asked."""

import networks
import torch
from torch.nn import functional as F

from sample import as_pictures, fill_in

CLASSES = 10
EVALUATION_BATCH = 256
# What the laboratory's defaults are; a wrong one shows in the comparison of the step.
TRAINING = {"epochs": 10, "batch": 64, "lr": 0.05, "momentum": 0.9, "weight_decay": 0.0005}


class Classifier(torch.nn.Module):
    """Images in 0..1, channels last, to logits, in the given layout of memory."""

    def __init__(self, model, channels, deviation, layout):
        super().__init__()
        mean = 0.5
        create = {
            "small-cnn": lambda: networks.SmallCnn(channels, 16, CLASSES, [mean] * channels, [deviation] * channels),
            "resnet8": lambda: networks.ResNet(channels, 16, (1, 1, 1), None, "linear", CLASSES),
            "resnet18": lambda: networks.ResNet(channels, 64, (2, 2, 2, 2), "downsample", "fc", CLASSES),
            "preact-resnet18": lambda: networks.PreActResNet(channels, 64, (2, 2, 2, 2), CLASSES),
            "vgg16-bn": lambda: networks.Vgg16Bn(channels, 64, CLASSES),
        }
        self.inner = create[model]()
        self.normalizes_itself = model == "small-cnn"
        self.mean, self.deviation = mean, deviation
        self.layout = layout
        if layout == "channels-last":
            self.inner.to(memory_format=torch.channels_last)

    def forward(self, images):
        if self.layout == "channels-first":
            images = images.permute(0, 3, 1, 2).contiguous().permute(0, 2, 3, 1)
        if self.normalizes_itself:
            return self.inner(images)
        return self.inner((images.permute(0, 3, 1, 2) - self.mean) / self.deviation)[0]


def classifier(model, channels, deviation, weights, setting):
    """The module that owns the weights, and how to call it."""
    module = Classifier(model, channels, deviation, setting["layout"])
    fill_in(module.inner, weights)
    return module, made_ready(module, setting)


def digit_classifier(weights, setting):
    return classifier("small-cnn", 1, 0.5, weights, setting)


def made_ready(module, setting):
    return torch.compile(module) if setting["compiled"] else module


def predict(model, pixels):
    """Classes of all images, with running statistics."""
    with torch.inference_mode():
        return torch.cat([model(as_pictures(part)).argmax(1) for part in pixels.split(EVALUATION_BATCH)])


def autocast(narrow):
    return torch.autocast("cpu", dtype=torch.bfloat16, enabled=narrow)


def train_on(model, optimizer, pixels, labels, narrow=False):
    optimizer.zero_grad()
    with autocast(narrow):
        loss = F.cross_entropy(model(as_pictures(pixels)), labels)
    loss.backward()
    optimizer.step()
    return loss.detach()


def sgd(module):
    options = {key: TRAINING[key] for key in ("lr", "momentum", "weight_decay")}
    return torch.optim.SGD(module.parameters(), fused=True, **options)


def train_epoch(model, optimizer, pixels, labels, batch, narrow=False):
    for indices in torch.randperm(len(labels)).split(batch):
        loss = train_on(model, optimizer, pixels[indices], labels[indices], narrow)
    return loss.item()
