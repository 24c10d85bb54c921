"""What public sources say about releases: which a fault affects, and how long they are mended."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from ..parsers.records.system import Release

_FIRST_XE: Final = 16
"""From this number on IOS-XE and its IOS are numbered alike."""

_LAST_AFFECTED_XE: Final[Mapping[tuple[int, int], int]] = {
    (16, 6): 10,
    (16, 7): 4,
    (16, 8): 3,
    (16, 9): 8,
    (16, 10): 3,
    (16, 11): 2,
    (16, 12): 9,
    (17, 1): 3,
    (17, 2): 3,
    (17, 3): 7,
    (17, 4): 2,
    (17, 5): 1,
    (17, 6): 5,
    (17, 7): 2,
    (17, 8): 1,
    (17, 9): 3,
    (17, 10): 1,
    (17, 11): 1,
}
"""CVE-2023-20109 by the CVE record: the last release of each IOS-XE train that is listed."""

_FIRST_CLEAN_XE: Final = (17, 12)
"""The record lists no release from here on."""

_LAST_AFFECTED: Final[Mapping[tuple[int, int, int, str], int]] = {
    (12, 4, 22, "T"): 5,
    (12, 4, 24, "T"): 8,
    (15, 1, 1, "T"): 5,
    (15, 1, 2, "T"): 5,
    (15, 1, 3, "T"): 4,
    (15, 3, 1, "T"): 4,
    (15, 3, 2, "T"): 4,
    (15, 5, 1, "T"): 4,
    (15, 5, 2, "T"): 4,
    (15, 6, 1, "T"): 3,
    (15, 6, 2, "T"): 3,
    (15, 0, 1, "M"): 10,
    (15, 1, 4, "M"): 10,
    (15, 3, 3, "M"): 10,
    (15, 4, 3, "M"): 10,
    (15, 5, 3, "M"): 10,
    (15, 6, 3, "M"): 9,
    (15, 7, 3, "M"): 9,
    (15, 8, 3, "M"): 10,
    (15, 9, 3, "M"): 7,
    (15, 1, 3, "S"): 6,
    (15, 2, 4, "S"): 7,
    (15, 4, 3, "S"): 10,
    (15, 5, 3, "S"): 10,
}
"""The same for IOS: the last rebuild that is listed, for the trains with GETVPN."""

_SECURITY_SUPPORT_ENDS: Final[Mapping[tuple[int, int], date]] = {
    (16, 12): date(2023, 7, 31),
    (17, 1): date(2020, 11, 21),
    (17, 2): date(2021, 3, 30),
    (17, 3): date(2024, 7, 31),
    (17, 4): date(2021, 11, 30),
    (17, 5): date(2022, 3, 31),
    (17, 6): date(2024, 7, 30),
    (17, 7): date(2022, 11, 30),
    (17, 8): date(2023, 4, 11),
    (17, 9): date(2026, 7, 29),
    (17, 10): date(2023, 11, 30),
    (17, 11): date(2024, 3, 28),
    (17, 12): date(2027, 7, 28),
    (17, 13): date(2024, 11, 30),
    (17, 14): date(2025, 4, 13),
    (17, 15): date(2028, 8, 9),
    (17, 16): date(2025, 12, 11),
    (17, 17): date(2026, 3, 31),
    (17, 18): date(2029, 8, 8),
}
"""The last day with security fixes (endoflife.date, after Cisco's notices and bulletin 2378701)."""

_OLDEST_KNOWN: Final = (16, 12)


def affected_by_cve_2023_20109(release: Release) -> bool | None:
    """Whether the CVE record lists `release`; None where its train is not kept here."""
    train = release.major, release.minor
    if release.major >= _FIRST_XE:
        last = _LAST_AFFECTED_XE.get(train)
        if last is None:
            return False if train >= _FIRST_CLEAN_XE else None
        return release.maintenance <= last
    last = _LAST_AFFECTED.get((*train, release.maintenance, release.train))
    return None if last is None else release.rebuild <= last


def security_support_ends(release: Release) -> date | None:
    """The last day on which the train of `release` gets security fixes; None where not known.

    Trains of IOS-XE before the oldest in the list ended no later than that.
    """
    train = release.major, release.minor
    if release.major >= _FIRST_XE and train < _OLDEST_KNOWN:
        train = _OLDEST_KNOWN
    return _SECURITY_SUPPORT_ENDS.get(train)
