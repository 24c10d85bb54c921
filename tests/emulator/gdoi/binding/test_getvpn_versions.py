"""The version of the GETVPN software follows from the release of IOS."""

import re

import pytest

from getvpn.emulator.groups.feature import Gdoi
from getvpn.emulator.groups.versions import getvpn_version, server_version
from getvpn.emulator.testing import make_router

from .routers import KS1, KS2, Routers

XE = [(16, 3), (16, 9), (16, 12), (17, 3), (17, 9), (17, 12), (17, 16), (17, 18)]
CLASSIC = [(12, 4), (15, 0), (15, 2), (15, 4), (15, 7), (15, 9)]


@pytest.mark.parametrize(("family", "releases"), [("xe", XE), ("classic", CLASSIC)])
def test_newer_releases_have_no_older_version(family: str, releases: list[tuple[int, int]]) -> None:
    numbers = [int(getvpn_version(family, one).rpartition(".")[2]) for one in releases]
    assert numbers == sorted(numbers)

    served = [int(server_version(family, one).rpartition(".")[2]) for one in releases]
    assert served == sorted(served)
    assert {ahead - own for ahead, own in zip(served, numbers, strict=True)} <= {0, 1}


def test_captured_versions_are_met() -> None:
    assert getvpn_version("classic", (15, 4)) == "1.0.8"
    assert server_version("classic", (15, 4)) == "1.0.9"
    assert getvpn_version("xe", (17, 16)) == "1.0.26"
    assert server_version("xe", (17, 16)) == "1.0.27"
    assert server_version("classic", (15, 2)) == getvpn_version("classic", (15, 2)) == "1.0.4"


@pytest.mark.parametrize(
    ("platform", "version"), [("isr2911", "1.0.16"), ("isr4451", "1.0.20"), ("c8000v", "1.0.25")]
)
def test_a_router_tells_the_version_of_its_software(platform: str, version: str) -> None:
    assert make_router("R1", platform, "hostname R1\n").feature(Gdoi).host.version == version


def test_a_key_server_is_a_version_ahead_of_a_member_of_the_same_release() -> None:
    lab = Routers()
    lab.servers(KS1, KS2)
    lab.member(1, KS1)
    lab.run(120)
    coop = lab.type("KS2", "show crypto gdoi ks coop")
    assert re.findall(r"(?:Local KS version|Peer Version): (\S+)", coop) == ["1.0.21", "1.0.21"]
    assert "GM Version: 1.0.20" in lab.type("KS1", "show crypto gdoi ks members")
    assert re.search(r"Version +: 1\.0\.20", lab.type("GM1", "show crypto gdoi"))
    assert lab.groups("KS1").inspect()["version"] == "1.0.21"
    assert lab.groups("GM1").inspect()["version"] == "1.0.20"
    features = lab.type("KS1", "show crypto gdoi feature policy-replace")
    assert re.findall(r"1\.0\.2\d", features) == ["1.0.21", "1.0.21", "1.0.20"]
