"""Traffic between the devices of labs that are made: asked about, recorded, over the socket."""

import json
from pathlib import Path
from typing import Any

import pytest

from getvpn.emulator import BackgroundLab, Lab
from getvpn.emulator.gdoi.passage import DOWN, NO_PATH, TOO_LARGE
from getvpn.emulator.gdoi.traffic import NO_SITE, Sample
from getvpn.emulator.groups.feature import Gdoi
from getvpn.emulator.lab import watching
from getvpn.emulator.lab.control import Control
from getvpn.emulator.lab.generating import LabPlan, generate
from getvpn.emulator.lab.watching import Outage
from getvpn.emulator.simulation.outages import Condition
from getvpn.emulator.testing import console
from getvpn.errors import InputError

from .visitors import run

BOOTED_S = 120.0
TEK_S = 3600
PE1 = "  PE1:\n    startup: |\n      interface GigabitEthernet0/0/0\n       ip address 192.0.2.99 "
STATIONS = """\
stations:
  - {count: 1, group: EXAMPLE-WAN, identity: 1001, servers: [203.0.113.1], address: 198.51.100.9,
     inside: 10.1.3.0/24, secret: Example-member-3}
  - {count: 1, group: EXAMPLE-WAN, identity: 1001, servers: [203.0.113.1], address: 198.51.100.13,
     secret: Example-member-4, name: T}
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The file of a lab of two key servers and three members, one of them of each platform."""
    for name, text in generate(LabPlan(members=3, tek_s=TEK_S)).items():
        place = tmp_path / name
        place.parent.mkdir(exist_ok=True)
        place.write_text(text)
    return tmp_path / "lab.yml"


@pytest.fixture
def lab(path: Path) -> Lab:
    found = Lab(path)
    found.advance(BOOTED_S)
    return found


def pairs(outages: list[Outage]) -> list[tuple[str, str]]:
    return [(each.sender, each.receiver) for each in outages]


def of(outages: list[Outage], sender: str, receiver: str) -> Outage:
    (found,) = [each for each in outages if (each.sender, each.receiver) == (sender, receiver)]
    return found


# ---- asking ----


def test_members_exchange_encrypted_traffic(lab: Lab) -> None:
    (tek,) = lab["GM1"].feature(Gdoi).members[0].teks
    found = lab.traffic("GM1", "GM2")
    assert found.works
    assert found.encrypted
    assert (found.there.spi, found.back.spi) == (tek.tek.spi, tek.tek.spi)
    assert found.there.size > 100


def test_what_the_policy_leaves_in_clear_passes_in_clear(lab: Lab) -> None:
    found = lab.traffic("GM1", "GM3", Sample(destination_port=22))
    assert (found.works, found.encrypted) == (True, False)
    assert found.there.condition is Condition.CLEAR


def test_large_packets_fit_an_mpls_network_and_no_smaller_one(lab: Lab) -> None:
    whole = Sample(protocol=17, destination_port=5001, size=1500, dont_fragment=True)
    assert lab.traffic("GM1", "GM2", whole).works
    lab.line("GM2", mtu=1500)
    found = lab.traffic("GM1", "GM2", whole)
    assert (found.works, found.there.reason) == (False, TOO_LARGE)


def test_what_gets_lost_tells_why(lab: Lab) -> None:
    lab.partition(["GM1"])
    assert lab.traffic("GM1", "GM2").there.why == NO_PATH
    lab.heal()
    lab.kill("GM2")
    assert lab.traffic("GM1", "GM2").there.why == f"GM2: {DOWN}"
    console(lab["GM3"]).configure("interface GigabitEthernet0/0/1\n shutdown\n")
    lab.advance(1)
    assert lab.traffic("GM1", "GM3").back.why == f"GM3: {NO_SITE}"


def test_asking_records_nothing(lab: Lab) -> None:
    before = lab.digest()
    lab.traffic("GM1", "GM2")
    assert lab.digest() == before


@pytest.mark.parametrize(
    ("ends", "message"),
    [
        (("GM1", "GM9"), "there is no device 'GM9'"),
        (("network", "GM1"), "there is no device 'network'"),
        (("GM1", "GM1"), "GM1 sends itself nothing; name two devices"),
    ],
)
def test_traffic_needs_two_devices(lab: Lab, ends: tuple[str, str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        lab.traffic(*ends)
    with pytest.raises(InputError, match=message):
        lab.record_traffic([ends])


# ---- recording ----


def test_without_pairs_all_members_send_to_each_other(lab: Lab) -> None:
    assert lab.record_traffic() == 6
    assert set(pairs(lab.outages())) == {
        (a, b) for a in ("GM1", "GM2", "GM3") for b in ("GM1", "GM2", "GM3") if a != b
    }


def test_a_day_without_faults_loses_nothing_and_sends_nothing_in_clear(lab: Lab) -> None:
    lab.record_traffic()
    lab.advance(86_400)
    for outage in lab.outages():
        assert (outage.lost_s, outage.clear_s, outage.losses) == (0, 0, ())
        assert outage.encrypted_s == pytest.approx(86_400)


def test_a_cut_is_an_outage_from_its_beginning_to_its_end(lab: Lab) -> None:
    lab.record_traffic([("GM1", "GM2"), ("GM2", "GM1")])
    lab.advance(10)
    began = lab.kernel.now()
    lab.cut("GM1", "GM2", one_way=True)
    lab.advance(42)
    (going, coming) = lab.outages()
    assert going.losses == ((began, None, NO_PATH),)
    assert (going.lost_s, coming.lost_s) == (pytest.approx(42), 0)
    lab.mend("GM1", "GM2")
    lab.advance(60)
    (going, coming) = lab.outages()
    assert going.losses == ((began, began + 42, NO_PATH),)
    assert (going.lost_s, going.encrypted_s) == (pytest.approx(42), pytest.approx(70))


def test_members_of_two_primaries_lose_each_other_once_their_keys_differ(lab: Lab) -> None:
    lab.partition(["KS1", "GM1"], ["KS2", "GM2", "GM3"])
    lab.advance(2 * TEK_S)
    lab.record_traffic()
    lab.heal()
    lab.advance(2 * TEK_S)
    found = lab.outages()
    assert of(found, "GM2", "GM3").lost_s == 0
    lost = of(found, "GM1", "GM2")
    assert 0 < lost.lost_s < TEK_S
    assert [why for _, _, why in lost.losses] == ["GM2: the SPI is not known"]
    assert "%CRYPTO-4-RECVD_PKT_INV_SPI" in "\n".join(lab.events())


def test_a_member_without_power_is_recorded_as_down_until_it_is_back(lab: Lab) -> None:
    lab.kill("GM2")
    assert lab.record_traffic() == 6
    lab.advance(100)
    lab.boot("GM2")
    lab.advance(100)
    lost = of(lab.outages(), "GM1", "GM2")
    assert lost.losses[0][2] == f"GM2: {DOWN}"
    assert 100 < lost.lost_s < 110
    assert lab.traffic("GM1", "GM2").encrypted


def test_a_router_that_becomes_a_member_later_is_followed(path: Path) -> None:
    text = path.read_text() + f"{PE1}255.255.255.0\n"
    path.write_text(text)
    lab = Lab(path)
    lab.advance(BOOTED_S)
    assert lab.record_traffic([("PE1", "KS1")]) == 1
    assert lab.outages()[0].losses == ()
    lab.kill("PE1")
    lab.advance(7)
    assert lab.outages()[0].lost_s == pytest.approx(7)


def test_stations_with_sites_are_members_like_others(path: Path) -> None:
    files = generate(LabPlan(members=4))
    for name, text in files.items():
        (path.parent / name).write_text(text)
    kept = files["lab.yml"].split("  GM3:")[0]
    path.write_text(kept + STATIONS)
    lab = Lab(path)
    lab.advance(BOOTED_S)
    assert lab.traffic("GM1", "S1").encrypted
    assert lab.traffic("T1", "GM1").there.why == f"T1: {NO_SITE}"
    assert lab.record_traffic() == 6
    assert "T1" not in {each.sender for each in lab.outages()}
    lab.kill("S1")
    lab.advance(5)
    assert of(lab.outages(), "GM2", "S1").losses[0][2] == f"S1: {DOWN}"
    lab.boot("S1")
    lab.advance(60)
    assert of(lab.outages(), "GM2", "S1").losses[-1][1] is not None
    assert lab.traffic("GM2", "S1").encrypted


def test_a_new_recording_forgets_the_old_one(lab: Lab) -> None:
    lab.record_traffic([("GM1", "GM2")])
    lab.partition(["GM1"])
    lab.advance(5)
    assert lab.outages()[0].lost_s == pytest.approx(5)
    lab.heal()
    assert lab.record_traffic([("GM1", "GM2"), ("GM1", "GM2")]) == 1
    assert lab.outages()[0].lost_s == 0
    lab.stop_recording()
    lab.stop_recording()
    with pytest.raises(InputError, match="no traffic is recorded"):
        lab.outages()


def test_pairs_that_cannot_be_recorded_leave_the_recording_as_it_is(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert lab.record_traffic([("GM1", "GM2")]) == 1
    with pytest.raises(InputError, match="there is no device 'GM9'"):
        lab.record_traffic([("GM2", "GM1"), ("GM1", "GM9")])
    monkeypatch.setattr(watching, "MAX_PAIRS", 5)
    with pytest.raises(InputError, match="at most 5 pairs are recorded at a time; name the pairs"):
        lab.record_traffic()
    assert pairs(lab.outages()) == [("GM1", "GM2")]


def test_the_same_recording_gives_the_same_events(path: Path) -> None:
    def played() -> tuple[str, list[Outage]]:
        lab = Lab(path)
        lab.record_traffic()
        lab.advance(BOOTED_S)
        lab.partition(["KS1", "GM1"])
        lab.advance(2 * TEK_S)
        lab.heal()
        lab.advance(TEK_S)
        return lab.digest(), lab.outages()

    assert played() == played()


def test_a_lab_in_the_background_tells_of_its_traffic(path: Path) -> None:
    with BackgroundLab(path) as lab:
        lab.advance(BOOTED_S)
        assert lab.traffic("GM1", "GM2").encrypted
        assert lab.record_traffic([("GM1", "GM2")]) == 1
        lab.kill("GM2")
        lab.advance(60)
        assert lab.outages()[0].lost_s >= 60
        lab.stop_recording()


# ---- over the socket ----


def answers(path: Path, *requests: dict[str, Any]) -> list[dict[str, Any]]:
    """What the control socket of a lab answers."""

    async def talk() -> list[dict[str, Any]]:
        async with Lab(path) as lab:
            control = Control(lab)
            return [await control.reply(json.dumps(each).encode()) for each in requests]

    return run(talk)


def test_traffic_is_asked_about_and_recorded_over_the_socket(path: Path) -> None:
    said = answers(
        path,
        {"do": "advance", "seconds": BOOTED_S},
        {"do": "traffic", "device": "GM1", "other": "GM2"},
        {"do": "traffic", "device": "GM1", "other": "GM2", "sample": {"destination_port": 22}},
        {"do": "record"},
        {"do": "record", "among": [["GM1", "GM2", "KS1"]], "pairs": [["GM3", "GM1"]]},
        {"do": "record", "pairs": [["GM1", "GM2"]], "sample": {"protocol": "udp", "size": 1200}},
        {"do": "kill", "device": "GM2"},
        {"do": "advance", "seconds": 10},
        {"do": "outages"},
        {"do": "stop-recording"},
        {"do": "outages"},
    )
    _, encrypted, clear, every, seven, one, _, _, outages, stopped, none = said
    there = encrypted["result"].pop("there")
    assert encrypted["result"].pop("back")["from"] == "GM2"
    assert encrypted["result"] == {"works": True, "encrypted": True}
    assert (there["from"], there["to"], there["condition"]) == ("GM1", "GM2", "encrypted")
    assert (there["reason"], there["dropped_by"], there["fragments"]) == ("", "", 1)
    assert isinstance(there["spi"], int)
    assert clear["result"]["there"]["spi"] is None
    assert (every["result"], seven["result"], one["result"]) == (6, 7, 1)
    (pair,) = outages["result"]["pairs"]
    assert (pair["from"], pair["to"], pair["clear_s"]) == ("GM1", "GM2", 0)
    (loss,) = pair["losses"]
    assert (loss["end"], loss["why"]) == (None, f"GM2: {DOWN}")
    assert outages["result"]["now"] - loss["begin"] == pytest.approx(pair["lost_s"])
    assert stopped == {"ok": True, "result": None}
    assert (none["ok"], none["error"]) == (False, "no traffic is recorded")


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        ({"do": "traffic", "device": "GM1"}, "'other' should be a name"),
        ({"do": "traffic", "device": ["GM1"], "other": "GM2"}, "'device' is no name"),
        ({"do": "traffic", "device": "GM1", "other": "GM9"}, "there is no device 'GM9'"),
        ({"do": "record", "pairs": "GM1"}, "'pairs' should be a list of lists of devices"),
        ({"do": "record", "pairs": [["GM1"]]}, "'pairs' should be a list of senders and receivers"),
        ({"do": "record", "pairs": [["GM1", 2]]}, "'pairs' should be a list of lists of devices"),
        ({"do": "record", "among": ["GM1", "GM2"]}, "'among' should be a list of lists of devices"),
        ({"do": "record", "among": [["GM1", "GM1"]]}, "GM1 sends itself nothing"),
        ({"do": "record", "pairs": [["GM1", "GM1"]]}, "GM1 sends itself nothing"),
        ({"do": "record", "sample": [1]}, "'sample' should be an object that describes a packet"),
        ({"do": "record", "sample": {"port": 1}}, "a packet has no 'port'"),
        ({"do": "record", "sample": {"protocol": "tpc"}}, "there is no protocol 'tpc'"),
        ({"do": "record", "sample": {"protocol": 256}}, "there is no protocol 256"),
        ({"do": "record", "sample": {"protocol": True}}, "there is no protocol True"),
        ({"do": "record", "sample": {"size": 20}}, "'size' is a whole number from 28 to 65535"),
        ({"do": "record", "sample": {"size": 100.5}}, "'size' is a whole number"),
        ({"do": "record", "sample": {"destination_port": 65_536}}, "'destination_port' is a whole"),
        ({"do": "record", "sample": {"dont_fragment": 1}}, "'dont_fragment' is true or false"),
        ({"do": "outages"}, "no traffic is recorded"),
    ],
)
def test_a_request_about_traffic_that_cannot_be_is_refused(
    path: Path, request_: dict[str, Any], said: str
) -> None:
    answer = Control(Lab(path)).answer(json.dumps(request_).encode())
    assert answer["ok"] is False
    assert answer["error"].startswith(said)
