"""`show crypto ipsec profile`, and the lists of transform sets that crypto maps print likewise."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..record import Record, Row, read
from .selectors import group_number_or_none, transforms

_SET = re.compile(r"([^\s{},:]+)[ \t]*(?::[ \t]*\{([^{}]*)\})?[ \t]*,?")


@dataclass(frozen=True, slots=True, kw_only=True)
class TransformSet:
    """A transform set."""

    name: str
    """Its name."""
    transforms: tuple[str, ...] = ()
    """Its transforms, where the release prints them."""


def transform_sets(value: str) -> tuple[TransformSet, ...]:
    """The lines from `Transform sets={` to `}` in order. Raises ValueError for any other list."""
    lines = value.split("\n")
    if len(lines) < 2 or not lines[0].endswith("={") or lines[-1] != "}":
        raise ValueError("the list of transform sets is not closed")
    found = []
    for line in lines[1:-1]:
        if (match := _SET.fullmatch(line)) is None:
            raise ValueError(f"{line!r} is not a transform set")
        name, content = match.groups()
        found.append(TransformSet(name=name, transforms=transforms(content) if content else ()))
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class IpsecProfile(Row):
    """An IPsec profile. `pfs_inherit` and the lines below it came with IOS-XE 17."""

    together = (("lifetime_s", "responder_only", "pfs", "transform_sets"),)

    name: str
    """Its name."""
    ikev2_profile: str | None = None
    """The IKEv2 profile."""
    isakmp_profile: str | None = None
    """The ISAKMP profile."""
    volume_rekey: bool | None = None
    """Whether an SA ends by volume too."""
    lifetime_kb: int | None = None
    """How much an SA may carry, in kilobytes; None where that is not limited."""
    lifetime_s: int
    """The lifetime of an SA, in seconds."""
    idle_time_s: int | None = None
    """An SA without traffic ends after so many seconds."""
    dual_stack: bool | None = None
    """Whether it is for IPv4 and IPv6."""
    responder_only: bool | None = None
    """Whether the device only answers, and never begins."""
    pfs: bool | None = None
    """Whether each key comes from a Diffie-Hellman exchange of its own."""
    pfs_inherit: bool | None = None
    """Whether the Diffie-Hellman group is that of IKE."""
    dh_group: int | None = read(group_number_or_none)
    """The number of the Diffie-Hellman group."""
    pqc_key_exchange: str | None = None
    """The post-quantum key exchange."""
    mixed_mode: bool | None = None
    """Whether IPv4 and IPv6 go through the same tunnel."""
    transform_sets: tuple[TransformSet, ...] = read(transform_sets, default=(), joined="\n")
    """The transform sets, in the order of preference."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IpsecProfiles(Record):
    """All IPsec profiles."""

    profiles: tuple[IpsecProfile, ...] = ()
    """The profiles."""
