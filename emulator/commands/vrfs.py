"""`show vrf` and `show ip vrf`. Layouts: samples of genieparser and NAPALM."""

from collections.abc import Iterator

from ..config.store import Block, Entry
from ..grammar import CommandSet, RefusedError, short_interface
from ..services.interfaces import Interfaces
from ..shell.call import Call

NOT_SET = "<not set>"
IPV6_TABLES = 0x1E000000
PER_LINE = 3
FAMILIES = ("ipv4", "ipv6")

declared = CommandSet()
declared.words(
    {
        "show vrf": "VPN Routing/Forwarding instance information",
        "show vrf WORD": "VPN Routing/Forwarding instance name",
        "show vrf brief": "Brief VPN Routing/Forwarding instance information",
        "show vrf detail": "Detailed VPN Routing/Forwarding instance information",
        "show ip vrf": "VPN Routing/Forwarding instance information",
        "ip vrf brief": "Brief VPN Routing/Forwarding instance information",
        "ip vrf detail": "Detailed VPN Routing/Forwarding instance information",
        "ip vrf interfaces": "Show VPN Routing/Forwarding interface information",
    }
)


class _Vrf:
    """A VRF as its lines make it; `number` counts the VRFs of the router from 1."""

    def __init__(self, call: Call, entry: Entry, number: int) -> None:
        self.name = str(entry["vrf"])
        self.number = number
        self.old = entry.setting.name == "ip vrf"
        self.block = entry.block or Block("vrf")
        self.distinguisher = str(self.block.value("rd", "rd") or NOT_SET)
        states = call.router.feature(Interfaces).all()
        self.states = [state for state in states if state.vrf == self.name]
        self.interfaces = [short_interface(state.name) for state in self.states]

    @property
    def families(self) -> tuple[str, ...]:
        """The address families that are on."""
        if self.old:
            return FAMILIES[:1]
        return tuple(name for name in FAMILIES if self.block.has("address-family", name))

    def places(self, family: str) -> list[Block]:
        """The blocks whose lines count for a family."""
        entry = self.block.find("address-family", family)
        inner = [entry.block] if entry is not None and entry.block is not None else []
        return [self.block, *inner]


def _vrfs(call: Call) -> list[_Vrf]:
    """The VRFs that are meant, by name.

    Raises RefusedError when there is none of the name that was typed.
    """
    root = call.router.config.root
    entries = [*root.all("vrf definition"), *root.all("ip vrf")]
    found = [_Vrf(call, entry, number) for number, entry in enumerate(entries, 1)]
    name = call.get("vrf")
    if name is not None:
        found = [vrf for vrf in found if vrf.name == name]
        if not found:
            raise RefusedError(f"% No VRF named {name}")
    return sorted(found, key=lambda vrf: vrf.name)


@declared.exec("show vrf [brief] [<vrf>]")
def show_vrf(call: Call) -> str:
    """The VRFs with their interfaces."""
    head = f"  {'Name':<33}{'Default RD':<22}{'Protocols':<12}Interfaces\n"
    return head + "".join(_rows(vrf, f"{','.join(vrf.families):<12}", 12) for vrf in _vrfs(call))


@declared.exec("show ip vrf [brief] [<vrf>]")
def show_ip_vrf(call: Call) -> str:
    """The VRFs that carry IPv4."""
    head = f"  {'Name':<33}{'Default RD':<22}Interfaces\n"
    return head + "".join(_rows(vrf, "", 0) for vrf in _vrfs(call) if "ipv4" in vrf.families)


def _rows(vrf: _Vrf, middle: str, width: int) -> str:
    first, *others = vrf.interfaces or [""]
    row = f"  {vrf.name:<33}{vrf.distinguisher:<22}{middle}{first}".rstrip() + "\n"
    return row + "".join(f"{'':{57 + width}}{name}\n" for name in others)


@declared.exec("show vrf detail [<vrf>]", "show ip vrf detail [<vrf>]")
def show_vrf_detail(call: Call) -> str:
    """All that is set of the VRFs, with a blank line between them."""
    return "\n".join("\n".join(_detail(vrf)) + "\n" for vrf in _vrfs(call))


def _detail(vrf: _Vrf) -> Iterator[str]:
    vpn = vrf.block.value("vpn id", "id") or NOT_SET
    yield (
        f"VRF {vrf.name} (VRF Id = {vrf.number}); default RD {vrf.distinguisher}; "
        f"default VPNID {vpn}"
    )
    description = vrf.block.value("description", "text")
    if description:
        yield f"  Description: {description}"
    known = vrf.distinguisher != NOT_SET
    if vrf.old:
        yield "  Old CLI format, supports IPv4 only"
        yield f"  Flags: {'0xC' if known else '0x8'}"
    else:
        yield "  New CLI format, supports multiple address-families"
        yield f"  Flags: {'0x180C' if known else '0x1808'}"
    if vrf.interfaces:
        yield "  Interfaces:"
        for index in range(0, len(vrf.interfaces), PER_LINE):
            line = "".join(f"{name:<25}" for name in vrf.interfaces[index : index + PER_LINE])
            yield f"    {line}".rstrip()
    else:
        yield "  No interfaces"
    for family in FAMILIES:
        yield from _family(vrf, family)
    yield "Address family ipv4 multicast not active"
    yield "Address family ipv6 multicast not active"


def _family(vrf: _Vrf, family: str) -> Iterator[str]:
    if family not in vrf.families:
        yield f"Address family {family} unicast not active"
        return
    table = vrf.number + (IPV6_TABLES if family == "ipv6" else 0)
    yield f"Address family {family} unicast (Table ID = 0x{table:X}):"
    yield "  Flags: 0x0"
    for way in ("export", "import"):
        yield from _targets(vrf, family, way)
    yield from _map(vrf, family, "import")
    yield "  No global export route-map"
    yield from _map(vrf, family, "export")
    yield from _limit(vrf, family)
    yield "  VRF label distribution protocol: not configured"
    yield "  VRF label allocation mode: per-prefix"


def _targets(vrf: _Vrf, family: str, way: str) -> Iterator[str]:
    targets = [
        f"RT:{entry['community']}"
        for block in vrf.places(family)
        for entry in block.all("route-target")
        if entry["way"] == way
    ]
    title = f"{way.capitalize()} VPN route-target communities"
    yield f"  {title}" if targets else f"  No {title}"
    for index in range(0, len(targets), PER_LINE):
        line = "".join(f"{target:<25}" for target in targets[index : index + PER_LINE])
        yield f"    {line}".rstrip()


def _map(vrf: _Vrf, family: str, way: str) -> Iterator[str]:
    names = [block.value(f"{way} map", "map") for block in vrf.places(family)]
    name = next((name for name in names if name), None)
    yield f"  {way.capitalize()} route-map: {name}" if name else f"  No {way} route-map"


def _limit(vrf: _Vrf, family: str) -> Iterator[str]:
    for block in vrf.places(family):
        entry = block.find("maximum routes")
        if entry is None:
            continue
        limit, percent = int(entry["limit"]), entry.get("threshold")
        if percent is None:
            yield f"  Route warning limit {limit}, current count 0"
        else:
            share = limit * int(percent) // 100
            yield f"  Route limit {limit}, warning limit {percent}% ({share}), current count 0"


@declared.exec("show ip vrf interfaces [<vrf>]")
def show_vrf_interfaces(call: Call) -> str:
    """The interfaces of the VRFs with their addresses."""
    text = f"{'Interface':<23}{'IP-Address':<16}{'VRF':<33}Protocol\n"
    for vrf in _vrfs(call):
        for state in vrf.states:
            name = short_interface(state.name)
            text += f"{name:<23}{state.address:<16}{vrf.name:<33}{state.protocol:<8}\n"
    return text
