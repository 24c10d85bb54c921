"""Every word of the network settings has a help text."""

from importlib import import_module

import pytest

from getvpn.emulator.testing import console, make_router

from .declared_words import missing

MODULES = (
    "vrf",
    "interfaces",
    "interface_lines",
    "acl",
    "object_groups",
    "static_routes",
    "router_igp",
    "router_bgp",
    "routing_policy",
    "tracking",
    "ip_services",
    "qos",
)


@pytest.mark.parametrize("name", MODULES)
def test_every_word_has_a_help_text(name: str) -> None:
    helps = make_router().grammar.helps
    declared = import_module(f"getvpn.emulator.settings.{name}").declared
    assert missing(declared, helps) == set()


@pytest.mark.parametrize(
    ("mode", "typed", "row"),
    [
        ("interface Gi0/0/1", "?", "  shutdown        Shutdown the selected interface"),
        (
            "interface Gi0/0/1",
            "description ?",
            "  LINE  Up to 200 characters describing this interface",
        ),
        (
            "interface Gi0/0/1.5",
            "?",
            "  vrf             VPN Routing/Forwarding parameters on the interface",
        ),
        (
            "interface range Gi0/0/1 - 2",
            "ip ?",
            "  mtu                 Set IP Maximum Transmission Unit",
        ),
        ("interface Gi0/0/1", "ip address ?", "  A.B.C.D     IP address"),
        ("ip access-list extended A", "permit ?", "  udp           User Datagram Protocol"),
        (
            "ip access-list extended A",
            "permit tcp any any eq ?",
            "  tacacs       TAC Access Control System (49)",
        ),
        ("ip access-list standard A", "permit ?", "  any      Any host"),
        ("router ospf 1", "?", "  router-id              router-id for this process"),
        (
            "router bgp 65000",
            "neighbor 10.0.0.1 ?",
            "  remote-as                Specify a BGP neighbor",
        ),
        ("hostname X", "vrf ?", "  definition  VRF definition"),
    ],
)
def test_a_question_mark_explains_what_can_follow(mode: str, typed: str, row: str) -> None:
    con = console(make_router())
    con.run("configure terminal", mode)
    assert row in con.type(typed.encode()).splitlines()
