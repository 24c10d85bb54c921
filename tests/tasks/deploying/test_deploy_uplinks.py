"""A second interface towards the network, from which a member registers as well."""

from pathlib import Path

import pytest

from getvpn.emulator.testing import console
from getvpn.inventory.models import Intent

from ..networks import group, network
from ..variants import two_uplinks
from .worlds import deployed, told, world


@pytest.mark.parametrize("versions", ["ikev1", "ikev2"])
def test_key_servers_admit_a_member_from_an_uplink_before_it_has_one(
    versions: str, tmp_path: Path
) -> None:
    before: Intent = network("xe17", group(versions=versions))
    devices = world(before)
    for name in ("BR1", "BR2"):
        console(devices.lab[name]).configure("interface GigabitEthernet3\n no shutdown\n")
    for name in ("KS1", "KS2", "BR1", "BR2"):
        console(devices.lab[name]).run("write memory")
    intent = two_uplinks("xe17", versions)

    found = deployed(intent, devices, tmp_path)

    assert (found.state, found.said) == ("done", "all devices are as intended")
    shown = console(devices.lab["BR1"]).run("show crypto gdoi | include Registration status")
    assert shown.count(": Registered") == 2
    acts = len(told(devices))
    assert deployed(intent, devices, tmp_path).state == "nothing to do"
    assert len(told(devices)) == acts
