"""Users between level 1 and level 15: what they may type, and what they are shown."""

import pytest

from getvpn.emulator.testing import Console, console, make_router

STARTUP = """\
hostname KS1
no ip domain lookup
privilege exec level 5 show running-config
privilege exec level 5 configure terminal
privilege configure level 5 interface
privilege interface level 5 shutdown
privilege interface level 5 description
privilege exec all level 7 clear
privilege exec level 1 show
enable secret level 5 0 five
enable secret 0 top
snmp-server community hidden RO
interface Loopback0
 description first
 ip address 10.255.0.1 255.255.255.255
"""
INVALID = "% Invalid input detected at '^' marker.\n\n"


def at(level: int, platform: str = "isr4451") -> Console:
    return console(make_router("KS1", platform, STARTUP), privilege=level)


@pytest.mark.parametrize(("level", "mark"), [(0, ">"), (1, ">"), (2, "#"), (14, "#"), (15, "#")])
def test_the_prompt_tells_the_level(level: int, mark: str) -> None:
    con = at(level)

    assert con.prompt == f"KS1{mark}"
    if level:
        assert con.run("show privilege") == f"Current privilege level is {level}\n"


def test_a_command_is_there_from_its_level_on() -> None:
    assert INVALID in at(4).run("configure terminal")
    assert at(5).run("configure terminal").startswith("Enter configuration commands")
    assert INVALID in at(6).run("clear arp-cache")
    assert INVALID not in at(7).run("clear arp-cache")


def test_help_lists_only_what_a_level_has() -> None:
    assert at(6).type(b"cl?").splitlines()[1].strip() == "% Unrecognized command"
    assert at(7).type(b"cl?").splitlines()[1].strip() == "clear"


def test_configuration_mode_has_only_what_the_level_may_configure() -> None:
    con = at(5)
    con.run("configure terminal")

    assert INVALID in con.run("hostname KS9")
    assert con.run("interface Loopback0", "description second", "shutdown") == ""
    assert INVALID in con.run("ip address 10.255.0.2 255.255.255.255")
    assert INVALID in con.run("no ip address")
    assert con.run("no description") == ""
    assert con.run("do show privilege") == "Current privilege level is 5\n"
    shown = con.type(b"?")
    words = [row.split()[0] for row in shown.splitlines() if row.startswith("  ")]
    assert words == ["default", "description", "do-exec", "end", "exit", "no", "shutdown"]


def test_who_may_not_change_all_sees_only_what_he_may_change() -> None:
    text = at(5).run("show running-config")

    lines = [line for line in text.splitlines() if line not in ("", "!")]
    assert lines[0] == "Building configuration..."
    assert lines[1].startswith("Current configuration : ")
    assert "interface Loopback0" in lines
    assert " description first" in lines
    assert lines[-1] == "end"
    for hidden in ("community", "secret", "hostname", "10.255.0.1", "version"):
        assert hidden not in text


def test_somebody_who_may_change_nothing_sees_headers_only() -> None:
    router = make_router(startup="privilege exec level 3 show running-config\n")
    text = console(router, privilege=3).run("show running-config")

    kept = [line for line in text.splitlines()[3:] if line and not line.startswith("!")]
    assert kept == ["boot-start-marker", "boot-end-marker", "end"]


def test_a_view_of_everything_can_be_allowed() -> None:
    router = make_router(startup=f"privilege exec level 5 show running-config view full\n{STARTUP}")
    text = console(router, privilege=5).run("show running-config view full")

    assert "snmp-server community hidden RO\n" in text


def test_enable_asks_for_the_secret_of_the_level() -> None:
    con = at(1)

    assert con.type(b"enable 5\n").endswith("Password: ")
    con.type(b"five\n")
    assert con.run("show privilege") == "Current privilege level is 5\n"
    con.type(b"enable\n")
    con.type(b"five\n")
    con.type(b"top\n")
    assert con.run("show privilege") == "Current privilege level is 15\n"
    con.run("enable 5")
    assert con.run("show privilege") == "Current privilege level is 5\n"
    con.run("disable")
    assert con.prompt == "KS1>"


def test_level_0_has_five_commands() -> None:
    shown = at(0).type(b"?")

    words = [row.split()[0] for row in shown.splitlines() if row.startswith("  ")]
    assert words == ["disable", "enable", "exit", "help", "logout"]


def test_a_level_that_is_reset_is_gone_at_once() -> None:
    con = at(15)
    other = console(con.router, privilege=7)
    con.configure("privilege exec reset clear\n")

    assert INVALID in other.run("clear arp-cache")
