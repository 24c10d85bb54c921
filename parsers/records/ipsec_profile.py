"""`show crypto ipsec profile`, and the lists of transform sets that crypto maps print likewise."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..record import Record, Row, read
from .selectors import group_number_or_none, transforms

_SET = re.compile(r"([^\s{},:]+)[ \t]*(?::[ \t]*\{([^{}]*)\})?[ \t]*,?")


@dataclass(frozen=True, slots=True, kw_only=True)
class TransformSet:
    """A transform set by name, with its transforms where the release prints them."""

    name: str
    transforms: tuple[str, ...] = ()


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
    """An IPsec profile. `lifetime_s` in seconds, `lifetime_kb` in kilobytes.

    `lifetime_kb` is None and `volume_rekey` false where the volume limit is disabled. `pfs_inherit`
    and the lines below it came with IOS-XE 17.
    """

    together = (("lifetime_s", "responder_only", "pfs", "transform_sets"),)

    name: str
    ikev2_profile: str | None = None
    isakmp_profile: str | None = None
    volume_rekey: bool | None = None
    lifetime_kb: int | None = None
    lifetime_s: int
    idle_time_s: int | None = None
    dual_stack: bool | None = None
    responder_only: bool | None = None
    pfs: bool | None = None
    pfs_inherit: bool | None = None
    dh_group: int | None = read(group_number_or_none)
    pqc_key_exchange: str | None = None
    mixed_mode: bool | None = None
    transform_sets: tuple[TransformSet, ...] = read(transform_sets, default=(), joined="\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class IpsecProfiles(Record):
    """All IPsec profiles."""

    profiles: tuple[IpsecProfile, ...] = ()
