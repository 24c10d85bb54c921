"""Privilege, terminal settings, and who is on the lines."""

from functools import partial

from ..grammar import CommandSet
from ..services.processes import time_stamp
from ..shell.call import Call
from ..terminal.history import DEFAULT_SIZE

declared = CommandSet()
declared.words(
    {
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
        "show history": "Display the session command history",
        "terminal default": "Set a command to its defaults",
        "terminal exec": "Configure EXEC",
        "exec prompt": "EXEC prompt",
        "prompt timestamp": "Print timestamps for show commands",
    }
)


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
    """The number of lines that the line is configured with."""
    if call.session is not None:
        call.session.terminal.rows = call.session.line.size(call.router)[1]


@declared.exec("terminal no width", "terminal default width")
def terminal_default_width(call: Call) -> None:
    """The width that the line is configured with."""
    if call.session is not None:
        call.session.terminal.columns = call.session.line.size(call.router)[0]


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
        call.session.line.remember(call.get("size", DEFAULT_SIZE))


@declared.exec("terminal no history")
def terminal_no_history(call: Call) -> None:
    """Remember no commands."""
    if call.session is not None:
        call.session.line.remember(0)


@declared.exec("terminal no history size", "terminal default history [size]")
def terminal_default_history(call: Call) -> None:
    """Remember as many commands as the line is configured with."""
    if call.session is not None:
        line = call.session.line
        line.remember(line.history_size(call.router))


@declared.exec("terminal exec prompt timestamp")
def terminal_timestamp(call: Call) -> None:
    """Print load and time before what show commands print."""
    if call.session is not None:
        call.session.preface = partial(time_stamp, call.router)


@declared.exec("terminal no exec prompt timestamp", "terminal default exec prompt timestamp")
def terminal_no_timestamp(call: Call) -> None:
    """Print nothing before what show commands print."""
    if call.session is not None:
        call.session.preface = None


@declared.exec("show history")
def show_history(call: Call) -> str:
    """The commands that the session remembers of the mode that it is in."""
    lines = call.session.editing.history.lines if call.session else ()
    return "".join(f"  {line}\n" for line in lines)
