"""The words of the shows of group members: lines of lists, identities, directions, rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from types import MappingProxyType
from typing import TYPE_CHECKING

from ..gdoi.member.state import Direction
from ..gdoi.policy import MemberPolicy, Replay, ReplayKind
from ..services.access_entries import AccessEntry, Endpoint, Ports
from .gdoi_ks_layout import Row, layout_of

if TYPE_CHECKING:
    from ..device import Router

UNKNOWN = "0.0.0.0"  # noqa: S104 - an address that is not known
NONE = "None"
OPERATORS: Mapping[str, str] = MappingProxyType({"eq": "=", "neq": "!=", "gt": ">", "lt": "<"})
DIRECTIONS: Mapping[Direction, str] = MappingProxyType(
    {
        Direction.BOTH: "Both",
        Direction.INBOUND_ONLY: "Inbound Only",
        Direction.INBOUND_OPTIONAL: "Inbound Optional",
    }
)
REVERT_RELEASE = (17, 2)
"""From here on members can go back to fail-close (YANG models of IOS-XE)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Which rows the software of a router prints.

    `paths`: those of releases that know two versions of IP. `tags`: what is said of each key since
    there are tags. `types`: the kind of group, the initial registrations and the tracked object,
    which the captures of 15.4 lack. `pairs`: IOS-XE's policies of pairs.
    """

    paths: bool
    tags: bool
    types: bool
    pairs: bool
    pfs: bool
    revert: bool


def rows_of(router: "Router") -> Rows:
    """The rows of the software that a router runs."""
    layout = layout_of(router)
    return Rows(
        paths=layout.has(Row.PATHS),
        tags=layout.has(Row.TAGGING),
        types=layout.has(Row.GROUP_TYPE),
        pairs=layout.wide,
        pfs=layout.has(Row.PFS),
        revert=layout.wide and layout.release >= REVERT_RELEASE,
    )


def acl_line(
    entry: AccessEntry, *, name: str = "", ipv6: bool = False, gap: int = 2, whole: bool = False
) -> str:
    """A line of a list as the shows of GETVPN print it, without its indentation.

    `gap` blanks stand behind the name of the list. What a key server hands out has protocol,
    addresses and ports only (RFC 6407 §5.5.1); `whole` prints the rest too.
    """
    words = [entry.protocol]
    for end in (entry.source, entry.destination):
        if end is not None:
            words += [end.text, *_port_words(end.ports, ipv6=ipv6)]
    if whole:
        words += entry.options
    return f"access-list {name}{' ' * gap}{entry.action} {' '.join(words)}"


def _port_words(ports: Ports | None, *, ipv6: bool) -> list[str]:
    if ports is None:
        return []
    numbers = [str(number) for number in ports.numbers]
    if ipv6:
        return [ports.operator, *numbers]
    return ["port", OPERATORS.get(ports.operator, ports.operator), *numbers]


def ident_text(end: Endpoint | None, *, ipv6: bool = False) -> str:
    """A source or destination as an identity: `ANY`, an address, `10.0.0.0/8`."""
    if end is None or end.address is None or end.wildcard is None:
        return "ANY"
    width = 128 if ipv6 else 32
    full = (1 << width) - 1
    if end.wildcard == full:
        return "ANY"
    address = str(IPv6Address(end.address)).upper() if ipv6 else str(IPv4Address(end.address))
    if end.wildcard == 0:
        return address
    mask = end.wildcard ^ full
    contiguous = end.wildcard & (end.wildcard + 1) == 0
    return f"{address}/{mask.bit_count() if contiguous else IPv4Address(mask)}"


def port_of(end: Endpoint | None) -> int:
    """The one port that a line means at an end; 0 for any, and for what is no single port."""
    ports = end.ports if end is not None else None
    one = ports is not None and ports.operator == "eq" and len(ports.numbers) == 1
    return ports.numbers[0] if ports is not None and one else 0


def replay_words(replay: Replay) -> str:
    """The check for replays of an identity: `Time/5 sec`, `Counter/64`, `Disabled`."""
    if replay.kind is ReplayKind.TIME:
        return f"Time/{replay.window} sec"
    return "Disabled" if replay.kind is ReplayKind.OFF else f"Counter/{replay.window}"


def span(seconds: float) -> str:
    """A duration as `hh:mm:ss`."""
    whole = int(seconds)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}"


def interfaces_of(policy: MemberPolicy) -> tuple[str, ...]:
    """The interfaces on which a member protects."""
    return tuple(name for name in (policy.interface, *policy.also) if name)


def vrf_text(vrf: str) -> str:
    """The name of a VRF; `None` for the global table."""
    return vrf or NONE
