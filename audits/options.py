"""What a site decides for itself: `getvpn.toml`, or the table `[tool.getvpn]` of pyproject.toml.

::

    profile = "branches"
    select = ["COOP", "TEK"]
    ignore = ["TEK003"]
    fail-on = "medium"

    [thresholds]
    tek-lifetime-min-s = 1200

    [profiles.branches]
    base = "stig"
    registration-ike = "any"
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

from ..errors import InputError
from .profile_tables import ProfileTables
from .rule import Severity
from .settings import DEFAULT_PROFILE, THRESHOLDS, Profile, Settings, profile
from .thresholds import Threshold

FILE_NAME = "getvpn.toml"
PYPROJECT = "pyproject.toml"
TABLE = "tool.getvpn"
MAX_BYTES = 1_000_000
NEVER = "never"
FAIL_ON = (*(str(severity) for severity in sorted(Severity, reverse=True)), NEVER)
"""The values of `fail-on`, from the fewest findings that fail to all; `never` for none."""

_TABLE_LINE = re.compile(r"\s*\[\s*([^\]#]+?)\s*\]")
_KEY_LINE = re.compile(r"\s*[\"']?([\w.-]+)[\"']?\s*=")
_ERROR_PLACE = re.compile(r" \(at line (\d+), column (\d+)\)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How an audit is to be run.

    `profiles` are those that the file defines; `profile` may name one of them. `fail_on` is the
    least severity of a finding that makes the command fail, None for never.
    `lines` tells in which line of `source` a key stands.
    """

    profile: str = DEFAULT_PROFILE
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    fail_on: Severity | None = Severity.LOW
    thresholds: Mapping[str, int | str] = field(default_factory=dict)
    profiles: Mapping[str, Profile] = field(default_factory=dict)
    source: str | None = None
    lines: Mapping[str, int] = field(default_factory=dict)

    @property
    def settings(self) -> Settings:
        """The thresholds of the profile, with those of the site over them."""
        base = profile(self.profile, self.profiles).settings
        return replace(base, **dict(self.thresholds))  # type: ignore[arg-type]  # by field name


def find_file(start: Path) -> Path | None:
    """The configuration file that holds in the folder `start`: its own, or that of a folder above.

    In one folder `getvpn.toml` goes before a pyproject.toml that has a table `[tool.getvpn]`.
    """
    for folder in (start, *start.parents):
        own = folder / FILE_NAME
        if own.is_file():
            return own
        shared = folder / PYPROJECT
        if shared.is_file() and f"[{TABLE}" in file_text(shared):
            return shared
    return None


def load(path: Path) -> Options:
    """The options in file `path`.

    Raises InputError, with the line, for a file that is no TOML, an unknown key, and a value of
    another type or out of range.
    """
    text = file_text(path)
    data = toml_data(text, str(path))
    table = ""
    if path.name == PYPROJECT:
        table = TABLE
        data = _subtable(_subtable(data, "tool"), "getvpn")
    return _Reader(str(path), _key_lines(text, table)).options(data)


def severity_of(word: str) -> Severity | None:
    """The meaning of a value of `fail-on`. Raises KeyError for any other word."""
    return None if word == NEVER else Severity.named(word)


class _Reader:
    """Checks the values of one file."""

    def __init__(self, source: str, lines: Mapping[str, int]) -> None:
        self.source = source
        self.lines = lines

    def options(self, data: Mapping[str, object]) -> Options:
        """The options that `data` holds."""
        known = {each.name: each.name.replace("_", "-") for each in fields(Options)}
        del known["source"], known["lines"]
        given = self._normalised(data, known.values(), "")
        tables = ProfileTables(self._error, self._threshold_values)
        own = tables.read(given.get("profiles", {}))
        options = Options(profiles=own, source=self.source, lines=self.lines)
        if "profile" in given:
            options = replace(options, profile=tables.chosen(given["profile"], own))
        if "fail-on" in given:
            severity = severity_of(self._word("fail-on", given["fail-on"], FAIL_ON))
            options = replace(options, fail_on=severity)
        return replace(
            options,
            select=self._words("select", given.get("select", [])),
            ignore=self._words("ignore", given.get("ignore", [])),
            thresholds=self._thresholds(given.get("thresholds", {})),
        )

    def _thresholds(self, value: object) -> dict[str, int | str]:
        if not isinstance(value, dict):
            raise self._error("thresholds", "'thresholds' is a table", "write [thresholds]")
        return self._threshold_values(value, "thresholds.")

    def _threshold_values(self, table: Mapping[str, object], prefix: str) -> dict[str, int | str]:
        """The thresholds of `table`, whose keys stand below `prefix` in the file."""
        names = {name.replace("_", "-"): name for name in THRESHOLDS}
        given = self._normalised(table, names, prefix)
        return {names[key]: self._threshold(prefix + key, given[key]) for key in given}

    def _threshold(self, path: str, value: object) -> int | str:
        key = path.rpartition(".")[2]
        threshold = THRESHOLDS[key.replace("-", "_")]
        if threshold.choices:
            return self._word(path, value, threshold.choices)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self._error(path, f"'{key}' is a whole number", _range(threshold))
        if not _low(threshold) <= value <= _high(threshold):
            raise self._error(path, f"'{key}' is out of range: {value}", _range(threshold))
        return value

    def _normalised(
        self, data: Mapping[str, object], known: Iterable[str], path: str
    ) -> dict[str, object]:
        """`data` with hyphens in its keys. Raises InputError for a key that is not known."""
        names, found = list(known), dict[str, object]()
        for key, value in data.items():
            name = key.replace("_", "-")
            if name not in names:
                raise self._error(path + key, f"unknown key '{key}'", _suggestion(name, names))
            if name in found:
                raise self._error(path + key, f"'{name}' is given twice", "keep one of them")
            found[name] = value
        return found

    def _word(self, key: str, value: object, choices: Iterable[str]) -> str:
        allowed = list(choices)
        if not isinstance(value, str) or value not in allowed:
            name = key.rpartition(".")[2]
            raise self._error(key, f"'{name}' cannot be {value!r}", f"one of {', '.join(allowed)}")
        return value

    def _words(self, key: str, value: object) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
            raise self._error(key, f"'{key}' is a list of rule codes", f'write {key} = ["TEK"]')
        return tuple(value)

    def _error(self, key: str, message: str, hint: str) -> InputError:
        place = key.replace("_", "-")
        while place and place not in self.lines:  # an inline table has the line of its key
            place = place.rpartition(".")[0]
        return InputError(message, source=self.source, lineno=self.lines.get(place), hint=hint)


def file_text(path: Path, *, most: int = MAX_BYTES) -> str:
    """The text of a file of settings.

    Raises InputError for one over `most` bytes or in another encoding than UTF-8.
    """
    try:
        if path.stat().st_size > most:
            raise InputError(f"file over {most} bytes", source=str(path))
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise InputError("not UTF-8 text", source=str(path)) from None


def toml_data(text: str, source: str) -> dict[str, object]:
    """What a text in TOML says. Raises InputError, with the place, where it is none."""
    import tomllib

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        place = _ERROR_PLACE.search(message)
        raise InputError(
            f"no valid TOML: {message[: place.start()] if place else message}",
            source=source,
            lineno=int(place[1]) if place else None,
            column=int(place[2]) if place else None,
        ) from None


def _subtable(data: Mapping[str, object], name: str) -> dict[str, object]:
    value = data.get(name, {})
    return value if isinstance(value, dict) else {}


def _key_lines(text: str, table: str) -> dict[str, int]:
    """The line of each key, by its path below `table`; keys of inline tables are not found."""
    found: dict[str, int] = {}
    prefix = f"{table}." if table else ""
    current = ""
    for lineno, line in enumerate(text.splitlines(), start=1):
        if header := _TABLE_LINE.match(line):
            current = header[1].lstrip("[").replace(" ", "").replace('"', "").replace("'", "") + "."
            path = current[:-1]
        elif key := _KEY_LINE.match(line):
            path = current + key[1]
        else:
            continue
        if path.startswith(prefix):
            found.setdefault(path[len(prefix) :].replace("_", "-"), lineno)
    return found


def _suggestion(name: str, names: list[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, names, n=1)
    return f"did you mean '{near[0]}'?" if near else f"known are {', '.join(sorted(names)[:8])}, …"


def _low(threshold: Threshold) -> int:
    return 0 if threshold.low is None else threshold.low


def _high(threshold: Threshold) -> int:
    return 2**31 - 1 if threshold.high is None else threshold.high


def _range(threshold: Threshold) -> str:
    unit = f" {threshold.unit}" if threshold.unit else ""
    return f"from {_low(threshold)} to {_high(threshold)}{unit}"
