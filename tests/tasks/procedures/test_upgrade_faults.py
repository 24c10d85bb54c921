"""Upgrades of key servers that go wrong: done, taken back, or stopped where that is named."""

from pathlib import Path

import pytest

from getvpn.errors import TransportError
from getvpn.tasks.procedures.model import Outcome, ProcedurePlan, Status

from ..lab_devices import Killed
from .upgrade_worlds import NEW, UpgradeWorld

OLD = "c8000v-universalk9.17.09.04a.SPA.bin"
FILE = NEW["xe17"][2]
TAKEN_BACK = "taken back as far as 'restart KS2 with 17.12.4', which could not be undone"


@pytest.fixture
def world(tmp_path: Path) -> UpgradeWorld:
    made = UpgradeWorld(tmp_path)
    made.lab.record_traffic()
    return made


def is_as_before(world: UpgradeWorld) -> bool:
    """Whether both key servers run and boot what they did, and have no other images."""
    return all(
        world.runs(name) == "17.9.4a"
        and world.boot_lines(name) == []
        and world.files(name) == [OLD]
        and "ip scp server enable" not in world.configuration(name)
        for name in ("KS1", "KS2")
    )


# ---- single faults ----


def test_a_disk_that_fills_up_stops_the_copy(world: UpgradeWorld) -> None:
    plan = world.server_plan()
    world.lab.fault("KS1", "disk-full")
    outcome = world.run(plan)
    assert outcome.status is Status.ROLLED_BACK
    assert "bytes free" in outcome.reason
    assert world.restarts() == []
    assert is_as_before(world)


def test_a_secondary_that_never_comes_back_stops_it_at_a_named_state(world: UpgradeWorld) -> None:
    plan = world.server_plan()
    world.lab.fault("KS2", "reload-never-returns")
    outcome = world.run(plan)
    assert (outcome.status, outcome.state) == (Status.STOPPED, TAKEN_BACK)
    assert "KS2: is not back 1800 s after its restart" in outcome.reason
    assert "runs resume" in outcome.advice
    assert world.role("KS1") == "Primary"
    assert world.runs("KS1") == "17.9.4a"
    assert world.lost() == {}

    # somebody switches it on again
    world.lab.power_on("KS2")
    world.lab.advance(100)
    assert world.resume().status is Status.ROLLED_BACK
    assert is_as_before(world)
    assert world.is_well()
    assert world.lost() == {}


def test_a_restart_that_takes_too_long_is_taken_back_when_it_is_over(world: UpgradeWorld) -> None:
    plan = world.server_plan(within_s=600.0)
    world.lab["KS2"].behaviour.boot_s = 1000.0
    outcome = world.run(plan)
    assert outcome.status is Status.STOPPED or is_as_before(world)
    world.lab["KS2"].behaviour.boot_s = 100.0
    world.lab.advance(1000)
    if outcome.status is Status.STOPPED:
        assert world.resume().status is Status.ROLLED_BACK
    assert is_as_before(world)
    assert world.is_well()
    assert world.lost() == {}


def test_a_key_server_that_crashes_as_it_saves_is_waited_for(world: UpgradeWorld) -> None:
    crashed: list[str] = []

    def crash(name: str, line: str) -> None:
        if name == "KS2" and line.startswith("boot system") and not crashed:
            crashed.append(line)
            world.lab.fault("KS2", "crash-at-write")

    plan = world.server_plan()
    world.devices.watch = crash
    outcome = world.run(plan)
    assert (outcome.status, outcome.reason) == (Status.DONE, "")
    assert world.runs("KS1") == world.runs("KS2") == "17.12.4"
    assert world.lost() == {}


def test_an_image_that_does_not_boot_is_taken_back(world: UpgradeWorld) -> None:
    wrong = world.written_image("xe17", family="isr4400")
    outcome = world.run(world.server_plan(f"KS1={wrong}", f"KS2={wrong}"))
    assert outcome.status is Status.ROLLED_BACK
    assert "the image did not boot" in outcome.reason
    assert world.restarts() == [("KS2", "reload")]
    assert is_as_before(world)
    assert world.is_well()
    assert world.lost() == {}


def test_an_image_that_does_not_install_is_taken_back(world: UpgradeWorld) -> None:
    for name in ("KS1", "KS2"):
        world.into_packages(name, OLD)
    wrong = world.written_image("xe17", family="isr4400")
    outcome = world.run(world.server_plan(f"KS1={wrong}", f"KS2={wrong}"))
    assert outcome.status is Status.ROLLED_BACK
    assert "does not install" in outcome.reason
    assert world.runs("KS2") == "17.9.4a"
    assert world.is_well()


def test_key_servers_that_lose_each_other_are_not_restarted_further(world: UpgradeWorld) -> None:
    def cut(name: str, line: str) -> None:
        if (name, line) == ("KS2", "reload"):
            world.lab.cut("KS1", "KS2")

    plan = world.server_plan()
    world.devices.watch = cut
    outcome = world.run(plan)
    assert outcome.status in {Status.STOPPED, Status.ROLLED_BACK}
    assert ("KS1", "reload") not in world.restarts()
    assert world.runs("KS1") == "17.9.4a"

    world.devices.watch = None
    world.lab.mend("KS1", "KS2")
    world.lab.advance(300)
    if outcome.status is Status.STOPPED:
        assert world.resume().status is Status.ROLLED_BACK
    assert is_as_before(world)
    assert world.is_well()


def test_a_key_server_that_dies_beside_the_restart_stops_it(world: UpgradeWorld) -> None:
    def kill(name: str, line: str) -> None:
        if (name, line) == ("KS2", "reload"):
            world.lab.kernel.call_at(world.kernel.now() + 60, lambda: world.lab.kill("KS1"))

    plan = world.server_plan()
    world.devices.watch = kill
    outcome = world.run(plan)
    assert (outcome.status, outcome.state) == (Status.STOPPED, TAKEN_BACK)
    assert "KS1 cannot be reached any more" in outcome.reason


@pytest.mark.parametrize("keeps_log", [True, False])
def test_a_key_that_is_gone_after_a_restart_is_missed(world: UpgradeWorld, keeps_log: bool) -> None:
    def forget(name: str, line: str) -> None:
        if (name, line) == ("KS2", "reload"):
            world.type(
                "KS2",
                "configure terminal",
                "crypto key zeroize rsa GETVPN-REKEY",
                "yes",
                "end",
                "write memory",
            )

    if not keeps_log:
        world.type("KS2", "configure terminal", "no logging buffered", "end", "write memory")
        world.lab.advance(5)
    plan = world.server_plan()
    world.devices.watch = forget
    outcome = world.run(plan)
    assert outcome.status in {Status.ROLLED_BACK, Status.STOPPED}
    logged, looked = "%GDOI-1-KS_NO_RSA_KEYS", "it has no RSA key 'GETVPN-REKEY'"
    assert looked in outcome.reason or (keeps_log and logged in outcome.reason)
    assert world.runs("KS1") == "17.9.4a"


def test_a_secondary_that_is_gone_when_it_begins_ends_it(world: UpgradeWorld) -> None:
    plan = world.server_plan()
    world.lab.kill("KS2")
    outcome = world.run(plan)
    assert outcome.status is Status.ROLLED_BACK
    assert outcome.reason.startswith("KS2: ")
    assert world.changing() == []
    assert any("cannot be reached" in bar for bar in world.server_plan().obstacles)


def test_a_new_primary_in_between_calls_for_another_plan(world: UpgradeWorld) -> None:
    plan = world.server_plan()
    world.lab.kill("KS1")
    world.lab.advance(200)
    world.lab.boot("KS1")
    world.lab.advance(100)
    outcome = world.run(plan)
    assert outcome.status is Status.ROLLED_BACK
    assert "make the plan again" in outcome.reason
    assert world.restarts() == []


# ---- sessions that break, and processes that end ----


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, str]]:
    """The lines of an upgrade that change something."""
    world = UpgradeWorld(tmp_path_factory.mktemp("images"))
    plan = world.server_plan()
    world.devices.typed.clear()
    world.run(plan)
    return world.changing()


def begun(folder: Path) -> tuple[UpgradeWorld, ProcedurePlan]:
    """A network, and a plan for it."""
    world = UpgradeWorld(folder)
    world.lab.record_traffic()
    return world, world.server_plan()


def is_done(world: UpgradeWorld, outcome: Outcome) -> bool:
    """Whether an upgrade has come to its end without loss."""
    assert (outcome.status, outcome.reason) == (Status.DONE, "")
    assert world.runs("KS1") == world.runs("KS2") == "17.12.4"
    assert world.lost() == {}
    for name in ("KS1", "KS2"):
        assert world.boot_lines(name)[0] == f"boot system bootflash:{FILE}"
        assert "ip scp server enable" not in world.configuration(name)
    return True


def test_a_session_that_breaks_at_a_line_is_opened_again(
    tmp_path: Path, lines: list[tuple[str, str]]
) -> None:
    for number in range(1, len(lines), 4):
        world, plan = begun(tmp_path)
        world.at_line(number, TransportError("the connection breaks", device=lines[number][0]))
        assert is_done(world, world.run(plan)), lines[number]


def test_a_process_that_ends_at_any_change_is_gone_on_with(
    tmp_path: Path, lines: list[tuple[str, str]]
) -> None:
    own = [at for at, (name, _) in enumerate(lines) if name == "KS2"]
    assert len(own) > 8
    for number in (*own, len(lines) - 1):
        world, plan = begun(tmp_path)
        world.at_line(number, Killed())
        with pytest.raises(Killed):
            world.run(plan)
        assert is_done(world, world.resume()), lines[number]


def test_a_process_that_ends_while_it_looks_is_gone_on_with(tmp_path: Path) -> None:
    for number in range(25, 225, 50):
        world, plan = begun(tmp_path)
        world.at_line(number, Killed(), any_line=True)
        with pytest.raises(Killed):
            world.run(plan)
        assert is_done(world, world.resume()), number


def test_what_a_process_left_can_be_taken_back(
    tmp_path: Path, lines: list[tuple[str, str]]
) -> None:
    for number in range(2, len(lines), 4):
        world, plan = begun(tmp_path)
        world.at_line(number, Killed())
        with pytest.raises(Killed):
            world.run(plan)
        outcome = world.abort()
        assert (outcome.status, outcome.reason) == (
            Status.ROLLED_BACK,
            "aborted by the operator",
        )
        assert is_as_before(world), lines[number]
        assert world.is_well()
        assert world.lost() == {}


def test_taking_back_can_be_broken_off_too(tmp_path: Path) -> None:
    world, plan = begun(tmp_path)
    assert world.until(plan, f"let KS1 boot {FILE}").status is Status.PAUSED
    (last,) = world.journal.all_runs(limit=1)
    for _ in range(4):
        world.devices.hang_up()
        world.at_line(2, Killed())
        with pytest.raises(Killed):
            world.runner().abort(last.id, break_lock=True)
    assert world.resume().status is Status.ROLLED_BACK
    assert is_as_before(world)
    assert world.is_well()
    assert world.lost() == {}
