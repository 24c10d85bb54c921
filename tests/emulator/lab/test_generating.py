"""Labs that are made: their configurations are taken whole, and their addresses differ."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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


@settings(max_examples=20, deadline=None)
@given(st.integers(1, MAX_SERVERS), st.integers(1, 400))
def test_no_address_stands_on_two_devices(servers: int, members: int) -> None:
    files = generate(LabPlan(servers=servers, members=members))
    found = [each for text in files.values() for each in OWN.findall(text)]
    assert len(found) == len(set(found)) == 2 * (servers + members)


def test_the_largest_lab_has_all_its_devices() -> None:
    files = generate(LabPlan(servers=MAX_SERVERS, members=MAX_MEMBERS))
    assert len(files) == 1 + MAX_SERVERS + MAX_MEMBERS
    assert "address 100.64.0.0 255.192.0.0" in files["lab/ks1.cfg"]


def test_a_single_key_server_does_not_cooperate() -> None:
    assert "redundancy" not in generate(LabPlan(servers=1))["lab/ks1.cfg"]


@pytest.mark.parametrize("plan", [LabPlan(servers=9), LabPlan(servers=0), LabPlan(members=0)])
def test_numbers_out_of_range_are_refused(plan: LabPlan) -> None:
    with pytest.raises(InputError):
        generate(plan)


def test_the_lab_file_names_every_device(tmp_path: Path) -> None:
    for name, text in generate(LabPlan(members=3)).items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    read = load_file(tmp_path / "lab.yml")
    assert [device.name for device in read.devices] == ["KS1", "KS2", "GM1", "GM2", "GM3"]
