"""What snapshots say of networks in which something has happened, in virtual time."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from getvpn.audits.load import fleet_of
from getvpn.parsers.transcript.capture import Capture
from getvpn.tasks.procedures.model import Status
from getvpn.tasks.snapshots.changes import Change, Comparison, compare
from getvpn.tasks.snapshots.expecting import Expectation, Outcome, Verdict, judge
from getvpn.tasks.snapshots.facts import Key, Kind, State, Topic, state_of
from getvpn.tasks.snapshots.store import Snapshots
from getvpn.tasks.snapshots.taking import state_in

from ..procedures.group_worlds import World
from ..procedures.rollover_worlds import NEW, OLD
from ..procedures.test_policy_change import plan_of, to
from ..procedures.upgrade_worlds import UpgradeWorld
from .captured_worlds import Said, around_a_rollover, saying, seen


def state(said: Said) -> State:
    """The state that was said."""
    return state_of(fleet_of(said[0]), said[1])


@pytest.fixture(scope="module")
def world() -> World:
    """A network that nobody touches."""
    return World()


@pytest.fixture(scope="module")
def rolled() -> tuple[Said, Said]:
    """A network before a rollover, and after it."""
    return around_a_rollover()


@pytest.fixture(scope="module")
def changed() -> tuple[Said, Said]:
    """A network before its policy changed, and after that."""
    world = World()
    before = saying(world)
    intent = to(world.intent, transform={"encryption": "aes 128"}, lifetime_s=3600)
    assert world.run(plan_of(world, intent)).status is Status.DONE
    return before, saying(world)


def between(pair: tuple[Said, Said]) -> Comparison:
    """What is different."""
    return compare(state(pair[0]), state(pair[1]))


def without(said: Said, unwanted: Callable[[Capture], bool]) -> Said:
    """The same without some captures."""
    return [each for each in said[0] if not unwanted(each)], said[1]


def edited(said: Said, device: str, command: str, old: str, new: str) -> Said:
    """The same with another answer of a device to a command."""
    captures = [
        replace(each, text=each.text.replace(old, new))
        if (each.host, each.command) == (device, command)
        else each
        for each in said[0]
    ]
    assert captures != said[0]
    return captures, said[1]


def told(verdict: Verdict) -> list[str]:
    """What was not expected, by device and topic."""
    return [f"{each.key.device}: {each.key.topic}" for each in verdict.unexpected]


# ---- nothing ----


@given(st.lists(st.floats(min_value=1, max_value=20_000), min_size=1, max_size=2))
@settings(max_examples=3)
def test_time_alone_changes_no_state(world: World, steps: list[float]) -> None:
    before = seen(world)
    for step in steps:
        world.lab.advance(step)
    comparison = compare(before, seen(world))
    assert comparison.of(Kind.STATE) == ()
    assert comparison.of(Kind.VOLATILE) != ()
    assert judge(comparison, Expectation.NOTHING).outcome is Outcome.AS_EXPECTED


def test_a_rekey_replaces_keys_and_is_nothing(world: World) -> None:
    before = seen(world)
    world.type("KS1", "crypto gdoi ks group G1 rekey replace-now", "yes")
    world.lab.advance(30)
    comparison = compare(before, seen(world))
    assert {each.key.topic for each in comparison.of(Kind.ROUTINE)} >= {Topic.TRAFFIC_KEYS}
    assert judge(comparison, Expectation.NOTHING).outcome is Outcome.AS_EXPECTED


def test_a_line_that_somebody_has_typed_is_something(world: World) -> None:
    before = seen(world)
    world.type("KS2", "configure terminal", "ip domain lookup", "snmp-server location attic", "end")
    comparison = compare(before, seen(world))
    world.type("KS2", "configure terminal", "no snmp-server location attic", "end")
    verdict = judge(comparison, Expectation.NOTHING)
    assert verdict.outcome is Outcome.NOT_AS_EXPECTED
    assert set(told(verdict)) == {"KS2: configuration"}
    assert "+ snmp-server location attic" in comparison.of(Kind.STATE)[-1].lines()


def test_the_order_of_an_access_list_counts(world: World) -> None:
    said = saying(world)
    esp, tacacs = "deny esp any any", "deny tcp any any eq tacacs"
    old, new = f" 10 {esp}\n 20 {tacacs}\n", f" 10 {tacacs}\n 20 {esp}\n"
    after = edited(said, "KS1", "show running-config", old, new)
    (change,) = compare(state(said), state(after)).changes
    assert change.key.topic is Topic.POLICY
    assert change.lines() == [f"{change.key.name}: in another order", "  the same packets"]


def test_the_numbers_of_an_access_list_do_not(world: World) -> None:
    said = saying(world)
    after = edited(said, "KS1", "show running-config", " 10 deny esp", " 5 deny esp")
    assert compare(state(said), state(after)).changes == ()


# ---- a rollover ----


def test_a_rollover_is_as_expected_for_a_rollover_only(rolled: tuple[Said, Said]) -> None:
    comparison = between(rolled)
    outcomes = {each: judge(comparison, each).outcome for each in Expectation}
    assert outcomes == {
        Expectation.NOTHING: Outcome.NOT_AS_EXPECTED,
        Expectation.ROLLOVER: Outcome.AS_EXPECTED,
        Expectation.UPGRADE: Outcome.NOT_AS_EXPECTED,
        Expectation.POLICY_CHANGE: Outcome.NOT_AS_EXPECTED,
    }
    keys = {(each.key.device, each.key.name) for each in comparison.changes if not each.key.group}
    assert {("KS1", OLD), ("KS1", NEW), ("KS2", OLD), ("KS2", NEW)} <= keys


def test_a_key_that_no_group_signs_with_is_not_part_of_a_rollover(
    rolled: tuple[Said, Said],
) -> None:
    command, name = "show crypto key mypubkey rsa", f"Key name: {NEW}\n"
    for old, new in (("Key name: KS1\n", "Key name: OTHER\n"), (name, f"Key name: {NEW}x\n")):
        after = edited(rolled[1], "KS1", command, old, new)
        verdict = judge(between((rolled[0], after)), Expectation.ROLLOVER)
        assert verdict.outcome is Outcome.NOT_AS_EXPECTED


def test_a_key_server_that_signs_no_more_is_told(rolled: tuple[Said, Said]) -> None:
    line = f"  rekey authentication mypubkey rsa {NEW}\n"
    after = edited(rolled[1], "KS2", "show running-config", line, "")
    verdict = judge(between((rolled[0], after)), Expectation.ROLLOVER)
    assert verdict.missing == ("KS2, G1: has no rekey key any more",)


def test_a_rollover_that_one_key_server_missed_is_told(rolled: tuple[Said, Said]) -> None:
    before, after = rolled
    captures = [each for each in after[0] if each.host != "KS2"]
    captures += [each for each in before[0] if each.host == "KS2"]
    verdict = judge(between((before, (captures, after[1]))), Expectation.ROLLOVER)
    assert "KS2, G1: still has the old rekey key" in verdict.missing
    assert "G1: rekey key, public key: KS2 has another than KS1" in verdict.missing


def test_a_member_that_still_has_the_old_key_is_told(rolled: tuple[Said, Said]) -> None:
    before, after = rolled
    captures = [each for each in after[0] if each.host != "BR1"]
    captures += [each for each in before[0] if each.host == "BR1"]
    verdict = judge(between((before, (captures, after[1]))), Expectation.ROLLOVER)
    assert verdict.missing == (
        "BR1, G1: still has the old rekey key",
        "G1: rekey key, public key: BR1 has another than KS1",
    )


def test_a_rollover_that_did_not_happen_is_told(rolled: tuple[Said, Said]) -> None:
    verdict = judge(between((rolled[0], rolled[0])), Expectation.ROLLOVER)
    assert verdict.missing == ("nothing about rekey key has changed",)


def test_without_the_keys_nobody_can_tell(rolled: tuple[Said, Said]) -> None:
    def keys(each: Capture) -> bool:
        return "mypubkey" in each.command

    pair = without(rolled[0], keys), without(rolled[1], keys)
    verdict = judge(between(pair), Expectation.ROLLOVER)
    assert verdict.outcome is Outcome.UNDECIDED
    assert [each.split(":")[0] for each in verdict.unknown] == ["KS1", "KS2"]


def test_without_the_keys_of_members_nobody_can_tell(rolled: tuple[Said, Said]) -> None:
    pair = [
        without(each, lambda one: one.host == "BR1" and "pubkey" in one.command) for each in rolled
    ]
    verdict = judge(between((pair[0], pair[1])), Expectation.ROLLOVER)
    assert verdict.outcome is Outcome.UNDECIDED
    assert verdict.unknown == ("BR1: 'show crypto gdoi gm pubkey' is in neither",)


def test_an_answer_that_is_missing_on_one_side_is_not_a_change(rolled: tuple[Said, Said]) -> None:
    before = rolled[0]
    after = without(before, lambda each: each.command == "show crypto gdoi ks coop")
    comparison = between((before, after))
    assert comparison.changes == ()
    assert {(each.device, each.missing_in) for each in comparison.unknown} == {
        ("KS1", "the second"),
        ("KS2", "the second"),
    }
    assert judge(comparison, Expectation.NOTHING).outcome is Outcome.UNDECIDED


def test_a_device_that_is_gone_is_not_expected(rolled: tuple[Said, Said]) -> None:
    after = without(rolled[1], lambda each: each.host == "BR2")
    verdict = judge(between((rolled[0], after)), Expectation.ROLLOVER)
    assert told(verdict) == ["BR2: devices"]


# ---- an upgrade ----


def test_an_upgrade_is_as_expected(tmp_path: Path) -> None:
    world = UpgradeWorld(tmp_path)
    before = seen(world)
    assert world.run(world.server_plan()).status is Status.DONE
    comparison = compare(before, seen(world))
    assert judge(comparison, Expectation.UPGRADE).outcome is Outcome.AS_EXPECTED
    changes = {(each.key.device, each.key.topic, each.key.name) for each in comparison.changes}
    for name in ("KS1", "KS2"):
        assert (name, Topic.RESTART, "restarted") in changes
        assert (name, Topic.SOFTWARE, "version") in changes
    assert ("KS1", Topic.ROLES, "role") in changes
    verdict = judge(comparison, Expectation.ROLLOVER)
    assert "KS1: restart" in told(verdict)
    assert verdict.missing[0] == "nothing about rekey key has changed"
    world.type("BR1", "write memory", "reload", "", "", "")
    world.lab.advance(900)
    verdict = judge(compare(before, seen(world)), Expectation.UPGRADE)
    assert (told(verdict), verdict.missing) == (["BR1: restart"], ())


def test_an_image_that_nobody_has_booted_is_told(changed: tuple[Said, Said]) -> None:
    marks, image = "boot-start-marker\n", "boot system bootflash:new.bin"
    config = "show running-config"
    after = edited(changed[0], "KS2", config, marks, f"{marks}{image}\n")
    verdict = judge(between((changed[0], after)), Expectation.UPGRADE)
    assert verdict.missing == (
        "no device runs other software",
        "KS2: is to boot another image, and still runs the old one",
    )
    assert told(verdict) == ["KS2: software"]


def test_new_software_may_answer_more(changed: tuple[Said, Said]) -> None:
    command = "show crypto gdoi gm pubkey"
    before = without(changed[0], lambda each: each.host == "BR1" and each.command == command)
    after = edited(changed[0], "BR1", "show version", "17.09.04a", "17.12.04")
    verdict = judge(between((before, after)), Expectation.UPGRADE)
    assert (verdict.outcome, verdict.unknown) == (Outcome.AS_EXPECTED, ())


# ---- a policy change ----


def test_a_policy_change_is_as_expected(changed: tuple[Said, Said]) -> None:
    comparison = between(changed)
    assert judge(comparison, Expectation.POLICY_CHANGE).outcome is Outcome.AS_EXPECTED
    assert judge(comparison, Expectation.NOTHING).outcome is Outcome.NOT_AS_EXPECTED
    (change,) = [
        each for each in comparison.changes if each.key[0] == "BR1" if each.kind == "state"
    ]
    old, new = "esp-256-aes esp-sha256-hmac", "esp-aes esp-sha256-hmac"
    assert change.lines() == [f"transform on GigabitEthernet1: {old} -> {new}"]


def test_a_member_with_another_list_than_its_key_server_is_told(
    changed: tuple[Said, Said],
) -> None:
    after = edited(changed[1], "BR1", "show crypto gdoi", "deny esp any any", "deny ahp any any")
    verdict = judge(between((changed[0], after)), Expectation.POLICY_CHANGE)
    assert verdict.missing == ("G1: policy, access list: BR1 has another than KS1",)


def test_key_servers_that_disagree_are_told(changed: tuple[Said, Said]) -> None:
    command = "show crypto gdoi ks policy"
    after = edited(changed[1], "KS2", command, "esp-aes esp-sha256", "esp-gcm esp-sha256")
    verdict = judge(between((changed[0], after)), Expectation.POLICY_CHANGE)
    shown, configured = "esp-gcm 128 esp-sha256-hmac", "esp-aes 128 esp-sha256-hmac"
    assert verdict.missing == (
        "G1: policy, transform of POLICY-G1: KS2 has another than KS1",
        f"KS2, G1: transform of POLICY-G1 is {shown}, and {configured} is configured",
    )


def test_a_member_that_encrypts_as_no_key_server_does_is_told(changed: tuple[Said, Said]) -> None:
    old, new = "esp-aes esp-sha256-hmac", "esp-256-aes esp-sha256-hmac"
    after = edited(changed[1], "BR2", "show crypto gdoi", old, new)
    verdict = judge(between((changed[0], after)), Expectation.POLICY_CHANGE)
    said = "transform on GigabitEthernet1: BR2 has esp-256-aes esp-sha256-hmac, no key server has"
    assert verdict.missing == (f"G1: policy, {said}",)


def test_a_group_has_other_names_elsewhere(changed: tuple[Said, Said]) -> None:
    def renamed(said: Said) -> Said:
        captures = [
            replace(each, text=re.sub(r"\bG1\b", "BRANCHES", each.text))
            if each.host == "BR1"
            else each
            for each in said[0]
        ]
        return captures, said[1]

    pair = renamed(changed[0]), renamed(changed[1])
    assert judge(between(pair), Expectation.POLICY_CHANGE).outcome is Outcome.AS_EXPECTED
    after = edited(pair[1], "BR1", "show crypto gdoi", "deny esp any any", "deny ahp any any")
    verdict = judge(between((pair[0], after)), Expectation.POLICY_CHANGE)
    assert verdict.missing == ("G1: policy, access list: BR1 has another than KS1",)


# ---- what snapshots lack ----


def test_an_answer_that_was_cut_is_not_compared(changed: tuple[Said, Said]) -> None:
    before = changed[0]
    cut = [
        replace(each, text=each.text[: len(each.text) // 2])
        if (each.host, each.command) == ("BR1", "show running-config")
        else each
        for each in before[0]
    ]
    comparison = between((before, (cut, before[1])))
    assert comparison.changes == ()
    verdict = judge(comparison, Expectation.NOTHING)
    assert verdict.unknown == ("BR1: 'show running-config' is not whole in the second",)
    both = between(((cut, before[1]), (cut, before[1])))
    verdict = judge(both, Expectation.NOTHING)
    assert verdict.unknown == ("BR1: 'show running-config' is not whole in both",)


def test_a_device_that_failed_leaves_it_open(changed: tuple[Said, Said]) -> None:
    there = without(changed[0], lambda each: each.host == "KS2")
    first = state_of(fleet_of(there[0]), there[1], {"KS2": "it refuses"})
    for before in (first, state(changed[0])):
        verdict = judge(compare(before, first), Expectation.NOTHING)
        assert verdict.outcome is Outcome.UNDECIDED
        assert verdict.unknown[-1] == "KS2: not all of it is in the second: it refuses"


def test_without_a_common_answer_nobody_can_tell(changed: tuple[Said, Said]) -> None:
    one = without(changed[0], lambda each: each.command != "show version")
    other = without(changed[0], lambda each: each.command != "show crypto gdoi")
    verdict = judge(between((one, other)), Expectation.NOTHING)
    assert "KS1: no answer of it is in both" in verdict.unknown


def test_the_word_of_newer_releases_is_no_other_group(changed: tuple[Said, Said]) -> None:
    before = changed[0]
    old = "crypto gkm group G1"
    after = edited(before, "KS1", "show running-config", old, "crypto gdoi group G1")
    assert between((before, after)).changes == ()


def test_switches_are_told_as_yes_and_no() -> None:
    key = Key("KS1", "", Topic.CLOCK, "synchronised")
    change = Change(key=key, kind=Kind.STATE, before=False, after=True)
    assert change.lines() == ["synchronised: no -> yes"]


# ---- kept and read again ----


def test_what_is_kept_says_the_same_again(rolled: tuple[Said, Said]) -> None:
    store = Snapshots("sqlite://")
    for name, (captures, at) in zip(("a", "b"), rolled, strict=True):
        store.take(name, captures, at=at, owner="al", version="1", source="test")
    before, after = (state_in(store, store.get(name)) for name in ("a", "b"))
    assert before.facts == state(rolled[0]).facts
    assert compare(before, after).changes == between(rolled).changes
    plain, packed = store.size()
    assert packed * 3 < plain
    store.close()
