"""The approval of a run by a second person."""

from __future__ import annotations

from ...errors import UsageError
from ..accounts import account
from ..clock import Clock
from ..journal.journal import Journal, RunRecord
from .history import history_of


def approve(journal: Journal, run: str, clock: Clock, *, by: str | None = None) -> RunRecord:
    """Record that `by`, the account of this process by default, approves a run.

    Raises UsageError when the run waits for nobody, for somebody else, is one's own, has been
    approved or is over, and when the process has no account.
    """
    who = by or account()
    record = journal.run(run)
    past = history_of(journal.events(record.id))
    if past.over is not None:
        raise UsageError(f"the run {record.id} is over: {past.over}")
    if past.wanted is None:
        raise UsageError(f"the run {record.id} waits for nobody's approval")
    if who == record.owner:
        raise UsageError("nobody approves what he does himself")
    if who != past.wanted:
        raise UsageError(f"the run {record.id} waits for {past.wanted}, not for {who}")
    if past.approved:
        raise UsageError(f"the run {record.id} has been approved already")
    journal.writer(record.id).add("approved", who, at=clock.now(), data={"by": who})
    return record
