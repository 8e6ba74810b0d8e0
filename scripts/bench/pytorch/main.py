#!/usr/bin/env python3
"""The PyTorch side of the benchmark (scripts/bench.mjs): the same work as this program's side, on the same data.

Reads requests from standard input, one JSON object a line, and answers each with a line. It computes only while a request
is open. Networks and losses are those that the golden values are computed with (tests/golden/networks.py).
"""

import json
import os
import resource
import shutil
import sys
import time
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "tests" / "golden"))

from cases import CASES
from comparing import CountOperations, distances, ours_like
from sample import Sample

# The golden values, whose networks are used here, are computed in double precision.
torch.set_default_dtype(torch.float32)

TRIALS = 3


def settings():
    compiled = [False, True] if shutil.which("g++") or shutil.which("clang++") else [False]
    return [{"layout": layout, "compiled": c} for c in compiled for layout in ("channels-first", "channels-last")]


def create(case, sample, setting):
    return CASES[case["kind"]](case, sample, setting)


def choose(case, sample):
    """
    The fastest setting, by the best of a few trials of each; how far both sides' step is from that in double precision;
    and how many operations one step is.
    """
    # Threads that wait passively take no processor time for it, and on a busy machine that time is the steadier measure.
    clock = time.process_time if os.environ.get("OMP_WAIT_POLICY") == "PASSIVE" else time.perf_counter
    trials = []
    for setting in settings():
        subject = create(case, sample, setting)
        subject.trial()
        times = []
        for _ in range(TRIALS):
            start = clock()
            subject.trial()
            times.append(1000 * (clock() - start))
        trials.append({"setting": setting, "ms": min(times)})
    best = min(trials, key=lambda trial: trial["ms"])["setting"]
    plain = {**best, "compiled": False}
    theirs = create(case, sample, best).results()
    torch.set_default_dtype(torch.float64)
    truth = create(case, sample, plain).results()
    torch.set_default_dtype(torch.float32)
    errors = {"ours": distances(ours_like(sample, truth), truth), "torch": distances(theirs, truth)}
    subject = create(case, sample, plain)
    with CountOperations() as operations:
        subject.one_step()
    about = {"version": f"PyTorch {torch.__version__.split('+')[0]}", "operations": operations.count}
    return {"setting": best, "trials": trials, "errors": errors, **about}


def prepare(case, sample, setting):
    subject = create(case, sample, setting)
    subject.one_step()
    return subject, {}


def main():
    subject = None
    for line in sys.stdin:
        request = json.loads(line)
        match request["do"]:
            case "choose":
                torch.set_num_threads(request["threads"])
                answer = choose(request["case"], Sample(request["sample"]))
            case "prepare":
                torch.set_num_threads(request["threads"])
                subject, answer = prepare(request["case"], Sample(request["sample"]), request["setting"])
            case "time":
                cpu, start = time.process_time(), time.perf_counter()
                for _ in range(request["units"]):
                    subject.unit()
                answer = {"ms": 1000 * (time.perf_counter() - start), "cpuMs": 1000 * (time.process_time() - cpu)}
            case "end":
                answer = {"peakMb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}
        print(json.dumps(answer, allow_nan=False), flush=True)
        if request["do"] == "end":
            return


if __name__ == "__main__":
    main()
