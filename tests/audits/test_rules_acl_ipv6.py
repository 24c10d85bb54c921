"""What the links of an IPv6 group need in clear."""

import pytest

from getvpn.audits.engine import Report
from getvpn.audits.examples import audit_example
from getvpn.audits.rule import Severity
from getvpn.audits.rules.acl_ipv6 import discovery_encrypted

from .policies import PERMIT, fires, reasons


def _audit(*lines: str) -> Report:
    entries = "".join(f" {line}\n" for line in lines)
    text = f"""\
hostname ks1
crypto gdoi group ipv6 G6
 identity number 1006
 server local
  sa ipsec 10
   match address ipv6 POLICY6
  address ipv4 10.10.1.1
ipv6 access-list POLICY6
{entries}"""
    return audit_example(discovery_encrypted, {"ks1.cfg": text})


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (("permit ipv6 any any",), True),
        (("permit ipv6 any FF00::/8",), True),
        (("permit icmp FE80::/10 FE80::/10",), True),
        (("permit icmp FEA0::/11 FEA0::/11",), True),
        (("permit icmp FEC0::/10 FEC0::/10",), False),
        (("permit icmp FE80::/10 FF02:8000::/17",), True),
        (("permit icmp FE80::/10 FF03::/16",), False),
        (("deny icmp any any", "permit ipv6 any any"), False),
        (("deny ipv6 FE80::/10 any", "permit ipv6 any any"), False),
        (("deny ipv6 any FF02::/16", "permit ipv6 any any"), True),
        (("deny ipv6 any FE80::/10", "permit ipv6 any any"), True),
        (("deny ipv6 any FF02::/16", "deny ipv6 any FE80::/10", "permit ipv6 any any"), False),
        (("permit ipv6 2001:DB8::/32 2001:DB8::/32",), False),
        (("permit tcp any any",), False),
    ],
)
def test_discovery_has_to_be_in_clear(lines: tuple[str, ...], found: bool) -> None:
    made = _audit(*lines)
    assert (len(made.findings), made.not_checked) == (int(found), ())
    if found:
        (finding,) = made.findings
        assert finding.severity is Severity.MEDIUM
        assert finding.message == (
            f"'{lines[-1]}' in the policy of group G6 encrypts neighbor discovery of the link"
        )
        assert finding.device == "ks1"
        assert finding.remediation.startswith("ipv6 access-list POLICY6\n")


def test_a_fix_needs_numbers_with_room() -> None:
    (finding,) = _audit("sequence 20 permit ipv6 any any").findings
    assert finding.fixes[0].lines == (
        "ipv6 access-list POLICY6",
        " sequence 19 deny ipv6 FE80::/10 any",
    )
    (finding,) = _audit("permit ipv6 any any").findings
    assert finding.fixes == ()


def test_ipv4_has_no_neighbor_discovery() -> None:
    assert not fires(discovery_encrypted, "permit ip any any")
    assert not fires(discovery_encrypted, PERMIT)


def test_lists_that_are_not_known_are_not_judged() -> None:
    made = _audit("permit ipv6 object-group A any")
    assert made.findings == ()
    assert len(reasons(made)) == 1
