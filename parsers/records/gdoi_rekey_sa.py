"""`show crypto gdoi rekey sa [detail]`: the SAs under which rekeys are sent or received.

The table is that of the reference §3.12, the detail that of the capture (IOS-XE 17).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .. import convert
from ..convert import Address
from ..record import Record, Row, read, required

_HANDLE_DIGITS = 8


def _bare_handle(value: str) -> int:
    """A handle without `0x`: handles start at 0x40000000, which has ten digits in base 10."""
    return int(value, 16) if len(value) <= _HANDLE_DIGITS else convert.handle(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class RekeySa(Row):
    """A row of the table."""

    destination: Address = required(convert.address)
    """Where rekeys go."""
    source: Address = required(convert.address)
    """Whom they come from."""
    conn_id: int
    """The number that the device gives the SA."""
    status: str
    """`ACTIVE` for an SA in use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RekeySaDetail(Row):
    """A KEK with its addresses."""

    together = (
        ("transport", "local_address", "remote_address", "spi", "encryption", "lifetime_s"),
        ("transport", "signature_hash", "signature_bytes", "conn_id", "sequence", "handle"),
        ("transport", "interface", "group"),
    )

    transport: str
    """How rekeys are sent, as printed: `Unicast`, `Multicast`."""
    local_address: Address | None = None
    """The address at this end."""
    local_port: int | None = None
    """The UDP port at this end."""
    remote_address: Address | None = None
    """The address at the other end."""
    remote_port: int | None = None
    """The UDP port at the other end."""
    spi: int | None = read(convert.hexadecimal)
    """The SPI, as a number."""
    management_alg: str | None = None
    """The key management algorithm, such as `LKH`."""
    encryption: str | None = None
    """The cipher."""
    iv_bytes: int | None = None
    """The size of the initialization vector, in bytes."""
    key_bytes: int | None = None
    """The size of its key, in bytes."""
    lifetime_s: int | None = None
    """The whole lifetime, in seconds."""
    remaining_s: int | None = None
    """The lifetime that is left, in seconds."""
    signature_hash: bool | None = None
    """Whether rekeys are signed."""
    signature_key_bytes: int | None = None
    """The length of the public key in DER, in bytes."""
    signature_bytes: int | None = None
    """The length of the key's modulus, in bytes: 256 is RSA 2048."""
    signature_key_name: str | None = None
    """The label of the key pair that signs rekeys."""
    acknowledgement: str | None = None
    """How rekeys are acknowledged."""
    protocol: str | None = None
    """What `conn_id` is of, such as `IKEv1`."""
    conn_id: int | None = None
    """The number that the device gives the SA."""
    sequence: int | None = None
    """The sequence number of the last rekey."""
    previous_sequence: int | None = None
    """The one before."""
    handle: int | None = read(_bare_handle)
    """The number of the group."""
    interface: str | None = None
    """The interface, which IOS cuts to 15 characters; it lacks its number."""
    group: str | None = None
    """The name of the group."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KekDatabase(Row):
    """The database of rekey SAs."""

    active: int
    """Entries in use."""
    allocated: int
    """Entries made since the start."""
    freed: int
    """Entries released since the start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RekeySas(Record):
    """All rekey SAs."""

    database: KekDatabase | None = None
    """The size of the database, with `detail`."""
    sas: tuple[RekeySa, ...] = ()
    """The table, without `detail`."""
    keks: tuple[RekeySaDetail, ...] = ()
    """The KEKs, with `detail`."""

    def gaps(self) -> Iterator[str]:
        """A count of KEKs that is larger than the list below it."""
        active = self.database.active if self.database is not None else 0
        if active > len(self.keks):
            yield f"{active} KEKs are active, {len(self.keks)} follow"
