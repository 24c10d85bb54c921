"""Releases of the software: the train that a version belongs to, when and by whom it was built."""

import hashlib
import re
from dataclasses import dataclass
from datetime import date, timedelta

from ..timetext import DAYS, MONTHS

_XE_TRAINS = (
    ((17, 13), "IOSXE"),
    ((17, 10), "Dublin"),
    ((17, 7), "Cupertino"),
    ((17, 4), "Bengaluru"),
    ((17, 1), "Amsterdam"),
    ((16, 10), "Gibraltar"),
    ((16, 7), "Fuji"),
    ((16, 4), "Everest"),
    ((16, 1), "Denali"),
)
"""The first release of each train."""
_FIRST_BUILT = {
    (15, 0): 2009,
    (15, 1): 2010,
    (15, 2): 2011,
    (15, 3): 2012,
    (15, 4): 2013,
    (15, 5): 2014,
    (15, 6): 2015,
    (15, 7): 2017,
    (15, 8): 2018,
    (15, 9): 2019,
    (16, 3): 2016,
    (16, 6): 2017,
    (16, 9): 2018,
    (16, 12): 2019,
    (17, 3): 2020,
    (17, 6): 2021,
    (17, 9): 2022,
    (17, 12): 2023,
    (17, 15): 2024,
}
"""The year of the first builds of a release."""
_NEWEST_YEAR = 2025
_VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)(\w*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """A build of the software: its `label`, when it was compiled (as IOS prints it), by whom."""

    label: str
    compiled: str
    builder: str
    year: int


_KNOWN = {
    "15.7(3)M5": Build(
        label="fc1", compiled="Fri 27-Sep-19 05:10", builder="prod_rel_team", year=2019
    ),
    "16.12.4": Build(label="fc5", compiled="Thu 09-Jul-20 21:49", builder="mcpre", year=2020),
    "17.9.4a": Build(label="fc3", compiled="Fri 20-Oct-23 10:44", builder="mcpre", year=2023),
}
"""As routers and switches with these releases print them."""


def train_of(release: tuple[int, int]) -> str:
    """The name of the train of an IOS-XE release, empty for older ones."""
    return next((name for first, name in _XE_TRAINS if release >= first), "")


def padded_version(version: str) -> str:
    """An IOS-XE version with two digits in each place: `16.12.04`, `17.09.04a`."""
    match = _VERSION.fullmatch(version)
    if match is None:
        return version
    return f"{match[1]}.{int(match[2]):02}.{int(match[3]):02}{match[4]}"


def build_of(version: str, release: tuple[int, int], *, xe: bool) -> Build:
    """The build of a version; what is not known of it follows from its name, always the same."""
    known = _KNOWN.get(version)
    if known is not None:
        return known
    digest = hashlib.sha256(version.encode()).digest()
    years = [year for first, year in sorted(_FIRST_BUILT.items()) if first <= release]
    year = years[-1] if years else min(_FIRST_BUILT.values())
    rebuild = int((re.findall(r"\d+", version.partition(")")[2] or version) or ["1"])[-1])
    year = min(year + rebuild // 4, _NEWEST_YEAR)
    day = date(year, 1, 1) + timedelta(days=int.from_bytes(digest[:2]) % 360)
    hour, minute = digest[2] % 24, digest[3] % 60
    stamp = f"{DAYS[day.weekday()]} {day:%d}-{MONTHS[day.month - 1]}-{day:%y}"
    return Build(
        label=f"fc{1 + digest[4] % 4}",
        compiled=f"{stamp} {hour:02}:{minute:02}",
        builder="mcpre" if xe else "prod_rel_team",
        year=year,
    )
