"""Comments in configurations that say of findings that they are meant to be so.

::

    ! getvpn: ignore[TEK003] accepted with change 4711
    crypto ipsec profile GETVPN
     set security-association lifetime seconds 28800

A comment holds for the line that follows it, and for all that stands below that line. In front of
the first line of a configuration it holds for the whole of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .facts import DeviceFacts
from .registry import Registry
from .rule import Finding

if TYPE_CHECKING:
    from ..parsers.config import ConfigTree

_MARK = re.compile(r"getvpn\s*:", re.IGNORECASE)
_COMMENT = re.compile(r"\W*getvpn\s*:\s*ignore\s*\[([^\]]*)\]\s*:?\s*(.*)", re.IGNORECASE)
FORM = "! getvpn: ignore[CODE] reason"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """A comment about findings; `rules` are codes, `fault` says what is wrong with it.

    `first` and `last` are the lines for which it holds; None stands for the whole file.
    """

    device: str
    source: str
    lineno: int
    text: str
    rules: tuple[str, ...] = ()
    reason: str = ""
    first: int | None = None
    last: int | None = None
    fault: str = ""

    def covers(self, finding: Finding) -> bool:
        """Whether it is about `finding`."""
        place = finding.location
        if self.fault or finding.rule not in self.rules or place.source != self.source:
            return False
        if self.first is None or self.last is None:
            return True
        return place.line is not None and self.first <= place.line <= self.last


def comments_of(devices: Iterable[DeviceFacts], rules: Registry) -> Iterator[Comment]:
    """The comments about findings in the configurations of devices."""
    for device in devices:
        if device.config is None:
            continue
        tree = device.config.tree
        for line in tree.comments:
            if _MARK.search(line.text):
                read = _read(device.name, tree.source, line.lineno, line.text, rules)
                yield _placed(read, tree)


def _read(device: str, source: str, lineno: int, text: str, rules: Registry) -> Comment:
    made = Comment(device=device, source=source, lineno=lineno, text=text)
    found = _COMMENT.fullmatch(text)
    if found is None:
        return replace(made, fault=f"it is not of the form '{FORM}'")
    names = [name.strip() for name in found[1].split(",") if name.strip()]
    if not names:
        return replace(made, fault="it names no rule")
    unknown = [name for name in names if name not in rules]
    if unknown:
        return replace(made, fault=f"there is no rule '{unknown[0]}'")
    reason = " ".join(found[2].split())
    if not reason:
        return replace(made, fault="it gives no reason")
    return replace(made, rules=tuple(rules[name].code for name in names), reason=reason)


def _placed(comment: Comment, tree: ConfigTree) -> Comment:
    """The comment with the lines for which it holds."""
    first = next((line for line in tree.walk() if line.lineno > comment.lineno), None)
    top = tree.lines[0].lineno if tree.lines else None
    if first is None or first.lineno == top:
        return comment
    last = max(line.lineno for line in first.walk())
    return replace(comment, first=first.lineno, last=last)
