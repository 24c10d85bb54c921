"""Route maps, and the lists that they match: prefixes, communities, AS paths."""

from dataclasses import dataclass, field
from functools import partial
from ipaddress import IPv4Interface, IPv6Interface
from typing import Any

from ..config.edit import Edit
from ..config.store import Block, Entry
from ..grammar import CommandSet, RefusedError
from .helping import in_modes
from .policy_help import HELP

MODES = ("config", "route-map")
declared = CommandSet()
declared.words(in_modes(HELP, *MODES))
declared.mode("route-map", "config-route-map")
declared.words(
    in_modes(
        {
            "route-map": "Create route-map or enter route-map command mode",
            "route-map WORD": "Route map tag",
            "route-map permit": "Route map permits set operations",
            "route-map deny": "Route map denies set operations",
            "match": "Match values from routing table",
            "set": "Set values in destination routing protocol",
            "continue": "Continue on a different entry within the route-map",
            "match ip": "IP specific information",
            "match ipv6": "IPv6 specific information",
            "ip prefix-list": "Build a prefix list",
            "ipv6 prefix-list": "Build a prefix list",
            "prefix-list WORD": "Name of a prefix list",
            "prefix-list seq": "sequence number of an entry",
            "prefix-list description": "Prefix-list specific description",
            "prefix-list permit": "Specify packets to forward",
            "prefix-list deny": "Specify packets to reject",
            "prefix-list ge": "Minimum prefix length to be matched",
            "prefix-list le": "Maximum prefix length to be matched",
            "ip community-list": "Add a community list entry",
            "ip as-path": "BGP autonomous system path filter",
            "as-path access-list": "Specify an access list number",
        },
        *MODES,
    )
)

PREFIX_STEP = 5
MAP_STEP = 10


# ---- prefix lists ----


@dataclass(slots=True)
class _Known:
    """What the entries of a list share, so that a long one loads in linear time."""

    numbers: dict[str, int] = field(default_factory=dict)
    last: int = 0


def _known(edit: Edit) -> _Known:
    """What is known of a list; its newest entry is near the end, if it is just being typed."""
    name, wanted = edit.setting.name, edit.values["list"]
    for entry in reversed(edit.block.entries.values()):
        if entry.setting.name == name and entry["list"] == wanted:
            found: _Known = entry["known"]
            return found
    return _Known()


def _prefix_entry(edit: Edit) -> None:
    values, name = edit.values, edit.setting.name
    known = _known(edit)
    if edit.removing:
        _remove_entry(edit, known)
        return
    text = _prefix_text(edit)
    if values.get("sequence") is None:
        next_one = known.last - known.last % PREFIX_STEP + PREFIX_STEP
        values["sequence"] = known.numbers.get(text, next_one)
    there = edit.before
    if there is not None and there["rule"] != text:
        raise RefusedError(f"%Insertion failed - seq # exists: {there['sequence']}")
    known.numbers.setdefault(text, values["sequence"])
    known.last = max(known.last, values["sequence"])
    values["rule"], values["known"] = text, known
    edit.text = f"{name} {values['list']} seq {values['sequence']} {text}"


def _remove_entry(edit: Edit, known: _Known) -> None:
    """`no ip prefix-list NAME` takes the whole list, with its description."""
    values, name = edit.values, edit.setting.name
    if "prefix" in values:
        values["sequence"] = known.numbers.get(_prefix_text(edit), values.get("sequence"))
    elif values.get("sequence") is None:
        for entry in _of_list(edit.block, name, values["list"]):
            edit.router.config.remove(edit.block, entry.key)
        edit.router.config.remove(edit.block, (f"{name} description", values["list"]))
    before = edit.before
    if before is not None:
        known.numbers.pop(before["rule"], None)
        known.last = max(known.numbers.values(), default=0)


def _prefix_text(edit: Edit) -> str:
    """What an entry says, in IOS's form; refuses lengths that do not fit."""
    values = edit.values
    read = IPv6Interface if edit.setting.name.startswith("ipv6") else IPv4Interface
    network = read(str(values["prefix"])).network
    least, most = values.get("ge"), values.get("le")
    shown = str(network).upper()
    limits = [length for length in (network.prefixlen, least, most) if length is not None]
    if limits != sorted(limits) or (least is not None and least <= network.prefixlen):
        raise RefusedError(
            f"% Invalid prefix range for {shown}, make sure: len < ge-value <= le-value"
        )
    words = [str(values["action"]), shown]
    if least is not None:
        words += ["ge", str(least)]
    if most is not None and most != network.prefixlen:
        words += ["le", str(most)]
    return " ".join(words)


def _of_list(block: Block, name: str, wanted: str) -> list[Entry]:
    return [entry for entry in block.all(name) if entry["list"] == wanted]


def _by_list(entry: Entry) -> tuple[str, int]:
    return str(entry["list"]), int(entry.get("sequence") or 0)


def _prefix_list(name: str, kind: str, longest: int, section: str) -> None:
    line = partial(declared.setting, "config", section=section, order=_by_list, among=name)
    line(
        f"{name} <list!> [seq <sequence!:1-4294967294>] <action:permit|deny> <prefix:{kind}>"
        f" [ge <ge:1-{longest}>] [le <le:1-{longest}>]",
        name=name,
        check=_prefix_entry,
        overwrites=False,
    )
    line(f"{name} <list!> description <text:line>", name=f"{name} description")


_prefix_list("ip prefix-list", "ipv4_prefix", 32, "prefix-list")
_prefix_list("ipv6 prefix-list", "ipv6_prefix", 128, "ipv6-route")

# ---- community lists, AS paths ----

_list = partial(declared.setting, "config", section="ip-forward")
_list(
    "ip community-list {<list!:1-500> | standard <list!> | expanded <list!>}"
    " <action!:permit|deny> <communities!:line>",
    name="ip community-list",
    order=lambda entry: str(entry["list"]),
)
_list(
    "ip extcommunity-list {<list!:1-500> | standard <list!> | expanded <list!>}"
    " <action!:permit|deny> <communities!:line>",
    name="ip extcommunity-list",
    order=lambda entry: str(entry["list"]),
)
_list(
    "ip as-path access-list <list!:1-500> <action!:permit|deny> <expression!:line>",
    order=lambda entry: entry["list"],
)


# ---- route maps ----


def _map_place(block: Block, name: str) -> int:
    """Maps stand in the order of their first entries; the newest entry is looked at first."""
    last = 0
    for entry in reversed(block.entries.values()):
        if entry.setting.name == "route-map":
            if entry["map"] == name:
                return int(entry["place"])
            last = max(last, int(entry["place"]))
    return last + 1


def _route_map(edit: Edit) -> None:
    """A map has a number and an action; `no route-map NAME` takes all of its entries."""
    values = edit.values
    name = str(values["map"])
    if edit.removing:
        if values.get("sequence") is None:
            for entry in edit.block.all("route-map"):
                if entry["map"] == name:
                    edit.router.config.remove(edit.block, entry.key)
        return
    if values.get("sequence") is None:
        values["sequence"] = MAP_STEP
    values["place"] = _map_place(edit.block, name)
    values.setdefault("action", "permit")
    edit.text = f"route-map {name} {values['action']} {values['sequence']}"


declared.setting(
    "config",
    "route-map <map!> [<action:permit|deny>] [<sequence!:0-65535>]",
    section="route-map",
    enters="route-map",
    check=_route_map,
    order=lambda entry: (entry["place"], entry["sequence"]),
)


def _more(edit: Edit) -> None:
    """Another line of this kind adds to what is matched; `no` with a name takes that one."""
    before: tuple[Any, ...] = tuple(edit.before["items"]) if edit.before is not None else ()
    typed: tuple[Any, ...] = tuple(edit.values.get("items", ()))
    if edit.removing:
        items = tuple(item for item in before if item not in typed) if typed else ()
    else:
        items = tuple(dict.fromkeys((*before, *typed)))
    if items:
        edit.values = {"items": items}
        edit.negated = False
        edit.text = " ".join((edit.setting.name, *map(str, items)))


line = partial(declared.setting, "route-map")
line("description <text:line>")
for _what in (
    "ip address",
    "ip next-hop",
    "ip route-source",
    "ipv6 address",
    "ipv6 next-hop",
):
    line(f"match {_what} {{<items>}}+", check=_more)
    line(f"match {_what} prefix-list {{<items>}}+", check=_more)
line("match as-path {<items:1-500>}+", check=_more)
line("match community {<items>}+ [exact-match]", check=_more)
line("match extcommunity {<items>}+", check=_more)
line("match interface {<items:interface>}+", check=_more)
line("match length <least:0-2147483647> <most:0-2147483647>")
line("match metric {<items:0-4294967295>}+", check=_more)
line("match route-type {internal | external [{type-1 | type-2}] | level-1 | level-2 | local}+")
line("match source-protocol {connected | static | rip | bgp <as> | eigrp <eigrp> | ospf <ospf>}+")
line("match tag {<items:0-4294967295>}+", check=_more)
line("set as-path prepend {last-as <count:1-10> | {<as>}+}", name="set as-path prepend")
line("set comm-list <list> delete", name="set comm-list")
line("set community {none | {<community>}+}")
line("set extcommunity <kind!:rt|soo|cost> <communities:line>")
line("set dampening <half:1-45> <reuse:1-20000> <suppress:1-20000> <most:1-255>")
line("set default interface {<items:interface>}+", check=_more)
line("set global")
line("set interface {<items:interface>}+", check=_more)
line("set ip address prefix-list <list>")
line("set ip default next-hop {<items:ipv4>}+", check=_more)
line("set ip df <bit:0-1>")
line("set ip dscp <dscp>")
line("set ip next-hop {<items:ipv4>}+", check=_more)
line("set ip next-hop encapsulate l3vpn <profile>")
line("set ip next-hop {peer-address | self | unchanged}", name="set ip next-hop")
line("set ip next-hop recursive <address:ipv4>")
line(
    "set ip next-hop verify-availability <address!:ipv4> <sequence!:1-65535> track <object:1-1000>"
)
line("set ip precedence <precedence>")
line("set ip tos <tos>")
line("set ip vrf <vrf> next-hop {<items:ipv4>}+", name="set ip vrf")
line("set ipv6 next-hop {<items:ipv6>}+", check=_more)
line("set level <level:level-1|level-1-2|level-2|stub-area|backbone>")
line("set local-preference <preference:0-4294967295>")
line("set metric <metric>")
line("set metric-type <type:external|internal|type-1|type-2>")
line("set mpls-label")
line("set origin <origin:igp|incomplete>")
line("set tag <tag:0-4294967295>")
line("set vrf <vrf>")
line("set weight <weight:0-65535>")
line("continue [<sequence:1-65535>]")
