"""The SNMP agent: whether it is on, whom it answers, where it sends traps."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..config.store import Entry
from ..grammar import CommandSet, RefusedError
from ..shell.call import Call

if TYPE_CHECKING:
    from ..device import Router

OFF = "%SNMP agent not enabled\n"
PASSIVE = frozenset({"snmp-server chassis-id", "snmp-server ifindex persist"})
"""Lines that do not start the agent."""
ENTERPRISE = "800000090300"
"""How an engine ID of Cisco that is made of a hardware address begins (RFC 3411)."""
TRAP_PORT = 162
INPUT_ROWS = (
    "Bad SNMP version errors",
    "Unknown community name",
    "Illegal operation for community name supplied",
    "Encoding errors",
    "Number of requested variables",
    "Number of altered variables",
    "Get-request PDUs",
    "Get-next PDUs",
    "Set-request PDUs",
)
OUTPUT_ROWS = (
    "No such name errors",
    "Bad values errors",
    "General errors",
    "Response PDUs",
    "Trap PDUs",
)

declared = CommandSet()
declared.words(
    {
        "show snmp": "Snmp statistics",
        "snmp chassis": "Show SNMP chassis id",
        "snmp community": "Show SNMP communities",
        "snmp contact": "Show SNMP contact",
        "snmp engineid": "Show local and remote SNMP engine IDs",
        "snmp group": "Show SNMPv3 groups",
        "snmp host": "Show SNMP hosts",
        "snmp location": "Show SNMP location",
        "snmp user": "Show SNMPv3 users",
    }
)


def enabled(router: "Router") -> bool:
    """Whether a line of the configuration has started the agent."""
    entries = router.config.root.entries.values()
    names = (entry.setting.name for entry in entries if not entry.negated)
    return any(name.startswith("snmp-server ") and name not in PASSIVE for name in names)


def _agent(call: Call) -> "Router":
    """The router, if its agent is on."""
    if not enabled(call.router):
        raise RefusedError(OFF.rstrip("\n"))
    return call.router


def _text(router: "Router", what: str) -> str:
    return str(router.config.root.value(f"snmp-server {what}", "text", ""))


def _chassis(router: "Router") -> str:
    return _text(router, "chassis-id") or router.serial


@declared.exec("show snmp")
def show_snmp(call: Call) -> str:
    """Identity and counters of the agent: nobody asks it anything in a lab."""
    return "".join(_statistics(_agent(call)))


def _statistics(router: "Router") -> Iterator[str]:
    yield f"Chassis: {_chassis(router)}\n"
    for what in ("contact", "location"):
        if _text(router, what):
            yield f"{what.capitalize()}: {_text(router, what)}\n"
    yield "0 SNMP packets input\n"
    yield from (f"    0 {row}\n" for row in INPUT_ROWS)
    yield "    0 Input queue packet drops (Maximum queue size 1000)\n"
    yield "0 SNMP packets output\n    0 Too big errors (Maximum packet size 1500)\n"
    yield from (f"    0 {row}\n" for row in OUTPUT_ROWS)
    hosts = router.config.root.all("snmp-server host")
    trap = "enabled" if hosts else "disabled"
    yield f"Packets currently in SNMP process input queue: 0\nSNMP global trap: {trap}\n\n"
    yield f"SNMP logging: {trap}\n"
    for entry in hosts:
        port = entry.get("port") or TRAP_PORT
        yield f"    Logging to {entry['host']}.{port}, 0/10, 0 sent, 0 dropped.\n"


@declared.exec("show snmp chassis")
def show_chassis(call: Call) -> str:
    """The number of the chassis."""
    return _chassis(_agent(call)) + "\n"


@declared.exec("show snmp contact")
def show_contact(call: Call) -> str:
    """Who looks after the router."""
    return _text(_agent(call), "contact") + "\n"


@declared.exec("show snmp location")
def show_location(call: Call) -> str:
    """Where the router is."""
    return _text(_agent(call), "location") + "\n"


@declared.exec("show snmp community", privilege=15)
def show_community(call: Call) -> str:
    """The communities."""
    router = _agent(call)
    return "".join(
        f"\nCommunity name: {entry['name']}\nCommunity Index: {entry['name']}\n"
        f"Community SecurityName: {entry['name']}\n"
        f"storage-type: nonvolatile\t active{_access(entry)}\n\n"
        for entry in router.config.root.all("snmp-server community")
    )


def _access(entry: Entry) -> str:
    return f"\taccess-list: {entry['acl']}" if entry.get("acl") else ""


@declared.exec("show snmp engineid", privilege=15)
def show_engine_id(call: Call) -> str:
    """The engine ID: configured, or made of the hardware address."""
    return (
        f"Local SNMP engineID: {engine_id(call.router)}\n"
        "Remote Engine ID          IP-addr    Port\n"
    )


def engine_id(router: "Router") -> str:
    """The engine ID of the agent."""
    configured = router.config.root.value("snmp-server engineid local", "id")
    return str(configured or f"{ENTERPRISE}{router.chassis.base_mac:012X}")


@declared.exec("show snmp group", privilege=15)
def show_group(call: Call) -> str:
    """The groups: configured ones, and those that communities make."""
    router = _agent(call)
    return "\n".join(_groups(router))


def _groups(router: "Router") -> Iterator[str]:
    root = router.config.root
    for entry in root.all("snmp-server community"):
        view = entry.get("view") or "v1default"
        write = view if entry.get("rights") == "rw" else ""
        for model in ("v1", "v2c"):
            yield _group(str(entry["name"]), model, str(view), write, "", _access(entry))
    for entry in root.all("snmp-server group"):
        level = f" {entry['level']}" if entry.get("level") else ""
        read = str(entry.get("read") or "v1default")
        yield _group(
            str(entry["name"]),
            f"{entry['model']}{level}",
            read,
            str(entry.get("write") or ""),
            str(entry.get("notify") or ""),
            _access(entry),
        )


def _group(name: str, model: str, read: str, write: str, notify: str, access: str) -> str:
    none = "<no {}view specified>"
    return (
        f"groupname: {name:<33}security model:{model} \n"
        f"contextname: {'<no context specified>':<31}storage-type: permanent\n"
        f"readview : {read:<33}writeview: {write or none.format('write'):<31}\n"
        f"notifyview: {notify or none.format('notify'):<32}\n"
        f"row status: active{access}\n"
    )


@declared.exec("show snmp user", privilege=15)
def show_user(call: Call) -> str:
    """The users of version 3."""
    router = _agent(call)
    return "\n".join(
        _user(router, entry)
        for entry in router.config.root.all("snmp-server user")
        if " v3" in entry.text
    )


def _user(router: "Router", entry: Entry) -> str:
    words = entry.text.split()
    auth = words[words.index("auth") + 1].upper() if "auth" in words else "None"
    privacy = "None"
    if "priv" in words:
        kind, bits = words[words.index("priv") + 1 : words.index("priv") + 3]
        privacy = f"AES{bits}" if kind == "aes" else kind.upper()
    return (
        f"User name: {entry['name']}\nEngine ID: {engine_id(router)}\n"
        f"storage-type: nonvolatile\t active{_access(entry)}\n"
        f"Authentication Protocol: {auth}\nPrivacy Protocol: {privacy}\n"
        f"Group-name: {entry['group']}\n"
    )


@declared.exec("show snmp host", privilege=15)
def show_host(call: Call) -> str:
    """Where traps go."""
    router = _agent(call)
    return "".join(
        f"Notification host: {entry['host']}\tudp-port: {entry.get('port') or TRAP_PORT}\t"
        f"type: {'inform' if entry.get('kind') == 'informs' else 'trap'}\n"
        f"user: {entry['community']}\tsecurity model: {_model(entry)}\n\n"
        for entry in router.config.root.all("snmp-server host")
    )


def _model(entry: Entry) -> str:
    if entry.get("security"):
        return f"v3 {entry['security']}"
    return f"v{entry.get('version') or '1'}"
