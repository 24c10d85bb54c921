"""How the terminal of a line is set up."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ..grammar import CLASSIC, CommandSet, RefusedError
from ..lines import Line
from ..shell.call import Call
from ..timetext import age_text
from .lines import LINES_HEAD, Place, line_row, place_of

if TYPE_CHECKING:
    from ..config.store import Block
    from ..device import Router

SPECIAL = (
    "Special Chars: Escape  Hold  Stop  Start  Disconnect  Activation\n"
    "                ^^x    none   -     -       none\n"
)
LOGIN_RESPONSE_S = 30
PROTOCOLS = {
    CLASSIC: "lat pad telnet rlogin lapb-ta mop udptn v120 ssh",
    "xe": "pad telnet rlogin ssh",
}
"""What a line may carry when it is not told."""
DEFAULT_HISTORY = 20

declared = CommandSet()
declared.words(
    {
        "line aux": "Auxiliary line",
        "line console": "Primary terminal line",
        "line vty": "Virtual terminal",
        "show terminal": "Display terminal configuration parameters",
    }
)


@declared.exec("show terminal")
def show_terminal(call: Call) -> str:
    """The terminal of the session."""
    if call.session is None:
        raise RefusedError("% No terminal")
    line = call.session.line
    place = Place(line.kind, line.index, line.number)
    return "".join(_terminal(call.router, place, line))


@declared.exec("show line <number:0-1869>", "show line <kind:console|aux|vty|tty> <number:0-1869>")
def show_one_line(call: Call) -> str:
    """One line in detail."""
    router, place = call.router, place_of(call)
    line = router.lines.using(place.kind, place.index)
    row = f"{LINES_HEAD}{line_row(router, place)}\n"
    return row + "".join(_terminal(router, place, line))


def _terminal(router: "Router", place: Place, line: Line | None) -> Iterator[str]:
    block = router.lines.settings(place.kind, place.index)
    session = line.session if line else None
    rows = session.terminal.rows if session else _value(block, "length", "rows", 24)
    columns = session.terminal.columns if session else _value(block, "width", "columns", 80)
    location = _value(block, "location", "text", "")
    yield f'Line {place.number}, Location: "{location}", Type: ""\n'
    yield f"Length: {rows} lines, Width: {columns} columns\n"
    framing = "" if place.kind == "vty" else ", no parity, 1 stopbits, 8 databits"
    yield f"Baud rate (TX/RX) is 9600/9600{framing}\n"
    active = "PSI Enabled, Ready, Active, " if session else ""
    banner = "No Exit Banner, " if place.kind == "vty" else ""
    yield f"Status: {active}{banner}Automore On\n"
    yield "Capabilities: none\nModem state: Ready\n"
    yield SPECIAL
    yield from _timeouts(block)
    yield "Modem type is unknown.\nSession limit is not set.\n"
    since = age_text(router.clock.now() - line.since) if line else "never"
    yield f"Time since activation: {since}\n"
    yield from _editing(block, line)
    yield from _transports(router, place, block)
    if router.family != CLASSIC:
        yield "Shell: disabled\nShell trace: off\n"
    yield "No output characters are padded\nNo special data dispatching characters\n"


def _value(block: "Block | None", setting: str, argument: str, default: Any) -> Any:
    return block.value(setting, argument, default) if block is not None else default


def _timeouts(block: "Block | None") -> Iterator[str]:
    minutes = _value(block, "exec-timeout", "minutes", 10)
    seconds = _value(block, "exec-timeout", "seconds", 0) or 0
    idle = age_text(minutes * 60 + seconds) if minutes or seconds else "never"
    session_minutes = _value(block, "session-timeout", "minutes", 0)
    session = age_text(session_minutes * 60) if session_minutes else "never"
    response = _value(block, "timeout login response", "seconds", LOGIN_RESPONSE_S)
    yield "Timeouts:      Idle EXEC    Idle Session   Modem Answer  Session   Dispatch\n"
    yield f"{'':16}{idle:<14}{session:<28}{'none':<9}not set\n"
    yield "                            Idle Session Disconnect Warning\n"
    yield "                              never\n"
    yield "                            Login-sequence User Response\n"
    yield f"                             {age_text(response)}\n"
    yield "                            Autoselect Initial Wait\n"
    yield "                              not set\n"


def _editing(block: "Block | None", line: Line | None) -> Iterator[str]:
    yield "Editing is enabled.\n"
    off = block is not None and block.off("history")
    size = line.history.size if line else _value(block, "history", "size", None)
    shown = DEFAULT_HISTORY if size is None else size
    if off:
        yield "History is disabled.\n"
    else:
        yield f"History is enabled, history size is {shown}.\n"
    yield "DNS resolution in show commands is enabled\nFull user help is disabled\n"


def _transports(router: "Router", place: Place, block: "Block | None") -> Iterator[str]:
    every = PROTOCOLS[router.family]
    usual_in = every if place.kind == "vty" and router.family == CLASSIC else "none"
    if place.kind == "vty" and router.family != CLASSIC:
        usual_in = "ssh"
    preferred = str(_value(block, "transport preferred", "protocol", "") or "")
    if not preferred:
        preferred = "lat" if router.family == CLASSIC else "telnet"
    for way, usual in (("input", usual_in), ("output", every)):
        words = _words(block, f"transport {way}", every) or usual
        yield f"Allowed {way} transports are {words}.\n"
    yield f"Preferred transport is {preferred}.\n"


def _words(block: "Block | None", setting: str, every: str) -> str:
    """The protocols of a `transport` line, empty without one."""
    entry = block.find(setting) if block is not None else None
    if entry is None or entry.negated:
        return ""
    words = entry.text.removeprefix(setting).strip()
    return every if words == "all" else words
