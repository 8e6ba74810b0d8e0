"""Reads an event file of ours with the real TensorBoard, and prints as JSON what it finds.

python tests/golden/check-tensorboard.py run.tfevents
"""

import json
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

events = EventAccumulator(sys.argv[1], size_guidance={"scalars": 0, "images": 0})
events.Reload()
tags = events.Tags()
print(
    json.dumps(
        {
            "scalars": {
                tag: [[point.step, point.value] for point in events.Scalars(tag)] for tag in tags["scalars"]
            },
            "images": {
                tag: [[point.step, point.width, point.height] for point in events.Images(tag)]
                for tag in tags["images"]
            },
        }
    )
)
