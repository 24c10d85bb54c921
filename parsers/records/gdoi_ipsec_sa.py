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
    """The SA of one line of the access list. A port of 0 is any port.

    `replay` is `time`, `counter` or `none`; `replay_window` is in seconds for `time`, in packets
    for `counter`.
    """

    protocol: str
    source: Selector = required(_selector)
    source_port: int
    destination: Selector = required(_selector)
    destination_port: int
    direction: str
    replay: str
    replay_window: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SaInterface(Row):
    """The selectors on one interface, in the order of the access list."""

    interface: str
    selectors: tuple[TrafficSelector, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupSas(Row):
    """The SAs of one group."""

    group: str
    interfaces: tuple[SaInterface, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GdoiIpsecSas(Record):
    """The SAs of all groups."""

    groups: tuple[GroupSas, ...] = ()

    def gaps(self) -> Iterator[str]:
        """A last group without selectors."""
        for group in self.groups[-1:]:
            if not (group.interfaces and group.interfaces[-1].selectors):
                yield f"no selector follows for group {group.group}"
