"""What is logged stops a run, unless it was logged before or is expected."""

from collections.abc import Callable
from pathlib import Path

import pytest

from getvpn.parsers.syslog_catalogue import catalogue
from getvpn.tasks.procedures.catalogue import PROCEDURES
from getvpn.tasks.procedures.logged import EXPECTED, SERVERS, TAKEN, TURNED_DOWN, expected
from getvpn.tasks.procedures.model import Outcome, Status

from ..lab_devices import Killed
from .group_worlds import World
from .rollover_worlds import RolloverWorld

FOLLOW = "follow the members until each holds the new key"
MISMATCH = "COOP_CONFIG_MISMATCH"


@pytest.fixture
def world() -> RolloverWorld:
    return RolloverWorld()


def logs(world: World, name: str, mnemonic: str = MISMATCH) -> None:
    """Let a router log something."""
    world.lab[name].log.add("GDOI", 3, mnemonic, "WARNING: something about group G1")


def while_it_waits(world: World, act: Callable[[], None]) -> None:
    """Do something as soon as members are waited for."""

    def watch(_: str, line: str) -> None:
        if line == "show crypto gdoi gm pubkey":
            world.devices.watch = None
            world.lab.kernel.call_at(world.lab.kernel.now() + 100, act)

    world.devices.watch = watch


def resumed(world: World) -> Outcome:
    """The last run, gone on with without breaking anything."""
    world.lab.advance(1)
    return world.resume()


def test_all_messages_are_known_and_all_procedures_are_there() -> None:
    known = {each.split("-", 2)[2] for each in catalogue}
    assert {*SERVERS, *TURNED_DOWN, *TAKEN} <= known
    assert set(EXPECTED) <= set(PROCEDURES)
    page = (Path(__file__).parents[3] / "docs" / "procedures.md").read_text("utf-8")
    assert [name for name in SERVERS if f"`{name}`" not in page] == []
    assert all(each <= set(SERVERS) for each in EXPECTED.values())
    assert "KS_NO_RSA_KEYS" in expected("rollover rsa", {"strategy": "in-place"})
    assert "KS_NO_RSA_KEYS" not in expected("rollover rsa", {"strategy": "new-label"})


def test_what_was_logged_before_the_run_does_no_harm(world: RolloverWorld) -> None:
    plan = world.plan()
    logs(world, "KS1")
    logs(world, "KS2")
    assert world.run(plan).status is Status.DONE


@pytest.mark.parametrize("name", ["KS1", "KS2"])
@pytest.mark.parametrize("mnemonic", ["COOP_CONFIG_MISMATCH", "PSEUDO_TIME_LARGE"])
def test_what_any_key_server_logs_meanwhile_is_heard_once(
    world: RolloverWorld, name: str, mnemonic: str
) -> None:
    while_it_waits(world, lambda: logs(world, name, mnemonic))
    outcome = world.run(world.plan())
    assert outcome.status is Status.STOPPED
    assert outcome.reason.startswith(f"{name}: {SERVERS[mnemonic]}: %GDOI-3-{mnemonic}")
    assert "\n" not in outcome.reason
    # whoever goes on knows of it
    assert resumed(world).status is Status.DONE
    assert world.lost() == {}


def test_what_was_logged_while_no_process_ran_is_heard_too(world: RolloverWorld) -> None:
    def end() -> None:
        world.devices.watch = killed

    def killed(name: str, line: str) -> None:
        raise Killed(f"{name}: {line}")

    while_it_waits(world, end)
    with pytest.raises(Killed):
        world.run(world.plan())
    logs(world, "KS2")
    outcome = resumed(world)
    assert outcome.status is Status.STOPPED
    assert MISMATCH in outcome.reason
    assert resumed(world).status is Status.DONE


def test_a_log_that_was_cleared_hides_nothing_new(world: RolloverWorld) -> None:
    logs(world, "KS1")

    def later() -> None:
        world.type("KS1", "clear logging", "")
        logs(world, "KS1", "PSEUDO_TIME_LARGE")

    while_it_waits(world, later)
    outcome = world.run(world.plan())
    assert outcome.status is Status.STOPPED
    assert "PSEUDO_TIME_LARGE" in outcome.reason


def test_what_is_logged_is_no_reason_to_stop_on_the_way_back(world: RolloverWorld) -> None:
    plan = world.plan()
    assert world.until(plan, FOLLOW).status is Status.PAUSED
    logs(world, "KS1")
    assert world.abort().status is Status.ROLLED_BACK


def test_a_rollover_in_place_expects_to_be_without_a_key(world: RolloverWorld) -> None:
    while_it_waits(world, lambda: logs(world, "KS1", "KS_NO_RSA_KEYS"))
    outcome = world.run(world.plan(strategy="in-place"))
    assert (outcome.status, outcome.reason) == (Status.DONE, "")
    refusals = world.shown("BR1", f"show logging | include {'|'.join(TURNED_DOWN)}")
    assert refusals.strip()  # and that members turn the next rekey down


def test_a_key_server_that_cannot_be_asked_is_left_to_other_alarms(world: RolloverWorld) -> None:
    while_it_waits(world, lambda: world.lab.kill("KS2"))
    outcome = world.run(world.plan())
    assert outcome.status is Status.STOPPED
    assert "KS2 cannot be reached any more" in outcome.reason
