"""`enable`: secrets of levels, method lists, and what the log tells of it."""

import pytest

from getvpn.emulator.device import Router
from getvpn.emulator.testing import console, make_router

from .visitors import Visitor

SECRETS = "enable secret level 5 0 five\nenable secret 0 top\nno ip domain lookup\n"
AAA = "aaa new-model\n" + SECRETS


def low(router: Router) -> Visitor:
    visitor = Visitor(router)
    visitor.session.privilege = 1
    visitor.type(b"\n")
    return visitor


def answered(router: Router, *lines: str) -> str:
    """What a user of level 1 on a vty line is told, from the first answer on."""
    visitor = low(router)
    text = ""
    for line in lines:
        text = visitor.type(line.encode() + b"\n")
    return text


def test_three_wrong_secrets_are_bad() -> None:
    text = answered(make_router(startup=SECRETS), "enable", "no", "no", "no")
    assert text == "\n% Bad secrets\n\nRouter>"


def test_the_right_one_may_come_third() -> None:
    assert answered(make_router(startup=SECRETS), "enable", "no", "no", "top") == "\nRouter#"


def test_a_level_without_a_secret_is_out_of_reach_on_a_vty() -> None:
    router = make_router(startup=SECRETS)
    assert answered(router, "enable 7") == "enable 7\n% No password set\nRouter>"
    assert answered(make_router(), "enable") == "enable\n% No password set\nRouter>"


def test_the_console_needs_no_secret_where_there_is_none() -> None:
    con = console(make_router(), privilege=1)
    con.run("enable")
    assert con.prompt == "Router#"


def test_a_wrong_secret_is_denied_at_once_with_method_lists() -> None:
    router = make_router(startup=AAA)
    assert answered(router, "enable", "no") == "\n% Access denied\n\nRouter>"
    assert answered(router, "enable", "top") == "\nRouter#"
    assert answered(router, "enable 5", "five") == "\nRouter#"


@pytest.mark.parametrize(
    ("methods", "answers", "end"),
    [
        ("group tacacs+ enable", ["top"], "\nRouter#"),
        ("group tacacs+ enable", ["no"], "\n% Access denied\n\nRouter>"),
        ("group tacacs+", [], "% Error in authentication.\n\nRouter>"),
        ("group tacacs+ none", [], "enable\nRouter#"),
        ("line", ["line"], "\nRouter#"),
        ("line enable", ["top"], "\n% Access denied\n\nRouter>"),
    ],
)
def test_methods_decide_on_the_level(methods: str, answers: list[str], end: str) -> None:
    router = make_router(
        startup=f"{AAA}aaa authentication enable default {methods}\nline vty 0 4\n password line\n"
    )
    assert answered(router, "enable", *answers).endswith(end)


def test_a_level_without_a_secret_is_an_error_with_method_lists() -> None:
    router = make_router(startup="aaa new-model\n")
    assert answered(router, "enable").endswith("% Error in authentication.\n\nRouter>")
    con = console(router, privilege=1)
    con.run("enable")
    assert con.prompt == "Router#"


def test_users_who_enable_are_logged_on_request() -> None:
    router = make_router(startup=SECRETS + "logging userinfo\n")
    answered(router, "enable", "top")
    answered(router, "enable 5", "no", "no", "no")
    con = console(router, privilege=1)
    con.type(b"enable\ntop\n")
    second = "oper on vty1 (192.0.2.9)"
    said = [message.line.partition(": ")[2] for message in router.log.messages][-3:]
    assert said == [
        "%SYS-5-PRIV_AUTH_PASS: Privilege level set to 15 by oper on vty0 (192.0.2.9)",
        f"%SYS-5-PRIV_AUTH_FAIL: Authentication to Privilage level 5 failed by {second}",
        "%SYS-5-PRIV_AUTH_PASS: Privilege level set to 15 by admin on console",
    ]


def test_nothing_is_logged_otherwise() -> None:
    router = make_router(startup=SECRETS)
    before = len(router.log.messages)
    answered(router, "enable", "top")
    assert len(router.log.messages) == before


# ---- command authorization ----


@pytest.mark.parametrize(
    ("methods", "allowed"),
    [
        ("group tacacs+", False),
        ("group tacacs+ none", True),
        ("group tacacs+ if-authenticated", True),
        ("group tacacs+ local", True),
        ("local", True),
    ],
)
def test_commands_are_authorized_by_the_list_of_their_level(methods: str, allowed: bool) -> None:
    router = make_router(
        startup=f"username oper password 0 pw\naaa new-model\n"
        f"aaa authorization commands 15 default {methods}\n"
    )
    visitor = Visitor(router)
    text = visitor.type(b"show running-config | include hostname\n")
    assert ("Command authorization failed.\n\n" in text) != allowed
    assert "UTC" in visitor.type(b"show clock\n")


def test_the_console_is_exempt_from_command_authorization() -> None:
    router = make_router(
        startup="aaa new-model\naaa authorization commands 15 default group tacacs+\n"
    )
    con = console(router)
    assert "Building" in con.run("show running-config")
    con.configure("aaa authorization console\n")
    assert con.run("show running-config") == "Command authorization failed.\n\n"


def test_configuration_lines_are_authorized_on_request() -> None:
    router = make_router(
        startup="aaa new-model\n"
        "aaa authorization commands 15 default group tacacs+ if-authenticated\n"
        "aaa authorization commands 15 CONF group tacacs+\n"
    )
    visitor = Visitor(router)
    visitor.type(b"configure terminal\n")
    assert "failed" not in visitor.type(b"hostname R2\n")
    router.merge(
        "aaa authorization config-commands\nline vty 0 4\n authorization commands 15 CONF\n"
    )
    assert "Command authorization failed.\n\n" in visitor.type(b"hostname R3\n")
    assert router.hostname == "R2"


def test_a_level_that_was_changed_counts_for_its_list() -> None:
    router = make_router(
        startup="aaa new-model\naaa authorization commands 7 default group tacacs+\n"
        "privilege exec level 7 show clock\n"
    )
    visitor = Visitor(router)
    assert "Command authorization failed.\n\n" in visitor.type(b"show clock\n")
    assert "failed" not in visitor.type(b"configure terminal\n")
