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
    """A row of the table; `status` is `ACTIVE` for an SA in use."""

    destination: Address = required(convert.address)
    source: Address = required(convert.address)
    conn_id: int
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RekeySaDetail(Row):
    """A KEK with its addresses. Lifetimes in seconds, sizes in bytes (as in `Kek`).

    `interface` is cut to 15 characters by IOS, and lacks its number.
    """

    together = (
        ("transport", "local_address", "remote_address", "spi", "encryption", "lifetime_s"),
        ("transport", "signature_hash", "signature_bytes", "conn_id", "sequence", "handle"),
        ("transport", "interface", "group"),
    )

    transport: str
    local_address: Address | None = None
    local_port: int | None = None
    remote_address: Address | None = None
    remote_port: int | None = None
    spi: int | None = read(convert.hexadecimal)
    management_alg: str | None = None
    encryption: str | None = None
    iv_bytes: int | None = None
    key_bytes: int | None = None
    lifetime_s: int | None = None
    remaining_s: int | None = None
    signature_hash: bool | None = None
    signature_key_bytes: int | None = None
    signature_bytes: int | None = None
    signature_key_name: str | None = None
    acknowledgement: str | None = None
    protocol: str | None = None
    conn_id: int | None = None
    sequence: int | None = None
    previous_sequence: int | None = None
    handle: int | None = read(_bare_handle)
    interface: str | None = None
    group: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KekDatabase(Row):
    """Entries of the database of rekey SAs: in use now, made and released since the start."""

    active: int
    allocated: int
    freed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RekeySas(Record):
    """The table (`sas`), or with `detail` the KEKs (`keks`) and the size of their database."""

    database: KekDatabase | None = None
    sas: tuple[RekeySa, ...] = ()
    keks: tuple[RekeySaDetail, ...] = ()

    def gaps(self) -> Iterator[str]:
        """A count of KEKs that is larger than the list below it."""
        active = self.database.active if self.database is not None else 0
        if active > len(self.keks):
            yield f"{active} KEKs are active, {len(self.keks)} follow"
