"""The stages of BAERASER: recovery of triggers, search for the target, unlearning."""

import copy
import math

import networks
import torch

from classifiers import CLASSES, EVALUATION_BATCH, made_ready, predict
from sample import as_pictures

MEASURE_BATCH = 128
MEASURE_ROUNDS = 4
# What the laboratory's defaults are; a wrong one shows in the comparison of the step.
RECOVERY = {"patch": (3, 3, 1), "hidden": 512, "batch": 64, "lr": 0.0005, "noise": 0.1, "search": 10, "epochs": 30}
RECOVERY_LOSS = {"alpha": 0.1, "beta": 0.5}
UNLEARNING = {"epochs": 12, "batch": 32, "lr": 0.001}
UNLEARNING_LOSS = {
    "clean_weight": 1,
    "distillation": 3,
    "distance": 0.000001,
    "joint": True,
    "bound": 5,
    "ascend_on_all": False,
}
TARGET = 0


class Recovery:
    """The recovery of triggers of one class after the other against a fixed model."""

    def __init__(self, model, images, setting):
        self.model, self.images = model, images
        self.modules = [
            networks.Generator(RECOVERY["patch"], RECOVERY["hidden"]),
            networks.StatisticsNetwork(math.prod(RECOVERY["patch"]), RECOVERY["hidden"]),
        ]
        self.fresh = [copy.deepcopy(module.state_dict()) for module in self.modules]
        self.generator, self.statistics = (made_ready(module, setting) for module in self.modules)
        self.begin(TARGET)

    def begin(self, target):
        self.target = target
        pixels, labels = self.images
        self.pixels = pixels[labels != target]
        for module, fresh in zip(self.modules, self.fresh):
            module.load_state_dict(fresh)
        self.optimizers = [
            torch.optim.Adam(module.parameters(), lr=RECOVERY["lr"], betas=(0.5, 0.999), fused=True)
            for module in self.modules
        ]
        self.average = torch.tensor(1.0)
        return self

    def step(self, batch):
        seen, _ = networks.recovery_step(
            self.model,
            self.generator,
            self.statistics,
            self.optimizers,
            self.average,
            batch,
            self.target,
            **RECOVERY_LOSS,
        )
        self.average = seen["average"]
        return seen

    def draw(self, pixels):
        count, (height, width, channels) = len(pixels), RECOVERY["patch"]
        return {
            "images": as_pictures(pixels),
            "noise": torch.rand(count, networks.NOISE),
            "other_noise": torch.rand(count, networks.NOISE),
            "pixel_noise": torch.randn(count, height, width, channels) * RECOVERY["noise"],
            **random_places(pixels.shape[1:], count),
        }

    def epoch(self):
        size = RECOVERY["batch"]
        for indices in torch.randperm(len(self.pixels)).split(size):
            if len(indices) == size:
                seen = self.step(self.draw(self.pixels[indices]))
        return seen["information"].item()

    def patches(self, count):
        with torch.no_grad():
            return self.generator(torch.rand(count, networks.NOISE))

    def success(self, model, images, rounds):
        """Share of images of other classes that the model takes for the target with a fresh patch."""
        pixels, labels = images
        others, hits = pixels[labels != self.target], 0
        for _ in range(rounds):
            for part in others.split(MEASURE_BATCH):
                patches = self.patches(MEASURE_BATCH)[: len(part)]
                places = random_places(part.shape[1:], len(part))
                with torch.inference_mode():
                    stamped = networks.stamp(as_pictures(part), patches, places["rows"], places["columns"])
                    hits += (model(stamped).argmax(1) == self.target).sum().item()
        return hits / (len(others) * rounds)


def random_places(image, count):
    patch = RECOVERY["patch"]
    return {
        "rows": torch.randint(image[0] - patch[0] + 1, (count,)),
        "columns": torch.randint(image[1] - patch[1] + 1, (count,)),
    }


def batch_of(inputs):
    """Inputs of a step as this program's side names them."""
    names = {"otherNoise": "other_noise", "pixelNoise": "pixel_noise"}
    whole = ("rows", "columns", "labels")
    return {names.get(name, name): t.long() if name in whole else t for name, t in inputs.items()}


def search(recovery, model, validation):
    """The class whose recovered triggers succeed best."""
    successes = []
    predict(model, validation[0])
    for target in range(CLASSES):
        recovery.begin(target)
        for _ in range(RECOVERY["search"]):
            recovery.epoch()
        successes.append(recovery.success(model, validation, MEASURE_ROUNDS))
    return successes.index(max(successes))


class Unlearning:
    """The unlearning of recovered triggers; each epoch ends with a look at the weights."""

    def __init__(self, victim, recovery, defender, validation, setting):
        self.recovery, self.validation = recovery, validation
        self.pixels, self.labels = defender
        self.module = copy.deepcopy(victim)
        self.module.train().requires_grad_(True)
        self.model = made_ready(self.module, setting)
        self.anchor = {name: p.detach().clone() for name, p in self.module.named_parameters()}
        with torch.inference_mode():
            parts = [victim(as_pictures(part)).softmax(1) for part in self.pixels.split(EVALUATION_BATCH)]
        self.answers = torch.cat(parts).clone()
        self.optimizer = torch.optim.Adam(self.module.parameters(), lr=UNLEARNING["lr"], fused=True)

    def loss(self, batch):
        model = Named(self.model, self.module)
        return networks.unlearning_loss(model, self.anchor, batch, TARGET, **UNLEARNING_LOSS)[0]

    def step(self, batch):
        self.optimizer.zero_grad()
        loss = self.loss(batch)
        loss.backward()
        self.optimizer.step()
        return loss.detach()

    def draw(self, indices):
        pixels = self.pixels[indices]
        return {
            "images": as_pictures(pixels),
            "labels": self.labels[indices],
            "answers": self.answers[indices],
            "patches": self.recovery.patches(len(indices)),
            **random_places(pixels.shape[1:], len(indices)),
        }

    def epoch(self, observe=lambda: None):
        for indices in torch.randperm(len(self.labels)).split(UNLEARNING["batch"]):
            loss = self.step(self.draw(indices))
            observe()
        self.look()
        return loss.item()

    def look(self):
        self.module.eval()
        self.recovery.success(self.model, self.validation, MEASURE_ROUNDS)
        predict(self.model, self.validation[0])
        self.module.train()


class Named:
    """A model as it is called, with the names of the parameters of the module that it was made of."""

    def __init__(self, call, module):
        self.call, self.named_parameters = call, module.named_parameters

    def __call__(self, *inputs):
        return self.call(*inputs)
