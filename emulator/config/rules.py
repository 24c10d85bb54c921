"""What a replacement of the configuration has to know of the commands."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from .matching import Ordered, Parents, order_of

_ENTRY = re.compile(r"(?:sequence )?\d+(?= )")


def negation(parents: Parents, line: str) -> str | None:
    """What takes a line back: `no` before it, or its `no` taken away.

    An access list entry with a number goes by the number.
    """
    if line.startswith("no "):
        return line[3:]
    if parents and parents[-1].startswith(("ip access-list ", "ipv6 access-list ")):
        entry = _ENTRY.match(line)
        if entry:
            return f"no {entry[0]}"
    return f"no {line}"


def each_for_itself(_parents: Parents, _line: str) -> str | None:
    """No line takes the place of another."""
    return None


def always(_parents: Parents, _line: str) -> bool:
    """Every line can be removed."""
    return True


def passed_over(parents: Parents, line: str) -> bool:
    """The lines that a replacement neither adds nor removes: IOS writes them by itself."""
    return not parents and (
        line.startswith(("version ", "license udi "))
        or line in ("boot-start-marker", "boot-end-marker")
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What a replacement has to know of the commands.

    Every function gets the lines above a line, outermost first, and the line; of a banner it gets
    what stands before the delimiter.

    `negate` gives the command that takes a line back, None when there is none. `identity` names
    what a line sets: a new line with the identity of an old one overwrites it, so that the old one
    is not removed first; None for a line of its own. `removable` tells whether a line can go as a
    whole; a physical interface cannot, so the lines below it go one by one. `skipped` lines are
    neither added nor removed. `ordered` names the lists whose order counts. `headers` tells
    whether lines like `Building configuration...` in a target are commands (which fail), as
    on a device (ansible.netcommon, sample of `cli_restore`).
    """

    negate: Callable[[Parents, str], str | None] = negation
    identity: Callable[[Parents, str], str | None] = each_for_itself
    removable: Callable[[Parents, str], bool] = always
    skipped: Callable[[Parents, str], bool] = passed_over
    ordered: Ordered = order_of
    headers: bool = True
