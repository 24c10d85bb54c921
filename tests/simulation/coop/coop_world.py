"""Key servers with a group that only holds keys: the other side of the seam of the cooperation."""

from dataclasses import astuple, dataclass, replace

from getvpn.emulator.gdoi.keys import Kek, Tek, new_kek, new_tek
from getvpn.emulator.gdoi.messages import Announcement, Departure, SharedState
from getvpn.emulator.gdoi.parameters import Parameters
from getvpn.emulator.gdoi.policy import CoopPolicy, RekeyPolicy, SaPolicy, ServerPolicy, Transform
from getvpn.emulator.gdoi.records import CoopPeer, MemberRecord, Role
from getvpn.emulator.gdoi.server.coop import Coop
from getvpn.emulator.gdoi.server.database import MemberDatabase
from getvpn.emulator.gdoi.server.sender_ids import SenderIds
from getvpn.emulator.gdoi.simple_ike import SharedSecretIke
from getvpn.emulator.gdoi.station import Station
from getvpn.emulator.services.access_entries import extended_entry
from getvpn.emulator.simulation.kernel import Kernel
from getvpn.emulator.simulation.network import Line, Network

START = 1_800_000_000.0
PERIODIC = (10, 2, True)
ON_DEMAND = (10, 2, False)
LINES = ("deny udp any any eq 848", *(f"permit ip 10.{n}.0.0 0.0.255.255 any" for n in range(4)))
SA = SaPolicy(
    number=10,
    profile="GETVPN",
    acl="LAN",
    entries=tuple(extended_entry(line.split()) for line in LINES),
    transform=Transform(name="AES", cipher="esp-aes", bits=256, integrity="esp-sha-hmac"),
)
POLICY = ServerPolicy(group="GETVPN", identity="1000", rekey=RekeyPolicy(label="REKEY"), sas=(SA,))


def address(number: int) -> str:
    """The address of a key server."""
    return f"10.255.0.{number}"


class HeldGroup:
    """A group of a key server that makes keys when it has to, and keeps what it is told."""

    def __init__(self, host: Station, ike: SharedSecretIke, policy: ServerPolicy) -> None:
        self.host = host
        self.ike = ike
        self.kernel = host.kernel
        self.policy = policy
        self.server_handle = 100
        self.kek: Kek | None = None
        self.teks: list[Tek] = []
        self.database = MemberDatabase()
        self.sender_ids = SenderIds(policy)
        self.zero: float | None = None
        self.state: SharedState | None = None
        self.adopted: SharedState | None = None
        self.rekeys = 0
        self.rivals: list[str] = []
        self.coop = Coop(self)  # type: ignore[arg-type]

    @property
    def members(self) -> dict[str, MemberRecord]:
        return self.database.records

    @property
    def member_serial(self) -> int:
        return self.database.serial

    def start(self) -> None:
        self.host.mailbox.open(self.policy.address, self.policy.identity, self.coop.receive)
        self.coop.start()

    def stop(self) -> None:
        self.coop.stop()
        self.host.mailbox.close(self.policy.address, self.policy.identity)

    def pseudotime(self) -> float | None:
        return None if self.zero is None else self.kernel.now() - self.zero

    def promoted(self, previous: str) -> None:
        del previous
        if self.kek is None:
            self.renew()

    def demoted(self, primary: str) -> None:
        del primary

    def share(self) -> SharedState | None:
        if self.state is None and self.kek is not None:
            self.state = SharedState(
                kek=replace(self.kek),
                teks=tuple(replace(tek) for tek in self.teks),
                pseudotime=self.pseudotime(),
                at=self.kernel.now(),
                policy=self.policy,
            )
        return self.state

    def adopt(self, state: SharedState, source: str) -> None:
        if self.coop.role is Role.PRIMARY:
            self.rivals.append(source)
            return
        if state is self.adopted:
            return
        self.adopted = state
        self.kek = None if state.kek is None else replace(state.kek)
        self.teks = [replace(tek) for tek in state.teks]
        self.zero = None if state.pseudotime is None else state.at - state.pseudotime
        self.state = None

    def member_changes(
        self, since: int
    ) -> tuple[int, tuple[MemberRecord, ...], tuple[Departure, ...]]:
        return self.database.changes(since)

    def adopt_members(self, told: Announcement) -> None:
        for departure in told.gone:
            self.database.depart(departure)
        for record in told.members:
            self.database.adopt(record, self.policy.address)
        if told.whole and told.role is Role.PRIMARY and self.coop.role is not Role.PRIMARY:
            known = {record.address for record in told.members}
            self.database.keep_only(known)

    def forget_state(self) -> None:
        """Something is different from what was shared or taken over."""
        self.coop.wake()
        self.state = self.adopted = None

    def renew(self) -> None:
        """Make other keys, as a rekey does."""
        self.forget_state()
        now, random = self.kernel.now(), self.kernel.random(self.host.name)
        self.kek = new_kek(random, self.policy.rekey, now)
        self.teks = [new_tek(random, sa, now, self.policy.address) for sa in self.policy.sas]
        self.rekeys += 1

    def begin_anew(self) -> None:
        """Set the pseudotime to zero."""
        self.forget_state()
        self.zero = self.kernel.now()

    def register(self, member: str) -> None:
        """A member registers here."""
        now = self.kernel.now()
        if self.zero is None:
            self.forget_state()
            self.zero = now
        record = MemberRecord(
            address=member, version="1.0.25", key_server=self.policy.address, registered_at=now
        )
        self.database.put(record)
        self.coop.members_changed()

    def apply(self, policy: ServerPolicy) -> None:
        self.forget_state()
        self.policy = policy
        self.sender_ids.apply(policy)
        self.coop.apply(policy)


@dataclass(slots=True, kw_only=True)
class World:
    """Key servers KS1, KS2, … with falling priorities, and the network between them."""

    kernel: Kernel
    network: Network
    groups: dict[str, HeldGroup]
    plain: bool = False

    def group(self, number: int) -> HeldGroup:
        return self.groups[f"KS{number}"]

    def coop(self, number: int) -> Coop:
        return self.group(number).coop

    def peer(self, number: int, other: int) -> CoopPeer:
        """What one key server thinks of another one."""
        return self.coop(number).peers[address(other)]

    def start(self, *numbers: int) -> None:
        """Bring up some key servers, or all of them."""
        for number in numbers or range(1, len(self.groups) + 1):
            self.groups[f"KS{number}"].start()

    def pass_s(self, seconds: float) -> None:
        self.kernel.advance(seconds)

    def kill(self, number: int) -> None:
        """A key server loses its power."""
        name = f"KS{number}"
        self.network.power(name, up=False)
        self.groups[name].stop()

    def boot(self, number: int) -> None:
        """It comes up again, and knows nothing."""
        name = f"KS{number}"
        old = self.groups[name]
        old.stop()
        self.network.power(name, up=True)
        group = self.groups[name] = HeldGroup(old.host, old.ike, old.policy)
        group.coop.plain = self.plain
        group.start()

    def roles(self) -> list[Role]:
        return [group.coop.role for group in self.groups.values()]

    def logged(self, word: str, name: str = "") -> list[str]:
        """The messages with a word in them, of one device or all."""
        return [
            event.text
            for event in self.kernel.events()
            if word in event.text and name in ("", event.node)
        ]


def make_world(
    count: int = 2,
    *,
    keepalive: tuple[int, int, bool] | None = PERIODIC,
    policy: ServerPolicy = POLICY,
    parameters: Parameters | None = None,
    plain: bool = False,
    seed: int = 1,
) -> World:
    """Key servers that know each other; none has been started."""
    kernel = Kernel(START, seed)
    network = Network(kernel)
    world = World(kernel=kernel, network=network, groups={}, plain=plain)
    for number in range(1, count + 1):
        ike = SharedSecretIke("secret", dpd=keepalive)
        station = Station(
            f"KS{number}",
            network,
            (address(number),),
            ike,
            line=Line(latency_s=0.010 + number / 1024),
            parameters=parameters or Parameters(),
        )
        peers = tuple(address(other) for other in range(1, count + 1) if other != number)
        coop = CoopPolicy(priority=101 - number, peers=peers)
        own = replace(policy, address=address(number), coop=coop)
        group = world.groups[station.name] = HeldGroup(station, ike, own)
        group.coop.plain = plain
    return world


def observed(world: World) -> dict[str, object]:
    """All that an operator of any key server could see now."""
    return {
        name: (
            group.coop.role,
            group.coop.sequence,
            group.coop.remaining_s(),
            group.coop.retries,
            group.coop.primary_address(),
            group.coop.previous_primary,
            group.coop.blocking,
            group.coop.invalid_pseudotimes,
            {key: astuple(peer) for key, peer in group.coop.peers.items()},
            None if group.kek is None else (group.kek.spi, group.kek.sequence),
            [(tek.spi, tek.expires_at) for tek in group.teks],
            group.pseudotime(),
            sorted(group.members),
            group.rivals,
        )
        for name, group in world.groups.items()
    }


def settled_world(count: int = 2, **options: object) -> World:
    """Key servers that have been up for ten minutes."""
    world = make_world(count, **options)  # type: ignore[arg-type]
    world.start()
    world.pass_s(600.0)
    return world
