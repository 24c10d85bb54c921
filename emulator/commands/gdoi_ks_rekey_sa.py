"""The SAs that protect rekeys: `show crypto gdoi rekey sa`, on key servers and members."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..gdoi.keys import Kek
from ..gdoi.member.group import MemberGroup
from ..gdoi.policy import Protocol
from ..gdoi.server.group import ServerGroup
from ..grammar import CommandSet
from ..groups.feature import Gdoi
from ..services.crypto_sas import FIRST_IKE_ID, GDOI_PORT, CryptoSas
from ..services.interfaces import Interfaces
from ..shell.call import Call
from .gdoi_gm_blocks import modulus_bits, public_key
from .gdoi_ks_choice import as_text, both_spellings, chosen_group, chosen_servers
from .gdoi_ks_layout import Layout, Row, layout_of
from .gdoi_ks_policy import BITS, signature_sizes
from .gdoi_ks_words import CIPHERS, NO_ADDRESS, acknowledgement, narrow_pair

if TYPE_CHECKING:
    from ..device import Router

NAME_WIDTH = 15
"""How many characters of an interface are printed (output of IOS-XE 17)."""
VERSIONS = {Protocol.GDOI: "IKEv1", Protocol.GIKEV2: "IKEv2"}
ACTIVE = "ACTIVE"
ID_SPAN = 4096

declared = CommandSet()
declared.words(
    {
        "gdoi rekey": "Show rekey information",
        "gkm rekey": "Show rekey information",
        "group rekey": "Show rekey information",
        "rekey sa": "Show the SAs of rekeys",
        "rekey sa detail": "Show the SAs of rekeys in detail",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RekeySa:
    """The SA of a KEK on this router.

    `local` and `remote` are its ends: rekeys come from a key server, and go to a multicast address
    or to each member (then it has none). `previous` is the sequence number of the KEK before.
    """

    group: str
    handle: int
    kek: Kek
    transport: str
    local: str
    remote: str
    server: bool
    sequence: int
    previous: int
    life_s: int
    public_bytes: int
    signature_bytes: int
    acknowledgement: str
    interface: str
    protocol: Protocol = Protocol.GDOI


@both_spellings(declared, "rekey sa")
def show_rekey_sas(call: Call) -> str:
    """One line for each KEK."""
    lines = ["GETVPN REKEY SA", "dst             src             conn-id         status"]
    for sa in rekey_sas(call):
        destination, source = (sa.remote, sa.local) if sa.server else (sa.local, sa.remote)
        lines.append(
            f"{destination:<15} {source:<15} {connection_id(call.router, sa):<15} {ACTIVE}"
        )
    return as_text(lines)


@both_spellings(declared, "rekey sa detail")
def show_rekey_sas_in_detail(call: Call) -> str:
    """Everything about each KEK."""
    found, layout = rekey_sas(call), layout_of(call.router)
    lines = [
        "KEK SA DB STATS:",
        f"    num_active = {len(found)}",
        f"    num_malloc = {len(found)}",
        "    num_free = 0",
        "",
    ]
    for sa in found:
        lines += [*_detail_lines(call.router, sa, layout), ""]
    return as_text(lines)


def rekey_sas(call: Call) -> list[RekeySa]:
    """The SAs of all groups of the router, or of the one that the command names."""
    router, wanted = call.router, chosen_group(call)
    servers = [_of_server(router, group) for group in chosen_servers(call)]
    members = [
        _of_member(member)
        for member in router.feature(Gdoi).members
        if wanted in (None, member.policy.group)
    ]
    return [sa for sa in (*servers, *members) if sa is not None]


def _of_server(router: "Router", group: ServerGroup) -> RekeySa | None:
    policy, kek = group.policy, group.kek
    if kek is None:
        return None
    public_bytes, signature_bytes = signature_sizes(group, kek.label)
    names = [
        state.name
        for state in router.feature(Interfaces).all()
        if any(str(each.ip) == policy.address for each in state.ipv4)
    ]
    return RekeySa(
        group=policy.group,
        handle=group.handle,
        kek=kek,
        transport=str(policy.rekey.transport),
        local=policy.address or NO_ADDRESS,
        remote=policy.rekey.multicast or NO_ADDRESS,
        server=True,
        sequence=kek.sequence,
        previous=group.previous.sequence if group.previous is not None else 0,
        life_s=kek.lifetime_s,
        public_bytes=public_bytes,
        signature_bytes=signature_bytes,
        acknowledgement=acknowledgement(policy),
        interface=names[0] if names else "",
    )


def _of_member(member: MemberGroup) -> RekeySa | None:
    policy, kek = member.policy, member.kek
    if kek is None:
        return None
    der = public_key(member)
    return RekeySa(
        group=policy.group,
        handle=member.handle,
        kek=kek,
        transport=str(member.transport),
        local=policy.address or NO_ADDRESS,
        remote=member.registered_with or NO_ADDRESS,
        server=False,
        sequence=member.last_sequence,
        previous=member.previous_sequence,
        life_s=0,  # what a member prints, whatever the KEK has (output of IOS-XE 17)
        public_bytes=len(der),
        signature_bytes=modulus_bits(der) // BITS,
        acknowledgement="Cisco",
        interface=policy.interface,
        protocol=policy.protocol,
    )


def connection_id(router: "Router", sa: RekeySa) -> int:
    """The number of an SA: that in the table of IKE, else one that follows from its SPI."""
    tables = router.feature(CryptoSas)
    known = (each.conn_id for each in tables.ike if each.kek_spi == sa.kek.spi)
    return next(known, FIRST_IKE_ID + sa.kek.spi % ID_SPAN)


def _detail_lines(router: "Router", sa: RekeySa, layout: Layout) -> Iterator[str]:
    cipher = sa.kek.cipher
    yield f"  KEK POLICY (transport type : {sa.transport})"
    yield f"   Local addr/port : {sa.local}/{GDOI_PORT}"
    yield f"   Remote addr/port : {sa.remote}/{GDOI_PORT}"
    yield f"    spi : 0x{sa.kek.spi:032X}"
    yield narrow_pair("management alg", "disabled", "encrypt alg", CIPHERS[cipher.name])
    yield narrow_pair("crypto iv length", cipher.iv_bytes, "key size", cipher.key_bytes, 8)
    yield f"    orig life(sec)     : {sa.life_s:<10}"
    yield narrow_pair("sig hash algorithm", "enabled", "sig key length", sa.public_bytes, 8)
    yield f"    sig size           : {sa.signature_bytes}"
    if layout.has(Row.ACKNOWLEDGEMENT):
        yield f"    acknowledgement    : {sa.acknowledgement}"
    yield f"    conn_id ({VERSIONS[sa.protocol]})    : {connection_id(router, sa)}"
    yield narrow_pair("seq num", sa.sequence, "prev seq num", sa.previous, 8)
    yield f"    handle             : {f'{sa.handle:X}':<10}"
    yield f"    Interface          : {sa.interface[:NAME_WIDTH]}"
    yield f"    Group Name         : {sa.group:<20}"
