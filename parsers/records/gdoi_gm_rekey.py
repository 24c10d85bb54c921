"""`show crypto gdoi gm rekey [detail]`: rekeys received, and the SAs under which they come."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .. import convert
from ..convert import Address
from ..record import Record, Row, read


@dataclass(frozen=True, slots=True, kw_only=True)
class RekeySlot(Row):
    """A place for a rekey (KEK) SA; all is None where the place is empty (`---`)."""

    destination: Address | None = read(convert.address_or_none)
    """Where rekeys go."""
    source: Address | None = read(convert.address_or_none)
    """Whom they come from."""
    conn_id: int | None = read(convert.number_or_none)
    """The number that the device gives the SA."""
    my_cookie: int | None = read(convert.hexadecimal_or_none)
    """The first half of the SPI of the KEK."""
    his_cookie: int | None = read(convert.hexadecimal_or_none)
    """The second half of the SPI of the KEK."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRekeys(Row):
    """The rekeys of one group. The slots are printed with `detail`."""

    together = (("received", "received_since_registration"), ("new", "current", "previous"))

    group: str
    """The name of the group."""
    transport: str | None = None
    """How rekeys are sent: `Unicast` or `Multicast`; None where it is not printed."""
    received: int
    """Rekeys received."""
    received_since_registration: int | None = None
    """Those since the last registration."""
    acks_sent: int | None = None
    """Acknowledgements sent; None for multicast, which has none."""
    new: RekeySlot | None = None
    """The KEK just received."""
    current: RekeySlot | None = None
    """The KEK in use."""
    previous: RekeySlot | None = None
    """The KEK before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GmRekeys(Record):
    """The rekeys of all groups."""

    groups: tuple[GroupRekeys, ...] = ()
    """The groups, in the order in which they are printed."""

    def gaps(self) -> Iterator[str]:
        """A last group without the SAs that were asked for."""
        for group in self.groups[-1:]:
            if group.new is None and self.command.endswith(" detail"):
                yield f"no rekey SAs follow for group {group.group}"
