"""Access lists in the words of an intent."""

import re
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Network, collapse_addresses, ip_network
from itertools import takewhile
from typing import Any, Final

from ...inventory.access_lines import Family, LineError, canonical
from ...inventory.access_text import IPV4_ONLY, PORTS, PROTOCOLS, clear_lines, permit_lines
from ...inventory.borders import plain
from ...parsers.config import AccessList, AclEntry, ConfigLine
from .ledger import Ledger
from .reading import Found

_NUMBER: Final = re.compile(r"^(?:access-list \S+ )?(?:sequence \d+ |\d+ )?", re.ASCII)
_LATE_NUMBER: Final = re.compile(r" sequence \d+$", re.ASCII)
_NAMES: Final = tuple(sorted((*PORTS, *PROTOCOLS), key=lambda name: -len(clear_lines([name]))))
_NOT_TAKEN: Final = ("gdoi", "pim", "igmp")
Network = IPv4Network | IPv6Network


def bare(line: ConfigLine) -> str:
    """A line of a list without its number."""
    return _LATE_NUMBER.sub("", _NUMBER.sub("", line.text, count=1))


def lines_of(found: Found, listed: AccessList, family: Family, ledger: Ledger) -> list[str]:
    """The lines of a list that an intent can say; the others are told of."""
    kept = []
    for entry in listed.entries:
        try:
            kept.append(canonical(plain(bare(entry.line).split("!")[0].strip()), family))
        except (LineError, ValueError) as error:
            ledger.left_out(found, entry.line, f"cannot stand in a list of an intent: {error}")
    for line in listed.unread:
        ledger.left_out(found, line, "is no line of an access list that is understood")
    return list(dict.fromkeys(kept))


def traffic_of(lines: Sequence[str], family: Family, multicast: str | None) -> dict[str, Any]:
    """`traffic` or `acl` of a policy: the former if it says exactly these lines."""
    denied = list(takewhile(lambda line: line.startswith("deny "), lines))
    between = _between(lines[len(denied) :], family)
    if between is not None:
        clear, rest = clear_of(denied, family)
        gone = f"deny ip any host {multicast}"
        if multicast is not None and family == "ipv4" and rest[-1:] == [gone]:
            rest = rest[:-1]
        traffic = {"between": between, "clear": clear, "extra_clear": rest}
        if _lines(traffic, family, multicast) == list(lines):
            return {"traffic": traffic}
    return {"acl": list(lines)}


def _lines(traffic: dict[str, Any], family: Family, multicast: str | None) -> list[str]:
    """What the intent makes of `traffic`: see `policy_entries`."""
    clear = [*traffic["clear"], *(_NOT_TAKEN if multicast is not None else ())]
    lines = [*clear_lines(clear, family), *traffic["extra_clear"]]
    if multicast is not None and family == "ipv4":
        lines.append(f"deny ip any host {multicast}")
    networks = [ip_network(each) for each in traffic["between"]]
    return list(dict.fromkeys([*lines, *permit_lines(networks)]))


def clear_of(lines: Sequence[str], family: Family) -> tuple[list[str], list[str]]:
    """Protocols that lines deny from the first on, by name, and the lines behind them."""
    rest, names = list(lines), []
    while rest:
        name = next((it for it in _NAMES if _begins(rest, it, family)), None)
        if name is None or name in names:
            break
        names.append(name)
        del rest[: len(clear_lines([name], family))]
    return names, rest


def _begins(lines: Sequence[str], name: str, family: Family) -> bool:
    wanted = clear_lines([name], family)
    known = family == "ipv4" or name not in IPV4_ONLY
    return known and bool(wanted) and list(lines[: len(wanted)]) == wanted


def _between(lines: Sequence[str], family: Family) -> list[str] | None:
    """The networks between which all traffic is permitted, if that is what the lines say."""
    networks: dict[Network, None] = {}
    for line in lines:
        one = _first_end(line, family)
        if one is None:
            return None
        networks[one] = None
    if not networks or permit_lines(list(_collapsed(list(networks)))) != list(lines):
        return None
    return [str(network) for network in networks]


def _collapsed(networks: Sequence[Network]) -> list[Network]:
    v4 = [each for each in networks if isinstance(each, IPv4Network)]
    v6 = [each for each in networks if isinstance(each, IPv6Network)]
    return [*collapse_addresses(v4), *collapse_addresses(v6)]


def _first_end(line: str, family: Family) -> Network | None:
    """The source of `permit ip …`, None for other lines."""
    words = line.split()
    if words[:2] != ["permit", "ip" if family == "ipv4" else "ipv6"] or len(words) < 4:
        return None
    try:
        if words[2] == "any":
            return ip_network("0.0.0.0/0" if family == "ipv4" else "::/0")
        if words[2] == "host":
            return ip_network(words[3])
        if family == "ipv6":
            return ip_network(words[2])
        free = int(IPv4Address(words[3]))
        if free & (free + 1):
            return None
        return ip_network((int(IPv4Address(words[2])), 32 - free.bit_length()))
    except ValueError:
        return None


def permitted_network(entry: AclEntry) -> IPv4Network | None:
    """The network whose members a line of a standard list lets register; None if it is none."""
    bits = entry.source.bits
    if bits is None or entry.action != "permit":
        return None
    free = ~bits[1] & 0xFFFF_FFFF
    if free & (free + 1):
        return None
    return IPv4Network((bits[0], 32 - free.bit_length()))
