"""The lock on the configuration: taking, showing and clearing it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..grammar import CLASSIC, CommandSet
from ..services.config_lock import CLEARED, ConfigLock, Held
from ..services.processes import pid_of
from ..shell.call import Call

if TYPE_CHECKING:
    from ..device import Router

RULE = "-" * 21
NOT_LOCKED = "Parser Config not locked.\n"

declared = CommandSet()
declared.words(
    {
        "terminal lock": "Lock configuration mode",
        "show configuration lock": "Show configuration lock",
        "clear configuration": "Clear configuration",
        "clear configuration lock": "Clear the configuration lock",
    }
)


@declared.exec("configure terminal lock", privilege=15)
def configure_lock(call: Call) -> None:
    """Go into configuration mode and keep others out of it."""
    if call.session is not None:
        call.session.enter_configuration("configure terminal lock", lock=True)


@declared.exec("clear configuration lock", privilege=15)
async def clear_lock(call: Call) -> str | None:
    """Take the lock away from whoever holds it."""
    lock = call.router.feature(ConfigLock)
    held = lock.held
    if held is None:
        return NOT_LOCKED
    call.dialogue.write(f"Process <{held.pid}> is holding the EXCLUSIVE lock.\n")
    if not await call.dialogue.confirm("Do you want to clear the lock?[confirm]"):
        return None
    lock.release()
    if call.session is not held.session:
        tty = call.session.line.number if call.session is not None else 0
        text = CLEARED.format(user=call.dialogue.user or "unknown", tty=tty)
        held.session.terminal.notice(text, redraw=True)
    return None


@declared.exec("show configuration lock", privilege=15)
def show_lock(call: Call) -> str:
    """Who holds the lock, and on IOS-XE who else is configuring."""
    router = call.router
    held = router.feature(ConfigLock).held
    blocks = list(_sessions(router)) if router.family != CLASSIC and held is None else []
    if not blocks:
        blocks = ["".join(f"{row}\n" for row in _lock(router, held))]
    return "\n".join(blocks)


def _sessions(router: "Router") -> Iterator[str]:
    for line in router.lines.used():
        place = line.session.configuring if line.session is not None else None
        if line.session is None or place is None:
            continue
        yield (
            f"Config Session Lock\n{RULE}\n"
            f"Owner PID   : {pid_of(router, line)}\n"
            f"TTY number  : {line.number}\n"
            f"TTY username    : {line.session.user or 'unknown'}\n"
            "User debug info : CLI Session Lock\n"
            f"Lock Active time (in Sec)   : {int(router.clock.now() - place.since)}\n"
        )


def _lock(router: "Router", held: Held | None) -> Iterator[str]:
    yield "Parser Configure Lock"
    yield RULE
    now = router.clock.now()
    session = held.session if held is not None else None
    remote = session.source if session is not None and session.line.kind != "con" else "Unknown"
    rows = (
        ("Owner PID", held.pid if held else -1),
        ("User", (session.user if session else "") or "unknown"),
        ("TTY", session.line.number if session else -1),
        ("Type", "EXCLUSIVE" if held else "NO LOCK"),
        ("State", "LOCKED" if held else "FREE"),
        ("Class", "EXPOSED" if held else "unknown"),
        ("Count", 1 if held else 0),
        ("Pending Requests", 0),
        ("User debug info", held.command if held else ""),
        ("Session idle state", "TRUE"),
    )
    yield from (f"{label:<22}: {value}" for label, value in rows)
    expiry = router.feature(ConfigLock).expire_s
    left = max(0, int(held.touched + expiry - now)) if held else 0
    further = (
        ("No of exec cmds getting executed", 0),
        ("No of exec cmds blocked", 0),
        ("Config wait for show completion", "FALSE"),
        ("Remote ip address", remote),
        ("Lock active time (in Sec)", int(now - held.since) if held else 0),
        ("Lock Expiration timer (in Sec)", left),
    )
    yield from (f"{label:<33}: {value}" for label, value in further)
