"""`show crypto key mypubkey {rsa [LABEL]|all}`: the device's own key pairs, by their public half.

No sample of the lines about encrypted keys was at hand: they are written from memory. The rest is
in captures of IOS and IOS-XE.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from .. import convert
from ..der import encoded_bytes, rsa_modulus_bits
from ..record import Record, Row, read, required


def _storage(value: str) -> str | None:
    return None if value.strip().lower() == "not specified" else convert.word_or_none(value)


def _whole_key(value: str) -> bytes:
    data = convert.octets(value)
    wanted = encoded_bytes(data)
    if wanted is not None and wanted != len(data):
        raise ValueError(f"the key has {wanted} bytes, {len(data)} are there")
    return data


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKey(Row):
    """One key pair.

    `generated` is in the device's local time, `algorithm` is `RSA` or `EC` (None on 12.4, which has
    RSA only), `bits` is the size that newer releases print, `storage` is None where the device says
    `not specified`. A `temporary` key is gone with the next reload. `encrypted` keys need a
    passphrase, `locked` ones cannot be used now. `data` is the SubjectPublicKeyInfo in DER.
    """

    together = (("name", "usage", "exportable", "data"),)

    generated: datetime = required(convert.timestamp)
    """When it was made, in the device's local time."""
    name: str
    """Its label."""
    algorithm: str | None = None
    """`RSA` or `EC`; None on 12.4, which has RSA only."""
    bits: int | None = None
    """Its size, in bits; newer releases print it."""
    temporary: bool = False
    """Whether it is gone with the next reload."""
    storage: str | None = read(_storage)
    """Where it is kept; None where the device says `not specified`."""
    usage: str | None = None
    """What it is for, as printed."""
    encrypted: bool = False
    """Whether it needs a passphrase."""
    locked: bool = False
    """Whether it cannot be used now."""
    exportable: bool | None = None
    """Whether the private half can be taken out."""
    redundancy: bool = False
    """Whether a stateful peer gets it too."""
    data: bytes = read(_whole_key, default=b"", joined=" ")
    """The SubjectPublicKeyInfo in DER."""

    @property
    def modulus_bits(self) -> int | None:
        """Size of an RSA key in bits, read from `data`; None for another kind of key."""
        return rsa_modulus_bits(self.data)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKeys(Record):
    """All key pairs, or the one that was asked for."""

    keys: tuple[PublicKey, ...] = ()
    """The key pairs."""
