"""Whether key servers have the current revocation lists."""

import pytest

from getvpn.audits.examples import audit_example
from getvpn.audits.rule import Severity
from getvpn.audits.rules.pki_lists import current_lists

from .managed import KS_SHOWN, member, part_of_server, server
from .said import messages, reasons

IKE = ("crypto isakmp policy 10", " encryption aes", " group 19")
POINT = ("crypto pki trustpoint CA", " enrollment url http://10.10.9.30:80")
KS1 = server(*IKE, *POINT, " revocation-check crl")
FILE, CLOCK = "ks1/show crypto pki crls.txt", "ks1/show clock.txt"
NOW = {CLOCK: "10:00:00.000 UTC Fri Mar 20 2026\n"}
LIST = """\
CRL Issuer Name:
    cn={issuer}
    LastUpdate: 08:00:00 UTC Mar 20 2026
{following}
    CRL downloaded at: 08:10:00 UTC Mar 20 2026

    Retrieved from CRL Distribution Point:
      ** CDP Not Published - Retrieved via SCEP

 CRL DER is 370 bytes
 CRL is stored in parsed CRL cache

"""
AUTHORITY = """\
CA Certificate
  Status: Available
  Certificate Serial Number (hex): 01
  Certificate Usage: Signature
  Issuer:
    cn={name}
  Subject:
    cn={name}
  Validity Date:
    start date: 10:00:00 UTC Jan 1 2026
    end   date: 10:00:00 UTC Jan 1 2030
  Associated Trustpoints: CA
"""


def lists(at: str | None = "16:00:00", issuer: str = "CA") -> dict[str, str]:
    following = f"    NextUpdate: {at} UTC Mar 20 2026\n" if at else ""
    return {FILE: LIST.format(issuer=issuer, following=following)}


@pytest.mark.parametrize(
    ("at", "found"),
    [
        ("16:00:00", False),
        ("10:00:01", False),
        ("10:00:00", True),
        ("09:00:00", True),
        (None, False),
    ],
)
def test_a_list_counts_until_the_next_one(at: str | None, found: bool) -> None:
    report = audit_example(current_lists, KS1 | lists(at) | NOW)
    expected = f"the revocation list of cn=CA ended at 2026-03-20 {at}"
    assert messages(report) == [expected] * found
    assert report.not_checked == ()
    for finding in report.findings:
        assert finding.severity is Severity.MEDIUM
        assert finding.remediation == "crypto pki crl request CA"


def test_a_key_server_without_lists_is_found() -> None:
    report = audit_example(current_lists, KS1 | {FILE: "\n"})
    assert messages(report) == ["the key server has no revocation list"]
    assert report.not_checked == ()


@pytest.mark.parametrize(("name", "found"), [("CA", False), ("OTHER", True)])
def test_each_authority_has_a_list(name: str, found: bool) -> None:
    shown = {"ks1/show crypto pki certificates.txt": AUTHORITY.format(name=name)}
    report = audit_example(current_lists, KS1 | lists() | NOW | shown)
    assert messages(report) == ["there is no revocation list of cn=OTHER"] * found


@pytest.mark.parametrize(
    "files",
    [
        server("crypto isakmp policy 10", " authentication pre-share"),
        server(*IKE, *POINT, " revocation-check none"),
        server(*IKE, *POINT, " revocation-check ocsp"),
        member(*IKE, *POINT, " revocation-check crl"),
    ],
)
def test_who_asks_for_no_list_needs_none(files: dict[str, str]) -> None:
    report = audit_example(current_lists, files | {FILE: "\n"} | NOW)
    assert (messages(report), reasons(report)) == ([], [])


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        (KS1, "there is no 'show crypto pki crls'"),
        (KS1 | lists(), "there is no 'show clock'"),
        (KS_SHOWN, "whether IKE uses certificates is not known"),
        (part_of_server(), "whether IKE uses certificates is not known"),
    ],
)
def test_what_was_not_shown_is_not_passed(files: dict[str, str], reason: str) -> None:
    report = audit_example(current_lists, files)
    assert (messages(report), reasons(report)) == ([], [reason])
