"""The state folder, the journal in it, and the lock."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from getvpn.errors import InputError, UsageError
from getvpn.tasks.deploying.journal import Owed, carried, left_open, read_journal
from getvpn.tasks.deploying.lock import DeploymentLock
from getvpn.tasks.deploying.store import Record, Store

NOW = 1_767_225_600.0
OWED = {"group": "WAN", "device": "KS1", "why": "its policy changes", "keys": ["TEK 1"]}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.beside(tmp_path / "network.yml")


def noted(record: Record, *events: dict[str, object]) -> None:
    journal = record.journal()
    for event in events:
        facts = dict(event)
        journal.note(NOW, str(facts.pop("event")), **facts)
    journal.close()


def test_nobody_else_reads_the_folder_and_git_ignores_it(store: Store) -> None:
    record = store.new(NOW)
    record.save("plan.json", {"stages": []})
    noted(record, {"event": "began"})

    assert (store.folder / ".gitignore").read_text() == "*\n"
    for path in (store.folder, *store.folder.rglob("*")):
        assert path.stat().st_mode & 0o077 == 0, path
    assert json.loads((record.folder / "plan.json").read_text()) == {"stages": []}


def test_names_follow_each_other_even_where_the_clock_is_set_back(store: Store) -> None:
    names = [store.new(at).name for at in (NOW, NOW, NOW + 1, NOW - 1000)]

    assert names == [
        "20260101-000000-001",
        "20260101-000000-002",
        "20260101-000001-001",
        "20260101-000001-002",
    ]


def test_a_device_is_half_way_between_the_first_line_and_the_end_of_its_change() -> None:
    begun = {"event": "apply", "state": "begins", "device": "KS2", "backup": "b", "at": "now"}
    kept = {"event": "keep", "state": "done", "device": "KS2"}
    failed = {"event": "apply", "state": "failed", "device": "KS2"}
    undone = {"event": "undo", "state": "done", "device": "KS2"}

    assert list(left_open([begun]).halfway) == ["KS2"]
    assert list(left_open([begun, failed]).halfway) == ["KS2"]
    assert left_open([begun, kept]).halfway == {}
    assert left_open([begun, failed, undone]).halfway == {}


def test_a_rekey_is_owed_until_it_has_gone_out_or_its_policy_is_taken_back() -> None:
    owed = {"event": "rekey", "state": "owed", **OWED}
    begun = {"event": "rekey", "state": "begins", "group": "WAN"}
    left = {"event": "rekey", "state": "left", "group": "WAN"}

    for entries in ([owed], [owed, begun], [owed, left]):
        (found,) = left_open(entries).owed.values()
        assert found == Owed(group="WAN", device="KS1", why="its policy changes", keys=("TEK 1",))
    for state in ("done", "dropped"):
        assert left_open([owed, {"event": "rekey", "state": state, "group": "WAN"}]).owed == {}


def test_a_deployment_takes_over_what_the_last_one_left(store: Store) -> None:
    begun = {"event": "apply", "state": "begins", "device": "KS2", "backup": "b", "at": "now"}
    noted(store.new(NOW), {"event": "began"}, begun, {"event": "rekey", "state": "owed", **OWED})
    undone = store.left_open()
    noted(store.new(NOW), {"event": "began", "carried": carried(undone)})
    store.new(NOW)  # a dry run has no journal
    (store.new(NOW).folder / "journal.jsonl").write_text("")  # killed before its first line

    assert store.left_open() == undone
    assert list(undone.halfway) == ["KS2"]
    assert list(undone.owed) == ["WAN"]


def test_a_line_that_was_never_finished_is_left_out(store: Store) -> None:
    record = store.new(NOW)
    noted(record, {"event": "began"})
    path = record.folder / "journal.jsonl"
    path.write_bytes(path.read_bytes() + b'{"at": "2026')

    assert [entry["event"] for entry in read_journal(path)] == ["began"]


def test_a_journal_that_somebody_has_edited_is_told_with_its_line(store: Store) -> None:
    record = store.new(NOW)
    noted(record, {"event": "began"})
    path = record.folder / "journal.jsonl"
    path.write_text(path.read_text() + "and then\n")

    with pytest.raises(InputError, match=r"journal\.jsonl:2: is no line of a journal"):
        store.left_open()


def test_the_lock_says_who_has_it(store: Store) -> None:
    store.prepare()
    with DeploymentLock(store.lock), pytest.raises(UsageError) as refused:
        DeploymentLock(store.lock).__enter__()
    assert f"process {os.getpid()}, since 20" in str(refused.value)
    assert "wait until that has ended" in str(refused.value)
    with DeploymentLock(store.lock):
        pass


def test_the_lock_of_a_process_that_was_killed_is_taken_over(store: Store) -> None:
    store.prepare()
    code = (
        "import sys; from pathlib import Path\n"
        "from getvpn.tasks.deploying.lock import DeploymentLock\n"
        "with DeploymentLock(Path(sys.argv[1])):\n    print('held', flush=True); sys.stdin.read()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(store.lock)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    with pytest.raises(UsageError, match=f"process {process.pid},"):
        DeploymentLock(store.lock).__enter__()

    process.send_signal(signal.SIGKILL)
    process.communicate()

    with DeploymentLock(store.lock):
        assert json.loads(store.lock.read_text())["process"] == os.getpid()


def test_a_lock_of_another_host_stays_until_somebody_removes_it(store: Store) -> None:
    store.prepare()
    owner = {"user": "ann", "host": "elsewhere", "process": 7, "since": "2026-01-01 00:00:00 UTC"}
    store.lock.write_text(json.dumps(owner))

    with pytest.raises(UsageError, match=r"ann on elsewhere, process 7.*; if it is over, remove"):
        DeploymentLock(store.lock).__enter__()
