"""What else is on in groups: who holds them, and runs that are not over."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import closing
from dataclasses import replace

from ...errors import GetvpnError, InputError, UsageError
from ..accounts import operator
from ..clock import Clock
from ..database.engine import default_url, is_there
from ..journal.journal import PASSING, Journal, RunRecord
from ..journal.locks import Holder, advice
from .history import history_of
from .model import OVER, ProcedurePlan, Status

MENDING = frozenset(("recover split",))
"""Procedures that mend what other runs stopped for: these go on afterwards."""


def beside(plan: ProcedurePlan, journal: str | None) -> ProcedurePlan:
    """The plan, with what else is on in its groups as its first obstacles.

    `journal` is a URL, None for that of the user. One that is not there is not made; that one
    cannot be read is a note.
    """
    try:
        held, unfinished = found_in(journal, plan.groups)
    except (InputError, UsageError) as error:
        return replace(plan, notes=(unknown(plan.groups, error), *plan.notes))
    if plan.procedure in MENDING:
        notes = (*unfinished, *plan.notes)
        return replace(plan, obstacles=(*held, *plan.obstacles), notes=notes)
    return replace(plan, obstacles=(*held, *unfinished, *plan.obstacles))


def found_in(
    journal: str | None,
    groups: Collection[str],
    *,
    ours: Callable[[Holder], bool] = lambda _: False,
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Who holds `groups`, but for those that are `ours`, and which runs of theirs are not over.

    Raises UsageError for what is no URL, InputError for a journal that cannot be read.
    """
    url = journal or default_url()
    if not is_there(url):
        return (), ()
    with closing(Journal(url)) as book:
        holders = [each for each in book.locks.held() if each.group in groups]
        held = tuple(
            f"{each.group} is held by {each}: {advice(each)}" for each in holders if not ours(each)
        )
        known = {each.run for each in holders}
        return held, tuple(_unfinished(book, groups, known))


def unknown(groups: Collection[str], error: GetvpnError) -> str:
    """What is said where the journal cannot be read."""
    return f"whether others work on {', '.join(sorted(groups))} is not known: {error}"


def _unfinished(journal: Journal, groups: Collection[str], known: Collection[str]) -> Iterator[str]:
    for record in journal.open_runs([str(each) for each in OVER]):
        if record.id in known or not set(record.groups) & set(groups):
            continue
        name = f"{record.procedure} of {', '.join(record.groups)}, by {record.owner}"
        yield f"the run {record.id} is not over ({name}): {_standing(journal, record)}"


def _standing(journal: Journal, record: RunRecord) -> str:
    """How a run stands, and what can be done with it."""
    events = [each for each in journal.events(record.id) if each.kind not in PASSING]
    past = history_of(events)
    back = f"'getvpn runs abort {record.id}' takes it back"
    passed = past.acted | past.done
    final = any(step["final"] and step["name"] in passed for step in record.plan["steps"])
    ways = f"'getvpn runs resume {record.id}' goes on, " + (f"{back}, " if not final else "")
    ways += f"'getvpn runs leave {record.id}' leaves all as it is"
    if past.status is Status.WAITING and not past.approved:
        way = f"'getvpn runs approve {record.id}', by {past.wanted}"
        return f"it waits for {past.wanted}; {way}, or {back}"
    last = events[-1].text if events else ""
    match past.status:
        case Status.PAUSED:
            return f"it is paused before '{last}'; {ways}"
        case Status.STOPPED:
            return f"it stopped, {last}; {ways}"
        case Status.RUNNING:
            return f"its process ended early; {ways}"
        case _:
            return f"it has not begun; {ways}"


def leave(journal: Journal, run: str, clock: Clock) -> RunRecord:
    """Leave a run as it is: it is over, and no device is told anything.

    Raises UsageError for a run that is over or held by a process that may live.
    """
    record = journal.run(run)
    past = history_of(journal.events(record.id))
    if past.over is not None:
        raise UsageError(f"the run {record.id} is over: {past.over}")
    who = operator()
    journal.locks.take(record.groups, run=record.id, owner=who, at=clock.now())
    try:
        journal.writer(record.id).add(
            "ended", f"left as it was by {who}", at=clock.now(), data={"status": str(Status.LEFT)}
        )
    finally:
        journal.locks.release(record.id)
    return record
