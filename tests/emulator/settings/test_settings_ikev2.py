"""IKE version 2: proposals, policies, keyrings, profiles."""

from collections.abc import Callable

import pytest

from getvpn.emulator.device import Router
from getvpn.emulator.settings.preshared import clear_key
from getvpn.emulator.testing import console

Added = Callable[[Router, str], list[str]]
Refused = Callable[[Router, str], str]

TEXT = """\
crypto ikev2 proposal P1
 group 20 19 20
 integrity sha384
 encryption aes-cbc-256 aes-cbc-128
crypto ikev2 policy PO1
 proposal P1
 match fvrf any
crypto ikev2 keyring KR
 peer KS1
  pre-shared-key remote two
  pre-shared-key local one
  address 10.0.0.1
 peer ANY
  identity fqdn domain gm.example.net
  pre-shared-key three
crypto ikev2 profile PR
 dpd 10 2 on-demand
 lifetime 86400
 pki trustpoint CA
 keyring local KR
 authentication local rsa-sig
 authentication remote pre-share
 authentication remote rsa-sig
 identity local dn
 match identity remote fqdn domain gm.example.net
 match identity remote address 10.0.0.1
"""
PRINTED = """\
crypto ikev2 proposal P1
 encryption aes-cbc-256 aes-cbc-128
 integrity sha384
 group 20 19
crypto ikev2 policy PO1
 match fvrf any
 proposal P1
crypto ikev2 keyring KR
 peer KS1
  address 10.0.0.1
  pre-shared-key local one
  pre-shared-key remote two
 !
 peer ANY
  identity fqdn domain gm.example.net
  pre-shared-key three
 !
crypto ikev2 profile PR
 match identity remote address 10.0.0.1 255.255.255.255
 match identity remote fqdn domain gm.example.net
 identity local dn
 authentication remote pre-share
 authentication remote rsa-sig
 authentication local rsa-sig
 keyring local KR
 pki trustpoint CA
 dpd 10 2 on-demand
"""


def test_everything_is_printed_in_the_order_of_ios(router: Router) -> None:
    assert not router.merge(TEXT).rejected
    lines = [line.rstrip() for line in router.running_lines()]
    begin = lines.index("crypto ikev2 proposal P1")
    shown = [line for line in lines[begin:] if line != "!"]
    wanted = PRINTED.split("\n")[:-1]
    assert shown[: len(wanted)] == wanted


def test_new_objects_say_what_they_need(router: Router) -> None:
    con = console(router)
    con.run("configure terminal")
    said = con.run("crypto ikev2 proposal P")
    assert said.startswith("IKEv2 proposal MUST either have a set of an encryption algorithm")
    said = con.run("crypto ikev2 policy P")
    assert said == "IKEv2 policy MUST have atleast one complete proposal attached \n"
    assert con.run("crypto ikev2 profile P") == (
        "IKEv2 profile MUST have:\n"
        "   1. A local and a remote authentication method.\n"
        "   2. A match identity or a match certificate or match any statement.\n"
    )
    assert con.run("crypto ikev2 profile P") == ""


def test_a_proposal_in_use_stays(router: Router, refused: Refused) -> None:
    router.merge(TEXT)
    assert refused(router, "no crypto ikev2 proposal P1\n") == (
        "% Cannot remove as proposal is in use.\n"
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("crypto ikev2 policy P\n match fvrf NONE\n", "% fvrf NONE not configured\n"),
        ("crypto ikev2 profile P\n match fvrf NONE\n", "% fvrf NONE not configured\n"),
        ("crypto ikev2 profile P\n ivrf NONE\n", "% vrf NONE not configured\n"),
    ],
)
def test_a_vrf_must_be_configured(router: Router, refused: Refused, text: str, said: str) -> None:
    assert refused(router, text) == said


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("crypto ikev2 dpd 10 2 periodic", True),
        ("crypto ikev2 fragmentation", True),
        ("crypto ikev2 fragmentation mtu 1400", True),
        ("crypto ikev2 window 5", False),
        ("crypto ikev2 window 20", True),
        ("crypto ikev2 limit max-sa 100", True),
        ("crypto ikev2 limit max-in-negotiation-sa 50", True),
        ("crypto ikev2 cookie-challenge 100", True),
        ("crypto ikev2 nat keepalive 20", True),
        ("no crypto ikev2 http-url cert", True),
        ("crypto ikev2 http-url cert", False),
    ],
)
def test_what_holds_for_the_router_is_printed_when_it_is_not_usual(
    router: Router, added: Added, line: str, kept: bool
) -> None:
    assert added(router, line) == ([line] if kept else [])


@pytest.mark.parametrize(
    "line",
    [
        "crypto ikev2 dpd ^9 2 periodic",
        "crypto ikev2 dpd 10 ^61 periodic",
        "crypto ikev2 limit max-sa ^0",
        "crypto ikev2 fragmentation mtu ^67",
    ],
)
def test_a_value_out_of_its_range_is_pointed_at(
    router: Router, refused: Refused, line: str
) -> None:
    column = line.index("^")
    assert refused(router, line.replace("^", "")).startswith(f"{' ' * column}^\n")


@pytest.mark.parametrize(
    ("lines", "prompt"),
    [
        (("crypto ikev2 proposal P",), "config-ikev2-proposal"),
        (("crypto ikev2 policy P",), "config-ikev2-policy"),
        (("crypto ikev2 keyring K",), "config-ikev2-keyring"),
        (("crypto ikev2 keyring K", "peer A"), "config-ikev2-keyring-peer"),
        (("crypto ikev2 keyring K", "peer A", "exit"), "config-ikev2-keyring"),
        (("crypto ikev2 profile P",), "config-ikev2-profile"),
        (("crypto ikev2 authorization policy P",), "config-ikev2-author-policy"),
    ],
)
def test_the_modes_have_their_prompts(
    any_router: Router, lines: tuple[str, ...], prompt: str
) -> None:
    con = console(any_router)
    con.run("configure terminal", "hostname R", *lines)
    assert con.prompt == f"R({prompt})#"


def test_a_profile_may_hold_a_key(router: Router, added: Added) -> None:
    text = "crypto ikev2 profile P\n authentication local pre-share key our key\n"
    assert added(router, text)[-1] == " authentication local pre-share key our key"
    profile = router.config.root.find("crypto ikev2 profile", "P")
    assert profile is not None
    assert profile.block is not None
    entry = profile.block.find("authentication local")
    assert entry is not None
    assert clear_key(router, entry) == "our key"


def test_a_certificate_has_no_key(router: Router, refused: Refused) -> None:
    text = "crypto ikev2 profile P\n authentication local rsa-sig key K\n"
    assert "Invalid input" in refused(router, text)
