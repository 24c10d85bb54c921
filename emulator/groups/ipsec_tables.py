"""What the members of groups protect, in the table of flows that the shows of IPsec read."""

from collections.abc import Callable, Iterator
from ipaddress import IPv6Address
from typing import TYPE_CHECKING, NamedTuple

from ..feature import Feature
from ..gdoi.member.group import MemberGroup
from ..gdoi.member.state import Direction
from ..gdoi.packets import protocol_number
from ..gdoi.passage import Deed, Handled
from ..gdoi.policy import MemberPolicy, ReplayKind, SaPolicy
from ..gdoi.records import HeldTek
from ..gdoi.sizes import largest_inner, vector_bytes
from ..grammar import CLASSIC
from ..services.access_entries import AccessEntry, Endpoint, ipv4_end
from ..services.crypto_sas import GDOI_PORT, CryptoSas, Ident, IpsecFlow, IpsecSa
from ..services.interfaces import Interfaces
from ..settings.crypto_map import MAPS
from .feature import Gdoi
from .packet_counts import PacketCounts
from .transform_words import algorithm_text, transform_text

if TYPE_CHECKING:
    from ..device import Router

USUAL_MTU = 1500
MOST_NOTED = 256
"""So many kinds of packets are noted before they are counted."""
EVERYTHING = 0xFFFFFFFF
NEWER_FLAGS = (15, 2)
"""Before, the flows of groups show that a list made them (captures of 15.0 and 15.4)."""


Note = tuple[MemberGroup, str, Deed, AccessEntry, HeldTek | None]


class FlowKey(NamedTuple):
    """What tells the flows of members apart."""

    interface: str
    map_name: str
    group: str
    permit: bool
    local: Ident
    remote: Ident


class Protected(NamedTuple):
    """A line that decides what a member protects: of its own list, of a policy that it downloaded
    (`sa`), or of the list that holds before it is registered.
    """

    entry: AccessEntry
    sa: SaPolicy | None


class IpsecTables(Feature):
    """Keeps the flows of members in `CryptoSas` whenever somebody reads them, and counts packets.

    Each line of the policy is a flow on each interface of the member, the last line first, as
    captures of sessions show them. A permitted one has two SAs for every TEK that the member holds,
    one where it only receives.
    """

    def __init__(self, router: "Router") -> None:
        super().__init__(router)
        self._flows: dict[FlowKey, IpsecFlow] = {}
        self._sas: dict[tuple[FlowKey, int, bool], IpsecSa] = {}
        self._counts: dict[tuple[str, str, str], PacketCounts] = {}
        self._noted: dict[Note, int] = {}
        self._feeds: list[Callable[[], None]] = []
        self._reading = False

    def booted(self) -> None:
        """Offer the flows of groups to the table."""
        self.router.feature(CryptoSas).sources.append(self._refresh)

    # ---- packets ----

    def counts(self, member: MemberGroup) -> PacketCounts:
        """What a member has counted since the boot."""
        self._read()
        return self._counts_of(member)

    def feed(self, source: Callable[[], None]) -> Callable[[], None]:
        """Have `source` note packets before anybody reads; gives what ends this."""
        self._feeds.append(source)
        return lambda: self._feeds.remove(source)

    def note(self, handled: Handled, packets: int) -> None:
        """A member did something with packets: count them before anybody reads."""
        line = handled.line
        if line is None:
            return
        note = handled.member, handled.interface, handled.deed, line, handled.held
        self._noted[note] = self._noted.get(note, 0) + packets
        if len(self._noted) >= MOST_NOTED:
            self._read()

    def sent(
        self,
        member: MemberGroup,
        entry: AccessEntry,
        packets: int = 1,
        *,
        held: HeldTek | None,
        interface: str = "",
    ) -> None:
        """A line of the policy meant packets: they left with a TEK, or were dropped without."""
        self._read()
        counts, flow = self._counts_of(member), self._flow(member, entry, interface)
        if held is None:
            counts.no_sa += packets
            if flow is not None:
                flow.send_errors += packets
            return
        counts.encrypted += packets
        counts.tagged += packets if held.tek.sa.tag else 0
        if flow is not None:
            flow.encapsulated += packets
            _add(flow.outbound, held.tek.spi, packets)

    def received(
        self,
        member: MemberGroup,
        entry: AccessEntry,
        packets: int = 1,
        *,
        held: HeldTek,
        replayed: bool = False,
        interface: str = "",
    ) -> None:
        """Packets that a line means came with a TEK; those that were replayed are dropped."""
        self._read()
        counts, flow = self._counts_of(member), self._flow(member, entry, interface)
        if replayed:
            if flow is not None:
                flow.replayed += packets
                flow.receive_errors += packets
            return
        counts.decrypted += packets
        counts.untagged += packets if held.tek.sa.tag else 0
        if flow is not None:
            flow.decapsulated += packets
            _add(flow.inbound, held.tek.spi, packets)

    def _read(self) -> None:
        """Bring everything up to date, unless that is under way."""
        if not self._reading:
            _ = self.router.feature(CryptoSas).flows

    def _take_notes(self) -> None:
        """Count what was noted."""
        noted, self._noted = self._noted, {}
        for (member, interface, deed, entry, held), packets in noted.items():
            if deed in (Deed.ENCRYPTED, Deed.NO_KEY):
                self.sent(member, entry, packets, held=held, interface=interface)
            elif held is not None:
                replayed = deed is Deed.REPLAYED
                self.received(
                    member, entry, packets, held=held, replayed=replayed, interface=interface
                )

    def _counts_of(self, member: MemberGroup) -> PacketCounts:
        policy = member.policy
        return self._counts.setdefault(
            (policy.group, policy.interface, policy.address), PacketCounts()
        )

    def _flow(self, member: MemberGroup, entry: AccessEntry, interface: str) -> IpsecFlow | None:
        return self._flows.get(_key(member.policy, interface or member.policy.interface, entry))

    # ---- the table ----

    def _refresh(self, table: list[IpsecFlow]) -> None:
        """Put the flows of members into the table, before all others."""
        if self._reading:
            return
        self._reading = True
        try:
            for source in list(self._feeds):
                source()
            self._follow(table)
            self._take_notes()
        finally:
            self._reading = False

    def _follow(self, table: list[IpsecFlow]) -> None:
        before = {id(flow) for flow in self._flows.values()}
        found: dict[FlowKey, IpsecFlow] = {}
        for member in self.router.feature(Gdoi).members:
            for interface in (member.policy.interface, *member.policy.also):
                lines: dict[FlowKey, Protected] = {}
                for line in protected_lines(member):
                    # of equal lines the first one counts
                    lines.setdefault(_key(member.policy, interface, line.entry), line)
                for key, line in reversed(lines.items()):
                    found[key] = self._made(member, key, line)
        self._flows = found
        table[:] = [*found.values(), *(flow for flow in table if id(flow) not in before)]
        held = {id(sa) for flow in table for sa in flow.sas}
        gone = [place for place, sa in self._sas.items() if id(sa) not in held]
        for place in gone:
            del self._sas[place]
        self.router.feature(CryptoSas).counts.ipsec_deleted += len(gone)

    def _made(self, member: MemberGroup, key: FlowKey, line: Protected) -> IpsecFlow:
        flow = self._flows.get(key) or self._begun(key)
        self._place(flow, member.policy)
        teks = [held for held in member.teks if _serves(member, held, line)]
        outward = member.sa_direction is not Direction.INBOUND_ONLY
        flow.inbound = [self._sa(key, held, outbound=False) for held in teks]
        flow.outbound = [
            self._sa(key, held, outbound=True)
            for held in teks
            if outward and held.encrypts_at is not None
        ]
        used = member.encrypting(line.sa.number) if line.sa is not None and flow.outbound else None
        flow.current_spi = used.tek.spi if used is not None else None
        flow.plaintext_mtu = flow.path_mtu
        if line.sa is not None and line.entry.permits:
            flow.plaintext_mtu = largest_inner(
                flow.path_mtu,
                line.sa.transform,
                tbar=line.sa.replay.kind is ReplayKind.TIME,
                sgt=line.sa.tag,
                ipv6=member.policy.ipv6,
            )
        return flow

    def _begun(self, key: FlowKey) -> IpsecFlow:
        older = self.router.family == CLASSIC and self.router.software.release < NEWER_FLAGS
        return IpsecFlow(
            interface=key.interface,
            map_name=key.map_name,
            local_address="",
            peer="",
            peer_port=GDOI_PORT,
            local=key.local,
            remote=key.remote,
            permit=key.permit,
            flags=("origin_is_acl",) if older else (),
            group=key.group,
        )

    def _place(self, flow: IpsecFlow, policy: MemberPolicy) -> None:
        """Say where a flow is now: addresses and VRFs may change under it."""
        setting = MAPS["ipv6 " if policy.ipv6 else ""]
        flow.local_address = local_address(
            self.router, flow.map_name, flow.interface, setting=setting
        )
        flow.peer = "::" if policy.ipv6 else "0.0.0.0"  # noqa: S104 - members have no peer
        flow.identity, flow.vrf = policy.address, policy.vrf
        state = self.router.feature(Interfaces).get(flow.interface)
        flow.path_mtu = state.ip_mtu if state is not None else USUAL_MTU

    def _sa(self, key: FlowKey, held: HeldTek, *, outbound: bool) -> IpsecSa:
        tables, place = self.router.feature(CryptoSas), (key, held.tek.spi, outbound)
        sa = self._sas.get(place)
        if sa is None:
            policy = held.tek.sa
            timed = policy.replay.kind is ReplayKind.TIME
            sa = self._sas[place] = IpsecSa(
                conn_id=tables.next_ipsec_id(),
                spi=held.tek.spi,
                transform=transform_text(policy.transform),
                algorithm=algorithm_text(policy.transform),
                mode=policy.transform.mode.capitalize(),
                created_at=held.received_at,
                lifetime_s=policy.lifetime_s,
                lifetime_kb=None,
                iv_bytes=vector_bytes(policy.transform),
                window=policy.replay.window if timed else 0,
            )
            tables.counts.ipsec_created += 1
        # a triggered rekey may have shortened what is left
        sa.created_at = held.expires_at - sa.lifetime_s
        return sa


def protected_lines(member: MemberGroup) -> Iterator[Protected]:
    """The lines that count for a member now, in the order in which they are tried."""
    policy = member.policy
    for entry in policy.local_entries:
        yield Protected(entry, None)
    if member.policy_in_force:
        for sa in member.sas:
            for entry in sa.entries:
                yield Protected(entry, sa)
    elif policy.fail_close is not None:
        for entry in policy.fail_close.entries:
            yield Protected(entry, None)
        yield Protected(_everything(ipv6=policy.ipv6), None)


def _everything(*, ipv6: bool) -> AccessEntry:
    """What the list of fail-close ends with: everything else is to be encrypted."""
    end = ipv4_end(0, EVERYTHING)
    if ipv6:
        end = Endpoint(text="any", address=0, wildcard=(1 << 128) - 1)
    protocol = "ipv6" if ipv6 else "ip"
    return AccessEntry(action="permit", protocol=protocol, source=end, destination=end)


def local_address(
    router: "Router",
    name: str,
    interface: str,
    *,
    setting: str = MAPS[""],
) -> str:
    """The address from which a map protects: of its own interface, else of where it is applied."""
    chosen = router.config.root.find(f"{setting} local-address", name)
    state = router.feature(Interfaces).get(str(chosen["interface"]) if chosen else interface)
    if setting == MAPS["ipv6 "]:
        return str(state.ipv6[0].ip).upper() if state is not None and state.ipv6 else "::"
    return str(state.ipv4[0].ip) if state is not None and state.ipv4 else "0.0.0.0"  # noqa: S104


def ident(entry: AccessEntry, *, source: bool, ipv6: bool = False) -> Ident:
    """One side of what a line means."""
    end = entry.source if source else entry.destination
    if end is None or end.address is None or end.wildcard is None:
        return Ident(address="::", mask="0") if ipv6 else Ident()
    ports = end.ports
    single = ports is not None and ports.operator == "eq" and len(ports.numbers) == 1
    port = ports.numbers[0] if ports is not None and single else 0
    number = protocol_number(entry.protocol, ipv6=ipv6) or 0
    if ipv6:
        mask = (end.wildcard ^ ((1 << 128) - 1)).bit_count()
        address = str(IPv6Address(end.address)).upper()
        return Ident(address=address, mask=str(mask), protocol=number, port=port)
    return Ident(
        address=_dotted(end.address),
        mask=_dotted(end.wildcard ^ EVERYTHING),
        protocol=number,
        port=port,
    )


def _key(policy: MemberPolicy, interface: str, entry: AccessEntry) -> FlowKey:
    return FlowKey(
        interface,
        policy.map_name,
        policy.group,
        entry.permits,
        ident(entry, source=True, ipv6=policy.ipv6),
        ident(entry, source=False, ipv6=policy.ipv6),
    )


def _serves(member: MemberGroup, held: HeldTek, line: Protected) -> bool:
    """Whether a TEK protects what a line means."""
    if line.sa is None or not line.entry.permits or held.tek.sa.number != line.sa.number:
        return False
    return held.expires_at > member.kernel.now()


def _add(sas: list[IpsecSa], spi: int, packets: int) -> None:
    for sa in sas:
        if sa.spi == spi:
            sa.packets += packets


def _dotted(number: int) -> str:
    return ".".join(str(number >> shift & 0xFF) for shift in (24, 16, 8, 0))
