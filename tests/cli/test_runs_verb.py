"""`getvpn runs`: looking at runs, going on with them and taking them back."""

import json
import os
import pwd
import re
import stat
from io import StringIO
from pathlib import Path
from sqlite3 import connect
from typing import Any

import pytest

from getvpn.cli.main import run
from getvpn.errors import CheckError
from getvpn.tasks.journal import Journal
from getvpn.tasks.procedures.catalogue import PROCEDURES

from ..tasks.procedures.toy_procedures import Killed, Toy

Capture = pytest.CaptureFixture[str]
HOSTS = "r1: {hostname: 192.0.2.1, username: admin, password: unused}\n"


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Toy:
    """A procedure that this getvpn knows, and a journal that it finds."""
    url = f"sqlite:///{tmp_path}/state/journal.db"
    monkeypatch.setenv("GETVPN_JOURNAL", url)
    be(monkeypatch, "alice")
    monkeypatch.chdir(tmp_path)
    hosts = tmp_path / "hosts.yml"
    hosts.write_text(HOSTS)
    hosts.chmod(0o600)
    made = Toy(Journal(url))
    monkeypatch.setitem(PROCEDURES, "toy", made)  # type: ignore[arg-type]  # a dict it is
    return made


def be(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Let the account of this process have this name."""
    entry = pwd.struct_passwd((name, "x", os.getuid(), os.getgid(), "", "/", "/bin/sh"))
    monkeypatch.setattr("pwd.getpwuid", lambda _: entry)


def killed(toy: Toy, at: str = "apply two") -> str:
    """A run whose process is no more; its id."""
    toy.broken[at] = [Killed()]
    with pytest.raises(Killed):
        toy.start()
    return toy.only_run()


def said(capsys: Capture, *words: str, code: int = 0) -> tuple[str, str]:
    """What a call writes to stdout and stderr."""
    assert run(["runs", *words]) == code
    return capsys.readouterr()


def refused(capsys: Capture, *words: str) -> str:
    """The one line that a wrong call gives."""
    out, err = said(capsys, *words, code=2)
    assert out == ""
    assert err.count("\n") == 1
    return err.removeprefix("getvpn: error: ").rstrip()


def loaded(capsys: Capture, *words: str) -> Any:
    """The JSON that a call writes."""
    out, err = said(capsys, *words, "-f", "json")
    assert err == ""
    return json.loads(out)


# ---- looking ----


@pytest.mark.usefixtures("toy")
def test_an_empty_journal_has_no_runs(capsys: Capture) -> None:
    assert said(capsys) == ("", "the journal has no runs\n")
    assert loaded(capsys, "list") == {"runs": [], "locks": []}


def test_runs_are_listed_the_latest_first(toy: Toy, capsys: Capture) -> None:
    first = toy.start("G2").run
    toy.clock.sleep(60)
    toy.world.clear()
    toy.broken["apply two"] = [Killed()]
    with pytest.raises(Killed):
        toy.start("G1", owner="bob\x1b[2J")
    out, err = said(capsys)
    head, *rows = out.splitlines()
    assert head.split() == ["run", "procedure", "groups", "status", "owner", "began"]
    assert [row.split()[2:5] for row in rows] == [
        ["G1", "running", "bob\\x1b[2J"],
        ["G2", "done", "alice"],
    ]
    assert err.startswith("G1 is held by bob\\x1b[2J on ")
    assert said(capsys, "list", "--group", "G2")[0].split()[6] == first
    none = said(capsys, "list", "--group", "G3")[1]
    assert none.startswith("the journal has no runs of the group G3\n")
    found = loaded(capsys, "list")
    assert [each["status"] for each in found["runs"]] == ["running", "done"]
    assert set(found["runs"][0]) == {
        *("run", "procedure", "groups", "owner", "began", "version", "settings", "status")
    }
    assert [lock["group"] for lock in found["locks"]] == ["G1"]


def test_a_run_is_shown_by_the_beginning_of_its_id(toy: Toy, capsys: Capture) -> None:
    name = toy.start().run
    toy.journal.writer(name).add(
        "sent", "show x", at=1.0, step="one", device="r1\n", data={"answer": "a\n\x1b]0;b"}
    )
    out, _ = said(capsys, "show", name[:5])
    assert out.startswith(f"{name}  toy, G1\n2026-01-01")
    assert "show x" not in out
    out, _ = said(capsys, "show", name, "--transcript")
    assert out.endswith("one r1\\n: show x\n    a\n    \\x1b]0;b\n")
    found = loaded(capsys, "show", name)
    assert found["settings"] == {"answer": 42}
    assert [each["number"] for each in found["events"]] == [*range(1, len(found["events"]) + 1)]
    assert set(found["events"][0]) == {"number", "at", "kind", "step", "device", "text", "data"}


# ---- evidence ----


def test_a_report_is_private_and_replaced_whole(toy: Toy, capsys: Capture, tmp_path: Path) -> None:
    name = toy.start().run
    target = tmp_path / "report.html"
    target.write_text("old")
    assert said(capsys, "report", name, "-o", str(target)) == ("", f"written: {target}\n")
    assert target.read_text().startswith("<!doctype html>")
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    out, _ = said(capsys, "report", name, "-f", "markdown")
    assert out.startswith("# toy, G1\n")


def test_a_report_that_cannot_be_written_is_one_line(toy: Toy, capsys: Capture) -> None:
    name = toy.start().run
    assert refused(capsys, "report", name, "-o", "none/report.html") == (
        "none/report.html: No such file or directory"
    )


# ---- going on, and back ----


def test_a_run_that_was_killed_goes_on(toy: Toy, capsys: Capture) -> None:
    name = killed(toy)
    words = ("resume", name, "--hosts", "hosts.yml", "--break-lock")
    _, err = said(capsys, *words, "--pause-before", "three")
    assert f"run {name}: paused; before 'three'" in err
    _, err = said(capsys, *words)
    assert err.endswith(f"run {name}: done; after three\n")
    assert toy.world == {"one", "two", "three"}


def test_a_run_that_was_killed_is_taken_back(toy: Toy, capsys: Capture) -> None:
    name = killed(toy)
    _, err = said(capsys, "abort", name, "--hosts", "hosts.yml", code=1)
    assert f"run {name}: rolled back; as before\nwhy: aborted by the operator\n" in err
    assert toy.world == set()


def test_a_run_that_stops_says_where_and_what_to_do(toy: Toy, capsys: Capture) -> None:
    name = killed(toy)
    toy.options["three"] = {"stops": True}
    toy.broken["verify three"] = [CheckError("it is\nnot so")]
    _, err = said(capsys, "resume", name, "--hosts", "hosts.yml", code=1)
    *_, state, why, advice = err.splitlines()
    assert state == f"run {name}: stopped; after two"
    assert (why, advice) == ("why: it is\\nnot so", "next: advice of three")


@pytest.mark.parametrize("action", ["resume", "abort"])
def test_a_run_that_is_over_or_not_there_needs_no_devices(
    toy: Toy, capsys: Capture, action: str
) -> None:
    assert refused(capsys, action, "abc") == "there is no run 'abc'; 'getvpn runs' lists them"
    name = toy.start().run
    assert refused(capsys, action, name) == f"the run {name} is over: done"


def test_a_pause_before_nothing_is_refused(toy: Toy, capsys: Capture) -> None:
    words = ("resume", killed(toy), "--hosts", "hosts.yml", "--pause-before", "nothing")
    assert refused(capsys, *words).startswith("there is no step 'nothing' to pause before")


@pytest.mark.parametrize("action", ["show", "report", "approve"])
@pytest.mark.parametrize("name", ["abc", "%", "", "\x1b[2J"])
def test_a_run_that_is_not_there_is_one_line(
    toy: Toy, capsys: Capture, action: str, name: str
) -> None:
    toy.start()
    assert refused(capsys, action, name).startswith(f"there is no run {name!r}")


def test_who_breaks_a_run_off_is_told_how_to_go_on(toy: Toy, capsys: Capture) -> None:
    name = killed(toy)
    toy.broken["verify three"] = [KeyboardInterrupt()]
    _, err = said(capsys, "resume", name, "--hosts", "hosts.yml", "--break-lock", code=130)
    assert err.splitlines()[-1] == (
        "broken off: 'getvpn runs' tells how far it is, "
        f"'getvpn runs resume {name} --hosts hosts.yml' goes on"
    )


def test_calls_that_are_named_can_be_copied(
    toy: Toy, capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = killed(toy)
    monkeypatch.delenv("GETVPN_JOURNAL")
    journal = ("--journal", f"sqlite:///{tmp_path}/state/journal.db")
    words = (*journal, "resume", name, "--hosts", "hosts.yml", "--timeout", "5.0", "--break-lock")
    _, err = said(capsys, *words, "--pause-before", "three")
    (told,) = [line for line in err.splitlines() if line.startswith("next: ")]
    onward, back = re.findall("'getvpn runs (.*?)'", told)
    whole = f"{' '.join(journal)} {{}} {name} --hosts hosts.yml --timeout 5.0"
    assert (onward, back) == (whole.format("resume"), whole.format("abort"))
    said(capsys, *onward.split())
    assert toy.world == {"one", "two", "three"}
    where = f"'getvpn runs {' '.join(journal)}'"
    assert refused(capsys, *journal, "show", "abc") == f"there is no run 'abc'; {where} lists them"


def test_a_call_that_is_named_shows_no_password(
    toy: Toy, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = toy.start(approve_by="bob").run
    url = os.environ["GETVPN_JOURNAL"]
    monkeypatch.setattr("getvpn.cli.runs.open_journal", lambda _: Journal(url))
    be(monkeypatch, "bob")
    given = "postgresql://ops:hidden@db.example/getvpn?password=hidden&sslmode=require"
    _, err = said(capsys, "--journal", given, "approve", name)
    shown = '"postgresql://ops:***@db.example/getvpn?sslmode=require"'
    assert err.endswith(f"calls 'getvpn runs --journal {shown} resume {name}'\n")


# ---- a second person ----


def test_somebody_else_approves(toy: Toy, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    name = toy.start(approve_by="bob").run
    assert refused(capsys, "approve", name) == "nobody approves what he does himself"
    monkeypatch.setenv("LOGNAME", "bob")
    be(monkeypatch, "carol")
    assert refused(capsys, "approve", name) == f"the run {name} waits for bob, not for carol"
    assert refused(capsys, "resume", name, "--hosts", "hosts.yml") == (
        f"the run {name} waits for the approval of bob; 'getvpn runs approve {name}'"
    )
    be(monkeypatch, "bob")
    _, err = said(capsys, "approve", name)
    assert err == f"run {name}: approved; alice calls 'getvpn runs resume {name}'\n"
    assert refused(capsys, "approve", name) == f"the run {name} has been approved already"
    be(monkeypatch, "alice")
    said(capsys, "resume", name, "--hosts", "hosts.yml")
    assert refused(capsys, "approve", name) == f"the run {name} is over: done"


def test_what_waits_for_nobody_is_not_approved(toy: Toy, capsys: Capture) -> None:
    name = killed(toy)
    assert refused(capsys, "approve", name) == f"the run {name} waits for nobody's approval"


# ---- locks ----


def test_a_lock_is_broken_only_on_request(
    toy: Toy, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = killed(toy)
    monkeypatch.setattr("sys.stdin", StringIO())
    assert run(["runs", "unlock", "G1"]) == 130
    assert f"with the run {name}, since 2026-01-01" in capsys.readouterr().err
    assert toy.journal.locks.holder("G1") is not None
    said(capsys, "unlock", "G1", "--yes")
    assert toy.journal.locks.held() == []
    assert refused(capsys, "unlock", "G1", "--yes") == "nobody holds the group 'G1'"


def test_a_deployment_that_holds_groups_is_named_and_can_be_broken(
    toy: Toy, capsys: Capture
) -> None:
    run_of = "20260101-120000-001@0123abcd"
    toy.journal.locks.take(["G1", "G2"], run=run_of, owner="ann", at=toy.clock.now())
    _, err = said(capsys)
    none, *lines = err.splitlines()
    assert none == "the journal has no runs"
    for group, line in zip(("G1", "G2"), lines, strict=True):
        assert line.startswith(f"{group} is held by ann on ")
        assert " with the deployment 20260101-120000-001, since 2026-01-01 00:00:00 UTC" in line
    assert loaded(capsys, "list")["locks"][0] == {"group": "G1", "run": run_of, "owner": "ann"}
    _, err = said(capsys, "unlock", "G2", "--yes")
    assert [line.split()[0] for line in err.splitlines()] == ["G1", "G2"]
    assert toy.journal.locks.held() == []


# ---- journals that cannot be used ----


@pytest.mark.usefixtures("toy")
@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("journal.db", "the journal is not a database URL"),
        ("mysql://db/x", "a journal cannot be kept in 'mysql'"),
        ("sqlite+nothing:///x.db", "the driver for sqlite+nothing is missing"),
        ("sqlite:////dev/null/x.db", "/dev/null/x.db: the journal cannot be opened: "),
        ("sqlite:///.", ".: the journal cannot be opened: Is a directory"),
        ("sqlite:///hosts.yml", "sqlite:///hosts.yml: the journal fails: file is not a database"),
        ("postgresql://u:hidden@[/x", "postgresql+psycopg://u:***@[/x: the journal fails: "),
        ("postgresql://u:hidden@h:port/x", "the journal is not a database URL"),
    ],
)
def test_a_journal_that_cannot_be_used_is_one_line(capsys: Capture, url: str, words: str) -> None:
    line = refused(capsys, "--journal", url)
    assert line.startswith(words)
    assert "hidden" not in line


@pytest.mark.usefixtures("toy")
def test_a_journal_in_a_folder_that_is_not_ones_own_is_one_line(
    capsys: Capture, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    line = refused(capsys, "--journal", f"sqlite:///{tmp_path}/file/journal.db")
    assert line.endswith("the journal cannot be opened: Not a directory") or "exists" in line


def test_a_journal_that_fails_in_its_locks_is_one_line(
    toy: Toy, capsys: Capture, tmp_path: Path
) -> None:
    name = killed(toy)
    with connect(tmp_path / "state/journal.db") as database:
        database.execute("DROP TABLE locks")
        database.execute("CREATE TABLE locks (x)")
    database.close()
    for words in (["list"], ["unlock", "G1"], ["resume", name, "--hosts", "hosts.yml"]):
        assert "journal.db: the journal fails: no such column: locks.group" in refused(
            capsys, *words
        )


def test_what_no_database_takes_is_written_as_it_can_be(toy: Toy, capsys: Capture) -> None:
    name = toy.start().run
    toy.journal.writer(name).add("said", "a\0b\udcffc", at=1.0)
    assert said(capsys, "show", name)[0].endswith("said     a\\x00b\\udcffc\n")
