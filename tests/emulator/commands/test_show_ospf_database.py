"""What OSPF advertises of itself, with check sums that hold, read by people's tools."""

from ipaddress import IPv4Address
from struct import pack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from getvpn.emulator.services.ospf_database import fletcher

from .networks import network, port
from .readers import PLATFORMS, Bench, read_by_genie

DEFAULT = "0.0.0.0"  # noqa: S104 - a route, not an address
BORDER = """\
router ospf 1
 router-id 10.255.0.1
 network 10.0.0.0 0.255.255.255 area 0
 network 192.0.2.0 0.0.0.255 area 10
 area 10 stub
interface {0}
 ip ospf cost 7
"""


@pytest.fixture(params=PLATFORMS)
def bench(request: pytest.FixtureRequest) -> Bench:
    return network(request.param, BORDER)


def _bytes(*addresses: str) -> bytes:
    return b"".join(pack(">I", int(IPv4Address(each))) for each in addresses)


def test_a_captured_advertisement_has_this_check_sum() -> None:
    # genieparser's sample of `show ip ospf database router`: four links, 0xF197
    head = pack(">BB", 0x22, 1) + _bytes("100.1.1.1", "100.1.1.1") + pack(">I", 0x800000D3)
    links = _bytes("1.1.1.1", "255.255.255.255") + pack(">BBH", 3, 0, 1)
    for network_number in (14, 13, 12):
        peer = network_number - 10
        links += _bytes(f"192.168.{network_number}.{peer}", f"192.168.{network_number}.1")
        links += pack(">BBH", 2, 0, 1)
    data = head + pack(">HHBBH", 0, 72, 0, 0, 4) + links

    assert fletcher(data, len(head)) == 0xF197


@given(st.binary(min_size=14, max_size=200), st.integers(0, 12))
def test_both_sums_vanish_with_the_check_sum_in_its_place(data: bytes, at: int) -> None:
    empty = data[:at] + b"\0\0" + data[at + 2 :]
    whole = data[:at] + pack(">H", fletcher(empty, at)) + data[at + 2 :]

    c0 = c1 = 0
    for byte in whole:
        c0 = (c0 + byte) % 255
        c1 = (c1 + c0) % 255
    assert (c0, c1) == (0, 0)


def test_a_border_router_tells_each_area_of_the_others(bench: Bench) -> None:
    rows = bench.textfsm("show ip ospf database")

    found = {(row["area"], row["link_id"]) for row in rows}
    tunnel = ("10", "10.9.0.0")
    inside = {("10", "10.1.100.0"), ("10", "10.255.0.1"), ("10", DEFAULT), tunnel}
    own = {("0", "10.255.0.1"), ("10", "10.255.0.1")}
    assert found == own | inside | {("0", "192.0.2.0")}


def test_genie_reads_the_advertisements(bench: Bench) -> None:
    text = bench.run("show ip ospf database router")
    found = read_by_genie("isr4451", "show ip ospf database router", text)
    areas = found["vrf"]["default"]["address_family"]["ipv4"]["instance"]["1"]["areas"]
    (lsa,) = areas["0.0.0.10"]["database"]["lsa_types"][1]["lsas"].values()
    links = lsa["ospfv2"]["body"]["router"]["links"]
    assert lsa["ospfv2"]["header"]["length"] == 36
    assert links["192.0.2.0"]["topologies"][0]["metric"] == 7

    text = bench.run("show ip ospf database summary")
    assert "  Link State ID: 0.0.0.0 (summary Network Number)\n" in text
    assert "  Network Mask: /0\n        MTID: 0         Metric: 1 \n" in text


def test_the_process_counts_what_is_in_the_database(bench: Bench) -> None:
    rows = bench.textfsm("show ip ospf database")

    text = bench.run("show ip ospf")
    for area in ("0", "10"):
        count = sum(row["area"] == area for row in rows)
        assert f"        Number of LSA {count}. Checksum Sum 0x" in text


def test_an_interface_that_is_down_is_not_advertised(bench: Bench) -> None:
    bench.configure(f"interface {port(bench, 0)}\n shutdown\n")

    text = bench.run("show ip ospf database router")
    assert "Number of Links: 0\n" in text
    assert "192.0.2.0" not in text
