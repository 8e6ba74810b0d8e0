"""How far the results of a step are from those in double precision, and how many operations it is."""

import math

from torch.utils._python_dispatch import TorchDispatchMode

from reference import weight_to_ours


def distances(values, truth):
    """Of each kind of result (loss, gradients, logits), how far the values are from the truth, relative, in the L2 norm."""
    return {kind: max(distance(values[kind], name, theirs) for name in theirs) for kind, theirs in truth.items()}


def distance(values, name, truth):
    # What vanishes (the gradient of a bias before batch normalisation) counts by the size of all of the kind.
    total = math.sqrt(sum(t.norm().item() ** 2 for t in truth.values()))
    return ((values[name].double() - truth[name]).norm() / (truth[name].norm() + 0.01 * total + 1e-12)).item()


def ours_like(sample, results):
    """This program's results by the same names."""
    places = {"loss": "outputs", "logits": "outputs", "gradients": "after"}
    return {kind: {name: sample.get(f"{places[kind]}/{name}") for name in named} for kind, named in results.items()}


def gradients_kept(optimizer, module, prefix):
    """What SGD or Adam remembers after its first step: the gradient, times a constant, under the state's names."""
    kinds = {"momentum_buffer": "velocity", "exp_avg": "mean"}
    return {
        f"{prefix}/{ours}/{name}": weight_to_ours(optimizer.state[parameter][theirs]).detach()
        for name, parameter in module.named_parameters()
        for theirs, ours in kinds.items()
        if theirs in optimizer.state[parameter]
    }


class CountOperations(TorchDispatchMode):
    def __init__(self):
        super().__init__()
        self.count = 0

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        self.count += 1
        return function(*args, **(kwargs or {}))
