"""The keys of a group: KEKs, TEKs, and the RSA key that signs rekeys."""

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random

from .policy import Cipher, RekeyPolicy, SaPolicy

MIN_SPI = 0x100
"""Lower values are reserved (RFC 4303 §2.1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    """The RSA key pair of a label as a key server uses it.

    `public_der` is its SubjectPublicKeyInfo; `sign(data, hash_name)` makes a signature (PKCS #1
    v1.5) with `sha`, `sha256`, `sha384` or `sha512`.
    """

    label: str
    bits: int
    public_der: bytes
    sign: Callable[[bytes, str], bytes] = field(repr=False)


@dataclass(slots=True, kw_only=True, eq=False)
class Kek:
    """A key that encrypts rekeys. `spi` has 16 bytes: the pair of cookies of the rekey SA.

    `sequence` is that of the last rekey under it. `label` is that of the RSA key that signed what
    was sent last, at first of the one that was there when it was made.
    """

    spi: int
    cipher: Cipher
    sig_hash: str
    created_at: float
    lifetime_s: int
    sequence: int = 0
    label: str = ""

    @property
    def expires_at(self) -> float:
        """When it ends."""
        return self.created_at + self.lifetime_s

    def remaining_s(self, now: float) -> float:
        """What is left of it, not below 0."""
        return max(0.0, self.expires_at - now)

    @property
    def cookies(self) -> tuple[int, int]:
        """The two halves of its SPI: `my-cookie` and `his-cookie` of a member."""
        return self.spi >> 64, self.spi & 0xFFFFFFFFFFFFFFFF


@dataclass(slots=True, kw_only=True, eq=False)
class Tek:
    """A key that encrypts traffic, of the policy `sa`.

    `lifetime_s` is the one with which it was made, `expires_at` when it really ends: a triggered
    rekey may have shortened it. `issuer` is the address of the key server that made it.
    """

    spi: int
    sa: SaPolicy
    created_at: float
    lifetime_s: int
    expires_at: float
    issuer: str = ""

    def remaining_s(self, now: float) -> float:
        """What is left of it, not below 0."""
        return max(0.0, self.expires_at - now)


def new_kek(random: Random, rekey: RekeyPolicy, now: float) -> Kek:
    """Draw a KEK after a policy."""
    return Kek(
        spi=random.getrandbits(128) | 1 << 127,
        cipher=rekey.cipher,
        sig_hash=rekey.sig_hash,
        created_at=now,
        lifetime_s=rekey.lifetime_s,
        label=rekey.label,
    )


def group_mark(identity: str, drawn: int) -> int:
    """The lower half of an SPI, which tells that it belongs to a group.

    Key servers code the group into SPIs, so that members recognize TEKs of their group that they
    lack (GM error detection guide); how they do it is not published.
    """
    return zlib.crc32(f"{identity}/{drawn}".encode()) & 0xFFFF


def marked(spi: int, identity: str) -> bool:
    """Whether an SPI is one of a group's, by the mark in it."""
    return spi & 0xFFFF == group_mark(identity, spi >> 16)


def new_tek(
    random: Random,
    sa: SaPolicy,
    now: float,
    issuer: str,
    *,
    identity: str = "",
    taken: Sequence[Tek] = (),
) -> Tek:
    """Draw a TEK after a policy; its SPI bears the mark of the group, and is none of `taken`."""
    spi = 0
    while spi < MIN_SPI or any(tek.spi == spi for tek in taken):
        drawn = random.getrandbits(16)
        spi = drawn << 16 | group_mark(identity, drawn)
    return Tek(
        spi=spi,
        sa=sa,
        created_at=now,
        lifetime_s=sa.lifetime_s,
        expires_at=now + sa.lifetime_s,
        issuer=issuer,
    )
