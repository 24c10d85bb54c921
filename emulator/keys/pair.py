"""A key pair as a router holds it, and what happened to one."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from .errors import NoDomainError, NoHostnameError
from .material import KeyKind, KeyMaterial

NOT_SPECIFIED = "not specified"
PRIVATE_CONFIG = "private-config"
"""The storage of a key pair before and after the configuration is saved (genieparser samples)."""

FACTORY_HOSTNAMES = frozenset({"Router", "Switch"})

SERVER_SUFFIX = ".server"
"""Ends the label of the temporary pair that SSH makes beside its host key (genieparser samples)."""


class Usage(Enum):
    """What a pair is for, in the words of `show crypto key mypubkey`."""

    GENERAL = "General Purpose Key"
    SIGNATURE = "Signature Key"
    ENCRYPTION = "Encryption Key"


USAGE_KEYS = (Usage.SIGNATURE, Usage.ENCRYPTION)
"""The two pairs that `usage-keys` makes under one label."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPair:
    """A key pair with its label.

    `generated_at` is in seconds since 1970 UTC; an imported pair was generated when it came in.
    `temporary` pairs are never saved.
    """

    label: str
    usage: Usage
    material: KeyMaterial
    generated_at: float
    exportable: bool = False
    redundancy: bool = False
    storage: str = NOT_SPECIFIED
    temporary: bool = False

    @property
    def kind(self) -> KeyKind:
        """The algorithm."""
        return self.material.kind

    @property
    def bits(self) -> int:
        """The bits of the modulus or of the curve."""
        return self.material.bits

    @property
    def signs(self) -> bool:
        """Whether the pair may make signatures, as an SSH host and a key server do."""
        return self.usage is not Usage.ENCRYPTION and not self.temporary


class KeyChange(Enum):
    """What happened to the pairs of one label."""

    ADDED = "added"
    REPLACED = "replaced"
    REMOVED = "removed"
    ALTERED = "altered"
    """Still the same key: it became non-exportable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyEvent:
    """Tells a subscriber of a key store what happened; `before` and `after` are the pairs."""

    change: KeyChange
    kind: KeyKind
    label: str
    before: tuple[KeyPair, ...] = field(default=())
    after: tuple[KeyPair, ...] = field(default=())


def default_label(hostname: str, domain: str | None) -> str:
    """The label of keys that are made without one: `hostname.domain`.

    Raises NoHostnameError and NoDomainError, in the order in which IOS asks for them.
    """
    if hostname in FACTORY_HOSTNAMES:
        raise NoHostnameError("the hostname is the one of the factory")
    if not domain:
        raise NoDomainError("there is no domain name")
    return f"{hostname}.{domain}"
