"""Members in all states that their shows tell apart."""

from collections.abc import Callable

from getvpn.emulator.device import Router
from getvpn.emulator.gdoi.policy import Transport
from getvpn.emulator.gdoi.records import Registration
from getvpn.emulator.groups.ipsec_tables import IpsecTables

from .gm_states import (
    GCM,
    LINES6,
    RELEASES,
    TIMED,
    gm_router,
    group_text,
    hold_kek,
    hold_tek,
    joined,
    map_text,
    policy,
    register,
    rekeyed,
    settled_member,
    usual_member,
    wan_text,
)

LOCAL = "ip access-list extended BYPASS\n deny tcp any any eq 22\n"
SENT, RECEIVED = 25, 24


def fresh(release: str) -> Router:
    """A member that has never registered."""
    return usual_member(release)


def registering(release: str) -> Router:
    """A member that asks its second key server."""
    router = usual_member(release)
    member = joined(router)
    member.state, member.attempted = Registration.REGISTERING, 5
    member.registrar.active, member.registrar.next_server = True, 1
    return router


def never_rekeyed(release: str) -> Router:
    """A member that has just registered."""
    router = usual_member(release, lists=LOCAL, entry=["match address BYPASS"])
    register(joined(router))
    hold_kek(joined(router))
    hold_tek(joined(router), spi=0x5A69F51E, left=3599)
    return router


def settled(release: str) -> Router:
    """A member after some rekeys."""
    router = usual_member(release)
    settled_member(router)
    return router


def rolling(release: str) -> Router:
    """A member that holds two TEKs, with a policy that checks times."""
    router = usual_member(release)
    member = joined(router)
    register(member, policy(replay=TIMED))
    member.pseudotime_offset = 0.0
    hold_kek(member)
    hold_tek(member, spi=0xA, left=35)
    hold_tek(member, spi=0xB, left=510)
    rekeyed(member, 25, ago=90, sequence=0)
    (_, _, permit) = member.sas[0].entries
    router.feature(IpsecTables).sent(member, permit, SENT, held=member.teks[0])
    router.feature(IpsecTables).received(member, permit, RECEIVED, held=member.teks[0])
    return router


def multicast(release: str) -> Router:
    """A member of a group with multicast rekeys."""
    router = usual_member(release)
    member = joined(router)
    register(member, transport=Transport.MULTICAST)
    member.multicast = "239.0.1.2"
    hold_kek(member)
    hold_tek(member, spi=0xA, left=35)
    rekeyed(member, 2, ago=60, sequence=2)
    return router


def receiving(release: str) -> Router:
    """A member that only receives."""
    router = usual_member(release)
    member = joined(router)
    register(member)
    member.receive_only = True
    hold_kek(member)
    hold_tek(member, spi=0xA, left=35, encrypts=False)
    return router


def counting(release: str) -> Router:
    """A member with a transform in counter mode, without sender identifiers yet."""
    router = usual_member(release)
    register(joined(router), policy(transform=GCM))
    hold_kek(joined(router))
    hold_tek(joined(router), spi=0xA, left=35)
    return router


def of_ipv6(release: str) -> Router:
    """A member of a group of IPv6."""
    platform, _ = RELEASES[release]
    maps = ["ipv6 address 2001:DB8:9::1/64", "ipv6 crypto map M6"]
    text = group_text(ipv6=True) + map_text(["G1"], name="M6", ipv6=True)
    router = gm_router(release, text + wan_text(platform, maps=maps))
    register(joined(router), policy(LINES6, ipv6=True))
    hold_kek(joined(router))
    hold_tek(joined(router), spi=0xA, left=35)
    return router


STATES: dict[str, Callable[[str], Router]] = {
    "fresh": fresh,
    "registering": registering,
    "never rekeyed": never_rekeyed,
    "settled": settled,
    "rolling": rolling,
    "multicast": multicast,
    "receiving": receiving,
    "counting": counting,
    "ipv6": of_ipv6,
}
