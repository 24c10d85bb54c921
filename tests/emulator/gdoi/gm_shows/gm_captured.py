"""Members in the states of published outputs."""

from collections.abc import Iterable
from pathlib import Path

from getvpn.emulator.device import Router
from getvpn.emulator.gdoi.policy import Cipher, Replay, ReplayKind, Transform, Transport
from getvpn.emulator.groups.feature import Gdoi

from ..capture_texts import captured, differences
from .gm_states import (
    LAN,
    WAN,
    gm_router,
    group_text,
    hold_kek,
    hold_tek,
    joined,
    map_text,
    policy,
    register,
    rekeyed,
    wan_text,
)

GETVPN1 = (
    "deny ip host 11.23.33.33 host 24.54.55.55",
    "deny ip host 41.23.32.37 host 44.58.59.55",
    "deny esp any any",
    "deny udp any any eq 3784",
    "deny udp any any eq 3785",
    "deny udp any eq 3785 any",
    "deny tcp any any eq 179",
    "deny tcp any eq 179 any",
    "deny tcp any any eq 22",
    "deny tcp any eq 22 any",
    "deny ospf any any",
    "deny pim any 224.0.0.0 0.0.0.255",
    "deny udp any any eq 123",
    "deny udp any any eq 514",
    "deny udp any eq 500 any eq 500",
    "deny udp any eq 848 any",
    "deny udp any any eq 848",
    "deny ip any 10.90.0.0 0.0.255.255",
    "deny ip 10.90.0.0 0.0.255.255 any",
    "permit ip 25.25.0.0 0.0.255.255 15.15.0.0 0.0.255.255",
    "permit ip 15.15.0.0 0.0.255.255 25.25.0.0 0.0.255.255",
    "permit ip 16.16.0.0 0.0.255.255 26.26.0.0 0.0.255.255",
)
LAB = (
    "deny esp any any",
    "deny udp any eq 500 any eq 500",
    "deny udp any eq 848 any eq 848",
    "permit tcp host 10.10.0.10 eq 179 any",
    "deny tcp any any eq 179",
    "deny tcp any eq 179 any",
    "deny tcp any any eq 49",
    "deny tcp any eq 49 any",
    "deny tcp any any eq 22",
    "deny tcp any eq 22 any",
    "deny tcp any any eq 443",
    "deny tcp any eq 443 any",
    "deny eigrp any any",
    "deny ospf any any",
    "deny udp any any eq 123",
    "deny udp any eq 123 any",
    "deny udp any any eq 514",
    "deny udp any eq 514 any",
    "permit gre any any",
    "permit ip 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255",
)
CUSTOMER = (
    "deny ip 10.1.4.0 0.0.0.3 any",
    "deny ip any 10.1.4.0 0.0.0.3",
    "permit ip 10.1.0.0 0.0.255.255 10.1.0.0 0.0.255.255",
)
SITE = ("permit ip 172.16.0.0 0.0.255.255 172.16.0.0 0.0.255.255",)
SHA512 = Transform(name="TS", cipher="esp-aes", bits=256, integrity="esp-sha512-hmac")
SHA1 = Transform(name="TS", cipher="esp-aes", bits=256, integrity="esp-sha-hmac")
MD5 = Transform(name="TS", cipher="esp-3des", bits=192, integrity="esp-md5-hmac")


def one_group(
    release: str,
    name: str,
    identity: int,
    address: str,
    *servers: str,
    more: Iterable[str] = (),
    entry: Iterable[str] = (),
    before: str = "",
    crypto_map: str = "M1",
) -> Router:
    """A router that is a member of one group."""
    platform = {"15.0": "isr2911", "15.4": "isr2911", "17.6": "isr4451", "17.16": "c8000v"}[release]
    text = before + group_text(name, identity, servers=servers, more=more)
    text += map_text([name], name=crypto_map, more=entry)
    return gm_router(release, text + wan_text(platform, address, maps=[f"crypto map {crypto_map}"]))


def getvpn1(*ends: int) -> Router:
    """The member of the genie samples; `ends` are what is left of its TEKs, the oldest first."""
    router = one_group("17.6", "getvpn1", 1223, "3.3.1.1", "1.1.1.1")
    member = joined(router)
    register(member, policy(GETVPN1), server="1.1.1.1", reregisters_in=449)
    hold_kek(member, left=1109)
    for number, left in enumerate(ends):
        hold_tek(member, spi=0x5A69F51E + number, left=left)
    rekeyed(member, 25, ago=90, sequence=0)
    return router


def lab() -> Router:
    """The member of the lab with IOS-XE 17.16, which has no KEK."""
    router = one_group(
        "17.16",
        "LAB-GDOI",
        10,
        "10.10.10.9",
        "10.10.0.10",
        more=["client registration interface Loopback10"],
        before="interface Loopback10\n ip address 10.10.10.1 255.255.255.255\n",
    )
    member = joined(router)
    timed = Replay(kind=ReplayKind.TIME, window=20)
    sa = policy(LAB, transform=SHA512, replay=timed, lifetime_s=7200)
    register(member, sa, server="10.10.0.10", transport=Transport.MULTICAST, reregisters_in=6778)
    hold_tek(member, spi=0xF5D402D7, left=7187)
    return router


def customer() -> Router:
    """The member of the lab with IOS 15.4."""
    router = one_group(
        "15.4", "CUST-A-GETVPN", 999, "172.16.11.2", "10.1.4.2", crypto_map="GET-MAP"
    )
    member = joined(router)
    member.attempted = 2
    register(member, policy(CUSTOMER, transform=SHA1), server="10.1.4.2", reregisters_in=2765)
    hold_kek(member, cipher=Cipher())
    hold_tek(member, spi=0x4B650CEE, left=2261)
    return router


def my_group() -> Router:
    """The member of the tutorial with IOS 15.0."""
    router = one_group(
        "15.0",
        "mygroup",
        66666,
        "202.100.2.1",
        "202.100.1.1",
        "202.100.1.2",
        entry=["match address bypass"],
        before=(
            "ip access-list extended bypass\n deny ip 172.16.1.0 0.0.0.255 172.16.100.0 0.0.0.255\n"
        ),
        crypto_map="cisco",
    )
    member = joined(router)
    timed = Replay(kind=ReplayKind.TIME, window=3)
    register(member, policy(SITE, transform=MD5, replay=timed), server="202.100.1.1")
    hold_kek(member)
    hold_tek(member, spi=0xBA343921, left=3245)
    return router


def several(release: str, *groups: str) -> Router:
    """A member of several groups, with one crypto map for all."""
    platform = "isr4451"
    text = "".join(
        group_text(name, 100 + number, servers=["15.15.15.1"]) for number, name in enumerate(groups)
    )
    return gm_router(
        release, text + map_text(groups, name="M1") + wan_text(platform, maps=["crypto map M1"])
    )


def assert_same(
    shared: Path,
    capture: str,
    text: str,
    router: Router,
    *names: str,
    blanks: bool = True,
) -> None:
    known = [name for wan in (WAN, LAN) for name in wan.values()]
    for member in router.feature(Gdoi).members:
        known += [member.policy.group, f"gdoi_group_{member.policy.group}_temp_acl"]
    found = differences(captured(shared, capture), text, names=[*known, *names], blanks=blanks)
    assert not found, "\n".join(found)
