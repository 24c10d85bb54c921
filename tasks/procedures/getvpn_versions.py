"""Which software gets on with which in one group.

A GETVPN version is `major.minor.mini`: the first must be the same everywhere, the second among key
servers and among members, the third only counts features (Cisco, "GET VPN GM Removal and Policy
Trigger"). Key servers show theirs in `show crypto gdoi ks coop`, members in `… ks members`.

Since IOS 15.2(1)T and IOS-XE 3.5 the rekey key is renewed before it ends, and members mind when it
ends; before, it was renewed when it ended (Cisco, "GETVPN KEY Rekey Behavior Change", document
116737). Members of one kind register again and again under key servers of the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from ...parsers.records.system import release as release_of

Minor = tuple[int, int]
EARLY_SINCE: Final = (15, 2, 1)
"""The first IOS, which is also that of IOS-XE 3.5, whose key servers renew the rekey key early."""
_EARLY_SINCE_XE: Final = (3, 5)
_FIRST_NUMBERED_AS_XE: Final = 16
_VERSION: Final = re.compile(r"(\d{1,4})\.(\d{1,4})(?:\.\d{1,6})?")
_KNOWN: Final = (((12, 4), (12, 4)), ((15, 0), (15, 9)), ((3, 1), (3, 18)), ((16, 1), (17, 18)))
"""Trains of which published outputs and guides show no other GETVPN version than 1.0."""


def renews_early(version: str) -> bool | None:
    """Whether this release renews the rekey key before it ends; None for no release."""
    try:
        found = release_of(version)
    except ValueError:
        return None
    if found.major >= _FIRST_NUMBERED_AS_XE:
        return True
    if found.major < 12:
        return (found.major, found.minor) >= _EARLY_SINCE_XE
    return (found.major, found.minor, found.maintenance) >= EARLY_SINCE


def getvpn_minor(version: str) -> Minor | None:
    """The GETVPN version of a release, without its last part; None where no source tells it."""
    try:
        found = release_of(version)
    except ValueError:
        return None
    train = found.major, found.minor
    return (1, 0) if any(first <= train <= last for first, last in _KNOWN) else None


def minor_of(shown: str | None) -> Minor | None:
    """The GETVPN version that a device shows (`1.0.26`), without its last part."""
    match = _VERSION.fullmatch(shown or "")
    return (int(match[1]), int(match[2])) if match else None


def text_of(minor: Minor) -> str:
    """`1.0`."""
    return f"{minor[0]}.{minor[1]}"


def kinds(versions: Iterable[str]) -> frozenset[bool]:
    """How the rekey key is renewed in all of these releases; two kinds are a mixture."""
    found = {renews_early(version) for version in versions}
    return frozenset(kind for kind in found if kind is not None)
