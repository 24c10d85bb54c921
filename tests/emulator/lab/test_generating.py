"""Labs that are made: their configurations are taken whole, and their addresses differ."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from getvpn.emulator import Lab
from getvpn.emulator.groups.feature import Gdoi
from getvpn.emulator.lab.generating import FEW, MAX_MEMBERS, MAX_SERVERS, LabPlan, generate
from getvpn.emulator.lab.reading import load_file
from getvpn.emulator.testing import make_router
from getvpn.errors import InputError

OWN = re.compile(r"^ ip address (\S+) ", re.MULTILINE)


@pytest.mark.parametrize("unicast", [True, False])
@pytest.mark.parametrize("members", [4, FEW + 1])
def test_every_line_is_taken(members: int, unicast: bool) -> None:
    files = generate(LabPlan(servers=3, members=members, unicast=unicast))
    platforms = {
        name: re.search(rf"  {name.upper()}:\n    platform: (\S+)", files["lab.yml"])
        for name in ("ks1", "ks3", "gm1", "gm2", "gm3", "gm4")
    }
    for name, found in platforms.items():
        assert found is not None
        make_router(name.upper(), found[1], files[f"lab/{name}.cfg"])


@pytest.mark.parametrize(
    "plan",
    [
        LabPlan(servers=8, members=1, tek_s=120, kek_s=300, mtu=576, seed=0, group="a"),
        LabPlan(servers=1, members=1, tek_s=2_592_000, kek_s=2_592_000, mtu=9216),
        LabPlan(identity=2**31 - 1, group="a" * 60),
    ],
)
def test_every_line_with_the_least_and_the_most_is_taken(plan: LabPlan) -> None:
    files = generate(plan)
    for number in range(1, plan.servers + 1):
        make_router(f"KS{number}", "isr4451", files[f"lab/ks{number}.cfg"])
    make_router("GM1", "isr2911", files["lab/gm1.cfg"])


@settings(max_examples=20)
@given(st.integers(1, MAX_SERVERS), st.integers(1, 400))
def test_no_address_stands_on_two_devices(servers: int, members: int) -> None:
    files = generate(LabPlan(servers=servers, members=members))
    found = [each for text in files.values() for each in OWN.findall(text)]
    assert len(found) == len(set(found)) == 2 * (servers + members)


def test_the_largest_lab_has_all_its_devices() -> None:
    files = generate(LabPlan(servers=MAX_SERVERS, members=MAX_MEMBERS))
    assert len(files) == 1 + MAX_SERVERS + MAX_MEMBERS
    assert "address 100.64.0.0 255.192.0.0" in files["lab/ks1.cfg"]


def test_each_key_server_may_send_multicast_rekeys() -> None:
    files = generate(LabPlan(servers=3, unicast=False))
    texts = [text for path, text in files.items() if "server local" in text]
    lists = [re.findall(r"permit udp host (\S+) eq 848 host 239", text) for text in texts]
    assert [len(each) for each in lists] == [3, 3, 3]
    assert len({tuple(each) for each in lists}) == 1


def test_a_single_key_server_does_not_cooperate() -> None:
    assert "redundancy" not in generate(LabPlan(servers=1))["lab/ks1.cfg"]


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        (LabPlan(servers=9), "a group has 1 to 8 key servers, not 9"),
        (LabPlan(servers=0), "a group has 1 to 8 key servers, not 0"),
        (LabPlan(members=0), "a lab is made with 1 to 5000 members, not 0"),
        (LabPlan(members=5001), "a lab is made with 1 to 5000 members, not 5001; stations are"),
        (LabPlan(stations=-1), "the number of stations is from 0 to 55000, not -1"),
        (LabPlan(tek_s=119), "the lifetime of a TEK in seconds is from 120 to 2592000, not 119"),
        (LabPlan(kek_s=299), "the lifetime of a KEK in seconds is from 300 to 2592000, not 299"),
        (LabPlan(mtu=575), "the MTU in bytes is from 576 to 9216, not 575"),
        (LabPlan(identity=-1), "the identity of the group is from 0 to 2147483647, not -1"),
        (LabPlan(seed=-1), "the seed is from 0 to "),
        (LabPlan(port=65_536), "the port is from 0 to 65535, not 65536"),
        (LabPlan(port=65_530), "there are not enough ports from 65530 on"),
        (LabPlan(group=""), "'' is no name for a group; a letter, then letters, digits, "),
        (LabPlan(group="A B"), "'A B' is no name for a group"),
        (LabPlan(group="A\nB"), "'A\\nB' is no name for a group"),
        (LabPlan(group="a" * 61), "' is no name for a group"),
    ],
)
def test_what_is_out_of_range_is_refused(plan: LabPlan, said: str) -> None:
    with pytest.raises(InputError) as refused:
        generate(plan)
    assert said in str(refused.value)


def test_stations_register_beside_routers_and_exchange_traffic(tmp_path: Path) -> None:
    for name, text in generate(LabPlan(members=2, stations=120)).items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    lab = Lab(tmp_path / "lab.yml")
    lab.advance(120)
    (group,) = lab["KS1"].feature(Gdoi).servers.values()
    assert len(group.members) == 122
    assert lab.traffic("GM1", "S120").encrypted


def test_the_lab_file_names_every_device(tmp_path: Path) -> None:
    for name, text in generate(LabPlan(members=3)).items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    read = load_file(tmp_path / "lab.yml")
    assert [device.name for device in read.devices] == ["KS1", "KS2", "GM1", "GM2", "GM3"]
