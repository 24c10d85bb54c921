"""Remediations name groups as their devices do."""

import pytest

from getvpn.audits.engine import run
from getvpn.audits.examples import audit_example, captures
from getvpn.audits.load import fleet_of
from getvpn.audits.registry import registry
from getvpn.audits.rules.aut import no_authorization
from getvpn.audits.rules.ike import forward_secrecy
from getvpn.audits.settings import Settings

SERVER = """\
hostname ks1
{head}
 identity number 1001
 server local
  rekey transport unicast
  sa ipsec 10
   match address ipv4 POLICY
  address ipv4 10.10.1.1
"""
MEMBER = """\
hostname gm1
{head}
 identity number 1001
 passive
 server address ipv4 10.10.1.1
"""
HEADS = ("crypto gdoi group G1", "crypto gkm group G1", "crypto gdoi group ipv6 G1")


def _named(lines: tuple[str, ...]) -> set[str]:
    return {line for line in lines if line.startswith(("crypto gdoi group", "crypto gkm group"))}


@pytest.mark.parametrize("head", [*HEADS, "crypto gkm group ipv6 G1"])
def test_fixes_open_the_block_that_is_there(head: str) -> None:
    files = {"ks1.cfg": SERVER.format(head=head), "gm1.cfg": MEMBER.format(head=head)}
    report = run(fleet_of(captures(files)), registry().rules, Settings(), raise_faults=True)
    fixes = [fix for finding in report.findings for fix in finding.fixes]
    assert {fix.device for fix in fixes if _named(fix.lines)} == {"gm1", "ks1"}
    assert set[str]().union(*(_named(fix.lines) for fix in fixes)) == {head}


@pytest.mark.parametrize("head", HEADS)
def test_advice_names_the_group_as_well(head: str) -> None:
    (finding,) = audit_example(no_authorization, {"ks1.cfg": SERVER.format(head=head)}).findings
    assert finding.remediation.splitlines()[0] == head


def test_a_command_that_clears_a_group_is_left_alone() -> None:
    head = "crypto gkm group ipv6 G1"
    files = {"ks1.cfg": SERVER.format(head=head), "gm1.cfg": MEMBER.format(head=head)}
    report = run(fleet_of(captures(files)), registry().rules, Settings(), raise_faults=True)
    texts = " ".join(finding.remediation for finding in report.findings)
    assert "clear crypto gdoi group ipv6" not in texts
    assert "crypto gdoi ks group ipv6" not in texts


@pytest.mark.parametrize(
    ("version", "word"), [("", "gkm"), ("version 17.9\n", "gkm"), ("version 15.7\n", "gdoi")]
)
def test_ios_has_no_other_word_than_gdoi(version: str, word: str) -> None:
    text = SERVER.format(head="crypto gdoi group G1")
    (finding,) = audit_example(forward_secrecy, {"ks1.cfg": f"{version}{text}end\n"}).findings
    assert finding.remediation.splitlines()[0] == f"crypto {word} group G1"
