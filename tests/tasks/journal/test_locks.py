"""Locks: a group has one run or deployment at a time, and nobody stays locked out for good."""

import os
import subprocess
import sys
from pathlib import Path
from socket import gethostname
from typing import Any

import pytest
from sqlalchemy import delete, event, update

from getvpn.errors import UsageError
from getvpn.tasks.database.tables import locks as table
from getvpn.tasks.journal import Holder, Journal
from getvpn.tasks.journal.locks import LostLockError

AT = 1_767_225_600.0
DEPLOYMENT = "20260101-000000-001@0123abcd"


def held_by(journal: Journal, **changes: object) -> None:
    """Let the locks be those of another process."""
    with journal._engine.begin() as connection:
        connection.execute(update(table).values(**changes))


def ended_process() -> int:
    """The number of a process that is no more: the next that begins could get any that was one."""
    return 2**22 + 1  # Linux gives none above 2**22, see proc(5)


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
    ways = "'getvpn runs resume r1' or 'getvpn runs abort r1'"
    assert error.value.hint == f"its process is no more: {ways}"
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
    with pytest.raises(UsageError, match="is held by alice"):
        journal.locks.take(["G1"], run="r2", owner="bob", at=AT + 600, force=True)
    journal.locks.take(["G1"], run="r1", owner="alice", at=AT + 600, force=True)
    assert [(holder.run, holder.here) for holder in journal.locks.held()] == [("r1", True)]


def test_who_has_lost_a_lock_hears_of_it(journal: Journal) -> None:
    journal.locks.take(["G1"], run="r1", owner="alice", at=AT)
    journal.locks.show("r1", groups=["G1"], at=AT + 60)
    holder = journal.locks.holder("G1")
    assert holder is not None
    assert holder.seen == AT + 60
    held_by(journal, host="other.example.net")
    with pytest.raises(LostLockError, match="the lock of the run r1 was broken"):
        journal.locks.show("r1", groups=["G1"], at=AT + 120)


def test_who_has_lost_one_of_several_groups_hears_of_it(journal: Journal) -> None:
    journal.locks.take(["G1", "G2"], run="r1", owner="alice", at=AT)
    with journal._engine.begin() as connection:
        connection.execute(delete(table).where(table.c.group == "G2"))
    with pytest.raises(LostLockError, match="the lock of the run r1 was broken"):
        journal.locks.show("r1", groups=["G1", "G2"], at=AT + 60)


def test_who_lets_go_lets_go_of_nothing_that_another_process_has(journal: Journal) -> None:
    journal.locks.take(["G1"], run="r1", owner="alice", at=AT)
    held_by(journal, host="other.example.net")  # where the run goes on since its lock was broken
    journal.locks.release("r1")
    journal.locks.leave()
    (holder,) = journal.locks.held()
    journal.locks.break_lock(holder)
    assert journal.locks.held() == []


def test_of_two_that_take_over_at_the_same_time_one_gets_it(tmp_path: Path) -> None:
    one, other = (Journal(f"sqlite:///{tmp_path}/journal.db") for _ in range(2))
    one.locks.take(["G1"], run="r1", owner="alice", at=AT)
    held_by(one, process=ended_process())

    def faster(*said: Any) -> None:
        if said[2].startswith("DELETE"):
            other.locks.take(["G1"], run="r1", owner="bob", at=AT)

    event.listen(one._engine, "before_cursor_execute", faster)
    with pytest.raises(UsageError, match="G1 was taken by somebody else just now"):
        one.locks.take(["G1"], run="r1", owner="alice", at=AT)
    assert [holder.owner for holder in one.locks.held()] == ["bob"]
    one.close()
    other.close()


def test_a_deployment_is_told_as_one(journal: Journal) -> None:
    journal.locks.take(["G1", "G2"], run=DEPLOYMENT, owner="alice", at=AT)
    with pytest.raises(UsageError) as error:
        journal.locks.take(["G2"], run="r1", owner="bob", at=AT)
    line = str(error.value)
    assert f"the group G2 is held by alice on {gethostname()} (process {os.getpid()}) with " in line
    assert (
        "with the deployment 20260101-000000-001, since 2026-01-01 00:00:00 UTC, last seen " in line
    )
    assert error.value.hint == "wait for it; if it is no more, 'getvpn runs unlock G2'"
    held_by(journal, process=ended_process())
    with pytest.raises(UsageError) as error:
        journal.locks.take(["G2"], run="r1", owner="bob", at=AT)
    assert error.value.hint == (
        "its process is no more: 'getvpn deploy --commit' where it was called goes on with it, "
        "'getvpn runs unlock G2' leaves it"
    )


def test_a_deployment_takes_over_from_those_that_it_goes_on_with(journal: Journal) -> None:
    journal.locks.take(["G1", "G2"], run=DEPLOYMENT, owner="alice", at=AT)
    held_by(journal, process=ended_process())
    later = DEPLOYMENT.replace("-001", "-002")
    with pytest.raises(UsageError):
        journal.locks.take(["G1"], run=later, owner="alice", at=AT)
    journal.locks.take(["G1"], run=later, owner="alice", at=AT, earlier=[DEPLOYMENT])
    # what it is not about stays held, as it may be half way
    held = [(holder.group, holder.run) for holder in journal.locks.held()]
    assert held == [("G1", later), ("G2", DEPLOYMENT)]


def test_of_many_processes_one_gets_all_groups_in_whatever_order(url: str) -> None:
    Journal(url).close()
    script = (
        "import sys; sys.stdin.readline()\n"
        "from getvpn.errors import GetvpnError\n"
        "from getvpn.tasks.journal import Journal\n"
        f"journal = Journal({url!r})\n"
        "groups = ['G1', 'G2'] if sys.argv[1] == 'r1' else ['G2', 'G1']\n"
        "try: journal.locks.take(groups, run=sys.argv[1], owner='alice', at=1.0)\n"
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
