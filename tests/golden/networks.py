"""The networks and losses of the laboratory in PyTorch: what the golden values are computed with, and what the benchmark
runs against. They compute in the precision that is PyTorch's default when they are made.
"""

import math

import torch
from torch import nn
from torch.nn import functional as F

from reference import images_from_ours

# Sees whatever comes to a ReLU of the models below: for scripts to which it matters how close to the kink that is.
look_at_relu = None


def relu(x):
    if look_at_relu is not None:
        look_at_relu(x)
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
# The small CNN
# ---------------------------------------------------------------------------------------------------------------------


class SmallCnn(nn.Module):
    def __init__(self, channels, width, classes, mean, deviation):
        super().__init__()
        self.mean, self.deviation = (torch.tensor(v).view(1, -1, 1, 1) for v in (mean, deviation))
        self.conv1 = nn.Conv2d(channels, width, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, 2 * width, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(2 * width)
        self.conv3 = nn.Conv2d(2 * width, 4 * width, 3, padding=1, bias=False)
        self.bn3 = nn.BatchNorm2d(4 * width)
        self.fc = nn.Linear(4 * width, classes)
        # Nothing to compute: places that attribution methods can hold on to.
        self.marks = nn.ModuleDict({name: nn.Identity() for name in ("conv1", "conv2", "conv3")})

    def activations(self, images):
        """What the classifying layer receives. Images in 0..1, channels last."""
        x = (images_from_ours(images) - self.mean) / self.deviation
        conv1 = self.marks["conv1"](F.relu(self.bn1(self.conv1(x))))
        conv2 = self.marks["conv2"](F.relu(self.bn2(self.conv2(F.max_pool2d(conv1, 2)))))
        conv3 = self.marks["conv3"](F.relu(self.bn3(self.conv3(F.max_pool2d(conv2, 2)))))
        self.maps = {"conv1": conv1, "conv2": conv2, "conv3": conv3}
        return conv3.mean((2, 3))

    def forward(self, images):
        return self.fc(self.activations(images))


# ---------------------------------------------------------------------------------------------------------------------
# Trigger recovery: MESA's networks, MINE's bounds, stamping
# ---------------------------------------------------------------------------------------------------------------------

PIECE = 16
NOISE = 4 * PIECE


class Generator(nn.Module):
    """MESA's patch generator: 16 of 64 noise values enter at each of four layers."""

    def __init__(self, patch, hidden):
        super().__init__()
        self.patch = patch
        self.fc1 = nn.Linear(PIECE, hidden)
        self.fc2 = nn.Linear(hidden + PIECE, hidden)
        self.fc3 = nn.Linear(hidden + PIECE, hidden)
        self.fc4 = nn.Linear(hidden + PIECE, math.prod(patch))
        self.bn1, self.bn2, self.bn3 = (nn.BatchNorm1d(hidden, track_running_stats=False) for _ in range(3))

    def forward(self, noise):
        z1, z2, z3, z4 = noise.split(PIECE, 1)
        h = F.leaky_relu(self.bn1(self.fc1(z1)), 0.2)
        h = F.leaky_relu(self.bn2(self.fc2(torch.cat([h, z2], 1))), 0.2)
        h = F.leaky_relu(self.bn3(self.fc3(torch.cat([h, z3], 1))), 0.2)
        return torch.sigmoid(self.fc4(torch.cat([h, z4], 1))).view(-1, *self.patch)


class StatisticsNetwork(nn.Module):
    """MINE's T(z, x): two linear maps without bias, summed, plus a bias; then H -> H and H -> 1."""

    def __init__(self, values, hidden):
        super().__init__()
        self.noise = nn.Linear(NOISE, hidden, bias=False)
        self.patch = nn.Linear(values, hidden, bias=False)
        self.input = nn.Module()
        self.input.bias = nn.Parameter(torch.zeros(hidden))
        self.fc2 = nn.Linear(hidden, hidden)
        self.fc3 = nn.Linear(hidden, 1)

    def forward(self, noise, patches):
        h = F.leaky_relu(self.noise(noise) + self.patch(patches) + self.input.bias, 0.2)
        h = F.leaky_relu(self.fc2(h), 0.2)
        return F.leaky_relu(self.fc3(h), 0.2)


def donsker_varadhan(joint, marginal):
    return joint.mean() - torch.log(marginal.exp().mean() + 1e-8)


def corrected(joint, marginal, average):
    return -(joint.mean() - marginal.exp().mean() / average)


def stamp(images, patches, rows, columns):
    count, height, width = patches.shape[:3]
    each = torch.arange(count).view(-1, 1, 1)
    rows = torch.as_tensor(rows).view(-1, 1, 1) + torch.arange(height).view(-1, 1)
    columns = torch.as_tensor(columns).view(-1, 1, 1) + torch.arange(width)
    return images.index_put((each, rows, columns), patches)


def recovery_step(model, generator, statistics, optimizers, average, batch, target, alpha, beta):
    """One step of MESA's alternating training. Also gives the model's probabilities of the target."""
    generator_optimizer, statistics_optimizer = optimizers
    patches = generator(batch["noise"])
    flat = patches.flatten(1)

    joint = statistics(batch["noise"], flat.detach())
    marginal = statistics(batch["other_noise"], flat.detach())
    average = (1 - 0.001) * average + 0.001 * marginal.exp().mean().detach()
    statistics_optimizer.zero_grad()
    corrected(joint, marginal, average).backward()
    statistics_optimizer.step()

    information = donsker_varadhan(statistics(batch["noise"], flat), statistics(batch["other_noise"], flat))
    stamped = stamp(batch["images"], patches + batch["pixel_noise"], batch["rows"], batch["columns"])
    of_target = model(stamped).softmax(1)[:, target]
    loss = -of_target.clamp(max=beta).mean() - alpha * information
    generator_optimizer.zero_grad()
    loss.backward(inputs=list(generator.parameters()))
    generator_optimizer.step()
    seen = {"loss": loss.detach(), "information": information.detach(), "average": average}
    return seen, of_target.detach()


# ---------------------------------------------------------------------------------------------------------------------
# Unlearning
# ---------------------------------------------------------------------------------------------------------------------


def soft_cross_entropy(logits, probabilities):
    return F.cross_entropy(logits, probabilities)


def unlearning_loss(model, anchor, batch, target, clean_weight, distillation, distance, joint, bound, ascend_on_all):
    """The loss, and the cross-entropy of each triggered image with the target, before it is bounded."""
    images = batch["images"]
    triggered = stamp(images, batch["patches"], batch["rows"], batch["columns"])
    if joint:
        clean_logits, triggered_logits = model(torch.cat([images, triggered])).chunk(2)
    else:
        clean_logits, triggered_logits = model(images), model(triggered)
    labels = batch["labels"]
    of_target = F.cross_entropy(triggered_logits, torch.full_like(labels, target), reduction="none")
    ascent = of_target if bound is None else of_target.clamp(max=bound)
    if not ascend_on_all:
        ascent = ascent[labels != target]
    moved = sum((p - anchor[name]).abs().sum() for name, p in model.named_parameters())
    answers = batch["answers"]
    loss = (
        clean_weight * F.cross_entropy(clean_logits, labels)
        - ascent.mean()
        + distance * moved
        + distillation * (soft_cross_entropy(clean_logits, answers) + soft_cross_entropy(triggered_logits, answers))
    )
    return loss, of_target.detach()
