"""AAA: who asks whom for names, rights and records.

Nothing but `aaa new-model` is known until that is given, as on a device. The lists are kept; a
login asks the local users, as a router does whose servers do not answer.
"""

from ..config.edit import Edit, written
from ..config.store import Block, Entry
from ..grammar import CommandSet, RefusedError
from .concealing import Concealing
from .line_ranges import VTY, LineRanges

NEW_MODEL = "aaa new-model"
SESSION_ID = "aaa session-id common"
LINE_LISTS = ("login authentication", "authorization", "accounting")
GROUP_MODES = {"tacacs+": "aaa-tacacs", "radius": "aaa-radius"}
KNOWN_GROUPS = (*GROUP_MODES, "ldap")

declared = CommandSet()
declared.mode("aaa-tacacs", "config-sg-tacacs+")
declared.mode("aaa-radius", "config-sg-radius")
declared.mode("aaa-dynamic-author", "config-locsvr-da-radius")
declared.words(
    {
        "aaa": "Authentication, Authorization and Accounting.",
        "aaa accounting": "Accounting configurations parameters.",
        "aaa authentication": "Authentication configurations parameters.",
        "aaa authorization": "Authorization configurations parameters.",
        "aaa group": "AAA group definitions",
        "aaa local": "AAA Local method options",
        "aaa new-model": "Enable NEW access control commands and functions."
        "(Disables OLD commands.)",
        "aaa server": "Local AAA server",
        "aaa session-id": "AAA Session ID",
        "group server": "AAA Server group definitions",
        "server radius": "Radius server-group definition",
        "server tacacs+": "Tacacs+ server-group definition",
        "accounting commands": "For exec (shell) commands.",
        "accounting connection": "For outbound connections. (telnet, rlogin)",
        "accounting exec": "For starting an exec (shell).",
        "accounting network": "For network services. (PPP, SLIP, ARAP)",
        "accounting system": "For system events.",
        "accounting update": "Enable accounting update records.",
        "authentication attempts": "Set the maximum number of login attempts",
        "authentication banner": "Message to use when starting login/authentication.",
        "authentication enable": "Set authentication list for enable.",
        "authentication fail-message": "Message to use for failed login/authentication.",
        "authentication login": "Set authentication lists for logins.",
        "authentication password-prompt": "Text to use when prompting for a password",
        "authentication ppp": "Set authentication lists for ppp.",
        "authentication username-prompt": "Text to use when prompting for a username",
        "authorization commands": "For exec (shell) commands.",
        "authorization config-commands": "For configuration mode commands.",
        "authorization console": "For enabling console authorization",
        "authorization exec": "For starting an exec (shell).",
        "authorization network": "For network services. (PPP, SLIP, ARAP)",
        "login WORD": "Named authentication list.",
        "group WORD": "Server-group name",
        "enable": "Use enable password for authentication.",
        "local": "Use local username authentication.",
        "local-case": "Use case-sensitive local username authentication.",
        "none": "NO authentication.",
        "if-authenticated": "Succeed if user has authenticated.",
        "start-stop": "Record start and stop without waiting",
        "stop-only": "Record stop when service terminates.",
        "session-id common": "Allocate a common session ID for all AAA services",
        "session-id unique": "Allocate a unique session ID for each AAA service",
    }
)


def _new_model(edit: Edit) -> None:
    """Lines change over to lists, or back to passwords of their own."""
    on = not (edit.negated or edit.reset)
    edit.negated = not on
    edit.text = NEW_MODEL if on else f"no {NEW_MODEL}"
    before = edit.before
    if before is not None and before.negated != on:
        return
    config = edit.router.config
    if on:
        config.put(edit.block, written(edit.router, "config", SESSION_ID))
    else:
        for entry in list(edit.block.entries.values()):
            if entry.setting.name.startswith("aaa ") and entry.setting.name != NEW_MODEL:
                config.remove(edit.block, entry.key)
    for entry in edit.block.all("line"):
        if entry.block is not None:
            _change_over(edit, entry, entry.block, on=on)
    LineRanges(edit.router).join()


def _change_over(edit: Edit, line: Entry, block: Block, *, on: bool) -> None:
    config = edit.router.config
    for entry in list(block.entries.values()):
        name = entry.setting.name
        if name == "login" if on else name.startswith(LINE_LISTS):
            config.remove(block, entry.key)
    if not on and line["kind"] == VTY:
        config.put(block, written(edit.router, "line", "login"))


def _needs_model(edit: Edit) -> None:
    """Point at the word behind `aaa` as long as there is no new model."""
    if not edit.removing and not edit.block.has(NEW_MODEL):
        raise RefusedError(argument=edit.setting.name.split()[1])


def _group(edit: Edit) -> None:
    _needs_model(edit)
    edit.enters = GROUP_MODES[edit.values["kind"]]


def _list(edit: Edit) -> None:
    """Take a list, and tell of groups that are not there yet."""
    _needs_model(edit)
    if edit.text is not None:
        _tell_of_groups(edit)


def _tell_of_groups(edit: Edit) -> None:
    router = edit.router
    for group in edit.values.get("group", ()):
        known = group in KNOWN_GROUPS or any(
            edit.block.has("aaa group server", kind, group) for kind in GROUP_MODES
        )
        if not known and not router.loading:
            text = f'The server-group "{group}" is not defined. Please define it.'
            router.log.add("AAAA", 4, "SERVUNDEF", text)


def _session_id(edit: Edit) -> None:
    """With a new model there is always one."""
    if edit.removing and edit.block.has(NEW_MODEL):
        edit.text, edit.negated = SESSION_ID, False
        edit.values = {"scope": "common"}
    elif edit.text is not None:
        _needs_model(edit)


_GROUP = "group <group>"
_LOGIN = f"{{{_GROUP} | cache <cache> | enable | krb5 | line | local | local-case | none}}+"
_RIGHTS = f"{{{_GROUP} | cache <cache> | if-authenticated | krb5-instance | local | none}}+"
_RECORDS = "{none | {start-stop | stop-only | wait-start} [broadcast] {group <group>}+}"

declared.setting("config", "aaa new-model", section="aaa", check=_new_model)
declared.setting(
    "config",
    "aaa group server <kind!:tacacs+|radius> <name!>",
    section="aaa-group",
    enters="aaa-tacacs",
    check=_group,
)
declared.setting(
    "config",
    "aaa authentication attempts login <attempts:1-25>",
    section="aaa-list",
    check=_needs_model,
)
for _what in ("username-prompt", "password-prompt"):
    declared.setting(
        "config", f"aaa authentication {_what} <text>", section="aaa-list", check=_needs_model
    )
for _what in ("login", "enable", "ppp", "dot1x"):
    declared.setting(
        "config",
        f"aaa authentication {_what} <list!> {_LOGIN}",
        section="aaa-list",
        check=_list,
    )
for _what in ("console", "config-commands"):
    declared.setting("config", f"aaa authorization {_what}", section="aaa-list", check=_needs_model)
for _what in ("exec", "network", "reverse-access", "configuration", "auth-proxy"):
    declared.setting(
        "config",
        f"aaa authorization {_what} <list!> {_RIGHTS}",
        section="aaa-list",
        check=_list,
    )
declared.setting(
    "config",
    f"aaa authorization commands <level!:0-15> <list!> {_RIGHTS}",
    section="aaa-list",
    check=_list,
    order=lambda entry: entry["level"],
)
declared.setting(
    "config",
    "aaa accounting update {newinfo | periodic <minutes:1-71582>}+",
    section="aaa-list",
    check=_needs_model,
)
for _what in ("exec", "network", "connection", "system", "auth-proxy"):
    declared.setting(
        "config",
        f"aaa accounting {_what} <list!> {_RECORDS}",
        section="aaa-list",
        check=_list,
    )
    if _what == "exec":
        declared.setting(
            "config",
            f"aaa accounting commands <level!:0-15> <list!> {_RECORDS}",
            section="aaa-list",
            check=_list,
            order=lambda entry: entry["level"],
        )
declared.setting(
    "config",
    "aaa local authentication attempts max-fail <attempts:1-65535>",
    section="aaa-list",
    check=_needs_model,
)
declared.setting(
    "config",
    "aaa local authentication <list!> authorization <rights>",
    section="aaa-list",
    check=_needs_model,
)
declared.setting(
    "config",
    "aaa server radius dynamic-author",
    section="aaa-group",
    enters="aaa-dynamic-author",
    check=_needs_model,
)
declared.setting(
    "config",
    "aaa session-id <scope:common|unique>",
    section="aaa-session",
    check=_session_id,
)

# ---- groups of servers ----

_KEY = "key [<type:0|6|7>] <secret>"
for _mode in GROUP_MODES.values():
    declared.setting(_mode, "server name <name!>")
declared.setting("aaa-tacacs", "server <server!:ipv4>")
declared.setting(
    "aaa-radius",
    "server <server!:ipv4> {auth-port <auth_port:0-65535> | acct-port <acct_port:0-65535>}*",
)
declared.setting(
    "aaa-tacacs",
    "server-private <server!:ipv4> {port <port:1-65535> | timeout <timeout:1-1000>"
    f" | single-connection}}* [{_KEY}]",
    check=Concealing("key", warns=True),
)
declared.setting(
    "aaa-radius",
    "server-private <server!:ipv4> {auth-port <auth_port:0-65535> | acct-port <acct_port:0-65535>"
    f" | timeout <timeout:1-1000> | retransmit <retransmit:0-100>}}* [{_KEY}]",
    check=Concealing("key", warns=True),
)
for _mode, _protocol in (("aaa-tacacs", "tacacs"), ("aaa-radius", "radius")):
    declared.setting(_mode, "ip vrf forwarding <vrf>")
    declared.setting(_mode, f"ip {_protocol} source-interface <interface:interface>")
    declared.setting(_mode, f"ipv6 {_protocol} source-interface <interface:interface>")
declared.setting("aaa-radius", "deadtime <minutes:1-1440>")
declared.setting(
    "aaa-dynamic-author",
    "client <client!:ipv4> [vrf <vrf>] [server-key [<type:0|6|7>] <secret:secret_line>]",
    check=Concealing("server-key"),
)
declared.setting(
    "aaa-dynamic-author", "server-key [<type:0|6|7>] <secret:secret_line>", check=Concealing()
)
declared.setting("aaa-dynamic-author", "port <port:0-65535>")
declared.setting("aaa-dynamic-author", "auth-type <kind:all|any|session-key>")
