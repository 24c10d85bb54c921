"""How people get to a device, and how its passwords are stored."""

import pytest

from getvpn.audits.examples import audit_example
from getvpn.audits.rule import Severity
from getvpn.audits.rules.mgt_access import (
    endless_sessions,
    no_aaa,
    no_login,
    old_ssh,
    open_lines,
    telnet,
)
from getvpn.audits.rules.mgt_secrets import (
    clear_passwords,
    communities,
    no_enable_secret,
    readable_password,
    weak_hash_of_password,
)
from getvpn.audits.settings import Settings

from .managed import PART, member, part_of_server, server
from .said import messages, reasons

VTY = "line vty 0 4"
SSH = " transport input ssh"
END = ("version {}", "end")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("ssh", []),
        ("none", []),
        ("telnet", ["line vty 0 4 takes Telnet (transport input telnet)"]),
        ("telnet ssh", ["line vty 0 4 takes Telnet (transport input telnet ssh)"]),
        ("all", ["line vty 0 4 takes Telnet (transport input all)"]),
    ],
)
def test_vty_lines_take_no_telnet(words: str, said: list[str]) -> None:
    report = audit_example(telnet, server(VTY, f" transport input {words}"))
    assert (messages(report), reasons(report)) == (said, [])


@pytest.mark.parametrize(
    ("before", "words", "fixed"),
    [
        ((), "telnet", False),
        ((), "telnet ssh", True),
        (("ip ssh version 2",), "telnet", True),
    ],
)
def test_telnet_is_only_taken_away_where_ssh_is_there(
    before: tuple[str, ...], words: str, fixed: bool
) -> None:
    (finding,) = audit_example(telnet, server(*before, VTY, f" transport input {words}")).findings
    assert [fix.lines for fix in finding.fixes] == [(VTY, " transport input ssh")] * fixed


def test_the_default_of_a_vty_line_is_not_known() -> None:
    assert reasons(audit_example(telnet, server(VTY, " login local"))) == [
        "'line vty 0 4' has no 'transport input', whose default depends on the release"
    ]


def test_other_lines_than_vty_take_no_connections() -> None:
    files = server("line aux 0", " transport input telnet")
    report = audit_example(telnet, files)
    assert (messages(report), reasons(report)) == (
        [],
        ["there are no vty lines in the configuration"],
    )
    files = server("line con 0", " no login")
    for rule in (no_login, open_lines):
        report = audit_example(rule, files)
        assert (messages(report), reasons(report)) == ([], [])


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ((SSH,), True),
        ((SSH, " access-class 10 out"), True),
        ((SSH, " access-class 10 in"), False),
        ((SSH, " access-class MGMT in vrf-also"), False),
        ((SSH, " access-class in out"), True),
        ((" transport input none",), False),
        ((" login local",), True),
    ],
)
def test_vty_lines_take_logins_from_known_addresses(lines: tuple[str, ...], found: bool) -> None:
    report = audit_example(open_lines, server(VTY, *lines))
    assert messages(report) == ["line vty 0 4 takes logins from any address"] * found
    assert all(finding.severity is Severity.MEDIUM for finding in report.findings)
    assert report.not_checked == ()


def test_open_lines_of_a_member_are_less_grave() -> None:
    (finding,) = audit_example(open_lines, member(VTY, SSH)).findings
    assert finding.severity is Severity.LOW


def test_a_vty_line_that_is_cut_may_have_an_access_class() -> None:
    text = part_of_server()["ks1.cfg"] + f"{VTY}\n{SSH}\n"
    report = audit_example(open_lines, {"ks1.cfg": text})
    assert messages(report) == []
    assert reasons(report) == ["'line vty 0 4' is not known in full", PART]


@pytest.mark.parametrize(
    ("before", "lines", "said"),
    [
        ((), (" no login", " transport input telnet"), ["line vty 0 4 asks for no password"]),
        (
            (),
            (" privilege level 15", " no login"),
            ["line vty 0 4 asks for no password, and gives privilege level 15"],
        ),
        ((), (" no login", " transport input none"), []),
        ((), (" login", SSH), []),
        (("aaa new-model",), (" no login", SSH), []),
    ],
)
def test_vty_lines_ask_who_is_there(
    before: tuple[str, ...], lines: tuple[str, ...], said: list[str]
) -> None:
    report = audit_example(no_login, server(*before, VTY, *lines))
    assert messages(report) == said
    assert all(finding.severity is Severity.HIGH for finding in report.findings)
    assert all(finding.fixes == () for finding in report.findings)


def test_logins_of_users_are_asked_for_where_there_are_users() -> None:
    files = server("username admin secret 9 <removed>", VTY, " no login")
    (finding,) = audit_example(no_login, files).findings
    assert [fix.lines for fix in finding.fixes] == [(VTY, " login local")]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (" exec-timeout 0 0", ["sessions on line con 0 never end"]),
        (" exec-timeout 0", ["sessions on line con 0 never end"]),
        (" no exec-timeout", ["sessions on line con 0 never end"]),
        (" exec-timeout 0 30", []),
        (" exec-timeout 10 0", []),
        (
            " exec-timeout 10 1",
            ["sessions on line con 0 end after 601 s without input, more than 10 minutes"],
        ),
        (" exec-timeout x", []),
        (
            " exec-timeout 20",
            ["sessions on line con 0 end after 1200 s without input, more than 10 minutes"],
        ),
        (" stopbits 1", []),
    ],
)
def test_sessions_end_that_nobody_uses(line: str, said: list[str]) -> None:
    report = audit_example(endless_sessions, server("line con 0", line))
    assert messages(report) == said
    for finding in report.findings:
        assert [fix.lines for fix in finding.fixes] == [("line con 0", " exec-timeout 10 0")]


def test_the_profile_decides_how_long_a_session_may_idle() -> None:
    files = server("line con 0", " exec-timeout 10 0")
    report = audit_example(endless_sessions, files, Settings(session_idle_max_min=5))
    assert messages(report) == [
        "sessions on line con 0 end after 600 s without input, more than 5 minutes"
    ]


@pytest.mark.parametrize(
    ("lines", "said", "unknown"),
    [
        (("ip ssh version 2", VTY, SSH), [], []),
        (("ip ssh version 1",), ["SSH takes version 1 only"], []),
        (("hostname x",), [], []),
        (
            ("version 15.4", VTY, SSH, "end"),
            ["line vty 0 4 takes SSH, and nothing keeps it from version 1"],
            [],
        ),
        (
            ("version 12.4", VTY, " transport input all", "end"),
            ["line vty 0 4 takes SSH, and nothing keeps it from version 1"],
            [],
        ),
        (
            ("version 17.9", VTY, SSH, "end"),
            [],
            ["there is no 'ip ssh version', whose default depends on the release"],
        ),
        (
            (VTY, SSH),
            [],
            ["there is no 'ip ssh version', whose default depends on the release"],
        ),
        (("version 15.4", VTY, " transport input telnet", "end"), [], []),
    ],
)
def test_ssh_is_used_in_version_2(
    lines: tuple[str, ...], said: list[str], unknown: list[str]
) -> None:
    report = audit_example(old_ssh, server(*lines))
    assert (messages(report), reasons(report)) == (said, unknown)


def test_a_choice_of_the_old_version_is_graver_than_none() -> None:
    (chosen,) = audit_example(old_ssh, server("ip ssh version 1")).findings
    (open_,) = audit_example(old_ssh, server("version 15.4", VTY, SSH, "end")).findings
    assert (chosen.severity, open_.severity) == (Severity.MEDIUM, Severity.LOW)


def test_aaa_is_wanted_whether_denied_or_not_said() -> None:
    for lines in ((), ("no aaa new-model",)):
        report = audit_example(no_aaa, server(*lines))
        assert messages(report) == ["users are not authenticated by AAA"]
    (finding,) = audit_example(no_aaa, part_of_server("no aaa new-model")).findings
    assert finding.evidence[0].text == "no aaa new-model"
    assert messages(audit_example(no_aaa, server("aaa new-model"))) == []


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (("enable password cisco",), "of the privileged mode is stored in clear text"),
        (("enable password 7 094F",), "of the privileged mode is stored as type 7, which can"),
        (("enable password level 7 7 094F",), "of the privileged mode is stored as type 7"),
        (("enable password level 7 cisco",), "of the privileged mode is stored in clear text"),
        (("username a password 0 x",), "of user a is stored in clear text"),
        (("username a privilege 15 password 7 x",), "of user a is stored as type 7"),
        (("username a password <removed>",), "of user a is stored in clear text"),
        (("username password password 7 x",), "of user password is stored as type 7"),
        ((VTY, " password 7 0945"), "of line vty 0 4 is stored as type 7"),
        (("username a password 12 x",), "of user a is stored in clear text"),
        (("enable password x y",), "of the privileged mode is stored in clear text"),
        (("username a password 6 x",), None),
        (("username a secret 9 x",), None),
        (("username password secret 9 x",), None),
        ((VTY, " login local"), None),
    ],
)
def test_passwords_are_no_longer_readable(lines: tuple[str, ...], said: str | None) -> None:
    report = audit_example(readable_password, server(*lines))
    if said is None:
        assert messages(report) == []
    else:
        (message,) = messages(report)
        assert message.startswith(f"the password {said}")
    assert report.not_checked == ()


def test_the_remediation_says_which_command_to_take_away() -> None:
    (finding,) = audit_example(readable_password, server("username a password 7 x")).findings
    assert finding.remediation.endswith("no username a")
    (finding,) = audit_example(readable_password, server("enable password 7 x")).findings
    assert finding.remediation.endswith("no enable password")
    (finding,) = audit_example(readable_password, server(VTY, " password 7 x")).findings
    assert finding.remediation.endswith("no password")


@pytest.mark.parametrize(
    ("line", "command"), [("enable secret 5 x", "enable"), ("username a secret 5 x", "username a")]
)
def test_the_remediation_says_what_to_enter_anew(line: str, command: str) -> None:
    (finding,) = audit_example(weak_hash_of_password, server(line)).findings
    assert finding.remediation == f"{command} algorithm-type scrypt secret <password>"


@pytest.mark.parametrize(
    ("line", "said", "severity"),
    [
        ("enable secret 5 x", "of the privileged mode is stored as type 5 (MD5)", Severity.LOW),
        (
            "enable secret 4 x",
            "of the privileged mode is stored as type 4 (SHA-256 without salt)",
            Severity.MEDIUM,
        ),
        ("username a privilege 15 secret 5 x", "of user a is stored as type 5 (MD5)", Severity.LOW),
        ("enable secret level 5 9 x", None, None),
        ("enable secret level 7 5 x", "of the privileged mode is stored as type 5", Severity.LOW),
        ("enable secret 8 x", None, None),
        ("username secret secret 9 x", None, None),
        ("username a password 7 x", None, None),
    ],
)
def test_hashes_are_slow(line: str, said: str | None, severity: Severity | None) -> None:
    report = audit_example(weak_hash_of_password, server(line))
    assert [finding.severity for finding in report.findings] == ([severity] if severity else [])
    for message in messages(report):
        assert said is not None
        assert message.startswith(f"the password {said}")
    assert report.not_checked == ()


def test_a_hash_whose_type_was_taken_out_is_not_judged() -> None:
    report = audit_example(weak_hash_of_password, server("enable secret <removed>"))
    assert reasons(report) == ["the type of a secret is not in the text"]


def test_the_service_that_hides_passwords_is_on() -> None:
    message = ["passwords may stand in clear text in the configuration"]
    assert messages(audit_example(clear_passwords, server())) == message
    denied = part_of_server("no service password-encryption")
    (finding,) = audit_example(clear_passwords, denied).findings
    assert finding.evidence[0].text == "no service password-encryption"


@pytest.mark.parametrize(
    ("rest", "said", "severity"),
    [
        ("x RO", "may read, from any address", Severity.MEDIUM),
        ("x", "may read, from any address", Severity.MEDIUM),
        ("x RO 10", "may read", Severity.MEDIUM),
        ("x RW", "may write, from any address", Severity.HIGH),
        ("x rw 10", "may write", Severity.MEDIUM),
        ("0 x RW", "may write, from any address", Severity.HIGH),
        ("7 x RW 10", "may write", Severity.MEDIUM),
        ("0 RO", "may read, from any address", Severity.MEDIUM),
        ("x view V RW", "may write, from any address", Severity.HIGH),
        ("x view V RW ipv6 A", "may write", Severity.MEDIUM),
        ("rw RO", "may read, from any address", Severity.MEDIUM),
        ("0 x", "may read, from any address", Severity.MEDIUM),
        ("0 RW", "may write, from any address", Severity.HIGH),
    ],
)
def test_communities_are_judged_by_what_they_open(rest: str, said: str, severity: Severity) -> None:
    (finding,) = audit_example(communities, server(f"snmp-server community {rest}")).findings
    assert (finding.message, finding.severity) == (f"an SNMP community {said}", severity)


def test_the_name_of_a_community_stays_secret() -> None:
    (finding,) = audit_example(communities, server("snmp-server community h0use RW")).findings
    assert "h0use" not in repr(finding)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ((), ["there is no 'enable secret'"]),
        (("enable password x",), ["the privileged mode has a password that is not hashed"]),
        (("enable secret 9 x",), []),
        (("enable secret 9 x", "no enable secret"), ["there is no 'enable secret'"]),
        (("aaa new-model", "aaa authentication enable default group tacacs+ enable"), []),
        (("aaa new-model",), ["there is no 'enable secret'"]),
        (
            ("no aaa new-model", "aaa authentication enable default enable"),
            ["there is no 'enable secret'"],
        ),
    ],
)
def test_the_privileged_mode_has_a_hashed_password(lines: tuple[str, ...], said: list[str]) -> None:
    assert messages(audit_example(no_enable_secret, server(*lines))) == said
