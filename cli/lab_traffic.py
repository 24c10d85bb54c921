"""The actions of `lab` on traffic between its devices: traffic, outages."""

from __future__ import annotations

import json
from itertools import combinations, permutations
from typing import Any, Final

import click

from ..errors import UsageError, counted
from .lab_common import (
    Action,
    Row,
    aligned,
    ask,
    complete_pairs,
    device_argument,
    filled,
    json_option,
    lab_option,
    moment_of,
    names_in,
)
from .output import note, result

EXIT_LOST = 1
JOURNEY: Final = ("from", "to", "traffic", "bytes", "packets", "SPI", "why")
OUTAGE: Final = ("from", "to", "lost", "clear", "outages", "last began", "ended", "why")
_SAMPLE: Final = (
    click.option("--protocol", metavar="NAME", help="tcp, udp, icmp or a number; tcp if not said."),
    click.option("--port", type=int, metavar="N", help="The port it goes to; 443 if not said."),
    click.option("--size", type=int, metavar="BYTES", help="With all headers; 100 if not said."),
    click.option("--df", is_flag=True, help="It must not be fragmented."),
    click.option("--ipv6", is_flag=True, help="It is a packet of IPv6."),
)


def sample_options(action: Action) -> Action:
    """Add the options that describe a packet."""
    for option in reversed(_SAMPLE):
        action = option(action)
    return action


@click.command()
@device_argument("a", "A")
@device_argument("b", "B")
@sample_options
@json_option
@lab_option
def traffic(a: str, b: str, as_json: bool, lab: str | None, **packet: Any) -> int:
    """Tell whether two devices can exchange traffic now.

    It is about a packet from a host behind A to one behind B, and the answer; nothing is sent. A
    line for each direction says whether it arrives encrypted, arrives in clear or is lost, and why.
    The exit code is 1 unless both arrive.
    """
    request = {"do": "traffic", "device": a, "other": b, "sample": _sample(packet)}
    found = ask(lab, request)
    if as_json:
        result(json.dumps(found, indent=2))
    else:
        rows = [_journey(found[way]) for way in ("there", "back")]
        result(aligned(filled([JOURNEY, *rows])))
    return 0 if found["works"] else EXIT_LOST


@click.command()
@click.argument("pairs", nargs=-1, metavar="[PAIR]...", shell_complete=complete_pairs)
@click.option("--start", is_flag=True, help="Forget what was recorded, and begin anew.")
@click.option("--stop", is_flag=True, help="Show it a last time, and record no more.")
@click.option("--all", "every", is_flag=True, help="List also the pairs that lost nothing.")
@sample_options
@json_option
@lab_option
def outages(
    pairs: tuple[str, ...],
    start: bool,
    stop: bool,
    every: bool,
    as_json: bool,
    lab: str | None,
    **packet: Any,
) -> int:
    """Show for how long traffic was lost, or begin to record it.

    With --start each device of a pair sends to the other one all the time from now on; without a
    PAIR all members send to each other. A PAIR is names joined by commas: GM1,GM2. Of more than two
    each sends to each. The options about packets belong to --start.

    Later `outages` shows the pairs that lost traffic or sent it in clear, with seconds: all, or
    those of each PAIR. The exit code is 1 if anything was lost.
    """
    if start and stop:
        raise UsageError("--start and --stop exclude each other")
    sample = _sample(packet)
    groups = [_names(pair) for pair in pairs]
    if start:
        number = ask(lab, {"do": "record", "among": groups or None, "sample": sample})
        note(f"traffic of {counted(number, 'pair')} is recorded, one direction each")
        return 0
    if sample is not None:
        raise UsageError("the packets are those of the recording", hint="say it with --start")
    found = ask(lab, {"do": "outages"})
    if groups:
        _check_recorded(groups, found["pairs"])
        wanted = {pair for names in groups for pair in permutations(names, 2)}
        found["pairs"] = [each for each in found["pairs"] if (each["from"], each["to"]) in wanted]
    if stop:
        ask(lab, {"do": "stop-recording"})
    if as_json:
        result(json.dumps(found, indent=2))
    else:
        _show(found, every=every)
    return EXIT_LOST if any(each["lost_s"] for each in found["pairs"]) else 0


def _sample(packet: dict[str, Any]) -> dict[str, object] | None:
    """The packet that the options describe; None for the usual one."""
    protocol = packet["protocol"]
    given: dict[str, object] = {
        "protocol": int(protocol) if protocol and protocol.isdecimal() else protocol,
        "destination_port": packet["port"],
        "size": packet["size"],
        "dont_fragment": packet["df"] or None,
        "ipv6": packet["ipv6"] or None,
    }
    return {name: value for name, value in given.items() if value is not None} or None


def _check_recorded(groups: list[list[str]], recorded: list[dict[str, Any]]) -> None:
    """Raise UsageError for two devices of `groups` whose traffic nobody recorded."""
    there = {frozenset((each["from"], each["to"])) for each in recorded}
    for names in groups:
        for a, b in combinations(names, 2):
            if frozenset((a, b)) not in there:
                raise UsageError(
                    f"no traffic between {a} and {b} is recorded",
                    hint="without a PAIR it is shown of all that are",
                )


def _names(word: str) -> list[str]:
    """The names of a pair, or of more devices that all send to each other."""
    names = names_in(word)
    if len(names) < 2:
        raise UsageError(f"{word!r} is no pair", hint="join two names by a comma: GM1,GM2")
    return names


def _journey(found: dict[str, Any]) -> Row:
    size = found["size"]
    arrived = found["condition"] != "lost"
    return (
        found["from"],
        found["to"],
        found["condition"],
        str(size) if size else "",
        str(found["fragments"]) if arrived else "",
        "" if found["spi"] is None else f"0x{found['spi']:08X}",
        found["why"],
    )


def _show(found: dict[str, Any], *, every: bool) -> None:
    """The table of pairs, and in one line how it went."""
    now, pairs = found["now"], found["pairs"]
    shown = [each for each in pairs if every or each["lost_s"] or each["clear_s"]]
    if shown:
        result(aligned(filled([OUTAGE, *map(_outage, shown)])))
    lost = sum(1 for each in pairs if each["lost_s"])
    span = max(
        (each["lost_s"] + each["clear_s"] + each["encrypted_s"] for each in pairs), default=0
    )
    clear = sum(1 for each in pairs if each["clear_s"])
    told = f"{counted(len(pairs), 'pair')} in {span:.1f} s, up to {moment_of(now)}"
    note(f"{told}: {lost or 'none'} lost traffic, {clear or 'none'} sent it in clear")


def _outage(found: dict[str, Any]) -> Row:
    losses = found["losses"]
    last = losses[-1] if losses else None
    return (
        found["from"],
        found["to"],
        f"{found['lost_s']:.1f}",
        f"{found['clear_s']:.1f}",
        str(len(losses)),
        "" if last is None else moment_of(last["begin"]),
        "" if last is None else "lasts" if last["end"] is None else moment_of(last["end"]),
        "" if last is None else last["why"],
    )
