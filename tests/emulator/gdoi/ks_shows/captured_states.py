"""Key servers in the states of captured ones."""

from getvpn.emulator.device import Router
from getvpn.emulator.gdoi.records import Role

from .ks_states import (
    USUAL_ACL,
    group_text,
    hold_kek,
    hold_tek,
    key_server,
    know_member,
    served,
)

LAB = "LAB-GDOI"
BW = {"bw6000": 6000, "bw600-IPV6": 6600, "bw6000_eft": 1122, "bw600-IPV6_eft": 2233}
BW_ALL = {**BW, "bw-suiteB": 2001, "bw-suiteB-v6": 2002}
COOP = ("local priority 245", "peer address ipv4 16.16.16.1")
BW_ACLS = """\
ip access-list extended bw600-crypto-policy
 deny udp any eq 16384 any
 deny tcp any any eq bgp
 deny tcp any eq bgp any
 permit ip 190.0.0.0 0.255.255.255 115.0.0.0 0.255.255.255
 permit ip 115.0.0.0 0.255.255.255 190.0.0.0 0.255.255.255
ipv6 access-list bw600-v6-crypto-policy
 deny udp any any eq 20001
 deny udp any any eq 20002
 deny udp any any eq 20003
 permit ipv6 1900::/16 1150::/16
 permit ipv6 1150::/16 1900::/16
"""


def lab() -> Router:
    """A group that nobody has joined, on IOS-XE 17.16."""
    rekey = ("rekey retransmit 40 number 3", "rekey transport unicast")
    text = group_text(
        LAB, 10, acl=LAB, profile="GET-IPSEC", number=60, rekey=rekey,
        replay="replay time window-size 20",
    )  # fmt: skip
    return key_server(
        "17.16", text, acls=USUAL_ACL.format(acl=LAB), profile="GET-IPSEC", lifetime=7200
    )


def mygroup() -> Router:
    """A group with multicast rekeys on IOS 15.0, 2302 seconds after its first registration."""
    acls = USUAL_ACL.format(acl="GETVPN-Traffic") + (
        "ip access-list extended Multicast\n"
        " permit udp host 202.100.1.1 eq 848 host 239.0.1.2 eq 848\n"
    )
    rekey = ("rekey address ipv4 Multicast", "rekey authentication mypubkey rsa getvpnkey")
    text = group_text(
        "mygroup", 66666, acl="GETVPN-Traffic", profile="getvpn-profile", number=1, rekey=rekey,
        address="202.100.1.1", replay="replay time window-size 3",
    )  # fmt: skip
    router = key_server(
        "15.0", text, acls=acls, transforms="esp-3des esp-md5-hmac", profile="getvpn-profile",
        address="202.100.1.1", keys={"getvpnkey": 1024},
    )  # fmt: skip
    group = served(router)
    hold_kek(group, spi=1 << 127, age=2302)
    hold_tek(group, spi=0xB8841F0F, age=2301)
    for address in ("202.100.2.1", "202.100.2.2"):
        know_member(group, address)
    return router


def sales() -> Router:
    """A group without any rekeys on IOS 12.4T."""
    acls = "access-list 101 permit ip 10.1.0.0 0.0.255.255 10.1.0.0 0.0.255.255\n"
    text = group_text("SALES", 111, acl="101", profile="IPROF", rekey=(), address="192.1.40.2")
    return key_server("12.4", text, acls=acls, profile="IPROF", address="192.1.40.2")


def main_group(*, rekey: tuple[str, ...] = ()) -> Router:
    """The group of a lab on IOS 15.4, with four members."""
    acls = "access-list 101 permit ip 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255\n"
    text = group_text("MAIN-GROUP", 777, acl="101", rekey=rekey, address="192.168.17.7")
    router = key_server("15.4", text, acls=acls, address="192.168.17.7")
    for site in (10, 20, 30, 40):
        know_member(served(router), f"192.168.{site}.2", version="1.0.8")
    return router


def getvpn1(keys: dict[str, int] | None = None) -> Router:
    """A single key server on IOS-XE 17 with two members, and these RSA keys."""
    rekey = (
        "rekey algorithm aes 256",
        "rekey lifetime seconds 1200",
        "rekey retransmit 10 number 3",
        "rekey authentication mypubkey rsa REKEYRSA",
        "rekey transport unicast",
    )
    text = group_text("getvpn1", 1223, acl="acl1", rekey=rekey, address="1.1.1.1")
    router = key_server(
        "17.16", text, acls=USUAL_ACL.format(acl="acl1"), lifetime=600, address="1.1.1.1",
        keys=keys,
    )  # fmt: skip
    group = served(router)
    group.host.server_version = "1.0.27"
    for address in ("3.3.1.1", "4.4.1.1"):
        know_member(group, address, version="1.0.26")
    return router


def bw_text(
    names: dict[str, int], coop: tuple[str, ...] = COOP, address: str = "15.15.15.1"
) -> str:
    return "".join(
        group_text(
            name, identity, address=address, coop=coop, ipv6="v6" in name.lower(),
            acl="bw600-v6-crypto-policy" if "v6" in name.lower() else "bw600-crypto-policy",
        )
        for name, identity in names.items()
    )  # fmt: skip


def bw(
    names: dict[str, int], *, coop: tuple[str, ...] = COOP, address: str = "15.15.15.1"
) -> Router:
    """One of two key servers of many groups on IOS-XE 17."""
    router = key_server("17.16", bw_text(names, coop, address), acls=BW_ACLS, address=address)
    for name in names:
        group = served(router, name)
        group.host.server_version = "1.0.27"
        if group.coop is not None:
            group.coop.role = Role.PRIMARY if address == "15.15.15.1" else Role.SECONDARY
    return router


def bw_members() -> Router:
    router = bw(BW_ALL)
    addresses = {
        "bw6000": 44, "bw600-IPV6": 41, "bw6000_eft": 45,
        "bw600-IPV6_eft": 43, "bw-suiteB": 46, "bw-suiteB-v6": 42,
    }  # fmt: skip
    for name, number in addresses.items():
        group = served(router, name)
        group.duration_s = 0.001 if "suite" in name else 10.0 if name == "bw6000" else 10.001
        know_member(group, ".".join([str(number)] * 3 + ["1"]))
        other = ".".join([str(number + 10)] * 3 + ["1"])
        know_member(group, other, key_server="16.16.16.1")
    return router
