"""Which commands a device is asked for."""

from pathlib import Path

import pytest

from getvpn.audits.needs import ShowNeed
from getvpn.audits.registry import registry
from getvpn.tasks.collecting.wanted import (
    CONFIG_COMMAND,
    ROLES,
    Role,
    commands_for,
    other_spelling,
    roles_in,
)

ALL = registry().select((), ())


def of_roles(*roles: Role) -> set[str]:
    return set(commands_for(ALL, roles))


def test_each_command_stands_once_and_the_configuration_first() -> None:
    for roles in ((), ("key_server",), ("member",), ROLES):
        commands = commands_for(ALL, roles)
        assert commands[0] == CONFIG_COMMAND
        assert len(set(commands)) == len(commands)
        assert list(commands[1:]) == sorted(commands[1:])


def test_a_role_is_asked_for_what_the_rules_read_of_it_and_nothing_of_the_other() -> None:
    server, member = of_roles("key_server"), of_roles("member")

    assert not [command for command in server if "gdoi gm" in command]
    assert not [command for command in member if "gdoi ks" in command]
    assert any("gdoi ks policy" in command for command in server)
    assert any("gdoi gm" in command for command in member)
    assert of_roles(*ROLES) == server | member


def test_every_need_of_every_rule_is_asked_for() -> None:
    needs = {need for rule in ALL for need in rule.needs if isinstance(need, ShowNeed)}

    assert {need.text for need in needs} | {CONFIG_COMMAND} == of_roles(*ROLES)


def test_a_device_without_a_role_is_asked_for_its_configuration_only() -> None:
    assert commands_for(ALL, ()) == (CONFIG_COMMAND,)


@pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.code)
def test_a_rule_alone_asks_for_no_more_than_it_reads(rule: object) -> None:
    needs = rule.needs  # type: ignore[attr-defined]
    commands = commands_for([rule], ROLES)  # type: ignore[list-item]

    shown = {need.text for need in needs if isinstance(need, ShowNeed)}
    assert set(commands) == {CONFIG_COMMAND} | shown


def test_the_configuration_tells_the_role(root: Path) -> None:
    folder = root / "inventory/example/lab"
    for name, roles in (("ks1", ("key_server",)), ("gm1", ("member",))):
        assert roles_in((folder / f"{name}.cfg").read_text()) == roles
    assert roles_in("hostname R1\n") == ()
    assert roles_in("") == ()


def test_a_server_that_is_a_member_too_has_both_roles() -> None:
    text = """\
crypto gdoi group A
 identity number 1
 server local
  address ipv4 192.0.2.1
crypto gdoi group B
 identity number 2
 server address ipv4 192.0.2.2
crypto map M 10 gdoi
 set group B
interface GigabitEthernet1
 crypto map M
"""
    assert roles_in(text) == ("key_server", "member")


@pytest.mark.parametrize(
    ("command", "other"),
    [
        ("show crypto gdoi", "show crypto gkm"),
        ("show crypto gdoi ks policy", "show crypto gkm ks policy"),
        ("show crypto gdois", None),
        ("show crypto gkm", None),
        ("show clock", None),
    ],
)
def test_what_ios_calls_gdoi_may_be_called_gkm(command: str, other: str | None) -> None:
    assert other_spelling(command) == other
