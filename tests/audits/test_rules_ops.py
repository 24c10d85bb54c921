"""Address translation and public addresses where members encrypt."""

import pytest

from getvpn.audits.examples import audit_example
from getvpn.audits.rule import Severity
from getvpn.audits.rules.ops import translated

from .said import messages, reasons

GM = """\
crypto gdoi group G1
 identity number 1001
 server address ipv4 10.10.1.1
crypto map WAN 10 gdoi
 set group G1
interface GigabitEthernet0/0/1
 ip address {address} 255.255.255.252
 crypto map WAN
interface GigabitEthernet0/0/2
 ip address 10.20.9.1 255.255.255.0
{lan}"""


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("10.20.1.1", False),
        ("192.0.2.1", False),
        ("100.64.1.1", False),
        ("9.9.9.9", True),
        ("172.32.0.1", True),
    ],
)
def test_a_public_address_is_information(address: str, public: bool) -> None:
    report = audit_example(
        translated, {"gm1.cfg": "hostname gm1\n" + GM.format(address=address, lan="")}
    )
    assert bool(report.findings) is public
    assert all(finding.severity is Severity.INFO for finding in report.findings)


def test_translation_beside_the_crypto_interface_is_no_fault() -> None:
    text = "hostname gm1\n" + GM.format(address="10.20.1.1", lan=" ip nat inside\n")
    report = audit_example(translated, {"gm1.cfg": text})
    assert (report.findings, report.not_checked) == ((), ())


def test_translation_is_told_once_for_an_interface_of_both_families() -> None:
    maps = " ipv6 crypto map WAN6\n ip nat outside\n"
    text = "hostname gm1\n" + GM.format(address="9.9.9.9", lan="")
    text = text.replace(" crypto map WAN\n", " crypto map WAN\n" + maps)
    assert messages(audit_example(translated, {"gm1.cfg": text})) == [
        "GigabitEthernet0/0/1 encrypts for a group and translates addresses (ip nat outside)"
    ]


def test_a_part_of_a_configuration_is_not_passed() -> None:
    report = audit_example(translated, {"gm1.cfg": GM.format(address="10.20.1.1", lan="")})
    assert reasons(report) == ["the text is a part of a configuration: it has no line 'hostname'"]


def test_key_servers_are_passed_over() -> None:
    text = "hostname ks1\ncrypto gdoi group G1\n identity number 1\n server local\n"
    report = audit_example(translated, {"ks1.cfg": text})
    assert (report.findings, report.not_checked) == ((), ())
