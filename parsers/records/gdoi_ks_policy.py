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
    """The key-encryption key as the key server sees it."""

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
    """How rekeys are sent, as printed: `Unicast`, `Multicast`."""
    spi: int | None = read(convert.hexadecimal)
    """The SPI, as a number."""
    management_alg: str | None = read(convert.word_or_none)
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
    time_to_rekey_s: int | None = read(convert.number_or_none)
    """Seconds until the next rekey; releases before 15.2(1)T do not print it."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Tek(Row):
    """One traffic-encryption key."""

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
    """`ENCAPS_TUNNEL` or `ENCAPS_TRANSPORT`."""
    spi: int | None = read(convert.hexadecimal)
    """The SPI, as a number."""
    access_list: str | None = None
    """The access list that it is for."""
    transform: str | None = None
    """The transforms, as printed."""
    integrity: str | None = None
    """The hash; later releases than 12.4T name it in `transform`."""
    key_bytes: int | None = None
    """The size of its key, in bytes."""
    signature_key_bytes: int | None = None
    """The size of the key that authenticates, in bytes."""
    lifetime_s: int | None = None
    """The whole lifetime, in seconds."""
    remaining_s: int | None = None
    """The lifetime that is left, in seconds."""
    tek_life_s: int | None = None
    """What is printed as `tek life(sec)`, in seconds."""
    elapsed_s: int | None = None
    """How old it is, in seconds."""
    override_life_s: int | None = None
    """What is printed as `override life(sec)`, in seconds."""
    replay_window: int | None = read(convert.number_or_none)
    """The window of anti-replay, in packets or seconds."""
    time_to_rekey_s: int | None = read(convert.number_or_none)
    """Seconds until the next rekey; None for a key that has been superseded (`n/a`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KsGroupPolicy(Row):
    """The keys of one group."""

    together = (("group", "tek_count", "sequence"),)

    group: str
    """The name of the group."""
    handle: int = required(convert.handle)
    """The number of the group."""
    server: Address | str = required(address_or_name)
    """This key server."""
    server_handle: int | None = read(convert.handle)
    """The number of this key server."""
    tek_count: int | None = None
    """How many traffic-encryption keys there are."""
    sequence: int | None = None
    """The number of the last rekey message under this KEK."""
    keks: tuple[Kek, ...] = ()
    """The key-encryption keys."""
    teks: tuple[Tek, ...] = ()
    """The traffic-encryption keys."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KsPolicy(Record):
    """All groups of the key server."""

    groups: tuple[KsGroupPolicy, ...] = ()
    """The groups, in the order in which they are printed."""

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
