"""What an SSH server of IOS offers in the key exchange, as data.

`show ip ssh` prints these lists; the front offers what of them the SSH library knows. The order is
the router's, and only tells what it prefers: the client's order decides (RFC 4253, 7.1).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class AlgorithmProfile:
    """The algorithms of one generation of software, best first, by their SSH names.

    `host_keys` are signature algorithms: which of them are offered depends on the keys that the
    router has. `user_keys` is announced to clients that log in with a public key.
    """

    kex: tuple[str, ...]
    host_keys: tuple[str, ...]
    ciphers: tuple[str, ...]
    macs: tuple[str, ...]
    user_keys: tuple[str, ...]

    def chosen(self, choice: "AlgorithmChoice") -> "AlgorithmProfile":
        """The profile with what a configuration puts in the place of its lists."""
        names = ("kex", "host_keys", "ciphers", "macs", "user_keys")
        found = {name: getattr(choice, name) for name in names if getattr(choice, name)}
        return replace(self, **found)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlgorithmChoice:
    """What `ip ssh server algorithm …` says; an empty list leaves that of the profile."""

    kex: tuple[str, ...] = ()
    host_keys: tuple[str, ...] = ()
    ciphers: tuple[str, ...] = ()
    macs: tuple[str, ...] = ()
    user_keys: tuple[str, ...] = ()


NO_CHOICE: Final = AlgorithmChoice()

MODERN: Final = AlgorithmProfile(
    kex=(
        "curve25519-sha256",
        "curve25519-sha256@libssh.org",
        "ecdh-sha2-nistp256",
        "ecdh-sha2-nistp384",
        "ecdh-sha2-nistp521",
        "diffie-hellman-group14-sha256",
        "diffie-hellman-group16-sha512",
    ),
    host_keys=(
        "ecdsa-sha2-nistp256",
        "ecdsa-sha2-nistp384",
        "ecdsa-sha2-nistp521",
        "ssh-ed25519",
        "rsa-sha2-512",
        "rsa-sha2-256",
        "ssh-rsa",
    ),
    ciphers=(
        "chacha20-poly1305@openssh.com",
        "aes128-gcm@openssh.com",
        "aes256-gcm@openssh.com",
        "aes128-gcm",
        "aes256-gcm",
        "aes128-ctr",
        "aes192-ctr",
        "aes256-ctr",
    ),
    macs=("hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com"),
    user_keys=(
        "ecdsa-sha2-nistp256",
        "ecdsa-sha2-nistp384",
        "ecdsa-sha2-nistp521",
        "ssh-ed25519",
        "rsa-sha2-256",
        "rsa-sha2-512",
        "ssh-rsa",
    ),
)
"""IOS XE 17: `show ip ssh` of genieparser's samples and of a published 17.x transcript."""

LEGACY: Final = AlgorithmProfile(
    kex=(
        "diffie-hellman-group-exchange-sha1",
        "diffie-hellman-group14-sha1",
        "diffie-hellman-group1-sha1",
    ),
    host_keys=("ssh-rsa",),
    ciphers=(
        "aes128-ctr",
        "aes192-ctr",
        "aes256-ctr",
        "aes128-cbc",
        "3des-cbc",
        "aes192-cbc",
        "aes256-cbc",
    ),
    macs=("hmac-sha1", "hmac-sha1-96"),
    user_keys=("ssh-rsa",),
)
"""IOS 15: `ip ssh server algorithm` in the Cisco security command reference, its defaults."""

PROFILES: Final[Mapping[str, AlgorithmProfile]] = MappingProxyType(
    {"modern": MODERN, "legacy": LEGACY}
)
"""The profiles by the names that a lab file uses."""


def known(wanted: Iterable[str], possible: Iterable[bytes]) -> list[str]:
    """Those of the names `wanted`, in their order, that the SSH library can do."""
    have = frozenset(possible)
    return [name for name in wanted if name.encode() in have]
