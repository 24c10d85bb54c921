"""What devices answer to besides their task."""

import pytest

from getvpn.audits.examples import audit_example
from getvpn.audits.rule import Severity
from getvpn.audits.rules.mgt_services import (
    announced,
    needless_services,
    open_interfaces,
    unguarded_processor,
    web_server,
)

from .managed import PART, member, part_of_member, part_of_server, server
from .said import messages, reasons

NAME = "GigabitEthernet0/0/1"
CDP = f"{NAME} encrypts for a group and sends CDP"
LLDP = f"{NAME} encrypts for a group and sends LLDP"
PROCESSOR = "nothing limits what reaches the processor of a key server"
ADDRESS = " ip address 10.10.1.1 255.255.255.0"


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ((), []),
        (("no ip http server", "no ip http secure-server"), []),
        (("ip http server",), ["the web server takes passwords in clear text"]),
        (
            ("ip http server", "ip http access-class ipv4 10"),
            ["the web server takes passwords in clear text"],
        ),
        (("ip http secure-server",), ["the web server can be reached from any address"]),
        (("ip http secure-server", "ip http access-class 10"), []),
        (("ip http server", "no ip http server"), []),
    ],
)
def test_the_web_server_is_off_or_guarded(lines: tuple[str, ...], said: list[str]) -> None:
    report = audit_example(web_server, server(*lines))
    assert (messages(report), reasons(report)) == (said, [])


def test_the_web_server_is_turned_off_by_its_own_line() -> None:
    (finding,) = audit_example(web_server, server("ip http secure-server")).findings
    assert [fix.lines for fix in finding.fixes] == [("no ip http secure-server",)]


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("service tcp-small-servers", None),
        ("service udp-small-servers max-servers 9", "service udp-small-servers"),
        ("service finger", None),
        ("service config", None),
        ("ip finger rfc-compliant", "ip finger"),
        ("ip identd", None),
        ("ip rcmd rsh-enable", None),
        ("ip rcmd rcp-enable", None),
        ("ip source-route", None),
        ("tftp-server flash:x", "tftp-server"),
    ],
)
def test_a_service_that_nobody_needs_is_named(line: str, name: str | None) -> None:
    (finding,) = audit_example(needless_services, server(line)).findings
    assert finding.message == (
        f"the device offers a service that it does not need ({name or line})"
    )
    assert [fix.lines for fix in finding.fixes] == [(f"no {line}",)]


def test_services_that_are_off_or_needed_are_no_fault() -> None:
    report = audit_example(
        needless_services, server("no ip source-route", "ip forward-protocol nd", "service x")
    )
    assert (report.findings, report.not_checked) == ((), ())


@pytest.mark.parametrize(
    ("lines", "interface", "said"),
    [
        ((), "", []),
        (("cdp run",), "", [CDP]),
        (("cdp run",), " no cdp enable\n", []),
        (("lldp run",), "", [LLDP]),
        (("lldp run",), " no lldp transmit\n", []),
        (("lldp run", "cdp run"), " no lldp receive\n", [CDP, LLDP]),
        (("version 15.4",), "", [CDP]),
        (("version 12.4",), "", [CDP]),
        (("version 15.4", "no cdp run"), "", []),
        (("version 15.4", "no cdp log mismatch duplex"), "", [CDP]),
        (("version 16.9",), "", []),
    ],
)
def test_members_tell_the_carrier_nothing(
    lines: tuple[str, ...], interface: str, said: list[str]
) -> None:
    files = member(*lines, interface=interface)
    files["gm1.cfg"] += "end\n"
    report = audit_example(announced, files)
    assert (messages(report), reasons(report)) == (said, [])


def test_what_is_sent_is_turned_off_on_the_interface_alone() -> None:
    (finding,) = audit_example(announced, member("cdp run")).findings
    assert [fix.lines for fix in finding.fixes] == [(f"interface {NAME}", " no cdp enable")]
    (finding,) = audit_example(announced, member("lldp run")).findings
    assert [fix.lines for fix in finding.fixes] == [(f"interface {NAME}", " no lldp transmit")]


def test_neighbours_of_a_key_server_may_know_it() -> None:
    report = audit_example(announced, server("cdp run"))
    assert (report.findings, report.not_checked) == ((), ())


def test_a_part_of_an_old_configuration_does_not_tell_whether_cdp_is_on() -> None:
    report = audit_example(announced, part_of_member("version 15.4"))
    assert messages(report) == []
    assert len(reasons(report)) == 1


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ((), [PROCESSOR]),
        (("control-plane",), [PROCESSOR]),
        (("control-plane", " service-policy output X"), [PROCESSOR]),
        (("control-plane", " service-policy input X"), []),
        (("control-plane host", " service-policy input X", "control-plane"), []),
    ],
)
def test_key_servers_limit_what_reaches_their_processor(
    lines: tuple[str, ...], said: list[str]
) -> None:
    assert messages(audit_example(unguarded_processor, server(*lines))) == said
    assert messages(audit_example(unguarded_processor, member(*lines))) == []


def test_a_control_plane_that_is_cut_may_have_a_policy() -> None:
    text = part_of_server()["ks1.cfg"] + "control-plane\n"
    report = audit_example(unguarded_processor, {"ks1.cfg": text})
    assert (messages(report), reasons(report)) == (
        [],
        ["the block 'control-plane' is not known in full"],
    )


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (("interface Ethernet0/0", ADDRESS), True),
        (("interface Ethernet0/0", ADDRESS, " ip access-group X out"), True),
        (("interface Ethernet0/0", ADDRESS, " ip access-group X in"), False),
        (("interface Ethernet0/0", ADDRESS, " shutdown"), False),
        (("interface Ethernet0/0", " no ip address"), False),
        (("interface Loopback0", ADDRESS), False),
    ],
)
def test_interfaces_of_key_servers_have_access_lists(lines: tuple[str, ...], found: bool) -> None:
    report = audit_example(open_interfaces, server(*lines))
    assert messages(report) == ["a key server takes packets from anywhere on Ethernet0/0"] * found
    assert all(finding.severity is Severity.INFO for finding in report.findings)
    assert report.not_checked == ()


@pytest.mark.parametrize(("count", "more"), [(4, ""), (5, " and 1 more")])
def test_many_open_interfaces_are_one_finding(count: int, more: str) -> None:
    lines = [line for n in range(count) for line in (f"interface Ethernet0/{n}", ADDRESS)]
    (finding,) = audit_example(open_interfaces, server(*lines)).findings
    assert finding.message == (
        "a key server takes packets from anywhere on Ethernet0/0, Ethernet0/1, Ethernet0/2, "
        f"Ethernet0/3{more}"
    )
    assert "interface Ethernet0/0\n ip access-group KEY-SERVER-IN in" in finding.remediation


def test_an_interface_that_is_cut_may_have_an_access_list() -> None:
    text = part_of_server()["ks1.cfg"] + f"interface Ethernet0/0\n{ADDRESS}\n"
    report = audit_example(open_interfaces, {"ks1.cfg": text})
    assert messages(report) == []
    assert reasons(report) == ["interface Ethernet0/0 is not known in full", PART]
