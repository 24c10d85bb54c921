"""One line of an access list as the GDOI commands print it.

The dialect is not that of the configuration: the list's name is left out where the list was
downloaded, an IPv4 port is written `port = 848`, an IPv6 port `eq 848`. The values are those of
the configuration's own access lists, so that a downloaded policy and a configured one compare.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from ..config.acl import AclEntry, Action, PortMatch, Selector
from ..config.line import ConfigLine
from ..config.read_acl import Kind, parse_entry

_LEAD = "access-list"
_ACTIONS = frozenset({"permit", "deny"})
_COMPARISONS = {"=": "eq", "!=": "neq", "<": "lt", ">": "gt", "range": "range"}
"""What stands behind the word `port`, and what the configuration says instead."""

_FLAG = re.compile(r"[A-Za-z0-9][\w\-]{0,30}")


@dataclass(frozen=True, slots=True, kw_only=True)
class AclLine:
    """A permit or deny line; its fields mean what those of `AclEntry` mean."""

    name: str | None
    """The list; None where the device leaves it out: it was downloaded from a key server."""
    action: Action
    """`permit` or `deny`."""
    protocol: str
    """The protocol by name or number; `ip` and `ipv6` are all."""
    source: Selector
    """Whom packets come from."""
    source_ports: PortMatch
    """The ports that they come from."""
    destination: Selector
    """Where packets go."""
    destination_ports: PortMatch
    """The ports that they go to."""
    flags: tuple[str, ...]
    """Further words of the entry, such as `established` or `dscp ef`."""
    log: bool
    """Whether packets that match are logged."""
    text: str
    """The line as printed, runs of blanks as one."""

    @property
    def entry(self) -> AclEntry:
        """The line as an entry of a configured list, for comparison with one."""
        return AclEntry(
            line=ConfigLine(self.text, 0),
            action=self.action,
            protocol=self.protocol,
            source=self.source,
            source_ports=self.source_ports,
            destination=self.destination,
            destination_ports=self.destination_ports,
            flags=self.flags,
            log=self.log,
        )


@lru_cache(maxsize=4096)
def acl_line(text: str) -> AclLine:
    """`text` (`access-list [NAME] permit|deny …`) as an `AclLine`.

    Raises ValueError when the line is none.
    """
    lead, *words = text.split() or [""]
    name = None
    # a list may be called `permit`: then a second such word follows
    if words[1:2] and (words[0] not in _ACTIONS or words[1] in _ACTIONS):
        name, *words = words
    if lead != _LEAD or not _ACTIONS.intersection(words[:1]):
        raise ValueError(f"{text!r} is not an access-list line")
    kind: Kind = "ipv6" if any(":" in word for word in words) else "extended"
    entry = parse_entry(_configured(words), kind, ConfigLine(text, 0))
    if not all(_FLAG.fullmatch(flag) for flag in entry.flags):
        raise ValueError(f"{' '.join(entry.flags)!r} does not belong to an access-list line")
    return AclLine(
        name=name,
        action=entry.action,
        protocol=entry.protocol,
        source=entry.source,
        source_ports=entry.source_ports,
        destination=entry.destination,
        destination_ports=entry.destination_ports,
        flags=entry.flags,
        log=entry.log,
        text=" ".join(text.split()),
    )


def _configured(words: Sequence[str]) -> list[str]:
    """The words as the configuration has them: `eq 848` for `port = 848`."""
    found: list[str] = []
    for word in words:
        if found[-1:] == ["port"] and word in _COMPARISONS:
            found[-1] = _COMPARISONS[word]
        else:
            found.append(word)
    return found
