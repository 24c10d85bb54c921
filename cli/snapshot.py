"""The verb `snapshot`."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import DeviceError, UsageError, counted, printable
from .fleet import FleetRequest, fleet_options, fleet_request
from .lab_common import aligned
from .main import EXIT_INTERRUPTED, VerbGroup
from .numbers import DAY_S, days
from .output import note, result
from .procedures import FORMATS, journal_option
from .snapshot_diff import (
    EXIT_DIFFERENT,
    EXPECTATIONS,
    SCHEMA_VERSION,
    compared_data,
    compared_text,
    snapshot_data,
    some,
    state_data,
    state_text,
)

if TYPE_CHECKING:
    from ..tasks.snapshots.store import Snapshot, Snapshots
    from ..tasks.snapshots.taking import Material
    from .snapshot_diff import ComparedSnapshots, ShownSnapshot, SnapshotList

ACTIONS = {
    "diff": "Say what is different between two snapshots, and whether it should be",
    "list": "List the snapshots",
    "prune": "Remove old snapshots",
    "remove": "Remove snapshots by name",
    "show": "Show what a snapshot says, or a text in it",
    "take": "Keep what devices say now, or what was saved of them",
}
_MOST_GROUPS = 4
_MOST_NAMED = 20


class SnapshotGroup(VerbGroup):
    """The actions of `snapshot`."""

    table = ACTIONS
    kind = "action"

    def load(self, name: str) -> click.Command:
        """The command of an action, all of which are here."""
        return _COMMANDS[name]


@click.group(cls=SnapshotGroup, subcommand_metavar="ACTION")
@journal_option
@click.pass_context
def command(ctx: click.Context, journal: str | None) -> None:
    """Keep what devices say, and compare it by meaning.

    Snapshots are in the journal.
    """
    ctx.obj = journal


@contextmanager
def _store() -> Iterator[Snapshots]:
    from ..tasks.database import default_url
    from ..tasks.snapshots.store import Snapshots

    store = Snapshots(click.get_current_context().find_object(str) or default_url())
    try:
        yield store
    finally:
        store.close()


_FORM = click.option("-f", "--format", "form", type=click.Choice(FORMATS), default="text")


@click.command("take")
@click.argument("name")
@click.argument("hosts", nargs=-1, metavar="[HOST]...")
@click.option(
    "--from",
    "paths",
    multiple=True,
    type=click.Path(path_type=Path, exists=True),
    metavar="PATH",
    help="Keep what is saved in this file or folder, and ask no device; may be repeated.",
)
@click.option(
    "--keep-days",
    type=days(min_open=True),
    metavar="N",
    help="Remove it when it is older, at the next 'take' or 'prune'.  [default: by 'prune' only]",
)
@click.option(
    "--history",
    metavar="SERIES",
    help="Audit it too, and enter that in this series of the history.",
)
@fleet_options
def take(
    name: str,
    hosts: tuple[str, ...],
    paths: tuple[Path, ...],
    keep_days: float | None,
    history: str | None,
    **options: Any,
) -> int:
    """Keep what devices say under a new NAME.

    Each HOST, and how devices are logged in to, is as for `getvpn collect`. Secrets are taken out
    of the texts. Snapshots whose own time (--keep-days) is over are removed. Exit codes: 0 all is
    kept, 2 the call is wrong, 3 a host failed.
    """
    from ..tasks.clock import SystemClock
    from ..tasks.history import check_series
    from ..tasks.snapshots.store import check_name

    request = fleet_request(options)
    if paths and hosts:
        raise UsageError("--from asks no device", hint="leave the hosts out")
    check_name(name)
    if history is not None:
        check_series(history)
    with _store() as store:
        for over in store.expire(SystemClock().now()):
            note(f"snapshot {over}: its time is over, it is removed")
        store.check_free(name)
        if paths:
            from ..tasks.snapshots.taking import read_material

            source = ", ".join(map(str, paths))
            return _kept(store, name, read_material(paths), source, keep_days, history)
        return _live(store, name, hosts, request, keep_days, history)


def _live(
    store: Snapshots,
    name: str,
    hosts: tuple[str, ...],
    request: FleetRequest,
    keep_days: float | None,
    history: str | None,
) -> int:
    from ..tasks.collecting.recording import Interrupted
    from ..tasks.snapshots.taking import LIVE, read_material
    from .collecting import Wish, gather, tell_interrupted, totals

    place = Path(tempfile.mkdtemp(prefix="getvpn-"))
    try:
        collection = gather(hosts, request, Wish(folder=place / "texts"))
        note(totals(collection, kept=False))
        if not collection.outputs:
            for failure in collection.failures:
                note(printable(f"{failure.host}: {failure.kind}: {failure.message}"))
            return DeviceError.exit_code
        material = read_material([place / "texts"])
        return _kept(store, name, material, LIVE, keep_days, history)
    except Interrupted as stop:
        tell_interrupted(stop.collection, kept=False)
        return EXIT_INTERRUPTED
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _kept(
    store: Snapshots,
    name: str,
    material: Material,
    source: str,
    keep_days: float | None,
    history: str | None,
) -> int:
    from .. import __version__
    from ..tasks.accounts import operator
    from ..tasks.clock import SystemClock

    for each in material.skipped:
        note(printable(f"skipped {each.path}: {each.reason}"))
    now = SystemClock().now()
    at = material.at if material.at is not None else now
    snapshot = store.take(
        name,
        material.captures,
        at=at,
        owner=operator(),
        version=__version__,
        source=source,
        groups=material.groups,
        failures=material.failures,
        expires=None if keep_days is None else now + keep_days * DAY_S,
    )
    for host, why in sorted(snapshot.failures.items()):
        note(printable(f"{host} is not in it, or not all of it: {why}"))
    devices, texts = len(snapshot.devices), len(material.captures)
    note(f"snapshot {name}: {counted(devices, 'device')}, {counted(texts, 'text')}")
    if history is not None:
        from .history import enter_snapshot

        url = click.get_current_context().find_object(str)
        enter_snapshot(url, history, material.fleet, at)
    return DeviceError.exit_code if snapshot.failures else 0


@click.command("list")
@_FORM
def list_snapshots(form: str) -> None:
    """List the snapshots, the latest first."""
    from ..tasks.clock import utc

    with _store() as store:
        found = store.all()
        plain, packed = store.size()
    if form == "json":
        listed: SnapshotList = {
            "schema_version": SCHEMA_VERSION,
            "snapshots": [snapshot_data(each) for each in found],
            "bytes": plain,
            "compressed": packed,
        }
        result(json.dumps(listed, indent=2))
        return
    if not found:
        note("the journal has no snapshots")
        return
    table = [("snapshot", "taken", "devices", "groups", "by", "until")]
    for each in found:
        until = "" if each.expires is None else utc(each.expires)
        devices = str(len(each.devices)) + (", not all" if each.failures else "")
        groups = printable(some(each.groups, _MOST_GROUPS))
        row = (each.name, utc(each.at), devices, groups, each.owner, until)
        table.append(row)
    result(aligned(table))
    note(f"{counted(len(found), 'snapshot')}, {plain} bytes of text in {packed}")


@click.command("show")
@click.argument("name")
@click.argument("device", required=False)
@click.option("--text", "asked", metavar="COMMAND", help="Print what DEVICE answered to COMMAND.")
@_FORM
def show(name: str, device: str | None, asked: str | None, form: str) -> None:
    """Show what the snapshot NAME says, of all devices or of one.

    With --text the answer to a command is printed as it was kept, such as
    --text "show running-config".
    """
    from ..tasks.snapshots.taking import state_in

    with _store() as store:
        snapshot = store.get(name)
        if asked is not None:
            if form != "text":
                raise UsageError("--text has one form", hint="leave --format out")
            if device is None:
                raise UsageError("--text is of one device", hint="name it behind the snapshot")
            device = _device(snapshot, snapshot.devices, device)
            text = _text(store, snapshot, device, asked).removesuffix("\n")
            result("\n".join(printable(line) for line in text.split("\n")))
            return
        state = state_in(store, snapshot)
    if device is not None:
        # two devices may claim one name, and one may say nothing that is a fact
        device = _device(snapshot, (*state.devices, *snapshot.devices), device)
    if form == "json":
        told: ShownSnapshot = {**snapshot_data(snapshot), **state_data(state, device)}
        result(json.dumps(told, indent=2))
        return
    result("\n".join(state_text(state, device)))
    for host, why in sorted(snapshot.failures.items()):
        note(printable(f"{host} is not in it, or not all of it: {why}"))


def _device(snapshot: Snapshot, known: Iterable[str], name: str) -> str:
    """The device of this name; upper and lower case are alike."""
    names = tuple(dict.fromkeys(known))
    alike = [each for each in names if each.casefold() == name.casefold()]
    if not alike:
        raise UsageError(f"{snapshot.name} has no device {name!r}", hint=some(names, _MOST_NAMED))
    return alike[0]


def _text(store: Snapshots, snapshot: Snapshot, device: str, asked: str) -> str:
    from ..parsers.transcript.capture import resolved

    wanted = " ".join(asked.split())
    theirs = store.captures(snapshot, device=device)
    full = resolved(wanted)
    found = [each for each in theirs if each.command == wanted] or [
        each for each in theirs if full is not None and each.resolved == full
    ]
    if not found:
        known = list(dict.fromkeys(each.command for each in theirs))
        raise UsageError(f"{device} has no answer to {wanted!r}", hint=some(known, _MOST_NAMED))
    return found[-1].text


@click.command("diff")
@click.argument("before")
@click.argument("after")
@click.option(
    "--expect",
    type=click.Choice(EXPECTATIONS),
    help="Judge: what has to change for this, and what must not.",
)
@click.option("--all", "everything", is_flag=True, help="Show what moves by itself too.")
@click.option("--exit-code", is_flag=True, help="Exit with 1 for any difference of state.")
@_FORM
def diff(
    before: str, after: str, expect: str | None, everything: bool, exit_code: bool, form: str
) -> int:
    """Say what is different in the snapshot AFTER, by meaning.

    Remaining lifetimes and counters are set apart, and so are the SPIs that each rekey replaces.
    Exit codes: 0 compared, and as expected; 1 not as expected, or nobody can tell, or with
    --exit-code a difference.
    """
    from ..tasks.snapshots.changes import compare
    from ..tasks.snapshots.expecting import Expectation, Outcome, judge
    from ..tasks.snapshots.facts import Kind
    from ..tasks.snapshots.taking import state_in

    with _store() as store:
        pair = store.get(before), store.get(after)
        comparison = compare(*(state_in(store, each) for each in pair))
    verdict = None if expect is None else judge(comparison, Expectation(expect))
    if form == "json":
        told: ComparedSnapshots = {
            "before": snapshot_data(pair[0]),
            "after": snapshot_data(pair[1]),
            **compared_data(comparison, verdict),
        }
        result(json.dumps(told, indent=2))
    else:
        result("\n".join(compared_text(comparison, verdict, everything=everything)))
    if verdict is not None and verdict.outcome is not Outcome.AS_EXPECTED:
        return EXIT_DIFFERENT
    return EXIT_DIFFERENT if exit_code and comparison.of(Kind.STATE) else 0


@click.command("remove")
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
def remove(names: tuple[str, ...]) -> None:
    """Remove snapshots, with the texts that no other snapshot has."""
    with _store() as store:
        for name in names:
            store.get(name)
        store.remove(names)
    note(f"removed: {', '.join(names)}")


@click.command("prune")
@click.option(
    "--keep-last", type=click.IntRange(min=0), metavar="N", help="Keep so many of the latest."
)
@click.option(
    "--keep-days",
    type=days(),
    metavar="N",
    help="Keep those that are not older than so many days.",
)
@click.option("--dry-run", is_flag=True, help="Only say which.")
def prune(keep_last: int | None, keep_days: float | None, dry_run: bool) -> None:
    """Remove snapshots whose time is over, and those that no limit keeps.

    Without a limit only snapshots go that were taken with --keep-days; these keep to their own
    time whatever the limits say.
    """
    from ..tasks.clock import SystemClock
    from ..tasks.snapshots.store import outdated

    with _store() as store:
        keep_s = None if keep_days is None else keep_days * DAY_S
        now = SystemClock().now()
        names = outdated(store.all(), now=now, keep_last=keep_last, keep_s=keep_s)
        if not dry_run:
            store.remove(names)
    for name in names:
        result(name)
    note(f"{len(names)} {'would be ' if dry_run else ''}removed")


_COMMANDS = {
    "diff": diff,
    "list": list_snapshots,
    "prune": prune,
    "remove": remove,
    "show": show,
    "take": take,
}
