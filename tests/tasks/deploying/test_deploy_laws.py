"""Whatever a network is and should be: it is deployed once, and nothing is left to do."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from getvpn.inventory.models import Intent
from getvpn.tasks.deploy import Choices
from getvpn.tasks.deploying.waves import Wave

from ..lab_devices import LabDevices
from ..networks import network, policy
from .worlds import CLEAR, changed, deployed, saved, told, world

NAMES = ("KS1", "KS2", "BR1", "BR2")
MORE = ("icmp", "bgp", "snmp", "dns", "ospf")


@pytest.fixture(scope="module")
def devices() -> LabDevices:
    return world(network("xe17"))


def some(*values: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(values)


@st.composite
def intents(draw: st.DrawFn) -> Intent:
    """A network with the same devices and group, and anything else otherwise."""
    clear = draw(st.lists(some(*MORE), unique=True, max_size=3))
    wanted = policy(
        traffic={"between": ["10.0.0.0/8"], "clear": [*clear, *CLEAR]},
        transform={"encryption": draw(some("aes 128", "aes 256"))},
        lifetime_s=draw(some(3600, 7200)),
        replay=draw(some({"kind": "time"}, {"kind": "counter"}, {"kind": "time", "window": 10})),
    )
    member = {
        "ike": {"lifetime_s": draw(some(3600, 86_400))},
        "fail_close": draw(some(None, {}, {"extra_clear": ["deny icmp any any"]})),
    }
    intent = network("xe17", member=member)
    return changed(
        intent,
        policies=[wanted],
        rekey={
            "cipher": draw(some("aes 128", "aes 256")),
            "lifetime_s": draw(some(43_200, 86_400)),
        },
        servers=[
            {"name": "KS1", "priority": draw(some(100, 90))},
            {"name": "KS2", "priority": 75},
        ],
        receive_only=draw(st.booleans()),
    )


@settings(
    max_examples=8,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(intent=intents(), wave=some("1", "100%"))
def test_a_second_deployment_changes_nothing(
    intent: Intent, wave: str, devices: LabDevices, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder: Path = tmp_path_factory.mktemp("state")
    devices.typed.clear()
    devices.lab.advance(7200)

    found = deployed(
        intent,
        devices,
        folder,
        choices=Choices(wave=Wave.of(wave), ignored=("ALL",)),
    )

    assert found.state in ("done", "nothing to do"), found
    assert [line for _, line in devices.typed].count("crypto gdoi ks group G1 rekey") == len(
        found.rekeys
    )
    assert all(saved(devices, name) for name in found.devices)
    devices.typed.clear()
    assert deployed(intent, devices, folder).state == "nothing to do"
    assert told(devices) == []
