"""What this program's side has written: tensors of one step and data, in a safetensors file."""

import json
import struct
from pathlib import Path

import numpy as np
import torch

from reference import named_weights, weight_from_ours


class Sample:
    """The tensors of a safetensors file by name."""

    def __init__(self, path):
        content = Path(path).read_bytes()
        (length,) = struct.unpack("<Q", content[:8])
        header = json.loads(content[8 : 8 + length])
        header.pop("__metadata__", None)
        values = np.frombuffer(content, dtype="<f4", offset=8 + length)
        self.tensors = {}
        for name, entry in header.items():
            begin, end = (at // 4 for at in entry["data_offsets"])
            self.tensors[name] = torch.tensor(values[begin:end].reshape(entry["shape"]))

    def get(self, name):
        return self.tensors[name].to(torch.get_default_dtype())

    def under(self, prefix):
        start = f"{prefix}/"
        return {name[len(start) :]: self.get(name) for name in self.tensors if name.startswith(start)}

    def images(self, name):
        """Pixels as bytes, channels last, and class numbers."""
        return self.get(f"data/{name}/pixels").to(torch.uint8), self.get(f"data/{name}/labels").long()


def fill_in(module, weights):
    with torch.no_grad():
        for name, tensor in named_weights(module).items():
            tensor.copy_(weight_from_ours(weights[name]))
    return module


def as_pictures(pixels):
    return pixels.to(torch.get_default_dtype()).div_(255)
