"""The ports on which a router listens, as four commands show them."""

import re

import pytest

from .networks import network
from .readers import PLATFORMS, Bench, read_by_genie

SERVICES = """\
ip http server
ip http secure-server
no ip http server
ntp server 192.0.2.9
snmp-server community public RO
crypto isakmp policy 10
 authentication pre-share
crypto gdoi group G1
 identity number 1
line vty 0 4
 transport input ssh
"""


def _open(bench: Bench) -> set[tuple[str, int]]:
    text = bench.run("show control-plane host open-ports")
    return {
        (m[1], int(m[2])) for m in re.finditer(r"^ (tcp|udp) +\*:(\d+) +\*:0 .*LISTEN$", text, 8)
    }


@pytest.mark.parametrize("platform", PLATFORMS)
def test_what_is_configured_listens(platform: str) -> None:
    bench = network(platform, SERVICES)

    expected = {("tcp", 443), ("udp", 123), ("udp", 161), ("udp", 162)}
    expected |= {("udp", 500), ("udp", 848), ("udp", 4500)}
    assert _open(bench) == expected
    bench.console.configure("ip domain name example.net\ncrypto key generate rsa modulus 2048\n")
    assert _open(bench) == expected | {("tcp", 22)}


@pytest.mark.parametrize("platform", PLATFORMS)
def test_genie_reads_the_udp_sockets(platform: str) -> None:
    bench = network(platform, SERVICES)

    # genie has these parsers for IOS-XE only
    text = bench.run("show ip sockets")
    found = read_by_genie("isr4451", "show ip sockets", text)["index"].values()
    assert [socket["local_port"] for socket in found] == [123, 161, 162, 500, 848, 4500]
    assert all(socket["proto"] == 17 for socket in found)
    text = bench.run("show tcp brief all numeric")
    (tcp,) = read_by_genie("isr4451", "show tcp brief numeric", text)["tcp_connections"].values()
    assert (tcp["local_port"], tcp["state"]) == (443, "LISTEN")
    assert re.findall(r"--any-- +(\d+) ", bench.run("show udp"))[0] == "123"


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_router_without_services_is_silent(platform: str) -> None:
    bench = network(
        platform,
        "no ip http server\nno ip http secure-server\nline vty 0 4\n transport input none\n",
    )

    assert _open(bench) == set()
    assert "LISTEN" not in bench.run("show tcp brief all")
