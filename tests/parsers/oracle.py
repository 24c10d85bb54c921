"""The shared captures of a command family, and the answers that another parser gives for them.

`assert_covers` walks the other answer: each of its values is compared with ours, or stands in the
test's list of deviations with the reason why the other one is wrong or says nothing.
"""

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

from getvpn.errors import InputError
from getvpn.parsers.commands import resolve

Trail = tuple[str, ...]
"""Keys from the root of an answer to a value; in deviations `*` stands for any key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedCapture:
    """One capture; `expected` is the other parser's answer, or None."""

    path: str
    command: str
    text: str
    expected: Any


@cache
def all_captures(shared: Path) -> tuple[SharedCapture, ...]:
    """All captures of commands that are known."""
    folder = shared / "captures"
    found = []
    with (folder / "MANIFEST.csv").open(newline="", encoding="utf-8") as manifest:
        for row in csv.DictReader(manifest):
            try:
                resolve(row["command"])
            except InputError:
                continue
            file = folder / row["path"]
            answer = file.with_suffix(".expected.json")
            found.append(
                SharedCapture(
                    path=row["path"],
                    command=row["command"],
                    text=file.read_text(encoding="utf-8"),
                    expected=json.loads(answer.read_text("utf-8")) if answer.exists() else None,
                )
            )
    return tuple(found)


def captures(shared: Path, family: str) -> list[SharedCapture]:
    """All captures whose command belongs to `family`; never none."""
    found = [one for one in all_captures(shared) if resolve(one.command).family == family]
    assert found, f"no capture of {family}"
    return found


def leaves(answer: Any, trail: Trail = ()) -> Iterator[tuple[Trail, object]]:
    """Each value of a tree of dicts and lists with the keys that lead to it."""
    if isinstance(answer, dict):
        for key, value in answer.items():
            yield from leaves(value, (*trail, str(key)))
    elif isinstance(answer, list):
        for index, value in enumerate(answer):
            yield from leaves(value, (*trail, str(index)))
    else:
        yield trail, answer


def assert_covers(
    expected: Any, ours: Mapping[Trail, object], deviations: Mapping[Trail, str] | None = None
) -> None:
    """Each leaf of `expected` equals the value in `ours`, or fits a deviation; none is unused."""
    wrong, used = [], set()
    for trail, value in leaves(expected):
        excuse = next((known for known in deviations or {} if _fits(trail, known)), None)
        if excuse is not None:
            used.add(excuse)
        elif trail not in ours:
            wrong.append(f"{trail}: not compared (theirs {value!r})")
        elif ours[trail] != value:
            wrong.append(f"{trail}: theirs {value!r}, ours {ours[trail]!r}")
    wrong += [f"{known}: deviation without a value" for known in set(deviations or {}) - used]
    assert not wrong, "\n".join(wrong)


def _fits(trail: Trail, pattern: Trail) -> bool:
    return len(trail) == len(pattern) and all(map(fnmatchcase, trail, pattern))
