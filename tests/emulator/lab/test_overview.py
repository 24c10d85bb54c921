"""A lab at a glance."""

import json

import pytest
import yaml

from getvpn.emulator import BackgroundLab, Lab, LabPlan
from getvpn.emulator.groups.feature import Gdoi
from getvpn.emulator.lab.control import Control
from getvpn.emulator.lab.generating import as_text
from getvpn.emulator.lab.reading import parse_file
from getvpn.errors import InputError

PLAN = LabPlan(members=2, stations=1)


@pytest.fixture(scope="module")
def text() -> str:
    return as_text(PLAN)


@pytest.fixture
def lab(text: str) -> Lab:
    found = Lab(text + "  PE1:\n    platform: c8000v\n")
    found.advance(120)
    return found


def test_all_devices_are_seen_with_their_groups(lab: Lab) -> None:
    (tek,) = lab["GM1"].feature(Gdoi).members[0].teks
    found = lab.overview()
    assert json.loads(json.dumps(found)) == found
    assert found["now"] == lab.kernel.now()
    states = {
        device["name"]: [
            (group["role"], group["state"], group["members"], group["key_server"])
            for group in device["groups"]
        ]
        for device in found["devices"]
    }
    assert states == {
        "KS1": [("key server", "Primary", 3, None)],
        "KS2": [("key server", "Secondary", 3, None)],
        "GM1": [("group member", "Registered", None, "KS1")],
        "GM2": [("group member", "Registered", None, "KS1")],
        "PE1": [],
        "S1": [("group member", "Registered", None, "KS1")],
    }
    for device in found["devices"]:
        for group in device["groups"]:
            assert group["tek"]["spi"] == hex(tek.tek.spi)
            assert group["tek"]["remaining_s"] == pytest.approx(tek.remaining_s(found["now"]))


def test_nobody_boots_for_a_glance(lab: Lab) -> None:
    lab.overview()
    assert "PE1 comes up" not in "\n".join(lab.events())


def test_a_device_without_power_is_down(lab: Lab) -> None:
    for name in ("GM2", "S1"):
        lab.kill(name)
    down = [each for each in lab.overview()["devices"] if not each["running"]]
    assert [(each["name"], each["groups"]) for each in down] == [("GM2", []), ("S1", [])]


def test_the_key_in_use_is_shown_before_one_that_waits(lab: Lab) -> None:
    old = lab.overview()["devices"][2]["groups"][0]["tek"]["spi"]
    (server,) = lab["KS1"].feature(Gdoi).servers.values()
    server.rekey()
    lab.advance(1)
    assert len(lab["GM1"].feature(Gdoi).members[0].teks) == 2
    found = {each["name"]: each for each in lab.overview()["devices"]}
    assert found["GM1"]["groups"][0]["tek"]["spi"] == old
    assert found["KS1"]["groups"][0]["tek"]["spi"] != old


def test_all_show_the_key_of_one_and_the_same_sa_where_a_policy_has_several(text: str) -> None:
    second = "  sa ipsec 20\n   profile GETVPN-PROF\n   match address ipv4 SECOND\n"
    rows = "ip access-list extended SECOND\n permit ip host 172.16.0.1 host 172.16.0.2\n"
    data = yaml.safe_load(text)
    for name in ("KS1", "KS2"):
        device = data["devices"][name]
        startup = device["startup"].replace("  address ipv4", f"{second}  address ipv4")
        device["startup"] = rows + startup
    lab = Lab(data)
    lab.advance(120)
    assert {held.tek.sa.number for held in lab["GM1"].feature(Gdoi).members[0].teks} == {10, 20}
    shown = [group["tek"] for device in lab.overview()["devices"] for group in device["groups"]]
    assert len(shown) == 5
    assert {(tek["sa"], tek["spi"]) for tek in shown} == {(10, shown[0]["spi"])}


def test_what_is_wrong_in_the_network_is_seen(lab: Lab) -> None:
    lab.partition(["KS1", "GM1"])
    lab.cut("GM1", "GM2", one_way=True)
    lab.line("GM2", loss=0.25)
    lab.line("KS1", "KS2", latency_s=0.5)
    lab.prune("239.192.1.1", "GM1")
    usual = {"loss": 0.0, "mtu": 4470}
    assert lab.overview()["network"] == {
        "sides": [["GM1", "KS1"]],
        "cuts": [["GM1", "GM2"]],
        "lines": {"GM2": {"latency_s": 0.01, "loss": 0.25, "mtu": 4470}},
        "pairs": [{"between": ["KS1", "KS2"], "latency_s": 0.5, **usual}],
        "pruned": [["239.192.1.1", "GM1"]],
    }
    lab.heal()
    assert not any(lab.overview()["network"].values())


def test_a_plan_is_a_lab(text: str) -> None:
    lab = Lab(PLAN)
    lab.advance(120)
    same = Lab(parse_file(text))
    same.advance(120)
    assert lab.digest() == same.digest()
    with pytest.raises(InputError, match="a group has 1 to 8 key servers, not 9"):
        Lab(LabPlan(servers=9))


def test_the_socket_tells_of_all_nodes_and_of_the_overview(text: str) -> None:
    with BackgroundLab(text) as lab:
        control = Control(lab.lab)
        lab.advance(60)

        def ask(do: str) -> dict[str, object]:
            found = lab.run(lambda: control.answer(json.dumps({"do": do}).encode()))
            assert found["ok"]
            result: dict[str, object] = found["result"]
            return result

        nodes = ask("nodes")
        assert list(nodes) == ["KS1", "KS2", "GM1", "GM2", "S1"]
        assert nodes["S1"] == ["100.65.0.1"]
        assert "203.0.113.1" in nodes["KS1"]  # type: ignore[operator]  # a list
        assert set(ask("overview")) == {"now", "devices", "network"}
        told = ask("events")
        assert (told["count"], told["next"]) == (lab.event_count(), lab.event_count())
