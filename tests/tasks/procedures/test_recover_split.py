"""Two primaries become one, and all members get its keys."""

from typing import Any

import pytest

from getvpn.tasks.procedures.model import ProcedurePlan, Status
from getvpn.tasks.procedures.recover_plan import plan_recovery

from ..lab_devices import Killed
from .group_worlds import Told, World

SPLIT_S = 200.0


def plan_of(world: World, **more: Any) -> ProcedurePlan:
    return plan_recovery(world.intent, world.observed(), "G1", **more)


def split(world: World) -> None:
    """Let key servers lose each other, and each have a member and keys of its own."""
    world.lab.partition(["KS1", "BR1"], ["KS2", "BR2"])
    world.lab.advance(SPLIT_S)
    for name in ("BR1", "BR2"):
        world.type(name, "clear crypto gdoi", "yes")
    world.lab.advance(SPLIT_S)
    for name in ("KS1", "KS2"):
        world.type(name, "crypto gdoi ks group G1 rekey")
    world.lab.advance(SPLIT_S)
    assert world.role("KS1") == world.role("KS2") == "Primary"


@pytest.fixture
def world() -> World:
    return World()


def test_the_broken_way_is_told_and_the_lower_priority_gives_way(world: World) -> None:
    split(world)
    plan = plan_of(world)
    assert plan.obstacles == ()
    assert "KS1 and KS2 are primary at once; KS1 stays primary, by its priority" in plan.notes
    assert any(text.startswith("KS1 and KS2 do not hear each other") for text in plan.notes)

    def mend(text: str) -> None:
        if text.startswith("not even a ping passes"):
            world.lab.heal()
            world.devices.hang_up()  # as devices do with sessions that are idle

    told = Told(mend)
    outcome = world.run(plan, observer=told)
    assert (outcome.status, outcome.state) == (Status.DONE, "G1 is one group again")
    verdict = "not even a ping passes between KS1 (10.10.1.1) and KS2 (10.10.2.1): look at routes"
    assert f"{verdict} and lines" in told.texts
    assert "KS1 is primary, the others follow it" in told.texts
    assert (world.role("KS1"), world.role("KS2")) == ("Primary", "Secondary")
    assert world.is_well()
    assert world.acts() == [
        ("KS1", "ping 10.10.2.1 source 10.10.1.1"),
        ("KS2", "ping 10.10.1.1 source 10.10.2.1"),
    ]
    world.lab.record_traffic()
    world.lab.advance(60)
    assert world.lost() == {}


def test_a_way_that_is_broken_in_one_direction_is_named() -> None:
    world = World()
    world.lab.cut("KS2", "KS1", one_way=True)
    world.lab.advance(SPLIT_S)
    found = plan_of(world)
    assert any("the way from" in text or "do not hear each other" in text for text in found.notes)


def test_members_that_miss_the_rekey_are_told_to_register_again(world: World) -> None:
    split(world)
    plan = plan_of(world, wave=1)

    def mend(text: str) -> None:
        if text.startswith("not even a ping passes"):
            world.lab.heal()
            # the rekey that makes all keys the same does not get there
            world.lab.cut("KS1", "BR2", one_way=True)
        elif text.startswith("1 members have other keys"):
            world.lab.heal()

    outcome = world.run(plan, observer=Told(mend))
    assert outcome.status is Status.DONE
    assert ("BR2", "clear crypto gdoi group G1") in world.acts()
    assert world.is_well()


def test_it_is_stopped_while_nobody_mends_the_way_and_goes_on_then(world: World) -> None:
    split(world)
    outcome = world.run(plan_of(world, connects_s=300.0))
    assert outcome.status is Status.STOPPED
    assert outcome.state == "nothing was changed"
    assert outcome.advice.startswith("mend the way between them")
    world.lab.heal()
    assert world.resume().status is Status.DONE
    assert world.is_well()


def test_it_goes_on_wherever_the_process_ends(world: World) -> None:
    split(world)
    for at in (0, 1):
        plan = plan_of(world, connects_s=600.0)
        world.kill_at(at)
        with pytest.raises(Killed):
            world.run(plan)
        world.devices.watch = None
        world.devices.hang_up()
        assert world.abort().status is Status.ROLLED_BACK
    world.lab.heal()
    outcome = world.run(plan_of(world))
    assert outcome.status is Status.DONE
    assert world.is_well()


def test_where_all_is_one_there_is_nothing_to_recover(world: World) -> None:
    assert plan_of(world).obstacles == (
        "nothing to recover: KS1 is the only primary, and all have its keys",
    )


def test_a_key_server_that_cannot_be_asked_forbids_it(world: World) -> None:
    split(world)
    world.lab.fault("KS2", "refuse")
    assert any("KS2" in text for text in plan_of(world).obstacles)
