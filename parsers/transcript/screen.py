"""The lines of a terminal log, and which of them are prompts of a device."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..commands import looks_like_command
from ..config.bodies import MAX_BANNER_LINES, banner_end, delimiter
from ..text import Prompt, clean, physical_lines, prompt

_SESSION = (
    *(("configure", 4), ("connect", 4), ("disable", 4), ("disconnect", 6), ("enable", 2)),
    *(("end", 3), ("exit", 2), ("logout", 3), ("quit", 3), ("resume", 3), ("rlogin", 3)),
    *(("ssh", 3), ("telnet", 3), ("terminal", 3)),
)
_EXEC = frozenset(
    ("clear", "copy", "debug", "dir", "more", "ping", "reload", "traceroute", "undebug", "write")
)
_BANNERS = ("aaa authentication ", "banner ", "refuse-message ", "vacant-message ")
# After so many banners without an end no more are looked for: each search reads far ahead.
_MAX_OPEN_BANNERS = 8
# In configuration mode IOS shows so many characters of the host name.
_CUT_LENGTH = 20
# IOS host names have none of these, prompts of jump hosts do.
_FOREIGN = frozenset("@~/:+")
_STAMP = re.compile(
    r"(?:\[?\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:[.,]\d{1,6})?(?:Z|[+-]\d\d:?\d\d)?\]?:?"
    r"|\[\d\d:\d\d:\d\d(?:[.,]\d{1,6})?\]|\d\d:\d\d:\d\d(?:[.,]\d{1,6})?"
    r"|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d)(?: |$)"
)
_STAMPED_SHARE = 0.9
_STAMPED_SAMPLE = 20


@dataclass(frozen=True, slots=True)
class Screen:
    """The lines of a text, the prompts of devices by line index, and the devices' names.

    `raw` are the lines with the terminal's overwriting, where they can be told apart.
    """

    lines: list[str]
    raw: list[str]
    prompts: dict[int, Prompt]
    hosts: tuple[str, ...]
    cut_names: dict[str, str]
    """Names as configuration prompts cut them → the whole names."""


def read_screen(text: str, source: str | None = None) -> Screen:
    """Undo what the terminal did to `text` and find the prompts.

    Raises ParseError when the text is over the size limit of `parsers.text`.
    """
    if "\x03" in text:
        # The delimiter of banners, shown as a listing shows it: cleaning would remove it.
        text = text.replace("\x03", "^C")
    lines = _without_stamps(physical_lines(text, source=source))
    candidates = _candidates(lines)
    evident = dict.fromkeys(
        found.hostname
        for index, found in candidates.items()
        if not found.mode and _is_evident(lines[index], found)
    )
    modes = {found.hostname for found in candidates.values() if found.mode and found.sign == "#"}
    prompts = {
        index: found
        for index, found in candidates.items()
        if found.hostname in evident or (found.mode and found.hostname in modes)
    }
    hosts = tuple(evident) or tuple(dict.fromkeys(found.hostname for found in prompts.values()))
    raw = text.split("\n") if "\b" in text or "\r" in text else lines
    cut = {host[:_CUT_LENGTH]: host for host in hosts if len(host) > _CUT_LENGTH}
    return Screen(lines, raw if len(raw) == len(lines) else lines, prompts, hosts, cut)


def is_session(typed: str) -> bool:
    """Whether `typed` is about the session and prints nothing of the device's state."""
    word = typed.split(None, 1)[0].lower()
    return any(len(word) >= least and full.startswith(word) for full, least in _SESSION)


def _candidates(lines: Sequence[str]) -> dict[int, Prompt]:
    """What has the form of a prompt, outside the texts of banners."""
    found: dict[int, Prompt] = {}
    body_end = open_banners = 0
    for index, line in enumerate(lines):
        if index < body_end:
            continue
        typed = line
        if "#" in line or ">" in line:
            shell = _prompt_at(line)
            if shell is not None:
                found[index] = shell
                typed = shell.typed
        if typed.startswith(_BANNERS) and open_banners < _MAX_OPEN_BANNERS:
            end = _body_end(lines, index, typed)
            open_banners += end is None
            body_end = end or 0
    return found


def _body_end(lines: Sequence[str], index: int, typed: str) -> int | None:
    """The index after the banner that `typed` opens; None when its end does not come."""
    opened = delimiter(typed.split(), typed)
    if opened is not None:
        mark, rest = opened
        return index + 1 if mark in rest else banner_end(lines, index + 1, mark)
    if len(typed.split()) != 2:
        return index + 1
    # The delimiter is lost; a listing separates the banner from what follows by a bare `!`.
    last = min(index + 1 + MAX_BANNER_LINES, len(lines))
    return next((at + 1 for at in range(index + 1, last) if lines[at].strip() == "!"), None)


def _prompt_at(line: str) -> Prompt | None:
    if "--" in line:
        unpaged = clean(line, keep_logs=True).texts
        line = unpaged[0] if unpaged else ""
    shell = prompt(line)
    if shell is None or not _FOREIGN.isdisjoint(shell.hostname):
        return None
    if shell.typed:
        sign = len(shell.hostname) + (len(shell.mode) + 2 if shell.mode else 0)
        gap = line.lstrip()[sign + 1 : sign + 3]
        # A heading such as `Device#    PID`; a prompt has no blank behind it, writers add one.
        if gap.isspace() or gap[0] == "\t":
            return None
    if line[0].isspace() and not looks_like_command(shell.typed):
        return None
    return shell


def _is_evident(line: str, shell: Prompt) -> bool:
    """Whether the line shows by itself that a device of this name is there."""
    typed = shell.typed
    if not typed:
        return not line[0].isspace()
    return looks_like_command(typed) or typed.split()[0].lower() in _EXEC or is_session(typed)


def _without_stamps(lines: list[str]) -> list[str]:
    """The lines without the time that the logger has put before each."""
    sample = [line for line in lines[: 4 * _STAMPED_SAMPLE] if line][:_STAMPED_SAMPLE]
    if not sample or not _mostly_stamped(sample) or not _mostly_stamped(lines):
        return lines
    bare = [_STAMP.sub("", line, count=1) if _STAMP.match(line) else line for line in lines]
    # Logging buffers are stamped too, and there the times are the device's.
    has_echo = any(
        (shell := _prompt_at(line)) is not None and looks_like_command(shell.typed)
        for line in bare
        if "#" in line or ">" in line
    )
    return bare if has_echo else lines


def _mostly_stamped(lines: Sequence[str]) -> bool:
    texts = [line for line in lines if line]
    stamped = sum(_STAMP.match(line) is not None for line in texts)
    return stamped >= _STAMPED_SHARE * len(texts)
