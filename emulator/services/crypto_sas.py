"""The security associations of a router, in tables that the IKE of the lab fills.

`router.feature(CryptoSas)` gives them: `ike` (IKE version 1, GDOI registrations and rekeys too),
`ikev2`, `flows` (what is protected on an interface, with its IPsec SAs), `counts` (what happened
since the boot) and `debugging` (the switches that are on). The show commands only read; `clear` and
whoever negotiates write. All times are in seconds since 1970 UTC.
"""

from dataclasses import dataclass, field
from ipaddress import IPv4Address
from typing import TYPE_CHECKING

from ..feature import Feature

if TYPE_CHECKING:
    from ..device import Router

FIRST_IKE_ID = 1001
"""The connection ids of IKE SAs begin here; those of IPsec SAs with 1."""
ISAKMP_PORT = 500
GDOI_PORT = 848
READY = "READY"
QM_IDLE = "QM_IDLE"


@dataclass(slots=True, kw_only=True, eq=False)
class IkeSa:
    """An SA of IKE version 1.

    `initiator` tells whether this router began; `state` is that of `show crypto isakmp sa`
    (`QM_IDLE`, `GDOI_IDLE`, `GDOI_REKEY`), `cipher` `des`, `3des` or `aes` with `bits`, `auth`
    `psk` or `rsig`, `capabilities` letters of its legend.
    """

    conn_id: int
    local: str
    remote: str
    initiator: bool
    state: str = QM_IDLE
    deleted: bool = False
    cipher: str = "aes"
    bits: int = 256
    hash_name: str = "sha256"
    auth: str = "psk"
    group: int = 14
    lifetime_s: int = 86_400
    established_at: float
    capabilities: str = ""
    local_port: int = ISAKMP_PORT
    remote_port: int = ISAKMP_PORT
    interface: str = ""
    vrf: str = ""

    @property
    def ends(self) -> tuple[str, str]:
        """Destination and source: who was asked and who began."""
        return (self.remote, self.local) if self.initiator else (self.local, self.remote)

    @property
    def active(self) -> bool:
        """Whether the SA can be used."""
        return not self.deleted and self.state != "MM_NO_STATE"


@dataclass(slots=True, kw_only=True, eq=False)
class Ikev2Sa:
    """An SA of IKE version 2, in the words of `show crypto ikev2 sa`."""

    tunnel_id: int
    session_id: int
    local: str
    remote: str
    initiator: bool
    status: str = READY
    fvrf: str = "none"
    ivrf: str = "none"
    cipher: str = "AES-CBC"
    bits: int = 256
    prf: str = "SHA512"
    hash_name: str = "SHA512"
    group: int = 19
    auth_sign: str = "PSK"
    auth_verify: str = "PSK"
    lifetime_s: int = 86_400
    established_at: float
    local_spi: int
    remote_spi: int
    local_id: str
    remote_id: str
    local_request: int = 0
    remote_request: int = 0
    dpd_s: int = 0
    dpd_retry: int = 0
    local_port: int = ISAKMP_PORT
    remote_port: int = ISAKMP_PORT
    interface: str = ""


@dataclass(slots=True, kw_only=True, eq=False)
class IpsecSa:
    """One direction of an IPsec SA; `packets` are those that it has protected or opened.

    `lifetime_kb` is None where no volume ends the SA, `window` 0 without a check for replays.
    """

    conn_id: int
    spi: int
    transform: str
    algorithm: str
    mode: str = "Tunnel"
    created_at: float
    lifetime_s: int
    lifetime_kb: int | None = 4_608_000
    iv_bytes: int = 16
    window: int = 64
    packets: int = 0
    dropped: int = 0
    sequence: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ident:
    """One side of what is protected: network, mask, protocol and port (0 for any)."""

    address: str = "0.0.0.0"  # noqa: S104 - an address in a table
    mask: str = "0.0.0.0"  # noqa: S104 - a mask in a table
    protocol: int = 0
    port: int = 0

    @property
    def last(self) -> str:
        """The last address of the network."""
        wild = int(IPv4Address(self.mask)) ^ 0xFFFFFFFF
        return str(IPv4Address(int(IPv4Address(self.address)) | wild))

    @property
    def text(self) -> str:
        """As `show crypto ipsec sa` prints it."""
        return f"({self.address}/{self.mask}/{self.protocol}/{self.port})"


@dataclass(slots=True, kw_only=True, eq=False)
class IpsecFlow:
    """What a crypto map or a profile protects on an interface, and its SAs.

    `group` is a group of GETVPN, whose flows have no peer. Counters count packets.
    """

    interface: str
    map_name: str
    local_address: str
    peer: str
    peer_port: int = ISAKMP_PORT
    local: Ident
    remote: Ident
    permit: bool = True
    flags: tuple[str, ...] = ("origin_is_acl",)
    group: str = ""
    vrf: str = ""
    pfs_group: str = ""
    profile: str = ""
    plaintext_mtu: int = 1438
    encapsulated: int = 0
    decapsulated: int = 0
    send_errors: int = 0
    receive_errors: int = 0
    replayed: int = 0
    inbound: list[IpsecSa] = field(default_factory=list)
    outbound: list[IpsecSa] = field(default_factory=list)

    @property
    def sas(self) -> tuple[IpsecSa, ...]:
        """All SAs, those for what comes in first."""
        return (*self.inbound, *self.outbound)


@dataclass(slots=True, kw_only=True)
class Counts:
    """What happened since the boot."""

    ike_created: int = 0
    ike_deleted: int = 0
    ikev2_created: int = 0
    ikev2_deleted: int = 0
    ikev2_failed: int = 0
    ipsec_created: int = 0
    ipsec_deleted: int = 0
    dh_exchanges: int = 0
    signed: int = 0
    verified: int = 0


class CryptoSas(Feature):
    """The tables; empty until something negotiates."""

    def __init__(self, router: "Router") -> None:
        super().__init__(router)
        self.ike: list[IkeSa] = []
        self.ikev2: list[Ikev2Sa] = []
        self.flows: list[IpsecFlow] = []
        self.counts = Counts()
        self._next_ike_id = FIRST_IKE_ID
        self._next_ipsec_id = 1

    def next_ike_id(self) -> int:
        """A connection id for a new IKE SA."""
        self._next_ike_id += 1
        return self._next_ike_id - 1

    def next_ipsec_id(self) -> int:
        """A connection id for a new IPsec SA."""
        self._next_ipsec_id += 1
        return self._next_ipsec_id - 1

    def clear_ike(self, conn_id: int | None = None) -> None:
        """Delete one IKE SA or all."""
        gone = [sa for sa in self.ike if conn_id in (None, sa.conn_id)]
        self.ike = [sa for sa in self.ike if sa not in gone]
        self.counts.ike_deleted += len(gone)

    def clear_ikev2(self, remote: str | None = None) -> None:
        """Delete the IKEv2 SAs with one peer or all."""
        gone = [sa for sa in self.ikev2 if remote in (None, sa.remote)]
        self.ikev2 = [sa for sa in self.ikev2 if sa not in gone]
        self.counts.ikev2_deleted += len(gone)

    def clear_ipsec(self, peer: str | None = None, *, map_name: str | None = None) -> None:
        """Delete the IPsec SAs with one peer, of one crypto map, or all; flows stay without."""
        for flow in self.flows:
            if peer in (None, flow.peer) and map_name in (None, flow.map_name):
                self.counts.ipsec_deleted += len(flow.sas)
                flow.inbound.clear()
                flow.outbound.clear()

    def clear_counts(self) -> None:
        """Count what happens anew."""
        self.counts = Counts()

    def clear_counters(self) -> None:
        """Count packets anew."""
        for flow in self.flows:
            flow.encapsulated = flow.decapsulated = flow.send_errors = flow.receive_errors = 0
            flow.replayed = 0
            for sa in flow.sas:
                sa.packets = sa.dropped = 0
