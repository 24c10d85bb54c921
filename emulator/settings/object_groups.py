"""Object groups that access lists refer to, and the time ranges in which entries hold."""

from ipaddress import IPv4Address, IPv4Network

from ..config.edit import Edit
from ..config.store import Block
from ..grammar import CommandSet, RefusedError
from ..services.access_words import PROTOCOLS, TCP_PORTS, UDP_PORTS, name_of
from .helping import in_modes

MODES = ("network-group", "service-group", "time-range")
declared = CommandSet()
declared.mode("network-group", "config-network-group")
declared.mode("service-group", "config-service-group")
declared.mode("time-range", "config-time-range")
declared.words(
    in_modes(
        {
            "description": "Object group description",
            "host": "Host address of the group member",
            "any": "Any host",
            "range": "Match only packets in the range",
            "group-object": "Nested object group",
            "group-object WORD": "Nested object group name",
            "eq": "Match only packets on a given port number",
            "gt": "Match only packets with a greater port number",
            "lt": "Match only packets with a lower port number",
            "source": "Source port",
            "tcp": "Transmission Control Protocol",
            "udp": "User Datagram Protocol",
            "tcp-udp": "TCP or UDP protocol",
            "icmp": "Internet Control Message Protocol",
            "<0-65535>": "Port number",
            "<0-255>": "An IP protocol number, or an ICMP message type",
            "absolute": "absolute time and date",
            "periodic": "periodic time and date",
            "LINE": "Times, such as `weekdays 8:00 to 17:00`",
            **{name: f"{name.upper()} protocol" for name in PROTOCOLS},
            **{name: f"Port {number}" for name, number in {**TCP_PORTS, **UDP_PORTS}.items()},
        },
        *MODES,
    )
)
declared.words(
    {
        "config: object-group": "Configure Object Group",
        "object-group network": "network group",
        "object-group service": "service group",
        "network WORD": "object-group name",
        "service WORD": "object-group name",
        "config: time-range": "Define time range entries",
        "config: time-range WORD": "Time range name",
        "network-group: description LINE": "Object group description up to 200 characters",
        "service-group: description LINE": "Object group description up to 200 characters",
    }
)

OTHERS = "|".join(name for name in PROTOCOLS if name not in ("tcp", "udp", "icmp"))


def _kind(edit: Edit) -> None:
    """A name is for one group."""
    name = edit.values["group"]
    for kind in ("network", "service"):
        setting = f"object-group {kind}"
        if setting != edit.setting.name and edit.text and edit.block.has(setting, name):
            raise RefusedError(f"%Object group {name} already exists with a different type")


for _type in ("network", "service"):
    declared.setting(
        "config",
        f"object-group {_type} <group!>",
        section="object-group",
        enters=f"{_type}-group",
        check=_kind,
        order=lambda entry: str(entry["group"]),
        among="object-group",
    )


def _network(edit: Edit) -> None:
    values = edit.values
    if "group" in values:
        _nested(edit)
    elif "mask" in values:
        try:
            IPv4Network(f"{values['address']}/{values['mask']}")
        except ValueError:
            raise RefusedError("%Inconsistent address and mask") from None
    elif "low" in values and int(IPv4Address(values["low"])) > int(IPv4Address(values["high"])):
        raise RefusedError("%The end of a range must not be below its beginning")


def _holds(edit: Edit, block: Block | None, wanted: str) -> bool:
    """Whether a group is `wanted`, or holds it somewhere below."""
    if block is None or block.owner is None:
        return False
    if block.owner["group"] == wanted:
        return True
    setting = block.owner.setting.name
    return any(
        _holds(edit, _group(edit, setting, str(entry["group"])), wanted)
        for entry in block.all("member")
        if "group" in entry.values
    )


def _group(edit: Edit, setting: str, name: str) -> Block | None:
    entry = edit.router.config.root.find(setting, name)
    return entry.block if entry is not None else None


def _nested(edit: Edit) -> None:
    """A group of the same type that is there and does not hold this one."""
    owner = edit.block.owner
    if edit.text is None or owner is None or edit.router.loading:
        return
    name = str(edit.values["group"])
    inner = _group(edit, owner.setting.name, name)
    if inner is None:
        raise RefusedError(f"%Object group {name} does not exist")
    if _holds(edit, inner, str(owner["group"])):
        raise RefusedError("%Object groups cannot hold each other")


declared.setting("network-group", "description <text:line>")
declared.setting(
    "network-group",
    "{host <address!:ipv4> | <address!:ipv4> <mask!:netmask> | range <low!:ipv4> <high!:ipv4>"
    " | any | group-object <group!>}",
    name="member",
    check=_network,
)


def _service(edit: Edit) -> None:
    """Ports are printed by name where they have one."""
    if "group" in edit.values:
        _nested(edit)
        return
    words = list(edit.words)
    names = UDP_PORTS if words[0] == "udp" else TCP_PORTS
    if len(words) == 1 and words[0].isdecimal():
        words = [name_of(PROTOCOLS, int(words[0]))]
    elif words[0] != "icmp":
        words = [name_of(names, int(word)) if word.isdecimal() else word for word in words]
    edit.values = {"what": " ".join(words)}
    if edit.text is not None:
        edit.text = edit.values["what"]


def _ports(name: str) -> str:
    names = "|".join(sorted({*TCP_PORTS, *UDP_PORTS}))
    port = f"{{<{name}:0-65535> | <{name}_name:{names}>}}"
    return f"{{[{{eq | gt | lt}}] {port} | range {port} {port}}}"


declared.setting("service-group", "description <text:line>")
declared.setting(
    "service-group",
    f"{{<what!:tcp|udp|tcp-udp> [source {_ports('source')}] [{_ports('port')}]"
    f" | icmp [<what!:0-255>] | <what!:{OTHERS}> | <what!:0-255> | group-object <group!>}}",
    name="member",
    check=_service,
)

# ---- time ranges ----

declared.setting(
    "config",
    "time-range <range!>",
    section="time-range",
    enters="time-range",
    order=lambda entry: str(entry["range"]),
)
declared.setting("time-range", "absolute <when:line>")
declared.setting("time-range", "periodic <when!:line>")
