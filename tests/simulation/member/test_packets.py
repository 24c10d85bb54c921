"""Which lines of an access list mean a packet."""

from ipaddress import IPv4Address, IPv6Address

import pytest

from getvpn.emulator.gdoi.packets import Packet, matches
from getvpn.emulator.services.access_entries import extended_entry, ipv6_entry, standard_entry


def packet(protocol: int, source_port: int = 0, destination_port: int = 0) -> Packet:
    """From 10.1.0.5 to 10.2.0.5."""
    source, destination = int(IPv4Address("10.1.0.5")), int(IPv4Address("10.2.0.5"))
    return Packet(source, destination, protocol, source_port, destination_port)


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("permit ip any any", True),
        ("permit ip 10.1.0.0 0.0.255.255 10.2.0.0 0.0.255.255", True),
        ("permit ip 10.2.0.0 0.0.255.255 10.1.0.0 0.0.255.255", False),
        ("deny tcp any any eq 22", True),
        ("deny tcp any eq 22 any", False),
        ("deny tcp any any range 20 30", True),
        ("deny tcp any any neq 22", False),
        ("deny udp any any eq 22", False),
        ("deny 6 any any", True),
        ("deny 112 any any", False),
        ("permit ip host 10.1.0.5 host 10.2.0.5", True),
        ("deny esp any any", False),
    ],
)
def test_a_line_means_packets_by_protocol_addresses_and_ports(line, meant):
    assert matches(extended_entry(line.split()), packet(6, 40000, 22)) is meant


def test_ports_of_a_line_mean_no_protocol_without_ports():
    assert not matches(extended_entry(["permit", "udp", "any", "any", "eq", "0"]), packet(1))


def test_a_standard_list_looks_at_the_source_only():
    assert matches(standard_entry(["permit", "10.1.0.0", "0.0.255.255", "log"]), packet(1))
    assert not matches(standard_entry(["permit", "10.2.0.0", "0.0.255.255"]), packet(1))


@pytest.mark.parametrize("options", ["established", "dscp ef", "fragments", "time-range NIGHT"])
def test_an_option_that_a_packet_does_not_show_never_lets_it_pass_in_clear(options):
    assert matches(extended_entry(f"permit tcp any any {options}".split()), packet(6, 1, 2))
    assert not matches(extended_entry(f"deny tcp any any {options}".split()), packet(6, 1, 2))


def test_logging_does_not_narrow_a_line():
    assert matches(extended_entry(["deny", "tcp", "any", "any", "log"]), packet(6, 1, 2))


def test_a_line_of_ipv6_means_packets_of_ipv6():
    source, destination = int(IPv6Address("2001:db8:1::5")), int(IPv6Address("2001:db8:2::5"))
    ping = Packet(source, destination, 58, ipv6=True)

    assert matches(ipv6_entry(["permit", "ipv6", "2001:DB8:1::/48", "any"]), ping)
    assert matches(ipv6_entry(["permit", "icmp", "any", "any"]), ping)
    assert not matches(ipv6_entry(["permit", "ipv6", "2001:DB8:2::/48", "any"]), ping)
