"""BGP: the process, its address families, its neighbours."""

from collections.abc import Awaitable, Callable
from functools import partial
from ipaddress import IPv4Address, IPv4Network, IPv6Address
from typing import Any

from ..config.edit import Edit
from ..config.store import Block, Config, Entry
from ..grammar import CommandSet, RefusedError
from ..grammar.arguments import ipv4, ipv6
from .bgp_help import HELP
from .closings import closed_by
from .concealing import Concealing
from .helping import in_modes
from .references import check_vrf
from .router_common import PROTOCOL_HELP, SOURCES, natural_mask

declared = CommandSet()
declared.words(in_modes(HELP, "config", "bgp", "bgp-af"))
declared.words(in_modes(PROTOCOL_HELP, "bgp", "bgp-af"))
declared.mode("bgp", "config-router")
declared.mode("bgp-af", "config-router-af", parent="bgp")

HIGHEST_AS = 4_294_967_295
NEIGHBOR = "neighbor"
UNKNOWN_PEER = "% Specify remote-as or peer-group commands first"


def as_number(text: str) -> str | None:
    """An AS number as IOS prints it in the plain form; None if it is none."""
    high, dot, low = text.partition(".")
    if not all(part.isdecimal() and len(part) <= 10 for part in ((high, low) if dot else (high,))):
        return None
    if dot and max(int(high), int(low)) > 0xFFFF:
        return None
    number = (int(high) << 16 | int(low)) if dot else int(high)
    return str(number) if 1 <= number <= HIGHEST_AS else None


def _process(edit: Edit) -> None:
    number = as_number(str(edit.values["as"]))
    if number is None:
        raise RefusedError(argument="as")
    for entry in edit.block.all("router bgp"):
        if entry["as"] != number:
            if edit.removing:
                raise RefusedError(f"% BGP is running; AS is {entry['as']}")
            raise RefusedError(f"BGP is already running; AS is {entry['as']}")
    edit.values["as"] = number
    if edit.text is not None:
        edit.text = f"router bgp {number}"
        edit.begins = ("bgp log-neighbor-changes",)


declared.setting("config", "router bgp <as!>", section="router", enters="bgp", check=_process)
bgp = partial(declared.setting, "bgp")
bgp("bgp router-id <address:ipv4>")
bgp("bgp cluster-id <id>")
bgp("bgp confederation identifier <as>")
bgp("bgp confederation peers {<peers>}+")
bgp("bgp always-compare-med")
bgp("bgp log-neighbor-changes")
bgp("bgp deterministic-med")
bgp("bgp bestpath as-path ignore")
bgp("bgp bestpath as-path multipath-relax")
bgp("bgp bestpath compare-routerid")
bgp("bgp bestpath med {missing-as-worst | confed}+", name="bgp bestpath med")
bgp("bgp bestpath cost-community ignore")
bgp("bgp graceful-restart")
bgp("bgp graceful-restart restart-time <seconds:1-3600>")
bgp("bgp graceful-restart stalepath-time <seconds:1-3600>")
bgp("bgp listen limit <count:1-5000>")
bgp("bgp listen range <range!> peer-group <group>")
bgp("bgp default ipv4-unicast", default_on=True)
bgp("bgp default local-preference <preference:0-4294967295>")
bgp("bgp enforce-first-as", default_on=True)
bgp("bgp fast-external-fallover", default_on=True)
bgp("timers bgp <keepalive:0-65535> <hold:0-65535> [<least:0-65535>]", default="timers bgp 60 180")

# ---- neighbours ----


def peer_name(text: str) -> str:
    """A neighbour's address as IOS prints it, or the name of a peer group."""
    return ipv4(text) or ipv6(text) or text


def _peer_order(entry: Entry) -> tuple[Any, ...]:
    """Peer groups stand before neighbours, these by address; each with all its lines."""
    peer = str(entry["peer"])
    if ipv4(peer):
        return (1, int(IPv4Address(peer)), "", entry.setting.rank)
    if ipv6(peer):
        return (2, int(IPv6Address(peer)), "", entry.setting.rank)
    return (0, 0, peer, entry.setting.rank)


def _defines(entry: Entry) -> bool:
    """Whether a line makes a neighbour known."""
    return entry.setting.name in ("neighbor remote-as", "neighbor peer-group")


def _known(block: Block | None, peer: str) -> bool:
    """Whether a neighbour is defined in a block or in the process above it."""
    while block is not None and block.mode.startswith("bgp"):
        if any(_defines(e) and e["peer"] == peer for e in block.entries.values()):
            return True
        block = block.above
    return False


def _forget(config: Config, block: Block, peer: str, kept: Entry | None = None) -> None:
    """Take every line about a neighbour but `kept` away, also in the families below."""
    for entry in list(block.entries.values()):
        if entry.block is not None:
            _forget(config, entry.block, peer)
        if entry.setting.among == NEIGHBOR and entry["peer"] == peer and entry is not kept:
            config.remove(block, entry.key)


Check = Callable[[Edit], Awaitable[None] | None]


def _peer(
    check: Callable[[Edit], None] | None = None, *, defines: bool = False
) -> Callable[[Edit], None]:
    """The check of a neighbour's line: its neighbour must be known, or becomes known by it."""

    def run(edit: Edit) -> None:
        typed = str(edit.values["peer"])
        peer = edit.values["peer"] = peer_name(typed)
        if edit.removing and len(edit.words) == len(("neighbor", peer)):
            _forget(edit.router.config, edit.block, peer)
            return
        if edit.text is not None:
            edit.text = edit.text.replace(f"neighbor {typed}", f"neighbor {peer}", 1)
            if not defines and not _known(edit.block, peer):
                raise RefusedError(UNKNOWN_PEER)
        if check is not None:
            check(edit)

    return run


def _remote_as(edit: Edit) -> None:
    if edit.text is None:
        if edit.before is not None:
            _forget(edit.router.config, edit.block, edit.values["peer"], edit.before)
        return
    number = as_number(str(edit.values["as"]))
    if number is None:
        raise RefusedError(argument="as")
    edit.values["as"] = number
    edit.text = f"neighbor {edit.values['peer']} remote-as {number}"


def _peer_group(edit: Edit) -> None:
    """A name alone makes a group; an address with a group is a member of it."""
    values = edit.values
    peer, group = str(values["peer"]), values.get("group")
    is_address = ipv4(peer) or ipv6(peer)
    if edit.text is None:
        if not is_address and edit.before is not None:
            _forget(edit.router.config, edit.block, peer, edit.before)
        return
    if group is None and is_address:
        raise RefusedError("% Incomplete command.")
    if group is not None and not _known(edit.block, str(group)):
        raise RefusedError(f"% Configure the peer-group {group} first")


class _Password(Concealing):
    """The password of a neighbour, which must be known."""

    def __call__(self, edit: Edit) -> Awaitable[None] | None:
        _peer()(edit)
        return super().__call__(edit)


_MAXIMUM = (
    "maximum-prefix <count:1-2147483647> [<threshold:1-100>]"
    " [{warning-only | restart <minutes:1-65535>}]"
)
_OF_PROCESS = (
    "local-as <as> [no-prepend [replace-as [dual-as]]]",
    "description <text:line>",
    "ao <chain> {include-tcp-options | accept-ao-mismatch-connections}*",
    "password [<type:0-7>] <secret:secret>",
    "ebgp-multihop [<hops:1-255>]",
    "disable-connected-check",
    "update-source <interface:interface>",
    "shutdown",
    "timers <keepalive:0-65535> <hold:0-65535> [<least:0-65535>]",
    "fall-over [bfd]",
    "transport connection-mode <connection:active|passive>",
    "transport path-mtu-discovery",
    "ttl-security hops <hops:1-254>",
)
_OF_FAMILY = (
    "activate",
    "send-community [{standard | extended | both}]",
    "advertisement-interval <seconds:0-600>",
    "route-reflector-client",
    "next-hop-self [all]",
    "next-hop-unchanged",
    "default-originate [route-map <map>]",
    "remove-private-as [all]",
    "as-override",
    "allowas-in [<count:1-10>]",
    "send-label",
    "soft-reconfiguration inbound",
    "weight <weight:0-65535>",
    _MAXIMUM,
    "unsuppress-map <map>",
    "soo <community>",
    "distribute-list <acl> <direction!:in|out>",
    "prefix-list <list> <direction!:in|out>",
    "filter-list <number:1-500> <direction!:in|out>",
    "route-map <map> <direction!:in|out>",
)


def _neighbor(mode: str, syntax: str, check: Check) -> None:
    words = syntax.partition("[")[0].partition("{")[0].partition("<")[0].split()
    declared.setting(
        mode,
        f"neighbor <peer!> {syntax}",
        name=f"neighbor {' '.join(words)}",
        check=check,
        order=_peer_order,
        among=NEIGHBOR,
    )


def _neighbor_lines(mode: str) -> None:
    _neighbor(mode, "peer-group [<group>]", _peer(_peer_group, defines=True))
    _neighbor(mode, "remote-as <as>", _peer(_remote_as, defines=True))
    for syntax in (*_OF_PROCESS, *_OF_FAMILY):
        _neighbor(mode, syntax, _Password() if syntax.startswith("password") else _peer())


# ---- what is announced ----


def _network(edit: Edit) -> None:
    """`network A mask M`: the mask of the class is not printed."""
    values = edit.values
    if "prefix" in values:
        return
    mask = values.get("mask") or natural_mask(str(values["address"]))
    if mask is None:
        raise RefusedError(argument="address")
    try:
        network = IPv4Network(f"{values['address']}/{mask}", strict=False)
    except ValueError:
        raise RefusedError(argument="mask") from None
    base = str(network.network_address)
    if values.get("mask") and base != values["address"]:
        raise RefusedError("% BGP: Incorrect network or mask configured")
    values["address"], values["mask"] = base, str(mask)
    if edit.text is None:
        return
    words = ["network", base]
    if mask != natural_mask(base):
        words += ["mask", str(mask)]
    tail = edit.text.split()[4 if " mask " in edit.text else 2 :]
    edit.text = " ".join((*words, *tail))


def _by_network(entry: Entry) -> tuple[int, int]:
    if "prefix" in entry.values:
        return 6, 0
    return 4, int(IPv4Address(str(entry["address"])))


def _announced(mode: str) -> None:
    line = partial(declared.setting, mode)
    line("bgp redistribute-internal")
    line(
        "network {<address!:ipv4> [mask <mask!:netmask>] | <prefix!:ipv6_prefix>}"
        " [route-map <map>] [backdoor]",
        name="network",
        check=_network,
        order=_by_network,
    )
    line(
        "aggregate-address {<address!:ipv4> <mask!:netmask> | <prefix!:ipv6_prefix>}"
        " {as-set | summary-only | route-map <map> | attribute-map <attributes>"
        " | suppress-map <suppress>}*",
        name="aggregate-address",
    )
    line(
        f"redistribute {{{SOURCES}}} {{metric <metric:0-4294967295> | route-map <map>"
        " | include-connected | match {internal | external [<kind:1-2>]}+}*",
        name="redistribute",
    )
    _neighbor_lines(mode)
    line("maximum-paths <paths:1-32>", default="maximum-paths 1")
    line("maximum-paths ibgp <paths:1-32>", default="maximum-paths ibgp 1")
    line("maximum-paths eibgp <paths:2-32>")
    line("default-information originate")
    line("default-metric <metric:1-4294967295>")
    line(
        "distance bgp <external:1-255> <internal:1-255> <local:1-255>",
        default="distance bgp 20 200 200",
    )
    line("table-map <map> [filter]")
    line("auto-summary")
    line("synchronization")


_announced("bgp")
declared.setting("bgp-af", "bgp router-id <address:ipv4>")
declared.setting("bgp-af", "bgp dampening")
_announced("bgp-af")


# ---- address families ----


def _family(edit: Edit) -> None:
    values = edit.values
    if values.get("sub") == "unicast":
        values["sub"] = None
    if (values["family"] == "l2vpn") != (values.get("sub") == "evpn"):
        raise RefusedError(argument=str(values.get("sub") or values["family"]))
    vrf = values.get("vrf")
    if edit.text is None:
        return
    if vrf:
        check_vrf(edit, str(vrf))
    words = ["address-family", values["family"], values.get("sub"), "vrf" if vrf else None, vrf]
    edit.text = " ".join(str(word) for word in words if word)


_FAMILIES = ("ipv4", "ipv6", "vpnv4", "vpnv6", "l2vpn")


def _family_order(entry: Entry) -> tuple[bool, int, str, str]:
    vrf = str(entry.get("vrf") or "")
    return bool(vrf), _FAMILIES.index(entry["family"]), str(entry.get("sub") or ""), vrf


bgp(
    "address-family <family!:ipv4|ipv6|vpnv4|vpnv6|l2vpn> [<sub!:unicast|multicast|evpn>]"
    " [vrf <vrf!>]",
    name="address-family",
    enters="bgp-af",
    check=_family,
    order=_family_order,
    spaced=True,
    closing="exit-address-family",
)
closed_by(declared, "exit-address-family", "bgp-af")
