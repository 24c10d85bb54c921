"""`show crypto gdoi gm pubkey`: the public keys that verify rekeys, one for each registration."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .. import convert
from ..convert import Address
from ..der import encoded_bytes, rsa_modulus_bits
from ..record import Record, Row, read, required

PRINTED_BYTES = 256
"""Bytes of a key after which IOS stops printing: in the midst of a key of 2048 bits or more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KsPubkey(Row):
    """The public key of a key server, as learnt at registration."""

    together = (("server", "conn_id", "my_cookie", "his_cookie", "key_data"),)

    server: Address = required(convert.address)
    """The key server."""
    conn_id: int | None = None
    """The number that the device gives the SA."""
    my_cookie: int | None = read(convert.hexadecimal)
    """The cookie of this end of the rekey SA."""
    his_cookie: int | None = read(convert.hexadecimal)
    """The cookie of the key server's end of the rekey SA."""
    key_data: bytes = read(convert.octets, default=b"", joined="")
    """A SubjectPublicKeyInfo in DER; of a longer one the first 256 bytes, which are printed."""

    @property
    def whole(self) -> bool:
        """Whether `key_data` reaches to the end of the key."""
        return encoded_bytes(self.key_data) == len(self.key_data)

    @property
    def printed_whole(self) -> bool:
        """Whether `key_data` ends where the key does, or where IOS stops printing."""
        return self.whole or len(self.key_data) == PRINTED_BYTES

    @property
    def modulus_bits(self) -> int | None:
        """Bits of the RSA modulus, also where the key is not whole; None for other keys."""
        return rsa_modulus_bits(self.key_data)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupPubkeys(Row):
    """The keys of one group; on a key server, and before registration, there are none."""

    group: str
    """The name of the group."""
    keys: tuple[KsPubkey, ...] = ()
    """The keys."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GmPubkeys(Record):
    """The keys of all groups."""

    groups: tuple[GroupPubkeys, ...] = ()
    """The groups, in the order in which they are printed."""

    def gaps(self) -> Iterator[str]:
        """Keys that end neither where they should nor where IOS stops printing."""
        for key in (key for group in self.groups for key in group.keys):
            if not key.printed_whole:
                count = len(key.key_data)
                yield f"line {key.lineno} starts a key of which {count} bytes follow"
