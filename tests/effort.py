"""What work costs, whatever the computer: a slow or a busy one changes nothing."""

import gc
import re
import sys
from collections.abc import Callable
from time import thread_time
from types import FrameType
from typing import Any

TRIES = 20
USUAL_S = 0.002
"""What the work to compare with takes on a usual computer that has nothing else to do."""
_WORD = re.compile(r"(\w+) +(\d+)(?:,|$)")
_TEXT = "some words 1234567,and others 89, " * 40


def cost(work: Callable[[], object], most_s: float) -> float:
    """The seconds of its processor that a usual computer takes for `work`.

    What takes more than `most_s` is tried again, as others on the computer and its collector make
    a try longer, never shorter. It is compared with work that is known: a computer that takes
    twice as long for that may do so for `work`.
    """
    least = float("inf")
    for _ in range(TRIES):
        taken = _taken_s(work)
        if taken > most_s:
            taken *= USUAL_S / max(USUAL_S, _taken_s(_known_work))
        least = min(least, taken)
        if least <= most_s:
            break
    return least


def calls(work: Callable[[], object]) -> int:
    """How many Python functions and generators are entered."""
    return _counted(work, "call", sys.getprofile, sys.setprofile)


def lines(work: Callable[[], object]) -> int:
    """How many lines of Python are run; loops count each time."""
    return _counted(work, "line", sys.gettrace, sys.settrace)


def _counted(
    work: Callable[[], object],
    what: str,
    current: Callable[[], object],
    install: Callable[[Any], None],
) -> int:
    """How often Python tells of `what` to the function that `install` puts in."""
    count = 0

    def tick(_frame: FrameType, event: str, _argument: object) -> Any:
        nonlocal count
        count += event == what
        return tick

    before = current()
    install(tick)
    try:
        work()
    finally:
        install(before)
    return count


def _taken_s(work: Callable[[], object]) -> float:
    """The processor time of this thread for `work`; what the process holds does not count."""
    collects = gc.isenabled()
    gc.disable()
    try:
        begun = thread_time()
        work()
        return thread_time() - begun
    finally:
        if collects:
            gc.enable()


def _known_work() -> None:
    for number in range(35):
        values = {name: int(value) + number for name, value in _WORD.findall(_TEXT)}
        sorted(values.items())
