"""File and folder names that say which command of which device a file holds."""

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product
from pathlib import Path

from .capture import resolved

_EXTENSIONS = (
    *(".txt", ".log", ".out", ".cfg", ".conf", ".confg", ".config", ".cap", ".raw"),
    *(".text", ".ios"),
)
_DAY = (
    r"(?:19|20)\d\d[-_.]?[01]\d[-_.]?[0-3]\d"
    r"(?:[T_\-. ][0-2]\d[-_.:]?[0-5]\d(?:[-_.:]?[0-5]\d)?Z?)?"
)
_DATE = re.compile(rf"(?:^|[_\-. ]){_DAY}$| ?\(\d{{1,3}}\)$")
_DATE_BEFORE = re.compile(rf"^{_DAY}(?:[_\-. ]+|$)")
_CONFIG_ENDING = re.compile(r"(?<=.)[-_](?:confg|config|configuration)$", re.IGNORECASE)
_EDGES = "_-. \t\r\n\v\f"
_SEPARATORS = re.compile(r"([_\-.\s]+)")
_SHOW = ("show", "sho", "sh")
# Words that begin a command where `show`, or `show crypto`, was left out.
_AFTER_SHOW = (
    *("access-lists", "clock", "crypto", "ip", "logging", "ntp", "run", "running"),
    *("running-config", "startup-config", "tech-support", "version"),
)
_AFTER_CRYPTO = ("gdoi", "gkm", "ikev2", "ipsec", "isakmp", "pki")
_HYPHENATED = tuple(
    tuple(word.split("-"))
    for word in (
        *("access-lists", "crl-check", "cts-sgt", "dp-recovery", "ext-service"),
        *("gdoi-interop-ack", "gdoi-mib", "gm-removal", "ip-d3p", "long-sa-lifetime"),
        *("policy-replace", "running-config", "startup-config", "suite-b", "tech-support"),
    )
)
_FILTER_WORDS = ("section", "include", "exclude", "begin")
# Configurations whose name says no more than that.
_PLAIN_NAMES = frozenset(("config", "configuration", "confg", "run", "running", "startup", "start"))
# Each separator doubles the ways in which a name can be read.
_MAX_SEPARATORS = 8


@dataclass(frozen=True, slots=True)
class Name:
    """What a name says: `command` in words when it says one, `host` what stands before it.

    `spoken` is true when the command has its `show`.
    """

    command: str | None
    host: str | None
    spoken: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """What the path of a file says. `host` is never empty, for a file always has a name.

    `numbered` is true when `host` only tells one file of a folder from another.
    """

    command: str | None
    host: str
    numbered: bool = False


def place(path: Path) -> Place:
    """Which device and command a file belongs to, by its name and its folder's.

    Known are `<host>/<command>`, `<host>_<command>`, `<command>/<host>` and
    `<command>/<number>`; else the file's name is the device's.
    """
    stem = stem_of(path.name)
    folder = _named_folder(os.path.split(os.path.normpath(path.absolute()))[0])
    outer = read_name(folder)
    within = outer.command is not None and resolved(outer.command) is not None
    inner = _within_name(stem)
    number = Place(outer.command if within else None, f"{folder}/{stem}" if folder else stem, True)
    if inner.command is not None:
        host = inner.host or (None if within else folder)
        return Place(inner.command, host) if host else replace(number, command=inner.command)
    if stem.isdigit():
        return Place(number.command, outer.host) if outer.spoken and outer.host else number
    if folder and (stem.lower() in _PLAIN_NAMES or not without_dates(stem)):
        return Place(None, folder)
    return Place(number.command, _CONFIG_ENDING.sub("", stem))


@lru_cache(maxsize=1024)
def _named_folder(path: str) -> str:
    """The name of the folder `path`, or of the nearest above it that is no mere date."""
    folders = (Path(path), *Path(path).parents)
    return next((each.name for each in folders if without_dates(each.name)), "")


def stem_of(name: str) -> str:
    """A file's name without the endings that texts have; other dots belong to host names."""
    while True:
        stem, dot, ending = name.rpartition(".")
        if ending.isdigit() and stem.lower().endswith(_EXTENSIONS):
            name = stem
            continue
        if not stem or dot + ending.lower() not in _EXTENSIONS:
            return name
        name = stem


def without_dates(name: str) -> str:
    """A name less the dates before and behind it; empty when it is nothing but a date."""
    return _DATE_BEFORE.sub("", _DATE.sub("", name))


def _within_name(stem: str) -> Name:
    """`read_name`, also where an ending that is not known hides the command."""
    name = read_name(stem)
    shorter = stem.rpartition(".")[0]
    if shorter and name.command is not None and resolved(name.command) is None:
        again = read_name(shorter)
        if again.command is not None and resolved(again.command) is not None:
            return again
    return name


@lru_cache(maxsize=1024)
def read_name(text: str) -> Name:
    """Read `<host>_<command>` with any of `_`, `-`, blank between words, a date at the end aside.

    The command is what the registry knows; an unknown one is taken when it has its `show`.
    """
    text = _DATE.sub("", text)
    parts = _SEPARATORS.split(text)
    words, separators = [word.lower() for word in parts[::2]], parts[1::2]
    starts = [(index, "") for index, word in enumerate(words) if word in _SHOW]
    spoken = len(starts)
    starts += [(index, "show ") for index, _ in enumerate(words) if _starts(words, index)]
    starts += [(index, "show crypto ") for index, word in enumerate(words) if word in _AFTER_CRYPTO]
    for number, (index, implied) in enumerate(starts):
        for tail in _readings(parts[2 * index :: 2], separators[index:]):
            if (command := _known(implied + tail)) is not None:
                return Name(command, _before(parts, index), number < spoken)
    if not spoken:
        return Name(None, None)
    index = starts[0][0]
    unknown = " ".join(filter(None, parts[2 * index :: 2]))
    return Name(unknown if " " in unknown else None, _before(parts, index), spoken=True)


def _before(parts: Sequence[str], index: int) -> str | None:
    """The text before word `index`, less a date; None when there is none."""
    return without_dates("".join(parts[: 2 * index]).strip(_EDGES)).strip(_EDGES) or None


def _starts(words: Sequence[str], index: int) -> bool:
    return any("-".join(words[index : index + count]) in _AFTER_SHOW for count in (1, 2))


def _known(command: str) -> str | None:
    """`command` when the registry knows it, else with a filter, or less an argument left out."""
    if resolved(command) is not None:
        return command
    words = command.split()
    for index, word in enumerate(words[2:], start=2):
        if word.lower() in _FILTER_WORDS:
            filtered = " ".join((*words[:index], "|", *words[index:]))
            return filtered if resolved(filtered) is not None else None
    if len(words) > 2 and resolved(f"{command} WORD") is not None:
        shorter = " ".join(words[:-1])
        return shorter if resolved(shorter) is not None else None
    return None


def _readings(words: Sequence[str], separators: Sequence[str]) -> Iterator[str]:
    """The words joined in all ways, the likeliest first: `_` is a blank, `-` and `.` are kept."""
    words, separators = _with_hyphens(words, separators)
    likely = [" " if mark not in ("-", ".") else mark for mark in separators]
    if len(separators) > _MAX_SEPARATORS:
        yield _join(words, likely)
        yield " ".join(words)
        return
    pairs = [
        (mark, "_" if sep == "_" else " ") for mark, sep in zip(likely, separators, strict=True)
    ]
    for choice in sorted(product((0, 1), repeat=len(pairs)), key=sum):
        yield _join(words, [pair[index] for pair, index in zip(pairs, choice, strict=True)])


def _with_hyphens(words: Sequence[str], separators: Sequence[str]) -> tuple[list[str], list[str]]:
    """Put keywords with hyphens together, of which file names make several words."""
    out: list[str] = []
    marks: list[str] = []
    lowered = [word.lower() for word in words]
    index = 0
    while index < len(words):
        count = max(
            (len(key) for key in _HYPHENATED if tuple(lowered[index : index + len(key)]) == key),
            default=1,
        )
        out.append("-".join(words[index : index + count]))
        index += count
        if index < len(words):
            marks.append(separators[index - 1])
    return out, marks


def _join(words: Sequence[str], marks: Sequence[str]) -> str:
    pairs = zip(words, (*marks, ""), strict=True)
    return " ".join("".join(word + mark for word, mark in pairs).split())
