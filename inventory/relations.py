"""Who has to do with whom: servers and members of groups, with what was left out filled in."""

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from ipaddress import IPv4Address, IPv4Interface
from typing import Literal

from .models import Device, Group, Ike, Intent, KeyServer, Member, Membership, Psk, ServerRole
from .views import Software

_FIRST_NEWER = (17, 1)
_FIRST_WITH_HASH = (17, 12)
LOOPBACK = "Loopback"
"""How the name of an interface begins that is none of the hardware."""
_NAMED = "{name}"
_SHOUTED = "{NAME}"
_NO_VARIABLE = re.compile("[^0-9A-Z]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """A member in a group: the version of IKE, its servers in order, whence it registers.

    `address` is None where the intent does not give it, `vrf` for the global table. `addresses` are
    all from which it may register: where its map has no address of its own, those of uplinks, too.
    """

    member: Member
    group: Group
    membership: Membership
    version: Literal["ikev1", "ikev2"]
    servers: tuple[KeyServer, ...]
    address: IPv4Address | None
    addresses: tuple[IPv4Address, ...]
    vrf: str | None

    def peers(self) -> tuple[tuple[str, IPv4Address], ...]:
        """The addresses of the member, each with a name of its own."""
        name = self.member.name
        return tuple((f"{name}-{one}" if n else name, one) for n, one in enumerate(self.addresses))


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A key server in a group, and its partners there."""

    server: KeyServer
    group: Group
    role: ServerRole
    partners: tuple[KeyServer, ...]


class Relations:
    """The relations of an intent, each looked up once."""

    def __init__(self, intent: Intent) -> None:
        self.intent = intent
        self.servers = {server.name: server for server in intent.key_servers}
        self.groups = {group.name: group for group in intent.groups}

    @cached_property
    def seats(self) -> tuple[Seat, ...]:
        """All members in all groups, in the order of the intent."""
        return tuple(
            self._seat(member, each) for member in self.intent.members for each in member.groups
        )

    @cached_property
    def seats_by_member(self) -> dict[str, list[Seat]]:
        """The seats of each member."""
        found: dict[str, list[Seat]] = {member.name: [] for member in self.intent.members}
        for seat in self.seats:
            found[seat.member.name].append(seat)
        return found

    @cached_property
    def seats_by_group(self) -> dict[str, list[Seat]]:
        """The seats in each group."""
        found: dict[str, list[Seat]] = {name: [] for name in self.groups}
        for seat in self.seats:
            found[seat.group.name].append(seat)
        return found

    @cached_property
    def posts_by_server(self) -> dict[str, list[Post]]:
        """The groups that each key server serves, in the order of the intent."""
        found: dict[str, list[Post]] = {name: [] for name in self.servers}
        for group in self.intent.groups:
            for role in group.servers:
                partners = [self.servers[it.name] for it in group.servers if it.name != role.name]
                found[role.name].append(
                    Post(
                        server=self.servers[role.name],
                        group=group,
                        role=role,
                        partners=tuple(partners),
                    )
                )
        return found

    def ike(self, device: Device) -> Ike:
        """The algorithms of a device."""
        return device.ike or self.intent.ike

    def offered(self, device: Device) -> bool:
        """Whether it is known what a device offers: of an external one only if the intent says."""
        return not device.external or device.ike is not None

    def domain(self, device: Device) -> str | None:
        """The domain of a device, None where it has none."""
        return device.domain or self.intent.domain

    def _seat(self, member: Member, given: str | Membership) -> Seat:
        membership = _usual(given) if isinstance(given, str) else given
        group = self.groups[membership.group]
        usual: Literal["ikev1", "ikev2"] = "ikev2" if group.versions == "ikev2" else "ikev1"
        names = membership.servers or tuple(role.name for role in group.servers)
        return Seat(
            member=member,
            group=group,
            membership=membership,
            version=membership.version or usual,
            servers=tuple(self.servers[name] for name in names),
            address=registration_address(member, membership),
            addresses=registration_addresses(member, membership),
            vrf=registration_vrf(member, membership),
        )


@lru_cache
def _usual(group: str) -> Membership:
    """The membership that says nothing of its own."""
    return Membership(group=group)


def registration_address(member: Member, membership: Membership) -> IPv4Address | None:
    """The address from which a member registers, None where the intent does not give it."""
    if membership.source_address is not None:
        return membership.source_address
    wanted = registration_interface(member, membership)
    if wanted == member.local_interface and member.local_address is not None:
        return member.local_address
    known: dict[str | None, IPv4Interface | None]
    known = {lan.interface: lan.address for lan in member.lan}
    known |= {wan.interface: wan.address for wan in (*member.uplinks, member.wan)}
    address = known.get(wanted)
    return address.ip if address is not None else None


def registration_addresses(member: Member, membership: Membership) -> tuple[IPv4Address, ...]:
    """All addresses from which a member may register, as far as the intent gives them.

    A map without an address of its own lets it register from each interface where it stands; from
    one in another VRF it finds no key.
    """
    first = registration_address(member, membership)
    if first is None:
        return ()
    if membership.source is not None or member.local_interface is not None:
        return (first,)
    more = [it.address for it in member.uplinks if it.vrf == member.wan.vrf]
    return tuple(dict.fromkeys([first, *(it.ip for it in more if it is not None)]))


def registration_interface(member: Member, membership: Membership) -> str | None:
    """The interface from which a member registers, None where it is not known."""
    return membership.source or member.local_interface or member.wan.interface


def registration_vrf(member: Member, membership: Membership) -> str | None:
    """The VRF in which a member registers: that of its interfaces, which others do not share."""
    own = {member.wan.interface, member.local_interface, *(lan.interface for lan in member.lan)}
    inner = registration_interface(member, membership) in own
    return member.wan.vrf if inner else membership.source_vrf


def member_secret(psk: Psk, name: str) -> str:
    """The reference to the key of a member; `{NAME}` is its name as a variable has it."""
    shouted = _NO_VARIABLE.sub("_", name.upper())
    return psk.member.replace(_NAMED, name).replace(_SHOUTED, shouted)


def software(device: Device) -> Software:
    """What a device runs."""
    return _software(device.os, device.release)


@lru_cache
def _software(os: str, version: str) -> Software:
    major, minor = version.replace("(", ".").split(".")[:2]
    release = (int(major), int(minor))
    return Software(
        family="classic" if os == "ios" else "xe",
        version=version,
        release=release,
        newer=release >= _FIRST_NEWER,
        shows_hash=release >= _FIRST_WITH_HASH,
    )


def spelling(device: Device) -> Literal["gdoi", "gkm"]:
    """The word of `crypto … group`."""
    return "gdoi" if device.os == "ios" else "gkm"


def identity(group: Group) -> str:
    """What stands behind `identity`."""
    if isinstance(group.identity, int):
        return f"number {group.identity}"
    return f"address ipv4 {group.identity}"
