"""The security associations of a router, in tables that the IKE of the lab fills.

`router.feature(CryptoSas)` gives them: `ike` (IKE version 1, GDOI registrations and rekeys too),
`ikev2`, `flows` (what is protected on an interface, with its IPsec SAs), `counts` (what happened
since the boot) and `debugging` (the switches that are on). The show commands only read; `clear` and
whoever negotiates write. All times are in seconds since 1970 UTC.

Rows that were opened for a purpose end with their lifetime; that between key servers is renewed at
once, as they need it all the time.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Address
from typing import TYPE_CHECKING

from ..feature import Feature
from .sa_tables import COOP, REKEY, SaTable

if TYPE_CHECKING:
    from ..config.store import Change
    from ..device import Router

FIRST_IKE_ID = 1001
"""The connection ids of IKE SAs begin here; those of IPsec SAs with 1."""
ISAKMP_PORT = 500
GDOI_PORT = 848
IKE_2 = 2
ENABLE = "crypto isakmp enable"
READY = "READY"
QM_IDLE = "QM_IDLE"


@dataclass(slots=True, kw_only=True, eq=False)
class IkeSa:
    """An SA of IKE version 1.

    `initiator` tells whether this router began; `state` is that of `show crypto isakmp sa`
    (`QM_IDLE`, `GDOI_IDLE`, `GDOI_REKEY`), `cipher` `des`, `3des` or `aes` with `bits`, `auth`
    `psk` or `rsig`, `capabilities` letters of its legend. `purpose` is what it was opened for
    (`registration`, `rekey`, `coop`), `group` the group that it is for and `kek_spi` the SPI of the
    key of a rekey. `peer_id` is who the peer proved to be, empty for its address.
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
    purpose: str = ""
    group_name: str = ""
    kek_spi: int = 0
    peer_id: str = ""

    @property
    def ends_at(self) -> float:
        """When its lifetime is over."""
        return self.established_at + self.lifetime_s

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
    purpose: str = ""
    group_name: str = ""
    kek_spi: int = 0

    @property
    def ends_at(self) -> float:
        """When its lifetime is over."""
        return self.established_at + self.lifetime_s


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

    `group` is a group of GETVPN, whose flows have no peer; `identity` is the address of the member
    then. `current_spi` is that of the SA to send with, where it is not the last of `outbound`.
    Counters count packets; sizes are in bytes.
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
    identity: str = ""
    vrf: str = ""
    pfs_group: str = ""
    profile: str = ""
    plaintext_mtu: int = 1438
    path_mtu: int = 1500
    current_spi: int | None = None
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
        now = router.clock.now
        self._ike: SaTable[IkeSa] = SaTable(now, self._renewed, self._ike_ended)
        self._ikev2: SaTable[Ikev2Sa] = SaTable(now, _not_renewed, self._ikev2_ended)
        self._counts = Counts()
        self._flows: list[IpsecFlow] = []
        self.sources: list[Callable[[list[IpsecFlow]], None]] = []
        self._next_ike_id = FIRST_IKE_ID
        self._next_ipsec_id = 1
        self._next_tunnel_id = 1

    def config_changed(self, change: "Change") -> None:
        """Switching IKE off ends its SAs."""
        if change.name != ENABLE or change.owners or not self.router.running:
            return
        off = change.after is not None and change.after.negated
        if off:
            self._ike.remove(lambda _sa: True)
        text = f"ISAKMP is {'OFF' if off else 'ON'}"
        self.router.log.add("CRYPTO", 6, "ISAKMP_ON_OFF", text)

    @property
    def ike(self) -> list[IkeSa]:
        """The SAs of IKE version 1 that stand now; the list is the table itself."""
        return self._ike.rows

    @property
    def ikev2(self) -> list[Ikev2Sa]:
        """The SAs of IKE version 2 that stand now; the list is the table itself."""
        return self._ikev2.rows

    @property
    def flows(self) -> list[IpsecFlow]:
        """What is protected now; the list is the table itself.

        `sources` bring it up to date whenever it is read, so that what changes costs nothing.
        """
        for source in self.sources:
            source(self._flows)
        return self._flows

    @property
    def counts(self) -> Counts:
        """What happened since the boot, or since it was cleared."""
        _ = self._ike.rows, self._ikev2.rows, self.flows
        return self._counts

    def next_ike_id(self) -> int:
        """A connection id for a new IKE SA."""
        self._next_ike_id += 1
        return self._next_ike_id - 1

    def next_ipsec_id(self) -> int:
        """A connection id for a new IPsec SA."""
        self._next_ipsec_id += 1
        return self._next_ipsec_id - 1

    def next_tunnel_id(self) -> int:
        """A tunnel id for a new SA of IKE version 2."""
        self._next_tunnel_id += 1
        return self._next_tunnel_id - 1

    def open_ike(self, sa: IkeSa) -> None:
        """An SA was negotiated; it takes the place of one for the same."""
        self._counts.ike_created += 1
        if sa.purpose != REKEY:
            self._exchanged(certified=sa.auth != "psk")
        self._ike.put(sa)

    def open_ikev2(self, sa: Ikev2Sa) -> None:
        """The same for version 2."""
        self._counts.ikev2_created += 1
        self._exchanged(certified="RSA" in (sa.auth_sign, sa.auth_verify))
        self._ikev2.put(sa)

    def failed(self, version: int) -> None:
        """A negotiation failed."""
        self._counts.ikev2_failed += version == IKE_2

    def _exchanged(self, *, certified: bool) -> None:
        """Keys were exchanged; with certificates both ends signed, too, and checked that."""
        self._counts.dh_exchanges += 1
        self._counts.signed += certified
        self._counts.verified += certified

    def close(self, remote: str, purpose: str, group: str = "") -> None:
        """The SAs for a purpose with a peer (all if empty) are gone, or those of one group."""
        self._ike.drop(remote, purpose, group)
        self._ikev2.drop(remote, purpose, group)

    def clear_ike(self, conn_id: int | None = None, *, remote: str | None = None) -> None:
        """Delete one IKE SA, those with one peer, or all; key servers negotiate again at once."""
        gone = [
            sa for sa in self.ike if conn_id in (None, sa.conn_id) and remote in (None, sa.remote)
        ]
        chosen = {id(sa) for sa in gone}
        self._ike.remove(lambda sa: id(sa) in chosen)
        now = self.router.clock.now()
        for sa in gone:
            if sa.purpose == COOP:
                self.open_ike(replace(sa, conn_id=self.next_ike_id(), established_at=now))

    def clear_ikev2(self, remote: str | None = None) -> None:
        """Delete the IKEv2 SAs with one peer or all."""
        self._ikev2.remove(lambda sa: remote in (None, sa.remote))

    def _renewed(self, sa: IkeSa) -> IkeSa | None:
        """Key servers negotiate again at once; other SAs just end."""
        if sa.purpose != COOP:
            return None
        lives = int((self.router.clock.now() - sa.established_at) // sa.lifetime_s)
        self._counts.ike_created += 1
        return replace(
            sa,
            conn_id=self.next_ike_id(),
            established_at=sa.established_at + lives * sa.lifetime_s,
        )

    def _ike_ended(self, number: int) -> None:
        self._counts.ike_deleted += number

    def _ikev2_ended(self, number: int) -> None:
        self._counts.ikev2_deleted += number

    def clear_ipsec(self, peer: str | None = None, *, map_name: str | None = None) -> None:
        """Delete the IPsec SAs with one peer, of one crypto map, or all; flows stay without."""
        for flow in self.flows:
            if peer in (None, flow.peer) and map_name in (None, flow.map_name):
                # those of a group are counted when its member has lost them
                self._counts.ipsec_deleted += 0 if flow.group else len(flow.sas)
                flow.inbound.clear()
                flow.outbound.clear()

    def clear_counts(self) -> None:
        """Count what happens anew."""
        _ = self.flows
        self._counts = Counts()

    def clear_counters(self) -> None:
        """Count packets anew."""
        for flow in self.flows:
            flow.encapsulated = flow.decapsulated = flow.send_errors = flow.receive_errors = 0
            flow.replayed = 0
            for sa in flow.sas:
                sa.packets = sa.dropped = 0


def _not_renewed(sa: Ikev2Sa) -> None:
    """SAs of version 2 are for registrations alone."""
    del sa
