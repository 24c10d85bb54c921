from ipaddress import IPv4Address, IPv6Address
from pathlib import Path

import pytest

from getvpn.errors import ParseError
from getvpn.parsers import parse
from getvpn.parsers.records.crypto_map import CryptoMapEntry, CryptoMaps
from getvpn.parsers.records.ipsec_profile import TransformSet

from .cuts import unnoticed_cuts
from .oracle import Trail, assert_covers, captures

COMMAND = "show crypto map"

GDOI = """\
Crypto Map: "GET-MAP" idb: Loopback0 local address: 10.20.0.7

Crypto Map "GET-MAP" 10 gdoi
\tGroup Name: BANK-WAN.v4
\t\tidentity number 1001
\t\tserver address ipv4 10.10.1.1
\t\tserver address ipv4 10.10.1.2
\tInterfaces using crypto map GET-MAP:
\t\tGigabitEthernet0/0/1.100
\t\tSerial0/1/0:15

Crypto Map IPv6 "GET6-MAP" 20 gdoi
\tGroup Name: BANK-WAN-v6
\t\tidentity address ipv4 10.9.9.9
\t\tserver address ipv4 10.10.1.1
\tInterfaces using crypto map GET6-MAP:
"""

PEERS = """\
Crypto Map IPv4 "WAN" 10 ipsec-isakmp
        WARNING: This crypto map is in an incomplete state!
                (missing peer or access-list definitions)
        Peer = 192.0.2.1
        Peer = hub.example.net
        IKEv2 Profile: HUB
        Access-List SS dynamic: False
        Extended IP access list LAN-TO-LAN
            access-list LAN-TO-LAN permit ip 10.1.0.0 0.0.255.255 10.2.0.0 0.0.255.255
            access-list LAN-TO-LAN deny udp any port = 848 any port = 848
        Extended IP access check IN list CHECK-IN
        Current peer: 192.0.2.1
        Security association lifetime: 4608000 kilobytes/3600 seconds
        Dualstack (Y/N): N

        Responder-Only (Y/N): N
        PFS (Y/N): Y
        DH group:  group15
        Mixed-mode : Disabled
        Transform sets={
                GCM:  { esp-gcm 256  } ,
        }
        Reverse Route Injection Enabled
Crypto Map IPv4 "WAN" 65535 ipsec-isakmp dynamic BRANCHES
Crypto Map "WAN" 65536 ipsec-isakmp
        Peer = 2001:DB8::1
        Extended IP access list
            access-list  permit gre host 10.1.2.2 host 10.1.5.5
            dynamic (created from dynamic map BRANCHES/10)
        Security association lifetime: 4608000 kilobytes/3600 seconds
        PFS (Y/N): N
        Transform sets={
                LEGACY,
        }
        Interfaces using crypto map WAN:
                FastEthernet0/0.23
"""


def crypto_maps(text: str) -> CryptoMaps:
    record = parse(COMMAND, text)
    assert isinstance(record, CryptoMaps)
    assert (record.unparsed, record.partial) == ((), ())
    return record


def test_a_gdoi_entry_has_group_identity_and_servers_in_order() -> None:
    record = crypto_maps(GDOI)
    first, second = record.entries
    assert (first.name, first.sequence, first.kind, first.family) == ("GET-MAP", 10, "gdoi", None)
    assert (first.group, first.identity) == ("BANK-WAN.v4", 1001)
    assert first.servers == (IPv4Address("10.10.1.1"), IPv4Address("10.10.1.2"))
    assert first.interfaces == ("GigabitEthernet0/0/1.100", "Serial0/1/0:15")
    assert (second.family, second.identity) == ("IPv6", IPv4Address("10.9.9.9"))
    assert (second.interfaces, second.ends_map) == ((), True)
    (local,) = record.local_addresses
    assert (local.name, local.interface, local.address) == (
        "GET-MAP",
        "Loopback0",
        IPv4Address("10.20.0.7"),
    )


def test_an_entry_with_peers_has_typed_values() -> None:
    entry, dynamic, made = crypto_maps(PEERS).entries
    assert (entry.name, entry.sequence, entry.kind) == ("WAN", 10, "ipsec-isakmp")
    assert (entry.family, entry.incomplete) == ("IPv4", True)
    assert entry.peers == (IPv4Address("192.0.2.1"), "hub.example.net")
    assert (entry.current_peer, entry.ikev2_profile) == (IPv4Address("192.0.2.1"), "HUB")
    assert (entry.access_list, entry.access_list_dynamic) == ("LAN-TO-LAN", False)
    assert [(line.action, line.protocol) for line in entry.access_list_entries] == [
        ("permit", "ip"),
        ("deny", "udp"),
    ]
    assert (entry.check_in_access_list, entry.check_out_access_list) == ("CHECK-IN", None)
    assert (entry.lifetime_kb, entry.lifetime_s) == (4608000, 3600)
    assert (entry.dual_stack, entry.responder_only, entry.pfs) == (False, False, True)
    assert (entry.dh_group, entry.mixed_mode, entry.reverse_route) == (15, False, True)
    assert entry.transform_sets == (TransformSet(name="GCM", transforms=("esp-gcm 256",)),)
    assert (dynamic.sequence, dynamic.dynamic_map) == (65535, "BRANCHES")
    assert (made.from_dynamic_map, made.peers) == ("BRANCHES/10", (IPv6Address("2001:db8::1"),))
    assert made.access_list is None
    assert made.transform_sets == (TransformSet(name="LEGACY"),)
    assert made.interfaces == ("FastEthernet0/0.23",)


def test_an_open_list_of_transform_sets_is_an_error() -> None:
    assert unnoticed_cuts(COMMAND, PEERS) == ["Interfaces using crypto map WAN:"]
    with pytest.raises(ParseError, match="not closed"):
        parse(COMMAND, PEERS.partition("        }")[0])


def test_a_map_that_ends_before_its_interfaces_is_partial() -> None:
    assert unnoticed_cuts(COMMAND, GDOI) == [
        'Crypto Map: "GET-MAP" idb: Loopback0 local address: 10.20.0.7',
        "Interfaces using crypto map GET-MAP:",
        "GigabitEthernet0/0/1.100",
        "Serial0/1/0:15",
    ]


def test_the_interfaces_of_another_map_are_not_taken() -> None:
    text = GDOI.replace("using crypto map GET-MAP:", "using crypto map OTHER:")
    assert [line.lineno for line in parse(COMMAND, text).unparsed] == [8]


def test_another_output_is_refused() -> None:
    with pytest.raises(ParseError):
        parse(COMMAND, "IPSEC profile default\n\tResponder-Only (Y/N): N\n")


def _answer(entry: CryptoMapEntry) -> dict[Trail, object]:
    at = (str(entry.family).lower(), "crypto_map_tag", entry.name.lower())
    ours: dict[Trail, object] = {
        (*at, "sequence_number"): entry.sequence,
        (*at, "ipsec"): entry.kind,
        (*at, "access_list_ss_dynamic"): str(entry.access_list_dynamic),
        (*at, "extended_ip_access_list"): entry.access_list,
        (*at, "ikev2_profile"): entry.ikev2_profile,
        (*at, "current_peer"): str(entry.current_peer),
        (*at, "security_association_lifetime", "kilobytes"): entry.lifetime_kb,
        (*at, "security_association_lifetime", "seconds"): entry.lifetime_s,
        (*at, "dualstack"): entry.dual_stack,
        (*at, "responder_only"): entry.responder_only,
        (*at, "pfs"): entry.pfs,
        (*at, "mixed_mode"): "Enabled" if entry.mixed_mode else "Disabled",
        (*at, "interfaces_crypto_map", "crypto_map_tag"): entry.name,
    }
    for index, peer in enumerate(entry.peers):
        ours[(*at, "peer", str(index))] = str(peer)
    for index, interface in enumerate(entry.interfaces):
        ours[(*at, "interfaces_crypto_map", "interfaces", str(index))] = interface
    for found in entry.transform_sets:
        for index, transform in enumerate(found.transforms):
            ours[(*at, "transform_sets", found.name, str(index))] = transform
    return ours


def test_shared_captures_are_read_whole(shared: Path) -> None:
    for capture in captures(shared, "crypto map"):
        record = crypto_maps(capture.text)
        (entry,) = record.entries
        assert_covers(capture.expected, _answer(entry))
        # their parser does not say that an entry is incomplete
        assert entry.incomplete == ("incomplete state" in capture.text)


@pytest.mark.parametrize("command", [COMMAND, f"{COMMAND} interface GigabitEthernet0/0/1"])
def test_a_device_without_maps_says_so(command: str) -> None:
    record = parse(command, "No crypto maps found.\n")

    assert isinstance(record, CryptoMaps)
    assert (record.entries, record.unparsed, record.partial) == ((), (), ())
