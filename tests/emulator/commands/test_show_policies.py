"""Route maps, prefix lists, key chains, class maps and policy maps, read by people's tools."""

from typing import Any

import pytest

from getvpn.emulator.services.interfaces import Interfaces

from .networks import network, port
from .readers import PLATFORMS, Bench, read_by_genie

ANYWHERE = "0.0.0.0"  # noqa: S104 - a network, not an address
POLICIES = """\
ip access-list extended PBR-ACL
 permit ip any any
ip prefix-list NETS description Ours
ip prefix-list NETS seq 5 permit 10.0.0.0/8 le 24
ip prefix-list NETS seq 10 deny 0.0.0.0/0
ipv6 prefix-list V6 seq 5 permit 2001:DB8::/32
route-map PBR permit 10
 match ip address PBR-ACL
 set ip next-hop 192.0.2.2
route-map OUT deny 10
 match ip address prefix-list NETS
 match tag 7
route-map OUT permit 20
 set metric 50
 set local-preference 200
 set as-path prepend 65000 65000
key chain OSPF
 key 1
  key-string first
  accept-lifetime 00:00:00 Jan 1 2020 infinite
  send-lifetime 00:00:00 Jan 1 2020 00:00:00 Jan 1 2021
  cryptographic-algorithm hmac-sha-256
 key 2
  key-string second
class-map match-any VOICE
 match dscp ef
class-map match-all BULK
 match access-group name PBR-ACL
policy-map WAN
 class VOICE
  priority 1000
 class BULK
  bandwidth 2000
 class class-default
  shape average 10000000
policy-map IN
 class VOICE
  set dscp af31
 class class-default
  police cir 8000000 bc 250000
   conform-action transmit
   exceed-action drop
interface {0}
 service-policy output WAN
 service-policy input IN
"""


@pytest.fixture(params=PLATFORMS)
def bench(request: pytest.FixtureRequest) -> Bench:
    return network(request.param, POLICIES)


def _read(bench: Bench, command: str) -> dict[str, Any]:
    """Genie's parser for IOS-XE, which for IOS has none of some commands."""
    return read_by_genie("isr4451", command, bench.run(command))


def test_genie_reads_the_route_maps(bench: Bench) -> None:
    found = _read(bench, "show route-map all")

    pbr = found["PBR"]["statements"]["10"]
    assert pbr["conditions"]["match_access_list"].strip() == "PBR-ACL"
    assert pbr["actions"]["set_next_hop"] == ["192.0.2.2"]
    assert found["OUT"]["statements"]["10"]["actions"]["route_disposition"] == "deny"
    assert found["OUT"]["statements"]["10"]["conditions"]["match_prefix_list"].strip() == "NETS"
    actions = found["OUT"]["statements"]["20"]["actions"]
    assert actions["set_as_path_prepend"] == "65000"
    assert actions["set_local_pref"] == 200


def test_ntc_templates_read_the_route_maps(bench: Bench) -> None:
    rows = bench.textfsm("show route-map")

    assert [(row["name"], row["seq"], row["action"]) for row in rows] == [
        ("PBR", "10", "permit"),
        ("OUT", "10", "deny"),
        ("OUT", "20", "permit"),
    ]
    assert rows[1]["match_clauses"] == ["ip address prefix-lists: NETS", "tag 7"]
    assert set(rows[2]["set_clauses"]) == {
        "as-path prepend 65000 65000",
        "local-preference 200",
        "metric 50",
    }
    assert bench.run("show route-map NONE").startswith("route-map NONE not found")


def test_both_read_the_prefix_lists(bench: Bench) -> None:
    found = _read(bench, "show ip prefix-list detail")["prefix_set_name"]["NETS"]
    assert found["count"] == 2
    assert set(found["prefixes"]) == {"10.0.0.0/8 8..24 permit", "0.0.0.0/0 0..0 deny"}
    six = _read(bench, "show ipv6 prefix-list detail")["prefix_set_name"]["V6"]
    assert six["count"] == 1

    rows = bench.textfsm("show ip prefix-list")
    assert [(row["seq"], row["network"], row["le"]) for row in rows] == [
        ("5", "10.0.0.0", "24"),
        ("10", ANYWHERE, ""),
    ]
    assert "   Description: Ours\n" in bench.run("show ip prefix-list summary")
    assert "%Can't find a prefix list named X" in bench.run("show ip prefix-list X")


def test_genie_reads_the_key_chains(bench: Bench) -> None:
    bench.console.configure("service password-encryption\n")
    found = _read(bench, "show key chain")["key_chains"]["OSPF"]["keys"]

    assert found["1"]["key_string"] == "first"
    assert found["1"]["accept_lifetime"]["is_valid"] is True
    assert found["1"]["send_lifetime"]["is_valid"] is False
    assert found["2"]["key_string"] == "second"
    assert "cryptographic-algorithm: hmac-sha-256" in bench.run("show key chain OSPF")


def test_genie_reads_the_classes(bench: Bench) -> None:
    found = _read(bench, "show class-map")["class_maps"]

    assert found.keys() == {"class-default", "VOICE", "BULK"}
    assert found["VOICE"]["match_criteria"] == "match-any"
    assert "   Match   dscp ef (46) \n" in bench.run("show class-map VOICE")
    assert "% Class map NONE not found" in bench.run("show class-map NONE")


def test_genie_reads_the_policies(bench: Bench) -> None:
    found = _read(bench, "show policy-map")["policy_map"]

    assert found["WAN"]["class"]["VOICE"]["priority_kbps"] == 1000
    assert found["WAN"]["class"]["BULK"]["bandwidth_kbps"] == 2000
    assert found["WAN"]["class"]["class-default"]["cir_bps"] == 10000000
    police = found["IN"]["class"]["class-default"]["police"]
    assert police["cir_bps"] == 8000000
    assert police["exceed_action"] == ["drop"]
    rows = bench.textfsm("show policy-map")
    assert rows


def test_genie_reads_the_policies_of_an_interface(bench: Bench) -> None:
    name = port(bench, 0)
    found = _read(bench, f"show policy-map interface {name}")[name]["service_policy"]

    out = found["output"]["policy_name"]["WAN"]["class_map"]
    true = bench.router.feature(Interfaces).counters(name)
    assert (out["VOICE"]["packets"], out["BULK"]["packets"]) == (0, 0)
    assert out["class-default"]["packets"] == true.packets_out
    assert out["class-default"]["target_shape_rate"] == 10000000
    into = found["input"]["policy_name"]["IN"]["class_map"]
    assert into["class-default"]["packets"] == true.packets_in
    assert into["class-default"]["police"]["cir_bps"] == 8000000
    text = bench.run(f"show policy-map interface {name} input")
    assert "Service-policy output" not in text
