"""What IOS checks when an interface gets an address, a VRF, or is taken out of shutdown."""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Interface, IPv6Interface, IPv6Network

from ..config.edit import Edit, written
from ..config.store import Block, Entry
from ..grammar import RefusedError, split_interface
from ..services.interface_state import configured_ipv4
from ..services.interfaces import Interfaces
from .interfaces import first_lines

NO_ADDRESS = "no ip address"
BROADCAST_TYPES = frozenset(
    {
        "GigabitEthernet",
        "TenGigabitEthernet",
        "FastEthernet",
        "Ethernet",
        "Embedded-Service-Engine",
        "Port-channel",
        "Vlan",
        "BDI",
    }
)
_CAUTION = "% Warning: use /31 mask on non point-to-point interface cautiously\n"


def name_of(block: Block) -> str:
    """The name of the interface whose block this is."""
    return str(block.owner["name"]) if block.owner is not None else ""


def vrf_of(block: Block) -> str:
    """The VRF that an interface is in; empty for the global table."""
    return str(block.value("vrf forwarding", "vrf", ""))


# ---- IPv4 ----


def primary(edit: Edit) -> None:
    """`ip address`, in its forms but `secondary`."""
    if edit.negated or edit.reset:
        _take_primary(edit)
        return
    if "address" in edit.values:
        wanted = _host(edit)
        check_overlap(edit, wanted)
    else:
        _take_secondaries(edit)


def secondary(edit: Edit) -> None:
    """`ip address … secondary`."""
    if edit.negated or edit.reset:
        if "secondary" not in edit.words:
            _check_primary(edit, edit.block.find("ip address"))
            _put_no_address(edit, edit.block)
            edit.values = {}
        return
    wanted = _host(edit)
    before = edit.block.find("ip address")
    if before is not None and before.get("address") == edit.values["address"]:
        raise RefusedError("Secondary can't be same as primary")
    check_overlap(edit, wanted)


def unnumbered(edit: Edit) -> None:
    """`ip unnumbered`: another interface lends its address, if it has one of its own."""
    if edit.negated or edit.reset:
        _take_primary(edit)
        return
    name = str(edit.values["interface"])
    if name == name_of(edit.block):
        raise RefusedError("Cannot use an unnumbered interface - unnumbered to itself")
    lender = _interface(edit, name)
    if lender is not None and lender.value("ip address", "interface"):
        raise RefusedError(f"Cannot use an unnumbered interface: {name}")
    _take_secondaries(edit)


def _host(edit: Edit) -> IPv4Interface:
    """The address of a line; refuses with IOS's words what no host can have."""
    address, mask = str(edit.values["address"]), str(edit.values["mask"])
    ones = int(IPv4Address(mask))
    inverse = ones ^ 0xFFFFFFFF
    if inverse & (inverse + 1) or ones == 0:
        raise RefusedError(f"Bad mask 0x{ones:X} for address {address}")
    number = IPv4Address(address)
    if number.is_multicast or number.is_loopback or address.startswith("0.") or number.is_reserved:
        raise RefusedError(f"Not a valid host address - {address}")
    wanted = IPv4Interface(f"{address}/{mask}")
    network = wanted.network
    length = network.prefixlen
    if length < 31 and wanted.ip in (network.network_address, network.broadcast_address):
        raise RefusedError(f"Bad mask /{length} for address {address}")
    kind, _ = split_interface(name_of(edit.block))
    if length == 32 and kind in BROADCAST_TYPES:
        raise RefusedError(f"Bad mask /{length} for address {address}")
    if length == 31 and kind in BROADCAST_TYPES and not edit.router.loading:
        edit.dialogue.write(_CAUTION)
    return wanted


def _take_primary(edit: Edit) -> None:
    """`no ip address`: with an address it must be the right one, without one all go."""
    if "address" in edit.values:
        _check_primary(edit, edit.before)
    else:
        _take_secondaries(edit)
    edit.values = {}
    if "." not in name_of(edit.block):
        edit.text, edit.negated = NO_ADDRESS, True


def _check_primary(edit: Edit, primary: Entry | None) -> None:
    """The primary address is removed by its own name, and as the last one."""
    if primary is None or primary.get("address") != edit.values["address"]:
        raise RefusedError("% Invalid address")
    if edit.block.all("ip address secondary"):
        raise RefusedError("Must delete secondary before deleting primary")


def _put_no_address(edit: Edit, block: Block) -> None:
    config = edit.router.config
    config.remove(block, ("ip address",))
    if NO_ADDRESS in first_lines(edit.router, name_of(block)):
        config.put(block, written(edit.router, block.mode, NO_ADDRESS))


def _take_secondaries(edit: Edit) -> None:
    for entry in edit.block.all("ip address secondary"):
        edit.router.config.remove(edit.block, entry.key)


def _interface(edit: Edit, name: str) -> Block | None:
    found = edit.router.config.root.find("interface", name)
    return found.block if found is not None else None


def _others(edit: Edit) -> Iterator[tuple[str, Block]]:
    """The other interfaces of the same VRF."""
    vrf = vrf_of(edit.block)
    for entry in edit.router.config.root.all("interface"):
        block = entry.block
        if block is not None and block is not edit.block and vrf_of(block) == vrf:
            yield str(entry["name"]), block


def _down(edit: Edit, block: Block) -> bool:
    """Whether an interface, or the main one of a sub-interface, is shut down."""
    if block.has("shutdown"):
        return True
    main = _interface(edit, name_of(block).partition(".")[0])
    return main is not None and main.has("shutdown")


def overlapping(edit: Edit, wanted: IPv4Interface) -> tuple[str, Block] | None:
    """An interface with a network that overlaps, one that is up if there is one; its block."""
    networks = edit.router.feature(Interfaces).networks()
    found = None
    for name in networks.overlapping(vrf_of(edit.block), wanted.network, name_of(edit.block)):
        block = _interface(edit, name)
        if block is not None:
            found = name, block
            if not _down(edit, block):
                break
    return found


def check_overlap(edit: Edit, wanted: IPv4Interface) -> None:
    """Refuse a network that another interface of the VRF has; one that is down is only told of."""
    if edit.router.loading:
        # the interfaces are down while a saved configuration is read
        return
    found = overlapping(edit, wanted)
    if found is None:
        return
    name, block = found
    text = f"% {wanted.network.network_address} overlaps with {name}"
    if not _down(edit, block) and not _down(edit, edit.block):
        raise RefusedError(text)
    edit.dialogue.write(text + "\n")


def shutdown(edit: Edit) -> None:
    """`no shutdown` is refused while an address overlaps with that of an interface that is up."""
    if edit.text is not None or edit.before is None or edit.router.loading:
        return
    for own in configured_ipv4(edit.block):
        found = overlapping(edit, own)
        if found is not None and not _down(edit, found[1]):
            raise RefusedError(
                f"% {own.network.network_address} overlaps with {found[0]}\n"
                f"{name_of(edit.block)}: incorrect IP address assignment"
            )


# ---- IPv6 ----


def ipv6_address(edit: Edit) -> None:
    """`ipv6 address PREFIX`: no multicast, no network of another interface of the VRF."""
    if edit.negated or edit.reset:
        return
    wanted = IPv6Interface(edit.values["prefix"])
    if wanted.ip.is_multicast or wanted.ip.is_loopback:
        raise RefusedError(f"% {str(wanted.ip).upper()}: Invalid IPv6 address")
    if "eui-64" in (edit.text or "") and wanted.network.prefixlen > 64:
        raise RefusedError("% Invalid prefix length for EUI-64 address")
    if edit.router.loading:
        return
    for name, block in _others(edit):
        for network in _ipv6_networks(block):
            if network.overlaps(wanted.network):
                own = name_of(edit.block)
                raise RefusedError(
                    f"%{own}: Error: {_shown(wanted.network)} is overlapping with "
                    f"{_shown(network)} on {name}"
                )


def _ipv6_networks(block: Block) -> list[IPv6Network]:
    return [IPv6Interface(entry["prefix"]).network for entry in block.all("ipv6 address")]


def _shown(network: IPv6Network) -> str:
    return str(network).upper()


IPV6_ADDRESSES = (
    "ipv6 address link-local",
    "ipv6 address",
    "ipv6 address autoconfig",
    "ipv6 address dhcp",
)


def link_local(edit: Edit) -> None:
    """`ipv6 address ADDRESS link-local` begins with FE80; `no ipv6 address` takes all away."""
    if edit.removing:
        if "address" not in edit.values:
            for entry in [entry for line in IPV6_ADDRESSES for entry in edit.block.all(line)]:
                edit.router.config.remove(edit.block, entry.key)
    elif not str(edit.values["address"]).startswith("FE80:"):
        raise RefusedError(f"% Invalid link-local address {edit.values['address']}")


# ---- VRF ----


def forwarding(edit: Edit) -> None:
    """`vrf forwarding`: the addresses go, for they belonged to another table."""
    before = edit.before
    old = str(before["vrf"]) if before is not None else ""
    removing = edit.negated or edit.reset
    new = "" if removing else str(edit.values["vrf"])
    if removing and "vrf" in edit.values and old != edit.values["vrf"] and old:
        raise RefusedError(f"% {name_of(edit.block)} is not in VRF {edit.values['vrf']}")
    if new:
        _check_vrf(edit, new)
    if new == old:
        return
    _tell_removed(edit, "disabling" if removing else "enabling", old if removing else new)


def _check_vrf(edit: Edit, vrf: str) -> None:
    """The VRF must be there, and the line must be of the kind that defined it."""
    root = edit.router.config.root
    typed = (edit.text or "").startswith("ip vrf forwarding")
    if root.has("vrf definition", vrf):
        if typed:
            raise RefusedError(f"% Use 'vrf forwarding' command for VRF '{vrf}'")
    elif root.has("ip vrf", vrf):
        if not typed:
            raise RefusedError(f"% Use 'ip vrf forwarding' command for VRF '{vrf}'")
    elif not edit.router.loading:
        raise RefusedError(f"% VRF {vrf} not configured.")


def _tell_removed(edit: Edit, why: str, vrf: str) -> None:
    name = name_of(edit.block)
    for family in take_addresses(edit, edit.block):
        edit.dialogue.write(
            f"% Interface {name} {family} disabled and address(es) removed due to {why} VRF {vrf}\n"
        )


def take_addresses(edit: Edit, block: Block) -> list[str]:
    """Take all addresses of an interface away; the families that it had some of."""
    config = edit.router.config
    taken = []
    found = block.find("ip address")
    if found is not None and not found.negated:
        taken.append("IPv4")
        for entry in block.all("ip address secondary"):
            config.remove(block, entry.key)
        _put_no_address(edit, block)
    of_ipv6 = [entry for line in (*IPV6_ADDRESSES, "ipv6 enable") for entry in block.all(line)]
    for entry in of_ipv6:
        config.remove(block, entry.key)
    if of_ipv6:
        taken.append("IPv6")
    return taken
