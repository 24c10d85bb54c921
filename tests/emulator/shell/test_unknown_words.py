"""Words that are no commands: names to look up, and aliases."""

import pytest

from getvpn.emulator.clock import ManualClock
from getvpn.emulator.device_settings import DeviceSettings
from getvpn.emulator.testing import Console, console, make_router

UNKNOWN = "% Unknown command or computer name, or unable to find computer address\n"


def slow(more: str = "") -> tuple[Console, ManualClock]:
    behaviour = DeviceSettings(lookup_s=9)
    router = make_router("R1", startup=f"hostname R1\n{more}", behaviour=behaviour)
    assert isinstance(router.clock, ManualClock)
    return console(router), router.clock


def test_a_name_is_looked_up_for_a_while() -> None:
    con, clock = slow()
    assert con.type(b"foo\n") == 'foo\nTranslating "foo"...domain server (255.255.255.255)'
    clock.advance(8)
    assert con.take() == ""
    clock.advance(1)
    assert con.take() == f"\n{UNKNOWN}R1#"


@pytest.mark.parametrize("key", [b"\x1e", b"\x03"])
def test_a_look_up_can_be_stopped(key: bytes) -> None:
    con, _ = slow()
    con.type(b"foo\n")
    assert con.type(key) == " % Name lookup aborted\nR1#"
    assert "UTC" in con.run("show clock")


def test_the_servers_that_are_asked_are_told() -> None:
    con, _ = slow("ip name-server 192.0.2.53 192.0.2.54\n")
    assert con.type(b"foo\n").endswith('"foo"...domain server (192.0.2.53) (192.0.2.54)')


def test_without_look_up_nothing_is_waited_for() -> None:
    con, _ = slow("no ip domain lookup\n")
    assert con.run("foo") == f"% Bad IP address or host name{UNKNOWN}"


def test_a_line_that_connects_to_nobody_takes_a_word_for_a_mistake() -> None:
    con, _ = slow("line con 0\n transport preferred none\n")
    assert con.run("zzz") == "   ^\n% Invalid input detected at '^' marker.\n\n"


# ---- aliases ----

ALIASES = (
    "alias exec si show ip interface brief\nalias configure lo0 interface Loopback0\n"
    "alias interface ds description\nalias exec shc show clock\n"
)


@pytest.fixture
def con() -> Console:
    return console(make_router("R1", startup=f"hostname R1\n{ALIASES}"))


def test_aliases_of_configuration_modes_stand_for_their_lines(con: Console) -> None:
    con.run("configure terminal", "lo0", "ds the first")
    assert con.prompt == "R1(config-if)#"
    con.run("end")
    assert " description the first\n" in con.run("show running-config interface Loopback0")


def test_an_alias_belongs_to_one_mode(con: Console) -> None:
    con.run("configure terminal")
    assert "Invalid input" in con.run("ds x")
    assert "UTC" in con.run("do shc")


def test_a_blank_keeps_a_word_from_being_an_alias(con: Console) -> None:
    assert "UTC" in con.run("shc")
    assert "UTC" not in con.run(" shc")


def test_aliases_are_marked_in_help(con: Console) -> None:
    assert con.type(b"lo?").splitlines()[1] == "*lo=logout  logout"
    con.type(b"\x15")
    assert con.type(b"si?").splitlines()[1] == '*si="show ip interface brief"'
    con.type(b"\x15")
    assert "*" not in con.type(b" lo?")


def test_help_behind_an_alias_is_that_of_its_command(con: Console) -> None:
    shown = con.type(b"shc ?")
    assert "  detail" in shown
    assert shown.endswith("R1#shc ")


def test_an_alias_that_leads_nowhere_is_explained(con: Console) -> None:
    con.configure("alias exec bad show nonsense here\n")
    assert "Invalid input" in con.run("bad")
