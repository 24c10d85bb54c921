"""The seed on access lists, on routers: the sample list, a hundred lines, SAs of lines."""

import pytest

from getvpn.emulator.gdoi.traffic import Sample
from getvpn.emulator.simulation.outages import Condition

from .seed_citing import seed
from .seed_world import ESP, OSPF, PIM, UDP, Routers, routers

PRIMARY = "KS1"
SERVERS = ("KS1", "KS2")
# IOS has no name for the port 22, and wants to know where PIM goes
SAMPLE_LIST = """\
deny esp any any
deny tcp any any eq tacacs
deny tcp any eq tacacs any
deny tcp any any eq 22
deny tcp any eq 22 any
deny tcp any any eq bgp
deny tcp any eq bgp any
deny ospf any any
deny pim any any
deny udp any any eq ntp
deny udp any any eq 500
deny udp any any eq 848
permit ip any any
"""
PROTOCOLS = {
    "esp": Sample(protocol=ESP, source_port=0, destination_port=0),
    "tacacs": Sample(destination_port=49),
    "ssh": Sample(destination_port=22),
    "bgp": Sample(destination_port=179),
    "ospf": Sample(protocol=OSPF, source_port=0, destination_port=0),
    "pim": Sample(protocol=PIM, source_port=0, destination_port=0),
    "ntp": Sample(protocol=UDP, source_port=123, destination_port=123),
    "ike": Sample(protocol=UDP, source_port=500, destination_port=500),
    "gdoi": Sample(protocol=UDP, source_port=848, destination_port=848),
}
OTHERS = {
    "web": Sample(),
    "dns": Sample(protocol=UDP, destination_port=53),
    "snmp": Sample(protocol=UDP, destination_port=161),
    "syslog": Sample(protocol=UDP, destination_port=514),
    "icmp": Sample(protocol=1, source_port=0, destination_port=0),
}


@pytest.fixture(scope="module")
def group() -> Routers:
    return routers(servers=2, members=3)


def set_list(group: Routers, name: str, lines: str) -> None:
    """Have another list on all key servers, and tell members so."""
    text = f"ip access-list extended {name}\n{lines}crypto gkm group EXAMPLE-WAN\n server local\n"
    for server in SERVERS:
        said = group.configure(server, f"{text}  sa ipsec 10\n   match address ipv4 {name}")
        assert "%" not in said
    group.show(PRIMARY, "crypto gdoi ks rekey")
    group.run(60)


@seed(
    "which are commonly denied in encryption policy",
    "ip access-list extended get-acl",
    "deny esp any any",
    "deny tcp any any eq tacacs",
    "deny tcp any eq tacacs any",
    "deny tcp any any eq ssh",
    "deny tcp any eq ssh any",
    "deny tcp any any eq bgp",
    "deny tcp any eq bgp any",
    "deny ospf any any",
    "deny pim any",
    "deny udp any any eq ntp",
    "deny udp any any eq 500",
    "deny udp any any eq 848",
    "permit ip any any",
)
def test_the_sample_list_leaves_control_traffic_in_clear_and_encrypts_all_other(
    group: Routers,
) -> None:
    set_list(group, "get-acl", SAMPLE_LIST)
    shown = group.show("GM1", "show crypto gdoi gm acl")
    assert shown.count("access-list   deny") == 12
    assert shown.count("access-list   permit ip any any") == 1
    for name, sample in PROTOCOLS.items():
        found = group.traffic("GM1", "GM2", sample)
        states = {found.there.condition, found.back.condition}
        assert states == {Condition.CLEAR}, name
    for name, sample in OTHERS.items():
        assert group.traffic("GM1", "GM2", sample).encrypted, name


@seed(
    "The maximum number of lines in a traffic ACL is 100",
    "up to 100 ACL entries (permit and deny) can be used",
)
def test_lines_beyond_the_hundredth_do_not_count(group: Routers) -> None:
    lines = [f"deny tcp any any eq {port}\n" for port in range(2001, 2100)]
    lines += ["permit ip any any\n", "deny tcp any any eq 3000\n"]
    set_list(group, "long-acl", "".join(lines[:100]))
    assert group.log(PRIMARY, "GDOI_ACL_NUM") == []
    text = f"ip access-list extended long-acl\n{lines[100]}"
    for server in SERVERS:
        group.configure(server, text.replace("deny", "1 deny"))
    group.show(PRIMARY, "crypto gdoi ks rekey")
    group.run(60)
    assert group.log(PRIMARY, "%GDOI-4-GDOI_ACL_NUM: The ACL has too many entries.")
    shown = group.show("GM1", "show crypto gdoi gm acl")
    assert shown.count("access-list   deny") == 100
    # the line that encrypts is the hundred and first now
    assert group.traffic("GM1", "GM2").there.condition is Condition.CLEAR


@seed("each permit statement in the KS ACL results in a SA on the GM")
@pytest.mark.parametrize("permits", [1, 3, 7])
def test_a_member_has_a_pair_of_sas_for_each_line_that_permits(
    group: Routers, permits: int
) -> None:
    lines = [
        f"permit ip 10.1.0.0 0.0.255.255 10.{number}.0.0 0.0.255.255\n"
        for number in range(1, permits + 1)
    ]
    set_list(group, f"acl-{permits}", "deny ospf any any\n" + "".join(lines))
    group.run(400)
    shown = group.show("GM3", "show crypto ipsec sa")
    inbound = [part.split("inbound ah sas")[0] for part in shown.split("inbound esp sas:")[1:]]
    outbound = [part.split("outbound ah sas")[0] for part in shown.split("outbound esp sas:")[1:]]
    assert sum(part.count("spi: 0x") for part in inbound) == permits
    assert sum(part.count("spi: 0x") for part in outbound) == permits
    assert shown.count("PERMIT, flags") == permits
    # the list denies in one line: that has no SA
    assert shown.count("DENY, flags") == 1


@seed(
    "a GM can be configured to locally override some of these policies",
    "a local entry can be added to these GMs to bypass the encryption",
)
def test_a_list_in_the_crypto_map_of_a_member_takes_traffic_out_of_the_policy(
    group: Routers,
) -> None:
    set_list(group, "all-acl", "permit ip any any\n")
    for name in ("GM1", "GM2"):
        group.configure(
            name,
            "ip access-list extended OWN\n deny ospf any any\n permit ip host 10.9.9.9 any\n"
            "crypto map GETVPN-MAP 10 gdoi\n match address OWN",
        )
    ospf = PROTOCOLS["ospf"]
    assert group.traffic("GM1", "GM2", ospf).there.condition is Condition.CLEAR
    assert not group.traffic("GM1", "GM3", ospf).works
    assert group.traffic("GM1", "GM3").encrypted
    shown = group.show("GM1", "show crypto gdoi gm acl")
    assert "access-list   permit ip any any" in shown
    assert "deny ospf any any" in shown.partition("ACL Configured Locally:")[2]
    # a member cannot encrypt more than the key server says
    assert group.log("GM1", "GM_ACL_PERMIT")
