from ipaddress import IPv4Address, IPv6Address

import pytest

from getvpn.errors import ParseError
from getvpn.parsers import parse
from getvpn.parsers.config.acl import ANY, Selector
from getvpn.parsers.records.ipsec import IpsecSas

from .cuts import unnoticed_cuts

COMMAND = "show crypto ipsec sa"
DETAIL = "show crypto ipsec sa detail"

COUNTERS = """\
    #pkts encaps: 410, #pkts encrypt: 411, #pkts digest: 412
    #pkts decaps: 349, #pkts decrypt: 350, #pkts verify: 351
    #pkts compressed: 1, #pkts decompressed: 2
    #pkts not compressed: 3, #pkts compr. failed: 4
    #pkts not decompressed: 5, #pkts decompress failed: 6
"""
ERRORS = "    #send errors 7, #recv errors 8\n"
DETAILED_ERRORS = """\
    #pkts no sa (send) 11, #pkts invalid sa (rcv) 12
    #pkts encaps failed (send) 13, #pkts decaps failed (rcv) 14
    #pkts invalid prot (recv) 15, #pkts verify failed: 16
    #pkts invalid identity (recv) 17, #pkts invalid len (rcv) 18
    #pkts replay rollover (send): 19, #pkts replay rollover (rcv) 20
    ##pkts replay failed (rcv): 21
    #pkts tagged (send): 22, #pkts untagged (rcv): 23
    #pkts not tagged (send): 24, #pkts not untagged (rcv): 25
    #pkts internal err (send): 26, #pkts internal err (recv) 27
"""

GROUP_FLOW = f"""\

interface: GigabitEthernet0/0/1.100
    Crypto map tag: GET-MAP, local addr 10.20.0.7

   protected vrf: (none)
   local  ident (addr/mask/prot/port): (10.0.0.0/255.0.0.0/0/0)
   remote ident (addr/mask/prot/port): (10.0.0.0/255.0.0.0/0/0)
   Group: BANK-WAN.v4
   current_peer 0.0.0.0 port 848
     PERMIT, flags={{}}
{COUNTERS}{ERRORS}
     local crypto endpt.: 10.20.0.7, remote crypto endpt.: 0.0.0.0
     plaintext mtu 1438, path mtu 1500, ip mtu 1500, ip mtu idb GigabitEthernet0/0/1
     current outbound spi: 0x1A2B3C4D(439041101)
     PFS (Y/N): N, DH group: none

     inbound esp sas:
      spi: 0xA0000001(2684354561)
        transform: esp-256-aes esp-sha256-hmac ,
        in use settings ={{Tunnel, }}
        conn id: 2001, flow_id: ESG:1, sibling_flags FFFFFFFF80000048, crypto map: GET-MAP
        sa timing: remaining key lifetime (sec): 41
        Kilobyte Volume Rekey has been disabled
        IV size: 16 bytes
        replay detection support: N
        Status: ACTIVE(ACTIVE)
      spi: 0x1A2B3C4D(439041101)
        transform: esp-256-aes esp-sha256-hmac ,
        in use settings ={{Tunnel, }}
        conn id: 2003, flow_id: ESG:3, sibling_flags FFFFFFFF80000048, crypto map: GET-MAP, \
initiator : True
        sa timing: remaining key lifetime (k/sec): (4607999/7190)
        IV size: 16 bytes
        replay detection support: Y  replay window size: 64
        Status: ACTIVE(STANDBY)

     inbound ah sas:

     inbound pcp sas:

     outbound esp sas:
      spi: 0x1A2B3C4D(439041101)
        transform: esp-256-aes esp-sha256-hmac ,
        in use settings ={{Tunnel, }}
        conn id: 2004, flow_id: ESG:4, sibling_flags FFFFFFFF80000048, crypto map: GET-MAP
        sa timing: remaining key lifetime (k/sec): (4607999/7190)
        IV size: 16 bytes
        replay detection support: Y
        Status: ACTIVE(ACTIVE)

     outbound ah sas:

     outbound pcp sas:
"""

DENIED_FLOW = f"""\

   protected vrf: (none)
   local  ident (addr/mask/prot/port): (0.0.0.0/0.0.0.0/17/848)
   remote ident (addr/mask/prot/port): (10.0.0.1/255.0.0.255/17/0)
   Group: BANK-WAN.v4
   current_peer 0.0.0.0 port 848
     DENY, flags={{origin_is_acl,}}
{COUNTERS}{ERRORS}
     local crypto endpt.: 10.20.0.7, remote crypto endpt.: 0.0.0.0
     plaintext mtu 1500, path mtu 1500, ip mtu 1500, ip mtu idb GigabitEthernet0/0/1
     current outbound spi: 0x0(0)
     PFS (Y/N): N, DH group: none

     inbound esp sas:

     inbound ah sas:

     inbound pcp sas:

     outbound esp sas:

     outbound ah sas:

     outbound pcp sas:
"""

IPV6 = f"""\
interface: FastEthernet0/0
    Crypto map tag: (none), local addr 2001:DB8:20::7

   IPsecv6 policy name: OSPFv3-1-256
   IPsecv6-created ACL name: FastEthernet0/0-ipsecv6-ACL

   protected vrf: BLUE
   local  ident (addr/mask/prot/port): (2001:DB8:20::/48/89/0)
   remote ident (addr/mask/prot/port): (::/0/89/0)
   current_peer :: port 848
     PERMIT, flags={{origin_is_acl,ipsec_sa_request_sent}}
{COUNTERS}{ERRORS}
     local crypto endpt.: 2001:DB8:20::7,
     remote crypto endpt.: ::
     plaintext mtu 1422, path mtu 1500, ipv6 mtu 1500, ipv6 mtu idb FastEthernet0/0
     current outbound spi: 0x100(256)
     PFS (Y/N): N, DH group: none

     inbound esp sas:

     inbound ah sas:
      spi: 0x100(256)
        transform: ah-sha-hmac ,
        in use settings ={{Transport, }}
        conn id: 2001, flow_id: NETGX:1, sibling_flags 80000001, crypto map: (none)
        no sa timing
        replay detection support: N
        Status: ACTIVE

     inbound pcp sas:

     outbound esp sas:

     outbound ah sas:

     outbound pcp sas:
"""

CLASSIC = f"""\
interface: Tunnel1
    Crypto map tag: Tunnel1-head-0, local addr 192.0.2.7

   protected vrf: (none)
   local  ident (addr/mask/prot/port): (192.0.2.7/255.255.255.255/47/0)
   remote ident (addr/mask/prot/port): (192.0.2.1/255.255.255.255/47/0)
   current_peer (none) port 500
     PERMIT, flags={{origin_is_acl,}}
{COUNTERS}{DETAILED_ERRORS}
     local crypto endpt.: 192.0.2.7, remote crypto endpt.: 192.0.2.1
     path mtu 1500, ip mtu 1500, ip mtu idb FastEthernet0
     current outbound spi: 0xB8357C22(3090512930)
     PFS (Y/N): Y, DH group: group16, PQC Key Exchange: ML-KEM-1024

     inbound esp sas:
      spi: 0x6ADB173(112046451)
       transform: esp-gcm 256 ,
       in use settings ={{Tunnel UDP-Encaps, esn}}
       conn id: 1, flow_id: Motorola SEC 2.0:1, crypto map: Tunnel1-head-0
       sa timing: remaining key lifetime (k/sec): (4467148/3189)
        HA last key lifetime sent(k): (4467150)
        ike_cookies: 9263635C CA4B4E99 C14E908E 8EE2D79C
       IV size: 16 bytes
       replay detection support: Y  replay window size: 128
       Status: ACTIVE

     inbound ah sas:

     inbound pcp sas:

     outbound esp sas:
      spi: 0xB8357C22(3090512930)
       transform: esp-gcm 256 ,
       in use settings ={{Tunnel UDP-Encaps, esn}}
       slot: 0, conn id: 2, flow_id: 2, crypto map: Tunnel1-head-0
       sa timing: remaining key lifetime (sec): (3189)
       IV size: 16 bytes
       replay detection support: Y
       Status: ACTIVE

     outbound ah sas:

     outbound pcp sas:
"""

EXCERPT = f"""\
   protected vrf: SITE-1
   local  ident (addr/mask/prot/port): (10.1.0.0/255.255.255.0/0/0)
   remote ident (addr/mask/prot/port): (10.2.0.0/255.255.255.0/0/0)
   current_peer 0.0.0.0 port 848
     PERMIT, flags={{origin_is_acl,}}
{COUNTERS}{ERRORS}
"""


def ipsec(text: str, command: str = COMMAND) -> IpsecSas:
    record = parse(command, text)
    assert isinstance(record, IpsecSas)
    assert record.unparsed == ()
    return record


def whole(text: str, command: str = COMMAND) -> IpsecSas:
    record = ipsec(text, command)
    assert record.partial == ()
    return record


def test_a_group_flow_has_peer_zero_and_typed_values() -> None:
    (flow,) = whole(GROUP_FLOW).flows
    assert flow.interface is not None
    assert flow.interface.name == "GigabitEthernet0/0/1.100"
    assert flow.interface.crypto_map == "GET-MAP"
    assert flow.interface.local_address == IPv4Address("10.20.0.7")
    ten = Selector(
        kind="wildcard", address=IPv4Address("10.0.0.0"), wildcard=IPv4Address("0.255.255.255")
    )
    assert (flow.local, flow.remote, flow.protocol) == (ten, ten, 0)
    assert (flow.local_port, flow.remote_port, flow.vrf) == (0, 0, None)
    assert (flow.group, flow.peer, flow.peer_port) == ("BANK-WAN.v4", IPv4Address(0), 848)
    assert (flow.action, flow.flags) == ("PERMIT", ())
    assert (flow.local_endpoint, flow.remote_endpoint) == (
        IPv4Address("10.20.0.7"),
        IPv4Address(0),
    )
    assert (flow.plaintext_mtu_bytes, flow.path_mtu_bytes, flow.ip_mtu_bytes) == (1438, 1500, 1500)
    assert flow.mtu_interface == "GigabitEthernet0/0/1"
    assert (flow.outbound_spi, flow.pfs, flow.dh_group) == (0x1A2B3C4D, False, None)


def test_a_rollover_has_two_inbound_sas_oldest_first() -> None:
    (flow,) = whole(GROUP_FLOW).flows
    old, new = flow.sas("inbound")
    assert (old.spi, old.remaining_s, old.remaining_kb) == (0xA0000001, 41, None)
    assert (old.volume_rekey, old.replay_detection, old.replay_window) == (False, False, None)
    assert (new.spi, new.remaining_s, new.remaining_kb) == (0x1A2B3C4D, 7190, 4607999)
    assert (new.volume_rekey, new.replay_detection, new.replay_window) == (True, True, 64)
    assert (new.initiator, new.status, new.status_detail) == (True, "ACTIVE", "STANDBY")
    assert (new.engine, new.flow_id, new.sibling_flags) == ("ESG", 3, 0xFFFFFFFF80000048)
    assert (new.transform, new.settings, new.iv_bytes) == (
        ("esp-256-aes", "esp-sha256-hmac"),
        ("Tunnel",),
        16,
    )
    assert [sa.spi for sa in flow.sas("outbound")] == [0x1A2B3C4D]
    assert flow.sas("inbound", "ah") == flow.sas("outbound", "pcp") == ()
    assert [(found.direction, found.protocol) for found in flow.sa_lists] == [
        (direction, protocol)
        for direction in ("inbound", "outbound")
        for protocol in ("esp", "ah", "pcp")
    ]


def test_counters_are_kept_apart() -> None:
    (flow,) = whole(CLASSIC, DETAIL).flows
    counters = flow.counters
    assert counters is not None
    assert (counters.encapsulated, counters.encrypted, counters.digested) == (410, 411, 412)
    assert (counters.decapsulated, counters.decrypted, counters.verified) == (349, 350, 351)
    assert (counters.compressed, counters.decompressed) == (1, 2)
    assert (counters.not_compressed, counters.compression_failed) == (3, 4)
    assert (counters.not_decompressed, counters.decompression_failed) == (5, 6)
    assert (counters.send_errors, counters.receive_errors) == (None, None)
    assert (counters.no_sa_sent, counters.invalid_sa_received) == (11, 12)
    assert (counters.encapsulation_failed, counters.decapsulation_failed) == (13, 14)
    assert (counters.invalid_protocol, counters.verification_failed) == (15, 16)
    assert (counters.invalid_identity, counters.invalid_length) == (17, 18)
    assert (counters.replay_rollover_sent, counters.replay_rollover_received) == (19, 20)
    assert (counters.replay_failed, counters.tagged, counters.untagged) == (21, 22, 23)
    assert (counters.not_tagged, counters.not_untagged) == (24, 25)
    assert (counters.internal_errors_sent, counters.internal_errors_received) == (26, 27)
    plain = whole(GROUP_FLOW).flows[0].counters
    assert plain is not None
    assert (plain.send_errors, plain.receive_errors, plain.replay_failed) == (7, 8, None)


def test_each_flow_knows_the_interface_above_it() -> None:
    record = whole(GROUP_FLOW + DENIED_FLOW + IPV6)
    assert [interface.name for interface in record.interfaces] == [
        "GigabitEthernet0/0/1.100",
        "FastEthernet0/0",
    ]
    names = [flow.interface.name if flow.interface else None for flow in record.flows]
    assert names == ["GigabitEthernet0/0/1.100"] * 2 + ["FastEthernet0/0"]


def test_a_denied_flow_has_ports_and_a_wildcard_of_any_form() -> None:
    _, flow = whole(GROUP_FLOW + DENIED_FLOW).flows
    assert (flow.action, flow.flags) == ("DENY", ("origin_is_acl",))
    assert (flow.local, flow.local_port, flow.protocol) == (ANY, 848, 17)
    assert flow.remote == Selector(
        kind="wildcard", address=IPv4Address("10.0.0.1"), wildcard=IPv4Address("0.255.255.0")
    )
    assert flow.outbound_spi is None
    assert flow.sas("inbound") == ()


def test_ipv6_prefixes_and_broken_endpoint_lines_are_read() -> None:
    (flow,) = whole(IPV6).flows
    assert flow.interface is not None
    assert (flow.interface.crypto_map, flow.interface.ipv6_policy) == (None, "OSPFv3-1-256")
    assert flow.interface.ipv6_acl == "FastEthernet0/0-ipsecv6-ACL"
    assert flow.local == Selector(kind="prefix", address=IPv6Address("2001:db8:20::"), prefixlen=48)
    assert (flow.remote, flow.protocol, flow.vrf) == (ANY, 89, "BLUE")
    assert (flow.peer, flow.peer_port) == (IPv6Address("::"), 848)
    assert flow.flags == ("origin_is_acl", "ipsec_sa_request_sent")
    assert flow.local_endpoint == IPv6Address("2001:db8:20::7")
    assert flow.remote_endpoint == IPv6Address("::")
    assert (flow.plaintext_mtu_bytes, flow.ip_mtu_bytes) == (1422, 1500)
    (sa,) = flow.sas("inbound", "ah")
    assert (sa.crypto_map, sa.remaining_s, sa.iv_bytes) == (None, None, None)
    assert (sa.status, sa.status_detail) == ("ACTIVE", None)


def test_older_sa_lines_and_those_of_a_stateful_pair_are_read() -> None:
    (flow,) = whole(CLASSIC, DETAIL).flows
    host = Selector(kind="host", address=IPv4Address("192.0.2.7"))
    assert (flow.local, flow.protocol, flow.peer) == (host, 47, None)
    assert (flow.plaintext_mtu_bytes, flow.dh_group) == (None, 16)
    assert flow.pqc_key_exchange == "ML-KEM-1024"
    (inbound,), (outbound,) = flow.sas("inbound"), flow.sas("outbound")
    assert (inbound.engine, inbound.flow_id) == ("Motorola SEC 2.0", 1)
    assert (inbound.transform, inbound.settings) == (
        ("esp-gcm 256",),
        ("Tunnel", "UDP-Encaps", "esn"),
    )
    assert inbound.ha_sent_kb == 4467150
    assert inbound.ike_cookies == bytes.fromhex("9263635CCA4B4E99C14E908E8EE2D79C")
    assert (outbound.slot, outbound.engine, outbound.flow_id) == (0, None, 2)
    assert (outbound.remaining_s, outbound.remaining_kb) == (3189, None)


def test_an_excerpt_without_interface_is_whole() -> None:
    (flow,) = whole(EXCERPT).flows
    assert (flow.interface, flow.vrf, flow.sa_lists) == (None, "SITE-1", ())


def test_no_sa_is_an_empty_answer() -> None:
    assert parse(COMMAND, "").empty
    assert whole("No SAs found\n").flows == ()


def test_a_capture_that_stops_at_the_pager_is_partial_wherever_it_stops() -> None:
    lines = GROUP_FLOW.splitlines(keepends=True)
    for count in range(2, len(lines)):
        record = ipsec("".join(lines[:count]) + " --More-- ")
        assert record.partial
        assert "pager" in record.partial[0]


def test_a_sa_that_the_pager_cut_off_keeps_what_was_printed() -> None:
    head = GROUP_FLOW[: GROUP_FLOW.index("        conn id: 2004")]
    (flow,) = ipsec(f"{head} --More-- ").flows
    (sa,) = flow.sas("outbound")
    assert (sa.spi, sa.settings, sa.conn_id, sa.status) == (0x1A2B3C4D, ("Tunnel",), None, None)


def test_a_cut_shows_except_behind_the_last_lines() -> None:
    cuts = unnoticed_cuts(COMMAND, GROUP_FLOW)
    assert cuts == [
        "interface: GigabitEthernet0/0/1.100",
        "Crypto map tag: GET-MAP, local addr 10.20.0.7",
    ]
    assert unnoticed_cuts(COMMAND, EXCERPT) == [ERRORS.strip()]


def test_another_output_is_refused() -> None:
    with pytest.raises(ParseError):
        parse(COMMAND, "IPv4 Crypto ISAKMP SA\ndst  src  state  conn-id status\n")


def test_a_second_value_for_one_flow_is_listed_not_taken() -> None:
    text = GROUP_FLOW.replace("   Group: BANK-WAN.v4\n", "   Group: A\n   Group: B\n")
    record = parse(COMMAND, text)
    assert [line.text for line in record.unparsed] == ["Group: B"]
