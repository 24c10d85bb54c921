"""IKE version 1: policies, keys, keyrings, profiles."""

from collections.abc import Callable

import pytest

from getvpn.emulator.device import Router
from getvpn.emulator.settings.preshared import clear_key
from getvpn.emulator.testing import console, make_router

from .getvpn_examples import crypto_lines

Added = Callable[[Router, str], list[str]]
Refused = Callable[[Router, str], str]

POLICY = """\
crypto isakmp policy 20
crypto isakmp policy 10
 lifetime 3600
 group 19
 authentication pre-share
 hash sha256
 encryption aes 256
"""


@pytest.mark.parametrize(
    ("platform", "word"), [("isr2911", "encr"), ("isr4451", "encr"), ("c8000v", "encryption")]
)
def test_policies_are_printed_by_priority(platform: str, word: str) -> None:
    router = make_router(platform=platform, startup=POLICY)
    assert crypto_lines(router.running_lines()) == [
        "crypto isakmp policy 10",
        f" {word} aes 256",
        " hash sha256",
        " authentication pre-share",
        " group 19",
        " lifetime 3600",
        "crypto isakmp policy 20",
    ]


@pytest.mark.parametrize(
    "line",
    [
        "encryption des",
        "hash sha",
        "authentication rsa-sig",
        "group 1",
        "lifetime 86400",
        "encr 3des\n no encr",
        "group 5\n no group",
        "lifetime 60\n default lifetime",
    ],
)
def test_what_a_policy_has_anyway_is_not_printed(router: Router, added: Added, line: str) -> None:
    assert added(router, f"crypto isakmp policy 1\n {line}\n") == ["crypto isakmp policy 1"]


def test_aes_has_128_bits_unless_said_otherwise(router: Router, added: Added) -> None:
    assert added(router, "crypto isakmp policy 1\n encryption aes 128\n")[-1] == " encr aes"
    entry = router.config.root.find("crypto isakmp policy", 1)
    assert entry is not None
    assert entry.block is not None
    assert entry.block.value("encryption", "bits") == "128"


@pytest.mark.parametrize(
    "line",
    [
        "crypto isakmp policy ^0",
        "crypto isakmp policy ^10001",
        "crypto isakmp keepalive ^9",
        "crypto isakmp keepalive ^3601",
        "crypto isakmp keepalive 10 ^1",
        "crypto isakmp key K address ^1.2.3",
        "crypto isakmp nat keepalive ^4",
    ],
)
def test_a_value_out_of_its_range_is_pointed_at(
    router: Router, refused: Refused, line: str
) -> None:
    column = line.index("^")
    assert refused(router, line.replace("^", "")).startswith(f"{' ' * column}^\n")


@pytest.mark.parametrize(
    ("line", "printed"),
    [
        ("crypto isakmp keepalive 10", "crypto isakmp keepalive 10"),
        ("crypto isakmp keepalive 10 on-demand", "crypto isakmp keepalive 10"),
        ("crypto isakmp keepalive 15 periodic", "crypto isakmp keepalive 15 periodic"),
        ("crypto isakmp keepalive 15 2 periodic", "crypto isakmp keepalive 15 periodic"),
        ("crypto isakmp keepalive 15 5 periodic", "crypto isakmp keepalive 15 5 periodic"),
        ("crypto isakmp identity dn", "crypto isakmp identity dn"),
        ("no crypto isakmp enable", "no crypto isakmp enable"),
        ("crypto isakmp key 0 K address 10.1.4.2", "crypto isakmp key K address 10.1.4.2       "),
        (
            "crypto isakmp key K address 10.1.4.2 255.255.255.255",
            "crypto isakmp key K address 10.1.4.2       ",
        ),
        (
            "crypto isakmp key K address 0.0.0.0 0.0.0.0",
            "crypto isakmp key K address 0.0.0.0        ",
        ),
        (
            "crypto isakmp key K address 10.0.0.0 255.0.0.0 no-xauth",
            "crypto isakmp key K address 10.0.0.0        255.0.0.0 no-xauth",
        ),
        (
            "crypto isakmp key K address ipv6 2001:db8::/32",
            "crypto isakmp key K address ipv6 2001:DB8::/32",
        ),
        ("crypto isakmp key K hostname ks1", "crypto isakmp key K hostname ks1"),
    ],
)
def test_a_line_is_printed_as_ios_does(
    router: Router, added: Added, line: str, printed: str
) -> None:
    assert added(router, line) == [printed]


def test_a_peer_has_one_key(router: Router, refused: Refused) -> None:
    router.merge("crypto isakmp key K1 address 10.0.0.1\n")
    assert refused(router, "crypto isakmp key K2 address 10.0.0.1\n") == (
        "A pre-shared key for address mask 10.0.0.1 255.255.255.255 already exists!\n"
    )
    assert not router.merge("crypto isakmp key K1 address 10.0.0.1\n").rejected
    assert not router.merge("crypto isakmp key K2 address 10.0.0.0 255.255.255.0\n").rejected
    router.merge("no crypto isakmp key K1 address 10.0.0.1\n")
    assert not router.merge("crypto isakmp key K2 address 10.0.0.1\n").rejected


@pytest.mark.parametrize("key", ["address", "6", "0", "key", "hostname", "no-xauth", "!", "a|b"])
def test_a_key_may_be_any_word(router: Router, key: str) -> None:
    router.merge(f"crypto isakmp key {key} address 10.0.0.1\n")
    entry = router.config.root.find("crypto isakmp key", "10.0.0.1", "255.255.255.255")
    assert entry is not None
    assert clear_key(router, entry) == key


KEYRING = """\
crypto keyring K vrf RED
 description ours
 pre-shared-key address 10.0.0.1 key one two
 pre-shared-key address 10.0.0.0 255.0.0.0 key three
 pre-shared-key hostname ks1 key four
"""


def test_keyrings_and_profiles_stand_deeper(router: Router, added: Added) -> None:
    assert added(router, KEYRING) == [
        "crypto keyring K vrf RED ",
        "  description ours",
        "  pre-shared-key address 10.0.0.1 key one two",
        "  pre-shared-key address 10.0.0.0 255.0.0.0 key three",
        "  pre-shared-key hostname ks1 key four",
    ]
    text = "crypto isakmp profile P\n match identity address 10.0.0.1\n keyring K\n vrf RED\n"
    assert added(router, text) == [
        "crypto isakmp profile P",
        "   vrf RED",
        "   keyring K",
        "   match identity address 10.0.0.1 255.255.255.255 ",
    ]


def test_blanks_behind_a_key_belong_to_it_and_are_warned_of(router: Router) -> None:
    said = router.merge("crypto keyring K\n pre-shared-key address 10.0.0.1 key cisco \n").output
    assert said == "% Warning: Trailing white space(s) detected for the preshared key\n"
    ring = router.config.root.find("crypto keyring", "K")
    assert ring is not None
    assert ring.block is not None
    entry = ring.block.find("pre-shared-key address", "10.0.0.1", "255.255.255.255")
    assert entry is not None
    assert clear_key(router, entry) == "cisco "


def test_a_keyring_keeps_one_key_for_a_peer(router: Router, refused: Refused) -> None:
    router.merge(KEYRING)
    text = "crypto keyring K\n pre-shared-key address 10.0.0.1 key other\n"
    assert refused(router, text) == (
        "A pre-shared key for address mask 10.0.0.1 255.255.255.255 already exists!\n"
    )


@pytest.mark.parametrize(
    ("line", "prompt"),
    [
        ("crypto isakmp policy 10", "config-isakmp"),
        ("crypto keyring K", "conf-keyring"),
        ("crypto isakmp profile P", "conf-isa-prof"),
        ("crypto isakmp client configuration group G", "config-isakmp-group"),
        ("crypto isakmp peer address 10.0.0.1", "config-isakmp-peer"),
    ],
)
def test_the_modes_have_their_prompts(any_router: Router, line: str, prompt: str) -> None:
    con = console(any_router)
    con.run("configure terminal", line)
    assert con.prompt == f"Router({prompt})#"


def test_a_new_profile_says_that_it_is_incomplete(router: Router) -> None:
    con = console(router)
    con.run("configure terminal")
    assert con.run("crypto isakmp profile P") == (
        "% A profile is deemed incomplete until it has match identity statements\n"
    )
    assert con.run("crypto isakmp profile P") == ""


def test_keys_stand_in_no_log(router: Router) -> None:
    router.merge("crypto isakmp key VerySecret1 address 10.0.0.1\n" + KEYRING)
    con = console(router)
    con.configure("crypto isakmp key VerySecret2 address 10.0.0.2")
    assert router.log.messages
    assert not any("VerySecret" in message.line for message in router.log.messages)
