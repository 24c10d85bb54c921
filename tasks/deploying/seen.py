"""One group as one device shows it: on a key server, and on a member.

These are what deployment and procedures ask about a network. All of it is in the device's own
words and numbers: what they mean for a change is said in `health`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from typing import Final

from ...audits.servers import current_kek, current_teks
from ...parsers.records.acl_line import AclLine
from ...parsers.records.gdoi import GmRegistration, MemberKek, MemberTek
from ...parsers.records.gdoi_acl import DownloadedAcl
from ...parsers.records.gdoi_ks import KeyServerGroup
from ...parsers.records.gdoi_ks_coop import CoopGroup, CoopPeer
from ...parsers.records.gdoi_ks_members import KsMember
from ...parsers.records.gdoi_ks_policy import Kek, KsGroupPolicy, Tek

Address = IPv4Address | IPv6Address
AclKey = tuple[object, ...]
"""What an access-list line says, whatever its list is called."""
PRIMARY: Final = "primary"
SECONDARY: Final = "secondary"
ELECTION: Final = "election"
REGISTERED: Final = "registered"
_COOKIE_BITS: Final = 64
_SHOWN_BITS: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedGroup:
    """A group on one of its key servers.

    `running` is its own block of `show crypto gdoi ks`, `coop` its cooperation, `policy` its keys,
    each None where the device does not show it. `members` are those that it knows, whoever
    registered them, and `member_addresses` what it knows them by; `acl` is the list that it pushes,
    `label` the name of the RSA key that signs rekeys and `public_key` the public half of it (DER),
    all None where they are not known.
    """

    device: str
    group: str
    running: KeyServerGroup | None = None
    coop: CoopGroup | None = None
    policy: KsGroupPolicy | None = None
    members: tuple[KsMember, ...] = ()
    member_addresses: frozenset[Address] = frozenset()
    acl: tuple[AclLine, ...] | None = None
    label: str | None = None
    public_key: bytes | None = None
    rekeys_sent: int | None = None

    @property
    def alone(self) -> bool:
        """Whether it has no other key servers to cooperate with."""
        if self.coop is not None and self.coop.redundancy is not None:
            return not self.coop.redundancy
        return (self.coop is None or self.coop.role is None) and self._redundancy_role is None

    @property
    def role(self) -> str:
        """`primary`, `secondary` or `election`; a lone key server is primary. '' if unknown."""
        if self.alone:
            return PRIMARY
        word = self.coop.role if self.coop is not None else None
        return (word or self._redundancy_role or "").lower()

    @property
    def _redundancy_role(self) -> str | None:
        part = self.running.redundancy if self.running is not None else None
        return part.role if part is not None else None

    @property
    def address(self) -> Address | None:
        """The address by which peers and members know it."""
        if self.coop is not None and self.coop.address is not None:
            return self.coop.address
        if self.running is not None and self.running.redundancy is not None:
            return self.running.redundancy.address
        server = self.policy.server if self.policy is not None else None
        return None if isinstance(server, str) else server

    @property
    def priority(self) -> int | None:
        """Its priority in an election."""
        return self.coop.priority if self.coop is not None else None

    @property
    def peers(self) -> tuple[CoopPeer, ...]:
        """The other key servers as it sees them; roles of secondaries may be old news."""
        return self.coop.peers if self.coop is not None else ()

    @property
    def member_count(self) -> int | None:
        """How many members it counts."""
        return self.running.members if self.running is not None else None

    @property
    def kek(self) -> Kek | None:
        """The rekey key in use."""
        return current_kek(self.policy) if self.policy is not None else None

    @property
    def teks(self) -> tuple[Tek, ...]:
        """The newest traffic keys: one for each policy of the group."""
        return current_teks(self.policy) if self.policy is not None else ()

    @property
    def kek_spi(self) -> int | None:
        """The SPI of the rekey key in use."""
        kek = self.kek
        return kek.spi if kek is not None else None

    @property
    def tek_spis(self) -> frozenset[int]:
        """The SPIs of the newest traffic keys."""
        return frozenset(tek.spi for tek in self.teks if tek.spi is not None)

    @property
    def every_tek_spi(self) -> frozenset[int]:
        """The SPIs of all traffic keys that have not expired, superseded ones among them."""
        teks = self.policy.teks if self.policy is not None else ()
        return frozenset(tek.spi for tek in teks if tek.spi is not None and tek.remaining_s != 0)

    @property
    def time_to_rekey_s(self) -> int | None:
        """Seconds until the next rekey of any of its keys, as the device itself says."""
        kek = self.kek
        known = [each.time_to_rekey_s for each in self.teks]
        known += [kek.time_to_rekey_s] if kek is not None else []
        return min((each for each in known if each is not None), default=None)

    @property
    def remaining_s(self) -> int | None:
        """Seconds until the first of its newest keys expires."""
        kek = self.kek
        known = [each.remaining_s for each in self.teks]
        known += [kek.remaining_s] if kek is not None else []
        return min((each for each in known if each is not None), default=None)

    @property
    def sequence(self) -> int | None:
        """The number of the last rekey under this rekey key."""
        return self.policy.sequence if self.policy is not None else None

    @property
    def lists_members(self) -> bool:
        """Whether all the members that it counts are among `members`."""
        return self.member_count is not None and len(self.members) >= self.member_count

    def knows(self, addresses: Iterable[Address]) -> bool:
        """Whether one of the members that it knows has one of these addresses."""
        return not self.member_addresses.isdisjoint(addresses)

    def lists_peer(self, other: "ServedGroup") -> bool:
        """Whether `other` is one of the key servers that it cooperates with."""
        return any(peer.address == other.address for peer in self.peers)


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinedGroup:
    """A group on one of its members.

    `servers` are the key servers in the order in which it tries them, `registrations` its own state
    for each interface or VRF. `cookies` are the first halves of the cookies of its rekey keys, that
    make up their SPI; `public_keys` what it verifies rekeys with (DER, maybe cut), by key server.
    """

    device: str
    group: str
    servers: tuple[Address | str, ...] = ()
    registrations: tuple[GmRegistration, ...] = ()
    acls: tuple[DownloadedAcl, ...] = ()
    keks: tuple[MemberKek, ...] = ()
    teks: tuple[MemberTek, ...] = ()
    cookies: frozenset[tuple[int, int]] = frozenset()
    public_keys: tuple[tuple[Address, bytes], ...] = ()
    rekeys_received: int | None = None

    @property
    def registered(self) -> bool:
        """Whether every part of it is registered, and there is one."""
        return bool(self.registrations) and all(
            (each.registration_status or "").lower() == REGISTERED for each in self.registrations
        )

    @property
    def status(self) -> str:
        """The registration states in the device's words: `Registered`, `Registering`."""
        words = dict.fromkeys(each.registration_status or "" for each in self.registrations)
        return ", ".join(word for word in words if word)

    @property
    def registered_with(self) -> tuple[Address, ...]:
        """The key servers that it is registered with."""
        found = (each.registered_with for each in self.registrations)
        return tuple(dict.fromkeys(address for address in found if address is not None))

    @property
    def addresses(self) -> tuple[Address, ...]:
        """The addresses by which key servers know it."""
        own = (each.address or each.local_address for each in self.registrations)
        return tuple(dict.fromkeys(address for address in own if address is not None))

    @property
    def tek_spis(self) -> frozenset[int]:
        """The SPIs of its traffic keys."""
        return frozenset(tek.spi for tek in self.teks)

    @property
    def reregisters_in_s(self) -> int | None:
        """Seconds until it registers again, unless a rekey comes before."""
        known = (each.reregisters_in_s for each in self.registrations)
        return min((each for each in known if each is not None), default=None)

    def has_kek(self, spi: int) -> bool:
        """Whether it holds the rekey key with this SPI, as far as its cookies tell."""
        return cookies_of(spi) in self.cookies


def cookies_of(spi: int) -> tuple[int, int]:
    """What a member prints of the SPI of a rekey key: the first 32 bits of both cookies."""
    high, low = spi >> _COOKIE_BITS, spi & ((1 << _COOKIE_BITS) - 1)
    return high >> _SHOWN_BITS, low >> _SHOWN_BITS


def acl_keys(lines: Iterable[AclLine]) -> tuple[AclKey, ...]:
    """What the lines of a list say, in their order."""
    return tuple(
        (
            line.action,
            line.protocol,
            line.source,
            line.source_ports,
            line.destination,
            line.destination_ports,
            line.flags,
        )
        for line in lines
    )
