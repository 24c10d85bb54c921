"""Interior routing protocols: OSPF, OSPFv3, EIGRP in both its forms, RIP."""

from functools import partial
from ipaddress import IPv4Address

from ..config.edit import Edit
from ..config.store import Entry
from ..grammar import CommandSet, RefusedError
from .closings import closed_by
from .helping import in_modes
from .igp_help import HELP
from .references import check_vrf
from .router_common import (
    PROTOCOL_HELP,
    SOURCES,
    by_address,
    network_with_wildcard,
    of_class,
    passive_lines,
)

MODES = (
    "ospf",
    "ospfv3",
    "ospfv3-af",
    "eigrp",
    "eigrp-af",
    "eigrp-af-interface",
    "eigrp-topology",
    "rip",
    "rip-af",
)
declared = CommandSet()
declared.words(in_modes(HELP, *MODES))
declared.words(in_modes(PROTOCOL_HELP, "config", *MODES))
declared.mode("ospf", "config-router")
declared.mode("ospfv3", "config-router")
declared.mode("ospfv3-af", "config-router-af", parent="ospfv3")
declared.mode("ipv6-ospf", "config-rtr", like="ospfv3")
declared.mode("eigrp", "config-router")
declared.mode("eigrp-af", "config-router-af", parent="eigrp")
declared.mode("eigrp-af-interface", "config-router-af-interface", parent="eigrp-af")
declared.mode("eigrp-topology", "config-router-af-topology", parent="eigrp-af")
declared.mode("rip", "config-router")
declared.mode("rip-af", "config-router-af", parent="rip")
declared.words(
    in_modes(
        {
            "eigrp router-id": "router id for this EIGRP process",
            "eigrp stub": "Set address-family in stubbed mode",
            "af-interface": "Enter Address Family interface configuration",
            "af-interface default": "Set configuration for all interfaces in this family",
            "topology": "Topology configuration mode",
            "topology base": "Base topology",
            "exit-af-interface": "Exit from Address Family Interface configuration mode",
            "exit-af-topology": "Exit from Address Family Topology configuration mode",
            "log-adjacency-changes": "Log changes in adjacency state",
            "auto-cost": "Calculate OSPF interface cost according to bandwidth",
        },
        *MODES,
    )
)
REDISTRIBUTE_OSPF = (
    f"redistribute {{{SOURCES}}} {{subnets | metric <metric:0-16777214> | metric-type <type:1-2>"
    " | tag <tag:0-4294967295> | route-map <map> | include-connected}*"
)
ORIGINATE = (
    "default-information originate {always | metric <metric:0-16777214>"
    " | metric-type <type:1-2> | route-map <map>}*"
)
METRIC5 = (
    "<bandwidth:1-4294967295> <delay:0-4294967295> <reliability:0-255> <load:1-255> <mtu:1-65535>"
)
REDISTRIBUTE_EIGRP = f"redistribute {{{SOURCES}}} [metric {METRIC5}] [route-map <map>]"
BACKBONE = frozenset({"0", "0.0.0.0"})  # noqa: S104 - an area, not an address
DISTRIBUTE = (
    "distribute-list {<acl> | prefix <list> | route-map <map>} <direction!:in|out>"
    " [<interface!:interface>]"
)


def _router_vrf(edit: Edit) -> None:
    if edit.text is not None and edit.values.get("vrf"):
        check_vrf(edit, str(edit.values["vrf"]))


def _order(entry: Entry) -> tuple[str, bool, int, str]:
    name = str(entry["process"])
    number = int(name) if name.isdecimal() else 0
    return entry.setting.name, not name.isdecimal(), number, name


def _process(
    protocol: str, argument: str, mode: str, more: str = "", section: str = "router"
) -> None:
    declared.setting(
        "config",
        f"{protocol} <process!{argument}>{more}",
        section=section,
        enters=mode,
        check=_router_vrf,
        order=_order,
    )


_process("router eigrp", "", "eigrp")
_process("router ospfv3", ":1-65535", "ospfv3")
_process("router ospf", ":1-65535", "ospf", " [vrf <vrf>]")
declared.setting("config", "router rip", section="router", enters="rip")
_process("ipv6 router ospf", ":1-65535", "ipv6-ospf", section="ipv6-route")

# ---- OSPF ----

ospf = partial(declared.setting, "ospf")


def _area(edit: Edit) -> None:
    """The backbone is no stub, and is printed as it was typed."""
    words = edit.words
    if not edit.removing and {"stub", "nssa"} & set(words[:3]) and edit.values["area"] in BACKBONE:
        raise RefusedError("% OSPF: Backbone can not be configured as stub/nssa area")


def _network(edit: Edit) -> None:
    free = int(IPv4Address(str(edit.values["wildcard"])))
    base = IPv4Address(int(IPv4Address(str(edit.values["address"]))) & ~free & 0xFFFFFFFF)
    if edit.text is not None:
        edit.text = f"network {base} {edit.values['wildcard']} area {edit.values['area']}"
    edit.values["address"] = str(base)


def _areas(declare: "partial[None]") -> None:
    declare("area <area!> authentication [message-digest]", name="area authentication", check=_area)
    declare("area <area!> stub [no-summary]", name="area stub", check=_area)
    declare(
        "area <area!> nssa {no-summary | no-redistribution"
        " | default-information-originate [metric <metric:0-16777214>]}*",
        name="area nssa",
        check=_area,
    )
    declare("area <area!> default-cost <cost:0-16777215>", name="area default-cost")
    declare(
        "area <area!> range {<address!:ipv4> <mask:netmask> | <prefix!:ipv6_prefix>}"
        " [{advertise | not-advertise}] [cost <cost:0-16777214>]",
        name="area range",
    )
    declare("area <area!> virtual-link <router!:ipv4>", name="area virtual-link")
    declare("area <area!> filter-list prefix <list> <direction!:in|out>", name="area filter-list")


ospf("router-id <address:ipv4>")
ospf("ispf")
ospf("auto-cost reference-bandwidth <mbps:1-4294967>", default="auto-cost reference-bandwidth 100")
ospf("log-adjacency-changes [detail]", default="log-adjacency-changes")
ospf("capability vrf-lite")
ospf("prefix-suppression")
ospf(
    "max-metric router-lsa {external-lsa | include-stub | summary-lsa"
    " | on-startup {<seconds:5-86400> | wait-for-bgp}}*"
)
ospf("nsf [{ietf | cisco}]")
_areas(ospf)
ospf("summary-address <address!:ipv4> <mask:netmask> [not-advertise] [tag <tag:0-4294967295>]")
ospf(
    "timers throttle spf <start:1-600000> <hold:1-600000> <most:1-600000>",
    name="timers throttle spf",
)
ospf("timers throttle lsa <start:0-600000> <hold:1-600000> <most:1-600000>")
ospf("timers lsa arrival <milliseconds:0-600000>")
ospf(REDISTRIBUTE_OSPF)
passive_lines(ospf)
ospf(
    "network <address!:ipv4> <wildcard!:wildcard> area <area>",
    check=_network,
    order=by_address,
)
ospf("neighbor <address!:ipv4> [{priority <priority:0-255> | cost <cost:1-65535>}*]")
ospf(ORIGINATE)
ospf("default-metric <metric:1-16777214>")
ospf("maximum-paths <paths:1-32>")
ospf("distance <distance:1-255>", default="distance 110")
ospf(
    "distance ospf {intra-area <intra:1-255> | inter-area <inter:1-255>"
    " | external <external:1-255>}+"
)
ospf(DISTRIBUTE)
ospf("bfd all-interfaces")

ospfv3 = partial(declared.setting, "ospfv3")
ospfv3("router-id <address:ipv4>")
ospfv3(
    "auto-cost reference-bandwidth <mbps:1-4294967>", default="auto-cost reference-bandwidth 100"
)
ospfv3("log-adjacency-changes [detail]", default="log-adjacency-changes")
_areas(ospfv3)
ospfv3(REDISTRIBUTE_OSPF)
passive_lines(ospfv3)
ospfv3(ORIGINATE)
ospfv3("maximum-paths <paths:1-32>")
ospfv3("bfd all-interfaces")
ospfv3(
    "address-family <family!:ipv4|ipv6> unicast [vrf <vrf!>]",
    enters="ospfv3-af",
    spaced=True,
    closing="exit-address-family",
    check=_router_vrf,
)
ospfv3_af = partial(declared.setting, "ospfv3-af")
ospfv3_af("router-id <address:ipv4>")
_areas(ospfv3_af)
ospfv3_af(REDISTRIBUTE_OSPF)
passive_lines(ospfv3_af)
ospfv3_af(ORIGINATE)
ospfv3_af("maximum-paths <paths:1-32>")
closed_by(declared, "exit-address-family", "ospfv3-af")

# ---- EIGRP ----

eigrp = partial(declared.setting, "eigrp")
STUB = "eigrp stub {connected | summary | static | redistributed | receive-only | leak-map <map>}*"


def _stub(edit: Edit) -> None:
    """Without words it is what IOS prints for it."""
    if edit.text == "eigrp stub":
        edit.text = "eigrp stub connected summary"


def _family(edit: Edit) -> None:
    """A family of a named process holds its topology from the beginning."""
    values, block = edit.values, edit.block
    if edit.removing:
        return
    vrf = values.get("vrf")
    if vrf:
        check_vrf(edit, str(vrf))
    named = block.owner is not None and not str(block.owner["process"]).isdecimal()
    if named:
        edit.begins = ("topology base",)
    if named and "as" not in values:
        raise RefusedError("% Incomplete command.")
    words = ["address-family", str(values["family"])]
    if named or not vrf:
        words.append("unicast")
    if vrf:
        words += ["vrf", str(vrf)]
    if "as" in values:
        words += ["autonomous-system", str(values["as"])]
    edit.text = " ".join(words)


eigrp("shutdown")
eigrp(
    "network <address!:ipv4> [<wildcard!:wildcard>]", check=network_with_wildcard, order=by_address
)
eigrp(REDISTRIBUTE_EIGRP)
passive_lines(eigrp)
eigrp("auto-summary")
eigrp("variance <factor:1-128>", default="variance 1")
eigrp("maximum-paths <paths:1-32>", default="maximum-paths 4")
eigrp("distance eigrp <internal:1-255> <external:1-255>", default="distance eigrp 90 170")
eigrp(DISTRIBUTE)
eigrp(f"default-metric {METRIC5}")
eigrp("metric weights <tos:0-8> <k1:0-255> <k2:0-255> <k3:0-255> <k4:0-255> <k5:0-255>")
eigrp("neighbor <address!:ipv4> <interface!:interface>")
eigrp("eigrp router-id <address:ipv4>")
eigrp(STUB, check=_stub)
eigrp("eigrp log-neighbor-changes", default_on=True)
eigrp("bfd all-interfaces")
eigrp(
    "address-family <family!:ipv4|ipv6> [unicast] [vrf <vrf!>] [autonomous-system <as!:1-65535>]",
    enters="eigrp-af",
    spaced=True,
    closing="exit-address-family",
    check=_family,
)
af = partial(declared.setting, "eigrp-af")
af("shutdown")
af(
    "af-interface default",
    name="af-interface default",
    enters="eigrp-af-interface",
    spaced=True,
    closing="exit-af-interface",
)
af(
    "af-interface <interface!:interface>",
    enters="eigrp-af-interface",
    spaced=True,
    closing="exit-af-interface",
)
af("topology base", enters="eigrp-topology", spaced=True, closing="exit-af-topology")
af("network <address!:ipv4> [<wildcard!:wildcard>]", check=network_with_wildcard, order=by_address)
af(REDISTRIBUTE_EIGRP)
passive_lines(af)
af("autonomous-system <as:1-65535>")
af("auto-summary")
af("metric weights <tos:0-8> <k1:0-255> <k2:0-255> <k3:0-255> <k4:0-255> <k5:0-255> [<k6:0-255>]")
af("metric rib-scale <scale:1-255>")
af("neighbor <address!:ipv4> <interface!:interface> [{remote <hops:2-100> lisp-encap}]")
af("nsf")
af("eigrp router-id <address:ipv4>")
af(STUB, check=_stub)
af("eigrp log-neighbor-changes", default_on=True)

af_interface = partial(declared.setting, "eigrp-af-interface")


def _passive(edit: Edit) -> None:
    """`no` is kept: it makes an exception from what holds for all interfaces."""
    owner = edit.block.owner
    if edit.negated and owner is not None and "interface" in owner.values:
        edit.text = "no passive-interface"


af_interface("authentication mode {md5 | hmac-sha-256 [<type:0-7>] <secret:secret>}")
af_interface("authentication key-chain <chain>")
af_interface("bandwidth-percent <percent:1-999999>", default="bandwidth-percent 50")
af_interface("bfd")
af_interface("dampening-change [<percent:1-100>]")
af_interface("hello-interval <seconds:1-65535>")
af_interface("hold-time <seconds:1-65535>")
af_interface("next-hop-self", default_on=True)
af_interface("passive-interface", check=_passive)
af_interface("shutdown")
af_interface("split-horizon", default_on=True)
af_interface("summary-address <address!:ipv4> <mask!:netmask> [leak-map <map>]")
topology = partial(declared.setting, "eigrp-topology")
topology("auto-summary")
topology(f"default-metric {METRIC5}")
topology("default-information {in | out | originate}")
topology("distance eigrp <internal:1-255> <external:1-255>", default="distance eigrp 90 170")
topology(DISTRIBUTE)
topology("maximum-paths <paths:1-32>", default="maximum-paths 4")
topology(REDISTRIBUTE_EIGRP)
topology("summary-metric <address!:ipv4> <mask!:netmask> [distance <distance:1-255>]")
topology("variance <factor:1-128>", default="variance 1")
closed_by(declared, "exit-address-family", "eigrp-af")
closed_by(declared, "exit-af-interface", "eigrp-af-interface")
closed_by(declared, "exit-af-topology", "eigrp-topology")

# ---- RIP ----


def _classful(edit: Edit) -> None:
    edit.values["address"] = of_class(str(edit.values["address"]))
    if edit.text is not None:
        edit.text = f"network {edit.values['address']}"


for _mode in ("rip", "rip-af"):
    rip = partial(declared.setting, _mode)
    rip("version <version:1|2>")
    rip(
        "timers basic <update:1-4294967295> <invalid:1-4294967295> <hold:0-4294967295>"
        " <flush:1-4294967295>"
    )
    rip(f"redistribute {{{SOURCES}}} {{metric {{<metric:0-16> | transparent}} | route-map <map>}}*")
    passive_lines(rip)
    rip("network <address!:ipv4>", check=_classful, order=by_address)
    rip("neighbor <address!:ipv4>")
    rip("default-information originate [route-map <map>]")
    rip("default-metric <metric:1-16>")
    rip("distance <distance:1-255>", default="distance 120")
    rip(DISTRIBUTE)
    rip("maximum-paths <paths:1-32>", default="maximum-paths 4")
    rip("auto-summary", default_on=True)
declared.setting(
    "rip",
    "address-family ipv4 vrf <vrf!>",
    enters="rip-af",
    spaced=True,
    closing="exit-address-family",
    check=_router_vrf,
)
closed_by(declared, "exit-address-family", "rip-af")
