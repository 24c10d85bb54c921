"""Lines of a configuration, put together where the device takes several for one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ...errors import UsageError
from ...parsers.config.redact import redact

_BANNER = re.compile(r"\s*banner \S+ (\^C|\S)(.*)$")
_END_OF_TEXT = "\x03"


def entries(lines: Iterable[str]) -> Iterator[str]:
    """Each line, and the text of a banner as one entry with line feeds in it.

    Comments and blank lines are left out. The delimiter `^C` of a listing becomes the character
    that it stands for, which a terminal takes for an interruption: another is put in its place.
    """
    rest = iter(lines)
    for line in rest:
        text = _one_line(line)
        if not text.strip() or text.lstrip().startswith("!"):
            continue
        found = _BANNER.fullmatch(text)
        yield _banner(text, found, rest) if found else text


def _banner(first: str, found: re.Match[str], rest: Iterator[str]) -> str:
    mark, begun = found.groups()
    gathered = [begun]
    while mark not in gathered[-1]:
        following = next(rest, None)
        if following is None:
            raise UsageError(f"the banner {first.strip()!r} has no end")
        gathered.append(_one_line(following, of_text=True))
    body = "\n".join(gathered).partition(mark)[0]
    sign = next(sign for sign in "~@^%$&+=|" if sign not in body)
    return f"{first[: found.start(1)]}{sign}{body}{sign}"


def _one_line(line: str, *, of_text: bool = False) -> str:
    """A line without its end. Raises UsageError where it is more than one, or steers a terminal."""
    text = line.rstrip("\r\n") if of_text else line.rstrip()
    plain = text.replace(_END_OF_TEXT, "")
    if not (plain.replace("\t", " ") if of_text else plain).isprintable():
        raise UsageError(f"{redact(text)[:80]!r} is no line of a configuration")
    return text
