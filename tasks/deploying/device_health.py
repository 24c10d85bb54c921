"""What speaks against changing single devices, whatever they do in a group."""

from collections.abc import Iterator, Mapping

from .observing import CONFIGURED, OPTIONAL, STATE, Observed
from .troubles import Kind, Trouble


def device_troubles(observed: Mapping[str, Observed]) -> Iterator[Trouble]:
    """Devices that cannot be reached or read, and those whose configuration is not at rest."""
    for name, seen in observed.items():
        if seen.failure:
            yield Trouble(
                kind=Kind.UNREACHABLE,
                devices=(name,),
                what=f"it cannot be reached: {seen.failure}",
                advice="bring it back before anything is changed",
            )
            continue
        yield from _unseen(name, seen)
        yield from _guards(name, seen)


def _unseen(name: str, seen: Observed) -> Iterator[Trouble]:
    for command in (*CONFIGURED[seen.role], *STATE[seen.role]):
        if command in seen.refused and command not in OPTIONAL:
            yield Trouble(
                kind=Kind.UNSEEN,
                devices=(name,),
                what=f"it refuses '{command}': {seen.refused[command].strip()}",
                advice="let the user see it",
            )
        elif command in seen.unread:
            yield Trouble(
                kind=Kind.UNSEEN,
                devices=(name,),
                what=f"its answer to '{command}' cannot be read: {seen.unread[command]}",
                advice="report it with the text, its secrets removed",
            )


def _guards(name: str, seen: Observed) -> Iterator[Trouble]:
    lock, revert, saved = seen.lock, seen.revert, seen.saved
    if lock is not None:
        yield Trouble(
            kind=Kind.LOCKED,
            devices=(name,),
            what=f"the user '{lock.user}' on line {lock.line} has locked its configuration",
            advice="wait until he has left, or enter 'clear configuration lock'",
        )
    if revert is not None:
        after = "" if revert.minutes is None else f" and lasts {revert.minutes} min"
        yield Trouble(
            kind=Kind.ON_TRIAL,
            devices=(name,),
            what=f"a change by the user '{revert.user}' is on trial since {revert.set_at}{after}",
            advice="enter 'configure confirm' to keep it or 'configure revert now' to undo it",
        )
    if seen.reload is not None:
        yield Trouble(
            kind=Kind.RESTARTS,
            devices=(name,),
            what=f"a restart is scheduled {seen.reload}",
            advice="enter 'reload cancel', or wait until it is over",
        )
    if saved.unsaved:
        yield Trouble(
            kind=Kind.UNSAVED,
            devices=(name,),
            what=f"the user '{saved.by}' has changed its configuration and not saved it",
            advice="enter 'write memory' to keep that, or take it back",
        )
