"""Lines of a configuration, put together where the device takes several for one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ...errors import UsageError

_BANNER = re.compile(r"\s*banner \S+ (\^C|\S)(.*)$")
_END_OF_TEXT = "\x03"


def entries(lines: Iterable[str]) -> Iterator[str]:
    """Each line, and the text of a banner as one entry with line feeds in it.

    Comments and blank lines are left out. The delimiter `^C` of a listing becomes the character
    that it stands for, which a terminal takes for an interruption: another is put in its place.
    """
    rest = iter(lines)
    for line in rest:
        text = line.rstrip()
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
        gathered.append(following.rstrip("\r\n"))
    body = "\n".join(gathered).partition(mark)[0]
    sign = next(sign for sign in "~@^%$&+=|" if sign not in body)
    return f"{first[: found.start(1)]}{sign}{body}{sign}"
