"""`show ip access-lists [NAME]` and `show access-lists`: the lists as the device holds them.

Entries are read as in a configuration; what the command adds (matches, the state of a time range,
`wildcard bits`) is set apart. No sample of IPv6, reflexive and service-group forms was at hand:
their layout is written from memory.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .. import convert
from ..config.acl import ANY, ANY_PORT, Action, PortMatch, Selector
from ..config.line import ConfigLine
from ..config.read_acl import AclError, Kind, parse_entry
from ..record import Record, Row, read, required

_NOTE = re.compile(r"\(([^()]{1,60})\)")
_MATCHES = re.compile(r"(\d{1,20}) match(?:es)?")
_TIME_LEFT = re.compile(r"time left (\d{1,10})(?: seconds?)?")
_STATES = frozenset({"active", "inactive"})
_WILDCARD_BITS = ", wildcard bits "


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownEntry:
    """One permit or deny entry; the terms are those of a configured access list."""

    sequence: int | None
    """The number of the entry; None where none is printed."""
    action: Action
    """`permit` or `deny`."""
    protocol: str
    """The protocol by name or number; `ip` and `ipv6` are all."""
    source: Selector = ANY
    """Whom packets come from."""
    source_ports: PortMatch = ANY_PORT
    """The ports that they come from."""
    destination: Selector = ANY
    """Where packets go."""
    destination_ports: PortMatch = ANY_PORT
    """The ports that they go to."""
    flags: tuple[str, ...] = ()
    """Further words of the entry, such as `established` or `dscp ef`."""
    log: bool = False
    """Whether packets that match are logged."""
    matches: int | None = None
    """Packets that matched; None: the device prints no counter."""
    active: bool | None = None
    """Whether its time range is active; None without one."""
    time_left_s: int | None = None
    """The rest of a reflexive entry's life, in seconds."""


def shown_entry(value: str) -> ShownEntry:
    """`10 permit ip any host 10.1.1.1 (12 matches)` as a `ShownEntry`.

    Raises ValueError when the line is no entry.
    """
    notes = _NOTE.findall(value)
    words = _NOTE.sub(" ", value).replace(_WILDCARD_BITS, " ").split()
    entry = None
    for kind in _kinds(words):
        try:
            entry = parse_entry(words, kind, ConfigLine(text=value, lineno=0, indent=0))
            break
        except AclError:
            continue
    if entry is None:
        raise ValueError(f"{value!r} is no access-list entry")
    return ShownEntry(
        sequence=entry.sequence,
        action=entry.action,
        protocol=entry.protocol,
        source=entry.source,
        source_ports=entry.source_ports,
        destination=entry.destination,
        destination_ports=entry.destination_ports,
        flags=entry.flags,
        log=entry.log,
        matches=_number(_MATCHES, notes),
        active=next((note == "active" for note in notes if note in _STATES), None),
        time_left_s=_number(_TIME_LEFT, notes),
    )


def _kinds(words: list[str]) -> tuple[Kind, ...]:
    """The kinds of list that an entry can stand in, by the word behind its action."""
    action = 1 if words and words[0].isdecimal() else 0
    first = words[action + 1] if len(words) > action + 1 else ""
    if first in {"any", "host"} or "." in first:
        return ("standard",)
    return ("extended", "ipv6")


def _number(pattern: re.Pattern[str], notes: list[str]) -> int | None:
    found = (pattern.fullmatch(note) for note in notes)
    return next((int(match[1]) for match in found if match), None)


def _kind(value: str) -> str:
    return " ".join(value.lower().split()).removesuffix(" ip")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownAccessList(Row):
    """One access list."""

    kind: str = required(_kind)
    """`standard`, `extended`, `ipv6` or `reflexive`."""
    name: str
    """The name or number of the list."""
    note: str | None = None
    """What stands in parentheses behind the name: `per-user`, `Compiled`."""
    entries: tuple[ShownEntry, ...] = read(shown_entry, default=())
    """The entries, in the order in which they are tried."""
    evaluated: tuple[str, ...] = read(convert.text, default=())
    """The reflexive lists that it asks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessLists(Record):
    """All lists, or the one that was asked for."""

    lists: tuple[ShownAccessList, ...] = ()
    """The lists."""

    def get(self, name: str) -> ShownAccessList | None:
        """The list called `name`, or None."""
        return next((found for found in self.lists if found.name == name), None)
