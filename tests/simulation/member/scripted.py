"""A key server that does what a test tells it, a member, and packets between sites."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import cache
from ipaddress import IPv4Address
from random import Random
from typing import Any

from getvpn.emulator.gdoi.ike import IkeAnswer
from getvpn.emulator.gdoi.keys import Kek, SigningKey, Tek, new_kek, new_tek
from getvpn.emulator.gdoi.mailbox import GDOI_PORT
from getvpn.emulator.gdoi.member.group import MemberGroup
from getvpn.emulator.gdoi.messages import (
    Download,
    Grant,
    Refusal,
    Refused,
    RegistrationRequest,
    Rekey,
    RekeyAck,
    RekeyKind,
)
from getvpn.emulator.gdoi.packets import Packet
from getvpn.emulator.gdoi.parameters import Parameters
from getvpn.emulator.gdoi.policy import (
    Cipher,
    MemberPolicy,
    RekeyPolicy,
    SaPolicy,
    Transform,
    Transport,
)
from getvpn.emulator.gdoi.signing import signing_key
from getvpn.emulator.gdoi.simple_ike import SharedSecretIke
from getvpn.emulator.gdoi.station import Station
from getvpn.emulator.keys.maker import SeededKeyMaker
from getvpn.emulator.services.access_entries import AccessEntry, extended_entry
from getvpn.emulator.simulation.kernel import Kernel
from getvpn.emulator.simulation.network import Network

KS1, KS2, GM = "10.255.0.1", "10.255.0.2", "172.16.0.1"
IDENTITY, GROUP = "1000", "GETVPN"
START = 1_700_000_000.0
LINES = (
    "deny udp any any eq 848",
    "deny udp any eq 848 any",
    "deny tcp any any eq 22",
    "deny tcp any eq 22 any",
    "permit ip 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255",
)
AES = Transform(name="AES", cipher="esp-aes", bits=256, integrity="esp-sha256-hmac")


def entries(*lines: str) -> tuple[AccessEntry, ...]:
    """Lines of an extended list."""
    return tuple(extended_entry(line.split()) for line in lines)


def sa_policy(lines: Iterable[str] = LINES, **changes: Any) -> SaPolicy:
    """`sa ipsec 10` with TEKs of two hours."""
    usual = SaPolicy(
        number=10,
        profile="GETVPN",
        acl="ACL",
        entries=entries(*lines),
        transform=AES,
        lifetime_s=7200,
    )
    return replace(usual, **changes)


def packet(
    protocol: int = 1, source: str = "10.1.0.5", destination: str = "10.2.0.5", port: int = 0
) -> Packet:
    """A packet between two sites."""
    source_port = 40_000 if port else 0
    return Packet(
        int(IPv4Address(source)), int(IPv4Address(destination)), protocol, source_port, port
    )


@cache
def rsa(name: str) -> SigningKey:
    """An RSA key pair, the same for the same name."""
    return signing_key(name, SeededKeyMaker(Random(name)).rsa(1024))  # noqa: S311 - made again


@dataclass(eq=False)
class ScriptedServer:
    """A key server that answers registrations, and sends the rekeys that a test wants.

    `silent` answers nothing, `refuses` refuses. All that came is in `requests` and `acks`.
    """

    station: Station
    address: str
    key: SigningKey = field(default_factory=lambda: rsa("ours"))
    sas: tuple[SaPolicy, ...] = field(default_factory=lambda: (sa_policy(),))
    policy: RekeyPolicy = field(
        default_factory=lambda: RekeyPolicy(
            transport=Transport.UNICAST, cipher=Cipher(name="aes", bits=256), sig_hash="sha256"
        )
    )
    silent: bool = False
    refuses: Refused | None = None
    detail: str = ""
    download: dict[str, Any] = field(default_factory=dict)
    requests: list[tuple[float, RegistrationRequest]] = field(default_factory=list)
    acks: list[RekeyAck] = field(default_factory=list)
    teks: list[Tek] = field(default_factory=list)
    kek: Kek | None = None

    def __post_init__(self) -> None:
        self.random = Random(self.address)  # noqa: S311 - made again
        self.station.mailbox.open(self.address, IDENTITY, self.receive)
        self.fresh_keys()

    @property
    def now(self) -> float:
        return self.station.kernel.now()

    def fresh_keys(self) -> None:
        """Forget all keys, and make others."""
        self.kek = new_kek(self.random, self.policy, self.now)
        self.teks = []
        self.fresh_teks()

    def fresh_teks(self) -> None:
        """Make one more TEK for each policy."""
        self.teks += [
            new_tek(self.random, sa, self.now, self.address, identity=IDENTITY) for sa in self.sas
        ]

    def grants(self) -> tuple[Grant, ...]:
        """What is left of the TEKs."""
        return tuple(
            Grant(tek=tek, expires_at=tek.expires_at)
            for tek in self.teks
            if tek.expires_at > self.now
        )

    def receive(self, message: Any, source: str) -> None:
        if isinstance(message, RekeyAck):
            self.acks.append(message)
            return
        self.requests.append((self.now, message))
        if self.silent:
            return
        answer: Refusal | Download = self._download(message)
        if self.refuses is not None:
            answer = Refusal(
                identity=IDENTITY,
                number=message.number,
                server=self.address,
                reason=self.refuses,
                detail=self.detail,
            )
        self.station.network.send(self.address, source, GDOI_PORT, answer)

    def _download(self, request: RegistrationRequest) -> Download:
        ike = self.station.ike.answer(request.offer)
        assert isinstance(ike, IkeAnswer)
        kek = self.kek
        values: dict[str, Any] = {
            "identity": IDENTITY,
            "number": request.number,
            "server": self.address,
            "ike": ike,
            "kek": kek,
            "kek_expires_at": kek.expires_at if kek else 0.0,
            "grants": self.grants(),
            "sas": self.sas,
            "public_der": self.key.public_der,
            "sequence": kek.sequence if kek else 0,
            "pseudotime": self.now - START + 1000.0,
            "sent_at": self.now,
            "transport": self.policy.transport,
        }
        return Download(**{**values, **self.download})

    def rekey(self, kind: RekeyKind = RekeyKind.SCHEDULED, **changes: Any) -> Rekey:
        """Sign the next rekey."""
        assert self.kek is not None
        self.kek.sequence += 1
        values: dict[str, Any] = {
            "server": self.address,
            "identity": IDENTITY,
            "kind": kind,
            "kek_spi": self.kek.spi,
            "sequence": self.kek.sequence,
            "kek": None,
            "grants": self.grants(),
            "sas": self.sas,
            "pseudotime": self.now - START + 1000.0,
            "sent_at": self.now,
            "transport": self.policy.transport,
            "sig_hash": "sha256",
        }
        found = Rekey(**{**values, **changes})
        found.signature = self.key.sign(found.body, found.sig_hash)
        if found.kek is not None:
            self.kek = found.kek
        return found

    def send(self, message: object, to: str = GM) -> None:
        self.station.network.send(self.address, to, GDOI_PORT, message)

    def renew(self, **changes: Any) -> Rekey:
        """Make TEKs, and send the scheduled rekey with them."""
        self.fresh_teks()
        found = self.rekey(**changes)
        self.send(found)
        return found


class World:
    """Two key servers and a member, with the figures of `parameters`."""

    def __init__(self, *, version: str = "1.0.26", parameters: Parameters | None = None) -> None:
        self.kernel = Kernel(START, 7)
        self.network = Network(self.kernel)
        self.version = version
        self.parameters = parameters or Parameters()
        self.ks1 = ScriptedServer(self.station("KS1", KS1), KS1)
        self.ks2 = ScriptedServer(self.station("KS2", KS2), KS2)

    def station(self, name: str, address: str) -> Station:
        return Station(
            name,
            self.network,
            (address,),
            SharedSecretIke("lab"),
            parameters=self.parameters,
            version=self.version,
        )

    def member(self, name: str = "GM1", address: str = GM, **changes: Any) -> MemberGroup:
        """A member that has not been started."""
        policy = MemberPolicy(
            group=GROUP,
            identity=IDENTITY,
            map_name="MAP",
            interface="GigabitEthernet0/0/0",
            address=address,
            servers=(KS1, KS2),
        )
        station = self.station(name, address)
        return MemberGroup(station, replace(policy, **changes), handle=1)

    def registered(self, **changes: Any) -> MemberGroup:
        """A member that has just registered."""
        found = self.member(**changes)
        found.start()
        self.kernel.advance(1.0)
        return found

    def log(self, name: str = "GM1") -> list[str]:
        """The messages of a device, without the percent sign."""
        return [
            event.text[1:]
            for event in self.kernel.events()
            if event.node == name and event.text.startswith("%")
        ]

    def mnemonics(self, name: str = "GM1") -> list[str]:
        """The mnemonics of its messages."""
        return [line.split(":")[0].split("-")[2] for line in self.log(name)]

    def count(self, mnemonic: str, name: str = "GM1") -> int:
        """How often it logged one."""
        return self.mnemonics(name).count(mnemonic)

    def at(self, seconds: float, action: Callable[[], object]) -> None:
        """Do something when so many seconds of the world have passed."""
        self.kernel.call_at(START + seconds, lambda: action() and None)
