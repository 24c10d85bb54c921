"""`show crypto gdoi ipsec sa`: the traffic selectors of a group, by interface."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..config.acl import Selector
from ..record import Record, Row, required
from .selectors import selector


def _selector(value: str) -> Selector:
    """`ANY`, an address, or an address with a prefix length."""
    text = value.strip().lower()
    return selector(text if text == "any" or "/" in text else f"host {text}")


@dataclass(frozen=True, slots=True, kw_only=True)
class TrafficSelector(Row):
    """The SA of one line of the access list."""

    protocol: str
    """The protocol by name or number; `ip` is all."""
    source: Selector = required(_selector)
    """Whom packets come from."""
    source_port: int
    """The port that they come from; 0 is any."""
    destination: Selector = required(_selector)
    """Where packets go."""
    destination_port: int
    """The port that they go to; 0 is any."""
    direction: str
    """`inbound`, `outbound` or both, as printed."""
    replay: str
    """`time`, `counter` or `none`."""
    replay_window: int | None = None
    """The window of `time` in seconds, of `counter` in packets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaInterface(Row):
    """The selectors on one interface, in the order of the access list."""

    interface: str
    """The interface."""
    selectors: tuple[TrafficSelector, ...] = ()
    """The selectors, in the order of the access list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupSas(Row):
    """The SAs of one group."""

    group: str
    """The name of the group."""
    interfaces: tuple[SaInterface, ...] = ()
    """The interfaces of the group."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GdoiIpsecSas(Record):
    """The SAs of all groups."""

    groups: tuple[GroupSas, ...] = ()
    """The groups, in the order in which they are printed."""

    def gaps(self) -> Iterator[str]:
        """A last group without selectors."""
        for group in self.groups[-1:]:
            if not (group.interfaces and group.interfaces[-1].selectors):
                yield f"no selector follows for group {group.group}"
