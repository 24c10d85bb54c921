"""Tracked objects and IP SLA operations. Layouts: genieparser samples, transcripts of IOS."""

from ..config.store import Block
from ..grammar import CLASSIC, CommandSet
from ..services.interfaces import Interfaces
from ..services.tracked import RTT_MS, Operation, Tracked, operations, tracked_objects
from ..shell.call import Call
from ..timetext import age_text
from .interface_choice import block_of

ANYWHERE = "0.0.0.0"  # noqa: S104 - no address
BRIEF_HEAD = "Track Type        Instance                   Parameter        State Last Change\n"
SLA_HEAD = """\
IPSLAs Latest Operation Summary
Codes: * active, ^ inactive, ~ pending
All Stats are in milliseconds. Stats with u are in microseconds

ID           Type        Destination       Stats               Return        Last
                                                               Code          Run \n\
------------------------------------------------------------------------------------
"""

declared = CommandSet()
declared.words(
    {
        "show track": "Tracking information",
        "show track <1-1000>": "Tracked object",
        "show track brief": "Tracking information brief",
        "show ip sla": "Service Level Agreement (SLA)",
        "ip sla configuration": "IP SLAs Configuration",
        "ip sla statistics": "IP SLAs Statistics",
        "ip sla summary": "IP SLAs Statistics Summary",
    }
)


# ---- tracked objects ----


@declared.exec("show track [<object:1-1000>]")
def show_track(call: Call) -> str:
    """The tracked objects."""
    wanted = call.get("object")
    found = tracked_objects(call.router).values()
    return "".join(_track_text(call, one) for one in found if wanted in (None, one.number))


def _what(one: Tracked) -> tuple[str, str, str]:
    """The type, the instance and the parameter of an object, as the table has them."""
    entry, words = one.entry, one.entry.text.split()
    if entry.get("interface"):
        parameter = "ip routing" if "routing" in words else "line-protocol"
        return "interface", str(entry["interface"]), parameter
    if entry.get("operation"):
        return "ip sla", str(entry["operation"]), "state" if "state" in words else "reachability"
    if entry.get("address"):
        return "ip route", f"{entry['address']}/{entry['mask']}", "reachability"
    if entry.get("prefix"):
        return "ip route", str(entry["prefix"]), "reachability"
    if "stub-object" in words:
        return "stub-object", "", "default-state"
    return "list", "", " ".join(words[3:])


def _track_text(call: Call, one: Tracked) -> str:
    kind, instance, parameter = _what(one)
    lines = [f"Track {one.number}"]
    state = "Up" if one.up else "Down"
    why = f" ({one.why})" if one.why else ""
    if kind == "interface":
        subject = "IP routing" if parameter == "ip routing" else "Line protocol"
        lines += [f"  Interface {instance} {parameter}", f"  {subject} is {state}{why}"]
    elif kind == "ip sla":
        subject = "State" if parameter == "state" else "Reachability"
        lines += [f"  IP SLA {instance} {parameter}", f"  {subject} is {state}"]
    elif kind == "ip route":
        shown = instance.replace("/", " ") if one.entry.get("address") else instance
        lines += [f"  IP route {shown} {parameter}", f"  Reachability is {state}{why}"]
    elif kind == "list":
        lines += [f"  List {parameter}", f"  {parameter.split()[0].capitalize()} is {state}"]
    else:
        lines += ["  Stub-object", f"  State is {state}"]
    age = age_text(call.router.clock.now() - one.since)
    lines.append(f"    1 change, last change {age}")
    lines += _details(call, one)
    return "\n".join(lines) + "\n"


def _details(call: Call, one: Tracked) -> list[str]:
    lines = []
    block = one.entry.block or Block("track")
    delay = block.find("delay")
    if delay is not None:
        parts = [f"{way} {_last(delay.get(way))} secs" for way in ("up", "down") if delay.get(way)]
        lines.append(f"  Delay {', '.join(parts)}")
    if one.entry.get("operation"):
        code = "OK" if one.up else "Timeout"
        lines.append(f"  Latest operation return code: {code}")
        if one.up:
            lines.append(f"  Latest RTT (millisecs) {RTT_MS}")
    users = _users(call, one.number)
    return [*lines, "  Tracked by:", *users] if users else lines


def _last(value: object) -> object:
    return value[-1] if isinstance(value, tuple) else value


def _users(call: Call, number: int) -> list[str]:
    """Who looks at an object: groups of HSRP and VRRP, static routes."""
    found = []
    for state in call.router.feature(Interfaces).all():
        block = block_of(call.router, state.name)
        for name, label in (("standby track", "HSRP"), ("vrrp track", "VRRP")):
            found += [
                f"    {label} {state.name} {entry['group']}"
                for entry in block.all(name)
                if entry["object"] == number
            ]
    if any(entry.get("track") == number for entry in call.router.config.root.all("ip route")):
        found.append("    Static IP Routing 0")
    return found


@declared.exec("show track brief")
def show_track_brief(call: Call) -> str:
    """The tracked objects in a table."""
    text = BRIEF_HEAD
    for one in tracked_objects(call.router).values():
        kind, instance, parameter = _what(one)
        age = age_text(call.router.clock.now() - one.since)
        state = "Up" if one.up else "Down"
        text += f"{one.number:<6}{kind:<12}{instance:<27}{parameter:<17}{state:<6}{age}\n"
    return text


# ---- IP SLA ----


@declared.exec("show ip sla summary")
def show_sla_summary(call: Call) -> str:
    """The operations in a table."""
    text = SLA_HEAD
    for one in operations(call.router).values():
        mark = "*" if one.running else "~"
        stats = f"RTT={RTT_MS}" if one.answered else "-"
        code = _code(one)
        run = f"{_frequency(one) // 2} seconds ago" if one.running else "-"
        text += f"{mark}{one.number:<12}{one.kind:<12}{one.target:<18}{stats:<20}{code:<14}{run}\n"
    return text + "\n"


def _code(one: Operation) -> str:
    if not one.running:
        return "Unknown"
    if one.answered:
        return "OK"
    return "NoConnection" if one.kind in ("tcp-connect", "http get") else "Timeout"


def _frequency(one: Operation) -> int:
    return int(one.block.value("frequency", "seconds") or 60)


@declared.exec("show ip sla statistics [<operation:1-2147483647>]")
def show_sla_statistics(call: Call) -> str:
    """What the operations have measured."""
    wanted = call.get("operation")
    router = call.router
    texts = []
    for one in operations(router).values():
        if wanted not in (None, one.number):
            continue
        runs = int(router.uptime_s) // _frequency(one) + 1 if one.running else 0
        rtt = f"{RTT_MS} milliseconds" if one.answered else "NoConnection/Busy/Timeout"
        lines = [f"IPSLA operation id: {one.number}"]
        if one.running:
            start = router.second_text(router.booted_at + (runs - 1) * _frequency(one))
            lines += [f"        Latest RTT: {rtt}", f"Latest operation start time: {start}"]
            lines.append(f"Latest operation return code: {_code(one)}")
        lines.append(f"Number of successes: {runs if one.answered else 0}")
        lines.append(f"Number of failures: {0 if one.answered else runs}")
        lines.append(f"Operation time to live: {'Forever' if one.running else '0'}")
        texts.append("\n".join(lines) + "\n\n\n")
    return "IPSLAs Latest Operation Statistics\n\n" + "".join(texts) if texts else ""


@declared.exec("show ip sla configuration [<operation:1-2147483647>]")
def show_sla_configuration(call: Call) -> str:
    """How the operations are set up."""
    wanted = call.get("operation")
    texts = [
        _sla_text(call, one)
        for one in operations(call.router).values()
        if wanted in (None, one.number)
    ]
    if not texts:
        return ""
    head = "IP SLAs Infrastructure Engine-III" if _classic(call) else "IP SLAs Configuration:"
    return head + "\n" + "".join(texts)


def _classic(call: Call) -> bool:
    return call.router.family == CLASSIC


def _sla_text(call: Call, one: Operation) -> str:
    lines = _old_sla(one) if _classic(call) else _new_sla(one)
    return "\n".join(lines) + "\n\n"


def _number_of(one: Operation, name: str, argument: str, usual: int) -> int:
    return int(one.block.value(name, argument) or usual)


def _source(one: Operation) -> str:
    written = one.entry.get("source") or one.entry.get("source_interface")
    return str(_last(written)) if written else ANYWHERE


def _status(one: Operation) -> str:
    return "Active" if one.running else "notInService"


def _history(one: Operation) -> tuple[str, str, str, str]:
    """Hours of statistics, lives and buckets that are kept, and what is noted at all."""
    value = one.block.value
    return (
        str(value("history hours-of-statistics-kept", "hours", 2)),
        str(value("history lives-kept", "lives", 0)),
        str(value("history buckets-kept", "buckets", 15)),
        str(value("history filter", "filter", "none")).capitalize(),
    )


def _old_sla(one: Operation) -> list[str]:
    block, port = one.block, one.entry.get("port")
    hours, lives, buckets, chosen = _history(one)
    target = one.target if port is None else f"{one.target}/{port}"
    start = "Start Time already passed" if one.running else "Pending trigger"
    every = f"{_frequency(one)}  (not considered if randomly scheduled)"
    return [
        f"Entry number: {one.number}",
        f"Owner: {block.value('owner', 'owner') or ''}",
        f"Tag: {block.value('tag', 'tag') or ''}",
        f"Operation timeout (milliseconds): {_number_of(one, 'timeout', 'milliseconds', 5000)}",
        f"Type of operation to perform: {one.kind}",
        f"Target address/Source address: {target}/{_source(one)}",
        f"Type Of Service parameter: 0x{_number_of(one, 'tos', 'tos', 0):X}",
        f"Request size (ARR data portion): {_number_of(one, 'request-data-size', 'bytes', 28)}",
        f"Verify data: {'Yes' if block.has('verify-data') else 'No'}",
        f"Vrf Name: {block.value('vrf', 'vrf') or ''}",
        "Schedule:",
        f"   Operation frequency (seconds): {every}",
        f"   Next Scheduled Start Time: {start}",
        "   Group Scheduled : FALSE",
        "   Randomly Scheduled : FALSE",
        f"   Life (seconds): {'Forever' if one.running else '3600'}",
        "   Entry Ageout (seconds): never",
        "   Recurring (Starting Everyday): FALSE",
        f"   Status of entry (SNMP RowStatus): {_status(one)}",
        f"Threshold (milliseconds): {_number_of(one, 'threshold', 'milliseconds', 5000)}",
        "Distribution Statistics:",
        f"   Number of statistic hours kept: {hours}",
        "   Number of statistic distribution buckets kept: 1",
        "   Statistic distribution interval (milliseconds): 20",
        "Enhanced History:",
        "History Statistics:",
        f"   Number of history Lives kept: {lives}",
        f"   Number of history Buckets kept: {buckets}",
        f"   History Filter Type: {chosen}",
    ]


def _new_sla(one: Operation) -> list[str]:
    block = one.block
    size = _number_of(one, "request-data-size", "bytes", 28)
    hours, lives, buckets, chosen = _history(one)
    return [
        f"Entry Number: {one.number}",
        f"   Owner: {block.value('owner', 'owner') or '-'}",
        f"   Tag: {block.value('tag', 'tag') or '-'}",
        f"   Type of operation to perform: {one.kind}",
        f"   Target address: {one.target}",
        f"   Source address: {_source(one)}",
        f"   Request size (ARR data bytes): {size}",
        f"   Timeout (milliseconds): {_number_of(one, 'timeout', 'milliseconds', 5000)}",
        f"   Frequency (seconds): {_frequency(one)}",
        f"   Verify data: {'Yes' if block.has('verify-data') else 'No'}",
        f"   Status of entry (SNMP RowStatus): {_status(one)}",
        f"   Threshold (milliseconds): {_number_of(one, 'threshold', 'milliseconds', 5000)}",
        "   Distribution Statistics:",
        f"      Number of statistics hours kept: {hours}",
        "      Number of statistics distributions buckets kept: 1",
        "      Statistic distribution interval (milliseconds): 20",
        "   Enhanced History:",
        f"      Number of history Lives kept: {lives}",
        f"      Number of history Buckets kept: {buckets}",
        f"      History Filter Type: {chosen}",
    ]
