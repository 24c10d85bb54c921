"""AAA lists and servers in the configuration."""

from collections.abc import Callable

import pytest

from getvpn.emulator.device import Router
from getvpn.emulator.testing import console, make_router

Added = Callable[[Router, str], list[str]]
Refused = Callable[[Router, str], str]

TEXT = """\
aaa new-model
aaa group server tacacs+ LAB
 server-private 192.0.2.149 key 7 13080E010E0F162F3F2F2D2A
 ip tacacs source-interface Loopback10
aaa authentication login default group LAB local
aaa authentication login no_tacacs local
aaa authorization config-commands
aaa authorization exec default group LAB local
aaa authorization commands 1 default group LAB if-authenticated
aaa authorization commands 15 default group LAB if-authenticated
aaa accounting exec default start-stop group LAB
aaa accounting commands 1 default start-stop group LAB
aaa accounting commands 15 default start-stop group LAB
aaa accounting connection default start-stop group LAB
aaa session-id common
"""


def test_the_lists_stand_in_the_order_of_ios(any_router: Router, added: Added) -> None:
    shuffled = TEXT.splitlines()[:4] + TEXT.splitlines()[:3:-1]
    expected = TEXT.splitlines()
    # the lists of one kind stay in the order in which they were entered
    expected[4], expected[5] = expected[5], expected[4]
    assert added(any_router, "\n".join(shuffled)) == expected


def test_a_capture_of_a_device_loads_and_prints_alike(any_router: Router, added: Added) -> None:
    assert added(any_router, TEXT) == TEXT.splitlines()
    assert added(any_router, TEXT) == []


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("aaa authentication login default local", 4),
        ("aaa authorization exec default local", 4),
        ("aaa group server tacacs+ LAB", 4),
        ("aaa session-id common", 4),
    ],
)
def test_nothing_is_known_before_the_new_model(
    router: Router, refused: Refused, line: str, column: int
) -> None:
    caret = " " * column + "^\n% Invalid input detected at '^' marker.\n\n"
    assert refused(router, line) == caret


def test_the_new_model_brings_a_session_id_and_takes_the_old_logins(
    router: Router, added: Added
) -> None:
    router.merge("line vty 0 4\n login local\n")
    assert added(router, "aaa new-model\n") == ["aaa new-model", "aaa session-id common"]
    assert not [line for line in router.running_lines() if line.startswith(" login")]


def test_the_old_model_comes_back_with_its_logins_and_without_lists(router: Router) -> None:
    before = router.running_lines()
    router.merge(TEXT)
    router.merge("line con 0\n login authentication no_tacacs\n")
    assert " login authentication no_tacacs" in router.running_lines()
    router.merge("no aaa new-model\n")
    assert router.running_lines() == before


def test_a_line_cannot_ask_for_a_login_of_its_own(router: Router, refused: Refused) -> None:
    router.merge("aaa new-model\n")
    assert refused(router, "line vty 0 4\n login local\n") == (
        "AAA is enabled. Command not supported. Use an aaa authentication methodlist\n"
    )


def test_lists_of_a_line_need_the_new_model(router: Router, refused: Refused) -> None:
    assert "^" in refused(router, "line vty 0 4\n login authentication x\n")
    assert "^" in refused(router, "line vty 0 4\n authorization exec x\n")


def test_new_lines_have_no_login_in_the_new_model(router: Router) -> None:
    router.merge("aaa new-model\nline vty 5 15\n")
    assert not [line for line in router.running_lines() if line.startswith(" login")]


def test_a_group_that_is_not_there_is_told_to_the_log(router: Router) -> None:
    console(router).configure("aaa new-model\naaa authentication login default group NONE local\n")
    assert any(
        message.line.endswith(
            '%AAAA-4-SERVUNDEF: The server-group "NONE" is not defined. Please define it.'
        )
        for message in router.log.messages
    )


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (
            "tacacs server T1\n address ipv4 192.0.2.1\n key secret\n",
            ["tacacs server T1", " address ipv4 192.0.2.1", " key secret"],
        ),
        (
            "radius server R1\n key 0 secret\n address ipv4 192.0.2.1\n",
            [
                "radius server R1",
                " address ipv4 192.0.2.1 auth-port 1645 acct-port 1646",
                " key secret",
            ],
        ),
        (
            "radius server R1\n address ipv4 192.0.2.1 acct-port 1813 auth-port 1812\n",
            ["radius server R1", " address ipv4 192.0.2.1 auth-port 1812 acct-port 1813"],
        ),
        (
            "tacacs-server host 192.0.2.1 port 4949 key secret\ntacacs-server timeout 3\n",
            ["tacacs-server host 192.0.2.1 port 4949 key secret", "tacacs-server timeout 3"],
        ),
        ("radius-server vsa send authentication", ["radius-server vsa send authentication"]),
        ("ip radius source-interface lo0", ["ip radius source-interface Loopback0"]),
    ],
)
def test_servers_are_kept_in_their_canonical_form(
    router: Router, added: Added, text: str, lines: list[str]
) -> None:
    assert added(router, text) == lines
    again = make_router(startup="\n".join(router.running_lines()))
    assert again.running_lines() == router.running_lines()


def test_keys_are_hidden_with_the_other_passwords(router: Router) -> None:
    router.merge("aaa new-model\naaa group server tacacs+ G\n server-private 192.0.2.1 key abc\n")
    router.merge("radius server R1\n key abc\nservice password-encryption\n")
    text = "\n".join(router.running_lines())
    assert "abc" not in text
    assert " server-private 192.0.2.1 key 7 " in text
    assert "\n key 7 " in text


def test_records_can_be_kept_for_nobody(router: Router, added: Added) -> None:
    router.merge("aaa new-model\n")
    line = "aaa accounting exec default none"
    assert added(router, line) == [line]
