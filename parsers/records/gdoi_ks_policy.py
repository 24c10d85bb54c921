"""`show crypto gdoi ks policy`: the KEK and the TEKs that a key server holds, per group.

12.4T prints a TEK in a shape of its own (`# of transforms`, `hmac alg`). No sample of it was at
hand: those labels are written from memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .. import convert
from ..convert import Address
from ..record import Record, Row, read, required
from .gdoi_values import address_or_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Kek(Row):
    """The key-encryption key as the key server sees it. Lifetimes in seconds, sizes in bytes.

    `signature_key_bytes` is the DER length of the public key, `signature_bytes` the modulus length
    (reference §3.4: 256 is RSA 2048). Releases before 15.2(1)T print no `time_to_rekey_s`.
    """

    together = (
        (
            "transport",
            "spi",
            "management_alg",
            "encryption",
            "iv_bytes",
            "key_bytes",
            "lifetime_s",
            "remaining_s",
            "signature_hash",
            "signature_key_bytes",
            "signature_bytes",
        ),
    )

    transport: str = required(convert.text)
    spi: int | None = read(convert.hexadecimal)
    management_alg: str | None = read(convert.word_or_none)
    encryption: str | None = None
    iv_bytes: int | None = None
    key_bytes: int | None = None
    lifetime_s: int | None = None
    remaining_s: int | None = None
    time_to_rekey_s: int | None = read(convert.number_or_none)
    signature_hash: bool | None = None
    signature_key_bytes: int | None = None
    signature_bytes: int | None = None
    signature_key_name: str | None = None
    acknowledgement: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tek(Row):
    """One traffic-encryption key. Times in seconds, sizes in bytes.

    `time_to_rekey_s` is None for a key that has been superseded (`n/a`). `integrity` is a field of
    12.4T; later releases name it in `transform`.
    """

    together = (
        (
            "encapsulation",
            "spi",
            "access_list",
            "transform",
            "key_bytes",
            "signature_key_bytes",
            "lifetime_s",
            "remaining_s",
            "override_life_s",
            "replay_window",
        ),
        ("tek_life_s", "elapsed_s"),
    )

    encapsulation: str = required(convert.text)
    spi: int | None = read(convert.hexadecimal)
    access_list: str | None = None
    transform: str | None = None
    integrity: str | None = None
    key_bytes: int | None = None
    signature_key_bytes: int | None = None
    lifetime_s: int | None = None
    remaining_s: int | None = None
    tek_life_s: int | None = None
    elapsed_s: int | None = None
    override_life_s: int | None = None
    replay_window: int | None = read(convert.number_or_none)
    time_to_rekey_s: int | None = read(convert.number_or_none)


@dataclass(frozen=True, slots=True, kw_only=True)
class KsGroupPolicy(Row):
    """The keys of one group. `sequence` is the number of the last rekey message under this KEK."""

    together = (("group", "tek_count", "sequence"),)

    group: str
    handle: int = required(convert.handle)
    server: Address | str = required(address_or_name)
    server_handle: int | None = read(convert.handle)
    tek_count: int | None = None
    sequence: int | None = None
    keks: tuple[Kek, ...] = ()
    teks: tuple[Tek, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KsPolicy(Record):
    """All groups of the key server."""

    groups: tuple[KsGroupPolicy, ...] = ()

    def gaps(self) -> Iterator[str]:
        """Counts of TEKs that are larger than the lists below them."""
        if not self.groups:
            yield "no group follows the heading"
        for group in self.groups:
            if len(group.teks) < (group.tek_count or 0):
                yield (
                    f"group {group.group} announces {group.tek_count} TEKs,"
                    f" {len(group.teks)} follow"
                )
