"""Nothing is asked of devices of somebody else, whatever is done to their group."""

from typing import Any

import pytest

from getvpn.inventory.models import Intent
from getvpn.tasks.procedures.model import Status
from getvpn.tasks.procedures.planners import planned
from getvpn.tasks.procedures.survey import members_in

from ..networks import network, policy
from .group_worlds import changed
from .rollover_worlds import RolloverWorld
from .stage_worlds import SECRETS, edited
from .test_evict import three


def foreign(document: dict[str, Any]) -> None:
    """Let the third member be somebody else's."""
    document["members"][2]["external"] = True


@pytest.fixture
def world() -> RolloverWorld:
    """A group of two key servers and three members, one of which is somebody else's."""
    made = RolloverWorld(three(network()))
    made.intent = edited(made.intent, foreign)
    for name in ("KS1", "KS2"):
        made.lab[name].behaviour.boot_s = 240.0
        made.type(name, "write memory")
    made.lab.advance(5)
    return made


def test_they_are_not_among_the_devices(world: RolloverWorld) -> None:
    assert list(members_in(world.intent, "G1")) == ["BR1", "BR2"]


def shorter(intent: Intent) -> Intent:
    return changed(intent, policies=[policy(lifetime_s=3600)])


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("evict member", {"who": "BR2"}),
        ("failover test", {}),
        ("policy change", {}),
        ("rollover rsa", {}),
    ],
)
def test_a_procedure_leaves_them_alone(
    world: RolloverWorld, name: str, options: dict[str, Any]
) -> None:
    intent = shorter(world.intent) if name == "policy change" else world.intent

    def watch(device: str, line: str) -> None:
        assert device != "BR3", line

    world.devices.watch = watch
    plan = planned(name, intent, "G1", world, world.devices.clock, secrets=SECRETS, **options)
    assert plan.obstacles == ()
    outcome = world.run(plan)
    assert (outcome.status, outcome.reason) == (Status.DONE, "")
    assert world.registered("BR3")
    assert {pair for pair in world.lost() if "BR2" not in pair} == set()
