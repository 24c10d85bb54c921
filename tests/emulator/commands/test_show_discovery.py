"""CDP and LLDP on each port, EIGRP in full and what BGP exchanges, read by people's tools."""

import pytest

from getvpn.emulator.services.interfaces import Interfaces

from .networks import network, port
from .readers import PLATFORMS, Bench, read_by_genie

LINES = """\
cdp run
cdp timer 30
lldp run
interface {0}
 cdp enable
 no lldp receive
 ip hello-interval eigrp 100 20
router eigrp 100
 network 192.0.2.0
router bgp 65000
 neighbor 192.0.2.2 remote-as 65001
 neighbor 192.0.2.3 remote-as 65001
 neighbor 192.0.2.3 soft-reconfiguration inbound
"""


@pytest.fixture(params=PLATFORMS)
def bench(request: pytest.FixtureRequest) -> Bench:
    return network(request.param, LINES)


def _up_s(bench: Bench) -> float:
    state = bench.router.feature(Interfaces).get(port(bench, 0))
    assert state is not None
    return bench.router.clock.now() - state.changed_at


def test_genie_reads_where_cdp_sends(bench: Bench) -> None:
    text = bench.run("show cdp interface")
    found = read_by_genie("isr4451", "show cdp interface", text)

    wan = found["interface"][port(bench, 0)]
    assert (wan["cdp_interval"], wan["hold_time"], wan["state"]) == (30, 180, "up")
    others = set(found["interface"]) - {port(bench, 0)}
    assert bool(others) is (bench.router.family == "classic")


def test_cdp_counts_what_it_has_sent(bench: Bench) -> None:
    bench.configure("no cdp advertise-v2\n")
    before = int(bench.run("show cdp traffic").partition("output: ")[2].partition(",")[0])
    bench.advance(300)
    text = bench.run("show cdp traffic")

    after = int(text.partition("output: ")[2].partition(",")[0])
    assert (after - before) % 10 == 0
    assert f"CDP version 1 advertisements output: {after}, Input: 0\n" in text


def test_genie_reads_what_lldp_does(bench: Bench) -> None:
    found = bench.genie("show lldp interface")["interfaces"]

    wan = found[port(bench, 0)]
    assert (wan["tx"], wan["rx"], wan["tx_state"]) == ("enabled", "disabled", "idle")
    assert found[port(bench, 1)]["tx_state"] == "init"
    assert bench.genie("show lldp traffic")["frame_in"] == 0
    assert bench.genie("show lldp entry *")["total_entries"] == 0


def test_without_the_protocols_there_is_nothing(bench: Bench) -> None:
    bench.configure("no cdp run\nno lldp run\n")

    assert bench.run("show cdp interface") == bench.run("show cdp traffic")
    assert bench.run("show cdp traffic") == "% CDP is not enabled\n"
    assert bench.run("show lldp interface") == "% LLDP is not enabled\n"


def test_genie_and_ntc_templates_read_the_interfaces_of_eigrp(bench: Bench) -> None:
    command = "show ip eigrp interfaces detail"
    (row,) = bench.textfsm(command)
    assert (row["hello_interval"], row["hold_time"]) == ("20", "15")
    assert int(row["hellos_sent"]) == int(_up_s(bench) // 20)
    family = bench.genie(command)["vrf"]["default"]["eigrp_instance"]["100"]["address_family"]
    assert list(family["ipv4"]["interface"]) == [port(bench, 0)]


@pytest.mark.parametrize("way", ["advertised-routes", "received-routes", "routes"])
def test_nothing_is_exchanged_with_a_peer_that_is_not_there(bench: Bench, way: str) -> None:
    text = bench.run(f"show bgp all neighbors 192.0.2.3 {way}")
    assert text == "For address family: IPv4 Unicast\n\nTotal number of prefixes 0 \n"
    text = bench.run(f"show ip bgp neighbors 192.0.2.2 {way}")
    refused = "% Inbound soft reconfiguration not enabled on 192.0.2.2\n"
    assert text == (refused if way == "received-routes" else "\nTotal number of prefixes 0 \n")
    text = bench.run(f"show ip bgp neighbors 192.0.2.9 {way}")
    assert text == "% No such neighbor or address family\n"
