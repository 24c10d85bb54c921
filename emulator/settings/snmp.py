"""SNMP: who may read, and whom the router tells of what.

The texts of `snmp-server host` and of hidden communities have two blanks where IOS prints them.
"""

from typing import Any

from ..config.edit import Edit, written
from ..config.store import Entry
from ..grammar import CommandSet
from ..shell.call import Call
from .snmp_traps import TRAPS
from .switches import hidden

ENABLE = "snmp-server enable traps"
HIDDEN_COMMUNITY = "7"

declared = CommandSet()
declared.words(
    {
        "snmp": "Modify non engine SNMP parameters",
        "snmp-server": "Modify SNMP engine parameters",
        "snmp-server chassis-id": "String to uniquely identify this chassis",
        "snmp-server community": "Enable SNMP; set community string and access privs",
        "snmp-server contact": "Text for mib object sysContact",
        "snmp-server enable": "Enable SNMP Traps",
        "snmp-server engineid": "Configure a local or remote SNMPv3 engineID",
        "snmp-server group": "Define a User Security Model group",
        "snmp-server host": "Specify hosts to receive SNMP notifications",
        "snmp-server ifindex": "Enable ifindex persistence",
        "snmp-server location": "Text for mib object sysLocation",
        "snmp-server packetsize": "Largest SNMP packet size",
        "snmp-server queue-length": "Message queue length for each TRAP host",
        "snmp-server source-interface": "Assign an source interface",
        "snmp-server system-shutdown": "Enable use of the SNMP reload command",
        "snmp-server trap-source": "Assign an interface for the source address of all traps",
        "snmp-server user": "Define a user who can access the SNMP engine",
        "snmp-server view": "Define an SNMP MIB view",
        "community WORD": "SNMP community string",
        "community ro": "Read-only access with this community string",
        "community rw": "Read-write access with this community string",
        "enable traps": "Enable SNMP Traps",
        "host WORD": "Hostname or IP address of SNMP notification host",
        "version 1": "Use SNMPv1",
        "version 2c": "Use SNMPv2c",
        "version 3": "Use SNMPv3",
        **{f"traps {name}": f"Enable SNMP {name} traps" for name in TRAPS},
    }
)


def _community(edit: Edit) -> None:
    values = edit.values
    if edit.text is None:
        return
    rights = str(values.setdefault("rights", "ro")).upper()
    words = ["snmp-server community"]
    if values.get("type") == HIDDEN_COMMUNITY:
        words += ["7", f"{values['name']} "]
    else:
        words.append(str(values["name"]))
    if values.get("view"):
        words.append(f"view {values['view']}")
    words.append(rights)
    if values.get("acl6"):
        words.append(f"ipv6 {values['acl6']}")
    if values.get("acl"):
        words.append(str(values["acl"]))
    edit.text = " ".join(words)


def _host(edit: Edit) -> None:
    values = edit.values
    if edit.text is None:
        return
    words = ["snmp-server host", str(values["host"])]
    if values.get("vrf"):
        words.append(f"vrf {values['vrf']}")
    if values.get("kind") == "informs":
        words.append("informs")
    if values.get("security"):
        words.append(f"version 3 {values['security']}")
    elif values.get("version", "1") != "1":
        words.append(f"version {values['version']}")
    words.append(str(values["community"]))
    if values.get("port", 162) != 162:
        words.append(f"udp-port {values['port']}")
    edit.text = " ".join(words)
    if values.get("types"):
        edit.text += f"  {' '.join(values['types'])}"


def _trap(edit: Edit) -> None:
    """Kinds of one trap are added to those that are there; without a kind all are meant."""
    name = edit.setting.name.removeprefix(f"{ENABLE} ")
    kinds = TRAPS[name]
    before = edit.before
    there: tuple[str, ...] = before.get("kinds", ()) if before is not None else ()
    typed: tuple[str, ...] = edit.values.get("kinds", ())
    if edit.removing:
        chosen = {kind for kind in there if kind not in typed} if typed else set()
    else:
        chosen = {*there, *(typed or kinds)}
    if (edit.removing and not chosen) or (edit.removing and before is None):
        edit.values["kinds"] = ()
        return
    edit.values["kinds"] = tuple(kind for kind in kinds if kind in chosen)
    edit.negated = False
    edit.text = " ".join((edit.setting.name, *edit.values["kinds"]))


def _engine(edit: Edit) -> None:
    if edit.text is not None:
        edit.values["id"] = str(edit.values["id"]).upper()
        edit.text = f"snmp-server engineID local {edit.values['id']}"


def _by_name(entry: Entry) -> Any:
    return str(entry["name"])


declared.setting("config", "snmp-server engineid local <id:hex>", section="snmp", check=_engine)
declared.setting(
    "config",
    "snmp-server group <name!> <model!:v1|v2c|v3> [<level!:auth|noauth|priv>] [context <context>]"
    " [read <read>] [write <write>] [notify <notify>] [access {ipv6 <acl6> | <acl>}]",
    section="snmp",
)
_AUTH = "auth {md5 | sha} <password>"
_PRIV = "priv {des | 3des | aes {128 | 192 | 256}} <privacy>"
declared.setting(
    "config",
    "snmp-server user <name!> <group> {v1 | v2c | v3 [encrypted]"
    f" [{_AUTH} [{_PRIV}]]}} [access <acl>]",
    section="snmp",
    shown=hidden,
)
declared.setting(
    "config",
    "snmp-server view <name!> <oid!> <how:included|excluded>",
    section="snmp",
    order=_by_name,
)
declared.setting(
    "config",
    "snmp-server community [<type:0|7>] <name!> [view <view>] [<rights:ro|rw>] [ipv6 <acl6>]"
    " [<acl>]",
    section="snmp",
    check=_community,
)
for _line in (
    "snmp-server trap-source <interface:interface>",
    "snmp-server source-interface <kind!:traps|informs> <interface:interface>",
    "snmp-server packetsize <bytes:484-17892>",
    "snmp-server queue-length <messages:1-5000>",
    "snmp-server location <text:line>",
    "snmp-server contact <text:line>",
    "snmp-server chassis-id <text:line>",
    "snmp-server system-shutdown",
    "snmp-server tftp-server-list <acl>",
    "snmp-server trap timeout <seconds:1-1000>",
    "snmp-server trap link ietf",
):
    declared.setting("config", _line, section="snmp")
for _name, _kinds in TRAPS.items():
    _choice = f" {{<kinds:{'|'.join(_kinds)}>}}*" if _kinds else ""
    declared.setting(
        "config", f"{ENABLE} {_name}{_choice}", section="snmp", check=_trap, overwrites=False
    )
declared.setting(
    "config",
    "snmp-server host <host!> [vrf <vrf!>] [<kind:traps|informs>]"
    " [version {<version:1|2c> | 3 <security:auth|noauth|priv>}] <community!>"
    " [udp-port <port:0-65535>] {<types>}*",
    section="snmp",
    check=_host,
)
declared.setting("config", "snmp-server ifindex persist", section="snmp")
declared.setting("config", "snmp ifmib ifindex persist", section="snmp")
declared.setting("config", "snmp mib persist {circuit | event | expression}", section="snmp")


@declared.exec(ENABLE, mode="config", privilege=15)
def enable_traps(call: Call) -> None:
    """Enable all traps."""
    router = call.router
    for name, kinds in TRAPS.items():
        line = " ".join((ENABLE, name, *kinds))
        entry = written(router, "config", line)
        entry.values["kinds"] = kinds
        router.config.put(router.config.root, entry)


@declared.exec(f"no {ENABLE}", mode="config", privilege=15)
def disable_traps(call: Call) -> None:
    """Disable all traps."""
    root = call.router.config.root
    for name in TRAPS:
        call.router.config.remove(root, (f"{ENABLE} {name}",))


@declared.exec("no snmp-server", mode="config", privilege=15)
def disable_agent(call: Call) -> None:
    """Take every line of SNMP away."""
    root = call.router.config.root
    for entry in list(root.entries.values()):
        if entry.setting.name.startswith("snmp-server"):
            call.router.config.remove(root, entry.key)
