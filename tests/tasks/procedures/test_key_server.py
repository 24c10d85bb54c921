"""Key servers come and go: in the right order, without loss, and back again from everywhere."""

from collections.abc import Sequence
from typing import Any

import pytest

from getvpn.errors import TransportError, UsageError
from getvpn.inventory.models import Intent
from getvpn.tasks.deploying.waves import Wave
from getvpn.tasks.procedures.key_server_plan import plan_add, plan_remove
from getvpn.tasks.procedures.model import Outcome, ProcedurePlan, Status

from ..lab_devices import Killed
from .stage_worlds import SECRETS, StageWorld, edited, with_third

KEY = "GETVPN-REKEY"
ONE_BY_ONE = Wave(1, percent=False)


class Third(StageWorld):
    """A network whose key server KS3 is not yet one, and has no key for it."""

    def __init__(self, intent: Intent | None = None, **more: Any) -> None:
        super().__init__(intent or with_third(**more), with_third(serves=False))
        self.forget_key()
        self.before = self.configurations()

    def forget_key(self) -> None:
        """Let KS3 be without the key that signs rekeys."""
        zeroize = f"crypto key zeroize rsa {KEY}"
        self.type("KS3", "configure terminal", zeroize, "yes", "end", "write memory")
        self.lab.advance(5)

    def add(self, **more: Any) -> ProcedurePlan:
        """The plan to add KS3."""
        return plan_add(self.intent, self.facts(), "G1", "KS3", secrets=SECRETS, **more)

    def remove(self, name: str = "KS3", **more: Any) -> ProcedurePlan:
        """The plan to remove a key server."""
        return plan_remove(self.intent, self.facts(), "G1", name, secrets=SECRETS, **more)

    def carried_out(self, plan: ProcedurePlan) -> Outcome:
        """What comes of a plan without obstacles."""
        assert plan.obstacles == ()
        return self.run(plan)

    def has_key(self) -> bool:
        """Whether KS3 has the key that signs rekeys."""
        return f"Key name: {KEY}\n" in self.shown("KS3", "show crypto key mypubkey rsa")


@pytest.fixture(scope="module")
def world() -> Third:
    """A network that each test leaves as it was."""
    return Third()


@pytest.fixture
def fresh(world: Third) -> Third:
    """The same at the beginning of a test."""
    world.begin()
    return world


def devices_of(acts: Sequence[tuple[str, str]]) -> list[str]:
    """The devices in the order in which something was done on them."""
    found: list[str] = []
    for name, _ in acts:
        if found[-1:] != [name]:
            found.append(name)
    return found


# ---- how it goes ----


def test_it_joins_as_a_secondary_and_then_members_are_told_and_it_leaves_again(
    fresh: Third,
) -> None:
    keys = fresh.shown("KS1", "show crypto gdoi ks policy | include SPI|KEK")
    outcome = fresh.carried_out(fresh.add(wave=ONE_BY_ONE))
    assert outcome.status is Status.DONE
    assert outcome.state == "KS3 serves G1, and its members know it"
    assert devices_of(fresh.acts()) == ["KS3", "KS1", "KS3", "KS2", "KS1", "KS3", "BR1", "BR2"]
    assert [fresh.role(name) for name in ("KS1", "KS2", "KS3")] == [
        *("Primary", "Secondary", "Secondary")
    ]
    assert fresh.is_well()
    assert fresh.all_saved()
    assert "TRANS_TO_PRI" not in fresh.shown("KS3", "show logging")
    assert fresh.shown("KS1", "show crypto gdoi ks policy | include SPI|KEK") == keys
    assert " server address ipv4 10.10.3.1" in fresh.configuration("BR2")

    fresh.devices.typed.clear()
    outcome = fresh.carried_out(fresh.remove(wave=ONE_BY_ONE))
    assert outcome.status is Status.DONE
    assert outcome.state == "G1 goes on without KS3; take it out of the intent"
    assert devices_of(fresh.acts()) == ["BR1", "BR2", "KS3", "KS2", "KS1", "KS3"]
    assert fresh.configurations() == fresh.before
    assert fresh.all_saved()
    assert not fresh.has_key()
    assert fresh.lost() == {}
    assert "Key-PSK" not in fresh.written()
    assert "PRIVATE KEY" not in fresh.written()


def test_the_primary_leaves_when_another_one_leads() -> None:
    world = Third()
    assert world.carried_out(world.add()).status is Status.DONE
    (obstacle,) = world.remove("KS1").obstacles
    assert obstacle == (
        "KS1: it leads G1, and the acting primary is not removed; with --hand-over another one "
        "leads before"
    )
    world.begin()
    outcome = world.carried_out(world.remove("KS1", hand_over=True))
    assert outcome.status is Status.DONE
    assert ("KS1", "clear crypto gdoi group G1 ks coop role") in world.acts()
    assert [world.role(name) for name in ("KS2", "KS3")] == ["Primary", "Secondary"]
    assert not any("crypto gkm group" in line for line in world.configuration("KS1"))
    world.lab.advance(7200)
    assert world.registered("BR1")
    assert world.lost() == {}


def test_a_lone_key_server_gets_a_partner() -> None:
    def alone(document: dict[str, Any]) -> None:
        document["groups"][0]["servers"] = document["groups"][0]["servers"][:1]

    def pair(document: dict[str, Any]) -> None:
        document["groups"][0]["servers"] = document["groups"][0]["servers"][:2]

    world = StageWorld(edited(with_third(), pair), edited(with_third(), alone))
    world.begin()
    plan = plan_add(world.intent, world.facts(), "G1", "KS2", secrets=SECRETS)
    assert plan.obstacles == ()
    assert world.run(plan).status is Status.DONE
    assert [world.role(name) for name in ("KS1", "KS2")] == ["Primary", "Secondary"]
    assert world.lost() == {}


# ---- what speaks against it ----


def test_who_would_lead_at_once_is_not_added(fresh: Third) -> None:
    fresh.intent, intent = with_third(priority=200), fresh.intent
    plan = fresh.add()
    fresh.intent = intent
    (obstacle,) = plan.obstacles
    assert obstacle == (
        "KS3: its priority 200 is to be the lowest, so that it does not lead at once; give it "
        "less than 75 in the intent"
    )


def test_of_two_none_is_removed(fresh: Third) -> None:
    two = with_third(serves=False)
    (obstacle,) = plan_remove(two, fresh.facts(), "G1", "KS2", secrets=SECRETS).obstacles
    assert obstacle == (
        "G1 would have 1 key server left, and stand still when that fails; add another one first: "
        "'getvpn key-server add'"
    )


@pytest.mark.parametrize("plan", [plan_add, plan_remove])
def test_the_only_key_server_neither_comes_nor_goes(plan: Any, fresh: Third) -> None:
    def alone(document: dict[str, Any]) -> None:
        document["groups"][0]["servers"] = document["groups"][0]["servers"][:1]

    with pytest.raises(UsageError, match="KS1 is the only key server of G1 in the intent"):
        plan(edited(with_third(), alone), fresh.facts(), "G1", "KS1")


def test_what_is_not_in_the_intent_is_told(fresh: Third) -> None:
    with pytest.raises(UsageError, match="no key server 'KS9' in G1"):
        plan_add(fresh.intent, fresh.facts(), "G1", "KS9")


def test_missing_secrets_are_told_before_anything_is_done(fresh: Third) -> None:
    from getvpn.inventory import Secrets

    plan = plan_add(fresh.intent, fresh.facts(), "G1", "KS3", secrets=Secrets(environ={}))
    assert "the environment variable PSK_COOP is not set" in plan.obstacles


def test_other_lines_of_a_new_key_server_are_in_the_way(fresh: Third) -> None:
    policy = ("configure terminal", "crypto isakmp policy 20", "encryption des", "end")
    fresh.type("KS3", *policy, "write memory")
    fresh.lab.advance(5)
    (obstacle,) = fresh.add().obstacles
    fresh.type("KS3", "configure terminal", f"no {policy[1]}", "end", "write memory")
    fresh.lab.advance(5)
    assert "KS3: it has lines of its own that a key server of the intent has not" in obstacle
    assert "'crypto isakmp policy 20'" in obstacle


def test_lines_that_have_nothing_to_do_with_it_stay(fresh: Third) -> None:
    policy = ("configure terminal", "crypto isakmp policy 20", "encryption des", "end")
    fresh.type("KS2", *policy, "write memory")
    fresh.lab.advance(5)
    plan = fresh.add()
    assert any(text.startswith("KS2 differs from the intent in other") for text in plan.notes)
    assert fresh.carried_out(plan).status is Status.DONE
    assert "crypto isakmp policy 20" in fresh.configuration("KS2")
    assert fresh.carried_out(fresh.remove()).status is Status.DONE
    fresh.type("KS2", "configure terminal", f"no {policy[1]}", "end", "write memory")
    fresh.lab.advance(5)
    assert fresh.configurations() == fresh.before


# ---- processes that end ----


@pytest.mark.parametrize("number", [20, 33, 62])
def test_it_is_taken_back_from_wherever_the_process_ended(number: int, fresh: Third) -> None:
    plan = fresh.add(wave=ONE_BY_ONE)
    fresh.kill_at(number)
    with pytest.raises(Killed):
        fresh.run(plan)
    fresh.lab.advance(20)
    outcome = fresh.abort()
    assert (outcome.status, outcome.state) == (Status.ROLLED_BACK, "as before")
    assert fresh.configurations() == fresh.before
    assert fresh.all_saved()
    assert not fresh.has_key()
    assert fresh.lost() == {}


def test_it_goes_on_however_often_the_process_ends(fresh: Third) -> None:
    for action in (fresh.add, fresh.remove):
        plan = action()
        fresh.kill_at(2)
        with pytest.raises(Killed):
            fresh.run(plan)
        (run,) = fresh.journal.all_runs(limit=1)
        outcome = None
        while outcome is None:
            fresh.devices.hang_up()
            fresh.lab.advance(5)
            fresh.kill_at(19)
            try:
                outcome = fresh.runner().resume(run.id, break_lock=True)
            except Killed:
                continue
        assert outcome.status is Status.DONE
        fresh.devices.watch = None
    assert fresh.configurations() == fresh.before
    assert fresh.all_saved()
    assert fresh.lost() == {}


# ---- single faults ----


def test_a_session_that_breaks_is_opened_again(fresh: Third) -> None:
    assert fresh.break_at(33, fresh.add())
    fresh.devices.watch = None
    assert fresh.carried_out(fresh.remove()).status is Status.DONE
    assert fresh.configurations() == fresh.before
    assert fresh.lost() == {}


def test_the_key_that_is_removed_does_not_come_back_with_a_restart(fresh: Third) -> None:
    """The session breaks when it is gone, before that is saved."""
    assert fresh.carried_out(fresh.add()).status is Status.DONE
    broken: list[str] = []

    def watch(name: str, line: str) -> None:
        removed = (name, f"crypto key zeroize rsa {KEY}") in fresh.devices.typed
        if removed and line == "write memory" and not broken:
            broken.append(line)
            raise TransportError("the connection is closed", device=name)

    fresh.devices.watch = watch
    assert fresh.carried_out(fresh.remove()).status is Status.DONE
    fresh.devices.watch = None
    assert broken
    assert not any(KEY in label for _, label in fresh.lab["KS3"].keys._saved)
    assert fresh.all_saved()


def test_a_peer_that_fails_takes_all_back(fresh: Third) -> None:
    plan = fresh.add()
    fresh.fail_at("KS1", "peer address")
    outcome = fresh.run(plan)
    fresh.devices.watch = None
    assert (outcome.status, outcome.state) == (Status.ROLLED_BACK, "as before")
    assert "KS1: the connection is closed" in outcome.reason
    assert fresh.configurations() == fresh.before
    assert not fresh.has_key()


def test_a_new_key_server_that_nobody_reaches_is_taken_back(fresh: Third) -> None:
    plan = fresh.add()
    fresh.lab.cut("KS3", "KS1")
    fresh.lab.cut("KS3", "KS2")
    outcome = fresh.run(plan)
    fresh.lab.mend("KS3", "KS1")
    fresh.lab.mend("KS3", "KS2")
    fresh.lab.advance(60)
    assert (outcome.status, outcome.state) == (Status.ROLLED_BACK, "as before")
    assert "G1 is well: not within 300 s" in outcome.reason
    assert fresh.configurations() == fresh.before
    assert fresh.lost() == {}


def test_a_member_that_fails_stops_it_where_all_is_well(fresh: Third) -> None:
    plan = fresh.add(wave=ONE_BY_ONE)
    fresh.fail_at("BR2", "server address")
    outcome = fresh.run(plan)
    assert (outcome.status, outcome.state) == (Status.STOPPED, "1 members know KS3")
    assert f"'getvpn runs resume {outcome.run}' goes on from here" in outcome.advice
    assert fresh.resume().status is Status.DONE
    assert fresh.carried_out(fresh.remove()).status is Status.DONE
    assert fresh.lost() == {}
