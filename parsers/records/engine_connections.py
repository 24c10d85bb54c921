"""`show crypto engine connections active`: packets through each SA of the crypto engine.

The layout with `LastSeqN` is that of a capture (IOS 15.x). No sample of the one with an interface
column (12.4T) was at hand: it is written from memory. On a GETVPN member the second IKE row is the
rekey SA.
"""

from __future__ import annotations

from dataclasses import dataclass

from .. import convert
from ..convert import Address
from ..record import Record, Row, read


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineConnection(Row):
    """One SA."""

    conn_id: int
    """The number that the device gives the SA."""
    interface: str | None = None
    """The interface."""
    kind: str
    """`IKE`, `IKEv2` or `IPsec`."""
    algorithm: str
    """The algorithms, as printed."""
    encrypted: int
    """Packets that were encrypted."""
    decrypted: int
    """Packets that were decrypted."""
    last_sequence: int | None = None
    """The number of the last packet."""
    address: Address | None = read(convert.address)
    """The address at this end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineConnections(Record):
    """All SAs of the engine."""

    connections: tuple[EngineConnection, ...] = ()
    """The SAs."""
