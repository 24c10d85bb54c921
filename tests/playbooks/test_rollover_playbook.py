"""Procedures in runbooks: planned over SSH, run as a task of nornir."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from nornir.core import Nornir

from getvpn import UsageError, plan_procedure, procedure_task, run_procedure
from getvpn.emulator.lab.background import BackgroundLab
from getvpn.errors import CheckError
from getvpn.playbooks import rollover
from getvpn.tasks.fleet.inventories import fleet_of_files
from getvpn.tasks.journal import Journal
from getvpn.tasks.procedures.catalogue import PROCEDURES
from getvpn.tasks.procedures.model import ProcedurePlan, Status
from getvpn.tasks.ssh import known_hosts

from ..fleets import LabFleet
from ..tasks.procedures.toy_procedures import Toy

EXAMPLE = Path(__file__).resolve().parents[2] / "inventory" / "example"
Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabFleet]:
    """The key servers of the example, without the members."""
    found = yaml.safe_load((EXAMPLE / "lab.yml").read_text("utf-8"))
    found["host_keys"] = {"type": "ed25519"}
    found["clock"]["rate"] = 0.001
    found["devices"] = {name: found["devices"][name] for name in ("KS1", "KS2")}
    for each in found["devices"].values():
        each["startup"] = (EXAMPLE / each.pop("startup_file")).read_text("utf-8")
    with BackgroundLab(found) as lab:
        lab.advance(300)
        yield LabFleet.of(lab, tmp_path_factory.mktemp("fleet"))


@pytest.fixture
def user(fleet: LabFleet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A user who knows the routers; the URL of his journal."""
    (tmp_path / ".ssh").mkdir()
    shutil.copy(fleet.known, tmp_path / ".ssh/known_hosts")
    url = f"sqlite:///{tmp_path}/journal.db"
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GETVPN_JOURNAL", url)
    monkeypatch.setattr(known_hosts, "SYSTEM_FILES", ())
    return url


@pytest.mark.parametrize("extra", [(), ("--execute",)])
def test_the_runbook_shows_the_plan_and_does_nothing_against_obstacles(
    fleet: LabFleet, user: str, capsys: Capture, extra: tuple[str, ...]
) -> None:
    # the members of the example are not there
    assert rollover.main(str(EXAMPLE / "network.yml"), str(fleet.hosts), *extra) == 1
    out, err = capsys.readouterr()
    assert "  3  KS2  bring the key GETVPN-REKEY-2 to KS2 " in out
    assert "\nobstacle: " in out
    last = out.splitlines()[-1]
    assert last.startswith("not carried out: ") if extra else last == "nothing was done"
    assert err == ""
    assert Journal(user).all_runs() == []


@pytest.mark.usefixtures("user")
def test_an_intent_that_is_not_there_is_one_line(fleet: LabFleet, capsys: Capture) -> None:
    assert rollover.main("nothing.yml", str(fleet.hosts)) == 2
    assert capsys.readouterr().err == "nothing.yml: No such file or directory\n"


def test_a_call_without_meaning_is_refused(fleet: LabFleet) -> None:
    nornir, intent = fleet.nornir(), EXAMPLE / "network.yml"
    with pytest.raises(UsageError, match="runbooks cannot plan 'dance'; there are evict member"):
        plan_procedure(nornir, intent, "dance")
    with pytest.raises(UsageError, match=r"'rollover rsa' is not planned so: .*speed"):
        plan_procedure(nornir, intent, "rollover rsa", access=fleet.access(), speed=1)


@pytest.mark.usefixtures("user")
def test_what_a_planner_asks_besides_comes_over_ssh(fleet: LabFleet) -> None:
    plan = plan_procedure(
        fleet.nornir(),
        EXAMPLE / "network.yml",
        "upgrade key-servers",
        access=fleet.access(),
        images="bootflash:isr4400-universalk9.17.12.04.SPA.bin",
        md5=["0" * 32],
    )
    assert plan.procedure == "upgrade key-servers"
    assert any("it has no file bootflash:" in each for each in plan.obstacles), plan.obstacles


# ---- runs ----


@pytest.fixture
def nornir(tmp_path: Path) -> Nornir:
    """Two hosts that nobody logs in to."""
    hosts = tmp_path / "hosts.yml"
    hosts.write_text(yaml.safe_dump({name: {"hostname": "192.0.2.1"} for name in ("r1", "r2")}))
    hosts.chmod(0o600)
    return fleet_of_files(hosts)


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Toy:
    """A procedure that needs no devices, but names some."""
    made = Toy(Journal(f"sqlite:///{tmp_path}/journal.db"))
    made.options |= {"one": {"device": "r2"}, "two": {"device": "r1"}}
    monkeypatch.setitem(PROCEDURES, "toy", made)  # type: ignore[arg-type]  # a dict it is
    return made


def results(nornir: Nornir, plan: ProcedurePlan, tmp_path: Path, **options: Any) -> dict[str, Any]:
    """What the task gives for each host."""
    url = f"sqlite:///{tmp_path}/journal.db"
    return dict(nornir.run(task=procedure_task, plan=plan, journal=url, **options))


def test_a_plan_is_carried_out_once_whatever_the_number_of_hosts(
    nornir: Nornir, toy: Toy, tmp_path: Path
) -> None:
    found = results(nornir, toy.plan(), tmp_path)
    assert found["r2"].result.status is Status.DONE
    assert (found["r2"].changed, found["r2"].failed) == (True, False)
    assert (found["r1"].result, found["r1"].changed) == (None, False)
    assert len(toy.journal.all_runs()) == 1


def test_nornirs_dry_run_does_nothing(nornir: Nornir, toy: Toy, tmp_path: Path) -> None:
    nornir.data.dry_run = True
    found = results(nornir, toy.plan(), tmp_path)
    nornir.data.dry_run = False
    assert [each.result for each in found.values()] == [None, None]
    assert toy.journal.all_runs() == []


def test_a_run_that_is_taken_back_fails_the_task(nornir: Nornir, toy: Toy, tmp_path: Path) -> None:
    toy.broken["verify three"] = [CheckError("it is not so")]
    found = results(nornir, toy.plan(), tmp_path)
    assert (found["r2"].failed, found["r2"].result.status) == (True, Status.ROLLED_BACK)


def test_a_device_that_is_not_among_the_hosts_is_named_before_anything_is_done(
    nornir: Nornir, toy: Toy, tmp_path: Path
) -> None:
    some = nornir.filter(name="r2")
    assert "not among the hosts: r1" in str(results(some, toy.plan(), tmp_path)["r2"].exception)
    assert toy.journal.all_runs() == []


def test_obstacles_and_approvals_are_as_on_the_command_line(
    nornir: Nornir, toy: Toy, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path}/journal.db"
    with pytest.raises(CheckError, match="must not run now: there is no time"):
        run_procedure(nornir, toy.plan(obstacles=("there is no time",)), journal=url)
    outcome = run_procedure(nornir, toy.plan(), journal=url, approve_by="somebody")
    assert outcome.status is Status.WAITING
    assert toy.calls == []
