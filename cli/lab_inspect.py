"""The action `inspect` of `lab`: the state of a device as a readable text."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

import click

from ..errors import counted, printable
from .lab_common import (
    Row,
    aligned,
    ask,
    device_argument,
    filled,
    json_option,
    lab_option,
    moment_of,
    span_of,
)
from .output import result

MOST_ROWS: Final = 50
"""So many members of a group are listed; a group may have thousands."""
OVERVIEW: Final = ("device", "platform", "role", "group", "state", "TEK", "ends in")
KEYS: Final = ("key", "SPI", "sa", "ends in", "next in", "encrypts")
PEERS: Final = ("key server", "device", "priority", "role", "status", "IKE SA")
MEMBERS: Final = ("member", "device", "version", "registered with", "rekeys", "acks", "missed")
INDENT: Final = "  "


@click.command()
@device_argument("device", "[DEVICE]", required=False)
@json_option
@lab_option
def inspect(device: str | None, as_json: bool, lab: str | None) -> int:
    """Show the state of a device, or of all at a glance.

    Of a device: whether it runs, its addresses and its line; of each group its role, its keys with
    the time that remains (h:mm:ss), and what it knows of key servers and members, or of its
    registration. Without DEVICE a line for each, and what is wrong in the network.
    """
    request = {"do": "overview"} if device is None else {"do": "inspect", "device": device}
    found = ask(lab, request)
    if as_json:
        result(json.dumps(found, indent=2))
    elif device is None:
        result("\n".join(_overview(found)))
    else:
        nodes = ask(lab, {"do": "nodes"})
        owners = {address: name for name, addresses in nodes.items() for address in addresses}
        result("\n".join(_device(found, owners)))
    return 0


# ---- all devices ----


def _overview(found: dict[str, Any]) -> Iterator[str]:
    rows: list[Row] = [OVERVIEW]
    for device in found["devices"]:
        rows += _glances(device)
    yield aligned(rows)
    troubles = list(_troubles(found["network"]))
    yield "network: " + ("; ".join(troubles) if troubles else "nothing is wrong")


def _glances(device: dict[str, Any]) -> Iterator[Row]:
    """A row for each group of a device, or one."""
    name, platform = device["name"], device["platform"]
    if not device["running"]:
        yield name, platform, "", "", "down", "", ""
        return
    if not device["groups"]:
        yield name, platform, "", "", "up", "", ""
    for group in device["groups"]:
        state, tek = group["state"], group["tek"]
        if group["members"] is not None:
            state += f", {counted(group['members'], 'member')}"
        elif group["key_server"]:
            state += f" with {group['key_server']}"
        yield (
            name,
            platform,
            group["role"],
            group["group"],
            state,
            "" if tek is None else _spi(tek["spi"]),
            "" if tek is None else span_of(tek["remaining_s"]),
        )


def _troubles(network: dict[str, Any]) -> Iterator[str]:
    """What is wrong in the network, in words."""
    if network["sides"]:
        sides = [",".join(side) for side in network["sides"]]
        yield f"split into {' | '.join(sides)} | the others"
    cuts = {(a, b) for a, b in network["cuts"]}
    for a, b in sorted(cuts):
        if (b, a) not in cuts:
            yield f"nothing from {a} to {b}"
        elif a < b:
            yield f"nothing between {a} and {b}"
    for name, line in network["lines"].items():
        yield f"line of {name}: {_line(line)}"
    for pair in network["pairs"]:
        yield f"between {' and '.join(pair['between'])}: {_line(pair)}"
    for group, name in network["pruned"]:
        yield f"{name} hears nothing of {group}"


def _line(line: Mapping[str, Any]) -> str:
    loss = f"{line['loss'] * 100:g} % loss" if line["loss"] else "no loss"
    return f"{line['latency_s'] * 1000:g} ms, {loss}, MTU {line['mtu']}"


# ---- one device ----


def _device(found: dict[str, Any], owners: Mapping[str, str]) -> Iterator[str]:
    yield f"{found['name']}, {found['platform']}: {_condition(found)}"
    yield f"addresses {', '.join(found['addresses']) or 'none'}; line {_line(found)}"
    groups = found["groups"] or {}
    for name, group in groups.get("servers", {}).items():
        yield ""
        yield from _served(name, group, owners)
    for member in groups.get("members", ()):
        yield ""
        yield from _joined(member, owners)


def _condition(found: dict[str, Any]) -> str:
    if not found["running"]:
        return "down"
    groups = found["groups"] or {}
    parts = ["up" if "booted_at" not in found else f"up since {moment_of(found['booted_at'])} UTC"]
    if groups.get("role") not in (None, "none", "off"):
        parts.append(f"{groups['role']} with GETVPN software {groups['version']}")
    return ", ".join(parts)


def _served(name: str, group: dict[str, Any], owners: Mapping[str, str]) -> Iterator[str]:
    yield printable(
        f"group {name}, identity {group['identity'] or 'none'}: {group['role']}, "
        f"address {group['address'] or 'none'}"
    )
    members = group["members"]
    yield (
        f"{INDENT}{counted(len(members), 'member')}, "
        f"{counted(group['rekeys_sent'], 'rekey')} sent since it is up"
    )
    if group["pending"]:
        yield f"{INDENT}its policy has changed and waits for a rekey"
    kek_next = group["kek_rekey_in_s"]
    rows = [_kek(group["kek"], kek_next)] if group["kek"] else []
    rows += [_tek(tek, after=tek["rekey_in_s"]) for tek in group["teks"]]
    yield from _keys(rows)
    coop = group["coop"]
    if coop is not None:
        yield aligned(
            [PEERS, *(_peer(each, coop["peers"], owners) for each in coop["peers"])], INDENT
        )
    if members:
        known = [_record(address, members, owners) for address in list(members)[:MOST_ROWS]]
        yield aligned([MEMBERS, *known], INDENT)
    if len(members) > MOST_ROWS:
        yield f"{INDENT}and {len(members) - MOST_ROWS} members more: --json lists all"


def _peer(address: str, peers: dict[str, Any], owners: Mapping[str, str]) -> Row:
    peer = peers[address]
    return (
        address,
        owners.get(address, ""),
        str(peer["priority"]),
        peer["role"],
        peer["status"],
        "up" if peer["established"] else "none",
    )


def _record(address: str, members: dict[str, Any], owners: Mapping[str, str]) -> Row:
    known = members[address]
    server = known["key_server"]
    return (
        address,
        owners.get(address, ""),
        known["version"],
        owners.get(server, server),
        str(known["rekeys_sent"]),
        str(known["acks"]),
        str(known["missed"]),
    )


def _joined(member: dict[str, Any], owners: Mapping[str, str]) -> Iterator[str]:
    vrf = f" in VRF {member['vrf']}" if member["vrf"] else ""
    state, server = member["state"], member["registered_with"]
    if server:
        state += f" with {_named(server, owners)}"
    yield printable(
        f"group {member['group']}, identity {member['identity'] or 'none'}: {state}, "
        f"address {member['address'] or 'none'} on {member['interface']}{vrf}"
    )
    yield from _keys(
        [_kek(member["kek"], None)] if member["kek"] else [],
        [_tek(tek, encrypts=_begin(tek["encrypts_in_s"])) for tek in member["teks"]],
    )
    again = member["reregisters_in_s"]
    next_one = "" if again is None else f"; the next in {span_of(again)} unless a rekey comes"
    tried = counted(member["attempted"], "registration")
    yield f"{INDENT}{member['succeeded']} of {tried} complete{next_one}"
    last = f", the last with sequence number {member['last_sequence']}" if member["rekeys"] else ""
    yield f"{INDENT}{counted(member['rekeys'], 'rekey')} received{last}"
    if member["direction"] or member["receive_only"]:
        yield f"{INDENT}direction: {member['direction'] or 'receive only, says the key server'}"


def _named(address: str, owners: Mapping[str, str]) -> str:
    return f"{owners[address]} ({address})" if address in owners else address


# ---- keys ----


def _keys(*kinds: list[Row]) -> Iterator[str]:
    rows = [row for kind in kinds for row in kind]
    yield aligned(filled([KEYS, *rows]), INDENT) if rows else f"{INDENT}no keys"


def _kek(kek: dict[str, Any], after: float | None) -> Row:
    return "KEK", _spi(kek["spi"]), "", span_of(kek["remaining_s"]), _in(after), ""


def _tek(tek: dict[str, Any], *, after: float | None = None, encrypts: str = "") -> Row:
    number, remaining = str(tek["sa"]), span_of(tek["remaining_s"])
    return "TEK", _spi(tek["spi"]), number, remaining, _in(after), encrypts


def _in(seconds: float | None) -> str:
    return "" if seconds is None else span_of(seconds)


def _begin(seconds: float | None) -> str:
    """When a member begins to send with a key."""
    if seconds is None:
        return "never"
    return "in " + span_of(seconds) if seconds else "now"


def _spi(text: str) -> str:
    """An SPI as devices print it."""
    return "0x" + text.removeprefix("0x").upper().zfill(8)
