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
    """One SA."""

    together = (("settings", "conn_id", "replay_detection"),)

    spi: int = required(convert.hexadecimal)
    """The SPI, as a number."""
    transform: tuple[str, ...] | None = required(transforms)
    """The transforms."""
    settings: tuple[str, ...] | None = read(_listed)
    """Words such as `Tunnel`, `Transport`, `UDP-Encaps`, `esn`."""
    slot: int | None = None
    """The slot of the engine."""
    conn_id: int | None = None
    """The number that the device gives the SA."""
    engine: str | None = None
    """The crypto engine."""
    flow_id: int | None = None
    """The number in the crypto engine."""
    sibling_flags: int | None = read(convert.hexadecimal)
    """The flags of what belongs together, as a number."""
    crypto_map: str | None = read(convert.word_or_none)
    """The crypto map."""
    initiator: bool | None = None
    """Whether this end began."""
    remaining_kb: int | None = None
    """How much it may still carry, in kilobytes; None where that is not limited."""
    remaining_s: int | None = None
    """The lifetime that is left, in seconds."""
    volume_rekey: bool | None = None
    """Whether it ends by volume too."""
    ha_sent_kb: int | None = None
    """The volume last told to a stateful peer, in kilobytes."""
    ike_cookies: bytes | None = None
    """The cookies of its IKE SA."""
    iv_bytes: int | None = None
    """The size of the initialization vector, in bytes."""
    replay_detection: bool | None = None
    """Whether packets that come twice are refused."""
    replay_window: int | None = None
    """The window of that, in packets."""
    status: str | None = None
    """`ACTIVE`, …."""
    status_detail: str | None = None
    """The word in parentheses behind the status."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IpsecSaList(Row):
    """The SAs of one direction and protocol."""

    direction: str
    """`inbound` or `outbound`."""
    protocol: str
    """`esp`, `ah` or `pcp`."""
    sas: tuple[IpsecSa, ...] = ()
    """The SAs, the oldest first."""


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
    """Encapsulated."""
    encrypted: int
    """Encrypted."""
    digested: int
    """Sent with a proof of integrity."""
    decapsulated: int
    """Decapsulated."""
    decrypted: int
    """Decrypted."""
    verified: int
    """Received and authentic."""
    compressed: int
    """Compressed."""
    decompressed: int
    """Decompressed."""
    not_compressed: int
    """Sent without compression."""
    compression_failed: int
    """Could not be compressed."""
    not_decompressed: int
    """Received without compression."""
    decompression_failed: int
    """Could not be decompressed."""
    send_errors: int | None = None
    """Could not be sent."""
    receive_errors: int | None = None
    """Received and refused."""
    no_sa_sent: int | None = None
    """Were to be sent without an SA."""
    invalid_sa_received: int | None = None
    """Received with an unknown SPI."""
    encapsulation_failed: int | None = None
    """Could not be encapsulated."""
    decapsulation_failed: int | None = None
    """Could not be decapsulated."""
    invalid_protocol: int | None = None
    """Received with another protocol than that of the SA."""
    verification_failed: int | None = None
    """Received and not authentic."""
    invalid_identity: int | None = None
    """Received with other selectors than those of the SA."""
    invalid_length: int | None = None
    """Received with a wrong length."""
    replay_rollover_sent: int | None = None
    """Not sent, since the sequence number had come to its end."""
    replay_rollover_received: int | None = None
    """Received when the sequence number had come to its end."""
    replay_failed: int | None = None
    """Refused by the replay check."""
    tagged: int | None = None
    """Sent with a security group tag."""
    untagged: int | None = None
    """Received with a security group tag, which was taken off."""
    not_tagged: int | None = None
    """Sent without a tag where one was wanted."""
    not_untagged: int | None = None
    """Received without a tag where one was wanted."""
    internal_errors_sent: int | None = None
    """Not sent because of an error of the device."""
    internal_errors_received: int | None = None
    """Not received because of an error of the device."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IpsecInterface(Row):
    """An interface and the crypto map on it."""

    name: str
    """The interface."""
    crypto_map: str | None = read(convert.word_or_none)
    """The crypto map."""
    local_address: Address | None = read(convert.address)
    """The address that SAs are made from."""
    ipv6_policy: str | None = None
    """The IPsec policy of IPv6."""
    ipv6_acl: str | None = None
    """The access list that was made for IPv6."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IpsecFlow(Row):
    """The traffic between two selectors and the SAs that protect it."""

    together = (("peer", "action", "counters"),)

    interface: IpsecInterface | None = None
    """The interface; None in an excerpt without the interface's header."""
    vrf: str | None = read(convert.word_or_none)
    """The VRF; None is the global table."""
    local: Selector = required(selector)
    """What is behind this end."""
    local_port: int
    """The port at this end; 0 is any."""
    remote: Selector = required(selector)
    """What is behind the other end."""
    remote_port: int
    """The port at the other end; 0 is any."""
    protocol: int
    """The number of the protocol; 0 is any."""
    group: str | None = None
    """The name of the group."""
    peer: Address | None = required(convert.address_or_none)
    """The peer; 0.0.0.0 in a GETVPN group, None where none is known."""
    peer_port: int | None = None
    """Its UDP port."""
    action: str
    """`PERMIT`, or `DENY` for what a policy leaves in clear."""
    flags: tuple[str, ...] | None = read(_listed)
    """Words of the flow, such as `origin_is_acl`."""
    counters: IpsecCounters | None = None
    """Its packets."""
    local_endpoint: Address | None = read(convert.address)
    """The outer address of this end."""
    remote_endpoint: Address | None = read(convert.address)
    """The outer address of the other end."""
    plaintext_mtu_bytes: int | None = None
    """The largest packet that fits, in bytes."""
    path_mtu_bytes: int | None = None
    """The largest encrypted packet that the path takes, in bytes."""
    ip_mtu_bytes: int | None = None
    """The IP MTU of the interface, in bytes."""
    mtu_interface: str | None = read(convert.word_or_none)
    """The interface that this MTU is of."""
    outbound_spi: int | None = read(_spi)
    """The SPI of the outbound SA in use, as a number."""
    pfs: bool | None = None
    """Whether each key comes from a Diffie-Hellman exchange of its own."""
    dh_group: int | None = read(group_number_or_none)
    """The number of the Diffie-Hellman group."""
    pqc_key_exchange: str | None = None
    """The post-quantum key exchange."""
    sa_lists: tuple[IpsecSaList, ...] = ()
    """The SAs."""

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
    """The interfaces."""
    flows: tuple[IpsecFlow, ...] = ()
    """The flows."""

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
