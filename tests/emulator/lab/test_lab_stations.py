"""Members of a lab that have no command line, and a real key server for them."""

import json

import pytest

from getvpn.emulator import Lab
from getvpn.emulator.groups.feature import Gdoi
from getvpn.emulator.lab.generating import LabPlan, generate
from getvpn.emulator.lab.reading import parse_file
from getvpn.emulator.testing import console
from getvpn.errors import InputError

STATIONS = """\
stations:
  - count: {count}
    group: EXAMPLE-WAN
    identity: 1001
    servers: [203.0.113.1]
    address: 100.64.0.1
    inside: 10.1.0.0/24
    secret: {secret}
    wan: {{latency_ms: 30}}
"""


def made(count: int = 3, secret: str = "Example-members") -> Lab:  # noqa: S107 - no secret
    """A lab of one key server that takes whoever has the key of members."""
    files = generate(LabPlan(servers=1, members=61))
    startup = "".join(f"      {line}\n" for line in files["lab/ks1.cfg"].splitlines())
    text = (
        "seed: 1\nclock: {start: 2026-01-01T00:00:00Z}\n"
        "keys: [{label: GETVPN-REKEY, bits: 1024}]\n"
        f"devices:\n  KS1:\n    startup: |\n{startup}"
    )
    return Lab(parse_file(text + STATIONS.format(count=count, secret=secret)))


@pytest.fixture
def lab() -> Lab:
    found = made()
    found.advance(60)
    return found


def registered(lab: Lab) -> list[str]:
    (group,) = lab["KS1"].feature(Gdoi).servers.values()
    return list(group.members)


def test_stations_register_with_a_router(lab: Lab) -> None:
    assert registered(lab) == ["100.64.0.1", "100.64.0.2", "100.64.0.3"]
    shown = console(lab["KS1"]).run("show crypto gkm ks members")
    assert all(address in shown for address in registered(lab))


def test_a_wrong_secret_lets_nobody_in() -> None:
    lab = made(secret="other")  # noqa: S106
    lab.advance(60)
    assert registered(lab) == []


def test_the_state_of_a_station_is_like_that_of_a_router(lab: Lab) -> None:
    state = lab.inspect("S2")
    assert json.loads(json.dumps(state)) == state
    assert (state["name"], state["running"], state["addresses"]) == ("S2", True, ["100.64.0.2"])
    assert state["latency_s"] == 0.030
    (member,) = state["groups"]["members"]
    assert member["state"] == "Registered"
    assert member["registered_with"] == "203.0.113.1"
    assert set(state) <= set(lab.inspect("KS1"))


def test_a_station_loses_and_gets_back_its_power(lab: Lab) -> None:
    lab.kill("S2")
    lab.kill("S2")
    assert lab.inspect("S2")["running"] is False
    assert lab.network.path("203.0.113.1", "100.64.0.2") is None
    lab.advance(3600)
    lab.boot("S2")
    lab.boot("S2")
    lab.advance(60)
    (member,) = lab.inspect("S2")["groups"]["members"]
    assert (member["state"], member["attempted"]) == ("Registered", 1)
    lines = [line.split(" ", 1)[1] for line in lab.events() if " S2 " in line]
    assert lines == ["S2 goes down", "S2 comes up"]


def test_a_station_that_had_no_power_at_the_beginning_does_not_begin() -> None:
    lab = made()
    lab.world.stations.power_off("S1")  # type: ignore[union-attr]  # there are some
    lab.advance(60)
    assert registered(lab) == ["100.64.0.2", "100.64.0.3"]


def test_a_station_can_be_cut_off(lab: Lab) -> None:
    lab.partition(["S1"])
    assert lab.network.path("203.0.113.1", "100.64.0.1") is None
    with pytest.raises(InputError, match="there is no device 'S4'"):
        lab.partition(["S4"])


def test_many_stations_begin_in_several_events_at_one_time() -> None:
    lab = made(count=120)
    lab.advance(60)
    assert len(registered(lab)) == 120
    again = made(count=120)
    again.advance(60)
    assert lab.digest() == again.digest()
