"""Reading what a lab file says of its network, of the figures of GETVPN, of keys and stations."""

from collections.abc import Collection
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network, ip_address
from typing import Any, Final, get_type_hints

from ...yaml_text import Node
from ..gdoi.parameters import Parameters
from ..simulation.network import Line
from .file import NAME, USUAL_LINE, KeyFile, PairFile, StationsFile

MAX_LATENCY_MS: Final = 60_000
LEAST_MTU: Final = 576
"""What every IPv4 network carries (RFC 791)."""
MOST_MTU: Final = 65_535
MAX_STATIONS: Final = 60_000
MOST_SECONDS: Final = 10 * 365 * 86_400
LEAST_SECONDS: Final = 0.01
MAY_BE_ZERO: Final = frozenset(
    {
        "boot_election_s",
        "election_wait_s",
        "gm_floor_s",
        "gm_jitter_s",
        "kek_lead_s",
        "merge_wait_s",
    }
    | {"member_sync_s", "pace_s", "reauth_window_s", "rollover_s", "shortened_floor_s"}
    | {"tek_lead_floor_s", "together_s", "gm_retries", "dpd_retries"}
)
"""Figures of which none is an amount too."""
WAN_KEYS: Final = ("latency_ms", "loss", "mtu")
_KEY_BITS: Final = (360, 4096)
_IDENTITIES: Final = 2**31 - 1


def read_line(node: Node | None, usual: Line = USUAL_LINE, also: Collection[str] = ()) -> Line:
    """A line of the network: `latency_ms` one way, `loss` from 0 to 1, `mtu` in bytes."""
    entries = node.mapping((*also, *WAN_KEYS)) if node is not None else {}
    line = usual
    if "latency_ms" in entries:
        milliseconds = float(entries["latency_ms"].number(0, MAX_LATENCY_MS))
        line = replace(line, latency_s=milliseconds / 1000)
    if "loss" in entries:
        line = replace(line, loss=float(entries["loss"].number(0, 1)))
    if "mtu" in entries:
        line = replace(line, mtu=entries["mtu"].whole(LEAST_MTU, MOST_MTU))
    return line


def read_pairs(node: Node | None, devices: Collection[str]) -> tuple[PairFile, ...]:
    """The pairs of the key `network`: what is not given of their lines is as usual."""
    found: dict[frozenset[str], PairFile] = {}
    entries = node.mapping(("pairs", *WAN_KEYS)) if node is not None else {}
    usual = read_line(node, also=("pairs",))
    both = replace(usual, latency_s=2 * usual.latency_s, loss=1 - (1 - usual.loss) ** 2)
    for item in entries["pairs"].items() if "pairs" in entries else ():
        given = item.mapping(("between", *WAN_KEYS))
        if "between" not in given:
            raise item.error("a pair needs the key 'between'", hint="between: [KS1, KS2]")
        names = _devices(given["between"], devices)
        if len(names) != 2:
            raise given["between"].error("a pair is two devices")
        if frozenset(names) in found:
            raise given["between"].error(f"the pair {names[0]} and {names[1]} stands there twice")
        line = read_line(item, both, also=("between",))
        found[frozenset(names)] = PairFile(devices=(names[0], names[1]), line=line)
    return tuple(found.values())


def read_parameters(node: Node | None) -> Parameters:
    """The figures of GETVPN, each of its kind."""
    kinds = get_type_hints(Parameters)
    values: dict[str, Any] = {}
    for name, item in (node.mapping(kinds) if node is not None else {}).items():
        kind = kinds[name]
        if item.empty and isinstance(None, kind):
            values[name] = None
        elif kind is bool:
            values[name] = item.flag()
        elif kind is float and not name.endswith("_s"):
            values[name] = float(item.number(0, 1))
        elif kind is float:
            least = 0 if name in MAY_BE_ZERO else LEAST_SECONDS
            values[name] = float(item.number(least, MOST_SECONDS))
        else:
            values[name] = item.whole(0 if name in MAY_BE_ZERO else 1, _IDENTITIES)
    return Parameters(**values)


def read_keys(node: Node | None, devices: Collection[str]) -> tuple[KeyFile, ...]:
    """RSA keys that devices have from the beginning."""
    found: list[KeyFile] = []
    taken: set[tuple[str, str]] = set()
    for item in node.items() if node is not None else ():
        entries = item.mapping(("label", "bits", "exportable", "devices"))
        if "label" not in entries:
            raise item.error("a key needs the key 'label'")
        label = entries["label"].text()
        if not label or not label.isascii() or not label.isprintable() or " " in label:
            raise entries["label"].error("should be one word of ASCII characters")
        named = _devices(entries["devices"], devices) if "devices" in entries else [*devices]
        for name in named:
            if (label, name) in taken:
                raise item.error(f"{name} has a key {label!r} already")
            taken.add((label, name))
        key = KeyFile(
            label=label,
            devices=tuple(named),
            bits=entries["bits"].whole(*_KEY_BITS) if "bits" in entries else 2048,
            exportable="exportable" in entries and entries["exportable"].flag(),
        )
        found.append(key)
    return tuple(found)


def read_stations(
    node: Node | None, devices: Collection[str], usual: Line
) -> tuple[StationsFile, ...]:
    """Members without a command line."""
    found: list[StationsFile] = []
    names = set(devices)
    room = MAX_STATIONS
    for item in node.items() if node is not None else ():
        one = _stations(item, usual)
        room -= one.count
        if room < 0:
            raise item.error(f"a lab has {MAX_STATIONS} stations at most")
        for number in range(1, one.count + 1):
            if f"{one.name}{number}" in names:
                raise item.error(f"there is another device named {one.name}{number}")
            names.add(f"{one.name}{number}")
        found.append(one)
    return tuple(found)


STATIONS_NEED: Final = ("count", "group", "identity", "servers", "address", "secret")
STATIONS_TAKE: Final = ("name", "inside", "ikev2_profile", "quiet", "wan")


def _stations(node: Node, usual: Line) -> StationsFile:
    entries = node.mapping((*STATIONS_NEED, *STATIONS_TAKE))
    for key in STATIONS_NEED:
        if key not in entries:
            raise node.error(f"stations need the key {key!r}")
    name = entries["name"].text() if "name" in entries else "S"
    if not NAME.fullmatch(name):
        raise entries["name"].error("should begin with a letter, as names of devices do")
    servers = tuple(_address(item) for item in entries["servers"].items())
    if not servers:
        raise entries["servers"].error("stations need a key server")
    count = entries["count"].whole(1, MAX_STATIONS)
    first = _address(entries["address"])
    if int(IPv4Address(first)) + count > int(IPv4Address("223.255.255.255")):
        raise entries["address"].error(f"there are not {count} addresses behind it")
    return StationsFile(
        count=count,
        group=_word(entries["group"]),
        identity=_identity(entries["identity"]),
        servers=servers,
        address=first,
        secret=_word(entries["secret"]),
        name=name,
        inside=_inside(entries["inside"], count) if "inside" in entries else None,
        ikev2_profile=_word(entries["ikev2_profile"]) if "ikev2_profile" in entries else "",
        quiet=entries["quiet"].flag() if "quiet" in entries else True,
        line=read_line(entries.get("wan"), usual),
    )


def _devices(node: Node, devices: Collection[str]) -> list[str]:
    """The names of devices that a list gives, each once."""
    found: dict[str, None] = {}
    known = set(devices)
    for item in node.items():
        name = item.text()
        if name not in known:
            raise item.error(f"there is no device {name!r}")
        if name in found:
            raise item.error(f"{name} stands there twice")
        found[name] = None
    return list(found)


def _address(node: Node) -> str:
    try:
        return str(IPv4Address(node.text()))
    except ValueError:
        raise node.error("should be an IPv4 address such as 172.16.0.1") from None


def _inside(node: Node, count: int) -> str:
    try:
        network = IPv4Network(node.text())
    except ValueError:
        raise node.error("should be a network such as 10.1.0.0/24") from None
    if network.prefixlen != 24:
        raise node.error("should be a /24 network: each station has one")
    if int(network.network_address) + 256 * count > int(IPv4Address("224.0.0.0")):
        raise node.error(f"there are not {count} such networks")
    return str(network.network_address)


def _identity(node: Node) -> str:
    text = node.text()
    if text.isdecimal() and text.isascii() and 0 <= int(text[:11]) <= _IDENTITIES:
        return text
    try:
        return str(ip_address(text))
    except ValueError:
        raise node.error("should be the number of the group or an address") from None


def _word(node: Node) -> str:
    text = node.text()
    if not text or not text.isprintable() or not text.isascii():
        raise node.error("should be text of printable ASCII characters")
    return text
