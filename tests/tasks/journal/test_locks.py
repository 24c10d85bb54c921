"""Locks: of a group one run is on at a time, and nobody stays locked out for good."""

import os
import subprocess
import sys

import pytest
from sqlalchemy import update

from getvpn.errors import UsageError
from getvpn.tasks.journal import Holder, Journal
from getvpn.tasks.journal.locks import LostLockError
from getvpn.tasks.journal.tables import locks as table

AT = 1_767_225_600.0


def held_by(journal: Journal, **changes: object) -> None:
    """Let the locks be those of another process."""
    with journal._engine.begin() as connection:
        connection.execute(update(table).values(**changes))


def ended_process() -> int:
    """The number of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_a_lock_says_whose_it_is(journal: Journal) -> None:
    journal.locks.take(["G1"], run="r1", owner="alice", at=AT)
    holder = journal.locks.holder("G1")
    assert isinstance(holder, Holder)
    assert (holder.run, holder.owner, holder.process) == ("r1", "alice", os.getpid())
    assert "alice on " in str(holder)
    assert "since 2026-01-01" in str(holder)
    assert not holder.gone


def test_a_run_holds_all_of_its_groups_or_none(journal: Journal) -> None:
    journal.locks.take(["G2"], run="r1", owner="alice", at=AT)
    with pytest.raises(UsageError, match=r"the group G2 is held by alice on .* with the run r1"):
        journal.locks.take(["G1", "G2"], run="r2", owner="bob", at=AT)
    assert journal.locks.holder("G1") is None
    journal.locks.release("r1")
    journal.locks.take(["G1", "G2"], run="r2", owner="bob", at=AT)
    assert [holder.group for holder in journal.locks.held()] == ["G1", "G2"]


def test_a_lock_of_a_process_that_has_ended_is_named_as_such(journal: Journal) -> None:
    journal.locks.take(["G1"], run="r1", owner="alice", at=AT)
    held_by(journal, process=ended_process())
    with pytest.raises(UsageError) as error:
        journal.locks.take(["G1"], run="r2", owner="bob", at=AT)
    assert error.value.hint == "its process is no more: 'getvpn runs resume r1' or 'runs abort'"
    # the run itself goes on without further ado
    journal.locks.take(["G1"], run="r1", owner="bob", at=AT)
    holder = journal.locks.holder("G1")
    assert holder is not None
    assert holder.owner == "bob"


def test_a_lock_of_another_machine_is_broken_on_request_only(journal: Journal) -> None:
    journal.locks.take(["G1"], run="r1", owner="alice", at=AT)
    held_by(journal, host="other.example.net", process=1)
    with pytest.raises(UsageError, match=r"alice on other.example.net") as error:
        journal.locks.take(["G1"], run="r1", owner="alice", at=AT + 600)
    assert error.value.hint == "if that process is no more, go on with --break-lock"
    with pytest.raises(UsageError) as error:
        journal.locks.take(["G1"], run="r2", owner="bob", at=AT + 600)
    assert error.value.hint == "wait for it; if it is no more, 'getvpn runs unlock G1'"
    journal.locks.take(["G1"], run="r1", owner="alice", at=AT + 600, force=True)
    assert [holder.run for holder in journal.locks.held()] == ["r1"]


def test_who_has_lost_a_lock_hears_of_it(journal: Journal) -> None:
    journal.locks.take(["G1"], run="r1", owner="alice", at=AT)
    journal.locks.show("r1", at=AT + 60)
    holder = journal.locks.holder("G1")
    assert holder is not None
    assert holder.seen == AT + 60
    held_by(journal, host="other.example.net")
    with pytest.raises(LostLockError, match="the lock of the run r1 was broken"):
        journal.locks.show("r1", at=AT + 120)


def test_of_many_processes_one_gets_a_lock(url: str) -> None:
    Journal(url).close()
    script = (
        "import sys; sys.stdin.readline()\n"
        "from getvpn.errors import GetvpnError\n"
        "from getvpn.tasks.journal import Journal\n"
        f"journal = Journal({url!r})\n"
        "try: journal.locks.take(['G1'], run=sys.argv[1], owner='alice', at=1.0)\n"
        "except GetvpnError as error: print(error)\n"
        "else: print('had')\n"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", script, f"r{number}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(3)
    ]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    said = [process.communicate()[0].strip() for process in processes]
    assert said.count("had") == 1
    assert all(each == "had" or "is held by" in each or "was taken" in each for each in said)
