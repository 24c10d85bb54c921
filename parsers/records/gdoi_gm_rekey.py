"""`show crypto gdoi gm rekey [detail]`: rekeys received, and the SAs under which they come."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .. import convert
from ..convert import Address
from ..record import Record, Row, read


@dataclass(frozen=True, slots=True, kw_only=True)
class RekeySlot(Row):
    """A place for a rekey (KEK) SA; all is None where the place is empty (`---`).

    The cookies make up the SPI of the KEK.
    """

    destination: Address | None = read(convert.address_or_none)
    source: Address | None = read(convert.address_or_none)
    conn_id: int | None = read(convert.number_or_none)
    my_cookie: int | None = read(convert.hexadecimal_or_none)
    his_cookie: int | None = read(convert.hexadecimal_or_none)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRekeys(Row):
    """The rekeys of one group.

    `transport` is `Unicast` or `Multicast`. `acks_sent` is None for multicast, which has no
    acknowledgement. The slots are printed with `detail`: the KEK in use, the one before it, and
    one just received.
    """

    together = (("received", "received_since_registration"), ("new", "current", "previous"))

    group: str
    transport: str | None = None
    received: int
    received_since_registration: int | None = None
    acks_sent: int | None = None
    new: RekeySlot | None = None
    current: RekeySlot | None = None
    previous: RekeySlot | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GmRekeys(Record):
    """The rekeys of all groups."""

    groups: tuple[GroupRekeys, ...] = ()

    def gaps(self) -> Iterator[str]:
        """A last group without the SAs that were asked for."""
        for group in self.groups[-1:]:
            if group.new is None and self.command.endswith(" detail"):
                yield f"no rekey SAs follow for group {group.group}"
