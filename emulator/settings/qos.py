"""Quality of service: class maps, policy maps and what a policy does with a class."""

from collections.abc import Callable, Mapping
from functools import partial

from ..config.edit import Edit
from ..config.store import Entry
from ..grammar import CommandSet, RefusedError
from ..services.access_words import DSCPS, PRECEDENCES, name_of
from .helping import in_modes
from .qos_help import HELP

MODES = ("config", "class-map", "policy-map", "policy-class", "policy-police")
declared = CommandSet()
declared.words(in_modes(HELP, *MODES))
declared.mode("class-map", "config-cmap")
declared.mode("policy-map", "config-pmap")
declared.mode("policy-class", "config-pmap-c", parent="policy-map")
declared.mode("policy-police", "config-pmap-c-police", parent="policy-class")
declared.words(
    in_modes(
        {
            "class-map": "Configure CPL Class Map",
            "class-map match-all": "Logical-AND all matching statements under this classmap",
            "class-map match-any": "Logical-OR all matching statements under this classmap",
            "policy-map": "Configure Policy Map",
            "class": "policy criteria",
            "class class-default": "System default class matching otherwise unclassified packets",
            "match access-group": "Access group",
            "match any": "Any packets",
            "match protocol": "Protocol",
            "match input-interface": "Select an input interface to match",
            "bandwidth percent": "% of total Bandwidth",
            "bandwidth remaining": "bandwidth remaining",
            "priority": "Strict Scheduling Priority for this Class",
            "police": "Police",
            "shape": "Traffic Shaping",
            "shape average": "configure token bucket: CIR (bps) [Bc (bits) [Be (bits)]]",
            "fair-queue": "Enable Flow-based Fair Queuing in this Class",
            "queue-limit": "Queue Max Threshold for Tail Drop",
            "random-detect": "Enable Random Early Detection as drop policy",
            "set dscp": "Set DSCP in IP(v4) and IPv6 packets",
            "set precedence": "Set precedence in IP(v4) and IPv6 packets",
            "set cos": "Set IEEE 802.1Q/ISL class of service/user priority",
            "set qos-group": "Set QoS Group",
            "service-policy": "Configure QoS Service Policy",
        },
        *MODES,
    )
)

CLASS_DEFAULT = "class-default"
_VALUES = "|".join(DSCPS)
_PRECEDENCES = "|".join(PRECEDENCES)


def _named(names: Mapping[str, int]) -> Callable[[Edit], None]:
    """The check of a line with code points: IOS prints those by name that have one."""

    def check(edit: Edit) -> None:
        words = [name_of(names, int(word)) if word.isdecimal() else word for word in edit.words]
        if edit.text is not None:
            edit.text = " ".join(words)

    return check


def _class_map(edit: Edit) -> None:
    """`match-all` is printed, also when it was left out; the kind of a class stays."""
    values = edit.values
    name = str(values["map"])
    if edit.removing:
        return
    before = edit.before
    how = values.get("how") or (before["how"] if before is not None else "match-all")
    if before is not None and before["how"] != how:
        raise RefusedError(f"% class-map {name} already exists with a different match type")
    values["how"] = how
    edit.text = f"class-map {how} {name}"


declared.setting(
    "config",
    "class-map [<how:match-all|match-any>] <map!>",
    section="class-map",
    enters="class-map",
    check=_class_map,
    overwrites=False,
)
line = partial(declared.setting, "class-map")
line("description <text:line>")
for _negative in ("", "not "):
    line(f"match {_negative}access-group {{<acl!:1-2699> | name <acl!>}}")
    line(f"match {_negative}any")
    line(f"match {_negative}class-map <class!>")
    line(f"match {_negative}cos {{<cos:0-7>}}+")
    for _ip in ("", "ip "):
        line(
            f"match {_negative}{_ip}dscp {{<dscp:0-63> | <dscp_name:{_VALUES}>}}+",
            check=_named(DSCPS),
        )
        line(
            f"match {_negative}{_ip}precedence {{<value:0-7> | <value_name:{_PRECEDENCES}>}}+",
            check=_named(PRECEDENCES),
        )
    line(f"match {_negative}input-interface <interface!:interface>")
    line(f"match {_negative}protocol <protocol!> [<details:line>]")
    line(f"match {_negative}qos-group <group:0-99>")
    line(f"match {_negative}vlan {{<vlan:1-4095>}}+")


def _policy_map(edit: Edit) -> None:
    """A policy that an interface uses stays."""
    if not edit.removing or edit.before is None:
        return
    name = edit.values["policy"]
    for entry in edit.block.all("interface"):
        used = entry.block.all("service-policy") if entry.block is not None else []
        if any(one["policy"] == name for one in used):
            raise RefusedError(f"% policymap {name} cannot be deleted: it is in use")


def _class(edit: Edit) -> None:
    """A class must be there; the default one always is."""
    name = edit.values["class"]
    known = name == CLASS_DEFAULT or edit.router.config.root.has("class-map", name)
    if edit.text is not None and not known and not edit.router.loading:
        raise RefusedError(f"% class map {name} not configured")


def _default_last(entry: Entry) -> bool:
    return bool(entry["class"] == CLASS_DEFAULT)


declared.setting(
    "config",
    "policy-map <policy!>",
    section="policy-map",
    enters="policy-map",
    check=_policy_map,
)
declared.setting("policy-map", "description <text:line>")
declared.setting(
    "policy-map", "class <class!>", enters="policy-class", check=_class, order=_default_last
)
act = partial(declared.setting, "policy-class")
act(
    "bandwidth {<kbit:1-100000000> | percent <percent:1-100>"
    " | remaining {percent <rest:1-100> | ratio <ratio:1-65536>}}"
)
act("priority [{<kbit:1-100000000> | percent <percent:1-100> | level <level:1-2>}]")
act("compression header ip [{rtp | tcp}]")
act("drop")
act("estimate bandwidth")
act("fair-queue [<queues:16-4096>]")
ACTION = (
    "{conform-action <conform:transmit|drop> | exceed-action {<exceed:transmit|drop>"
    " | set-dscp-transmit <exceed_dscp>} | violate-action {<violate:transmit|drop>"
    " | set-dscp-transmit <violate_dscp>}}*"
)
act(
    "police {<rate:8000-10000000000> [<burst:1000-512000000> [<excess:1000-512000000>]]"
    " | cir {<cir:8000-10000000000> | percent <percent:1-100>} [bc <bc:1000-512000000>]"
    f" [be <be:1000-512000000>]}} {ACTION}",
    enters="policy-police",
)
act("queue-limit <length:1-8192000> [{packets | bytes | ms | us}]")
act("random-detect [{dscp-based | precedence-based}]")
for _ip in ("", "ip "):
    act(f"set {_ip}dscp {{<value:0-63> | <value_name:{_VALUES}>}}", check=_named(DSCPS))
    act(
        f"set {_ip}precedence {{<value:0-7> | <value_name:{_PRECEDENCES}>}}",
        check=_named(PRECEDENCES),
    )
act("set cos <cos:0-7>")
act("set qos-group <group:0-99>")
act("set discard-class <class:0-7>")
act(
    "shape <how:average|peak> {<rate:8000-100000000000> [<bc:32-800000000> [<be:0-800000000>]]"
    " | percent <percent:1-100>}"
)
act("service-policy <policy>")
police = partial(declared.setting, "policy-police")
for _action in ("conform-action", "exceed-action", "violate-action"):
    police(
        f"{_action} {{<action:transmit|drop> | set-dscp-transmit <dscp>"
        " | set-prec-transmit <precedence>}"
    )
