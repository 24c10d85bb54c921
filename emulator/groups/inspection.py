"""The state of the groups of a router as data, for whoever steers a lab."""

from collections.abc import Iterable, Mapping
from typing import Literal, NotRequired, TypedDict

from ..gdoi.host import Host
from ..gdoi.keys import Kek
from ..gdoi.member.group import MemberGroup
from ..gdoi.records import CoopPeer, HeldTek, MemberRecord
from ..gdoi.server.coop import Coop
from ..gdoi.server.group import ServerGroup


class KekState(TypedDict):
    """A rekey key."""

    spi: str
    """The SPI, with `0x`."""
    remaining_s: float
    """What is left of its life, in seconds."""
    sequence: int
    """The number of the last rekey under it."""


class ServedTek(TypedDict):
    """A traffic key of a key server."""

    spi: str
    """The SPI, with `0x`."""
    sa: int
    """The number of the `sa ipsec`."""
    remaining_s: float
    """What is left of its life, in seconds."""
    rekey_in_s: float | None
    """Seconds until the next one is sent; None: it has been, or this is no primary."""


class KnownMember(TypedDict):
    """A member as a key server knows it."""

    version: str
    """The version of its GETVPN software."""
    key_server: str
    """The address of the key server that it registered with."""
    local: bool
    """Whether that is this one."""
    rekeys_sent: int
    """Rekeys sent to it."""
    acks: int
    """Acknowledgements that came."""
    missed: int
    """Rekeys that it did not acknowledge."""


class PeerState(TypedDict):
    """Another key server as one sees it."""

    priority: int
    """Its priority."""
    role: str
    """`Primary`, `Secondary`, `Election` or `Unknown`."""
    status: str
    """`Alive`, `Dead` or `Unknown`."""
    established: bool
    """Whether the IKE SA to it is up."""


class CoopState(TypedDict):
    """The cooperation of key servers as one sees it."""

    role: str
    """Its own part: `Primary`, `Secondary`, `Election` or `Unknown`."""
    sequence: int
    """The number of its last announcement."""
    peers: dict[str, PeerState]
    """The others, by address."""


class ServerState(TypedDict):
    """A group that a key server serves."""

    identity: str
    """The identity of the group; empty: none."""
    address: str
    """The address of the key server; empty: none."""
    role: str
    """`Primary`, `Secondary`, `Election` or `Unknown`."""
    pending: bool
    """Whether its policy has changed and waits for a rekey."""
    kek: KekState | None
    """The rekey key."""
    teks: list[ServedTek]
    """The traffic keys."""
    kek_rekey_in_s: float | None
    """Seconds until the next rekey key is sent."""
    rekeys_sent: int
    """Rekeys sent since it is up."""
    pseudotime: float | None
    """The pseudotime, in seconds; None before the first registration."""
    members: dict[str, KnownMember]
    """The members, by address."""
    coop: CoopState | None
    """The cooperation with others; None for a single key server."""


class HeldTekState(TypedDict):
    """A traffic key that a member holds."""

    spi: str
    """The SPI, with `0x`."""
    sa: int
    """The number of the `sa ipsec`."""
    remaining_s: float
    """What is left of its life, in seconds."""
    encrypts_in_s: float | None
    """Seconds until the member sends with it; None: never."""


class JoinedState(TypedDict):
    """A group that a device is a member of."""

    group: str
    """The group."""
    identity: str
    """The identity of the group; empty: none."""
    interface: str
    """The interface with the crypto map."""
    address: str
    """The address that it registers from; empty: none."""
    vrf: str
    """The VRF; empty: the global table."""
    state: str
    """`Registered`, `Registering`, …."""
    registered_with: str
    """The address of the key server that it registered with; empty: none."""
    attempted: int
    """Registrations that were begun."""
    succeeded: int
    """Registrations that were complete."""
    reregisters_in_s: float | None
    """Seconds until it registers again, unless a rekey comes."""
    rekeys: int
    """Rekeys received."""
    last_sequence: int
    """The number of the last rekey."""
    kek: KekState | None
    """The rekey key."""
    teks: list[HeldTekState]
    """The traffic keys."""
    pseudotime: float | None
    """The pseudotime, in seconds; None: it has none."""
    receive_only: bool
    """Whether the key server says that members only receive."""
    direction: str
    """The direction that the member itself was given; empty: none."""


class GroupsState(TypedDict):
    """The groups of a device; while its groups are off, nothing but `role`."""

    role: Literal["key server", "group member", "none", "off"]
    """What it is in its groups."""
    version: NotRequired[str]
    """The version of its GETVPN software."""
    servers: NotRequired[dict[str, ServerState]]
    """The groups that it serves, by name."""
    members: NotRequired[list[JoinedState]]
    """The groups that it is a member of."""


def inspected(
    host: Host, servers: Mapping[str, ServerGroup], members: Iterable[MemberGroup]
) -> GroupsState:
    """Role, groups, keys and registrations; times are seconds that remain.

    SPIs are text with `0x`; a KEK is None where there is none.
    """
    joined = list(members)
    now = host.kernel.now()
    role: Literal["key server", "group member", "none"]
    role = "key server" if servers else "group member" if joined else "none"
    return {
        "role": role,
        "version": host.server_version if servers else host.version,
        "servers": {name: _server(group, now) for name, group in servers.items()},
        "members": [_member(group, now) for group in joined],
    }


def _server(group: ServerGroup, now: float) -> ServerState:
    policy = group.policy
    return {
        "identity": policy.identity,
        "address": policy.address,
        "role": str(group.role),
        "pending": group.pending,
        "kek": _kek(group.kek, now),
        "teks": [
            {
                "spi": hex(tek.spi),
                "sa": tek.sa.number,
                "remaining_s": tek.remaining_s(now),
                "rekey_in_s": _until(group.tek_rekey_at.get(tek.spi), now),
            }
            for tek in group.teks
        ],
        "kek_rekey_in_s": _until(group.kek_rekey_at, now),
        "rekeys_sent": group.rekeys_sent,
        "pseudotime": group.pseudotime(),
        "members": {address: _record(known) for address, known in group.members.items()},
        "coop": None if group.coop is None else _coop(group.coop),
    }


def _record(known: MemberRecord) -> KnownMember:
    return {
        "version": known.version,
        "key_server": known.key_server,
        "local": known.local,
        "rekeys_sent": known.rekeys_sent,
        "acks": known.acks,
        "missed": known.missed,
    }


def _coop(coop: Coop) -> CoopState:
    return {
        "role": str(coop.role),
        "sequence": coop.sequence,
        "peers": {address: _peer(peer) for address, peer in coop.peers.items()},
    }


def _peer(peer: CoopPeer) -> PeerState:
    return {
        "priority": peer.priority,
        "role": str(peer.role),
        "status": str(peer.status),
        "established": peer.established,
    }


def _member(group: MemberGroup, now: float) -> JoinedState:
    policy = group.policy
    return {
        "group": policy.group,
        "identity": policy.identity,
        "interface": policy.interface,
        "address": policy.address,
        "vrf": policy.vrf,
        "state": str(group.state),
        "registered_with": group.registered_with,
        "attempted": group.attempted,
        "succeeded": group.succeeded,
        "reregisters_in_s": _until(group.reregisters_at, now),
        "rekeys": group.rekeys,
        "last_sequence": group.last_sequence,
        "kek": None if group.kek is None else _kek(group.kek, now, group.kek_expires_at),
        "teks": [_held(tek, now) for tek in group.teks],
        "pseudotime": group.pseudotime(),
        "receive_only": group.receive_only,
        "direction": group.direction,
    }


def _held(held: HeldTek, now: float) -> HeldTekState:
    return {
        "spi": hex(held.tek.spi),
        "sa": held.tek.sa.number,
        "remaining_s": held.remaining_s(now),
        "encrypts_in_s": _until(held.encrypts_at, now),
    }


def _kek(kek: Kek | None, now: float, ends: float | None = None) -> KekState | None:
    if kek is None:
        return None
    remaining = kek.remaining_s(now) if ends is None else max(0.0, ends - now)
    return {"spi": hex(kek.spi), "remaining_s": remaining, "sequence": kek.sequence}


def _until(when: float | None, now: float) -> float | None:
    return None if when is None else max(0.0, when - now)
