"""What plans say about others who work on the same group, and runs that are left as they are."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from getvpn.cli.main import run
from getvpn.cli.procedures import carry_out
from getvpn.errors import CheckError
from getvpn.tasks.journal import Journal
from getvpn.tasks.procedures.model import ProcedurePlan, Status
from getvpn.tasks.procedures.unfinished import beside

from ..deploying.worlds import deployed, more_in_clear, world
from ..journal.test_locks import DEPLOYMENT, ended_process, held_by
from ..lab_devices import LabDevices
from ..networks import network
from .test_approvers import wish
from .toy_procedures import Killed, Toy

MORE = more_in_clear(network("xe17"))
DIFFER = "KS1: it differs from the intent"


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The journal of the user, which is not there yet."""
    found = f"sqlite:///{tmp_path}/journal.db"
    monkeypatch.setenv("GETVPN_JOURNAL", found)
    return found


@pytest.fixture
def toy(url: str) -> Iterator[Toy]:
    """Somebody who runs procedures, with that journal."""
    journal = Journal(url)
    yield Toy(journal)
    journal.close()


def against(toy: Toy, *groups: str, **changes: Any) -> tuple[str, ...]:
    """What stands against a plan of somebody else."""
    return seen(toy, *groups, **changes).obstacles


def seen(toy: Toy, *groups: str, **changes: Any) -> ProcedurePlan:
    """A plan as somebody else sees it."""
    plan = toy.plan(*groups, **{"obstacles": (DIFFER,), **changes})
    return beside(plan, None)


def killed(toy: Toy, at: str = "apply two") -> str:
    """A run of G1 whose process is no more; its id."""
    toy.broken[at] = [Killed()]
    with pytest.raises(Killed):
        toy.start()
    return toy.only_run()


# ---- who holds the group ----


def test_a_plan_tells_first_who_holds_its_group(toy: Toy) -> None:
    found: list[tuple[str, ...]] = []
    toy.acting = lambda _: found.append(against(toy))
    name = toy.start().run
    for first, *rest in found:
        assert first.startswith("G1 is held by alice on ")
        assert f" with the run {name}, since 2026-01-01 " in first
        assert first.endswith(": wait for it; if it is no more, 'getvpn runs unlock G1'")
        assert rest == [DIFFER]
    assert len(found) == 3
    assert against(toy) == (DIFFER,)


def test_a_deployment_is_told_too(toy: Toy) -> None:
    toy.journal.locks.take(["G1"], run=DEPLOYMENT, owner="bob", at=toy.clock.now())
    (first, _) = against(toy)
    assert f" with the deployment {DEPLOYMENT.partition('@')[0]}, since " in first
    assert against(toy, "G2") == (DIFFER,)


def test_the_run_of_a_process_that_is_no_more_is_told_once(toy: Toy) -> None:
    name = killed(toy)
    held_by(toy.journal, process=ended_process())
    first, second = against(toy)
    ways = f"'getvpn runs resume {name}' or 'getvpn runs abort {name}'"
    assert first.endswith(f"its process is no more: {ways}")
    assert second == DIFFER


# ---- runs that are not over ----


def test_a_paused_run_is_named_with_what_can_be_done(toy: Toy) -> None:
    name = toy.start(pause_before="two").run
    assert against(toy)[0] == (
        f"the run {name} is not over (toy of G1, by alice): it is paused before 'two'; "
        f"'getvpn runs resume {name}' goes on, 'getvpn runs abort {name}' takes it back, "
        f"'getvpn runs leave {name}' leaves all as it is"
    )
    assert against(toy, "G2") == (DIFFER,)
    assert toy.runner().resume(name).status is Status.DONE  # itself stops nothing of its own
    assert against(toy) == (DIFFER,)


def test_nobody_is_sent_to_abort_behind_the_point_of_no_return(toy: Toy) -> None:
    toy.options["one"] = {"final": True}
    paused = toy.start(pause_before="two")
    assert paused.advice == f"'getvpn runs resume {paused.run}' goes on"
    assert against(toy)[0].endswith(
        f"'getvpn runs resume {paused.run}' goes on, "
        f"'getvpn runs leave {paused.run}' leaves all as it is"
    )


def test_a_run_that_waits_for_an_approval_is_named(toy: Toy) -> None:
    name = toy.start(approve_by="bob").run
    assert f"it waits for bob; 'getvpn runs approve {name}', by bob, or " in against(toy)[0]
    toy.journal.writer(name).add("approved", "bob", at=1.0)
    assert "it has not begun; " in against(toy)[0]


def test_a_run_that_stopped_is_named_with_its_state(toy: Toy) -> None:
    toy.options["two"] = {"stops": True}
    toy.broken["apply two"] = [CheckError("no")]
    assert toy.start().status is Status.STOPPED
    assert "it stopped, after one; " in against(toy)[0]


def test_a_run_without_lock_and_end_is_named(toy: Toy) -> None:
    killed(toy)
    (holder,) = toy.journal.locks.held()
    toy.journal.locks.break_lock(holder)
    assert "its process ended early; " in against(toy)[0]


def test_what_mends_a_group_may_be_planned_beside_a_run_that_stopped_for_it(toy: Toy) -> None:
    name = toy.start(pause_before="two").run
    toy.name = "recover split"
    plan = seen(toy)
    assert plan.obstacles == (DIFFER,)
    assert plan.notes[0].startswith(f"the run {name} is not over ")


# ---- the command ----


def test_a_plan_in_json_tells_it_and_nothing_is_begun(
    toy: Toy, capsys: pytest.CaptureFixture[str]
) -> None:
    name = toy.start(pause_before="two").run
    ready: Any = None  # nothing is made ready to run
    for execute in (False, True):
        assert carry_out(toy.plan(), ready, wish(execute=execute, form="json")) == 1
        out, err = capsys.readouterr()
        assert json.loads(out)["obstacles"][0].startswith(f"the run {name} is not over ")
    assert err.startswith(f"not carried out: the run {name} is not over ")
    assert toy.only_run() == name


def test_a_plan_makes_no_journal(url: str, tmp_path: Path) -> None:
    toy = Toy(Journal("sqlite://"))
    assert beside(toy.plan(), url).obstacles == ()
    assert list(tmp_path.iterdir()) == []


def test_a_journal_that_cannot_be_read_is_a_note(tmp_path: Path, toy: Toy) -> None:
    for wrong in (f"sqlite:///{tmp_path}", "nonsense"):
        plan = beside(toy.plan(), wrong)
        assert plan.obstacles == ()
        assert plan.notes[0].startswith("whether others work on G1 is not known: ")


# ---- left as it is ----


def test_a_run_that_is_left_is_over_and_in_nobodys_way(
    toy: Toy, capsys: pytest.CaptureFixture[str]
) -> None:
    name = killed(toy)
    assert run(["runs", "leave", name, "--yes"]) == 0
    assert capsys.readouterr().err == f"run {name}: left as it was\n"
    assert toy.journal.locks.held() == []
    assert toy.world == {"one"}
    assert against(toy) == (DIFFER,)
    for action in ("resume", "abort", "leave"):
        assert run(["runs", action, name]) == 2
        assert f"the run {name} is over: left" in capsys.readouterr().err


def test_a_run_of_a_process_that_lives_is_not_left(
    toy: Toy, capsys: pytest.CaptureFixture[str]
) -> None:
    name = killed(toy)
    held_by(toy.journal, host="elsewhere")
    assert run(["runs", "leave", name, "--yes"]) == 2
    assert "the group G1 is held by alice on elsewhere" in capsys.readouterr().err
    assert toy.told("ended") == []


# ---- deployments ----


@pytest.fixture(scope="module")
def devices() -> LabDevices:
    """A network that nobody changes here."""
    return world(network("xe17"))


def test_a_deployment_is_refused_while_a_run_is_not_over(
    devices: LabDevices, tmp_path: Path, toy: Toy
) -> None:
    name = toy.start(pause_before="two").run
    for commit in (False, True):
        found = deployed(MORE, devices, tmp_path, commit=commit)
        assert found.state == "refused"
        assert found.plan.obstacles[0].startswith(f"the run {name} is not over ")
    accepted = {"accepted": (found.plan.obstacles[0],)}
    planned = deployed(MORE, devices, tmp_path, commit=False, manner=accepted)
    assert planned.state == "planned"


def test_a_plan_of_a_deployment_names_who_holds_a_group(
    devices: LabDevices, tmp_path: Path, toy: Toy
) -> None:
    toy.acting = lambda _: found.append(deployed(MORE, devices, tmp_path, commit=False))
    found: list[Any] = []
    name = toy.start().run
    assert f" with the run {name}, since " in found[0].plan.notes[0]


def test_a_plan_of_a_deployment_makes_no_journal(devices: LabDevices, tmp_path: Path) -> None:
    assert deployed(MORE, devices, tmp_path, commit=False).plan
    assert not (tmp_path / "journal.db").exists()
