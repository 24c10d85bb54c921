"""Plans: what is changed, in which order, what follows from it, and what forbids it."""

import re
from dataclasses import replace
from typing import Any

import pytest

from getvpn.errors import UsageError
from getvpn.inventory.models import Intent
from getvpn.tasks.deploying.journal import Halfway, Open, Owed
from getvpn.tasks.deploying.models import Plan
from getvpn.tasks.deploying.observing import Observed
from getvpn.tasks.deploying.planning import Choices, make_plan
from getvpn.tasks.deploying.rekeys import keys_of
from getvpn.tasks.deploying.waves import Wave

from ..networks import group, network, policy
from .worlds import changed, looked, more_in_clear, wanted, world

NETWORK = network("xe17")


@pytest.fixture(scope="module")
def seen() -> dict[str, Observed]:
    """What the devices of the network show while all is well."""
    return looked(NETWORK, world(NETWORK))


def plan(
    intent: Intent, seen: dict[str, Observed], undone: Open | None = None, **choices: Any
) -> Plan:
    return make_plan(intent, wanted(intent), seen, Choices(**choices), undone or Open())


def lines(plan: Plan, device: str) -> list[str]:
    return [command.text for command in plan.changes[device].commands]


def test_nothing_is_to_be_done_where_all_is_as_intended(seen: dict[str, Observed]) -> None:
    found = plan(NETWORK, seen)

    assert found == Plan(stages=(), changes={}, unchanged=("KS1", "KS2", "BR1", "BR2"))
    assert found.empty


def test_secondaries_come_first_and_a_rekey_ends_it(seen: dict[str, Observed]) -> None:
    found = plan(more_in_clear(NETWORK), seen)

    assert [(stage.name, stage.devices) for stage in found.stages] == [
        ("secondary key servers", ("KS2",)),
        ("primary key servers", ("KS1",)),
    ]
    assert list(found.changes) == ["KS2", "KS1"]
    assert lines(found, "KS2") == lines(found, "KS1")
    assert lines(found, "KS1")[0] == "125 deny icmp any any"
    assert found.changes["KS1"].effects == (
        "G1: what is encrypted changes (1 line more, 0 less), from the next rekey on",
    )
    (rekey,) = found.rekeys
    assert rekey.command == "crypto gdoi ks group G1 rekey"
    assert (rekey.device, rekey.after) == ("KS1", "primary key servers")
    assert rekey.why == "its policy changes: what is encrypted"
    assert found.unchanged == ("BR1", "BR2")
    assert found.obstacles == ()


def test_members_come_last_in_waves(seen: dict[str, Observed]) -> None:
    intent = network("xe17", member={"ike": {"lifetime_s": 3600}})

    found = plan(intent, seen, wave=Wave.of("1"))
    assert [(stage.name, stage.devices, stage.together) for stage in found.stages] == [
        ("members, wave 1 of 2", ("BR1",), True),
        ("members, wave 2 of 2", ("BR2",), True),
    ]
    assert found.rekeys == ()
    assert plan(intent, seen, wave=Wave.of("100%")).stages[0].devices == ("BR1", "BR2")


@pytest.mark.parametrize(
    ("text", "sizes"),
    [("1", [1] * 7), ("3", [3, 3, 1]), ("50%", [4, 3]), ("1%", [1] * 7), ("100%", [7])],
)
def test_a_wave_is_a_number_or_a_part_of_the_members(text: str, sizes: list[int]) -> None:
    names = [f"BR{n}" for n in range(7)]
    waves = Wave.of(text).split(names)

    assert [len(wave) for wave in waves] == sizes
    assert [name for wave in waves for name in wave] == names
    assert Wave.of(text).split([]) == []


@pytest.mark.parametrize("text", ["0", "", "101%", "-1", "a few", "5 %", "٣"])
def test_what_is_no_wave_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is no wave"):
        Wave.of(text)


@pytest.mark.parametrize(
    ("changes", "rekeyed"),
    [
        ({"policies": [policy(lifetime_s=3600)]}, "the lifetime of traffic keys"),
        (
            {"policies": [policy(transform={"encryption": "aes 128"})]},
            "how traffic is encrypted",
        ),
        ({"policies": [policy(replay={"kind": "counter"})]}, "the check for replays"),
        ({"policies": [policy(tag_sgt=True)]}, "security group tags"),
        ({"receive_only": True}, "the direction of SAs"),
        ({"rekey": {"cipher": "aes 128"}}, "the cipher of rekeys"),
        ({"rekey": {"lifetime_s": 43_200}}, "the lifetime of the rekey key"),
        ({"rekey": {"retransmit": {"interval_s": 60, "number": 2}}}, ""),
        ({"authorize_addresses": False}, ""),
        ({"servers": [{"name": "KS1", "priority": 90}, {"name": "KS2", "priority": 80}]}, ""),
    ],
)
def test_a_rekey_carries_what_members_are_told_and_nothing_else_needs_one(
    changes: dict[str, Any], rekeyed: str, seen: dict[str, Observed]
) -> None:
    found = plan(changed(NETWORK, **changes), seen)

    assert {"KS1", "KS2"} <= set(found.changes)
    assert [each.why for each in found.rekeys] == [f"its policy changes: {rekeyed}"] * bool(rekeyed)
    assert found.changes["KS1"].effects[0].startswith("G1: ")


def test_members_listen_before_rekeys_travel_by_multicast(seen: dict[str, Observed]) -> None:
    found = plan(changed(NETWORK, rekey={"multicast": "239.10.10.1"}), seen)

    (rekey,) = found.rekeys
    assert rekey.after == found.stages[-1].name == "members, wave 2 of 2"


def test_another_rsa_key_is_no_matter_of_a_deployment(seen: dict[str, Observed]) -> None:
    found = plan(changed(NETWORK, rekey={"key": "OTHER"}), seen)

    assert found.rekeys == ()
    assert any("roll the key over instead" in each for each in found.obstacles)
    assert any("it has no RSA key 'OTHER'" in each for each in found.obstacles)


def test_a_rekey_may_be_left_to_people(seen: dict[str, Observed]) -> None:
    (rekey,) = plan(more_in_clear(NETWORK), seen, rekey=False).rekeys
    assert rekey.left
    (rekey,) = plan(more_in_clear(NETWORK), seen, replace=True).rekeys
    assert rekey.command == "crypto gdoi ks group G1 rekey replace-now"


def test_key_servers_are_not_torn_apart(seen: dict[str, Observed]) -> None:
    found = plan(more_in_clear(NETWORK), seen, devices=frozenset({"KS1"}))

    assert list(found.changes) == ["KS1"]
    (obstacle,) = found.obstacles
    assert obstacle.startswith("group G1: KS2 would keep its old policy, and differ from KS1;")


def test_a_group_is_taken_off_a_key_server_only_when_it_is_named() -> None:
    both = network("xe17", group(), group("G2", identity=1002))
    one = network("xe17", group())
    seen = looked(both, world(both))

    assert plan(one, seen).obstacles[0] == (
        "KS1: it would stop to serve the group G2; give --remove-group G2 if that is meant"
    )
    found = plan(one, seen, remove_groups=frozenset({"G2"}))
    assert found.obstacles == ()
    assert (
        "it serves the group G2 no more: members have to register elsewhere"
        in found.changes["KS1"].effects
    )
    assert (
        "it leaves the group G2: its traffic is no longer encrypted" in found.changes["BR1"].effects
    )


def test_a_device_that_was_left_half_way_is_finished_without_lines(
    seen: dict[str, Observed],
) -> None:
    half = Halfway(device="BR1", backup="b.cfg", since="2026-01-01T00:00:00Z")
    found = plan(NETWORK, seen, Open(halfway={"BR1": half}))

    assert list(found.changes) == ["BR1"]
    assert found.changes["BR1"].resumed
    assert found.changes["BR1"].commands == ()


def test_a_rekey_is_owed_until_the_keys_are_others(seen: dict[str, Observed]) -> None:
    served = seen["KS1"].served_group("G1")
    assert served is not None
    owed = Owed(group="G1", device="KS1", why="its policy changes: tags", keys=keys_of(served))

    (rekey,) = plan(NETWORK, seen, Open(owed={"G1": owed})).rekeys
    assert (rekey.device, rekey.why, rekey.after) == ("KS1", "its policy changes: tags", None)
    other = replace(owed, keys=("KEK 1", "TEK 1"))
    assert plan(NETWORK, seen, Open(owed={"G1": other})).empty


def test_a_policy_that_no_member_has_got_is_recognized() -> None:
    devices = world(NETWORK)
    for name in ("KS2", "KS1"):
        devices(name).configure(["ip access-list extended POLICY-G1", "125 deny icmp any any"])
    found = plan(more_in_clear(NETWORK), looked(NETWORK, devices))

    assert found.changes == {}
    (rekey,) = found.rekeys
    assert rekey.why.startswith("its members have another access list")


def test_an_unreachable_member_is_an_obstacle_unless_some_may_fail() -> None:
    devices = world(NETWORK)
    devices.lab.fault("BR2", "refuse")
    seen = looked(NETWORK, devices)
    intent = more_in_clear(NETWORK)

    found = plan(intent, seen)
    assert found.unreached == {"BR2": "connection refused"}
    assert any(re.match(r"BR2: .*connection refused", each) for each in found.obstacles)
    assert plan(intent, seen, max_failures=1).obstacles == ()


def test_secrets_stand_in_no_plan(seen: dict[str, Observed]) -> None:
    secret = "Key-PSK_COOP"  # noqa: S105 - the tests' own
    intent = changed(NETWORK, authentication={"kind": "psk", "member": "env:A", "coop": "env:B"})
    found = plan(intent, seen)

    assert any(secret in command.text for command in found.changes["KS1"].commands)
    assert "Key-" not in repr(found)
