"""Long work on all cores: parts of a list are worked on by copies of this process."""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final, TypeVar

from .packing import packed, unpacked

T = TypeVar("T")
R = TypeVar("R")
MOST_PROCESSES: Final = 8
MUCH: Final = 500_000
"""More objects than this, made and not yet gone, are much."""


@contextmanager
def without_collector() -> Iterator[None]:
    """Hold back the cyclic collector while much grows that has no cycles.

    It would walk through all of it again and again, also afterwards: where much has grown it counts
    as old at once, and is looked at when everything is.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        # what others have frozen is counted one by one: only where that is little beside the work
        if gc.get_count()[0] > MUCH and not gc.get_freeze_count():
            gc.freeze()
            gc.unfreeze()
        gc.enable()


def processes_for(amount: int, least: int) -> int:
    """How many processes to use for `amount` things, of which each should have `least`.

    One where a copy of the process cannot be made or is not safe: other threads run, which may
    hold locks that nobody would release in the copy.
    """
    if not hasattr(os, "fork") or threading.active_count() > 1:
        return 1
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
    return max(1, min(usable, MOST_PROCESSES, amount // least))


def spread(work: Callable[[Sequence[T]], R], parts: Sequence[Sequence[T]]) -> list[R]:
    """What `work` gives for each of `parts`, the first done here, each other by a copy.

    What a copy gives has to be fit for `packed`. A part whose copy fails is done here, so that an
    error is raised as without copies.
    """
    copies = [_copy(work, part) for part in parts[1:]]
    try:
        done = [work(part) for part in parts[:1]]
    except BaseException:
        for copy in copies:
            _taken(copy)
        raise
    for part, copy in zip(parts[1:], copies, strict=True):
        data = _taken(copy)
        done.append(work(part) if data is None else unpacked(data))
    return done


def halves(items: Sequence[T], count: int) -> list[Sequence[T]]:
    """The items in `count` parts of about one length, in their order."""
    size = -(-len(items) // count) or 1
    return [items[at : at + size] for at in range(0, len(items), size)] or [items]


def _copy(work: Callable[[Sequence[T]], Any], part: Sequence[T]) -> tuple[int, int]:
    """Start a copy of this process; its number, and where its result is read."""
    reading, writing = os.pipe()
    process = os.fork()
    if process:
        os.close(writing)
        return process, reading
    status = 1
    try:
        os.close(reading)
        gc.disable()
        data = packed(work(part))
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(data)
        status = 0
    finally:
        # nothing of what the process wants to do at its end is the copy's to do
        os._exit(status)


def _taken(copy: tuple[int, int]) -> bytes | None:
    """The result of a copy, None when it failed."""
    process, reading = copy
    with os.fdopen(reading, "rb") as pipe:
        data = pipe.read()
    _, status = os.waitpid(process, 0)
    return data if status == 0 else None
