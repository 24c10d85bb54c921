"""Access lists in a snapshot: alike in every dialect, and what a difference means for packets."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from ...audits.policy import Policy
    from ...parsers.config import AccessList, AclEntry, DeviceConfig
    from ...parsers.config.acl_change import Shift
    from ...parsers.records.acl_line import AclLine

_MOST: Final = 400
"""Entries beyond which nobody asks for packets: that would take too long."""
_TOO_LONG: Final = f"the lists are longer than {_MOST} lines"
_NUMBER: Final = re.compile(r"\A(?:access-list \S+ )?(?:(?:sequence )?\d+ )?")
"""What a line of a list begins with, of the list and its place in it."""


class Use(StrEnum):
    """What becomes of packets that an entry permits.

    A list of a group `encrypts`. One of a member is tried before it, and what it denies it
    `exempts`: all that it does not is left to the group. Any other one `permits`.
    """

    ENCRYPTS = "encrypts"
    EXEMPTS = "exempts"
    PERMITS = "permits"


_WORDS: Final = {
    Use.ENCRYPTS: ("newly encrypted", "newly in clear"),
    Use.EXEMPTS: ("no longer kept in clear", "newly kept in clear"),
    Use.PERMITS: ("newly permitted", "no longer permitted"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """The entries of an access list, in their order, object groups replaced by their members.

    `gap` says why there may be more of them; it is empty when these are all.
    """

    entries: tuple[AclEntry, ...] = ()
    use: Use = Use.ENCRYPTS
    ipv6: bool = False
    gap: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What another list means for packets: those that are permitted `more`, and `fewer`, in words.

    `unknown` says why there may be others; it is empty when these are all.
    """

    use: Use
    more: tuple[str, ...] = ()
    fewer: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def same(self) -> bool:
        """Whether all packets are surely treated as before."""
        return not (self.more or self.fewer or self.unknown)

    def lines(self) -> list[str]:
        """In words for people."""
        if self.same:
            return ["the same packets"]
        more, fewer = _WORDS[self.use]
        return [
            *(f"{more}: {each}" for each in self.more),
            *(f"{fewer}: {each}" for each in self.fewer),
            *(f"not known in full: {each}" for each in self.unknown),
        ]


def meaning(old: Listed | None, new: Listed | None) -> Meaning:
    """What becomes of packets when `new` takes the place of `old`; None is a list that is absent.

    Absent lists are empty ones.
    """
    from ...parsers.config.acl_change import acl_change

    one = old or new or Listed()
    use = (new or one).use
    gaps = tuple(dict.fromkeys(each.gap for each in (old, new) if each is not None and each.gap))
    lists = [_rest(each.entries, use) if each is not None else () for each in (old, new)]
    if max(map(len, lists)) > _MOST:
        return Meaning(use=use, unknown=(*gaps, _TOO_LONG))
    found = acl_change(lists[0], lists[1], ipv6=one.ipv6)
    more, fewer = _told(found.encrypted), _told(found.clear)
    return Meaning(use=use, more=more, fewer=fewer, unknown=(*gaps, *found.unknown))


def _rest(entries: tuple[AclEntry, ...], use: Use) -> tuple[AclEntry, ...]:
    """The entries with what is left to the group behind them."""
    return (*entries, _everything()) if use is Use.EXEMPTS else entries


@cache
def _everything() -> AclEntry:
    from ...parsers.config.acl_algebra import traffic

    return traffic("ip")


def _told(shifts: Iterable[Shift]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(str, shifts)))


# ---- lists of configurations ----


def lines_of(acl: AccessList) -> tuple[str, ...]:
    """The lines of a list as they count: without numbers, remarks behind them."""
    standard = acl.kind == "standard"
    entries = (_short(each) if standard else _plain(each) for each in acl.entries)
    others = (line.redacted for line in (*acl.remarks, *acl.unread))
    return (*entries, *map(_unnumbered, others))


def listed(config: DeviceConfig, acl: AccessList, use: Use) -> Listed:
    """The entries of a list of a configuration."""
    from ...parsers.config.acl_algebra import expand

    gap = f"a line of access list {acl.name} was not understood" if acl.unread else ""
    entries = acl.entries
    if config.object_groups:
        entries = expand(entries, config.object_groups)
    return Listed(entries=entries, use=use, ipv6=acl.kind == "ipv6", gap=gap)


def _unnumbered(line: str) -> str:
    return _NUMBER.sub("", " ".join(line.split()), count=1)


def of_policy(policy: Policy) -> tuple[tuple[str, ...], Listed]:
    """The lines of a key server's policy, and its entries."""
    entries = Listed(entries=policy.entries, ipv6=policy.family == "ipv6")
    return tuple(map(_plain, policy.written)), entries


# ---- lists that devices show ----


def printed(lines: Iterable[AclLine], use: Use = Use.ENCRYPTS) -> tuple[tuple[str, ...], Listed]:
    """Lines that a command of GDOI prints, as those of configurations count, and their entries."""
    return _printed(tuple(each.text for each in lines), use)


@lru_cache(maxsize=256)
def _printed(texts: tuple[str, ...], use: Use) -> tuple[tuple[str, ...], Listed]:
    """All members of a group print the same lines."""
    from ...parsers.records.acl_line import acl_line

    entries = tuple(acl_line(each).entry for each in texts)
    return tuple(map(_plain, entries)), Listed(entries=entries, use=use, ipv6=_is_ipv6(entries))


def _is_ipv6(entries: Iterable[AclEntry]) -> bool:
    return any(
        entry.protocol == "ipv6"
        or any(
            one and one.version == 6 for one in (entry.source.address, entry.destination.address)
        )
        for entry in entries
    )


def _plain(entry: AclEntry) -> str:
    return str(replace(entry, sequence=None))


def _short(entry: AclEntry) -> str:
    """An entry of a standard list, which has sources only."""
    return f"{entry.action} {entry.source}{' log' if entry.log else ''}"
