"""Every word of the system settings has a help text."""

from importlib import import_module

import pytest

from getvpn.emulator.testing import console, make_router

from .declared_words import missing

MODULES = (
    "system",
    "naming",
    "clocks",
    "logins",
    "logging_",
    "users",
    "command_levels",
    "aaa",
    "aaa_servers",
    "archive",
    "management",
    "secure_shell",
    "snmp",
    "banner",
    "line",
    "ntp",
    "automation",
)


@pytest.mark.parametrize("name", MODULES)
def test_every_word_has_a_help_text(name: str) -> None:
    helps = make_router().grammar.helps
    declared = import_module(f"getvpn.emulator.settings.{name}").declared
    assert missing(declared, helps) == set()


@pytest.mark.parametrize(
    ("typed", "row"),
    [
        ("hostname ?", "  WORD  This system's network name"),
        ("username ann privilege ?", "  <0-15>  User privilege level"),
        ("ip ssh time-out ?", "  <1-120>  SSH time-out interval (secs)"),
        (
            "logging buffered ?",
            "  errors             Error conditions                  (severity=3)",
        ),
        ("snmp-server community c ?", "  rw    Read-write access with this community string"),
        ("line vty ?", "  <0-1869>  First Line number"),
    ],
)
def test_a_question_mark_explains_what_can_follow(typed: str, row: str) -> None:
    con = console(make_router())
    con.run("configure terminal")
    assert row in con.type(typed.encode()).splitlines()
