"""The version of the GETVPN software in a release of IOS."""

from ..grammar import XE, Release

COOP_VERSION = "1.0.8"
"""The version of the cooperation protocol (captures of key servers with 1.0.27)."""
_FIRST = "1.0.1"
_VERSIONS: dict[str, tuple[tuple[Release, str], ...]] = {
    "xe": (
        ((17, 17), "1.0.27"),
        ((17, 12), "1.0.26"),
        ((17, 8), "1.0.25"),
        ((17, 5), "1.0.24"),
        ((17, 1), "1.0.22"),
        ((16, 12), "1.0.20"),
        ((16, 9), "1.0.18"),
        ((16, 3), "1.0.17"),
    ),
    "classic": (
        ((15, 8), "1.0.17"),
        ((15, 7), "1.0.16"),
        ((15, 6), "1.0.14"),
        ((15, 5), "1.0.12"),
        ((15, 4), "1.0.8"),
        ((15, 3), "1.0.5"),
        ((15, 2), "1.0.4"),
        ((15, 1), "1.0.2"),
    ),
}
"""The first releases with a version.

Captures show 1.0.8 on 15.4 and 1.0.26 on 17.16; the configuration guides name 1.0.2 for the removal
of members (15.1) and 1.0.5 for security group tags (15.3). What lies between is interpolated.
"""


AHEAD_SINCE: dict[str, Release] = {"xe": (16, 3), "classic": (15, 4)}
"""Since then key servers are a version ahead of members of the same release.

Captures show 1.0.9 beside 1.0.8 on 15.4 and 1.0.27 beside 1.0.26 on IOS-XE 17; what older releases
tell as key servers has no source.
"""


def server_version(family: str, release: Release) -> str:
    """The version that a key server tells others: `1.0.26`."""
    version, kind = getvpn_version(family, release), "xe" if family == XE else "classic"
    if release < AHEAD_SINCE[kind]:
        return version
    head, _, last = version.rpartition(".")
    return f"{head}.{int(last) + 1}"


def getvpn_version(family: str, release: Release) -> str:
    """The version that a member tells others: `1.0.25`."""
    versions = _VERSIONS["xe" if family == XE else "classic"]
    return next((version for first, version in versions if release >= first), _FIRST)
