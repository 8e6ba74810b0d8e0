#!/usr/bin/env python3
"""Saves small models with PyTorch as training code of the field saves them, and their logits.

    python3 -m venv X
    X/bin/pip install torch numpy pillow
    X/bin/python tests/golden/make-model-files.py

It writes tests/fixtures/models/*.gz (each packed, so that they stay small) and tests/golden/values/model-files.json.
"""

import gzip
import io
import json
import math
import pickle
from collections import OrderedDict

import numpy as np
import torch
import torch.nn.utils.prune
from PIL import Image

from networks import MobileNetV2, PreActResNet, ResNet, Vgg16Bn, WideResNet
from reference import VALUES, fill, images_from_ours, named_weights, pixels, weight_from_ours, weight_to_ours

FILES = VALUES.parent.parent / "fixtures" / "models"
CLASSES = 10
# All weights are made of the same few short numbers, so that files pack well; a prime, so that a weight in the wrong
# layout is another one.
PERIOD = 61
NORMALIZATIONS = {"backdoorbench": ([0.4914, 0.4822, 0.4465], [0.247, 0.243, 0.261]), "none": ([0.0], [1.0])}


def repeating(module, label):
    few = (fill(label, (PERIOD,)) * 16).round() / 16
    with torch.no_grad():
        for k, (name, tensor) in enumerate(named_weights(module).items()):
            ours = tuple(weight_to_ours(tensor).shape)
            size = math.prod(ours)
            values = few.roll(7 * k).repeat(size // PERIOD + 1)[:size].reshape(ours)
            if len(ours) > 1:
                values = values * 2.0 ** round(math.log2(math.sqrt(3 / math.prod(ours[:-1]))))
            elif name.endswith("running_var") or name.endswith("weight"):
                values = 1 + values / 2
            tensor.copy_(weight_from_ours(values))
    return module.float()


def state(module, rename=lambda name: name):
    return OrderedDict((rename(name), tensor) for name, tensor in module.state_dict().items())


def save(name, value, **options):
    buffer = io.BytesIO()
    torch.save(value, buffer, **options)
    pack(name, buffer.getvalue())


def pack(name, content):
    FILES.mkdir(parents=True, exist_ok=True)
    (FILES / f"{name}.gz").write_bytes(gzip.compress(content, 9, mtime=0))


LOGITS = {}


def remember(name, module, shape, normalization):
    mean, deviation = (torch.tensor(part, dtype=torch.float64).reshape(1, -1, 1, 1) for part in NORMALIZATIONS[normalization])
    images = (images_from_ours(pixels(f"{name}/images", shape)) - mean) / deviation
    with torch.no_grad():
        logits, _ = module.double().eval()(images)
    LOGITS[name] = {"shape": list(shape), "normalization": normalization, "logits": logits.tolist()}
    module.float()


def backdoorbench_records(on_disk):
    """What a run of BackdoorBench says of the images that it poisoned."""
    indicator = np.zeros(20, dtype=np.int64)
    indicator[[3, 8, 15]] = 1
    entries = {}
    for index in np.nonzero(indicator)[0]:
        if on_disk:
            entries[index] = {"path": f"./record/x/bd_train_dataset/2/{index}.png", "other_info": [0, 2]}
        else:
            entries[index] = (Image.fromarray(np.full((2, 2, 3), index, dtype=np.uint8)), 0, 2)
    return {
        "bd_data_container": {"save_folder_path": "./record/x", "data_dict": entries, "save_file_format": ".png"},
        "getitem_all": True,
        "getitem_all_switch": False,
        "original_index_array": np.arange(20),
        "poison_indicator": indicator,
        "save_folder_path": "./record/x",
    }


def main():
    # A bare state_dict with torchvision's names.
    name = "resnet18.pth"
    model = repeating(ResNet(3, 4, (2, 2, 2, 2), "downsample", "fc", CLASSES), name)
    save(name, state(model))
    remember(name, model, (2, 16, 16, 3), "none")

    # ANP: the older layout, several GPUs, and the names of most CIFAR code.
    name = "anp-last-model.th"
    model = repeating(ResNet(3, 4, (2, 2, 2, 2), "downsample", "fc", CLASSES), name)
    renamed = state(model, lambda n: "module." + n.replace("downsample", "shortcut").replace("fc.", "linear."))
    save(name, renamed, _use_new_zipfile_serialization=False)
    remember(name, model, (2, 16, 16, 3), "none")

    # TrojanZoo: body and head apart; its mark has the alpha plane last.
    name = "trojanzoo.pth"
    model = repeating(ResNet(3, 4, (2, 2, 2, 2), "downsample", "fc", CLASSES, imagenet_stem=True), name)
    save(name, state(model, lambda n: f"classifier.{n}" if n.startswith("fc.") else f"features.{n}"))
    remember(name, model, (2, 40, 40, 3), "none")
    mark = np.ones((4, 3, 3), dtype=np.float32)
    mark[1] = 0.5
    mark[3] = np.arange(9).reshape(3, 3) / 8
    buffer = io.BytesIO()
    np.save(buffer, mark)
    pack("trojanzoo.npy", buffer.getvalue())

    # BackdoorBench: the victim with its records, on disk and in memory, and a model after fine-pruning.
    name = "attack_result.pt"
    model = repeating(PreActResNet(3, 4, (2, 2, 2, 2), CLASSES), name)
    save(
        name,
        {
            "model_name": "preactresnet18",
            "num_classes": CLASSES,
            "model": state(model),
            "data_path": "./data/cifar10",
            "img_size": (32, 32, 3),
            "clean_data": "cifar10",
            "bd_train": backdoorbench_records(False),
            "bd_test": backdoorbench_records(True),
        },
    )
    remember(name, model, (2, 32, 32, 3), "backdoorbench")
    name = "defense_result.pt"
    torch.nn.utils.prune.random_unstructured(model.linear, "weight", 0.25)
    with torch.no_grad():
        mask = torch.arange(model.linear.weight_mask.numel()).reshape(model.linear.weight_mask.shape) % 3 != 0
        model.linear.weight_mask.copy_(mask)
    save(name, {"model_name": "preactresnet18", "num_classes": CLASSES, "model": state(model)})
    remember(name, model, (2, 32, 32, 3), "backdoorbench")

    # NAD: with the figures and the optimizer of its training.
    name = "nad.tar"
    model = repeating(WideResNet(3, CLASSES), name)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    save(
        name,
        {
            "epoch": 30,
            "state_dict": state(model),
            "best_clean_acc": torch.tensor(85.5),
            "best_bad_acc": np.float64(99.25),
            "optimizer": optimizer.state_dict(),
        },
        _use_new_zipfile_serialization=False,
    )
    remember(name, model, (2, 16, 16, 3), "none")

    # I-BAU: under the key "net"; here in half precision.
    name = "i-bau-ckpt.pth"
    model = repeating(Vgg16Bn(3, 4, CLASSES), name).half().float()
    save(name, {"net": OrderedDict((n, t.half() if t.is_floating_point() else t) for n, t in state(model).items())})
    remember(name, model, (2, 32, 32, 3), "none")

    # Double precision, gray images, a later protocol, tensors that are transposed views of what is stored.
    name = "mobilenet.pt"
    model = repeating(MobileNetV2(1, 4, CLASSES), name)
    tensors = state(model.double())
    tensors["linear.weight"] = tensors["linear.weight"].T.contiguous().T
    save(name, {"epoch": 3, "model_state_dict": tensors}, pickle_protocol=4, _use_new_zipfile_serialization=False)
    remember(name, model, (2, 16, 16, 1), "none")

    # Arrays and numbers by themselves, in every way that NumPy pickles them.
    values = {
        "small": np.arange(6, dtype=np.uint8).reshape(2, 3),
        "long": np.arange(3, dtype=np.int64),
        "number": np.float32(0.5),
        np.int64(7): [True, None, -3, 2**40, 1.5, "text", (1, 2), {3}, b"bytes"],
    }
    for protocol in (2, 3, 4, 5):
        pack(f"numpy-{protocol}.pickle", pickle.dumps(values, protocol))
    save("whole-model.pt", {"model": torch.nn.Linear(2, 2)})

    cases = ",\n".join(f"  {json.dumps(name)}: {json.dumps(case)}" for name, case in LOGITS.items())
    (VALUES / "model-files.json").write_text(f"{{\n{cases}\n}}\n")
    print(sum(file.stat().st_size for file in FILES.iterdir()) // 1000, "kB in", FILES)


if __name__ == "__main__":
    main()
