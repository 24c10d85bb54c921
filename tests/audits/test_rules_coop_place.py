import pytest

from getvpn.audits.engine import Report
from getvpn.audits.examples import audit_example
from getvpn.audits.registry import registry
from getvpn.audits.rule import Grade
from getvpn.audits.settings import Settings

from .ks_texts import config, coop, coop_file, session
from .said import messages, reasons

LOOPBACK = "interface Loopback0\n ip address 10.10.1.1 255.255.255.255\n"
BARE = config(1).replace(LOOPBACK, "")
CUT_CONFIG = "the configuration is cut: it has no line 'end'"
PART = "the text is a part of a configuration: it has no line 'hostname'"
CODES = ["COOP021", "COOP022", "COOP023", "COOP024", "COOP025"]


def _audit(code: str, text: str, settings: Settings | None = None) -> Report:
    return audit_example(registry()[code], {"ks1.cfg": text}, settings)


def _part(text: str) -> str:
    return text.replace("hostname ks1\n", "")


def _link(number: int, *lines: str) -> str:
    more = "".join(f" {line}\n" for line in lines)
    address = f" ip address 10.0.{number}.1 255.255.255.0\n"
    return f"interface GigabitEthernet0/0/{number}\n{address}{more}"


@pytest.mark.parametrize("code", CODES)
def test_a_well_placed_key_server_is_all_right(code: str) -> None:
    report = _audit(code, config(1))
    assert (report.findings, report.not_checked) == ((), ())


@pytest.mark.parametrize("code", CODES)
def test_output_alone_does_not_tell_where_a_key_server_stands(code: str) -> None:
    report = audit_example(registry()[code], {coop_file(1): coop(1, session(2))})
    assert reasons(report) == ["there is no configuration"]


@pytest.mark.parametrize("code", CODES)
def test_members_are_not_asked(code: str) -> None:
    member = (
        "hostname gm1\ncrypto gdoi group G1\n identity number 1\n server address ipv4 10.1.1.1\n"
    )
    report = _audit(code, member + "".join(map(_link, range(5))))
    assert (report.findings, report.not_checked) == ((), ())


def test_groups_with_one_number_are_told_with_both_lines() -> None:
    groups = ("G1", 7), ("G2", 8), ("G3", 7), ("G4", 7)
    text = "hostname ks1\n" + "".join(
        f"crypto gdoi group {name}\n identity number {number}\n server local\n"
        for name, number in groups
    )
    found = _audit("COOP021", text).findings
    assert sorted(each.message for each in found) == [
        "groups G1 and G3 have one identity, 7",
        "groups G1 and G4 have one identity, 7",
    ]
    assert {each.text for each in found[0].evidence} == {"identity number 7"}
    assert len({each.line for each in found[0].evidence}) == 2
    assert "Give group G3 another" in {each.remediation[:21] for each in found}


def test_groups_without_number_have_none_in_common() -> None:
    groups = "".join(f"crypto gdoi group {name}\n server local\n" for name in ("G1", "G2", "G3"))
    assert messages(_audit("COOP021", "hostname ks1\n" + groups)) == []


def test_numbers_of_a_part_of_a_configuration_are_not_all_known() -> None:
    assert reasons(_audit("COOP021", _part(config(1)))) == [PART]


def test_an_address_on_no_interface_is_told() -> None:
    (finding,) = _audit("COOP022", BARE).findings
    assert finding.message == (
        "address 10.10.1.1 of the key server of group G1 is on none of its interfaces"
    )
    assert finding.evidence[0].text == "address ipv4 10.10.1.1"
    assert finding.remediation.startswith("Configure 10.10.1.1 on a loopback")


def test_an_address_on_an_interface_that_is_shut_down_is_told() -> None:
    (finding,) = _audit("COOP022", BARE + LOOPBACK + " shutdown\n").findings
    assert finding.message == (
        "address 10.10.1.1 of the key server of group G1 is on Loopback0, which is shut down"
    )
    assert [each.text for each in finding.evidence] == ["shutdown", "address ipv4 10.10.1.1"]
    twice = BARE + LOOPBACK + " shutdown\n" + LOOPBACK.replace("Loopback0", "Loopback1")
    assert messages(_audit("COOP022", twice)) == []


def test_an_address_may_be_where_the_configuration_does_not_say() -> None:
    leased = "interface GigabitEthernet0/0/1\n ip address dhcp\n"
    report = _audit("COOP022", BARE + leased)
    assert reasons(report) == ["GigabitEthernet0/0/1 has its address by DHCP"]
    assert report.findings == ()
    assert reasons(_audit("COOP022", _part(BARE))) == [PART]


def test_a_key_server_without_address_is_left_to_another_rule() -> None:
    text = BARE.replace("  address ipv4 10.10.1.1\n", "")
    report = _audit("COOP022", text)
    assert (report.findings, report.not_checked) == ((), ())
    cut = "version 17.9\n" + text.partition("  redundancy")[0]
    assert reasons(_audit("COOP022", cut)) == ["the block of group G1 is not known in full"]


def test_a_secondary_address_and_an_ipv6_address_count() -> None:
    second = _link(1, "ip address 10.10.1.1 255.255.255.0 secondary")
    assert messages(_audit("COOP022", BARE + second)) == []
    six = BARE.replace("  address ipv4 10.10.1.1", "  address ipv6 2001:db8::1")
    if "address ipv6" in six:
        own = "interface Loopback0\n ipv6 address 2001:DB8::1/128\n"
        assert messages(_audit("COOP022", six + own)) == []


def test_the_own_address_among_the_peers_is_told() -> None:
    text = config(1).replace("   peer", "   peer address ipv4 10.10.1.1\n   peer")
    (finding,) = _audit("COOP023", text).findings
    assert finding.message == "key server of group G1 lists 10.10.1.1, which is its own address"
    assert finding.evidence[0].text == "peer address ipv4 10.10.1.1"
    (fix,) = finding.fixes
    assert (fix.device, fix.grade) == ("ks1", Grade.SAFE)
    assert fix.lines == (
        "crypto gdoi group G1",
        " server local",
        "  redundancy",
        "   no peer address ipv4 10.10.1.1",
    )


def test_an_address_of_another_interface_is_its_own_too() -> None:
    text = config(1).replace("   peer", "   peer address ipv4 10.0.1.1\n   peer")
    assert messages(_audit("COOP023", text + _link(1))) == [
        "key server of group G1 lists 10.0.1.1, which is its own address"
    ]
    assert messages(_audit("COOP023", text)) == []


def test_peers_that_are_not_known_in_full_are_not_checked() -> None:
    cut = "version 17.9\n" + config(1).partition("   peer")[0]
    assert reasons(_audit("COOP023", cut)) == ["the block of group G1 is not known in full"]
    assert reasons(_audit("COOP023", _part(config(1)))) == [PART]


@pytest.mark.parametrize(("count", "found"), [(2, 0), (3, 1)])
def test_more_than_two_interfaces_forward(count: int, found: int) -> None:
    report = _audit("COOP024", config(1) + "".join(map(_link, range(count))))
    assert len(report.findings) == found
    assert report.not_checked == ()
    if found:
        (finding,) = report.findings
        assert finding.message == (
            "the key server has 3 interfaces in use: GigabitEthernet0/0/0, GigabitEthernet0/0/1,"
            " GigabitEthernet0/0/2"
        )
        assert len(finding.evidence) == 3


def test_how_many_interfaces_are_many_is_a_threshold() -> None:
    one = Settings(server_links_advised=1)
    assert _audit("COOP024", config(1) + _link(1), one).findings == ()
    assert _audit("COOP024", config(1) + _link(1) + _link(2), one).findings


@pytest.mark.parametrize(
    "third",
    [
        _link(3, "shutdown"),
        _link(3, "vrf forwarding Mgmt-intf"),
        _link(3, "vrf forwarding OOB"),
        "interface Loopback7\n ip address 10.0.7.1 255.255.255.255\n",
        "interface GigabitEthernet0/0/3\n no ip address\n",
    ],
)
def test_interfaces_that_forward_nothing_do_not_count(third: str) -> None:
    assert messages(_audit("COOP024", config(1) + _link(1) + _link(2) + third)) == []


@pytest.mark.parametrize(
    "third",
    [
        _link(3, "vrf forwarding CUSTOMER"),
        "interface GigabitEthernet0/0/3\n ip address dhcp\n",
        "interface GigabitEthernet0/0/3\n ipv6 address 2001:DB8::1/64\n",
    ],
)
def test_other_interfaces_count(third: str) -> None:
    assert len(messages(_audit("COOP024", config(1) + _link(1) + _link(2) + third))) == 1


def test_interfaces_of_a_part_of_a_configuration_are_a_lower_bound() -> None:
    assert reasons(_audit("COOP024", _part(config(1)))) == [PART]
    many = _audit("COOP024", _part(config(1)) + "".join(map(_link, range(3))))
    assert len(many.findings) == 1
    assert many.not_checked == ()


def _registering(name: str) -> str:
    return config(1).replace("  sa ipsec 10", f"  registration interface {name}\n  sa ipsec 10")


def test_a_registration_interface_that_does_not_exist_is_told() -> None:
    (finding,) = _audit("COOP025", _registering("Loopback9")).findings
    assert finding.message == (
        "key server of group G1 takes registrations on Loopback9, which does not exist"
    )
    assert finding.evidence[0].text == "registration interface Loopback9"


def test_a_registration_interface_that_is_shut_down_is_told() -> None:
    text = _registering("Loopback9") + "interface Loopback9\n shutdown\n"
    (finding,) = _audit("COOP025", text).findings
    assert finding.message == (
        "key server of group G1 takes registrations on Loopback9, which is shut down"
    )
    assert [each.text for each in finding.evidence] == [
        "shutdown",
        "registration interface Loopback9",
    ]


def test_a_registration_interface_that_is_up_is_all_right() -> None:
    for name in ("Loopback0", "loopback 0"):
        report = _audit("COOP025", _registering(name))
        assert (report.findings, report.not_checked) == ((), ())


def test_an_interface_outside_of_a_part_of_a_configuration_may_exist() -> None:
    report = _audit("COOP025", _part(_registering("Loopback9")))
    assert report.findings == ()
    assert reasons(report) == [PART]
    cut = "version 17.9\n" + config(1).partition("  sa ipsec")[0]
    assert reasons(_audit("COOP025", cut)) == ["the block of group G1 is not known in full"]
