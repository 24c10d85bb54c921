"""Other images for members: a few first, then in waves, and nobody else loses anything."""

import json
from pathlib import Path

import pytest

from getvpn.errors import TransportError, UsageError
from getvpn.inventory.models import Intent
from getvpn.tasks.deploying.waves import Wave
from getvpn.tasks.procedures.model import Status
from getvpn.tasks.procedures.upgrade_member_plan import spread

from ..lab_devices import Killed
from ..networks import network
from .upgrade_worlds import NEW, UpgradeWorld

OLD, FILE = "17.9.4a", NEW["xe17"][2]
ONE = Wave(1, percent=False)


def branches(count: int = 4) -> Intent:
    """Members BR1 to BR4; the last two serve one network."""
    document = network("xe17").model_dump(by_alias=True, mode="json", exclude_unset=True)
    model = json.dumps(document["members"][0])
    document["members"] = []
    for number in range(1, count + 1):
        text = model.replace("BR1", f"BR{number}").replace("10.20.1.", f"10.20.{number}.")
        text = text.replace("ff:1::", f"ff:{number}::").replace("1:1::", f"1:{number}::")
        site = f"10.1.{count - 1}.2" if number == count else f"10.1.{number}.1"
        document["members"].append(json.loads(text.replace("10.1.1.1", site)))
    return Intent.model_validate(document)


@pytest.fixture
def world(tmp_path: Path) -> UpgradeWorld:
    """Two key servers and four members."""
    made = UpgradeWorld(tmp_path, intent=branches())
    made.lab.record_traffic()
    return made


def versions(world: UpgradeWorld) -> list[str]:
    return [world.runs(f"BR{number}") for number in range(1, 5)]


def test_a_canary_goes_first_and_partners_never_restart_together(world: UpgradeWorld) -> None:
    plan = world.member_plan(wave=Wave(3, percent=False))
    assert plan.obstacles == ()
    assert plan.settings["canary"] == ("BR3",)  # its partner serves the site meanwhile
    assert plan.settings["waves"] == (("BR1", "BR2", "BR4"),)
    warned = [note for note in plan.notes if note.startswith("warning: nobody else serves")]
    assert [note.split(":")[1].split("the networks of ")[1] for note in warned] == ["BR1, BR2"]

    outcome = world.run(plan)

    assert (outcome.status, outcome.reason) == (Status.DONE, "")
    assert [name for name, _ in world.restarts()] == ["BR3", "BR1", "BR2", "BR4"]
    assert versions(world) == ["17.12.4"] * 4
    assert world.is_well()
    assert all(world.registered(f"BR{number}") for number in range(1, 5))


def test_members_that_do_not_restart_lose_nothing(world: UpgradeWorld) -> None:
    outcome = world.run(world.member_plan(only=["BR1"]))
    assert (outcome.status, outcome.reason) == (Status.DONE, "")
    assert versions(world) == ["17.12.4", OLD, OLD, OLD]
    lost = world.lost()
    assert all("BR1" in pair for pair in lost)
    assert all(0 < seconds < 260 for seconds in lost.values())


def test_a_canary_that_fails_is_taken_back_and_nobody_follows(world: UpgradeWorld) -> None:
    wrong = world.written_image("xe17", family="isr4400")
    given = [f"BR{number}={wrong}" for number in range(1, 5)]
    outcome = world.run(world.member_plan(*given))
    assert outcome.status is Status.ROLLED_BACK
    assert "the image did not boot" in outcome.reason
    assert len(world.restarts()) == 1
    assert versions(world) == [OLD] * 4
    assert all(world.boot_lines(f"BR{number}") == [] for number in range(1, 5))
    assert all(FILE not in world.files(f"BR{number}") for number in range(1, 5))
    assert world.is_well()


def test_a_member_that_fails_in_a_wave_stops_it_there(world: UpgradeWorld) -> None:
    plan = world.member_plan(wave=ONE, canary=["BR1"])
    assert plan.settings["waves"] == (("BR2",), ("BR3",), ("BR4",))
    world.lab.fault("BR3", "reload-never-returns")
    outcome = world.run(plan)
    assert outcome.status is Status.STOPPED
    assert outcome.state == "wave 1 of 3 runs the new image, and is registered with the keys in use"
    assert "BR3" in outcome.reason
    assert versions(world)[1] == "17.12.4"
    assert world.runs("BR4") == OLD

    world.lab.power_on("BR3")
    world.lab.advance(60)
    outcome = world.resume()
    assert (outcome.status, outcome.reason) == (Status.DONE, "")
    assert versions(world) == ["17.12.4"] * 4


def test_a_budget_lets_members_be_left_behind(world: UpgradeWorld) -> None:
    plan = world.member_plan(wave=ONE, canary=["BR1"], budget=1)
    world.lab.fault("BR3", "reload-never-returns")
    outcome = world.run(plan)
    assert (outcome.status, outcome.reason) == (Status.DONE, "")
    assert [world.runs(name) for name in ("BR1", "BR2", "BR4")] == ["17.12.4"] * 3
    assert "BR3 is left behind" in world.written()


def test_a_member_that_does_not_register_gets_its_old_image_back(world: UpgradeWorld) -> None:
    def shut(name: str, line: str) -> None:
        if (name, line) == ("BR2", "reload"):
            for server in ("KS1", "KS2"):
                world.lab.cut("BR2", server)

    plan = world.member_plan(wave=ONE, canary=["BR1"], budget=1)
    world.devices.watch = shut
    outcome = world.run(plan)
    assert (outcome.status, outcome.reason) == (Status.DONE, "")
    assert world.runs("BR2") == OLD
    assert world.boot_lines("BR2") == []
    assert "it is back on 17.9.4a" in world.written()


def test_a_member_that_was_taken_back_is_tried_again(world: UpgradeWorld) -> None:
    def shut(name: str, line: str) -> None:
        if (name, line) == ("BR2", "reload"):
            for server in ("KS1", "KS2"):
                world.lab.cut("BR2", server)

    plan = world.member_plan(wave=ONE, canary=["BR1"], only=["BR1", "BR2"])
    world.devices.watch = shut
    outcome = world.run(plan)
    assert outcome.status is Status.STOPPED
    assert "BR2" in outcome.reason
    assert "it is back on 17.9.4a" in outcome.reason

    world.lab.heal()
    world.lab.advance(300)
    outcome = world.resume()
    assert (outcome.status, outcome.reason) == (Status.DONE, "")
    assert versions(world)[:2] == ["17.12.4"] * 2


def test_all_members_can_be_taken_back(world: UpgradeWorld) -> None:
    plan = world.member_plan(wave=ONE, canary=["BR1"])
    assert world.until(plan, "restart wave 2 of 3").status is Status.PAUSED
    assert versions(world) == ["17.12.4", "17.12.4", OLD, OLD]
    assert world.abort().status is Status.ROLLED_BACK
    assert versions(world) == [OLD] * 4
    assert all(FILE not in world.files(f"BR{number}") for number in range(1, 5))
    assert world.is_well()


def test_a_process_that_ends_is_gone_on_with(tmp_path: Path) -> None:
    for number in (4, 12, 14, 16, 17):
        world = UpgradeWorld(tmp_path)
        plan = world.member_plan(canary=["BR1"])
        world.at_line(number, Killed())
        with pytest.raises(Killed):
            world.run(plan)
        outcome = world.resume()
        assert (number, outcome.status, outcome.reason) == (number, Status.DONE, "")
        assert [world.runs(name) for name in ("BR1", "BR2")] == ["17.12.4"] * 2
        assert world.is_well()


def test_a_session_that_breaks_is_opened_again(tmp_path: Path) -> None:
    for number in (3, 9, 13):
        world = UpgradeWorld(tmp_path)
        plan = world.member_plan(canary=["BR1"])
        world.at_line(number, TransportError("the connection breaks", device="BR1"))
        outcome = world.run(plan)
        assert (number, outcome.status, outcome.reason) == (number, Status.DONE, "")


def test_members_that_are_not_well_are_left_out(world: UpgradeWorld) -> None:
    world.lab.kill("BR2")
    plan = world.member_plan()
    assert plan.obstacles == ()
    assert any(
        note.startswith("left out, as it cannot be reached: BR2 (BR2: ") for note in plan.notes
    )
    assert "BR2" not in plan.settings["boxes"]


def test_members_without_an_image_are_left_out(world: UpgradeWorld) -> None:
    with pytest.raises(UsageError, match="no member of G1 is to be upgraded"):
        world.member_plan(str(world.written_image("xe16")))


def test_a_wave_waits_for_a_rekey(world: UpgradeWorld) -> None:
    world.lab.advance(world.time_to_rekey() - 300)
    before = world.keys()
    outcome = world.run(world.member_plan(only=["BR1"]))
    assert (outcome.status, outcome.reason) == (Status.DONE, "")
    assert world.keys() != before
    assert world.time_of("KS1", "KS_SEND_UNICAST_REKEY") < world.time_of("BR1", "goes down")


def test_two_canaries_of_one_site_are_refused(world: UpgradeWorld) -> None:
    with pytest.raises(UsageError, match="serve the same network"):
        world.member_plan(canary=["BR3", "BR4"])


def test_waves_keep_partners_apart_and_their_size() -> None:
    names = [f"GM{number}" for number in range(40)]
    partners = {
        name: frozenset({names[at + 1 if at % 2 == 0 else at - 1]}) for at, name in enumerate(names)
    }
    waves = spread(names, Wave(7, percent=False), partners)
    assert sorted(name for wave in waves for name in wave) == sorted(names)
    assert max(map(len, waves)) == 7
    assert all(not partners[name] & set(wave) for wave in waves for name in wave)
