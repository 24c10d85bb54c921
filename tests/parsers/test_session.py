from ipaddress import IPv4Address, IPv6Address
from pathlib import Path

import pytest

from getvpn.errors import ParseError
from getvpn.parsers import parse
from getvpn.parsers.config.acl import ANY, Selector
from getvpn.parsers.records.session import CryptoSession, CryptoSessions

from .cuts import unnoticed_cuts
from .oracle import captures

COMMAND = "show crypto session"
DETAIL = "show crypto session detail"

MEMBER = """\
Crypto session current status

Interface: GigabitEthernet0/0/1
Session status: UP-ACTIVE
Peer: 0.0.0.0 port 848
  Session ID: 0
  IKEv1 SA: local 10.20.0.7/848 remote 10.10.1.1/848 Active
  Session ID: 0
  IKEv1 SA: local 10.20.0.7/848 remote 10.10.1.1/848 Active
  IPSEC FLOW: deny 17 0.0.0.0/0.0.0.0 port 848 0.0.0.0/0.0.0.0 port 848
        Active SAs: 0, origin: crypto map
  IPSEC FLOW: permit ip 10.0.0.0/255.0.0.0 10.0.0.0/255.0.0.0
        Active SAs: 2, origin: crypto map

"""

MEMBER_DETAIL = """\
Crypto session current status

Code: C - IKE Configuration mode, D - Dead Peer Detection
K - Keepalives, N - NAT-traversal, T - cTCP encapsulation
X - IKE Extended Authentication, F - IKE Fragmentation
R - IKE Auto Reconnect, U - IKE Dynamic Route Update
S - SIP VPN, E - Stronger IKE Encryption Enforced
Q - Quantum-safe Encryption

Interface: GigabitEthernet0/0/1
Profile: GET-ISAKMP
Uptime: 6d01h
Session status: UP-ACTIVE
Peer: 0.0.0.0 port 848 fvrf: wan ivrf: (none)
      Phase1_id: (none)
      Desc: the group of the bank
  Session ID: 3
  IKEv1 SA: local 10.20.0.7/848 remote 10.10.1.1/848 Active
          Capabilities:DN connid:1004 lifetime:23:39:38
  IKEv1 SA: local 10.20.0.7/848 remote 10.10.1.2/848 Inactive
          Capabilities:(none) connid:0 lifetime:0
  IPSEC FLOW: permit ip   10.0.0.0/255.0.0.0 host 10.9.9.9
        Active SAs: 2, origin: crypto map
        Inbound:  #pkts dec'ed 4172534851 drop 1 life (KB/Sec) KB Vol Rekey Disabled/2576
        Outbound: #pkts enc'ed 36933108 drop 2 life (KB/Sec) 3934761/3544
"""

IPV6 = """\
Crypto session current status

Interface: Virtual-Access1
Username: branch 7
Profile: V6-PROFILE
Group: easy
Assigned address: 10.99.0.4
Session status: DOWN-NEGOTIATING
Peer: 2001:DB8:10::1 port 500
      System IP: 10.13.13.11  Interface: Tu1
  Session ID: 15
  IKEv2 SA: local 2001:DB8:20::7/500
          remote 2001:DB8:10::1/500 Inactive
  IPSEC FLOW: permit ipv6 2001:DB8:20::/48 ::/0
        Active SAs: 0, origin: dynamic crypto map
Interface: Ethernet0/0
Session status: UP-IDLE
Peer: 192.0.2.1 port 500
  IKE SA: local 192.0.2.7/500 remote 192.0.2.1/500 Active
"""


def sessions(text: str, command: str = COMMAND) -> tuple[CryptoSession, ...]:
    record = parse(command, text)
    assert isinstance(record, CryptoSessions)
    assert (record.unparsed, record.partial) == ((), ())
    return record.sessions


def test_a_member_has_one_session_for_the_group() -> None:
    (session,) = sessions(MEMBER)
    assert (session.interface, session.status) == ("GigabitEthernet0/0/1", "UP-ACTIVE")
    assert (session.peer, session.peer_port) == (IPv4Address(0), 848)
    assert session.session_ids == (0, 0)
    registration, rekey = session.ike_sas
    assert (registration.version, registration.status) == ("IKEv1", "Active")
    assert (registration.local, registration.local_port) == (IPv4Address("10.20.0.7"), 848)
    assert (registration.remote, registration.remote_port) == (IPv4Address("10.10.1.1"), 848)
    assert registration == rekey
    denied, permitted = session.flows
    assert (denied.action, denied.protocol, denied.active_sas) == ("deny", 17, 0)
    assert (denied.source, denied.source_port) == (ANY, 848)
    assert (denied.destination, denied.destination_port) == (ANY, 848)
    ten = Selector(
        kind="wildcard", address=IPv4Address("10.0.0.0"), wildcard=IPv4Address("0.255.255.255")
    )
    assert (permitted.action, permitted.protocol, permitted.active_sas) == ("permit", 0, 2)
    assert (permitted.source, permitted.destination) == (ten, ten)
    assert (permitted.source_port, permitted.origin) == (None, "crypto map")


def test_details_have_identities_counters_and_lives() -> None:
    (session,) = sessions(MEMBER_DETAIL, DETAIL)
    assert (session.profile, session.uptime_s) == ("GET-ISAKMP", 522000)
    assert (session.fvrf, session.ivrf) == ("wan", None)
    assert (session.phase1_id, session.description) == (None, "the group of the bank")
    first, second = session.ike_sas
    assert (first.capabilities, first.conn_id, first.lifetime_s) == ("DN", 1004, 85178)
    assert (second.capabilities, second.conn_id, second.lifetime_s) == (None, 0, 0)
    assert second.status == "Inactive"
    (flow,) = session.flows
    assert flow.destination == Selector(kind="host", address=IPv4Address("10.9.9.9"))
    assert (flow.decrypted, flow.decrypt_dropped) == (4172534851, 1)
    assert (flow.inbound_life_kb, flow.inbound_life_s) == (None, 2576)
    assert (flow.encrypted, flow.encrypt_dropped) == (36933108, 2)
    assert (flow.outbound_life_kb, flow.outbound_life_s) == (3934761, 3544)


def test_ipv6_sas_on_two_lines_and_old_sas_without_version_are_read() -> None:
    first, second = sessions(IPV6)
    assert (first.username, first.group) == ("branch 7", "easy")
    assert first.assigned_address == IPv4Address("10.99.0.4")
    assert (first.system_address, first.system_interface) == (IPv4Address("10.13.13.11"), "Tu1")
    assert first.peer == IPv6Address("2001:db8:10::1")
    (sa,) = first.ike_sas
    assert (sa.version, sa.local, sa.status) == (
        "IKEv2",
        IPv6Address("2001:db8:20::7"),
        "Inactive",
    )
    (flow,) = first.flows
    assert flow.source == Selector(
        kind="prefix", address=IPv6Address("2001:db8:20::"), prefixlen=48
    )
    assert (flow.destination, flow.origin) == (ANY, "dynamic crypto map")
    assert [sa.version for sa in second.ike_sas] == ["IKE"]
    assert second.status == "UP-IDLE"


def test_the_headline_alone_is_no_session() -> None:
    assert sessions("Crypto session current status\n\n") == ()
    with pytest.raises(ParseError, match="no output"):
        parse(COMMAND, "")


def test_a_cut_shows_unless_whole_blocks_are_left() -> None:
    cuts = {cut.partition(":")[0] for cut in unnoticed_cuts(DETAIL, MEMBER_DETAIL)}
    assert cuts.isdisjoint({"Interface", "Profile", "Uptime", "Session status", "IPSEC FLOW"})
    assert "Inbound" not in cuts


def test_another_output_is_refused() -> None:
    with pytest.raises(ParseError):
        parse(COMMAND, "IPv4 Crypto ISAKMP SA\ndst  src  state  conn-id status\n")


def test_shared_captures_are_read_whole(shared: Path) -> None:
    for capture in captures(shared, "crypto session"):
        (session,) = sessions(capture.text)
        assert (session.peer, session.peer_port) == (IPv4Address(0), 848)
        assert [flow.action for flow in session.flows] == ["permit", "deny", "deny"]
        assert [flow.active_sas for flow in session.flows] == [2, 0, 0]
        assert session.ike_sas[0].remote == IPv4Address("10.1.4.2")
