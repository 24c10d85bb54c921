"""The lines: console, auxiliary port, virtual terminals.

Every line has its settings; neighbours with the same ones are one range (see `line_ranges`).
"""

from collections.abc import Sequence
from functools import partial

from ..config.edit import Edit, written
from ..config.store import Block, RangeBlock
from ..grammar import CommandSet, RefusedError
from .concealing import Concealing
from .line_ranges import VTY, LineRanges, last_of, line_order
from .switches import keeps_no

AAA_ON = "AAA is enabled. Command not supported. Use an aaa authentication methodlist"
NO_LOGIN = "% Login disabled on line {number}, until 'password' is set\n"
LAST_VTYS = "% Can't delete last 5 VTY lines"
FIRST_LINES = 5
"""The vty lines that cannot be removed."""
DEFAULT_MINUTES = 10
_PROTOCOL = "lat|pad|telnet|rlogin|lapb-ta|mop|udptn|v120|ssh|acercon|nasi"
PROTOCOLS = _PROTOCOL.split("|")
"""In the order in which IOS prints them."""

declared = CommandSet()
declared.mode("line", "config-line")
declared.words(
    {
        "config: line": "Configure a terminal line",
        "line <0-1869>": "First Line number",
        **{f"{kind} <0-1869>": "First Line number" for kind in ("aux", "console", "tty", "vty")},
        "line aux": "Auxiliary line",
        "line console": "Primary terminal line",
        "line vty": "Virtual terminal",
        "absolute-timeout": "Set absolute timeout for line disconnection",
        "access-class": "Filter connections based on an IP access list",
        "access-class in": "Filter incoming connections",
        "access-class out": "Filter outgoing connections",
        "access-class vrf-also": "Same access list is applied for all VRFs",
        "accounting": "Accounting parameters",
        "activation-character": "Define the activation character",
        "authorization": "Authorization parameters",
        "autocommand": "Automatically execute an EXEC command",
        "autohangup": "Automatically hangup when last connection closes",
        "databits": "Set number of data bits per character",
        "escape-character": "Change the current line's escape character",
        "exec": "Enables an EXEC process on this line",
        "exec prompt": "EXEC prompt",
        "exec prompt timestamp": "Print timestamps for show commands",
        "exec-banner": "Enable the display of the EXEC banner",
        "exec-character-bits": "Size of characters to the command exec",
        "exec-character-bits 7": "7-bit characters",
        "exec-character-bits 8": "8-bit characters",
        "special-character-bits": "Size of the escape (and other special) characters",
        "special-character-bits 7": "7-bit characters",
        "special-character-bits 8": "8-bit characters",
        "exec-timeout": "Set the EXEC timeout",
        "exec-timeout <0-35791>": "Timeout in minutes",
        "exec-timeout <0-2147483>": "Timeout in seconds",
        "flowcontrol": "Set the flow control",
        "history": "Enable and control the command history function",
        "history size": "Set history buffer size",
        "ipv6 access-class": "Filter connections based on an IPv6 access list",
        "length": "Set number of lines on a screen",
        "location": "Enter terminal location description",
        "logging": "Modify message logging facilities",
        "logging synchronous": "Synchronized message output",
        "login": "Enable password checking",
        "logout-warning": "Set Warning countdown for absolute timeout of line",
        "logout-warning <0-4294967295>": "Interval to warn user in seconds",
        "login authentication": "Authentication parameters",
        "login local": "Local password checking",
        "monitor": "Copy debug output to the current terminal line",
        "motd-banner": "Enable the display of the MOTD banner",
        "notify": "Inform users of output from concurrent sessions",
        "parity": "Set terminal parity",
        "password": "Set a password",
        "privilege": "Change privilege level for line",
        "privilege level": "Assign default privilege level for line",
        "rotary": "Add line to a rotary group",
        "session-limit": "Set maximum number of sessions",
        "session-timeout": "Set interval for closing connection when there is no input traffic",
        "speed": "Set the transmit and receive speeds",
        "stopbits": "Set async line stop bits",
        "transport": "Define transport protocols for line",
        "transport input": "Define which protocols to use when connecting to the terminal server",
        "transport output": "Define which protocols to use for outgoing connections",
        "transport preferred": "Specify the preferred protocol to use",
        "input all": "All protocols",
        "input none": "No protocols",
        "input ssh": "TCP/IP SSH protocol",
        "input telnet": "TCP/IP Telnet protocol",
        "output all": "All protocols",
        "output none": "No protocols",
        "output ssh": "TCP/IP SSH protocol",
        "output telnet": "TCP/IP Telnet protocol",
        "width": "Set width of the display terminal",
    }
)


# ---- the lines ----


def _line(edit: Edit) -> None:
    kind, first = str(edit.values["kind"]), int(edit.values["first"])
    last = edit.values.get("last")
    _open(edit, "con" if kind == "console" else kind, first, first if last is None else int(last))


def _numbered_line(edit: Edit) -> None:
    """Lines by their numbers among all lines of the router."""
    first, last = int(edit.values["number"]), edit.values.get("end")
    end = first if last is None else int(last)
    kind, offset = _kind_of(edit, first)
    if _kind_of(edit, end) != (kind, offset):
        raise RefusedError(argument="end")
    _open(edit, kind, first - offset, end - offset)


def _kind_of(edit: Edit, number: int) -> tuple[str, int]:
    """The kind of a line, and the number of its first one."""
    hardware = edit.router.platform.hardware
    if number < len(_FIXED):
        return _FIXED[number], number
    if number in hardware.tty_lines:
        return "tty", 0
    return VTY, hardware.first_vty


_FIXED = ("con", "aux")


def _open(edit: Edit, kind: str, first: int, last: int) -> None:
    router = edit.router
    ranges = LineRanges(router)
    if last < first or (kind != VTY and not (ranges.has(kind, first) or router.loading)):
        raise RefusedError(argument="last" if last < first else "first")
    if kind in _FIXED and (first > 0 or last > first):
        raise RefusedError(argument="first" if first else "last")
    if edit.negated:
        if kind != VTY or first < FIRST_LINES:
            raise RefusedError(LAST_VTYS)
        ranges.remove(kind, first)
        edit.text = None
        return
    if ranges.count(kind) <= last:
        ranges.add(kind, ranges.count(kind) if kind == VTY else first, last, _begins(edit, kind))
    choose = partial(ranges.blocks, kind, first, last)
    edit.place = RangeBlock("line", choose, ranges.join)
    if edit.reset:
        _reset(edit, choose(), kind)
        ranges.join()


def _begins(edit: Edit, kind: str) -> tuple[str, ...]:
    """What new lines of a kind have."""
    if kind != VTY:
        return ()
    lines = edit.router.platform.vty_lines
    return tuple(line for line in lines if line != "login" or not _aaa(edit))


def _reset(edit: Edit, blocks: list[Block], kind: str) -> None:
    """Bring lines back to what they begin with."""
    config = edit.router.config
    for block in blocks:
        for key in list(block.entries):
            config.remove(block, key)
        for line in _begins(edit, kind):
            config.put(block, written(edit.router, "line", line))


declared.setting(
    "config",
    "line <kind!:console|aux|vty|tty> <first!:0-1869> [<last!:0-1869>]",
    section="line",
    enters="line",
    check=_line,
    order=line_order,
)
declared.setting(
    "config",
    "line <number!:0-1869> [<end!:1-1869>]",
    name="line by number",
    section="line",
    enters="line",
    check=_numbered_line,
)


# ---- what a line has ----


def _aaa(edit: Edit) -> bool:
    return edit.router.config.root.has("aaa new-model")


def _on_vty(edit: Edit) -> bool:
    return edit.block.owner is not None and edit.block.owner["kind"] == VTY


def _exec_timeout(edit: Edit) -> None:
    """`no exec-timeout` alone means no limit; with the times it takes a limit back."""
    values = edit.values
    if edit.negated and "minutes" not in values:
        values["minutes"], edit.negated = 0, False
    elif edit.text is None:
        return
    values.setdefault("seconds", 0)
    edit.text = f"exec-timeout {values['minutes']} {values['seconds']}"
    if (values["minutes"], values["seconds"]) == (DEFAULT_MINUTES, 0):
        edit.text = None


def _login(edit: Edit) -> None:
    """Without AAA `login` is on for vty lines, where `no login` is printed."""
    if _aaa(edit):
        if edit.text is not None:
            raise RefusedError(AAA_ON)
    elif _on_vty(edit):
        if edit.negated:
            edit.text = "no login"
        elif edit.reset:
            edit.text = "login"
    if edit.text == "login" and not edit.removing and not edit.block.has("password"):
        _tell_of_missing_password(edit)


def _tell_of_missing_password(edit: Edit) -> None:
    """Say for each line that nobody can log in (seen on IOS-XE 17)."""
    owner, router = edit.block.owner, edit.router
    if owner is None or router.loading:
        return
    begin = {"con": 0, "aux": 1, VTY: router.lines.first_vty}.get(owner["kind"], 0)
    for number in range(owner["first"], last_of(owner) + 1):
        edit.dialogue.write(NO_LOGIN.format(number=begin + number))


def _login_authentication(edit: Edit) -> None:
    """The list `default` is what holds without a line."""
    if not _aaa(edit):
        raise RefusedError(argument="authentication")
    if edit.values.get("list") == "default":
        edit.text = None


def _needs_aaa(edit: Edit) -> None:
    if edit.text is not None and not _aaa(edit):
        raise RefusedError(argument=edit.text.split()[0])


def _transport(edit: Edit) -> None:
    """`no transport input` means none; with protocols it takes these back."""
    name, chosen = edit.setting.name, edit.values.get("protocols", ())
    before = edit.before
    if edit.negated and chosen and before is not None:
        left = [word for word in before.get("protocols", ()) if word not in chosen]
        _keep_protocols(edit, left)
    elif edit.negated and not edit.values:
        edit.text, edit.negated = f"{name} none", False
    elif edit.removing:
        edit.text, edit.negated = _usual_transport(edit), False
    elif chosen:
        _keep_protocols(edit, chosen)


def _keep_protocols(edit: Edit, chosen: Sequence[str]) -> None:
    words = [protocol for protocol in PROTOCOLS if protocol in chosen]
    edit.values["protocols"] = tuple(words)
    edit.text = " ".join((edit.setting.name, *words)) if words else _usual_transport(edit)
    edit.negated = False


def _usual_transport(edit: Edit) -> str | None:
    """What a vty line of the platform has from the beginning."""
    lines = edit.router.platform.vty_lines if _on_vty(edit) else ()
    return next((line for line in lines if line.startswith(edit.setting.name)), None)


def _history(edit: Edit) -> None:
    if edit.text == "history":
        edit.text = None
    elif edit.negated:
        edit.text = "no history"


def _setting(syntax: str, **options: object) -> None:
    declared.setting("line", syntax, **options)  # type: ignore[arg-type]


_setting("location <text:line>")
_setting("session-timeout <minutes:0-35791> [output]")
_setting("access-class <acl> <direction!:in|out> [vrf-also | vrfname <vrf>]")
_setting("ipv6 access-class <acl> <direction!:in|out>")
_setting("exec-timeout <minutes:0-35791> [<seconds:0-2147483>]", check=_exec_timeout)
_setting("absolute-timeout <minutes:0-10000>")
_setting("logout-warning [<seconds:0-4294967295>]")
_setting("timeout login response <seconds:0-300>")
_setting("privilege level <level:0-15>")
_setting("password [<type:0-7>] <secret:secret_line>", check=Concealing())
_setting("logging synchronous [level {<level:0-7> | all}] [limit <limit:0-2147483647>]")
_setting("login [local]", check=_login)
_setting("login authentication <list>", check=_login_authentication)
_setting("authorization <kind!:arap|exec|reverse-access> <list>", check=_needs_aaa)
_setting("authorization commands <level!:0-15> <list>", check=_needs_aaa)
_setting("accounting <kind!:arap|connection|exec|resource> <list>", check=_needs_aaa)
_setting("accounting commands <level!:0-15> <list>", check=_needs_aaa)
_setting("exec-banner", default_on=True)
_setting("motd-banner", default_on=True)
_setting("activation-character <code:0-127>", check=keeps_no)
_setting("exec", default_on=True)
_setting("exec prompt timestamp")
_setting("exec-character-bits <bits:7|8>", default="exec-character-bits 7")
_setting("special-character-bits <bits:7|8>", default="special-character-bits 7")
_setting("escape-character <character>", check=keeps_no)
_setting("length <rows:0-512>", default="length 24")
_setting("width <columns:0-512>", default="width 80")
_setting("history [size <size:0-256>]", check=_history)
_setting("monitor")
_setting("notify")
_setting("autocommand <command:line>")
_setting("autohangup [session-timeout]")
_setting("session-limit <sessions:0-4294967295>")
_setting("rotary <group:0-100>")
_setting("modem <what:dialin|inout|host>", families=("classic",))
_setting(f"transport preferred <protocol:all|none|{_PROTOCOL}>")
for _way in ("input", "output"):
    _setting(
        f"transport {_way} {{<which:all|none> | {{<protocols:{_PROTOCOL}>}}+}}",
        name=f"transport {_way}",
        check=_transport,
    )
_setting("speed <baud:0-4294967295>")
_setting("databits <bits:5|6|7|8>")
_setting("parity <parity:even|mark|none|odd|space>")
_setting("stopbits <bits:1|1.5|2>")
_setting("flowcontrol <kind:none|software|hardware> [in | out]")
