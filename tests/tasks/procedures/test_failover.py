"""A group without its primary for a while: nothing is lost, and all are told the truth."""

from collections.abc import Iterator
from typing import Any

import pytest

from getvpn.errors import TransportError
from getvpn.tasks.procedures.failover_plan import plan_failover
from getvpn.tasks.procedures.model import ProcedurePlan, Status, Step

from ..lab_devices import Killed
from ..networks import group, network
from .group_worlds import Told, World

BOOT_S = 240.0
MEMBERS = "show crypto gdoi ks members"


def plan_of(world: World, **more: Any) -> ProcedurePlan:
    return plan_failover(world.intent, world.observed(), "G1", **more)


@pytest.fixture(scope="module")
def worlds() -> list[World]:
    """The network that the tests have one after the other, if there is one by now."""
    return []


@pytest.fixture
def fresh(worlds: list[World]) -> Iterator[World]:
    """A network that the test leaves well."""
    if not worlds:
        worlds.append(World())
        for name in ("KS1", "KS2"):
            worlds[0].lab[name].behaviour.boot_s = BOOT_S
    worlds[0].begin()
    yield worlds[0]
    if worlds:
        worlds[0].devices.watch = None


@pytest.fixture
def spent(worlds: list[World], fresh: World) -> Iterator[World]:
    """The same for a test that leaves it otherwise: those behind it have another one."""
    yield fresh
    worlds.clear()


def acting(world: World) -> tuple[str, str]:
    """The primary of the group, and the other key server."""
    return ("KS1", "KS2") if world.role("KS1") == "Primary" else ("KS2", "KS1")


def test_a_secondary_takes_over_and_the_old_primary_follows_it(fresh: World) -> None:
    old, new = acting(fresh)
    told = Told()
    outcome = fresh.run(plan_of(fresh), observer=told)
    assert outcome.status is Status.DONE
    assert outcome.state == "G1 is whole again, the key server that took over is primary"
    assert acting(fresh) == (new, old)
    assert any(text.startswith(f"{new} is primary ") for text in told.texts)
    assert (new, "crypto gdoi ks group G1 rekey") in fresh.acts()
    assert fresh.lost() == {}
    assert fresh.is_well()


def test_the_role_is_given_back_where_that_is_wanted(fresh: World) -> None:
    if acting(fresh)[0] == "KS2":
        outranked = plan_of(fresh, give_back=True)
        assert any("does not outrank" in text for text in outranked.obstacles)
        assert fresh.run(plan_of(fresh)).status is Status.DONE
    outcome = fresh.run(plan_of(fresh, give_back=True))
    assert (outcome.status, outcome.state) == (Status.DONE, "G1 is whole again, KS1 is primary")
    assert acting(fresh)[0] == "KS1"
    assert fresh.lost() == {}


def test_an_operator_may_isolate_it(fresh: World) -> None:
    old, _ = acting(fresh)

    def operate(text: str) -> None:
        if text.startswith("isolate"):
            fresh.lab.partition([old])
        elif text.startswith("connect"):
            fresh.lab.heal()

    outcome = fresh.run(plan_of(fresh, isolate="by-hand"), observer=Told(operate))
    assert (outcome.status, outcome.state) == (Status.DONE, "G1 is whole again")
    assert fresh.lost() == {}
    assert fresh.is_well()


def test_it_goes_on_wherever_the_process_ends(fresh: World) -> None:
    def killed(at: int) -> bool:
        plan = plan_of(fresh)
        fresh.kill_at(at)
        try:
            outcome, ended = fresh.run(plan), False
        except Killed:
            outcome, ended = fresh.resume(), True
        assert outcome.status is Status.DONE
        return ended

    count = sum(killed(at) for at in range(4))
    assert count == 2  # the restart, and the rekey
    assert fresh.is_well()
    assert fresh.lost() == {}


@pytest.mark.parametrize("line", ["reload", "crypto gdoi ks"])
def test_nothing_is_done_twice_by_the_process_that_goes_on(fresh: World, line: str) -> None:
    fresh.kill_behind(line)
    with pytest.raises(Killed):
        fresh.run(plan_of(fresh))
    assert fresh.resume().status is Status.DONE
    assert len([each for _, each in fresh.acts() if each.startswith("crypto gdoi ks")]) == 1
    assert fresh.lost() == {}
    assert fresh.is_well()


def test_it_is_taken_back_wherever_the_process_ends(fresh: World) -> None:
    if acting(fresh)[0] == "KS2":
        assert fresh.run(plan_of(fresh)).status is Status.DONE
    for at in range(2):
        plan = plan_of(fresh)
        fresh.kill_at(at)
        with pytest.raises(Killed):
            fresh.run(plan)
        assert fresh.abort().status is Status.ROLLED_BACK
        assert acting(fresh)[0] == "KS1"
        assert fresh.is_well()
    assert fresh.lost() == {}


def test_sessions_that_break_are_opened_again(fresh: World) -> None:
    assert [fresh.break_at(at, plan_of(fresh)) for at in range(3)] == [True, True, False]
    assert fresh.is_well()


def test_a_new_primary_that_cannot_be_asked_for_a_moment_is_asked_again(fresh: World) -> None:
    _, new = acting(fresh)
    plan = plan_of(fresh)
    said: list[str] = []

    def watch(name: str, line: str) -> None:
        # in the step that has it send a rekey
        if any(f"{new} is primary" in text for text in said) and name == new and line == MEMBERS:
            said.clear()
            fresh.devices.hang_up()
            raise TransportError("the connection is closed", device=new)

    fresh.devices.watch = watch
    outcome = fresh.run(plan, observer=Told(said.append))
    assert outcome.status is Status.DONE
    assert said == [f"{new}: the connection is closed; looking again"]
    assert fresh.is_well()


def test_an_old_primary_that_takes_the_role_again_fails_the_test(fresh: World) -> None:
    if acting(fresh)[0] == "KS2":
        assert fresh.run(plan_of(fresh)).status is Status.DONE

    class Clearing(Told):
        def ended(self, step: Step, how: str) -> None:
            if step.name == "KS1 comes back":
                fresh.type("KS2", "clear crypto gdoi ks coop role", "yes")
                fresh.lab.advance(60)

    outcome = fresh.run(plan_of(fresh), observer=Clearing())
    assert outcome.status is Status.ROLLED_BACK
    assert outcome.reason == "KS1: has taken the role from a primary that lives"
    assert acting(fresh)[0] == "KS1"
    assert fresh.is_well()


def test_a_member_that_does_not_answer_fails_the_test_and_the_old_primary_leads_again() -> None:
    world = World()
    plan = plan_of(world)
    world.lab.cut("KS2", "BR2")
    outcome = world.run(plan)
    assert outcome.status is Status.ROLLED_BACK
    assert "BR2" in outcome.reason
    assert acting(world)[0] == "KS1"
    assert world.is_well()


def test_a_primary_that_does_not_come_back_stops_it_with_a_name(fresh: World) -> None:
    old, new = acting(fresh)
    fresh.lab.fault(old, "reload-never-returns")
    outcome = fresh.run(plan_of(fresh, away_s=900.0))
    assert outcome.status is Status.STOPPED
    assert outcome.state == "the new primary has sent a rekey that all members have"
    assert outcome.advice == f"bring {old} back, then 'getvpn runs resume {outcome.run}'"
    fresh.lab.boot(old)
    fresh.lab.advance(60)
    assert fresh.resume().status is Status.DONE
    assert acting(fresh)[0] == new
    assert fresh.lost() == {}


def test_key_servers_with_different_rsa_keys_are_not_tried(spent: World) -> None:
    fresh = spent
    old, new = acting(fresh)
    plan = plan_of(fresh)
    fresh.type(
        new,
        *("configure terminal", "crypto key zeroize rsa GETVPN-REKEY", "yes"),
        "crypto key generate rsa general-keys label GETVPN-REKEY modulus 1024 exportable",
        *("end", "write memory"),
    )
    outcome = fresh.run(plan)
    assert outcome.status is Status.ROLLED_BACK
    assert "RSA key" in outcome.reason
    assert fresh.acts() == []
    assert acting(fresh) == (old, new)


def test_a_key_server_that_is_alone_has_nobody_to_take_over() -> None:
    alone = group(servers=[{"name": "KS1", "priority": 100}])
    world = World(network("xe17", alone))
    assert any("the only key server" in text for text in plan_of(world).obstacles)


def test_no_other_group_is_left_without_a_key_server() -> None:
    alone = group("G2", identity=1002, servers=[{"name": "KS1", "priority": 100}])
    both = group("G3", identity=1003)
    world = World(network("xe17", group(), alone, both))
    (obstacle,) = plan_of(world).obstacles
    assert obstacle == (
        "KS1 is the only key server of G2: it loses all keys when it restarts; add another key "
        "server first"
    )
    assert plan_of(world, isolate="by-hand").obstacles == ()

    leaves = ("configure terminal", "no crypto gkm group G3", "yes", "end", "write memory")
    world.type("KS2", *leaves)
    world.lab.advance(200)
    assert plan_of(world).obstacles[-1] == (
        "KS1 hears no other key server of G3, which would have none while it restarts"
    )
