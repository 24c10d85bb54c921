"""Another policy for a group: in the right order, without loss, and back again."""

from collections.abc import Iterator
from typing import Any

import pytest

from getvpn.emulator.testing import console
from getvpn.inventory.models import Intent
from getvpn.tasks.procedures.model import Outcome, ProcedurePlan, Status
from getvpn.tasks.procedures.policy_features import ask_features
from getvpn.tasks.procedures.policy_plan import plan_policy_change

from ..lab_devices import Killed
from ..networks import group, network, policy
from .group_worlds import World, changed

CLEAR = ["esp", "tacacs", "ssh", "pim", "ntp", "ike", "gdoi"]
WIDER = {"between": ["10.0.0.0/8", "172.16.0.0/12"], "clear": CLEAR}
NARROWER = {"between": ["10.0.0.0/8"], "clear": [*CLEAR, "icmp"]}


def plan_of(world: World, intent: Intent, **more: Any) -> ProcedurePlan:
    observed = world.observed(intent)
    device = world.open("KS1")
    features = ask_features(device)
    device.close()
    return plan_policy_change(intent, observed, "G1", features, **more)


def to(intent: Intent, **changes: Any) -> Intent:
    """The same network with another policy."""
    return changed(intent, policies=[policy(**changes)])


def downloaded(world: World, member: str) -> str:
    """The list that a member has got."""
    return world.shown(member, "show crypto gdoi | include access-list")


@pytest.fixture(scope="module")
def world() -> World:
    """A network whose policy tests change, and leave well."""
    return World()


@pytest.fixture
def fresh(world: World) -> Iterator[World]:
    """The same, at the beginning of a test; what was lost is forgotten."""
    world.begin()
    yield world
    world.devices.watch = None


def brought(world: World, intent: Intent, **more: Any) -> Outcome:
    """What comes of the plan; the world is of the new intent then."""
    plan = plan_of(world, intent, **more)
    assert plan.obstacles == ()
    outcome = world.run(plan)
    world.intent = intent
    return outcome


# ---- how it goes ----


def test_secondaries_come_first_and_then_one_rekey_and_nothing_is_lost(fresh: World) -> None:
    usual = to(fresh.intent)
    if fresh.intent != usual:  # other tests were before
        assert brought(fresh, usual).status is Status.DONE
        fresh.begin()
    intent = to(fresh.intent, transform={"encryption": "aes 128"}, lifetime_s=3600)
    plan = plan_of(fresh, intent)
    assert "proven: the same traffic is encrypted as before, and no other" in plan.notes
    assert "the lifetime of traffic keys is 3600 s instead of 7200 s" in plan.notes
    outcome = fresh.run(plan)
    assert (outcome.status, outcome.state) == (Status.DONE, "G1 has the new policy everywhere")
    acts = fresh.acts()
    assert [name for name, _ in acts] == sorted((name for name, _ in acts), reverse=True)
    assert [line for _, line in acts if "rekey" in line] == ["crypto gdoi ks group G1 rekey"]
    assert fresh.lost() == {}
    fresh.intent = intent
    assert fresh.is_well()
    assert fresh.saved("KS1")
    assert fresh.saved("KS2")
    assert "esp-aes esp-sha256-hmac" in fresh.shown("BR1", "show crypto gdoi")
    assert "Key-PSK" not in fresh.written()


def test_what_traffic_changes_is_told_and_members_get_the_list(fresh: World) -> None:
    intent = to(fresh.intent, traffic=NARROWER)
    plan = plan_of(fresh, intent)
    assert (
        "newly in clear: icmp from 10.0.0.0/8 to 10.0.0.0/8, by 'deny icmp any any'; before "
        "'permit ip 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255' encrypted it"
    ) in plan.notes
    assert any("is lost between members" in text for text in plan.notes)
    assert fresh.run(plan).status is Status.DONE
    fresh.intent = intent
    assert "deny icmp any any" in downloaded(fresh, "BR2")
    assert fresh.is_well()


def test_what_is_so_already_is_not_changed(fresh: World) -> None:
    plan = plan_of(fresh, fresh.intent)
    assert plan.obstacles == ("nothing to change: G1 has the policy of the intent already",)


def test_replace_now_takes_the_old_keys_at_once(fresh: World) -> None:
    intent = to(fresh.intent, lifetime_s=5400)
    plan = plan_of(fresh, intent, apply="replace-now")
    assert any(text.startswith("replace-now: members drop") for text in plan.notes)
    began = fresh.devices.clock.now()
    assert fresh.run(plan).status is Status.DONE
    assert ("KS1", "crypto gdoi ks group G1 rekey replace-now") in fresh.acts()
    assert fresh.devices.clock.now() - began < 120
    fresh.intent = intent


def test_a_policy_that_was_entered_and_not_told_is_told(fresh: World) -> None:
    intent = to(fresh.intent, traffic=WIDER)
    for name in ("KS2", "KS1"):
        plan = plan_of(fresh, intent)
        lines = [line for step in plan.steps if step.device == name for line in step.commands]
        fresh.type(name, "configure terminal", *lines[:-1], "end", "write memory")
    plan = plan_of(fresh, intent)
    assert plan.obstacles == ()
    assert not any(step.name.startswith("give") for step in plan.steps)
    assert fresh.run(plan).status is Status.DONE
    assert "172.16.0.0" in downloaded(fresh, "BR1")
    fresh.intent = intent


# ---- what stands in its way ----


def test_another_rsa_key_is_no_matter_of_a_policy(fresh: World) -> None:
    intent = changed(fresh.intent, rekey={"key": "GETVPN-REKEY-2"})
    assert any("use 'getvpn rollover rsa'" in text for text in plan_of(fresh, intent).obstacles)


def test_a_policy_that_encrypts_what_must_be_clear_is_refused_or_meant(fresh: World) -> None:
    intent = to(fresh.intent, traffic={"between": ["0.0.0.0/0"], "clear": ["esp"]})
    found = [text for text in plan_of(fresh, intent).obstacles if "the audit finds" in text]
    assert found
    codes = [text.split("finds ")[1].split()[0] for text in found]
    assert plan_of(fresh, intent, ignored=codes).obstacles == ()


def test_lines_that_are_no_policy_are_left(fresh: World) -> None:
    intent = changed(
        to(fresh.intent, lifetime_s=3720),
        servers=[{"name": "KS1", "priority": 120}, {"name": "KS2", "priority": 75}],
    )
    plan = plan_of(fresh, intent)
    assert plan.obstacles == ()
    assert any("KS1: 1 lines that are no policy of G1" in text for text in plan.notes)
    assert not any("priority" in line for step in plan.steps for line in step.commands)


def test_a_member_that_is_down_is_left_out_when_that_is_said(fresh: World) -> None:
    fresh.lab.fault("BR2", "refuse")
    intent = to(fresh.intent, lifetime_s=3660)
    assert any("BR2" in text for text in plan_of(fresh, intent).obstacles)
    plan = plan_of(fresh, intent, without=["BR2"])
    assert plan.obstacles == ()
    assert plan.settings["followed"] == ("BR1",)
    fresh.lab["BR2"].faults.clear()


def test_groups_that_share_lists_are_not_torn() -> None:
    def both(**traffic: Any) -> Intent:
        shared = policy(acl_name="SHARED", profile_name="P", transform_name="T", **traffic)
        return network(
            "xe17", group(policies=[shared]), group("G2", identity=1002, policies=[shared])
        )

    world = World(both())
    intent = both(traffic=NARROWER)
    obstacles = plan_of(world, intent).obstacles
    assert any("the policy of the group G2 would change with it" in text for text in obstacles)


# ---- when something goes wrong ----


def test_it_goes_on_wherever_the_process_ends(fresh: World) -> None:
    """Before and behind each line that changes something."""
    ends = 0
    at = 0
    while True:
        lifetime_s = 3600 if at % 2 else 7200
        intent = to(fresh.intent, lifetime_s=lifetime_s)
        plan = plan_of(fresh, intent)
        fresh.kill_at(at)
        try:
            outcome = fresh.run(plan)
        except Killed:
            ends += 1
            outcome = fresh.resume()
            assert outcome.status is Status.DONE
            fresh.intent = intent
            at += 1
            continue
        break
    assert ends == at
    assert ends > 6
    assert outcome.status is Status.DONE
    fresh.intent = intent
    assert fresh.is_well()
    assert fresh.saved("KS1")
    assert fresh.lost() == {}


def test_no_second_rekey_is_sent_by_the_process_that_goes_on(fresh: World) -> None:
    intent = to(fresh.intent, lifetime_s=4500)
    fresh.kill_behind("crypto gdoi ks")
    with pytest.raises(Killed):
        fresh.run(plan_of(fresh, intent))
    assert fresh.resume().status is Status.DONE
    assert [line for _, line in fresh.acts() if "rekey" in line] == [
        "crypto gdoi ks group G1 rekey"
    ]
    fresh.intent = intent
    assert fresh.lost() == {}


def test_it_is_taken_back_wherever_the_process_ends(fresh: World) -> None:
    """The configuration of before is there again, and members have its policy."""
    before = [fresh.configuration(name) for name in ("KS1", "KS2")]
    intent = to(fresh.intent, traffic=NARROWER)
    at = 0
    while True:
        fresh.kill_at(at)
        try:
            fresh.run(plan_of(fresh, intent))
        except Killed:
            assert fresh.abort().status is Status.ROLLED_BACK
            assert [fresh.configuration(name) for name in ("KS1", "KS2")] == before
            assert fresh.saved("KS1")
            assert fresh.saved("KS2")
            at += 2
            continue
        break
    assert at > 6
    fresh.intent = intent
    assert fresh.is_well()


def test_a_session_that_breaks_at_any_line_is_opened_again(fresh: World) -> None:
    count = at = 0
    while 2 * count == at:
        fresh.lab.advance(400)  # the keys of before have gone
        intent = to(fresh.intent, lifetime_s=3600 + 60 * at)
        plan = plan_of(fresh, intent)
        count += fresh.break_at(at, plan)
        at += 2
        fresh.intent = intent
    assert at > 6
    assert fresh.is_well()
    assert fresh.lost() == {}


def test_a_member_that_misses_the_rekey_stops_it_where_it_can_go_on(fresh: World) -> None:
    intent = to(fresh.intent, traffic=WIDER)
    plan = plan_of(fresh, intent)
    for server in ("KS1", "KS2"):
        fresh.lab.cut(server, "BR2")
    outcome = fresh.run(plan)
    assert outcome.status is Status.STOPPED
    assert outcome.state == "the rekey with the new policy has been sent"
    assert "BR2" in outcome.reason
    assert "'clear crypto gdoi'" in outcome.advice
    fresh.lab.heal()
    fresh.type("BR2", "clear crypto gdoi", "yes")
    fresh.lab.advance(60)
    assert fresh.resume().status is Status.DONE
    fresh.intent = intent
    assert fresh.is_well()


def test_a_key_server_that_crashes_when_it_saves_is_given_the_policy_again() -> None:
    world = World()
    intent = to(world.intent, lifetime_s=3600)
    world.lab.fault("KS1", "crash-at-write")
    world.lab.record_traffic()
    outcome = world.run(plan_of(world, intent))
    assert outcome.status is Status.DONE
    world.intent = intent
    assert world.is_well()
    assert world.lost() == {}


def test_a_key_server_that_refuses_a_line_is_as_before(fresh: World) -> None:
    """Somebody else keeps others out of the configuration of the primary."""
    before = [fresh.configuration(name) for name in ("KS1", "KS2")]
    intent = to(fresh.intent, lifetime_s=3900)
    plan = plan_of(fresh, intent)
    somebody = console(fresh.lab["KS1"])

    def lock(name: str, line: str) -> None:
        if (name, line) == ("KS2", "write memory"):
            somebody.run("configure terminal lock")

    fresh.devices.watch = lock
    outcome = fresh.run(plan)
    somebody.run("end")
    assert outcome.status is Status.ROLLED_BACK
    assert "locked" in outcome.reason
    assert [fresh.configuration(name) for name in ("KS1", "KS2")] == before
