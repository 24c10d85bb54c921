"""The version of the GETVPN software follows from the release of IOS."""

import pytest

from getvpn.emulator.groups.feature import Gdoi
from getvpn.emulator.groups.versions import getvpn_version
from getvpn.emulator.testing import make_router

XE = [(16, 3), (16, 9), (16, 12), (17, 3), (17, 9), (17, 12), (17, 16), (17, 18)]
CLASSIC = [(12, 4), (15, 0), (15, 2), (15, 4), (15, 7), (15, 9)]


@pytest.mark.parametrize(("family", "releases"), [("xe", XE), ("classic", CLASSIC)])
def test_newer_releases_have_no_older_version(family: str, releases: list[tuple[int, int]]) -> None:
    numbers = [int(getvpn_version(family, one).rpartition(".")[2]) for one in releases]
    assert numbers == sorted(numbers)


def test_captured_versions_are_met() -> None:
    assert getvpn_version("classic", (15, 4)) == "1.0.8"
    assert getvpn_version("xe", (17, 16)) == "1.0.26"


@pytest.mark.parametrize(
    ("platform", "version"), [("isr2911", "1.0.16"), ("isr4451", "1.0.20"), ("c8000v", "1.0.25")]
)
def test_a_router_tells_the_version_of_its_software(platform: str, version: str) -> None:
    assert make_router("R1", platform, "hostname R1\n").feature(Gdoi).host.version == version
