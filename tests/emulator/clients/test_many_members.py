"""Four thousand members registered with one key server, asked for over SSH."""

import re
from collections.abc import Iterator

import pytest
from netmiko import ConnectHandler

from getvpn.emulator.lab.background import BackgroundLab
from getvpn.emulator.lab.generating import LabPlan
from getvpn.emulator.lab.lab import Lab

from .devices import NETMIKO

MEMBERS = 4000


@pytest.fixture(scope="module")
def lab() -> Iterator[BackgroundLab]:
    plan = LabPlan(servers=1, members=1, stations=MEMBERS - 1)
    with BackgroundLab(Lab(plan)) as running:
        running.advance(300)
        yield running


@pytest.mark.parametrize(
    ("command", "row"),
    [
        ("show crypto gkm ks members", r"^Group Member ID +: (\S+)"),
        ("show crypto gkm ks members summary", r"^\s*(\d+\.\d+\.\d+\.\d+)\s+1\.0\.\d+\s"),
    ],
)
def test_every_member_is_shown_once(lab: BackgroundLab, command: str, row: str) -> None:
    host = lab.host("KS1")
    with ConnectHandler(
        device_type="cisco_xe",
        host=host.address,
        port=host.port,
        username=host.username,
        password=host.password,
        **NETMIKO,
    ) as connection:
        shown = connection.send_command(command)
    assert isinstance(shown, str)
    found = re.findall(row, shown, re.MULTILINE)
    assert len(found) == len(set(found)) == MEMBERS
