"""Reading a lab file; every mistake in it is an error with line and column."""

import ipaddress
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, get_type_hints

from ...errors import InputError
from ...yaml_text import Node, place_behind, read
from ..device_settings import DeviceSettings
from ..faults import Fault
from ..files.images import HEADER_BYTES, Image
from ..grammar import CLASSIC, XE
from ..platforms import PLATFORMS, Platform
from ..ssh.algorithms import PROFILES
from .file import DEFAULT_PLATFORM, NAME, Credentials, DeviceFile, HostKeys, ImageFile, LabFile
from .reading_world import read_keys, read_line, read_pairs, read_parameters, read_stations
from .requests import FASTEST, SLOWEST

MAX_DEVICES: Final = 50_000
MAX_SECONDS: Final = 86_400
KEYS: Final = (
    "seed",
    "clock",
    "address",
    "port",
    "credentials",
    "host_keys",
    "files",
    "settings",
    "network",
    "parameters",
    "keys",
    "stations",
    "devices",
)
DEVICE_KEYS: Final = (
    "platform",
    "startup",
    "startup_file",
    "address",
    "port",
    "credentials",
    "host_key",
    "images",
    "settings",
    "faults",
    "wan",
)
_KEY_BITS: Final = {"rsa": 2048, "ecdsa": 256, "ed25519": 256, "none": 0}
_CURVES: Final = (256, 384, 521)
_FILE_NAME: Final = re.compile(r"[A-Za-z0-9._()+-]{1,64}")
_VERSIONS: Final = {
    CLASSIC: (re.compile(r"\d\d\.\d{1,2}\(\d{1,2}[a-z]?\)\w{0,8}", re.ASCII), "15.7(3)M8"),
    XE: (re.compile(r"\d\d\.\d{1,2}\.\d{1,2}\w{0,8}", re.ASCII), "17.9.4a"),
}
"""The versions of each family of software, and one of them."""
_YEARS: Final = (1993, 2100)

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def load_file(path: Path) -> LabFile:
    """Read a lab file.

    Raises InputError with file, line and column of what is wrong, OSError if it cannot be read.
    """
    data = path.read_bytes()
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line, column = place_behind(data[: error.start].decode("utf-8", "replace"))
        raise InputError("not UTF-8 text", source=str(path), lineno=line, column=column) from None
    return parse_file(text, source=str(path), folder=path.parent)


def parse_file(text: str, *, source: str = "", folder: Path | None = None) -> LabFile:
    """Read the text of a lab file; relative paths in it start from `folder`.

    Raises InputError as `load_file` does; `source` names the text in it.
    """
    root = read(text, source or "lab")
    entries = root.mapping(KEYS)
    if "devices" not in entries:
        raise root.error("there are no devices", hint="add the key 'devices'")
    start, rate = _clock(entries.get("clock"))
    devices = _Devices(entries, folder or Path())
    found = devices.all()
    names = [device.name for device in found]
    return LabFile(
        devices=found,
        seed=entries["seed"].whole(0, 2**63 - 1) if "seed" in entries else 0,
        start=start,
        rate=rate,
        credentials=_credentials(entries.get("credentials"), Credentials()),
        host_keys=_host_keys(entries.get("host_keys")),
        files=_folder(entries["files"], folder or Path()) if "files" in entries else None,
        parameters=read_parameters(entries.get("parameters")),
        keys=read_keys(entries.get("keys"), names),
        pairs=read_pairs(entries.get("network"), names),
        stations=read_stations(entries.get("stations"), names, devices.line),
        source=source,
    )


class _Devices:
    """The devices of a file, which share what its top says, and never an address and a port.

    `line` is the access line of those that say nothing of it.
    """

    def __init__(self, entries: dict[str, Node], folder: Path) -> None:
        self._folder = folder
        self._node = entries["devices"]
        self._network = _network(entries["address"]) if "address" in entries else _LOOPBACK
        self._port = entries["port"].whole(0, 65535) if "port" in entries else 0
        self._credentials = _credentials(entries.get("credentials"), Credentials())
        self._settings = _settings(entries.get("settings"), DeviceSettings())
        self.line = read_line(entries.get("network"), also=("pairs",))
        self._taken: dict[tuple[str, int], str] = {}

    def all(self) -> tuple[DeviceFile, ...]:
        """The devices in their order."""
        nodes = self._node.mapping()
        if not nodes or len(nodes) > MAX_DEVICES:
            raise self._node.error(f"a lab has 1 to {MAX_DEVICES} devices")
        return tuple(
            self._device(name, node, index) for index, (name, node) in enumerate(nodes.items())
        )

    def _device(self, name: str, node: Node, index: int) -> DeviceFile:
        if not NAME.fullmatch(name):
            raise node.key_error(
                "a device is named by letters, digits, '.', '_' and '-'",
                hint="its name begins with a letter and has at most 63 characters",
            )
        entries = node.mapping(DEVICE_KEYS)
        platform = _platform(entries.get("platform"))
        address, port = self._place(entries, index)
        self._take(name, entries.get("port", node), address, port)
        text, source, line = _startup(entries, self._folder)
        return DeviceFile(
            name=name,
            platform=platform.name,
            startup=text,
            startup_source=source,
            startup_line=line,
            address=address,
            port=port,
            host_key="host_key" not in entries
            or entries["host_key"].choice(("lab", "none")) == "lab",
            credentials=_credentials(entries["credentials"], self._credentials)
            if "credentials" in entries
            else None,
            images=_images(entries.get("images"), platform),
            settings=_settings(entries.get("settings"), self._settings),
            faults=_faults(entries.get("faults")),
            line=read_line(entries["wan"], self.line) if "wan" in entries else self.line,
        )

    def _place(self, entries: dict[str, Node], index: int) -> tuple[str, int]:
        """The address and port of the device with this index."""
        own = _network(entries["address"]) if "address" in entries else None
        if own is not None and own.num_addresses > 1:
            raise entries["address"].error("a device has one address, not a network")
        single = self._network.num_addresses == 1
        if own is None and not single and index + 2 > self._network.num_addresses - 1:
            raise self._node.error("there are more devices than addresses")
        address = str(own[0] if own else self._network[0 if single else index + 1])
        if "port" in entries:
            return address, entries["port"].whole(0, 65535)
        port = self._port + index if self._port and single else self._port
        if port > 65535:
            raise self._node.error(
                "there are more devices than ports", hint="give 'address' a network"
            )
        return address, port

    def _take(self, name: str, node: Node, address: str, port: int) -> None:
        if port and (address, port) in self._taken:
            other = self._taken[address, port]
            raise node.key_error(f"port {port} of {address} is that of {other}")
        self._taken[address, port] = name


_LOOPBACK: Final = ipaddress.ip_network("127.0.0.1")


def _network(node: Node) -> Network:
    """One address for all devices, or a network of which each gets its own; always loopback."""
    try:
        network = ipaddress.ip_network(node.text(), strict=False)
    except ValueError:
        raise node.error("should be an address or a network such as 127.10.0.0/16") from None
    if not network.is_loopback:
        raise node.error("a lab listens on loopback addresses only", hint="use 127.0.0.1")
    return network


def _platform(node: Node | None) -> Platform:
    return PLATFORMS[node.choice(sorted(PLATFORMS)) if node else DEFAULT_PLATFORM]


def _startup(entries: dict[str, Node], folder: Path) -> tuple[str, str, int]:
    """The startup configuration, where it stands, and on which line it begins there."""
    if "startup" in entries and "startup_file" in entries:
        raise entries["startup_file"].error("give either 'startup' or 'startup_file'")
    if "startup" in entries:
        node = entries["startup"]
        return node.text(), node.source, node.lineno + 1 if node.literal else 0
    if "startup_file" not in entries:
        return "", "", 0
    node = entries["startup_file"]
    path = folder / node.text()
    try:
        return path.read_text("utf-8", errors="replace"), str(path), 1
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "no such path"
        raise node.error(f"cannot read {path}: {reason}") from None


def _folder(node: Node, base: Path) -> Path:
    path = base / node.text()
    if not node.text() or "\0" in node.text() or not path.is_dir():
        raise node.error(f"{path} is no folder")
    return path


def _images(node: Node | None, platform: Platform) -> tuple[ImageFile, ...]:
    found: dict[str, ImageFile] = {}
    space = platform.hardware.flash_bytes - platform.image_bytes
    for item in node.items() if node else ():
        image = _image(item, platform)
        if image.file in found:
            raise item.error(f"the file {image.file} stands there twice")
        found[image.file] = image
        space -= image.size
        if space < 0:
            raise item.error(f"there is no room for it in {platform.hardware.flash}")
    return tuple(found.values())


def _image(node: Node, platform: Platform) -> ImageFile:
    entries = node.mapping(("file", "version", "family", "size"))
    for key in ("file", "version"):
        if key not in entries:
            raise node.error(f"an image needs the key {key!r}")
    file, version = entries["file"].text(), entries["version"].text()
    if not _FILE_NAME.fullmatch(file):
        raise entries["file"].error("should be a file name without a folder")
    pattern, example = _VERSIONS[platform.family]
    if not pattern.fullmatch(version):
        raise entries["version"].error(f"should be a version such as {example}")
    family = entries["family"].text() if "family" in entries else platform.image_family
    size = platform.image_bytes
    if "size" in entries:
        size = entries["size"].whole(HEADER_BYTES, platform.hardware.flash_bytes)
    try:
        Image(family=family, version=version, size=size)
    except InputError as error:
        raise node.error(error.message, hint=error.hint) from None
    return ImageFile(file=file, version=version, family=family, size=size)


def _faults(node: Node | None) -> tuple[Fault, ...]:
    found = []
    for item in node.items() if node else ():
        try:
            found.append(Fault.parse(item.text()))
        except InputError as error:
            raise item.error(error.message, hint=error.hint) from None
    return tuple(found)


def _settings(node: Node | None, common: DeviceSettings) -> DeviceSettings:
    """The settings, each of its kind; `common` is for those not given."""
    if node is None:
        return common
    kinds = get_type_hints(DeviceSettings)
    values: dict[str, Any] = {name: getattr(common, name) for name in kinds}
    for name, item in node.mapping(kinds).items():
        kind = kinds[name]
        if item.empty and isinstance(None, kind):
            values[name] = None
        elif isinstance(True, kind):
            values[name] = item.flag()
        elif isinstance("", kind):
            values[name] = item.choice(sorted(PROFILES))
        else:
            values[name] = float(item.number(0, MAX_SECONDS))
    return DeviceSettings(**values)


def _clock(node: Node | None) -> tuple[float | None, float]:
    entries = node.mapping(("start", "rate")) if node else {}
    rate = float(entries["rate"].number(SLOWEST, FASTEST)) if "rate" in entries else 1.0
    if "start" not in entries or entries["start"].text() == "now":
        return None, rate
    return _moment(entries["start"]), rate


def _moment(node: Node) -> float:
    try:
        moment = datetime.fromisoformat(node.text())
    except ValueError:
        raise node.error("should be 'now' or a time such as 2026-01-01T00:00:00Z") from None
    first, last = _YEARS
    if not first <= moment.year < last:
        raise node.error(f"should be a time from {first} on and before {last}")
    return moment.replace(tzinfo=moment.tzinfo or UTC).timestamp()


def _credentials(node: Node | None, common: Credentials) -> Credentials:
    """Who logs in; what is not given is that of `common`."""
    if node is None:
        return common
    entries = node.mapping(("username", "password", "secret", "privilege"))
    texts: dict[str, str] = {}
    for name in ("username", "password", "secret"):
        texts[name] = _printable(entries[name]) if name in entries else getattr(common, name)
        if not texts[name] and name != "secret":
            raise entries[name].error("should not be empty")
    if " " in texts["username"] or not texts["username"].isascii():
        raise entries["username"].error("should be one word of ASCII characters")
    privilege = entries["privilege"].whole(0, 15) if "privilege" in entries else common.privilege
    return Credentials(**texts, privilege=privilege)


def _printable(node: Node) -> str:
    text = node.text()
    if not text.isprintable():
        raise node.error("should hold printable characters only")
    return text


def _host_keys(node: Node | None) -> HostKeys:
    entries = node.mapping(("type", "bits")) if node else {}
    kind = entries["type"].choice(_KEY_BITS) if "type" in entries else HostKeys().kind
    bits = _KEY_BITS[kind]
    if "bits" in entries:
        item = entries["bits"]
        if kind == "rsa":
            bits = item.whole(512, 4096)
            if bits % 8:
                raise item.error("should be a multiple of 8")
        elif kind == "ecdsa":
            bits = int(item.choice(map(str, _CURVES)))
        else:
            raise item.error(f"a host key of the type {kind} has no choice of bits")
    return HostKeys(kind=kind, bits=bits)
