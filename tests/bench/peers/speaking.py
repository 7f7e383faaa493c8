"""How a bench speaks with a side: lines of JSON. Standard library only, for the peer's interpreter loads it as well.

A side gets `{"stage": name, "orders": [...]}` and answers `{"client": ms, "wall": ms}`; an empty line ends it.
"""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any


def serve(stages: dict[str, Any]) -> None:
    """Do what is asked until the asker is through. What the side prints by itself goes to standard error."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)

    def say(**answer: Any) -> None:
        answers.write(json.dumps(answer) + "\n")
        answers.flush()

    say(ready=True)
    for line in sys.stdin:
        if not line.strip():
            return
        asked = json.loads(line)
        client, wall = time.process_time(), time.perf_counter()
        stages[asked["stage"]](asked["orders"])
        say(client=(time.process_time() - client) * 1000, wall=(time.perf_counter() - wall) * 1000)
