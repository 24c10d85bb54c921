"""Who is on the lines, the lines themselves, and how users reach and remove one another."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..grammar import CommandSet, RefusedError
from ..lines import Line
from ..services.ssh import SshService
from ..shell.call import Call
from ..terminal import Terminal
from ..timetext import age_text

if TYPE_CHECKING:
    from ..device import Router

USERS_HEAD = "    Line       User       Host(s)              Idle       Location\n"
INTERFACES_HEAD = "\n  Interface    User               Mode         Idle     Peer Address\n\n"
LINES_HEAD = "   Tty Line Typ     Tx/Rx    A Modem  Roty AccO AccI  Uses  Noise Overruns  Int\n"
OWN_LINE = "% Not allowed to clear current line"
ENTER_MESSAGE = "Enter message, end with CTRL/Z; abort with CTRL/C:\n"
LONGEST_MESSAGE = 2000
"""How many characters a message to users may have."""
CTRL_C, CTRL_Z = "\x03", "\x1a"
MOST_DIGITS = 5
ASYNC_RATE = "9600/9600"

declared = CommandSet()
declared.words(
    {
        "clear line": "Reset a terminal line",
        "disconnect": "Disconnect an existing network connection",
        "disconnect ssh": "Disconnect an active SSH connection",
        "ssh vty": "Virtual terminal",
        "systat": "Display information about terminal lines",
        "send": "Send a message to other tty lines",
        "send WORD": "All tty lines (*), or the number of one",
        "send aux": "Auxiliary line",
        "send console": "Primary terminal line",
        "send vty": "Virtual terminal",
        "show line": "TTY line information",
        "show sessions": "Information about Telnet connections",
        "show ssh": "Status of SSH server connections",
        "show users": "Display information about terminal lines",
        "users all": "Include information about inactive ports",
        "where": "List active connections",
        "who": "Display information about terminal lines",
    }
)


@dataclass(frozen=True, slots=True)
class Place:
    """A line of the router, used or not: its kind, its index among them, its number among all."""

    kind: str
    index: int
    number: int

    @property
    def name(self) -> str:
        """`con 0`, `vty 2`."""
        return f"{self.kind} {self.index}"


def places(router: "Router") -> list[Place]:
    """All lines of the router by number."""
    hardware = router.platform.hardware
    found = [Place("con", 0, 0), Place("aux", 0, 1)]
    found += [Place("tty", number, number) for number in hardware.tty_lines]
    count = router.lines.vty_count()
    return found + [Place("vty", i, hardware.first_vty + i) for i in range(count)]


def place_of(call: Call) -> Place:
    """The line that a command names; the caret points at a number that no line has."""
    kind = {"console": "con"}.get(str(call.get("kind") or ""), call.get("kind"))
    text = str(call["number"])
    number = int(text) if text.isdecimal() and len(text) < MOST_DIGITS else -1
    for place in places(call.router):
        wanted = place.number if kind is None else place.index
        if wanted == number and kind in (None, place.kind):
            return place
    raise RefusedError(argument="number")


# ---- who is there ----


@declared.exec("show users [all]", "who", "systat")
def show_users(call: Call) -> str:
    """The users on the lines; with `all` also lines without one."""
    router = call.router
    own = call.session.line if call.session else None
    text = USERS_HEAD
    for place in places(router):
        line = router.lines.using(place.kind, place.index)
        if line is not None or call.has("all"):
            text += _user_line(router, place, line, own)
    return text + INTERFACES_HEAD


def _user_line(router: "Router", place: Place, line: Line | None, own: Line | None) -> str:
    mark = "*" if line is not None and line is own else " "
    head = f"{mark}{place.number:3} {place.name:<10}"
    if line is None or line.session is None:
        return f"{head}{'':<32}{age_text(0)}   \n"
    idle = age_text(router.clock.now() - line.session.terminal.idle_since)
    user = "" if line.kind == "con" and not _asks_for_names(router) else line.session.user
    source = "" if line.kind == "con" else line.source
    return f"{head}{user:<10} {'idle':<20} {idle} {source}\n"


def _asks_for_names(router: "Router") -> bool:
    """Whether users of the console say who they are."""
    block = router.lines.settings("con", 0)
    return router.config.root.has("aaa new-model") or bool(
        block is not None and (block.has("login authentication") or block.has("login"))
    )


@declared.exec("show line")
def show_line(call: Call) -> str:
    """Every line with how often it was used."""
    router = call.router
    text = LINES_HEAD + "".join(line_row(router, place) for place in places(router))
    gap = _missing(router)
    if gap:
        text += f"\nLine(s) not in async mode -or- with no hardware support: \n{gap}\n"
    return text + "\n"


def line_row(router: "Router", place: Place) -> str:
    """A line in the table of lines."""
    used = "*" if router.lines.using(place.kind, place.index) else " "
    kind = {"con": "CTY"}.get(place.kind, place.kind.upper())
    rate = ASYNC_RATE if place.kind in ("aux", "tty") else ""
    uses = router.lines.uses(place.kind, place.index)
    return (
        f"{used}{place.number:5}{place.number:5} {kind} {rate:>11}"
        f"  -    -      -    -    - {uses:5}{0:7}     0/0      -\n"
    )


def _missing(router: "Router") -> str:
    """The numbers that no line has, between those of the ports and the vty lines."""
    hardware = router.platform.hardware
    first = max([1, *hardware.tty_lines]) + 1
    last = hardware.first_vty - 1
    return f"{first}-{last}" if last > first else ""


@declared.exec("show sessions", "where")
def show_sessions(_call: Call) -> str:
    """The connections that this session has opened to others."""
    return "% No connections open\n"


@declared.exec("show ssh")
def show_ssh(call: Call) -> str:
    """The SSH connections to the router."""
    router = call.router
    sessions = router.feature(SshService).sessions
    text = "%No SSHv2 server connections running.\n"
    if sessions:
        text = (
            "Connection Version Mode Encryption  Hmac                 State"
            "                 Username\n"
        )
        for tty, event in sorted(sessions.items()):
            for mode in ("IN", "OUT"):
                text += (
                    f"{tty:<10} 2.0     {mode:<4} {event.cipher:<11} {event.mac:<20} "
                    f"{'Session started':<21} {event.user}\n"
                )
    if router.family == "classic" or router.software.release < (17, 0):
        text += "%No SSHv1 server connections running.\n"
    return text


# ---- ending and talking ----


@declared.exec(
    "clear line <number:0-1869>", "clear line <kind:console|aux|vty|tty> <number:0-1869>"
)
async def clear_line(call: Call) -> str | None:
    """End what happens on a line."""
    place = place_of(call)
    line = call.router.lines.using(place.kind, place.index)
    if line is not None and call.session is not None and line is call.session.line:
        raise RefusedError(OWN_LINE)
    if not await call.dialogue.confirm("[confirm]"):
        return None
    if line is not None:
        line.drop()
    return " [OK]\n"


@declared.exec("disconnect ssh [vty] <number:0-1869>", privilege=1)
def disconnect_ssh(call: Call) -> str | None:
    """End an SSH connection by the number of its vty line."""
    line = call.router.lines.using("vty", int(call["number"]))
    if line is None:
        return f"% No SSH connection on vty {call['number']}\n"
    line.drop()
    return None


@declared.exec("disconnect [<connection:1-16>]")
def disconnect(_call: Call) -> str:
    """End a connection that this session has opened."""
    return "% No connections open\n"


@declared.exec("send <number>", "send <kind:console|aux|vty> <number:0-1869>", privilege=1)
async def send(call: Call) -> None:
    """Write a message on other terminals."""
    wanted = None if call["number"] == "*" else place_of(call)
    if call.session is None:
        return
    call.dialogue.write(ENTER_MESSAGE)
    message = await _message(call.session.terminal)
    if message is None or not await call.dialogue.confirm("Send message? [confirm]"):
        return
    whom = "all terminals" if wanted is None else f"tty{wanted.number}"
    sender = call.session.line.number
    text = f"\n\n***\n***\n*** Message from tty{sender} to {whom}:\n***\n{message}\n"
    for line in call.router.lines.used():
        if wanted in (None, Place(line.kind, line.index, line.number)) and line.session:
            line.session.terminal.notice(text, redraw=True)


async def _message(terminal: Terminal) -> str | None:
    """What is typed up to Ctrl-Z; None after Ctrl-C."""
    text = ""
    while True:
        key = await terminal.read_key()
        if key == CTRL_C:
            terminal.write("^C\n")
            return None
        if key == CTRL_Z:
            terminal.write("^Z\n")
            return text
        typed = "\n" if key in "\r\n" else key if key.isprintable() else ""
        if len(text) < LONGEST_MESSAGE:
            text += typed
            terminal.write(typed)
