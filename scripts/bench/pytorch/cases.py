"""
The cases: `results` are those of the step that is compared, `unit` is timed, `trial` is a unit or, where that is long, a
part of it to choose a setting by, and in `one_step` operations are counted.
"""

import torch
from torch.nn import functional as F

from classifiers import CLASSES, EVALUATION_BATCH, TRAINING, autocast, classifier, digit_classifier, predict, sgd, train_epoch, train_on
from comparing import gradients_kept
from sample import as_pictures, fill_in
from stages import RECOVERY, TARGET, UNLEARNING, Recovery, Unlearning, batch_of, search

# Images that are followed through the steps of the unlearning.
WALL = 96
# Of training, to one epoch of recovery: as in the whole experiment.
TRIAL_STEPS = 9
# Test images that are looked at after each epoch.
CURVE_IMAGES = 1000


class Case:
    def trial(self):
        self.unit()


class Train(Case):
    def __init__(self, case, sample, setting):
        self.case, self.sample = case, sample
        self.pixels, self.labels = sample.images("images")
        self.start = sample.under("before/weights")
        self.module, self.model = self.create(setting)
        self.optimizer = sgd(self.module)
        # What is compared with is in double precision.
        self.narrow = case.get("precision") == "bfloat16" and torch.get_default_dtype() == torch.float32

    def create(self, setting):
        return classifier(self.case["model"], self.pixels.shape[-1], 0.25, self.start, setting)

    def results(self):
        inputs = self.sample.under("inputs")
        with autocast(self.narrow):
            loss = F.cross_entropy(self.model(inputs["images"]), inputs["labels"].long())
        loss.backward()
        self.optimizer.step()
        gradients = gradients_kept(self.optimizer, self.module.inner, "optimizer")
        return {"loss": {"loss": loss.detach()}, "gradients": gradients}

    def one_step(self):
        batch = self.case["batch"]
        train_on(self.model, self.optimizer, self.pixels[:batch], self.labels[:batch], self.narrow)

    def unit(self):
        train_epoch(self.model, self.optimizer, self.pixels, self.labels, self.case["batch"], self.narrow)


class Infer(Case):
    def __init__(self, case, sample, setting):
        self.case, self.sample = case, sample
        self.pixels, _ = sample.images("images")
        channels = self.pixels.shape[-1]
        module, self.model = classifier(case["model"], channels, 0.25, sample.under("before"), setting)
        module.eval()

    def results(self):
        with torch.inference_mode():
            return {"logits": {"logits": self.model(self.sample.get("inputs/images"))}}

    def one_step(self):
        with torch.inference_mode():
            self.model(as_pictures(self.pixels[: self.case["batch"]]))

    def unit(self):
        with torch.inference_mode():
            for part in self.pixels.split(self.case["batch"]):
                self.model(as_pictures(part))


class Evaluation(Infer):
    def __init__(self, case, sample, setting):
        self.sample = sample
        self.case = {"batch": EVALUATION_BATCH}
        self.pixels, _ = sample.images("test")
        module, self.model = digit_classifier(sample.under("before"), setting)
        module.eval()

    def unit(self):
        predict(self.model, self.pixels)


def victim_of(sample, setting):
    module, model = digit_classifier(sample.under("data/victim"), setting)
    module.eval().requires_grad_(False)
    return module, model


class RecoveryEpoch(Case):
    def __init__(self, case, sample, setting):
        self.sample = sample
        _, self.model = victim_of(sample, setting)
        self.recovery = Recovery(self.model, sample.images("defender"), setting)

    def results(self):
        names = ("generator", "statistics")
        for name, module in zip(names, self.recovery.modules):
            fill_in(module, self.sample.under(f"before/{name}"))
        seen = self.recovery.step(batch_of(self.sample.under("inputs")))
        gradients = {}
        for name, module, optimizer in zip(names, self.recovery.modules, self.recovery.optimizers):
            gradients |= gradients_kept(optimizer, module, f"{name}Optimizer")
        return {"loss": {"loss": seen["loss"]}, "gradients": gradients}

    def one_step(self):
        self.recovery.step(self.recovery.draw(self.recovery.pixels[: RECOVERY["batch"]]))

    def unit(self):
        self.recovery.epoch()


class TargetSearch(RecoveryEpoch):
    def trial(self):
        self.recovery.epoch()

    def unit(self):
        search(self.recovery, self.model, self.sample.images("validation"))


class UnlearningEpoch(Case):
    def __init__(self, case, sample, setting):
        self.sample = sample
        victim, model = victim_of(sample, setting)
        defender = sample.images("defender")
        recovery = Recovery(model, defender, setting)
        self.unlearning = Unlearning(victim, recovery, defender, sample.images("validation"), setting)

    def results(self):
        loss = self.unlearning.step(batch_of(self.sample.under("inputs")))
        gradients = gradients_kept(self.unlearning.optimizer, self.unlearning.module.inner, "optimizer")
        return {"loss": {"loss": loss}, "gradients": gradients}

    def one_step(self):
        self.unlearning.step(self.unlearning.draw(torch.arange(UNLEARNING["batch"])))

    def unit(self):
        self.unlearning.epoch()


class Experiment(Train):
    """Training with a look at the test images after each epoch, search, recovery, unlearning with further looks."""

    def __init__(self, case, sample, setting):
        super().__init__({"batch": TRAINING["batch"]}, sample, setting)
        self.setting = setting
        self.test, self.defender, self.validation = (sample.images(name) for name in ("test", "defender", "validation"))
        self.trial_recovery = Recovery(self.create(setting)[1].eval().requires_grad_(False), self.defender, setting)

    def create(self, setting):
        return digit_classifier(self.start, setting)

    def trial(self):
        part = slice(0, TRIAL_STEPS * TRAINING["batch"])
        train_epoch(self.model, self.optimizer, self.pixels[part], self.labels[part], TRAINING["batch"])
        self.trial_recovery.epoch()

    def unit(self):
        module, model = self.create(self.setting)
        optimizer = sgd(module)
        for _ in range(TRAINING["epochs"]):
            train_epoch(model, optimizer, self.pixels, self.labels, TRAINING["batch"])
            self.evaluate(module, model)
        module.eval().requires_grad_(False)
        recovery = Recovery(model, self.defender, self.setting)
        search(recovery, model, self.validation)
        recovery.begin(TARGET)
        for _ in range(RECOVERY["epochs"]):
            recovery.epoch()
            recovery.success(model, self.validation, 1)
        unlearning = Unlearning(module, recovery, self.defender, self.validation, self.setting)
        for _ in range(UNLEARNING["epochs"]):
            unlearning.epoch(lambda: self.look_at(unlearning.module, unlearning.model, [self.test[0][:WALL]]))
            self.evaluate(unlearning.module, unlearning.model)

    def evaluate(self, module, model):
        """Clean test images, and those with a trigger, which are not of the target class."""
        pixels = self.test[0][:CURVE_IMAGES]
        self.look_at(module, model, [pixels, pixels[: len(pixels) * (CLASSES - 1) // CLASSES]])

    def look_at(self, module, model, sets):
        module.eval()
        for pixels in sets:
            predict(model, pixels)
        module.train()


CASES = {
    "train": Train,
    "infer": Infer,
    "evaluation": Evaluation,
    "recovery-epoch": RecoveryEpoch,
    "target-search": TargetSearch,
    "unlearning-epoch": UnlearningEpoch,
    "experiment": Experiment,
}
