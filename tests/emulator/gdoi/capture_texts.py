"""Outputs of real devices, and whether a router prints the same apart from what changes."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

_PROMPT = re.compile(r"[\w.-]+(\([\w-]+\))?[#>]")
_ECHO = re.compile(r"sho?w? cry")
_LOGGED = re.compile(r"\*?\w{3} +\d+ [\d:.]+: %")
_MORE = re.compile(r"\s*--More--\s*")
_VOLATILE = re.compile(
    r"""(?P<key>\b0x[0-9A-Fa-f]+(?:\(\d+\))?|\b[0-9A-F]{8}\b)
    |(?P<clock>\b\d+:\d\d:\d\d\b)
    |(?P<address>\b\d+(?:\.\d+){3}\b|(?<![\w:])[0-9A-Fa-f]{1,4}:[0-9A-Fa-f:]*)
    |(?P<version>\b\d+\.\d+\.\d+\b)
    |(?P<number>(?<![\w.-])\d+(?:\.\d+)?(?![\w.]))""",
    re.VERBOSE,
)
MARKS = {"key": "0x#", "clock": "#:#", "version": "#.#", "address": "@", "number": "#"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """The lines of one output; `whole` unless it was cut at the pager."""

    lines: tuple[str, ...]
    whole: bool = True


def captured(shared: Path, name: str) -> Capture:
    """The capture `name` (`genie/crypto_gdoi_ks/1.txt`) without prompts, echoes and the log."""
    lines: list[str] = []
    for line in (shared / "captures" / name).read_text(encoding="utf-8").splitlines():
        if _MORE.fullmatch(line):
            return Capture(lines=tuple(framed(lines)), whole=False)
        if not (_PROMPT.match(line) or _ECHO.match(line) or _LOGGED.match(line)):
            lines.append(line)
    return Capture(lines=tuple(framed(lines)))


def framed(lines: Iterable[str]) -> list[str]:
    """Lines without the empty ones before and after all others: captures lose those."""
    found = list(lines)
    while found and not found[0].strip():
        del found[0]
    while found and not found[-1].strip():
        del found[-1]
    return found


def masked(line: str, names: Iterable[str] = ()) -> str:
    """A line with marks for numbers, addresses, keys, times and `names`.

    How many blanks stand behind a value on the same line depends on its length: they count as one
    gap. Blanks at the beginning and at the end are kept; some captures have them for tabs.
    """
    for name in sorted(names, key=len, reverse=True):
        line = re.sub(rf"(?<![\w-]){re.escape(name)}(?![\w-])", "<name>", line)
    text = _VOLATILE.sub(lambda match: MARKS[str(match.lastgroup)], line.expandtabs())
    return re.sub(r"(?<=[#@>])  +(?=\S)", "  ", text)


def differences(
    capture: Capture, text: str, *, names: Iterable[str] = (), blanks: bool = True
) -> list[str]:
    """What a router's output has that the capture has not, and the other way round.

    `names` are those of groups, lists, keys in both. Without `blanks`, those at the end of a line
    do not count: pictures of terminals do not show them.
    """
    names = tuple(names)
    sides = []
    for lines in (capture.lines, framed(text.splitlines())):
        side = [masked(line if blanks else line.rstrip(), names) for line in lines]
        sides.append(side if capture.whole else side[: len(capture.lines)])
    return list(unified_diff(*sides, "capture", "router", lineterm="", n=1))
