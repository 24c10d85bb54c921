"""What goes wrong in a run, when and where: drawn from its seed."""

from dataclasses import dataclass
from random import Random
from typing import Final

from .faults import KINDS

KILLED: Final = {
    "resume": "this machine goes down, then somebody resumes",
    "abort": "this machine goes down, then somebody aborts",
}
STILL: Final = frozenset(("late", "drop"))
"""Faults that happen at a line, never between two."""


@dataclass(slots=True, kw_only=True)
class Trouble:
    """A fault, or the end of the process (`kill`), that waits for its time.

    It strikes in the step number `step` (from 0, or in what takes steps back), at the line number
    `line` of that step, before or after it is typed; or `after_s` seconds after the step begins.
    """

    name: str
    step: int
    line: int
    after: bool
    after_s: float | None = None
    resumes: str = "resume"
    where: str = ""
    at: float | None = None

    @property
    def words(self) -> str:
        """What happens, for tables."""
        if self.name == "kill":
            return KILLED[self.resumes]
        return KINDS[self.name].words


def drawn(random: Random, steps: int, more: tuple[str, ...] = ()) -> list[Trouble]:
    """What goes wrong: nothing, one fault, one end of the process, or several of each."""
    kinds = [*(kind.name for kind in KINDS.values() if not kind.special), *more]
    how = random.random()
    if how < 0.05:
        return []
    if how < 0.65:
        return [_trouble(random, steps, random.choice(kinds))]
    if how < 0.80:
        return [_trouble(random, steps, "kill")]
    names = [random.choice(kinds) for _ in range(random.randint(1, 3))]
    names += ["kill"] * random.randint(0, 3)
    return [_trouble(random, steps, name) for name in names]


def _trouble(random: Random, steps: int, name: str) -> Trouble:
    instant = random.random() < 0.25 and name not in STILL
    return Trouble(
        name=name,
        step=random.randint(0, steps),
        line=min(int(random.expovariate(0.25)), 40),
        after=random.random() < 0.5,
        after_s=random.choice((1.0, 30.0, 8000.0)) * random.random() if instant else None,
        resumes="abort" if random.random() < 0.3 else "resume",
    )
