"""The lab file: which routers there are, and how they are reached."""

import ipaddress
import re
from dataclasses import dataclass, field
from pathlib import Path

from ...errors import InputError
from ..device_settings import DeviceSettings
from ..faults import Fault
from ..platforms import PLATFORMS
from .nodes import Node, read

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,62}")
MAX_DEVICES = 50_000
KEYS = (
    "seed",
    "clock",
    "address",
    "port",
    "credentials",
    "host_keys",
    "files",
    "settings",
    "devices",
)
DEVICE_KEYS = (
    "platform",
    "startup",
    "startup_file",
    "address",
    "port",
    "host_key",
    "settings",
    "faults",
)
SETTING_LIMITS_S = {
    "auth_delay_s": 600.0,
    "prompt_delay_s": 600.0,
    "boot_s": 86400.0,
    "lookup_s": 600.0,
    "save_s": 600.0,
    "copy_s_per_mb": 600.0,
    "key_s": 600.0,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """The user that every device of the lab has unless its own configuration names users."""

    username: str = "admin"
    password: str = field(default="admin", repr=False)
    secret: str = field(default="", repr=False)
    privilege: int = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class HostKeys:
    """What SSH host keys the devices have; `kind` "none" leaves SSH off until one is made."""

    kind: str = "rsa"
    bits: int = 2048


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceFile:
    """One device of the file. `port` 0 lets the system choose."""

    name: str
    platform: str = "isr4451"
    startup: str = ""
    address: str = "127.0.0.1"
    port: int = 0
    host_key: bool = True
    settings: DeviceSettings = field(default_factory=DeviceSettings)
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LabFile:
    """A lab. `start` is the time of its clock in UTC seconds, None for now; `rate` its speed."""

    devices: tuple[DeviceFile, ...]
    seed: int = 0
    start: float | None = None
    rate: float = 1.0
    credentials: Credentials = field(default_factory=Credentials)
    host_keys: HostKeys = field(default_factory=HostKeys)
    files: Path | None = None


def load_file(path: Path) -> LabFile:
    """Read a lab file; raises InputError with file, line and column of what is wrong."""
    try:
        text = path.read_text("utf-8")
    except UnicodeDecodeError:
        raise InputError("not UTF-8 text", source=str(path)) from None
    return parse_file(text, source=str(path), folder=path.parent)


def parse_file(text: str, *, source: str = "lab", folder: Path | None = None) -> LabFile:
    """Read the text of a lab file; relative paths in it start from `folder`."""
    root = read(text, source)
    entries = root.mapping(KEYS)
    if "devices" not in entries:
        raise root.error("no devices", hint="add the key 'devices'")
    base = folder or Path()
    address = (
        _address(entries["address"]) if "address" in entries else ipaddress.ip_network("127.0.0.1")
    )
    common = _settings(entries.get("settings"), DeviceSettings())
    first = entries["port"].whole(0, 65535) if "port" in entries else 0
    nodes = entries["devices"].mapping()
    if not nodes or len(nodes) > MAX_DEVICES:
        raise entries["devices"].error(f"a lab has 1 to {MAX_DEVICES} devices")
    devices = []
    for index, (name, node) in enumerate(nodes.items()):
        place = _place(address, first, index, entries["devices"])
        devices.append(_device(name, node, base, place, common))
    start, rate = _clock(entries.get("clock"))
    return LabFile(
        devices=tuple(devices),
        seed=entries["seed"].whole(0, 2**63) if "seed" in entries else 0,
        start=start,
        rate=rate,
        credentials=_credentials(entries.get("credentials")),
        host_keys=_host_keys(entries.get("host_keys")),
        files=base / entries["files"].text() if "files" in entries else None,
    )


Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def _address(node: Node) -> Network:
    """One address for all devices, or a network of which each gets its own; always loopback."""
    try:
        network = ipaddress.ip_network(node.text(), strict=False)
    except ValueError:
        raise node.error("should be an address or a network such as 127.10.0.0/16") from None
    if not network.is_loopback:
        raise node.error("a lab listens on loopback addresses only", hint="use 127.0.0.1")
    return network


def _place(network: Network, first: int, index: int, node: Node) -> tuple[str, int]:
    """The address and port of the device with this index."""
    if network.num_addresses == 1:
        port = first + index if first else 0
        if port > 65535:
            raise node.error("there are more devices than ports", hint="give 'address' a network")
        return str(network[0]), port
    if index + 1 >= network.num_addresses:
        raise node.error("there are more devices than addresses")
    return str(network[index + 1]), first


def _device(
    name: str, node: Node, folder: Path, place: tuple[str, int], common: DeviceSettings
) -> DeviceFile:
    if not NAME.fullmatch(name):
        raise node.error("a device is named by letters, digits, '.', '_' and '-'")
    entries = node.mapping(DEVICE_KEYS)
    if "startup" in entries and "startup_file" in entries:
        raise node.error("give either 'startup' or 'startup_file'")
    address, port = place
    if "address" in entries:
        address = str(_address(entries["address"])[0])
    if "port" in entries:
        port = entries["port"].whole(0, 65535)
    platform = entries["platform"].choice(sorted(PLATFORMS)) if "platform" in entries else "isr4451"
    return DeviceFile(
        name=name,
        platform=platform,
        startup=_startup(entries, folder),
        address=address,
        port=port,
        host_key="host_key" not in entries or entries["host_key"].choice(("lab", "none")) == "lab",
        settings=_settings(entries.get("settings"), common),
        faults=_faults(entries.get("faults")),
    )


def _startup(entries: dict[str, Node], folder: Path) -> str:
    if "startup" in entries:
        return entries["startup"].text()
    if "startup_file" not in entries:
        return ""
    node = entries["startup_file"]
    path = folder / node.text()
    try:
        return path.read_text("utf-8", errors="replace")
    except OSError as error:
        raise node.error(f"cannot read {path}: {error.strerror}") from None


def _faults(node: Node | None) -> tuple[Fault, ...]:
    found = []
    for item in node.items() if node else ():
        try:
            found.append(Fault.parse(item.text()))
        except InputError as error:
            raise item.error(error.message, hint=error.hint) from None
    return tuple(found)


def _settings(node: Node | None, common: DeviceSettings) -> DeviceSettings:
    values = {name: getattr(common, name) for name in DeviceSettings.__slots__}
    for name, item in node.mapping(values).items() if node else ():
        if name == "algorithms":
            values[name] = item.choice(("modern", "legacy"))
        elif name == "faithful_scrolling":
            values[name] = item.choice(("true", "false")) == "true"
        else:
            values[name] = item.number(0, SETTING_LIMITS_S[name])
    return DeviceSettings(**values)


def _clock(node: Node | None) -> tuple[float | None, float]:
    entries = node.mapping(("start", "rate")) if node else {}
    rate = entries["rate"].number(0.001, 1_000_000) if "rate" in entries else 1.0
    if "start" not in entries or entries["start"].text() == "now":
        return None, rate
    return _moment(entries["start"]), rate


def _moment(node: Node) -> float:
    from datetime import UTC, datetime

    try:
        moment = datetime.fromisoformat(node.text())
    except ValueError:
        raise node.error("should be 'now' or a time such as 2026-01-01T00:00:00Z") from None
    return moment.replace(tzinfo=moment.tzinfo or UTC).timestamp()


def _credentials(node: Node | None) -> Credentials:
    entries = node.mapping(("username", "password", "secret", "privilege")) if node else {}
    texts = {name: entries[name].text() for name in entries if name != "privilege"}
    for name, text in texts.items():
        if not text.isprintable() or (name != "secret" and not text) or " " in text:
            raise entries[name].error("should be one printable word")
    privilege = entries["privilege"].whole(0, 15) if "privilege" in entries else 15
    return Credentials(**texts, privilege=privilege)


def _host_keys(node: Node | None) -> HostKeys:
    entries = node.mapping(("type", "bits")) if node else {}
    kind = (
        entries["type"].choice(("rsa", "ecdsa", "ed25519", "none")) if "type" in entries else "rsa"
    )
    bits = 2048 if kind == "rsa" else 256
    if "bits" in entries:
        bits = entries["bits"].whole(256, 4096)
    return HostKeys(kind=kind, bits=bits)
