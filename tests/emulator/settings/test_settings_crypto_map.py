"""Crypto maps: entries, fail-close, interfaces."""

from collections.abc import Callable

import pytest

from getvpn.emulator.device import Router
from getvpn.emulator.testing import console, make_router

from .getvpn_examples import crypto_lines

Added = Callable[[Router, str], list[str]]
Refused = Callable[[Router, str], str]

GROUPS = "crypto gdoi group G4\n identity number 4\ncrypto gdoi group ipv6 G6\n identity number 6\n"
MAP = "crypto map M 10 gdoi\n set group G4\n"
PORT = "GigabitEthernet0/0/1"
APPLIED = f"{GROUPS}{MAP}interface {PORT}\n crypto map M\n"


def test_maps_are_printed_by_name_their_entries_by_number(router: Router) -> None:
    router.merge(
        GROUPS
        + """\
crypto map ZONE 20 gdoi
 set group G4
crypto map ZONE 5 gdoi
 match address LOCAL
 set group G4
 description to all
crypto map ALPHA 1 gdoi
 set group G4
crypto map ZONE local-address Loopback0
crypto map ZONE gdoi fail-close
 activate
 match address CLOSED
crypto map ipv6 SIX 10 gdoi
 set group G6
"""
    )
    lines = crypto_lines(router.running_lines())
    assert lines[lines.index("crypto map ALPHA 1 gdoi") :] == [
        "crypto map ALPHA 1 gdoi",
        " set group G4",
        "crypto map ZONE gdoi fail-close",
        " match address CLOSED",
        " activate",
        "crypto map ZONE local-address Loopback0",
        "crypto map ZONE 5 gdoi",
        " description to all",
        " set group G4",
        " match address LOCAL",
        "crypto map ZONE 20 gdoi",
        " set group G4",
        "crypto map ipv6 SIX 10 gdoi",
        " set group G6",
    ]


def test_ios_prints_a_blank_behind_an_entry(router: Router) -> None:
    router.merge(GROUPS + MAP)
    assert "crypto map M 10 gdoi " in router.running_lines()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("crypto map M 10 gdoi\n set group NONE\n", "% group NONE doesn't yet exist.\n"),
        (
            GROUPS + "crypto map M 10 gdoi\n set group G6\n",
            "Group G6 is an IPv6 group and Crypto map is for IPv4. Please set an IPv4 group.\n",
        ),
        (
            GROUPS + "crypto map ipv6 M 10 gdoi\n set group G4\n",
            "Group G4 is an IPv4 group and Crypto map is for IPv6. Please set an IPv6 group.\n",
        ),
        (
            f"interface {PORT}\n crypto map NONE\n",
            'ERROR: Crypto Map with tag "NONE" does not exist.\n',
        ),
        (
            f"interface {PORT}\n ipv6 crypto map NONE\n",
            'ERROR: Crypto Map with tag "NONE" does not exist.\n',
        ),
        (
            APPLIED + "no crypto map M 10 gdoi\n",
            "% Crypto-map M is in use by interface(s): Gi0/0/1\n",
        ),
        (
            APPLIED + "exit\nno crypto map M\n",
            "% Crypto-map M is in use by interface(s): Gi0/0/1\n",
        ),
        ("crypto map M 10\n", "% Incomplete command.\n"),
        ("crypto map M\n", "% Incomplete command.\n"),
        (
            "crypto map M 5 ipsec-isakmp\n set transform-set NONE\n",
            'ERROR: transform set with tag "NONE" does not exist.\n',
        ),
    ],
)
def test_what_refers_to_nothing_is_refused_with_the_words_of_ios(
    router: Router, refused: Refused, text: str, said: str
) -> None:
    assert refused(router, text) == said


def test_an_applied_map_may_lose_entries_but_not_its_last(router: Router) -> None:
    router.merge(APPLIED + "crypto map M 20 gdoi\n set group G4\n")
    assert not router.merge("no crypto map M 10\n").rejected
    assert router.merge("no crypto map M 20\n").rejected


def test_a_map_goes_with_all_that_has_its_name(router: Router, added: Added) -> None:
    text = "crypto map M local-address Loopback0\ncrypto map M gdoi fail-close\n activate\n"
    assert added(router, f"{GROUPS}{MAP}{text}no crypto map M\n") == [
        "crypto gdoi group G4",
        " identity number 4",
        "crypto gdoi group ipv6 G6",
        " identity number 6",
    ]


def test_the_parts_of_a_map_go_one_by_one(router: Router) -> None:
    router.merge(GROUPS + MAP + "crypto map M local-address Loopback0\n")
    router.merge("crypto map M gdoi fail-close\n activate\n")
    router.merge("no crypto map M gdoi fail-close\n")
    assert "crypto map M gdoi fail-close" not in router.running_lines()
    assert "crypto map M local-address Loopback0" in router.running_lines()
    router.merge("no crypto map M local-address Loopback0\n")
    assert "crypto map M local-address Loopback0" not in router.running_lines()
    assert "crypto map M 10 gdoi " in router.running_lines()


def test_an_entry_is_entered_again_by_its_number(router: Router) -> None:
    router.merge(GROUPS + MAP)
    con = console(router)
    assert con.run("configure terminal", "crypto map M 10").endswith("CNTL/Z.\n")
    assert con.prompt == "Router(config-crypto-map)#"
    con.run("description here")
    assert crypto_lines(router.running_lines())[-3:] == [
        "crypto map M 10 gdoi",
        " description here",
        " set group G4",
    ]


def test_a_new_entry_says_what_it_needs(router: Router) -> None:
    con = console(router)
    con.run("configure terminal")
    assert con.run("crypto map M 10 gdoi") == (
        "% NOTE: This new crypto map will remain disabled until a valid\n"
        "        group has been configured.\n"
    )
    assert con.run("crypto map M 10 gdoi") == ""
    assert con.run("crypto map V 10 ipsec-isakmp") == (
        "% NOTE: This new crypto map will remain disabled until a peer\n"
        "        and a valid access list have been configured.\n"
    )


def test_an_entry_that_cannot_work_is_marked(router: Router) -> None:
    router.merge("crypto map V 10 ipsec-isakmp\n set peer 10.0.0.1\n")
    lines = router.running_lines()
    assert lines[lines.index("crypto map V 10 ipsec-isakmp ") + 1] == " ! Incomplete"
    router.merge("crypto map V 10\n match address 101\n")
    assert " ! Incomplete" not in router.running_lines()


@pytest.mark.parametrize("platform", ["isr4451", "isr2911"])
def test_the_modes_have_their_prompts(platform: str) -> None:
    con = console(make_router(platform=platform))
    con.run("configure terminal", "crypto map M 10 gdoi")
    assert con.prompt == "Router(config-crypto-map)#"
    con.run("crypto map M gdoi fail-close")
    assert con.prompt == "Router(crypto-map-fail-close)#"
    con.run("crypto dynamic-map D 10")
    assert con.prompt == "Router(config-crypto-map)#"


def test_a_saved_configuration_may_name_a_map_before_it_comes() -> None:
    text = f"interface {PORT}\n crypto map M\ncrypto map M 10 gdoi\n set group G4\n{GROUPS}"
    router = make_router(startup=text)
    assert " crypto map M" in router.running_lines()
    assert " set group G4" in router.running_lines()
