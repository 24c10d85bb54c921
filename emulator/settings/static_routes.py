"""Static routes of IPv4 and IPv6."""

from ipaddress import IPv4Address, IPv4Interface, IPv6Interface
from typing import Any

from ..config.edit import Edit
from ..config.store import Entry
from ..grammar import CommandSet, RefusedError, split_interface
from ..services.interface_state import configured_ipv4
from ..shell.call import Call
from .interface_addresses import BROADCAST_TYPES
from .references import check_vrf

declared = CommandSet()
declared.words(
    {
        "ip route vrf WORD": "VPN Routing/Forwarding instance name",
        "name WORD": "Specify name of the next hop",
        "vrf tag": "Set tag for this route",
        "vrf name": "Specify name of the next hop",
        "vrf track": "Install route depending on tracked item",
        "vrf permanent": "permanent route",
        "vrf global": "Next hop address is global",
        "vrf dhcp": "Default gateway obtained from DHCP",
        "dhcp tag": "Set tag for this route",
        "dhcp name": "Specify name of the next hop",
        "dhcp track": "Install route depending on tracked item",
        "dhcp permanent": "permanent route",
        "dhcp global": "Next hop address is global",
        "route <1-255>": "Distance metric for this route",
        "route <1-254>": "Administrative distance",
        "vrf <1-255>": "Distance metric for this route",
        "vrf <1-254>": "Administrative distance",
        "dhcp <1-255>": "Distance metric for this route",
        "tag <1-4294967295>": "Tag value",
        "track <1-1000>": "tracked object number",
        "ip route": "Establish static routes",
        "config: ip route A.B.C.D": "Destination prefix",
        "config: ip route vrf A.B.C.D": "Destination prefix",
        "ip route vrf": "Configure static route for a VPN Routing/Forwarding instance",
        "ipv6 route": "Configure static routes",
        "ipv6 route vrf": "IPv6 Routing table",
        "route name": "Specify name of the next hop",
        "route permanent": "permanent route",
        "route tag": "Set tag for this route",
        "route track": "Install route depending on tracked item",
        "route global": "Next hop address is global",
        "route dhcp": "Default gateway obtained from DHCP",
    }
)

OPTIONS = (
    "{tag <tag:1-4294967295> | name <route_name> | permanent | track <track:1-1000> | global}*"
)
INCONSISTENT = "%Inconsistent address and mask"
OWN_ADDRESS = "%Invalid next hop address (it's this router)"
SLOW_DEFAULT = (
    "%Default route without gateway, if not a point-to-point interface, may impact performance\n"
)


def _options(edit: Edit) -> list[str]:
    """The words behind the next hop, in the order of IOS; their values lose their tuples."""
    values = edit.values
    for name in ("tag", "route_name", "track"):
        if isinstance(values.get(name), tuple):
            values[name] = values[name][-1]
    words: list[str] = []
    if "global" in edit.words:
        words.append("global")
    if values.get("distance", 1) != 1:
        words.append(str(values["distance"]))
    for keyword, name in (("tag", "tag"), ("name", "route_name")):
        if name in values:
            words += [keyword, str(values[name])]
    if "permanent" in edit.words:
        words.append("permanent")
    if "track" in values:
        words += ["track", str(values["track"])]
    return words


def _where(values: dict[str, Any]) -> list[str]:
    return [str(values[name]) for name in ("interface", "next_hop") if values.get(name)]


def _known_interface(edit: Edit) -> None:
    """An interface that is not there is no interface to the parser."""
    name = edit.values.get("interface")
    if name and name != "Null0" and edit.router.config.root.find("interface", name) is None:
        raise RefusedError(argument="interface")


def _own(edit: Edit, vrf: str, address: str) -> bool:
    for entry in edit.router.config.root.all("interface"):
        block = entry.block
        if block is None or str(block.value("vrf forwarding", "vrf", "")) != vrf:
            continue
        if any(own.ip == IPv4Address(address) for own in configured_ipv4(block)):
            return True
    return False


def _route(edit: Edit) -> None:
    values = edit.values
    prefix, mask = str(values["prefix"]), int(IPv4Address(values["mask"]))
    inverse = mask ^ 0xFFFFFFFF
    if inverse & (inverse + 1) or int(IPv4Address(prefix)) & inverse:
        raise RefusedError(INCONSISTENT)
    if edit.removing:
        return
    vrf = str(values.get("vrf") or "")
    check_vrf(edit, vrf)
    _known_interface(edit)
    hop = values.get("next_hop")
    if hop and not edit.router.loading and _own(edit, vrf, hop):
        raise RefusedError(OWN_ADDRESS)
    words = ["ip route", *(["vrf", vrf] if vrf else []), prefix, str(values["mask"])]
    if "dhcp" in edit.words:
        words.append("dhcp")
    edit.text = " ".join((*words, *_where(values), *_options(edit)))
    _warn(edit)


def _warn(edit: Edit) -> None:
    """A default route out of an interface that many stations are on."""
    values = edit.values
    name = values.get("interface")
    default = int(IPv4Address(values["mask"])) == 0
    if edit.router.loading or not name or values.get("next_hop") or not default:
        return
    if split_interface(str(name))[0] in BROADCAST_TYPES:
        edit.dialogue.write(SLOW_DEFAULT)


def _by_network(entry: Entry) -> tuple[bool, str, int, int]:
    """Static routes stand by VRF and by network."""
    vrf = str(entry.get("vrf") or "")
    network = IPv4Interface(f"{entry['prefix']}/{entry['mask']}")
    return bool(vrf), vrf, int(network.ip), network.network.prefixlen


declared.setting(
    "config",
    "ip route [vrf <vrf!>] <prefix!:ipv4> <mask!:netmask>"
    " {<interface!:interface> [<next_hop!:ipv4>] | <next_hop!:ipv4> | dhcp}"
    f" [<distance:1-255>] {OPTIONS}",
    name="ip route",
    section="ip-route",
    check=_route,
    order=_by_network,
)


@declared.exec("no ip route [vrf <vrf>] <prefix:ipv4> <mask:netmask>", mode="config")
def no_routes(call: Call) -> None:
    """Take every static route to a network away."""
    config = call.router.config
    wanted = (call.get("vrf"), call["prefix"], call["mask"])
    for entry in config.root.all("ip route"):
        if (entry.get("vrf"), entry["prefix"], entry["mask"]) == wanted:
            config.remove(config.root, entry.key)


# ---- IPv6 ----


def _route6(edit: Edit) -> None:
    values = edit.values
    network = IPv6Interface(values["prefix"]).network
    values["prefix"] = str(network).upper()
    if edit.removing:
        return
    vrf = str(values.get("vrf") or "")
    check_vrf(edit, vrf)
    _known_interface(edit)
    hop = str(values.get("next_hop") or "")
    if hop.startswith("FE80:") and not values.get("interface"):
        raise RefusedError("% Interface has to be specified for a link-local nexthop")
    words = ["ipv6 route", *(["vrf", vrf] if vrf else []), values["prefix"]]
    edit.text = " ".join((*words, *_where(values), *_options(edit)))


def _by_network6(entry: Entry) -> tuple[bool, str, int, int]:
    vrf = str(entry.get("vrf") or "")
    network = IPv6Interface(entry["prefix"])
    return bool(vrf), vrf, int(network.ip), network.network.prefixlen


declared.setting(
    "config",
    "ipv6 route [vrf <vrf!>] <prefix!:ipv6_prefix>"
    " {<interface!:interface> [<next_hop!:ipv6>] | <next_hop!:ipv6>}"
    f" [<distance:1-254>] {OPTIONS}",
    name="ipv6 route",
    section="ipv6-route",
    check=_route6,
    order=_by_network6,
)
