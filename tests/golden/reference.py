"""What the scripts that compute reference values share: inputs and weights, layouts, writing.

It shares no file with the laboratory: both sides compute the same inputs and weights from the same formula (`fill` here
and in fill.ts), in double precision here. Tensors are filled, and values written, in the laboratory's layout: images
batch x height x width x channels, convolutions height x width x in x out, linear weights in x out.
"""

import datetime
import json
import math
from pathlib import Path

import numpy as np
import torch

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)

VALUES = Path(__file__).parent / "values"

# ---------------------------------------------------------------------------------------------------------------------
# Inputs and weights
# ---------------------------------------------------------------------------------------------------------------------


def hashes(label, count):
    """32 random-looking bits for each index: FNV-1a of the label, then MurmurHash3's finalizer. Exact on both sides."""
    seed = 0x811C9DC5
    for byte in label.encode("ascii"):
        seed = ((seed ^ byte) * 0x01000193) & 0xFFFFFFFF
    h = (np.arange(count, dtype=np.uint64) * 0x9E3779B9 + seed) & 0xFFFFFFFF
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        h = ((h ^ (h >> shift)) * factor) & 0xFFFFFFFF
    return h ^ (h >> 16)


def fill(label, shape, scale=1.0, offset=0.0):
    """offset + scale * u with u evenly spread over -1..1, rounded to float32 as the laboratory does."""
    u = hashes(label, math.prod(shape)).astype(np.float64) / 2**31 - 1
    return torch.tensor((offset + scale * u).astype(np.float32).reshape(shape).astype(np.float64))


def pixels(label, shape):
    return fill(label, shape, 0.5, 0.5)


def fill_ints(label, count, below):
    return [int(h) % below for h in hashes(label, count)]


def fill_weight(label, shape):
    """A weight by its name and shape: spread so that layers keep the size of what passes through them."""
    if label.endswith("running_var") or (label.endswith("weight") and len(shape) == 1):
        return fill(label, shape, 0.5, 1.0)
    if len(shape) == 1:
        return fill(label, shape, 0.5)
    return fill(label, shape, math.sqrt(3 / math.prod(shape[:-1])))


# ---------------------------------------------------------------------------------------------------------------------
# Layouts
# ---------------------------------------------------------------------------------------------------------------------


def weight_from_ours(t):
    return t.permute(3, 2, 0, 1) if t.dim() == 4 else t.T if t.dim() == 2 else t


def weight_to_ours(t):
    return t.permute(2, 3, 1, 0) if t.dim() == 4 else t.T if t.dim() == 2 else t


def images_from_ours(t):
    return t.permute(0, 3, 1, 2)


def images_to_ours(t):
    return t.permute(0, 2, 3, 1)


def named_weights(module):
    """Parameters and running statistics by name."""
    named = {**dict(module.named_parameters()), **dict(module.named_buffers())}
    return {name: t for name, t in named.items() if not name.endswith("num_batches_tracked")}


def load(module, label):
    with torch.no_grad():
        for name, tensor in named_weights(module).items():
            ours = weight_to_ours(tensor)
            tensor.copy_(weight_from_ours(fill_weight(f"{label}/{name}", tuple(ours.shape))))
    return module


def snapshot(module, prefix=""):
    return {prefix + name: weight_to_ours(t).detach().clone() for name, t in named_weights(module).items()}


def gradients(module):
    return {f"gradient/{name}": weight_to_ours(p.grad) for name, p in module.named_parameters()}



# ---------------------------------------------------------------------------------------------------------------------
# Writing
# ---------------------------------------------------------------------------------------------------------------------

WHOLE = 40
ENTRIES = 16


def short(value):
    return float(f"{float(value):.9g}")


def summary(tensor):
    """The tensor itself if small, else what shows a wrong one: sums, norm and some of its entries."""
    values = np.asarray(tensor.detach().contiguous(), dtype=np.float64)
    flat = values.reshape(-1)
    assert np.isfinite(flat).all()
    if flat.size <= WHOLE:
        return {"shape": list(values.shape), "values": [short(v) for v in flat]}
    return {
        "shape": list(values.shape),
        "sum": short(flat.sum()),
        "absoluteSum": short(np.abs(flat).sum()),
        "norm": short(np.sqrt(np.square(flat).sum())),
        "entries": [short(flat[k * (flat.size - 1) // (ENTRIES - 1)]) for k in range(ENTRIES)],
    }


class Group:
    """The cases of one file."""

    def __init__(self, script, name):
        self.script = script
        self.name = name
        self.cases = {}

    def add(self, case, **tensors):
        self.put(case, tensors)

    def put(self, case, tensors):
        assert case not in self.cases, case
        self.cases[case] = {name: summary(t) for name, t in tensors.items()}

    def write(self):
        about = {
            "script": f"tests/golden/{self.script}",
            "torch": torch.__version__.split("+")[0],
            "date": datetime.date.today().isoformat(),
        }
        cases = ",\n".join(
            f'    {json.dumps(case)}: {{\n'
            + ",\n".join(f"      {json.dumps(n)}: {json.dumps(s, separators=(',', ':'))}" for n, s in tensors.items())
            + "\n    }"
            for case, tensors in self.cases.items()
        )
        head = ",\n".join(f"  {json.dumps(k)}: {json.dumps(v)}" for k, v in about.items())
        VALUES.mkdir(exist_ok=True)
        (VALUES / f"{self.name}.json").write_text(f'{{\n{head},\n  "cases": {{\n{cases}\n  }}\n}}\n')


def pull(y, case):
    """A scalar whose gradient with respect to y is a filled tensor, so that a mistake in any entry shows."""
    return (y * fill(f"{case}/pull", tuple(y.shape))).sum()


def leaf(tensor):
    return tensor.clone().requires_grad_()
