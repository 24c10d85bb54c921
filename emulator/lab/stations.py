"""The members of a lab that have no command line."""

from collections.abc import Iterator
from ipaddress import IPv4Address
from itertools import islice
from typing import TYPE_CHECKING, Final

from ..gdoi.crowd import StationSite
from ..gdoi.ike import Proposal
from ..gdoi.member.group import MemberGroup
from ..gdoi.parameters import Parameters
from ..gdoi.policy import MemberPolicy, Protocol
from ..gdoi.simple_ike import SharedSecretIke
from ..gdoi.station import Station
from ..simulation.network import Network
from .file import StationsFile

if TYPE_CHECKING:
    from .inspecting import DeviceState

PROPOSALS: Final = tuple(
    Proposal(cipher=cipher, bits=bits, integrity=digest, prf=digest, group=group)
    for cipher, bits in (("aes", 256), ("aes", 128), ("3des", 168))
    for digest in ("sha256", "sha", "sha384", "sha512")
    for group in (14, 19, 20, 5, 2)
)
"""What stations offer and take of IKE: whatever a key server wants is among it."""
AT_ONCE: Final = 50
"""So many stations begin in one event."""
SITE: Final = 256


class Stations:
    """Stations by their names; `start` lets them begin, in their order."""

    def __init__(
        self, files: tuple[StationsFile, ...], network: Network, parameters: Parameters
    ) -> None:
        self._network = network
        self._members: dict[str, MemberGroup] = {}
        self._sites: dict[str, StationSite] = {}
        self._off: set[str] = set()
        for file in files:
            self._add(file, parameters)

    def __contains__(self, name: object) -> bool:
        return name in self._members

    def __len__(self) -> int:
        return len(self._members)

    def names(self) -> list[str]:
        """The names of all, in their order."""
        return list(self._members)

    def member(self, name: str) -> MemberGroup:
        """The member that a station is; KeyError if there is none of that name."""
        return self._members[name]

    def site(self, name: str) -> StationSite:
        """A station and what is behind it; KeyError if there is none of that name."""
        return self._sites[name]

    def with_sites(self) -> list[str]:
        """The stations that have something behind them."""
        return [name for name, site in self._sites.items() if site.inside() is not None]

    def start(self) -> None:
        """Let all begin now, some in each event."""
        if self._members:
            self._start_some(iter(list(self._members)))

    def power_off(self, name: str) -> None:
        """Take the power from a station."""
        if name not in self._off:
            self._off.add(name)
            self._network.kernel.record(name, "goes down")
            self._members[name].stop(reload=True)
            self._sites[name].own = ()
            self._network.power(name, up=False)

    def power_on(self, name: str) -> None:
        """Give a station its power back: it begins anew."""
        if name in self._off:
            self._off.remove(name)
            self._network.kernel.record(name, "comes up")
            self._network.power(name, up=True)
            old = self._members[name]
            member = MemberGroup(old.host, old.policy, handle=old.handle)
            self._members[name] = member
            self._sites[name].own = (member,)
            member.start()

    def state(self, name: str) -> "DeviceState":
        """The state of a station as plain data, as that of a router."""
        from ..groups.inspection import inspected
        from .inspecting import reached

        member, running = self._members[name], name not in self._off
        place = reached(name, self._network)
        return {
            "name": name,
            "platform": "station",
            "running": running,
            "now": self._network.kernel.now(),
            "addresses": place["addresses"],
            "latency_s": place["latency_s"],
            "loss": place["loss"],
            "mtu": place["mtu"],
            "groups": inspected(member.host, {}, [member]) if running else None,
        }

    def _add(self, file: StationsFile, parameters: Parameters) -> None:
        first = int(IPv4Address(file.address))
        inside = None if file.inside is None else int(IPv4Address(file.inside)) + 1
        for number in range(file.count):
            address = str(IPv4Address(first + number))
            station = Station(
                f"{file.name}{number + 1}",
                self._network,
                (address,),
                SharedSecretIke(file.secret, proposals=PROPOSALS),
                line=file.line,
                parameters=parameters,
                inside=None if inside is None else inside + number * SITE,
                quiet=file.quiet,
            )
            policy = MemberPolicy(
                group=file.group,
                identity=file.identity,
                map_name=file.group,
                interface="GigabitEthernet0/0/0",
                address=address,
                servers=file.servers,
                protocol=Protocol.GIKEV2 if file.ikev2_profile else Protocol.GDOI,
                ikev2_profile=file.ikev2_profile,
            )
            member = MemberGroup(station, policy, handle=number + 1)
            self._members[station.name] = member
            self._sites[station.name] = StationSite(station, (member,))

    def _start_some(self, names: Iterator[str]) -> None:
        some = list(islice(names, AT_ONCE))
        for name in some:
            if name not in self._off:
                self._members[name].start()
        if len(some) == AT_ONCE:
            self._network.kernel.post(0.0, self._start_some, names)
