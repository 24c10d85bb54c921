"""The flows of members in the shows of IPsec follow what the members hold."""

from dataclasses import replace
from typing import Any

import pytest

from getvpn.emulator.device import Router
from getvpn.emulator.gdoi.member.state import Direction
from getvpn.emulator.groups.ipsec_tables import IpsecTables
from getvpn.emulator.services.crypto_sas import CryptoSas, Ident, IpsecFlow, IpsecSa
from getvpn.emulator.testing import console
from getvpn.parsers import parse

from .gm_states import (
    GCM,
    LAN,
    LINES6,
    TIMED,
    WAN,
    gm_router,
    group_text,
    hold_tek,
    joined,
    later,
    map_text,
    policy,
    register,
    settled_member,
    usual_member,
    wan_text,
)

CLOSED = (
    "ip access-list extended CLOSED\n deny udp any eq 848 any\n"
    "crypto map GETVPN-MAP gdoi fail-close\n match address CLOSED\n activate\n"
)
ANY = Ident()


def flows(router: Router) -> list[IpsecFlow]:
    return list(router.feature(CryptoSas).flows)


def permitted(router: Router) -> IpsecFlow:
    (flow,) = [flow for flow in flows(router) if flow.permit]
    return flow


def ids(sas: list[IpsecSa]) -> list[int]:
    return [sa.conn_id for sa in sas]


def read(router: Router, command: str) -> Any:
    record = parse(command, console(router).run(command))
    assert record.unparsed == ()
    return record


# ---- what there is ----


def test_a_member_without_a_policy_protects_nothing() -> None:
    router = usual_member()
    assert flows(router) == []
    text = console(router).run("show crypto ipsec sa")
    assert text == (
        f"\ninterface: {WAN['isr4451']}\n    Crypto map tag: GETVPN-MAP, local addr 10.20.0.1\n"
    )


def test_every_line_is_a_flow_the_last_one_first() -> None:
    router = usual_member()
    settled_member(router)
    ten = Ident(address="10.0.0.0", mask="255.0.0.0")

    assert [(flow.permit, flow.local, flow.remote) for flow in flows(router)] == [
        (True, ten, ten),
        (False, replace(ANY, protocol=6, port=22), replace(ANY, protocol=6)),
        (False, replace(ANY, protocol=17), replace(ANY, protocol=17, port=848)),
    ]
    assert {(flow.group, flow.peer, flow.peer_port) for flow in flows(router)} == {
        ("G1", "0.0.0.0", 848)  # noqa: S104 - members have no peer
    }
    assert [len(flow.sas) for flow in flows(router)] == [2, 0, 0]


def test_the_local_list_comes_before_the_downloaded_one() -> None:
    router = usual_member(
        lists="ip access-list extended BYPASS\n deny ip host 10.1.1.1 any\n",
        entry=["match address BYPASS"],
    )
    settled_member(router)
    assert flows(router)[-1].local == Ident(address="10.1.1.1", mask="255.255.255.255")


def test_of_equal_lines_the_first_one_counts() -> None:
    router = usual_member()
    line = "permit ip host 10.0.0.1 any"
    register(joined(router), policy([line]), policy([line], transform=GCM, number=20))
    hold_tek(joined(router), spi=0xA, left=35)
    hold_tek(joined(router), spi=0xB, left=35, sa=1)
    assert [sa.spi for sa in permitted(router).inbound] == [0xA]


def test_a_rekey_adds_sas_and_time_takes_them() -> None:
    router = usual_member()
    member = settled_member(router)
    before = ids(permitted(router).inbound)
    hold_tek(member, spi=0xB, left=3600)
    flow = permitted(router)

    assert [sa.spi for sa in flow.inbound] == [sa.spi for sa in flow.outbound] == [0x5A69F51E, 0xB]
    assert ids(flow.inbound)[:1] == before
    later(router, 511)
    counts = router.feature(CryptoSas).counts
    assert (counts.ipsec_created, counts.ipsec_deleted) == (4, 2)
    assert [sa.spi for sa in permitted(router).inbound] == [0xB]
    member.teks.clear()
    tables = router.feature(CryptoSas)
    assert (tables.counts.ipsec_created, tables.counts.ipsec_deleted) == (4, 4)


def test_sas_that_are_cleared_are_deleted_once() -> None:
    router = usual_member()
    settled_member(router)
    tables = router.feature(CryptoSas)
    assert tables.counts.ipsec_created == 2
    console(router).run("clear crypto sa")
    joined(router).teks.clear()
    assert (tables.counts.ipsec_created, tables.counts.ipsec_deleted) == (2, 2)
    tables.clear_counts()
    assert (tables.counts.ipsec_created, tables.counts.ipsec_deleted) == (0, 0)


def test_connections_keep_their_numbers_while_they_stand() -> None:
    router = usual_member()
    settled_member(router)
    first = [ids([*flow.sas]) for flow in flows(router)]
    assert first == [[1, 2], [], []]
    assert [ids([*flow.sas]) for flow in flows(router)] == first


def test_the_spi_that_is_used_is_that_of_the_key_to_send_with() -> None:
    router = usual_member()
    member = settled_member(router)
    coming = hold_tek(member, spi=0xB, left=3600)
    coming.encrypts_at = member.kernel.now() + 480
    (flow, *denied) = read(router, "show crypto ipsec sa").flows
    assert flow.outbound_spi == 0x5A69F51E
    assert {each.outbound_spi for each in denied} == {None}

    later(router, 480)
    (flow, *_) = read(router, "show crypto ipsec sa").flows
    assert flow.outbound_spi == 0xB


def test_a_triggered_rekey_shortens_what_is_left() -> None:
    router = usual_member()
    member = settled_member(router)
    member.teks[0].expires_at = member.kernel.now() + 180
    (flow, *_) = read(router, "show crypto ipsec sa").flows
    assert [sa.remaining_s for sa in flow.sas("inbound")] == [180]


@pytest.mark.parametrize(
    ("direction", "outbound"),
    [(Direction.BOTH, 1), (Direction.INBOUND_OPTIONAL, 1), (Direction.INBOUND_ONLY, 0)],
)
def test_who_only_receives_has_no_sa_to_send_with(direction: Direction, outbound: int) -> None:
    router = usual_member()
    settled_member(router).direction = str(direction)
    flow = permitted(router)
    assert (len(flow.inbound), len(flow.outbound)) == (1, outbound)
    if not outbound:
        (shown, *_) = read(router, "show crypto ipsec sa").flows
        assert shown.outbound_spi is None


def test_before_registration_a_closed_map_protects_everything_else() -> None:
    router = usual_member(lists=CLOSED)
    everything, key_management = flows(router)

    assert (everything.permit, everything.local, everything.remote) == (True, ANY, ANY)
    assert everything.sas == ()
    assert not key_management.permit
    settled_member(router)
    assert len(flows(router)) == 3


def test_who_leaves_the_group_takes_its_flows_along() -> None:
    router = usual_member()
    settled_member(router)
    assert flows(router)
    console(router).configure(f"interface {WAN['isr4451']}\n no crypto map GETVPN-MAP\n")
    assert flows(router) == []


def test_flows_of_others_stay() -> None:
    router = usual_member()
    other = IpsecFlow(
        interface="Tunnel0",
        map_name="Tunnel0-head-0",
        local_address="10.20.0.1",
        peer="10.20.0.9",
        local=ANY,
        remote=ANY,
    )
    router.feature(CryptoSas).flows.append(other)
    settled_member(router)
    assert flows(router)[-1] is other
    assert len(flows(router)) == 4


def test_interfaces_that_share_a_registration_have_flows_each() -> None:
    text = (
        "interface Loopback0\n ip address 10.99.0.1 255.255.255.255\n"
        + group_text()
        + map_text(["G1"])
        + "crypto map GETVPN-MAP local-address Loopback0\n"
        + wan_text("isr4451")
        + wan_text("isr4451", "10.30.0.1").replace(WAN["isr4451"], LAN["isr4451"])
    )
    router = gm_router("17.6", text)
    settled_member(router)
    shown = {(flow.interface, flow.local_address) for flow in flows(router)}

    assert shown == {(LAN["isr4451"], "10.99.0.1"), (WAN["isr4451"], "10.99.0.1")}
    assert len({number for flow in flows(router) for number in ids([*flow.sas])}) == 4
    record = read(router, "show crypto ipsec sa")
    assert [each.name for each in record.interfaces] == [LAN["isr4451"], WAN["isr4451"]]


# ---- sizes and the words of an SA ----


@pytest.mark.parametrize(
    ("transform", "timed", "mtu", "plaintext"),
    [
        (None, False, 1500, 1438),
        (None, True, 1500, 1422),
        (None, False, 1400, 1326),
        (GCM, True, 1500, 1430),
    ],
)
def test_the_largest_packet_follows_from_policy_and_interface(
    transform: Any, timed: bool, mtu: int, plaintext: int
) -> None:
    router = usual_member()
    console(router).configure(f"interface {WAN['isr4451']}\n ip mtu {mtu}\n")
    sa = policy(replay=TIMED) if timed else policy()
    register(joined(router), sa if transform is None else replace(sa, transform=transform))
    hold_tek(joined(router), spi=0xA, left=35)
    (flow, denied, _) = read(router, "show crypto ipsec sa").flows

    assert (flow.plaintext_mtu_bytes, flow.path_mtu_bytes) == (plaintext, mtu)
    assert denied.plaintext_mtu_bytes == mtu
    (sa_shown,) = flow.sas("inbound")
    assert sa_shown.replay_detection is timed
    assert sa_shown.volume_rekey is False


def test_flows_of_ipv6_have_prefixes_and_an_endpoint_of_ipv6() -> None:
    text = group_text("G6", 6, ipv6=True) + map_text(["G6"], name="M6", ipv6=True)
    maps = ["ipv6 address 2001:DB8:9::1/64", "ipv6 crypto map M6"]
    router = gm_router("17.6", text + wan_text("isr4451", maps=maps))
    register(joined(router), policy(LINES6, ipv6=True))
    hold_tek(joined(router), spi=0xA, left=35)
    (flow, denied) = read(router, "show crypto ipsec sa").flows

    assert str(flow.local.address) == "2001:db8:1::"
    assert (flow.local.prefixlen, flow.remote.prefixlen) == (48, 48)
    assert str(flow.local_endpoint) == "2001:db8:9::1"
    assert str(flow.peer) == "::"
    assert flow.plaintext_mtu_bytes == 1406
    assert (denied.protocol, denied.remote_port) == (17, 20001)


def test_the_vrf_of_a_flow_is_that_of_its_interface() -> None:
    router = usual_member()
    member = settled_member(router)
    assert {flow.vrf for flow in flows(router)} == {""}
    member.policy = replace(member.policy, vrf="RED")
    assert {flow.vrf for flow in read(router, "show crypto ipsec sa").flows} == {"RED"}


# ---- packets ----


def test_packets_are_counted_by_line_sa_and_group() -> None:
    router = usual_member()
    member = settled_member(router)
    tables = router.feature(IpsecTables)
    (_, _, entry) = member.sas[0].entries
    (held,) = member.teks
    tables.sent(member, entry, 10, held=held)
    tables.received(member, entry, 7, held=held)
    tables.received(member, entry, 2, held=held, replayed=True)
    tables.sent(member, entry, 3, held=None)
    (flow, *_) = read(router, "show crypto ipsec sa detail").flows

    assert (flow.counters.encapsulated, flow.counters.decapsulated) == (10, 7)
    assert (flow.counters.no_sa_sent, flow.counters.replay_failed) == (3, 2)
    connections = read(router, "show crypto engine connections active").connections
    assert [(each.encrypted, each.decrypted) for each in connections] == [(0, 7), (10, 0)]
    (session,) = read(router, "show crypto session detail").sessions
    assert (session.flows[0].encrypted, session.flows[0].decrypted) == (10, 7)
    (group,) = read(router, "show crypto gdoi gm dataplane counters").groups
    assert (group.encrypted, group.decrypted, group.no_sa) == (10, 7, 3)


def test_tagged_packets_are_counted_apart() -> None:
    router = usual_member()
    member = joined(router)
    register(member, policy(tag=True))
    held = hold_tek(member, spi=0xA, left=35)
    (_, _, entry) = member.sas[0].entries
    router.feature(IpsecTables).sent(member, entry, 4, held=held)
    router.feature(IpsecTables).received(member, entry, 5, held=held)
    (group,) = read(router, "show crypto gdoi gm dataplane counters").groups
    assert (group.tagged, group.untagged) == (4, 5)


def test_cleared_counters_of_flows_begin_anew_and_those_of_groups_go_on() -> None:
    router = usual_member()
    member = settled_member(router)
    (_, _, entry) = member.sas[0].entries
    router.feature(IpsecTables).sent(member, entry, 10, held=member.teks[0])
    console(router).run("clear crypto sa counters")

    assert permitted(router).encapsulated == 0
    assert router.feature(IpsecTables).counts(member).encrypted == 10


def test_counters_of_a_flow_outlive_a_rekey() -> None:
    router = usual_member()
    member = settled_member(router)
    (_, _, entry) = member.sas[0].entries
    router.feature(IpsecTables).sent(member, entry, 10, held=member.teks[0])
    hold_tek(member, spi=0xB, left=3600)
    assert permitted(router).encapsulated == 10


def test_a_session_names_its_vrf_and_the_port_of_a_flow() -> None:
    router = usual_member()
    member = settled_member(router)
    member.policy = replace(member.policy, vrf="RED")
    (session,) = read(router, "show crypto session detail").sessions

    assert (session.status, session.peer_port, session.ivrf) == ("UP-ACTIVE", 848, "RED")
    permit, ssh, key_management = session.flows
    assert (permit.active_sas, permit.inbound_life_s) == (2, 510)
    assert (ssh.action, ssh.protocol, ssh.source_port, ssh.destination_port) == (
        "deny",
        6,
        22,
        None,
    )
    assert (key_management.source_port, key_management.destination_port) == (None, 848)
