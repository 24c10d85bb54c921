"""Which rows the shows of a key server have, by release.

Where no output of a release was at hand, the first release of a row is that of the feature that it
tells of, by the configuration guides and the revisions of CISCO-GDOI-MIB.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from types import MappingProxyType
from typing import TYPE_CHECKING

from ..grammar import CLASSIC, XE, Release
from ..settings.crypto_checks import release

if TYPE_CHECKING:
    from ..device import Router

ALWAYS: Release = (0, 0)
NEVER: Release = (999, 0)


class Row(Enum):
    """A row, or rows that came together."""

    VERSIONS = auto()
    PATHS = auto()
    REAUTH = auto()
    TAGGING = auto()
    GROUP_TYPE = auto()
    ACKNOWLEDGEMENT = auto()
    D3P = auto()
    PFS = auto()
    SPLIT = auto()
    CKM = auto()
    TIME_TO_REKEY = auto()
    REKEY_COUNTS = auto()
    COOP_VERSIONS = auto()
    LOCAL_SERVER = auto()


FIRST: Mapping[Row, Mapping[str, Release]] = MappingProxyType(
    {
        # outputs of 15.0 have no versions, those of 15.4 have
        Row.VERSIONS: {CLASSIC: (15, 2), XE: ALWAYS},
        Row.PATHS: {CLASSIC: (15, 2), XE: ALWAYS},
        Row.TIME_TO_REKEY: {CLASSIC: (15, 2), XE: ALWAYS},
        # the outputs of 15.4 have the row, those of 15.2 have not
        Row.REAUTH: {CLASSIC: (15, 3), XE: ALWAYS},
        Row.TAGGING: {CLASSIC: (15, 3), XE: ALWAYS},
        # G-IKEv2 and acknowledgements of RFC 8263 came after 15.4, whose outputs lack the rows
        Row.GROUP_TYPE: {CLASSIC: (15, 5), XE: ALWAYS},
        Row.ACKNOWLEDGEMENT: {CLASSIC: (15, 5), XE: ALWAYS},
        Row.D3P: {CLASSIC: (15, 5), XE: ALWAYS},
        Row.CKM: {CLASSIC: (15, 5), XE: ALWAYS},
        # the MIB has both counters since July 2015
        Row.REKEY_COUNTS: {CLASSIC: (15, 6), XE: ALWAYS},
        # only outputs of IOS-XE 17 have these
        Row.SPLIT: {CLASSIC: NEVER, XE: ALWAYS},
        Row.COOP_VERSIONS: {CLASSIC: NEVER, XE: ALWAYS},
        Row.PFS: {CLASSIC: NEVER, XE: (16, 12)},
    }
)
LAST: Mapping[Row, Release] = MappingProxyType({Row.LOCAL_SERVER: (12, 4)})
"""Rows that went: `Active Group Server` stands only in outputs of 12.4."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How a router lays its outputs out.

    `wide` is the style of IOS-XE: columns of keys are wider, members stand further apart, handles
    are hexadecimal in the policy.
    """

    family: str
    release: Release

    @property
    def wide(self) -> bool:
        """Whether it is the style of IOS-XE."""
        return self.family == XE

    def has(self, row: Row) -> bool:
        """Whether the release prints a row."""
        if row in LAST:
            return self.release <= LAST[row]
        return self.release >= FIRST[row][self.family]


def layout_of(router: "Router") -> Layout:
    """The layout of the software that a router runs."""
    return Layout(family=router.family, release=release(router))


def table_rows(rows: list[tuple[str, object]], *, indent: int = 4, width: int = 25) -> list[str]:
    """Labels and values with a colon between; labels are padded to `width` characters."""
    return [f"{' ' * indent}{label:<{width}}: {value}" for label, value in rows]
