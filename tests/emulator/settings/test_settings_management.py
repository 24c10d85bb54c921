"""NTP, SNMP, the archive, web servers, discovery, automation."""

from collections.abc import Callable

import pytest

from getvpn.emulator.device import Router
from getvpn.emulator.settings.snmp_traps import TRAPS
from getvpn.emulator.testing import make_router

Added = Callable[[Router, str], list[str]]
Refused = Callable[[Router, str], str]

ENABLE = "snmp-server enable traps"
ARCHIVE = """\
archive
 path flash:cfg
 maximum 5
 time-period 60
 log config
  hidekeys
  logging enable
  notify syslog
"""
KRON = """\
kron policy-list P
 cli show clock
kron occurrence O in 1:0 recurring
 policy-list P
"""
APPLET = """\
event manager applet A
 action 2.0 syslog msg two
 event none
 action 1.0 cli command enable
"""


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("ntp server 192.0.2.1", ["ntp server 192.0.2.1"]),
        ("ntp server 192.0.2.1 prefer", ["ntp server 192.0.2.1 prefer"]),
        (
            "ntp server 192.0.2.6 source gi 0/0/0 prefer",
            ["ntp server 192.0.2.6 prefer source GigabitEthernet0/0/0"],
        ),
        (
            "ntp server vrf M 192.0.2.6 iburst version 3 key 5",
            ["ntp server vrf M 192.0.2.6 version 3 key 5 iburst"],
        ),
        ("ntp server 192.0.2.1\nntp server 192.0.2.1 prefer", ["ntp server 192.0.2.1 prefer"]),
        ("ntp peer 192.0.2.1", ["ntp peer 192.0.2.1"]),
        ("ntp server ip time.lab.local", ["ntp server time.lab.local"]),
        ("ntp master 8", ["ntp master"]),
        ("ntp master 4", ["ntp master 4"]),
        ("ntp source lo0", ["ntp source Loopback0"]),
        ("ntp authenticate\nntp logging", ["ntp logging", "ntp authenticate"]),
        ("ntp trusted-key 1 - 3", ["ntp trusted-key 1 - 3"]),
        (
            "ntp authentication-key 2 md5 060506324F41 7",
            ["ntp authentication-key 2 md5 060506324F41 7"],
        ),
        ("ntp update-calendar", ["ntp update-calendar"]),
        ("ntp access-group peer 10", ["ntp access-group peer 10"]),
        ("snmp-server community public", ["snmp-server community public RO"]),
        ("snmp-server community private rw 10", ["snmp-server community private RW 10"]),
        (
            "snmp-server community 7 094F471A1A0A RW",
            ["snmp-server community 7 094F471A1A0A  RW"],
        ),
        ("snmp-server location rack 7", ["snmp-server location rack 7"]),
        ("snmp-server contact the lab", ["snmp-server contact the lab"]),
        ("snmp-server chassis-id X1", ["snmp-server chassis-id X1"]),
        (
            "snmp-server host 192.0.2.84 traps version 2c public snmp",
            ["snmp-server host 192.0.2.84 version 2c public  snmp"],
        ),
        (
            "snmp-server host 192.0.2.84 version 3 priv user",
            ["snmp-server host 192.0.2.84 version 3 priv user"],
        ),
        (
            "snmp-server engineID local 80000009030000deadbeef",
            ["snmp-server engineID local 80000009030000DEADBEEF"],
        ),
        (
            "snmp-server group G v3 priv read V",
            ["snmp-server group G v3 priv read V"],
        ),
        ("snmp-server view V iso included", ["snmp-server view V iso included"]),
        ("snmp-server user u G v3 auth sha abcdefgh priv aes 128 abcdefgh", []),
        ("snmp-server trap-source lo0", ["snmp-server trap-source Loopback0"]),
        ("snmp-server ifindex persist", ["snmp-server ifindex persist"]),
        ("snmp-server enable traps syslog", ["snmp-server enable traps syslog"]),
        (
            "snmp-server enable traps gdoi ks-role-change gm-register",
            None,
        ),
        (
            f"{ENABLE} gdoi ks-role-change\n{ENABLE} gdoi gm-re-register",
            ["snmp-server enable traps gdoi gm-re-register ks-role-change"],
        ),
        (
            "archive\n path bootflash:cfg\n write-memory\n",
            ["archive", " path bootflash:cfg", " write-memory"],
        ),
        ("archive\n", []),
        ("archive\n log config\n", []),
        ("archive\n maximum 10\n", []),
        (
            ARCHIVE,
            [
                "archive",
                " log config",
                "  logging enable",
                "  notify syslog contenttype plaintext",
                "  hidekeys",
                " path flash:cfg",
                " time-period 60",
                " maximum 5",
            ],
        ),
        ("ip http authentication local", ["ip http authentication local"]),
        ("ip http authentication enable", []),
        ("ip http tls-version tlsv1.2", ["ip http tls-version TLSv1.2"]),
        ("ip http client source-interface lo0", ["ip http client source-interface Loopback0"]),
        ("ip tftp source-interface lo0", ["ip tftp source-interface Loopback0"]),
        ("ip ftp username u\nip ftp password p", ["ip ftp username u", "ip ftp password p"]),
        ("ip scp server enable", ["ip scp server enable"]),
        ("lldp run", ["lldp run"]),
        ("cdp timer 30", ["cdp timer 30"]),
        ("cdp timer 60", []),
        (
            KRON,
            [
                "kron occurrence O in 1:0 recurring",
                " policy-list P",
                "kron policy-list P",
                " cli show clock",
            ],
        ),
        (
            APPLET,
            [
                "event manager applet A",
                " event none",
                " action 1.0 cli command enable",
                " action 2.0 syslog msg two",
            ],
        ),
    ],
)
def test_a_line_is_kept_in_its_canonical_form(
    router: Router, added: Added, refused: Refused, typed: str, kept: list[str] | None
) -> None:
    if kept is None:
        assert "% Invalid input" in refused(router, typed)
        return
    assert added(router, typed) == kept
    again = make_router(startup="\n".join(router.running_lines()))
    assert again.running_lines() == router.running_lines()


@pytest.mark.parametrize("line", ["netconf-yang", "restconf", "iox"])
def test_the_old_family_has_no_programs(
    router: Router, classic: Router, added: Added, refused: Refused, line: str
) -> None:
    assert added(router, line) == [line]
    assert "^" in refused(classic, line)


@pytest.mark.parametrize("line", ["ip http server", "ip http secure-server"])
def test_web_servers_are_printed_both_ways(any_router: Router, line: str) -> None:
    for typed, kept in ((line, line), (f"no {line}", f"no {line}"), (f"default {line}",) * 2):
        any_router.merge(typed)
        shown = [found for found in any_router.running_lines() if found.endswith(line)]
        assert shown == [kept.replace("default", "no")]


def test_discovery_is_on_where_the_family_has_it_on(classic: Router, router: Router) -> None:
    classic.merge("no cdp run\n")
    router.merge("no cdp run\n")
    assert "no cdp run" in classic.running_lines()
    assert "no cdp run" not in router.running_lines()


def test_an_ntp_key_is_always_hidden(router: Router, added: Added) -> None:
    (line,) = added(router, "ntp authentication-key 1 md5 secret")
    assert line.startswith("ntp authentication-key 1 md5 ")
    assert line.endswith(" 7")
    assert "secret" not in line


def test_all_traps_are_enabled_and_disabled_at_once(router: Router, added: Added) -> None:
    lines = added(router, "snmp-server enable traps\n")
    assert len(lines) == len(TRAPS)
    assert f"snmp-server enable traps gdoi {' '.join(TRAPS['gdoi'])}" in lines
    assert added(router, "snmp-server enable traps gdoi") == []
    before = make_router().running_lines()
    router.merge("no snmp-server enable traps\n")
    assert router.running_lines() == before


def test_kinds_of_a_trap_are_taken_back_one_by_one(router: Router) -> None:
    router.merge("snmp-server enable traps snmp linkup linkdown\n")
    router.merge("no snmp-server enable traps snmp linkup\n")
    assert "snmp-server enable traps snmp linkdown" in router.running_lines()
    router.merge("no snmp-server enable traps snmp linkdown\n")
    assert not [line for line in router.running_lines() if line.startswith("snmp-server")]


def test_the_agent_can_be_taken_away_whole(router: Router) -> None:
    before = router.running_lines()
    router.merge("snmp-server community c\nsnmp-server host 192.0.2.1 c\nno snmp-server\n")
    assert router.running_lines() == before


def test_an_archive_on_an_unknown_file_system_is_a_typing_error(
    router: Router, refused: Refused
) -> None:
    said = refused(router, "archive\n path disk9:cfg\n")
    assert said.startswith(" " * len(" path ") + "^")


@pytest.mark.parametrize("line", ["archive\n maximum 15", "archive\n time-period 0"])
def test_numbers_of_the_archive_have_their_ranges(
    router: Router, refused: Refused, line: str
) -> None:
    assert "^" in refused(router, line)
