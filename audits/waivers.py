"""Waivers: findings that somebody answers for until a day, from `getvpn-waivers.toml`.

::

    [[waiver]]
    rule = "TEK003"
    device = "ks*"
    line = "set security-association lifetime*"
    owner = "network security"
    reason = "accepted with change 4711, until the hubs are replaced"
    expires = 2027-03-31
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from difflib import get_close_matches
from fnmatch import fnmatchcase
from pathlib import Path

from ..errors import InputError, UsageError
from .options import file_text, toml_data
from .registry import Registry
from .rule import Finding

FILE_NAME = "getvpn-waivers.toml"
REQUIRED = ("rule", "owner", "reason", "expires")
OPTIONAL = ("device", "group", "line")
MOST = 10_000
"""So many waivers are read; more are a mistake."""

_HEADER = re.compile(r"\s*\[\[\s*waiver\s*\]\]")
_KEY = re.compile(r"\s*[\"']?(\w+)[\"']?\s*=")


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """A finding, or several, that count no more until the end of the day `expires`.

    `rule` is a code. `device`, `group` and `evidence` (the key `line`) are patterns in which `*`
    and `?` stand for others, upper and lower case alike; None fits everything. A finding about a
    group as a whole is covered only without `device`.
    """

    rule: str
    owner: str
    reason: str
    expires: date
    source: str
    lineno: int | None = None
    text: str = field(default="", compare=False)
    device: str | None = None
    group: str | None = None
    evidence: str | None = None

    def covers(self, finding: Finding) -> bool:
        """Whether it is about `finding`."""
        return (
            finding.rule == self.rule
            and self.is_about(finding.device, finding.group)
            and (
                self.evidence is None
                or any(_fits(self.evidence, each.text) for each in finding.evidence)
            )
        )

    def is_about(self, device: str, group: str | None) -> bool:
        """Whether its scope has a device and a group."""
        if self.device is not None and not (device and _fits(self.device, device)):
            return False
        return self.group is None or (group is not None and _fits(self.group, group))

    def has_expired(self, today: date) -> bool:
        """Whether its last day is over."""
        return today > self.expires


def _fits(pattern: str, text: str) -> bool:
    return fnmatchcase(" ".join(text.split()).casefold(), pattern.casefold())


def find_waivers(start: Path) -> Path | None:
    """The file of waivers that holds in the folder `start`: its own, or that of a folder above."""
    for folder in (start, *start.parents):
        if (path := folder / FILE_NAME).is_file():
            return path
    return None


def load_waivers(path: Path, rules: Registry) -> tuple[Waiver, ...]:
    """The waivers in a file.

    Raises InputError, with the line, for a file that is no TOML, unknown and missing keys, values
    of another type and rules that do not exist; OSError when it cannot be read.
    """
    return read_waivers(file_text(path), str(path), rules)


def read_waivers(text: str, source: str, rules: Registry) -> tuple[Waiver, ...]:
    """The waivers in a text; `source` is its name. Raises InputError as `load_waivers`."""
    data = toml_data(text, source)
    for key in data:
        if key != "waiver":
            hint = "waivers are written as [[waiver]]"
            raise InputError(f"unknown key '{key}'", source=source, hint=hint)
    tables = data.get("waiver", [])
    if not isinstance(tables, list) or not all(isinstance(each, dict) for each in tables):
        raise InputError("'waiver' is no list of tables", source=source, hint="write [[waiver]]")
    if len(tables) > MOST:
        raise InputError(f"more than {MOST} waivers", source=source)
    places = _places(text)
    lines = text.splitlines()
    found = []
    for number, table in enumerate(tables):
        place = places[number] if number < len(places) else {}
        reader = _Reader(source, place, rules)
        head = place.get("")
        found.append(reader.waiver(table, lines[head - 1].strip() if head else ""))
    return tuple(found)


def _places(text: str) -> Sequence[Mapping[str, int]]:
    """The lines of the keys of each waiver, its header under ''."""
    found: list[dict[str, int]] = []
    for lineno, line in enumerate(text.splitlines(), start=1):
        if _HEADER.match(line):
            found.append({"": lineno})
        elif found and (key := _KEY.match(line)):
            found[-1].setdefault(key[1], lineno)
    return found


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads one table; `places` has the lines of its keys."""

    source: str
    places: Mapping[str, int]
    rules: Registry

    def waiver(self, table: Mapping[str, object], text: str) -> Waiver:
        for key in table:
            if key not in (*REQUIRED, *OPTIONAL):
                near = get_close_matches(key, (*REQUIRED, *OPTIONAL), n=1)
                known = ", ".join((*REQUIRED, *OPTIONAL))
                hint = f"did you mean '{near[0]}'?" if near else f"known are {known}"
                raise self._error(key, f"unknown key '{key}'", hint)
        for key in REQUIRED:
            if key not in table:
                raise self._error("", f"a waiver has no '{key}'", f"write {key} = …")
        return Waiver(
            rule=self._rule(self._word(table, "rule")),
            owner=self._word(table, "owner"),
            reason=self._word(table, "reason"),
            expires=self._day(table["expires"]),
            device=self._pattern(table, "device"),
            group=self._pattern(table, "group"),
            evidence=self._pattern(table, "line"),
            source=self.source,
            lineno=self.places.get(""),
            text=text,
        )

    def _rule(self, name: str) -> str:
        try:
            return self.rules[name].code
        except UsageError as error:
            raise self._error("rule", error.message, error.hint or "") from None

    def _word(self, table: Mapping[str, object], key: str) -> str:
        value = table[key]
        if not isinstance(value, str) or not value.strip():
            raise self._error(key, f"'{key}' is a text", f'write {key} = "…"')
        return " ".join(value.split())

    def _pattern(self, table: Mapping[str, object], key: str) -> str | None:
        return self._word(table, key) if key in table else None

    def _day(self, value: object) -> date:
        if isinstance(value, datetime) or not isinstance(value, date):
            hint = "write it without quotes: expires = 2027-03-31"
            raise self._error("expires", "'expires' is a date", hint)
        return value

    def _error(self, key: str, message: str, hint: str) -> InputError:
        lineno = self.places.get(key) or self.places.get("")
        return InputError(message, source=self.source, lineno=lineno, hint=hint)
