"""Every procedure is planned by its name, from the intent and what its planner asks itself."""

from collections.abc import Callable
from typing import Any

import pytest

from getvpn.errors import UsageError
from getvpn.inventory.models import Intent
from getvpn.tasks.procedures.catalogue import PROCEDURES
from getvpn.tasks.procedures.planners import PLANNERS, planned

from ..networks import PKI, network, policy
from .group_worlds import changed
from .stage_worlds import SECRETS, with_third
from .upgrade_worlds import UpgradeWorld

IMAGE = "the image"
"""Stands for the file of the image."""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> UpgradeWorld:
    """Two key servers, one that is to become one, and two members; an image for them."""
    made = UpgradeWorld(tmp_path_factory.mktemp("images"), intent=with_third(serves=False))
    for server in made.intent.key_servers:
        made.lab[server.name].keys.generate_rsa(server.name, 512, now=made.kernel.now())
    for name in made.lab.devices:
        made.type(name, "write memory")
    made.lab.advance(5)
    return made


def same(intent: Intent) -> Intent:
    return intent


def third(intent: Intent) -> Intent:
    del intent
    return with_third()


CALLS: dict[str, tuple[Callable[[Intent], Intent], dict[str, Any]]] = {
    "evict member": (same, {"who": "BR1", "revoked": True}),
    "failover test": (same, {}),
    "key-server add": (third, {"server": "KS3", "wave": "1"}),
    "key-server remove": (same, {"server": "KS2", "wave": 1}),
    "migrate gikev2": (lambda intent: changed(intent, versions="ikev2"), {"wave": "50%"}),
    "migrate psk-to-pki": (
        lambda intent: changed(intent, authentication=PKI),
        {"trust_first": True, "challenge": "env:OTP_{NAME}"},
    ),
    "policy change": (lambda intent: changed(intent, policies=[policy(lifetime_s=3600)]), {}),
    "recover split": (same, {}),
    "rollover rsa": (same, {"strategy": "in-place"}),
    "upgrade key-servers": (same, {"images": IMAGE, "prove": "now"}),
    "upgrade members": (same, {"images": [IMAGE], "wave": "1", "without": ["BR2"], "takes_s": 60}),
}
BARRED = {
    "key-server remove": "G1 would have 1 key server left",
    "recover split": "nothing to recover: KS1 is the only primary",
}


def test_there_is_a_planner_for_each() -> None:
    assert set(PLANNERS) == set(PROCEDURES) == set(CALLS)


@pytest.mark.parametrize("name", CALLS)
def test_it_is_planned_by_its_name(world: UpgradeWorld, name: str) -> None:
    meant, options = CALLS[name]
    if "images" in options:
        options = options | {"images": str(world.image)}
    world.devices.typed.clear()
    plan = planned(
        name, meant(world.intent), "G1", world, world.devices.clock, secrets=SECRETS, **options
    )
    assert plan.procedure == name
    steps = PROCEDURES[name].steps(plan.settings)  # as another process makes them
    assert [each.name for each in plan.steps] == [each.name for each in steps]
    assert world.changing() == []
    assert [BARRED[name] in each for each in plan.obstacles] == [True] * (name in BARRED), (
        plan.obstacles
    )


@pytest.mark.parametrize(
    ("name", "options", "words"),
    [
        ("dance", {}, "runbooks cannot plan 'dance'; there are evict member, failover test, "),
        ("rollover rsa", {"speed": 1}, "'rollover rsa' is not planned so: .*'speed'"),
        ("evict member", {}, "'evict member' is not planned so: .*'who'"),
        ("upgrade members", {}, "'upgrade members' is not planned so: .*'images'"),
        ("upgrade members", {"images": "x", "speed": 1}, "upgrades have no option 'speed'"),
        ("key-server add", {"server": "KS3", "wave": "many"}, "'many' is no wave"),
    ],
)
def test_other_calls_are_refused(
    world: UpgradeWorld, name: str, options: dict[str, Any], words: str
) -> None:
    with pytest.raises(UsageError, match=words) as error:
        planned(name, network(), "G1", world, world.devices.clock, **options)
    assert "\n" not in str(error.value)
