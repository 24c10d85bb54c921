"""Rollovers that go well, that wait, that raise an alarm, and that are taken back."""

from typing import Any

import pytest

from getvpn.errors import CheckError
from getvpn.tasks.procedures.model import Status

from ..lab_devices import Killed
from ..networks import aliased, group, network, policy
from .group_worlds import Told
from .rollover_worlds import NEW, OLD, RolloverWorld, steps

FOLLOW = "follow the members until each holds the new key"


@pytest.fixture
def world() -> RolloverWorld:
    return RolloverWorld()


def is_as_before(world: RolloverWorld) -> bool:
    """Whether the key servers sign with the old key, and have no other."""
    return all(
        world.labels(name) == [OLD] and world.signs_with(name) == OLD for name in ("KS1", "KS2")
    )


# ---- both strategies ----


def test_a_new_key_costs_no_traffic(world: RolloverWorld) -> None:
    old, told = world.public("KS1", OLD), Told()
    outcome = world.run(world.plan(), observer=told)
    assert (outcome.status, outcome.state) == (
        Status.DONE,
        f"G1 uses the key {NEW} everywhere, and {OLD} is gone",
    )
    for name in ("KS1", "KS2"):
        assert world.labels(name) == [NEW]
        assert world.signs_with(name) == NEW
    assert world.public("KS1", NEW) == world.public("KS2", NEW) != old
    assert world.know() == {world.public("KS1", NEW)}
    assert world.lost() == {}
    expected = "2 of 2 members turned the rekey down, as expected: they register again before"
    assert any(expected in text for text in told.texts)


def test_the_key_of_another_group_is_left_to_it() -> None:
    rekey = {"retransmit": {"interval_s": 60, "number": 1}}
    other = group("G2", identity=1002, rekey=rekey, policies=[policy(lifetime_s=7210)])
    world = RolloverWorld(network("xe17", group(rekey=rekey), other))
    old, told = world.public("KS1", OLD), Told()
    outcome = world.run(world.plan(), observer=told)
    assert (outcome.status, outcome.state) == (
        Status.DONE,
        f"G1 uses the key {NEW} everywhere, and {OLD} is left to other groups",
    )
    # that they take the rekey of the other group right behind it says nothing
    assert any("2 of 2 members turned the rekey down" in text for text in told.texts)
    for name in ("KS1", "KS2"):
        assert world.labels(name) == [OLD, NEW]
        assert world.public(name, OLD) == old
        shown = world.shown(name, "show startup-config | include rekey authentication")
        assert [line.split()[-1] for line in shown.splitlines()] == [NEW, OLD]
    assert world.know() == {world.public("KS1", NEW), old}
    assert world.lost() == {}


@pytest.mark.parametrize("wanted", [{}, {"strategy": "in-place"}, {"wave": 1}])
def test_devices_may_call_the_group_otherwise(wanted: dict[str, Any]) -> None:
    world = RolloverWorld(aliased())
    old = world.public("KS1", OLD)
    outcome = world.run(world.plan(**wanted))
    assert outcome.status is Status.DONE, outcome.reason
    label = OLD if "strategy" in wanted else NEW
    assert [world.signs_with(name) for name in ("KS1", "KS2")] == [label, label]
    assert world.know() == {world.public("KS1", label)} != {old}


def test_the_way_back_needs_the_old_key(world: RolloverWorld) -> None:
    plan = world.plan()
    assert world.until(plan, FOLLOW).status is Status.PAUSED
    for name in ("KS1", "KS2"):
        zeroize = f"crypto key zeroize rsa {OLD}"
        world.type(name, "configure terminal", zeroize, "yes", "end", "write memory")
    outcome = world.abort()
    assert outcome.status is Status.STOPPED
    onward = f"'getvpn runs resume {outcome.run}' goes on"
    assert f"KS1: has no key {OLD} any more; {onward}" in outcome.reason
    assert world.signs_with("KS1") == NEW


def test_in_place_costs_no_traffic_either(world: RolloverWorld) -> None:
    old = world.public("KS1", OLD)
    outcome = world.run(world.plan(strategy="in-place"))
    assert outcome.status is Status.DONE
    for name in ("KS1", "KS2"):
        assert world.labels(name) == [OLD]
        assert world.signs_with(name) == OLD
    assert world.public("KS1", OLD) == world.public("KS2", OLD) != old
    assert world.know() == {world.public("KS1", OLD)}
    assert world.lost() == {}
    acts = [line for _, line in world.acts() if line.startswith("crypto key")]
    assert [" ".join(line.split()[:4]) for line in acts] == [
        "crypto key zeroize rsa",
        "crypto key zeroize rsa",
        "crypto key generate rsa",
        "crypto key export rsa",
        "crypto key import rsa",
    ]
    assert all(f" {OLD}" in line for line in acts)


@pytest.mark.parametrize("strategy", ["new-label", "in-place"])
def test_a_rekey_reaches_everybody_afterwards(world: RolloverWorld, strategy: str) -> None:
    assert world.run(world.plan(strategy=strategy)).status is Status.DONE
    world.type("KS1", "crypto gdoi ks rekey")
    world.lab.advance(60)
    log = world.shown("BR1", "show logging | include GM_RECV_REKEY|MODE_FAILURE")
    assert "GM_RECV_REKEY" in log.splitlines()[-1]
    assert world.is_well()
    assert world.lost() == {}


def test_the_private_key_and_its_passphrase_are_written_nowhere(world: RolloverWorld) -> None:
    assert world.run(world.plan()).status is Status.DONE
    typed = "\n".join(line for _, line in world.devices.typed)
    export = next(line for line in typed.splitlines() if line.startswith("crypto key export"))
    passphrase = export.split()[-1]
    assert typed.count(passphrase) == 2
    written = world.written()
    assert passphrase not in written
    assert "PRIVATE KEY" not in written
    body = typed.partition("PRIVATE KEY-----")[2].splitlines()[4]
    assert body not in written
    assert f"crypto key export rsa {NEW} pem terminal <removed>" in written


def test_members_register_again_in_waves(world: RolloverWorld) -> None:
    outcome = world.run(world.plan(wave=1))
    assert outcome.status is Status.DONE
    told = [name for name, line in world.acts() if line == "clear crypto gdoi group G1"]
    assert told == ["BR1", "BR2"]
    assert world.know() == {world.public("KS1", NEW)}
    # nobody had to wait for a rekey
    assert "GDOI_REKEY_FAILURE" not in world.shown("BR1", "show logging")


def test_waves_leave_other_groups_of_members_alone() -> None:
    world = RolloverWorld(network("xe17", group(), group("G2", identity=1002)))
    assert world.run(world.plan(wave=2)).status is Status.DONE
    log = world.shown("BR1", "show logging | include Start registration")
    assert [line.partition("for group ")[2].split()[0] for line in log.splitlines()] == [
        *("G1", "G2"),  # at its boot
        "G1",
    ]


# ---- time ----


def test_it_does_not_begin_without_time(world: RolloverWorld) -> None:
    plan = world.plan()
    world.lab.advance(world.time_to_rekey() - 60)
    outcome = world.run(plan)
    assert outcome.status is Status.ROLLED_BACK
    assert "the next rekey leaves in" in outcome.reason
    assert world.acts() == []


def test_the_change_over_waits_for_a_rekey_that_is_near(world: RolloverWorld) -> None:
    paused = world.until(world.plan(), "there is time to change over")
    assert paused.status is Status.PAUSED
    world.lab.advance(world.time_to_rekey() - 30)
    assert world.resume().status is Status.DONE
    assert world.told("wait")[0] == "time to change over"
    # that rekey was signed with the old key still, and taken
    log = world.shown("BR1", "show logging | include GM_RECV_REKEY|GDOI_REKEY_FAILURE")
    assert "GM_RECV_REKEY" in log.splitlines()[0]
    assert world.lost() == {}


# ---- alarms ----


def disturbed(world: RolloverWorld, *, after_s: float, what: str) -> Told:
    """Let something happen some time after members begin to be followed."""

    def trouble() -> None:
        if what == "cut":
            world.lab.cut("KS1", "KS2")
        elif what == "kill":
            world.lab.kill("KS2")
        elif what == "log":
            world.lab["KS1"].log.add("GDOI", 3, "COOP_CONFIG_MISMATCH", "WARNING: mismatch")

    def watch(_: str, line: str) -> None:
        if line == "show crypto gdoi gm pubkey":
            world.devices.watch = None
            world.lab.kernel.call_at(world.lab.kernel.now() + after_s, trouble)

    world.devices.watch = watch
    return Told()


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("cut", "KS1, KS2 are primary of G1 at once"),
        ("kill", "KS2 cannot be reached any more"),
        ("log", "the key servers have different policies: %GDOI-3-COOP_CONFIG_MISMATCH"),
    ],
)
def test_an_alarm_stops_it_where_people_decide(world: RolloverWorld, what: str, words: str) -> None:
    disturbed(world, after_s=100, what=what)
    outcome = world.run(world.plan())
    assert outcome.status is Status.STOPPED
    assert words in outcome.reason
    assert outcome.state == "the new key is in use, members still hold the old one"
    assert outcome.advice
    assert world.labels("KS1") == [OLD, NEW]

    world.lab.heal()
    world.lab.boot("KS2")
    world.lab.advance(300)
    assert world.resume().status is Status.DONE
    assert world.labels("KS1") == [NEW]
    assert world.lost() == {}


def test_a_member_that_does_not_come_stops_it(world: RolloverWorld) -> None:
    plan = world.plan()
    world.lab.fault("BR2", "refuse")
    outcome = world.run(plan)
    assert outcome.status is Status.STOPPED
    assert "missing: BR2" in outcome.reason
    assert "clear crypto gdoi" in outcome.advice
    assert "getvpn runs resume" in outcome.advice
    assert world.labels("KS1") == [OLD, NEW]
    world.lab["BR2"].faults.clear()
    assert world.resume().status is Status.DONE


# ---- the way back ----


def test_it_is_taken_back_before_each_step() -> None:
    plan_of = RolloverWorld()
    names = steps(plan_of.plan())
    final = names.index(f"remove the key {OLD} from KS2")
    world = RolloverWorld()
    for name in names[1 : final + 1]:
        paused = world.until(world.plan(), name)
        assert paused.status is Status.PAUSED, name
        world.lab.advance(1)
        assert world.abort().status is Status.ROLLED_BACK
        assert is_as_before(world), name
    assert world.lost() == {}
    world.lab.advance(8000)
    assert world.know() == {world.public("KS1", OLD)}
    assert world.lost() == {}


def test_it_is_not_taken_back_after_the_point_of_no_return(world: RolloverWorld) -> None:
    assert world.until(world.plan(), f"remove the key {OLD} from KS1").status is Status.PAUSED
    with pytest.raises(CheckError, match="'remove the key GETVPN-REKEY from KS2' is final"):
        world.abort()
    assert world.resume().status is Status.DONE


def test_members_that_moved_are_told_of_when_it_is_taken_back(world: RolloverWorld) -> None:
    assert world.until(world.plan(wave=2), FOLLOW).status is Status.PAUSED
    assert world.abort().status is Status.ROLLED_BACK
    assert any(f"2 members know the key {NEW} already" in text for text in world.told("said"))
    assert is_as_before(world)
    world.lab.record_traffic()
    world.lab.advance(8000)
    assert world.know() == {world.public("KS1", OLD)}
    assert world.lost() == {}


# ---- what is found on the way ----


def test_a_key_that_cannot_be_exported_is_taken_back(world: RolloverWorld) -> None:
    plan = world.plan()

    def lock(_: str, line: str) -> None:
        if line.startswith("crypto key export"):
            world.lab["KS1"].keys.lock(NEW)

    world.devices.watch = lock
    outcome = world.run(plan)
    assert outcome.status is Status.ROLLED_BACK
    assert f"does not export the key {NEW}" in outcome.reason
    assert is_as_before(world)


def test_another_key_than_the_plan_knew_is_not_removed(world: RolloverWorld) -> None:
    plan = world.plan(strategy="in-place")
    keys = world.lab["KS1"].keys
    keys.generate_rsa(OLD, 512, now=0.0)
    outcome = world.run(plan)
    assert outcome.status is Status.ROLLED_BACK
    assert len(world.labels("KS1")) == 1


def test_an_old_key_that_a_restart_brings_back_does_not_pass_for_the_new_one(
    world: RolloverWorld,
) -> None:
    plan = world.plan(strategy="in-place")
    old = world.public("KS1", OLD)

    def die(name: str, line: str) -> None:
        if (name, line) == ("KS1", "write memory"):
            raise Killed

    world.devices.watch = die
    with pytest.raises(Killed):
        world.run(plan)
    world.devices.hang_up()
    world.lab.kill("KS1")
    world.lab.boot("KS1")
    world.lab.advance(120)
    assert world.public("KS1", OLD) == old
    outcome = world.resume()
    assert outcome.status is Status.DONE
    assert world.public("KS1", OLD) == world.public("KS2", OLD) != old


def test_a_journal_of_another_process_does_not_know_the_key(world: RolloverWorld) -> None:
    """The key is exported again, under another passphrase."""
    paused = world.until(world.plan(), f"bring the key {NEW} to KS2")
    world.devices.hang_up()
    assert world.runner().resume(paused.run).status is Status.DONE
    exports = [line for _, line in world.acts() if line.startswith("crypto key export")]
    assert len(exports) == 1
    assert world.labels("KS2") == [NEW]
