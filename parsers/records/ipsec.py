"""`show crypto ipsec sa [detail]`: the data-plane SAs with their selectors and counters.

On a GETVPN member each permit line of the policy gives one flow with peer 0.0.0.0 port 848, the
group's name, and the same SPI inbound and outbound. No sample was at hand of the IPv6 lines of IOS
12.4T and 15.x (endpoints on two lines, `ipv6 mtu`, `no sa timing`), nor of those of a stateful pair
(`HA last key lifetime sent`, `ike_cookies`): they are written from memory.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Self

from .. import convert
from ..config.acl import Selector
from ..convert import Address
from ..record import Record, Row, read, required
from .selectors import group_number_or_none, selector, transforms

_SA_LISTS = 6
"""SA lists that a device prints for every flow with endpoints: two directions, ESP, AH and PCP."""


def _spi(value: str) -> int | None:
    """An SPI in base 16; None for 0, which is no SA."""
    return convert.hexadecimal(value) or None


def _listed(value: str) -> tuple[str, ...]:
    """The words in `{Tunnel UDP-Encaps, esn}`."""
    return tuple(value.strip("{} \t").replace(",", " ").split())


@dataclass(frozen=True, slots=True, kw_only=True)
class IpsecSa(Row):
    """One SA. `remaining_s` in seconds, `remaining_kb` in kilobytes, `replay_window` in packets.

    `remaining_kb` is None where the SA has no volume limit (`volume_rekey` false). `settings` are
    words such as `Tunnel`, `Transport`, `UDP-Encaps`, `esn`. `status_detail` is the word in
    parentheses behind the status.
    """

    together = (("settings", "conn_id", "replay_detection"),)

    spi: int = required(convert.hexadecimal)
    transform: tuple[str, ...] | None = required(transforms)
    settings: tuple[str, ...] | None = read(_listed)
    slot: int | None = None
    conn_id: int | None = None
    engine: str | None = None
    flow_id: int | None = None
    sibling_flags: int | None = read(convert.hexadecimal)
    crypto_map: str | None = read(convert.word_or_none)
    initiator: bool | None = None
    remaining_kb: int | None = None
    remaining_s: int | None = None
    volume_rekey: bool | None = None
    ha_sent_kb: int | None = None
    ike_cookies: bytes | None = None
    iv_bytes: int | None = None
    replay_detection: bool | None = None
    replay_window: int | None = None
    status: str | None = None
    status_detail: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IpsecSaList(Row):
    """The SAs of one direction (`inbound`, `outbound`) and protocol (`esp`, `ah`, `pcp`)."""

    direction: str
    protocol: str
    sas: tuple[IpsecSa, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class IpsecCounters(Row):
    """Packets since the counters were cleared; from `no_sa_sent` on by `detail` only."""

    together = (
        (
            "encapsulated",
            "decapsulated",
            "compressed",
            "not_compressed",
            "not_decompressed",
        ),
        (
            "no_sa_sent",
            "encapsulation_failed",
            "invalid_protocol",
            "invalid_identity",
            "replay_rollover_sent",
            "replay_failed",
        ),
        ("tagged", "not_tagged"),
    )

    encapsulated: int
    encrypted: int
    digested: int
    decapsulated: int
    decrypted: int
    verified: int
    compressed: int
    decompressed: int
    not_compressed: int
    compression_failed: int
    not_decompressed: int
    decompression_failed: int
    send_errors: int | None = None
    receive_errors: int | None = None
    no_sa_sent: int | None = None
    invalid_sa_received: int | None = None
    encapsulation_failed: int | None = None
    decapsulation_failed: int | None = None
    invalid_protocol: int | None = None
    verification_failed: int | None = None
    invalid_identity: int | None = None
    invalid_length: int | None = None
    replay_rollover_sent: int | None = None
    replay_rollover_received: int | None = None
    replay_failed: int | None = None
    tagged: int | None = None
    untagged: int | None = None
    not_tagged: int | None = None
    not_untagged: int | None = None
    internal_errors_sent: int | None = None
    internal_errors_received: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IpsecInterface(Row):
    """An interface and the crypto map on it."""

    name: str
    crypto_map: str | None = read(convert.word_or_none)
    local_address: Address | None = read(convert.address)
    ipv6_policy: str | None = None
    ipv6_acl: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IpsecFlow(Row):
    """The traffic between two selectors and the SAs that protect it. MTUs are in bytes.

    `protocol` 0 is any protocol, a port 0 any port. `peer` is None where no peer is known,
    0.0.0.0 in a GETVPN group; `vrf` None is the global table. `action` is `PERMIT`, or `DENY` for
    what a policy leaves in clear. `interface` is None in an excerpt without the interface's header.
    """

    together = (("peer", "action", "counters"),)

    interface: IpsecInterface | None = None
    vrf: str | None = read(convert.word_or_none)
    local: Selector = required(selector)
    local_port: int
    remote: Selector = required(selector)
    remote_port: int
    protocol: int
    group: str | None = None
    peer: Address | None = required(convert.address_or_none)
    peer_port: int | None = None
    action: str
    flags: tuple[str, ...] | None = read(_listed)
    counters: IpsecCounters | None = None
    local_endpoint: Address | None = read(convert.address)
    remote_endpoint: Address | None = read(convert.address)
    plaintext_mtu_bytes: int | None = None
    path_mtu_bytes: int | None = None
    ip_mtu_bytes: int | None = None
    mtu_interface: str | None = read(convert.word_or_none)
    outbound_spi: int | None = read(_spi)
    pfs: bool | None = None
    dh_group: int | None = read(group_number_or_none)
    pqc_key_exchange: str | None = None
    sa_lists: tuple[IpsecSaList, ...] = ()

    def sas(self, direction: str, protocol: str = "esp") -> tuple[IpsecSa, ...]:
        """The SAs of a direction (`inbound`, `outbound`) and protocol, oldest first."""
        return tuple(
            sa
            for found in self.sa_lists
            if (found.direction, found.protocol) == (direction, protocol)
            for sa in found.sas
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class IpsecSas(Record):
    """All flows, each with the interface that it stands under."""

    interfaces: tuple[IpsecInterface, ...] = ()
    flows: tuple[IpsecFlow, ...] = ()

    def finished(self) -> Self:
        """Each flow with the interface that stands above it in the text."""
        starts = [interface.lineno for interface in self.interfaces]
        flows = []
        for flow in self.flows:
            above = bisect_left(starts, flow.lineno)
            flows.append(replace(flow, interface=self.interfaces[above - 1]) if above else flow)
        return replace(self, flows=tuple(flows))

    def gaps(self) -> Iterator[str]:
        """What stands under every flow of an interface, but not under these."""
        for flow in () if self.partial else self.flows:
            counters = flow.counters
            if counters and counters.send_errors is None and counters.no_sa_sent is None:
                yield f"the counters in line {counters.lineno} are cut"
            elif flow.interface is not None and flow.local_endpoint is None:
                yield f"the flow in line {flow.lineno} ends before its endpoints"
            elif flow.local_endpoint is not None and len(flow.sa_lists) < _SA_LISTS:
                yield f"the flow in line {flow.lineno} ends before its last SA list"
