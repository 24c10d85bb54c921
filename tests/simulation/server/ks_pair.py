"""Two or more key servers that cooperate, in one network."""

from collections.abc import Iterable
from dataclasses import replace

from getvpn.emulator.gdoi.parameters import Parameters
from getvpn.emulator.gdoi.policy import CoopPolicy, ServerPolicy
from getvpn.emulator.gdoi.server.group import ServerGroup
from getvpn.emulator.gdoi.simple_ike import SharedSecretIke
from getvpn.emulator.gdoi.station import Station
from getvpn.emulator.keys import KeyMaterial
from getvpn.emulator.simulation.kernel import Kernel
from getvpn.emulator.simulation.network import Network

from .ks_world import LABEL, SECRET, START, Member, server_policy


class Pair:
    """Key servers `KS1`, `KS2`, … of which the first has the highest priority.

    Members are placed beside one of the key servers, so that a split can take them along.
    """

    def __init__(
        self,
        key: KeyMaterial,
        policy: ServerPolicy | None = None,
        *,
        servers: int = 2,
        parameters: Parameters | None = None,
    ) -> None:
        self.kernel = Kernel(START, "tests of cooperating key servers")
        self.network = Network(self.kernel)
        self.stations: list[Station] = []
        self.groups: list[ServerGroup] = []
        addresses = [f"10.0.0.{number}" for number in range(1, servers + 1)]
        for number, address in enumerate(addresses, 1):
            ike = SharedSecretIke(SECRET, dpd=(10, 2, True))
            station = Station(
                f"KS{number}",
                self.network,
                (address,),
                ike,
                parameters=parameters or Parameters(),
                version="1.0.16",
            )
            station.hold_key(LABEL, key)
            peers = tuple(other for other in addresses if other != address)
            own = replace(
                policy or server_policy(),
                address=address,
                coop=CoopPolicy(priority=100 - number, peers=peers),
            )
            self.stations.append(station)
            self.groups.append(ServerGroup(station, own, handle=number))

    def start(self) -> "Pair":
        for group in self.groups:
            group.start()
        self.run(100)
        return self

    def member(self, number: int, server: int = 1) -> Member:
        found = Member(self, f"10.1.0.{number}")  # type: ignore[arg-type]
        return found.ask(f"10.0.0.{server}")

    def run(self, seconds: float) -> None:
        self.kernel.advance(seconds)

    def split(self, *sides: Iterable[str]) -> None:
        self.network.partition(*sides)

    def logged(self, node: str, mnemonic: str) -> list[str]:
        found = (event.text for event in self.kernel.events() if event.node == node)
        return [text.split(": ", 1)[1] for text in found if f"-{mnemonic}:" in text]
