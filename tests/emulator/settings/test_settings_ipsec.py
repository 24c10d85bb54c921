"""IPsec: transform sets, profiles, what holds for the whole router."""

from collections.abc import Callable

import pytest

from getvpn.emulator.device import Router
from getvpn.emulator.testing import console

Added = Callable[[Router, str], list[str]]
Refused = Callable[[Router, str], str]

SET = "crypto ipsec transform-set T"


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("esp-aes 256 esp-sha256-hmac", "esp-aes 256 esp-sha256-hmac"),
        ("esp-sha-hmac esp-3des", "esp-3des esp-sha-hmac"),
        ("esp-aes 128", "esp-aes"),
        ("esp-gcm 256", "esp-gcm 256"),
        ("esp-gmac", "esp-gmac"),
        ("ah-sha-hmac esp-aes esp-sha-hmac", "ah-sha-hmac esp-aes esp-sha-hmac"),
        ("ah-md5-hmac", "ah-md5-hmac"),
        ("comp-lzs esp-des", "esp-des comp-lzs"),
        ("esn esp-sha512-hmac esp-aes 192", "esp-aes 192 esp-sha512-hmac esn"),
    ],
)
def test_a_transform_set_is_printed_in_the_order_of_ios_with_its_mode(
    router: Router, added: Added, typed: str, printed: str
) -> None:
    assert added(router, f"{SET} {typed}\n") == [f"{SET} {printed} ", " mode tunnel"]


@pytest.mark.parametrize(
    "typed",
    [
        "esp-gcm 256 ^esp-sha-hmac",
        "esp-gmac ^esp-sha256-hmac",
        "esp-aes ^esp-3des",
        "esp-aes esp-sha-hmac ^esp-md5-hmac",
        "ah-sha-hmac ^ah-md5-hmac",
        "esp-aes ^512",
    ],
)
def test_transforms_that_do_not_go_together_are_pointed_at(
    router: Router, refused: Refused, typed: str
) -> None:
    column = len(f"{SET} ") + typed.index("^")
    said = refused(router, f"{SET} {typed.replace('^', '')}\n")
    assert said == f"{' ' * column}^\n% Invalid input detected at '^' marker.\n\n"


def test_an_authentication_needs_a_cipher(router: Router, refused: Refused) -> None:
    assert refused(router, f"{SET} esp-sha-hmac\n") == "% Proposal with ESP is missing cipher\n"


@pytest.mark.parametrize(
    ("line", "printed"),
    [
        ("mode transport", " mode transport"),
        ("mode transport require", " mode transport require"),
        ("mode transport\n no mode", " mode tunnel"),
        ("mode transport\n default mode", " mode tunnel"),
    ],
)
def test_the_mode_of_a_transform_set_is_always_printed(
    router: Router, added: Added, line: str, printed: str
) -> None:
    assert added(router, f"{SET} esp-aes\n {line}\n")[-1] == printed


def test_a_set_that_is_defined_again_keeps_its_mode(router: Router, added: Added) -> None:
    text = f"{SET} esp-aes\n mode transport\n{SET} esp-3des\n"
    assert added(router, text) == [f"{SET} esp-3des ", " mode transport"]


def test_a_profile_is_printed_in_the_order_of_ios(router: Router, added: Added) -> None:
    text = f"""\
{SET} esp-aes
crypto ipsec transform-set U esp-3des
crypto ipsec profile P
 set ikev2-profile I
 set pfs group19
 set transform-set T U T
 set security-association lifetime seconds 7200
 set security-association lifetime kilobytes disable
"""
    assert added(router, text)[4:] == [
        "crypto ipsec profile P",
        " set security-association lifetime seconds 7200",
        " set security-association lifetime kilobytes disable",
        " set transform-set T U ",
        " set pfs group19",
        " set ikev2-profile I",
    ]


def test_a_profile_names_sets_that_there_are(router: Router, refused: Refused) -> None:
    assert refused(router, "crypto ipsec profile P\n set transform-set T\n") == (
        'ERROR: transform set with tag "T" does not exist.\n'
    )


def test_a_lifetime_in_days_takes_the_place_of_one_in_seconds(router: Router, added: Added) -> None:
    text = (
        "crypto ipsec profile P\n set security-association lifetime seconds 7200\n"
        " set security-association lifetime days 2\n"
    )
    assert added(router, text)[1:] == [" set security-association lifetime days 2"]


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("crypto ipsec security-association lifetime seconds 3600", False),
        ("crypto ipsec security-association lifetime seconds 120", True),
        ("crypto ipsec security-association lifetime days 30", True),
        ("crypto ipsec security-association lifetime kilobytes 4608000", False),
        ("crypto ipsec security-association lifetime kilobytes disable", True),
        ("crypto ipsec security-association replay window-size 64", False),
        ("crypto ipsec security-association replay window-size 1024", True),
        ("crypto ipsec security-association replay disable", True),
        ("crypto ipsec df-bit copy", False),
        ("crypto ipsec df-bit clear", True),
        ("crypto ipsec fragmentation before-encryption", False),
        ("crypto ipsec fragmentation after-encryption", True),
        ("no crypto ipsec nat-transparency udp-encapsulation", True),
        ("crypto ipsec nat-transparency udp-encapsulation", False),
    ],
)
def test_only_what_is_not_usual_is_printed(
    router: Router, added: Added, line: str, kept: bool
) -> None:
    assert added(router, line) == ([line] if kept else [])


@pytest.mark.parametrize(
    "line",
    [
        "crypto ipsec security-association lifetime seconds ^119",
        "crypto ipsec security-association lifetime seconds ^2592001",
        "crypto ipsec security-association lifetime days ^31",
        "crypto ipsec security-association lifetime kilobytes ^2559",
    ],
)
def test_a_value_out_of_its_range_is_pointed_at(
    router: Router, refused: Refused, line: str
) -> None:
    column = line.index("^")
    assert refused(router, line.replace("^", "")).startswith(f"{' ' * column}^\n")


def test_the_modes_have_their_prompts(any_router: Router) -> None:
    con = console(any_router)
    con.run("configure terminal", f"{SET} esp-aes")
    assert con.prompt == "Router(cfg-crypto-trans)#"
    con.run("crypto ipsec profile P")
    assert con.prompt == "Router(ipsec-profile)#"


def test_an_interface_may_treat_packets_otherwise(router: Router, added: Added) -> None:
    text = (
        "interface GigabitEthernet0/0/1\n crypto ipsec df-bit set\n"
        " crypto ipsec fragmentation after-encryption\n"
    )
    assert added(router, text) == [
        " crypto ipsec df-bit set",
        " crypto ipsec fragmentation after-encryption",
    ]
