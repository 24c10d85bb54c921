"""Work of a router that no session waits for, done between other things."""

from collections.abc import Callable, Coroutine
from typing import Any

from ..clock import Clock
from ..terminal.trampoline import Trampoline


def in_background(clock: Clock, work: Callable[[Trampoline], Coroutine[Any, Any, None]]) -> None:
    """Begin `work`, which waits and lets others go on by the trampoline that it is given."""
    trampoline = Trampoline(clock, _nothing)
    trampoline.run(work(trampoline), _nothing)


def _nothing() -> None:
    """Nobody reads what background work prints, nor waits for its end."""
