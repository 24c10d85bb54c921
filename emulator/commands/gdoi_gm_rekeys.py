"""The rekeys of group members: what came, the SAs under which they come, the keys that sign them.

All functions give lines without line ends.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..gdoi.keys import Kek
from ..gdoi.member.group import MemberGroup
from ..gdoi.policy import Transport
from ..gdoi.records import ServerKey
from ..keys.der import hex_lines
from ..services.crypto_sas import FIRST_IKE_ID, CryptoSas
from .gdoi_gm_blocks import server_of
from .gdoi_gm_views import members_of
from .gdoi_gm_words import UNKNOWN
from .gdoi_ks_rekey_sa import ID_SPAN

if TYPE_CHECKING:
    from ..device import Router

PRINTED_BYTES = 256
"""IOS prints no more of a public key (captures of keys with 2048 bits)."""
EMPTY = f"{'---':<16}{'---':<18}{'---':<7}{'---':<11}---"


# ---- show crypto gdoi gm rekey ----


def rekey_counts(member: MemberGroup) -> Iterator[str]:
    """What `show crypto gdoi gm rekey` says of a member."""
    transport = "" if member.transport is None else f" ({member.transport})"
    yield f"Group {member.policy.group}{transport}"
    yield f"    Number of Rekeys received (cumulative)       : {member.rekeys}"
    yield f"    Number of Rekeys received after registration : {member.rekeys_since}"
    if member.transport is not Transport.MULTICAST:
        yield f"    Number of Rekey Acks sent                    : {member.acks}"
    yield ""


def rekey_slots(router: "Router", member: MemberGroup) -> Iterator[str]:
    """The SAs of rekeys: one just received, the one in use, the one before it."""
    yield "Rekey (KEK) SA information :"
    yield "          dst             src             conn-id  my-cookie  his-cookie"
    for title, kek in zip(("New", "Current", "Previous"), slots(member), strict=True):
        row = EMPTY if kek is None else _slot(router, member, kek)
        yield f"{title:<8}: {row}"
    yield ""
    yield ""


def slots(member: MemberGroup) -> tuple[Kek | None, Kek | None, Kek | None]:
    """The KEKs that are new, current and previous.

    A KEK is new until a rekey has come under it: the capture of members without a rekey shows so.
    """
    kek, previous = member.kek, member.previous
    unused = member.rekeys_since == 0 or (previous is not None and member.last_sequence == 0)
    return (kek, previous, None) if unused else (None, kek, previous)


def _slot(router: "Router", member: MemberGroup, kek: Kek) -> str:
    mine, his = (cookie >> 32 for cookie in kek.cookies)
    target, source = ends(member)
    number = connection(router, kek)
    return f"{target:<16}{source:<17}{number:<8}{mine:08X}   {his:08X}"


def ends(member: MemberGroup) -> tuple[str, str]:
    """Where rekeys go to, and who sends them."""
    own = member.policy.address or UNKNOWN
    return member.multicast or own, member.last_rekey_from or server_of(member)


def connection(router: "Router", kek: Kek) -> int:
    """The number of the SA of a KEK in the table of IKE; it follows from the KEK outside of it."""
    tables = router.feature(CryptoSas)
    for sa in tables.ike:
        if sa.kek_spi == kek.spi:
            return sa.conn_id
    return next(
        (sa.tunnel_id for sa in tables.ikev2 if sa.kek_spi == kek.spi),
        FIRST_IKE_ID + kek.spi % ID_SPAN,
    )


# ---- show crypto gdoi gm pubkey ----


def public_keys(router: "Router", group: str) -> Iterator[str]:
    """The public keys that the members of a group have learnt, by key server."""
    yield f"  GDOI Group: {group}"
    for member in members_of(router, group):
        for key in member.server_keys.values():
            yield from _public_key(router, member, key)
            yield ""


def _public_key(router: "Router", member: MemberGroup, key: ServerKey) -> Iterator[str]:
    mine, his = (cookie >> 32 for cookie in key.cookies)
    spi = key.cookies[0] << 64 | key.cookies[1]
    kek = next((kek for kek in (member.kek, member.previous) if kek and kek.spi == spi), None)
    number = connection(router, kek) if kek is not None else FIRST_IKE_ID + spi % ID_SPAN
    yield f"    KS IP Address: {key.server}"
    yield f"    conn-id: {number}    my-cookie:{mine:08X}    his-cookie:{his:08X}"
    yield "    Key Data:"
    lines = list(hex_lines(key.public_der[:PRINTED_BYTES]))
    for line in lines[:-1]:
        yield f"      {line} "
    for line in lines[-1:]:
        yield f"      {line}"
