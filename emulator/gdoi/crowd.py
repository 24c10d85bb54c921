"""Whole groups of stations: some key servers and as many members as wanted, made at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Address
from random import Random

from ..keys.maker import SeededKeyMaker
from ..keys.material import KeyMaterial
from ..services.access_entries import AccessEntry, extended_entry
from ..simulation.kernel import Kernel
from ..simulation.network import Line, Network
from .member.group import MemberGroup
from .parameters import Parameters
from .policy import Cipher, CoopPolicy, MemberPolicy, RekeyPolicy, SaPolicy, ServerPolicy, Transform
from .policy import Transport as RekeyTransport
from .server.group import ServerGroup
from .simple_ike import SharedSecretIke
from .station import USUAL_LINE, Station
from .traffic import USUAL, Exchange, PlainSite, Sample, TrafficWatch, exchange

IDENTITY = "1000"
GROUP = "GETVPN"
LABEL = "REKEY"
KEY_BITS = 2048
SECRET = "of the simulation"  # noqa: S105 - stations have no secrets
KEEPALIVE = (15, 3, True)
KS_NETWORK = int(IPv4Address("10.255.0.0"))
GM_NETWORK = int(IPv4Address("172.16.0.0"))
INSIDE_NETWORK = int(IPv4Address("10.0.0.0"))
INSIDE_SIZE = 256
MOST_MEMBERS = 60_000
LINES = (
    "deny udp any any eq 848",
    "deny udp any eq 848 any",
    "deny esp any any",
    "deny tcp any any eq 22",
    "deny tcp any eq 22 any",
    "permit ip 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255",
)
TRANSFORM = Transform(name="AES256", cipher="esp-aes", bits=256, integrity="esp-sha256-hmac")


def entries(lines: tuple[str, ...] = LINES) -> tuple[AccessEntry, ...]:
    """Read the lines of an extended access list."""
    return tuple(extended_entry(line.split()) for line in lines)


def usual_policy() -> ServerPolicy:
    """A policy as the deployment guide recommends it: AES 256, TEK 7200 s, KEK one day, unicast."""
    sa = SaPolicy(
        number=10,
        profile="GETVPN",
        acl="GETVPN-ACL",
        entries=entries(),
        transform=TRANSFORM,
        lifetime_s=7200,
    )
    rekey = RekeyPolicy(
        transport=RekeyTransport.UNICAST,
        cipher=Cipher(name="aes", bits=256),
        sig_hash="sha256",
        interval_s=40,
        count=3,
        label=LABEL,
    )
    return ServerPolicy(group=GROUP, identity=IDENTITY, rekey=rekey, sas=(sa,))


class StationSite(PlainSite):
    """A station and what is behind it; `own` are its members."""

    __slots__ = ("_station",)

    def __init__(self, station: Station, own: Sequence[MemberGroup] = ()) -> None:
        super().__init__(station.name, own)
        self._station = station

    def inside(self, *, ipv6: bool = False) -> int | None:
        """The address of its site; stations have none of IPv6."""
        return None if ipv6 else self._station.inside


@dataclass(slots=True, kw_only=True, eq=False)
class Crowd:
    """A group of stations.

    `stations` are all devices by name (`KS1`, …, `GM1`, …), `sites` the same with what is behind
    them.
    """

    kernel: Kernel
    network: Network
    servers: list[ServerGroup] = field(default_factory=list)
    members: list[MemberGroup] = field(default_factory=list)
    stations: dict[str, Station] = field(default_factory=dict)
    sites: dict[str, "StationSite"] = field(default_factory=dict)

    def start(self) -> None:
        """Bring up all key servers, then all members."""
        for server in self.servers:
            server.start()
        for member in self.members:
            member.start()

    def traffic(self, a: str, b: str, sample: Sample = USUAL) -> Exchange:
        """What becomes of traffic between two devices now; KeyError for an unknown name."""
        return exchange(self.network, self.sites[a], self.sites[b], sample)

    def watch(self, pairs: Iterable[tuple[str, str]], sample: Sample = USUAL) -> TrafficWatch:
        """Record traffic that flows from now on, in one direction for each pair."""
        return TrafficWatch(self.kernel, self.network, self.sites.get, pairs, sample)

    @property
    def primaries(self) -> list[ServerGroup]:
        """The key servers that hold themselves for the primary."""
        return [server for server in self.servers if server.primary]


@dataclass(frozen=True, slots=True, kw_only=True)
class CrowdSize:
    """How many devices, and what they are like; `keepalive` is that of the key servers' IKE."""

    servers: int = 2
    members: int = 8
    line: Line = USUAL_LINE
    keepalive: tuple[int, int, bool] | None = KEEPALIVE
    quiet: bool = False


def make_crowd(
    size: CrowdSize,
    policy: ServerPolicy | None = None,
    *,
    kernel: Kernel,
    key: KeyMaterial | None = None,
    parameters: Parameters | None = None,
) -> Crowd:
    """Make key servers with equal policies, and members that know all of them, in order.

    The first key server has the highest priority. `key` is the RSA key that all key servers hold;
    without one it follows from the seed of `kernel`. Nothing has been started.
    """
    if not 1 <= size.members <= MOST_MEMBERS:
        raise ValueError(f"a crowd has 1 to {MOST_MEMBERS} members")
    crowd = Crowd(kernel=kernel, network=Network(kernel))
    material = key or _seeded_key(kernel.seed)
    addresses = [str(IPv4Address(KS_NETWORK + number)) for number in range(1, size.servers + 1)]
    wanted = policy or usual_policy()
    figures = parameters or Parameters()
    for number, address in enumerate(addresses, 1):
        station = _station(crowd, f"KS{number}", address, size, figures, keepalive=True)
        station.hold_key(LABEL, material)
        others = tuple(other for other in addresses if other != address)
        coop = CoopPolicy(priority=101 - number, peers=others) if others else None
        own = replace(wanted, address=address, coop=coop)
        crowd.sites[station.name] = StationSite(station)
        crowd.servers.append(ServerGroup(station, own, handle=number))
    for number in range(1, size.members + 1):
        _add_member(crowd, number, tuple(addresses), size, figures, wanted)
    return crowd


def _add_member(
    crowd: Crowd,
    number: int,
    servers: tuple[str, ...],
    size: CrowdSize,
    figures: Parameters,
    wanted: ServerPolicy,
) -> None:
    address = str(IPv4Address(GM_NETWORK + number))
    station = _station(crowd, f"GM{number}", address, size, figures)
    station.inside = INSIDE_NETWORK + number * INSIDE_SIZE + 1
    own = MemberPolicy(
        group=wanted.group,
        identity=wanted.identity,
        map_name="GETVPN-MAP",
        interface="GigabitEthernet0/0/0",
        address=address,
        servers=servers,
    )
    member = MemberGroup(station, own, handle=number)
    crowd.members.append(member)
    crowd.sites[station.name] = StationSite(station, (member,))


def _station(
    crowd: Crowd,
    name: str,
    address: str,
    size: CrowdSize,
    figures: Parameters,
    *,
    keepalive: bool = False,
) -> Station:
    ike = SharedSecretIke(SECRET, dpd=size.keepalive if keepalive else None)
    station = crowd.stations[name] = Station(
        name,
        crowd.network,
        (address,),
        ike,
        line=size.line,
        parameters=figures,
        quiet=size.quiet and not keepalive,
    )
    return station


def _seeded_key(seed: int | str) -> KeyMaterial:
    return SeededKeyMaker(Random(f"{seed}: rekey key")).rsa(KEY_BITS)  # noqa: S311 - made again
