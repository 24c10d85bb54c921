"""Network address translation: what is configured; no traffic is translated yet.

Layouts: transcripts of IOS 15 and IOS-XE, the parsers of genie and the ntc-templates.
"""

from ipaddress import IPv4Address

from ..config.store import Entry
from ..grammar import CLASSIC, CommandSet
from ..services.interfaces import Interfaces
from ..shell.call import Call
from .interface_choice import block_of

NOTHING = "---"
STATIC = "ip nat inside source static"

declared = CommandSet()
declared.words(
    {
        "show ip nat": "IP NAT information",
        "ip nat translations": "Translation entries",
        "translations verbose": "Show extra information",
        "ip nat statistics": "Translation statistics",
        "clear ip nat": "Clear NAT",
        "ip nat translation": "Clear dynamic translation",
        "translation *": "Delete all dynamic translations",
    }
)


@declared.exec("show ip nat translations [verbose]")
def show_translations(call: Call) -> str:
    """The translations: static ones are always there."""
    wide = 0 if call.router.family == CLASSIC else 3
    widths = (4 + (1 if wide else 0), 19 + wide, 19 + wide, 19 + wide)
    head = ("Pro", "Inside global", "Inside local", "Outside local", "Outside global")
    entries = call.router.config.root.all(STATIC)
    if not entries and call.router.family == CLASSIC:
        return ""
    text = _row(head, widths)
    for entry in entries:
        text += _row((entry.get("protocol") or NOTHING, *_addresses(call, entry)), widths)
    if call.router.family != CLASSIC:
        text += f"\nTotal number of translations: {len(entries)}\n"
    return text


def _row(cells: tuple[str, ...], widths: tuple[int, ...]) -> str:
    padded = "".join(f"{cell:<{width}}" for cell, width in zip(cells, widths, strict=False))
    return f"{padded}{cells[-1]}\n"


def _addresses(call: Call, entry: Entry) -> tuple[str, str, str, str]:
    shown = entry.get("global")
    if shown is None:
        state = call.router.feature(Interfaces).get(str(entry["interface"]))
        shown = state.address if state is not None else NOTHING
    inner = str(entry["local"])
    if entry.get("local_port") is not None:
        shown, inner = f"{shown}:{entry['global_port']}", f"{inner}:{entry['local_port']}"
    return str(shown), inner, NOTHING, NOTHING


@declared.exec("show ip nat statistics")
def show_statistics(call: Call) -> str:
    """How many translations there are, and by what rules."""
    root = call.router.config.root
    statics = root.all(STATIC)
    extended = sum(entry.get("local_port") is not None for entry in statics)
    kinds = f"{len(statics)} static, 0 dynamic; {extended} extended"
    lines = [f"Total active translations: {len(statics)} ({kinds})"]
    classic = call.router.family == CLASSIC
    if classic:
        lines.append("Peak translations: 0")
    for side in ("outside", "inside"):
        lines.append("Outside interfaces:" if side == "outside" else "Inside interfaces: ")
        names = [
            state.name
            for state in call.router.feature(Interfaces).all()
            if block_of(call.router, state.name).value("ip nat", "side") == side
        ]
        if names:
            lines.append(f"  {', '.join(names)}")
    lines.append("Hits: 0  Misses: 0")
    if classic:
        lines.append("CEF Translated packets: 0, CEF Punted packets: 0")
    lines.append("Expired translations: 0")
    lines.append("Dynamic mappings:")
    rules = root.all("ip nat inside source")
    if rules:
        lines.append("-- Inside Source")
    for number, entry in enumerate(rules, 1):
        lines += _rule(call, entry, number)
    lines += _ending(classic=classic)
    return "\n".join(lines) + "\n"


def _rule(call: Call, entry: Entry, number: int) -> list[str]:
    what = f"access-list {entry['acl']}" if entry.get("acl") else f"route-map {entry['map']}"
    pool = entry.get("pool")
    if pool is None:
        return [f"[Id: {number}] {what} interface {entry['interface']} refcount 0"]
    lines = [f"[Id: {number}] {what} pool {pool} refcount 0"]
    found = call.router.config.root.find("ip nat pool", pool)
    if found is not None:
        length = found.get("length")
        mask = found.get("netmask") or str(IPv4Address((1 << 32) - (1 << 32 - int(length))))
        low, high = IPv4Address(str(found["low"])), IPv4Address(str(found["high"]))
        total = int(high) - int(low) + 1
        lines += [
            f" pool {pool}: id {number}, netmask {mask}",
            f"\tstart {low} end {high}",
            f"\ttype generic, total addresses {total}, allocated 0 (0%), misses 0",
        ]
    return lines


def _ending(*, classic: bool) -> list[str]:
    if classic:
        return ["", "Total doors: 0", "Appl doors: 0", "Normal doors: 0", "Queued Packets: 0"]
    return [
        "nat-limit statistics:",
        " max entry: max allowed 0, used 0, missed 0",
        "In-to-out drops: 0  Out-to-in drops: 0",
        "Pool stats drop: 0  Mapping stats drop: 0",
        "Port block alloc fail: 0",
        "IP alias add fail: 0",
        "Limit entry add fail: 0",
    ]


@declared.exec("clear ip nat translation '*'", privilege=15)
def clear_translations(_call: Call) -> None:
    """There are no dynamic ones."""
