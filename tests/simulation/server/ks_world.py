"""A key server and members that do no more than a test of the key server needs."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import count

from getvpn.emulator.gdoi.ike import IkeFailure
from getvpn.emulator.gdoi.mailbox import GDOI_PORT
from getvpn.emulator.gdoi.messages import (
    Download,
    Refusal,
    RegistrationRequest,
    Rekey,
    RekeyAck,
    RekeyKind,
)
from getvpn.emulator.gdoi.parameters import Parameters
from getvpn.emulator.gdoi.policy import (
    Cipher,
    Protocol,
    RekeyPolicy,
    SaPolicy,
    ServerPolicy,
    Transform,
    Transport,
)
from getvpn.emulator.gdoi.server.group import ServerGroup
from getvpn.emulator.gdoi.simple_ike import SharedSecretIke
from getvpn.emulator.gdoi.station import Station
from getvpn.emulator.keys import KeyMaterial
from getvpn.emulator.services.access_entries import extended_entry
from getvpn.emulator.simulation.kernel import Kernel
from getvpn.emulator.simulation.network import Network

START = 1_700_000_000.0
SERVER = "10.0.0.1"
LABEL = "REKEY"
SECRET = "secret of the tests"  # noqa: S105
TRANSFORM = Transform(name="AES", cipher="esp-aes", bits=256, integrity="esp-sha256-hmac")
GCM = Transform(name="GCM", cipher="esp-gcm", bits=128)
LINE = extended_entry(["permit", "ip", "any", "any"])


def sa_policy(number: int = 10, lifetime_s: int = 3600, **changes: object) -> SaPolicy:
    usual = SaPolicy(
        number=number,
        profile="PROFILE",
        acl="LIST",
        entries=(LINE,),
        transform=TRANSFORM,
        lifetime_s=lifetime_s,
    )
    return replace(usual, **changes)


def rekey_policy(**changes: object) -> RekeyPolicy:
    usual = RekeyPolicy(
        transport=Transport.UNICAST,
        cipher=Cipher(name="aes", bits=256),
        sig_hash="sha256",
        interval_s=10,
        count=2,
        label=LABEL,
    )
    return replace(usual, **changes)


def server_policy(**changes: object) -> ServerPolicy:
    usual = ServerPolicy(
        group="GETVPN",
        identity="1000",
        address=SERVER,
        rekey=rekey_policy(),
        sas=(sa_policy(),),
    )
    return replace(usual, **changes)


class Member:
    """A member as a key server sees it: it asks, it understands rekeys, it acknowledges.

    `deaf` does not acknowledge; `downloads`, `refusals` and `rekeys` are what it got, `copies` are
    all rekeys that arrived, with their times.
    """

    _numbers = count(1)

    def __init__(self, world: "World", address: str, **changes: object) -> None:
        self.world = world
        self.address = address
        self.station = Station(f"GM{address}", world.network, (address,), SharedSecretIke(SECRET))
        self.identity = "1000"
        self.protocol = Protocol.GDOI
        self.version = "1.0.26"
        self.senders = 1
        self.deaf = False
        self.downloads: list[Download] = []
        self.refusals: list[Refusal] = []
        self.rekeys: list[Rekey] = []
        self.copies: list[tuple[float, Rekey]] = []
        self.keks: set[int] = set()
        self.public_der = b""
        for name, value in changes.items():
            setattr(self, name, value)
        self.station.mailbox.open(address, self.identity, self._receive)

    def ask(self, server: str = SERVER) -> "Member":
        profile = "PROFILE" if self.protocol is Protocol.GIKEV2 else ""
        offer = self.station.ike.offer(self.address, server, profile=profile)
        assert not isinstance(offer, IkeFailure)
        request = RegistrationRequest(
            number=next(self._numbers),
            identity=self.identity,
            group="GETVPN",
            address=self.address,
            version=self.version,
            protocol=self.protocol,
            offer=offer,
            senders=self.senders,
            pfs=self.protocol is Protocol.GIKEV2,
        )
        self.world.network.send(self.address, server, GDOI_PORT, request)
        return self

    @property
    def spis(self) -> list[int]:
        """The TEKs of the last message that brought any."""
        grants = self.rekeys[-1].grants if self.rekeys else self.downloads[-1].grants
        return [grant.tek.spi for grant in grants]

    def _receive(self, message: object, source: str) -> None:
        if isinstance(message, Download):
            self.downloads.append(message)
            self.rekeys.clear()
            self.public_der = message.public_der
            self.keks = {message.kek.spi} if message.kek is not None else set()
        elif isinstance(message, Refusal):
            self.refusals.append(message)
        elif isinstance(message, Rekey):
            self.copies.append((self.world.kernel.now(), message))
            self._rekeyed(message, source)

    def _rekeyed(self, rekey: Rekey, source: str) -> None:
        if rekey.kek_spi not in self.keks or not rekey.signed_by(self.public_der):
            return
        if rekey not in self.rekeys:
            self.rekeys.append(rekey)
        if rekey.kek is not None:
            self.keks.add(rekey.kek.spi)
        if not self.deaf:
            ack = RekeyAck(
                identity=self.identity,
                member=self.address,
                kek_spi=rekey.kek_spi,
                sequence=rekey.sequence,
            )
            self.world.network.send(self.address, source, GDOI_PORT, ack)
        if rekey.kind in (RekeyKind.DELETE_NOW, RekeyKind.REAUTH):
            self.keks.clear()


class World:
    """A network with one key server, which runs."""

    def __init__(
        self,
        key: KeyMaterial | None,
        policy: ServerPolicy | None = None,
        *,
        parameters: Parameters | None = None,
        version: str = "1.0.16",
    ) -> None:
        self.kernel = Kernel(START, "tests of the key server")
        self.network = Network(self.kernel)
        self.station = Station(
            "KS1",
            self.network,
            (SERVER,),
            SharedSecretIke(SECRET),
            parameters=parameters or Parameters(),
            version=version,
        )
        if key is not None:
            self.station.hold_key(LABEL, key)
        self.group = ServerGroup(self.station, policy or server_policy(), handle=1)
        self.group.start()

    def member(self, number: int = 1, **changes: object) -> Member:
        return Member(self, f"10.1.{number // 250}.{number % 250 + 1}", **changes)

    def members(self, number: int) -> list[Member]:
        """So many members, which have registered."""
        found = [self.member(one).ask() for one in range(1, number + 1)]
        self.run(1)
        return found

    def run(self, seconds: float) -> None:
        self.kernel.advance(seconds)

    def apply(self, **changes: object) -> None:
        self.group.apply(replace(self.group.policy, **changes))

    def logged(self, mnemonic: str) -> list[str]:
        """The texts of the key server's messages with a mnemonic."""
        found = (event.text for event in self.kernel.events() if event.node == "KS1")
        return [text.split(": ", 1)[1] for text in found if f"-{mnemonic}:" in text]


def accesses(lines: Sequence[str]) -> tuple[object, ...]:
    return tuple(extended_entry(line.split()) for line in lines)
