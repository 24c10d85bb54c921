"""Members that live in a lab: whatever happens, our parsers read what they show."""

from collections.abc import Callable
from typing import Any

import pytest

from getvpn.parsers import parse

from ..binding.routers import KS1, KS2, Routers
from .test_gm_readers import COMMANDS


@pytest.fixture
def lab() -> Routers:
    """Two key servers and two members, which prefer one of them each; nothing has happened."""
    found = Routers()
    found.servers(KS1, KS2)
    found.member(1, KS1, KS2)
    found.member(2, KS2, KS1)
    return found


def read(lab: Routers, name: str, command: str) -> Any:
    """What our parser makes of a command; it knows every line."""
    record = parse(command, lab.type(name, command))
    assert record.unparsed == (), command
    return record


def read_all(lab: Routers, name: str) -> None:
    """Read every show of a member."""
    for command in COMMANDS:
        read(lab, name, command)


def spis(lab: Routers, name: str) -> list[int]:
    """The SPIs of the TEKs that a member shows, the newest first."""
    (group,) = read(lab, name, "show crypto gdoi").groups
    return [sa.spi for interface in group.tek_interfaces for sa in interface.sas]


def test_a_day_of_a_member_is_read_at_every_hour(lab: Routers) -> None:
    lab.run(120)
    seen: set[int] = set()
    for _ in range(24):
        read_all(lab, "GM1")
        held = [tek.tek.spi for tek in lab.groups("GM1").members[0].teks]
        assert spis(lab, "GM1") == held[::-1] == spis(lab, "GM2")
        (flow, *_) = read(lab, "GM1", "show crypto ipsec sa").flows
        assert [sa.spi for sa in flow.sas("inbound")] == held
        seen.update(held)
        lab.run(3600)
    assert len(seen) > 10


def cleared(lab: Routers) -> None:
    lab.groups("GM1").members[0].clear()


def rekeyed(lab: Routers) -> None:
    lab.groups("KS1").servers["G1"].rekey()


def replaced(lab: Routers) -> None:
    lab.groups("KS1").servers["G1"].rekey(replace=True)


def removed(lab: Routers) -> None:
    lab.groups("KS1").servers["G1"].remove_members()


def alone(lab: Routers) -> None:
    for name in ("KS1", "KS2"):
        lab.routers[name].power_off()


@pytest.mark.parametrize("event", [cleared, rekeyed, replaced, removed, alone])
def test_a_member_is_read_whatever_happens(lab: Routers, event: Callable[[Routers], None]) -> None:
    read_all(lab, "GM1")
    lab.run(120)
    read_all(lab, "GM1")
    event(lab)
    for seconds in (1, 5, 30, 300, 3600, 7200):
        lab.run(seconds)
        read_all(lab, "GM1")


def test_a_member_without_key_servers_shows_whom_it_asks_and_that_its_keys_end(
    lab: Routers,
) -> None:
    lab.run(120)
    alone(lab)
    lab.run(7200)
    (group,) = read(lab, "GM1", "show crypto gdoi").groups
    (member,) = group.members

    assert member.registration_status == "Registering"
    assert str(member.registering_to) in (KS1, KS2)
    assert member.active_teks == 0
    assert [interface.sas for interface in group.tek_interfaces] == [()]
    (flow, *_) = read(lab, "GM1", "show crypto ipsec sa").flows
    assert (flow.action, flow.sas("inbound"), flow.outbound_spi) == ("PERMIT", (), None)
