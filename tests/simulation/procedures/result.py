"""What is kept of a run, and how runs are carried out in copies of a network."""

import gc
import json
import logging
import os
import signal
import traceback
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from .declared import Booted, Scenario
from .driving import Line
from .invariants import Captured, too_late, violations
from .play import Play, scenario_of
from .secrecy import looks_closely

MOST_CPU_S: Final = 1200.0
MOST_LINES: Final = 60
"""So many of the last lines that were typed are part of the story of a run that fails."""


@dataclass(slots=True, kw_only=True)
class Result:
    """How a run went. `first` is its first outcome, before anything was mended; `last` the last.

    `troubles` are what went wrong: name, words, step. `broken` are the invariants that do not hold.
    """

    seed: int
    procedure: str
    strategy: str
    first: str = ""
    last: str = ""
    state: str = ""
    late: bool = False
    steps: list[str] = field(default_factory=list)
    troubles: list[tuple[str, str, str]] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    story: list[str] = field(default_factory=list)

    def data(self) -> dict[str, Any]:
        """As JSON can say it."""
        return asdict(self)

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> "Result":
        """What `data` gave."""
        return cls(**dict(data) | {"troubles": [tuple(each) for each in data["troubles"]]})


def played(seed: int, scenario: Scenario, booted: Booted, *, whole: bool = False) -> Result:
    """Carry a run out, here and now: the network is another one afterwards."""
    logged = Captured()
    root = logging.getLogger()
    play = Play(seed, scenario, booted)
    if looks_closely(play):
        root.addHandler(logged)
        root.setLevel(logging.DEBUG)
    result = Result(seed=seed, procedure=scenario.procedure, strategy=scenario.strategy)
    try:
        play.play()
        result.broken = list(violations(play, logged.texts))
    except BaseException as error:  # noqa: BLE001 - whatever it is, it must not happen
        result.broken = [f"{type(error).__name__}: {error}"]
        play.story += traceback.format_exc().splitlines()[-12:]
    finally:
        root.removeHandler(logged)
        root.setLevel(logging.WARNING)
    if play.outcomes:
        result.first, result.last = (str(play.outcomes[at].status) for at in (0, -1))
        result.state = play.outcomes[0].state
    elif play.refused:
        result.first = result.last = "refused"
    result.late = result.last == "done" and too_late(play)
    result.steps = [step.name for step in play.plan.steps] if play.plan is not None else []
    result.troubles = [(t.name, t.words, t.where) for t in play.troubles if t.at is not None]
    if result.broken or whole:
        lines = play.devices.lines if whole else play.devices.lines[-MOST_LINES:]
        result.story = [*play.story, *(_shown(line, play.began) for line in lines)]
    return result


def _shown(line: Line, began: float) -> str:
    from getvpn.parsers.config.redact import redact

    first, *more = line.text.splitlines()
    rest = f" (and {len(more)} lines)" if more else ""
    return f"{line.at - began:9.1f}  [{line.process}] {line.device}# {redact(first)}{rest}"


def forked(seed: int, scenario: Scenario, booted: Booted, *, whole: bool = False) -> Result:
    """Carry a run out in a copy of this process, whose network stays as it is."""
    end, begin = os.pipe()
    child = os.fork()
    if not child:
        os.close(end)
        _in_copy(begin, seed, scenario, booted, whole=whole)
    os.close(begin)
    with os.fdopen(end, "rb") as pipe:
        data = pipe.read()
    _, status = os.waitpid(child, 0)
    if not data:
        words = f"its process ended with {os.waitstatus_to_exitcode(status)}"
        return Result(
            seed=seed, procedure=scenario.procedure, strategy=scenario.strategy, broken=[words]
        )
    return Result.read(json.loads(data))


def _in_copy(begin: int, seed: int, scenario: Scenario, booted: Booted, *, whole: bool) -> None:
    """What the copy does; it never comes back."""
    try:
        signal.signal(signal.SIGVTALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_VIRTUAL, MOST_CPU_S)
        gc.disable()
        result = played(seed, scenario, booted, whole=whole)
        with os.fdopen(begin, "wb") as pipe:
            pipe.write(json.dumps(result.data()).encode())
    finally:
        os._exit(0)


__all__ = ["Result", "forked", "played", "scenario_of"]
