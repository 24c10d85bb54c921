"""The seed on groups: one SA for all, and who encrypts what."""

from getvpn.emulator.gdoi.crowd import INSIDE_NETWORK, Crowd, entries
from getvpn.emulator.gdoi.member.forwarding import Action, receive, send
from getvpn.emulator.gdoi.packets import Packet, Protection
from getvpn.emulator.gdoi.policy import Replay, ReplayKind
from getvpn.emulator.gdoi.simple_ike import SharedSecretIke
from getvpn.emulator.gdoi.sizes import ESP_HEADER, IPV4_HEADER, encapsulated_size
from getvpn.emulator.gdoi.traffic import Sample
from getvpn.emulator.simulation.outages import Condition

from .seed_citing import seed
from .seed_world import (
    OSPF,
    TCP,
    UDP,
    all_encrypted,
    all_pairs,
    boot,
    change_member,
    change_sa,
    kill,
    lost,
    made,
    names,
    running,
    sa_policy,
    spis,
    unencrypted,
    watched,
)

EVERYTHING = "permit ip any any"
OF_OSPF = Sample(protocol=OSPF, source_port=0, destination_port=0)


def ike_of(crowd: Crowd, name: str) -> SharedSecretIke:
    ike = crowd.stations[name].ike
    assert isinstance(ike, SharedSecretIke)
    return ike


@seed(
    "All Group Members (GMs) share a common security association (SA)",
    "GETVPN uses the concept of group SA",
    "GDOI is used to distribute common IPsec keys to a group of enterprise VPN gateways",
    "KS pushes the set of IPsec SAs for the GM to use",
)
def test_all_members_hold_the_one_sa_of_their_group() -> None:
    crowd = running(members=8)
    (spi,) = spis(crowd.servers[0])
    assert [spis(member) for member in crowd.members] == [[spi]] * 8


@seed(
    "This enables GMs to decrypt traffic that was encrypted by any other GM",
    "can communicate with each other using a common encryption policy and a shared SA",
    "GM exchange encrypted traffic using the group keys",
    "Large-scale any-to-any encrypted communication",
    "Instantaneous large-scale any-to-any IP connectivity",
)
def test_each_member_decrypts_what_any_other_one_encrypted_as_soon_as_they_are_registered() -> None:
    crowd = boot(made(members=60), 1.0)
    assert all_encrypted(crowd)
    assert {crowd.traffic("GM1", name).there.spi for name in names(crowd)[1:]} == {
        crowd.members[0].teks[0].tek.spi
    }


@seed(
    "there is no need to negotiate point-to-point IPsec tunnels between the members of a group",
    "there is no need to negotiate IPsec between GMs",
    "eliminate point-to-point tunnels and their associated overlay routing",
)
def test_members_negotiate_with_key_servers_alone() -> None:
    crowd = running(members=4)
    servers = {each.policy.address for each in crowd.servers}
    assert all_encrypted(crowd)
    for name in names(crowd):
        assert {peer for peer, _ in ike_of(crowd, name).standing} <= servers


@seed("Traditional GM scalability (number of tunnels and associated SA) does not apply")
def test_a_member_of_a_large_group_has_no_more_sas_than_one_of_a_small_group() -> None:
    small, large = running(members=2), running(members=200)
    for crowd in (small, large):
        assert len(spis(crowd.members[0])) == 1
        assert sum(ike_of(crowd, "GM1").standing.values()) == 2


@seed(
    "is downloaded to every GM, irrespective of the GM owns that network",
    "affects all the members of the group whether it is applicable to them or not",
    "encryption policies are defined centrally on the KS and downloaded to the GM",
    "are centrally defined on the KS and are pushed down to all GMs at registration time",
    "used to provide a set of cryptographic keys and policies to a group of devices",
)
def test_every_member_downloads_all_of_the_policy_when_it_registers() -> None:
    lines = ("deny ospf any any", "permit ip 10.0.1.0 0.0.0.255 192.168.0.0 0.0.255.255")
    crowd = made(sa_policy(*lines, lifetime_s=5400))
    assert all(member.sas == () for member in crowd.members)
    boot(crowd)
    for member in crowd.members:
        (sa,) = member.sas
        assert sa.entries == entries(lines)
        assert (sa.lifetime_s, sa.transform) == (5400, crowd.servers[0].policy.sas[0].transform)


@seed(
    "GM decides whether traffic needs to be encrypted or decrypted and what keys to use",
    "should include the subnets which must be encrypted",
    "A GM is a device responsible for actual encryption and decryption",
)
def test_members_encrypt_what_the_downloaded_list_permits_without_any_key_server() -> None:
    crowd = running(sa_policy("permit ip 10.0.1.0 0.0.0.255 10.0.2.0 0.0.0.255"))
    kill(crowd, "KS1", "KS2")
    there = crowd.traffic("GM1", "GM2").there
    assert (there.condition, [there.spi]) == (Condition.ENCRYPTED, spis(crowd.members[1]))
    # this line has no mirror image, and no line means the third site
    for a, b in (("GM2", "GM1"), ("GM1", "GM3"), ("GM3", "GM2")):
        assert crowd.traffic(a, b).there.condition is Condition.CLEAR


@seed(
    "a GM can be configured to locally override some of these policies",
    "a local entry can be added to these GMs to bypass the encryption",
)
def test_some_members_leave_their_routing_protocol_in_clear() -> None:
    crowd = running(sa_policy(EVERYTHING), members=4)
    assert all_encrypted(crowd, OF_OSPF)
    for member in crowd.members[:2]:
        change_member(member, local_acl="OWN", local_entries=entries(("deny ospf any any",)))
    found = crowd.traffic("GM1", "GM2", OF_OSPF)
    assert (found.there.condition, found.back.condition) == (Condition.CLEAR, Condition.CLEAR)
    assert crowd.traffic("GM3", "GM4", OF_OSPF).encrypted
    assert all_encrypted(crowd)
    assert [each.entries for each in crowd.members[0].sas] == [entries((EVERYTHING,))]


@seed(
    "The most complete aggregate policy is permit IP any any",
    "This policy encrypts all traffic leaving the GM crypto interface",
    "entry in the ACL to encrypt all",
)
def test_one_line_that_permits_everything_encrypts_everything() -> None:
    crowd = running(sa_policy(EVERYTHING))
    for protocol, port in ((TCP, 22), (TCP, 179), (UDP, 123), (UDP, 500), (UDP, 53), (OSPF, 0)):
        assert all_encrypted(crowd, Sample(protocol=protocol, destination_port=port))


@seed(
    "exceptions must be made (that is, deny entries) to exclude encryption of control plane",
    "explicit deny entries should be configured in the ACL to exclude control traffic",
)
def test_a_member_reaches_nobody_beyond_the_group_without_exceptions() -> None:
    crowd = running(sa_policy(EVERYTHING))
    member = crowd.members[0]
    neighbour = Packet(INSIDE_NETWORK + 256, INSIDE_NETWORK - 1, TCP, 40_000, 179)
    answer = Packet(INSIDE_NETWORK - 1, INSIDE_NETWORK + 256, TCP, 179, 40_000)
    assert send(member, neighbour).action is Action.ENCRYPT
    assert receive(member, answer, None).action is Action.DROP
    lines = ("deny tcp any any eq bgp", "deny tcp any eq bgp any", EVERYTHING)
    change_sa(crowd, entries=entries(lines))
    crowd.servers[0].rekey()
    crowd.kernel.advance(1)
    assert send(member, neighbour).action is Action.CLEAR
    assert receive(member, answer, None).action is Action.ACCEPT


@seed(
    "Asymmetric policies lead to a geometric expansion in the number of ACL entries",
    "GETVPN is optimized when the source and destination address range are the same",
    "This minimizes the number of policy permutations",
    "up to 100 ACL entries (permit and deny) can be used",
    "The maximum number of lines in a traffic ACL is 100",
)
def test_a_line_for_each_pair_of_sites_soon_exceeds_what_counts_and_one_for_all_never_does() -> (
    None
):
    sites = 11
    nets = [f"10.0.{number}.0 0.0.0.255" for number in range(1, sites + 1)]
    lines = [f"permit ip {a} {b}" for a in nets for b in nets if a != b]
    assert len(lines) == sites * (sites - 1) == 110
    crowd = running(sa_policy(*lines), members=sites)
    assert {len(member.sas[0].entries) for member in crowd.members} == {100}
    outside = [
        (a, b)
        for a, b in all_pairs(crowd)
        if crowd.traffic(a, b).there.condition is Condition.CLEAR
    ]
    assert outside == [("GM11", name) for name in names(crowd)[:10]]
    change_sa(crowd, entries=entries(("permit ip 10.0.0.0 0.0.255.255 10.0.0.0 0.0.255.255",)))
    crowd.servers[0].rekey()
    crowd.kernel.advance(1)
    assert all_encrypted(crowd)


# ---- headers that stay ----


@seed(
    "Seamlessly integrates with multicast infrastructures",
    "multicast replication can be offloaded to the provider network",
    "does not need to replicate packets to all its peers",
)
def test_a_multicast_packet_is_encrypted_once_for_all_receivers() -> None:
    crowd = running(sa_policy(EVERYTHING), members=6)
    packet = Packet(INSIDE_NETWORK + 257, 0xEF010101, UDP, 5004, 5004)
    sent = send(crowd.members[0], packet)
    assert sent.action is Action.ENCRYPT
    assert sent.tek is not None
    protection = Protection(sent.tek.tek.spi)
    for member in crowd.members[1:]:
        assert receive(member, packet, protection).action is Action.ACCEPT


@seed(
    "the ability to route encrypted packets using the underlying network routing",
    "(dual spokes, dual links, and so on) integrates seamlessly with the GETVPN solution",
    "There is no need to provide HA at the IPsec level",
)
def test_either_router_of_a_site_decrypts_wherever_the_network_delivers() -> None:
    crowd = running()
    crowd.stations["GM2"].inside = crowd.stations["GM1"].inside
    packet = Packet(INSIDE_NETWORK + 3 * 256 + 1, INSIDE_NETWORK + 257, TCP, 40_000, 443)
    sent = send(crowd.members[2], packet).tek
    assert sent is not None
    for member in crowd.members[:2]:
        assert receive(member, packet, Protection(sent.tek.spi)).action is Action.ACCEPT
    before = spis(crowd.members[1])
    crowd.network.power("GM1", up=False)
    assert crowd.traffic("GM3", "GM2").encrypted
    assert spis(crowd.members[1]) == before


@seed(
    "Preserves the IP source and destination addresses during the IPsec encryption",
    "encapsulate the original source and destination packet addresses of the host",
    "The traffic uses IPSec Tunnel Mode with Header Preservation",
)
def test_a_packet_gets_a_second_header_with_its_own_addresses() -> None:
    counted = running(sa_policy(replay=Replay(kind=ReplayKind.COUNTER, window=64)))
    transform = counted.servers[0].policy.sas[0].transform
    assert transform.mode == "tunnel"
    size = counted.traffic("GM1", "GM2", Sample(size=576)).there.size
    assert size == encapsulated_size(576, transform) > 576 + IPV4_HEADER + ESP_HEADER
    # who decrypted judges the packet by the addresses of the hosts, and so does who encrypted
    member, there = counted.members[1], Packet(INSIDE_NETWORK + 257, INSIDE_NETWORK + 513, TCP)
    spi = Protection(spis(member)[0])
    assert send(counted.members[0], there).action is Action.ENCRYPT
    assert receive(member, there, spi).action is Action.ACCEPT
    beyond = Packet(0xC0000201, INSIDE_NETWORK + 513, TCP)
    assert send(counted.members[0], beyond).action is Action.CLEAR


# ---- one key server, or several ----


@seed(
    "a single KS is a single point of failure for an entire GET-VPN network",
    "because the KS maintains the control plane",
    "a device responsible for creating and maintaining the GETVPN control plane",
)
def test_without_its_only_key_server_a_group_ends_with_its_keys() -> None:
    crowd = running(servers=1)
    watch = watched(crowd)
    end = crowd.members[0].teks[0].expires_at
    kill(crowd, "KS1")
    crowd.kernel.advance(end - crowd.kernel.now() - 1)
    assert unencrypted(watch) == {}
    crowd.kernel.advance(601)
    assert lost(watch) == dict.fromkeys(all_pairs(crowd), 600.0)


@seed("to ensure seamless fault recovery if a KS fails or becomes unreachable")
def test_a_group_does_not_notice_that_one_of_its_key_servers_fails() -> None:
    crowd = running()
    watch = watched(crowd)
    kill(crowd, "KS1")
    crowd.kernel.advance(3 * 7200)
    assert [each.host.name for each in crowd.primaries] == ["KS2"]
    assert unencrypted(watch) == {}
