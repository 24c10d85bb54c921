"""The journal: runs and events, appended and read, in a private file."""

import gc
import shutil
import stat
from pathlib import Path

import pytest
from sqlalchemy import event

from getvpn.errors import InputError, UsageError
from getvpn.tasks.journal import Journal, default_url
from getvpn.tasks.journal.journal import MAX_TEXT_CHARS
from getvpn.tasks.procedures.model import Status

from ..procedures.toy_procedures import Killed, Toy


def begun(journal: Journal, *, at: float = 0.0, groups: tuple[str, ...] = ("G1",)) -> str:
    """A new run."""
    return journal.begin(
        "toy", groups=groups, settings={"a": [1]}, plan={}, version="1", owner="alice", at=at
    )


def test_a_run_is_read_as_it_was_begun(journal: Journal) -> None:
    record = journal.run(begun(journal, at=12.5, groups=("G1", "G2")))
    assert (record.procedure, record.groups, record.owner) == ("toy", ("G1", "G2"), "alice")
    assert (record.settings, record.version, record.began) == ({"a": [1]}, "1", 12.5)


def test_events_are_numbered_and_read_in_order(journal: Journal) -> None:
    run, other = begun(journal), begun(journal)
    journal.writer(run).add("step", "why", at=1.0, step="one", data={"commands": ["x"]})
    journal.writer(other).add("step", at=1.5)
    again = journal.writer(run)
    again.add("sent", "show clock", at=2.0, device="KS1")
    again.add("done", at=3.0, step="one")
    events = journal.events(run)
    assert [(event.number, event.kind) for event in events] == [
        (1, "step"),
        (2, "sent"),
        (3, "done"),
    ]
    assert (events[0].step, events[0].text, events[0].data) == ("one", "why", {"commands": ["x"]})
    assert (events[1].device, events[1].step, events[1].data) == ("KS1", None, {})
    assert [event.kind for event in journal.events(run, kinds=["done"])] == ["done"]


def test_a_long_text_is_cut(journal: Journal) -> None:
    run = begun(journal)
    journal.writer(run).add("sent", "x" * (MAX_TEXT_CHARS + 1), at=1.0)
    (event,) = journal.events(run)
    assert len(event.text) == MAX_TEXT_CHARS


def test_a_text_that_is_no_text_is_kept_all_the_same(journal: Journal) -> None:
    run = begun(journal)
    journal.writer(run).add("sent", "a\0b\ud800", at=1.0, data={"answer": "\x1b"})
    (event,) = journal.events(run)
    assert event.text == "a\\x00b\\ud800"


def test_a_run_that_waits_is_entered_with_its_wish(journal: Journal) -> None:
    run = journal.begin(
        *("toy",), groups=["G1"], settings={}, plan={}, version="1", owner="alice", at=1.0,
        approve_by="bob",
    )  # fmt: skip
    assert [(each.kind, each.text) for each in journal.events(run)] == [("approval wanted", "bob")]


def test_a_run_without_its_groups_is_not_entered(journal: Journal) -> None:
    journal.locks.take(["G2"], run="r1", owner="bob", at=1.0)
    with pytest.raises(UsageError, match="the group G2 is held by bob"):
        journal.begin(
            *("toy",), groups=["G1", "G2"], settings={}, plan={}, version="1", owner="alice",
            at=2.0, locked=True,
        )  # fmt: skip
    assert journal.all_runs() == []
    assert [holder.group for holder in journal.locks.held()] == ["G2"]


def test_a_procedure_is_gone_on_with_by_another_process(url: str) -> None:
    toy = Toy(Journal(url))
    toy.broken["apply two"] = [Killed()]
    with pytest.raises(Killed):
        toy.start()
    toy.journal.close()
    toy.journal = Journal(url)
    assert toy.runner().resume(toy.only_run()).status is Status.DONE
    assert toy.world == {"one", "two", "three"}
    assert toy.journal.locks.held() == []
    toy.journal.close()


def test_a_journal_that_nobody_has_any_more_is_closed(url: str) -> None:
    journal = Journal(url)
    begun(journal)
    closed: list[object] = []
    event.listen(journal._engine.pool, "close", lambda *_: closed.append(1))
    del journal
    gc.collect()
    assert closed == [1]


def test_two_writers_of_one_run_do_not_mix(journal: Journal) -> None:
    run = begun(journal)
    one, other = journal.writer(run), journal.writer(run)
    one.add("step", at=1.0)
    with pytest.raises(InputError, match=r"the journal fails: .*(?i:unique)"):
        other.add("step", at=1.0)


def test_a_run_is_found_by_the_beginning_of_its_id(journal: Journal) -> None:
    runs = [begun(journal) for _ in range(40)]
    beginnings = (runs[0][:size] for size in range(1, len(runs[0]) + 1))
    alone = next(each for each in beginnings if sum(run.startswith(each) for run in runs) == 1)
    assert len(alone) < len(runs[0])
    assert journal.run(alone).id == runs[0]
    first = {run[0] for run in runs if sum(other[0] == run[0] for other in runs) > 1}
    with pytest.raises(UsageError, match="several runs begin with"):
        journal.run(min(first))
    with pytest.raises(UsageError, match="there is no run 'nothing'"):
        journal.run("nothing")
    with pytest.raises(UsageError, match="there is no run '%'"):
        journal.run("%")


def test_the_latest_runs_come_first(journal: Journal) -> None:
    runs = [begun(journal, at=at, groups=(f"G{at:.0f}",)) for at in (1.0, 3.0, 2.0)]
    assert [run.id for run in journal.all_runs()] == [runs[1], runs[2], runs[0]]
    assert [run.id for run in journal.all_runs(limit=1)] == [runs[1]]
    assert [run.id for run in journal.all_runs(group="G2")] == [runs[2]]


def test_a_file_is_private_and_shared_by_processes(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "journal.db"
    journal = Journal(f"sqlite:///{path}")
    run = begun(journal)
    journal.writer(run).add("step", at=1.0)
    other = Journal(f"sqlite:///{path}")
    assert [event.kind for event in other.events(run)] == ["step"]
    for each in path.parent.iterdir():
        assert stat.S_IMODE(each.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    journal.close()
    other.close()


def test_a_journal_of_somebody_else_is_no_traceback(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("this is no database, and longer than a header of one" * 20)
    with pytest.raises(InputError, match="the journal fails: file is not a database"):
        Journal(f"sqlite:///{path}")
    with pytest.raises(InputError, match="the journal cannot be opened: "):
        Journal(f"sqlite:///{path}/journal.db")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("journal.db", "is not a database URL"),
        ("mysql://host/name", "cannot be kept in 'mysql'"),
        ("nothing://host/name", "cannot be kept in 'nothing'"),
    ],
)
def test_other_urls_are_refused(url: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        Journal(url)


def test_the_password_of_a_url_is_not_shown() -> None:
    url = "postgresql+nothing://alice:Secret-8Kd@127.0.0.1:1/journal"
    with pytest.raises((UsageError, InputError)) as error:
        Journal(url)
    assert "Secret-8Kd" not in str(error.value)


@pytest.mark.usefixtures("psycopg")
@pytest.mark.parametrize(
    "place", ["al:Secret-8Kd@127.0.0.1:1/x", "127.0.0.1:1/x?password=Secret-8Kd"]
)
def test_a_database_that_is_not_there_is_told_without_the_password(place: str) -> None:
    with pytest.raises(InputError, match=":1/x: the journal fails: ") as error:
        Journal(f"postgresql://{place}")
    assert "Secret-8Kd" not in str(error.value)


def test_a_database_that_goes_away_while_it_is_written_is_told(tmp_path: Path) -> None:
    journal = Journal(f"sqlite:///{tmp_path}/there/journal.db")
    writer = journal.writer(begun(journal))
    for engine in (journal._engine, journal._passing):
        engine.dispose()
    shutil.rmtree(tmp_path / "there")
    for kind in ("step", "sent"):
        with pytest.raises(InputError, match=r"journal\.db: the journal fails: unable to open"):
            writer.add(kind, at=1.0)
    journal.close()


def test_the_usual_journal_is_that_of_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GETVPN_JOURNAL", raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", "/state")
    assert default_url() == "sqlite:////state/getvpn/journal.db"
    monkeypatch.setenv("GETVPN_JOURNAL", "postgresql://host/name")
    assert default_url() == "postgresql://host/name"
