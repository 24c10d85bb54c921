"""The table of faults, steps and outcomes, written from runs and read again."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final

from .faults import KINDS
from .play import BACK
from .result import Result
from .trouble import KILLED

PAGE: Final = Path(__file__).parents[3] / "docs" / "procedures" / "faults.md"
BACK_MARK: Final = "*back*"
OUTCOMES: Final = ("done", "rolled back", "stopped")
HEAD: Final = """\
# Faults, steps and outcomes

What becomes of a procedure when one thing goes wrong, by the step in which it does. This page is
written by `make simulate RUNS={runs} TABLE=docs/procedures/faults.md`, from {runs:,} runs in
virtual time: those of them in which exactly one thing went wrong. In all of them these hold:

- A run that is done has cost no traffic between members that could reach each other, unless its
  plan said so, or the time in which it had to be over had run out before: a key that is replaced
  in place.
- A run that was rolled back has left the configurations and keys of all devices as they were,
  and saved.
- A run that stopped names its state and what to do; once all is mended, doing that leads to its
  end.
- Afterwards the group can rekey. No private key, passphrase or pre-shared key is in the journal,
  the evidence or a log of any level. The journal has every line that changed something, in order.

The numbers are those of the steps; *back* is while steps are taken back.
"""
_ROW: Final = re.compile(r"^\| (.+?) \| (.*?) \| (.*?) \| (.*?) \|$")
_WAVE: Final = re.compile(r"wave \d+ of \d+")
_STEP: Final = re.compile(r"^(\d+)\. (.*)$")
Cells = Mapping[tuple[str, str], Mapping[str, Sequence[str]]]
"""By scenario and fault: in which steps an outcome was seen."""


def single(results: Iterable[Result]) -> Iterator[tuple[Result, str, str]]:
    """The runs in which one thing went wrong: what, and in which step."""
    for each in results:
        if len(each.troubles) == 1 and each.first in OUTCOMES:
            _, words, step = each.troubles[0]
            yield each, words, step


def page(results: Sequence[Result]) -> str:
    """The page."""
    parts = [HEAD.format(runs=len(results))]
    scenarios = dict.fromkeys((each.procedure, each.strategy) for each in results)
    for scenario in sorted(scenarios):
        chosen = [each for each in results if (each.procedure, each.strategy) == scenario]
        parts.append(_section(", ".join(filter(None, scenario)), chosen))
    return "\n".join(parts)


def _section(name: str, results: Sequence[Result]) -> str:
    longest = max((each.steps for each in results), key=len)
    steps = list(dict.fromkeys(map(_whole, longest)))
    numbers = {step: str(at) for at, step in enumerate(steps, 1)} | {BACK: BACK_MARK}
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for result, words, step in single(results):
        found[words][result.first].add(numbers[_whole(step)])
    lines = [f"## {name}", ""]
    lines += [f"{at}. {step}" for at, step in enumerate(steps, 1)]
    lines += ["", "| what happens | done | rolled back | stopped |", "|---|---|---|---|"]
    order = [*(kind.words for kind in KINDS.values()), *KILLED.values()]
    for words in order:
        if words in found:
            cells = [_numbers(found[words][outcome]) for outcome in OUTCOMES]
            lines.append(f"| {words} | {' | '.join(cells)} |")
    states = sorted({each.state for each in results if each.first == "stopped"})
    if states:
        lines += ["", "It stopped at one of these states:", ""]
        lines += [f"- {state}" for state in states]
    return "\n".join(lines) + "\n"


def _whole(step: str) -> str:
    """A step of which there is one for each wave stands for all of them."""
    return _WAVE.sub("a wave", step)


def _numbers(steps: Iterable[str]) -> str:
    """Numbers of steps, those in a row as ranges."""
    given = set(steps)
    numbers = sorted(int(each) for each in given if each.isdecimal())
    groups: list[list[int]] = []
    for before, number in pairwise([-1, *numbers]):
        if number == before + 1 and groups:
            groups[-1].append(number)
        else:
            groups.append([number])
    shown = [f"{g[0]}–{g[-1]}" if len(g) > 1 else str(g[0]) for g in groups]  # noqa: RUF001
    return ", ".join([*shown, *([BACK_MARK] if BACK_MARK in given else [])])


def read(text: str) -> Cells:
    """What the page says: scenario and fault, outcome, steps by name."""
    cells: dict[tuple[str, str], dict[str, list[str]]] = {}
    scenario, steps = "", {BACK_MARK: BACK}
    for line in text.splitlines():
        if line.startswith("## "):
            scenario, steps = line[3:], {BACK_MARK: BACK}
        elif found := _STEP.match(line):
            steps[found[1]] = found[2]
        elif (found := _ROW.match(line)) and found[1] != "what happens":
            row = {
                outcome: [steps[number] for number in _expanded(cell)]
                for outcome, cell in zip(OUTCOMES, found.groups()[1:], strict=True)
            }
            cells[scenario, found[1]] = row
    return cells


def _expanded(cell: str) -> Iterator[str]:
    for part in filter(None, cell.split(", ")):
        first, dash, last = part.partition("–")  # noqa: RUF001
        if dash:
            yield from map(str, range(int(first), int(last) + 1))
        else:
            yield part


def missing(results: Iterable[Result], cells: Cells) -> Iterator[str]:
    """Outcomes of runs that the page does not have."""
    for result, words, step in single(results):
        name = ", ".join(filter(None, (result.procedure, result.strategy)))
        if _whole(step) not in cells.get((name, words), {}).get(result.first, ()):
            yield f"seed {result.seed}, {name}: {words} in '{step}': {result.first}"


__all__ = ["PAGE", "missing", "page", "read"]
