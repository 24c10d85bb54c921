"""Releases that do not get on with each other are not mixed."""

from dataclasses import replace

import pytest

from getvpn.errors import CheckError
from getvpn.inventory.relations import Relations
from getvpn.tasks.deploying.network import GroupLook, looks
from getvpn.tasks.procedures.survey import members_in, servers_in, survey
from getvpn.tasks.procedures.upgrade_boundaries import mixture
from getvpn.tasks.procedures.upgrade_software import Running, Software
from getvpn.tasks.procedures.upgrade_steady import check_versions

from ..networks import network
from .group_worlds import World

SERVERS = ("KS1", "KS2")


@pytest.fixture(scope="module")
def look() -> GroupLook:
    """A group of two key servers and two members, as it shows itself."""
    world = World(network("xe17"))
    roles = {**servers_in(world.intent, "G1"), **members_in(world.intent, "G1")}
    observed = survey(world, roles, world.devices.clock)
    return next(iter(looks(world.intent, observed, ["G1"])))


def of_release(release: str) -> Relations:
    """A network whose members are said to run a release."""
    return Relations(network("xe17", member={"release": release}))


def running(version: str) -> dict[str, Software]:
    """Key servers that run a version."""
    found = Running(
        version=version, xe=False, file="flash:x", uptime_s=1, restarted_at=None, register=None
    )
    return {name: Software(device=name, running=found) for name in SERVERS}


def wanted(version: str) -> dict[str, str]:
    return dict.fromkeys(SERVERS, version)


def test_nothing_speaks_against_what_is_alike(look: GroupLook) -> None:
    found = mixture(of_release("17.9.4"), running("17.9.4"), wanted("17.12.4"), [look])
    assert (found.obstacles, found.notes) == ((), ())


def test_key_servers_do_not_leave_their_members_on_the_other_side(look: GroupLook) -> None:
    found = mixture(of_release("15.1(4)M"), running("15.1(4)M4"), wanted("15.7(3)M5"), [look])
    (bar,) = found.obstacles
    assert "BR1 and 1 more (15.1(4)M) would register again and again" in bar
    assert "--accept-mixture" in bar
    accepted = mixture(
        of_release("15.1(4)M"), running("15.1(4)M4"), wanted("15.7(3)M5"), [look], accepted=True
    )
    assert accepted.obstacles == ()
    assert "again and again" in accepted.notes[0]


def test_a_mixture_that_ends_with_the_upgrade_is_told(look: GroupLook) -> None:
    found = mixture(of_release("15.7(3)M5"), running("15.1(4)M4"), wanted("15.7(3)M5"), [look])
    assert found.obstacles == ()
    assert found.notes[0].startswith("while this lasts")


def test_one_key_server_alone_is_not_taken_across(look: GroupLook) -> None:
    found = mixture(of_release("15.7"), running("15.1(4)M4"), {"KS2": "15.7(3)M5"}, [look])
    assert "its key servers would renew the rekey key at different times" in found.obstacles[0]


def test_members_do_not_go_back_across(look: GroupLook) -> None:
    found = mixture(of_release("17.9.4"), running("17.9.4"), {"BR1": "15.1(4)M"}, [look])
    assert "BR1 (15.1(4)M) would register again" in found.obstacles[0]


def test_a_getvpn_version_that_nobody_knows_is_told(look: GroupLook) -> None:
    found = mixture(of_release("17.9.4"), running("17.9.4"), wanted("18.1.1"), [look])
    assert found.obstacles == ()
    assert "no source tells the GETVPN version of 18.1.1" in found.notes[0]


def shows(look: GroupLook, name: str, version: str) -> GroupLook:
    """The same group, whose key server `name` shows another GETVPN version."""
    server = look.servers[name]
    assert server.coop is not None
    other = replace(server, coop=replace(server.coop, version=version))
    return replace(look, servers={**look.servers, name: other})


def test_key_servers_of_another_getvpn_version_are_not_mixed(look: GroupLook) -> None:
    mixed = shows(look, "KS1", "1.1.3")
    found = mixture(of_release("17.9.4"), running("17.9.4"), {"KS2": "17.12.4"}, [mixed])
    assert "KS2: 17.12.4 has the GETVPN version 1.0, KS1 has 1.1" in found.obstacles[0]
    with pytest.raises(CheckError, match=r"KS2: its GETVPN version is 1.0, that of KS1 1.1"):
        check_versions([mixed], "KS2")
    check_versions([look], "KS2")


def test_members_of_another_getvpn_version_are_not_mixed(look: GroupLook) -> None:
    lead = look.leading
    assert lead is not None
    members = tuple(replace(each, version="1.2.1") for each in lead.members)
    other = replace(look, servers={**look.servers, lead.device: replace(lead, members=members)})
    found = mixture(of_release("17.9.4"), running("17.9.4"), {"BR1": "17.12.4"}, [other])
    assert "BR1: 17.12.4 has the GETVPN version 1.0" in found.obstacles[0]
    assert "has 1.2" in found.obstacles[0]
