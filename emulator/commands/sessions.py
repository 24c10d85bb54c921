"""Privilege, terminal settings, and who is on the lines."""

from functools import partial
from typing import TYPE_CHECKING

from ..grammar import CommandSet, RefusedError
from ..shell.call import Call
from ..terminal import TimedOut
from ..terminal.history import DEFAULT_SIZE
from .processes import load_line

if TYPE_CHECKING:
    from ..device import Router

ATTEMPTS = 3
EXPIRED = "% Password:  timeout expired!\n"
BAD_SECRETS = "% Bad secrets\n\n"

declared = CommandSet()
declared.words(
    {
        "enable": "Turn on privileged commands",
        "enable <0-15>": "Enable level",
        "disable": "Turn off privileged commands",
        "disable <1-15>": "Privilege level to go to",
        "terminal": "Set terminal line parameters",
        "terminal length": "Set number of lines on a screen",
        "terminal length <0-512>": "Number of lines on screen (0 for no pausing)",
        "terminal width": "Set width of the display terminal",
        "terminal width <0-512>": "Number of characters on a screen line",
        "terminal monitor": "Copy debug output to the current terminal line",
        "terminal no": "Negate a command or set its defaults",
        "terminal history": "Enable and control the command history function",
        "history size": "Set history buffer size",
        "size <0-256>": "Size of history buffer",
        "show privilege": "Show current privilege level",
        "show history": "Display the session command history",
        "terminal default": "Set a command to its defaults",
        "terminal exec": "Configure EXEC",
        "exec prompt": "EXEC prompt",
        "prompt timestamp": "Print timestamps for show commands",
    }
)


@declared.exec("enable [<level:0-15>]")
async def enable(call: Call) -> None:
    """Go to a higher privilege, if the secret is known."""
    session = call.session
    level = int(call.get("level", 15))
    if session is None or session.privilege >= level:
        if session is not None:
            session.privilege = level
        return
    access = call.router.access
    if not access.has_enable:
        if session.line.kind == "con":
            session.privilege = level
            return
        raise RefusedError("% No password set")
    patience_s = call.router.behaviour.enable_timeout_s
    try:
        for _ in range(ATTEMPTS):
            if access.enable(await session.ask("Password: ", echo=False, patience_s=patience_s)):
                session.privilege = level
                return
    except TimedOut:
        session.write(EXPIRED)
    session.write(BAD_SECRETS)


@declared.exec("disable [<level:0-15>]")
def disable(call: Call) -> None:
    """Go to a lower privilege."""
    if call.session is not None:
        call.session.privilege = min(int(call.get("level", 1)), call.session.privilege)


@declared.exec("show privilege")
def show_privilege(call: Call) -> str:
    """The privilege level of the session."""
    level = call.session.privilege if call.session else 15
    return f"Current privilege level is {level}\n"


@declared.exec("terminal length <rows:0-512>")
def terminal_length(call: Call) -> None:
    """The number of lines of a page; 0 for no paging."""
    if call.session is not None:
        call.session.terminal.rows = call["rows"]


@declared.exec("terminal width <columns:0-512>")
def terminal_width(call: Call) -> None:
    """The number of characters of a line."""
    if call.session is not None:
        call.session.terminal.columns = call["columns"]


@declared.exec("terminal no length", "terminal default length")
def terminal_default_length(call: Call) -> None:
    """The usual number of lines."""
    if call.session is not None:
        call.session.terminal.rows = 24


@declared.exec("terminal no width", "terminal default width")
def terminal_default_width(call: Call) -> None:
    """The usual width."""
    if call.session is not None:
        call.session.terminal.columns = 80


@declared.exec("terminal monitor")
def terminal_monitor(call: Call) -> None:
    """Show log lines on this terminal."""
    if call.session is not None:
        call.session.line.monitor = True


@declared.exec("terminal no monitor")
def terminal_no_monitor(call: Call) -> None:
    """Show no log lines on this terminal."""
    if call.session is not None:
        call.session.line.monitor = False


@declared.exec("terminal history [size <size:0-256>]")
def terminal_history(call: Call) -> None:
    """How many commands the session remembers."""
    if call.session is not None:
        call.session.line.history.size = call.get("size", DEFAULT_SIZE)


@declared.exec("terminal no history")
def terminal_no_history(call: Call) -> None:
    """Remember no commands."""
    if call.session is not None:
        call.session.line.history.size = 0


@declared.exec("terminal no history size", "terminal default history [size]")
def terminal_default_history(call: Call) -> None:
    """Remember the usual number of commands."""
    if call.session is not None:
        call.session.line.history.size = DEFAULT_SIZE


@declared.exec("terminal exec prompt timestamp")
def terminal_timestamp(call: Call) -> None:
    """Print load and time before what show commands print."""
    if call.session is not None:
        call.session.preface = partial(_stamp, call.router)


@declared.exec("terminal no exec prompt timestamp", "terminal default exec prompt timestamp")
def terminal_no_timestamp(call: Call) -> None:
    """Print nothing before what show commands print."""
    if call.session is not None:
        call.session.preface = None


def _stamp(router: "Router") -> str:
    load = load_line(router).replace("CPU utilization for five seconds", "Load for five secs")
    source = router.wall.source if router.wall.trusted else "hardware calendar"
    return f"{load}Time source is {source}, {router.clock_text()}\n\n"


@declared.exec("show history")
def show_history(call: Call) -> str:
    """The commands that the session remembers."""
    lines = call.session.line.history.lines if call.session else ()
    return "".join(f"  {line}\n" for line in lines)
