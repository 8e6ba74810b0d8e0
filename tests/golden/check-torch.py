"""Loads a file of ours with the real PyTorch, as weights only, and compares it with its safetensors, read by hand.

python tests/golden/check-torch.py weights.pt weights.safetensors
"""

import json
import struct
import sys

import torch

path, original = sys.argv[1:3]
loaded = torch.load(path, weights_only=True)
with open(original, "rb") as file:
    header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
    data = file.read()
names = [name for name in header if name != "__metadata__"]
assert list(loaded) == names, (list(loaded), names)
for name in names:
    begin, end = header[name]["data_offsets"]
    values = torch.tensor(struct.unpack(f"<{(end - begin) // 4}f", data[begin:end]))
    expected = values.reshape(header[name]["shape"])
    if expected.dim() == 4:
        expected = expected.permute(3, 2, 0, 1)
    if expected.dim() == 2:
        expected = expected.T
    assert loaded[name].is_contiguous(), name
    assert torch.equal(loaded[name], expected), name

# A model of the same names takes it, strictly.
width, channels = loaded["conv1.weight"].shape[:2]
classes = loaded["fc.weight"].shape[0]


class SmallCnn(torch.nn.Module):
    def __init__(self):
        super().__init__()
        for index, (inner, outer) in enumerate([(channels, width), (width, 2 * width), (2 * width, 4 * width)], 1):
            setattr(self, f"conv{index}", torch.nn.Conv2d(inner, outer, 3, padding=1, bias=False))
            setattr(self, f"bn{index}", torch.nn.BatchNorm2d(outer))
        self.fc = torch.nn.Linear(4 * width, classes)


SmallCnn().load_state_dict(loaded, strict=True)
assert torch.load(path, weights_only=True, mmap=True).keys() == loaded.keys()
print(f"{len(names)} tensors equal")
