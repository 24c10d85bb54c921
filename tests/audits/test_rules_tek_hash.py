"""How changes of packets are noticed."""

import pytest

from getvpn.audits.examples import audit_example
from getvpn.audits.rule import Grade, Severity
from getvpn.audits.rules.tek_cipher import cipher_not_aes
from getvpn.audits.rules.tek_hash import weak_integrity
from getvpn.audits.settings import Settings, profile

from .managed import KS_SHOWN
from .said import messages, reasons

STIG = profile("stig").settings
SERVER = """\
{head}crypto ipsec transform-set TS {transforms}
crypto ipsec profile PROF
 set transform-set TS
crypto gdoi group G1
 identity number 1001
 server local
  sa ipsec 10
   profile PROF
   match address ipv4 POLICY
  address ipv4 10.10.1.1
"""


def world(transforms: str, head: str = "hostname ks1\n") -> dict[str, str]:
    return {"ks1.cfg": SERVER.format(transforms=transforms, head=head) + "ntp master\n"}


@pytest.mark.parametrize(
    ("transforms", "settings", "said", "severity"),
    [
        ("esp-aes 256 esp-sha256-hmac", Settings(), None, None),
        ("esp-aes 256 esp-sha-hmac", Settings(), None, None),
        ("esp-aes esp-md5-hmac", Settings(), "notices changes by md5; 160 bits", Severity.MEDIUM),
        (
            "esp-aes 256",
            Settings(),
            "has no hash, so packets can be changed unnoticed",
            Severity.HIGH,
        ),
        ("esp-aes 256 ah-sha256-hmac", Settings(), None, None),
        ("ah-md5-hmac", Settings(), "notices changes by md5; 160 bits", Severity.MEDIUM),
        ("esp-gcm 256", Settings(), None, None),
        ("esp-gmac 256", Settings(), None, None),
        (
            "esp-aes 256 esp-sha256-hmac",
            STIG,
            "notices changes by sha256; 384 bits",
            Severity.MEDIUM,
        ),
        ("esp-aes 256 esp-sha384-hmac", STIG, None, None),
        ("esp-aes 256 esp-sha512-hmac", STIG, None, None),
        ("esp-gcm 256", STIG, None, None),
    ],
)
def test_the_hash_of_traffic_is_one_of_today(
    transforms: str, settings: Settings, said: str | None, severity: Severity | None
) -> None:
    report = audit_example(weak_integrity, world(transforms), settings)
    assert [finding.severity for finding in report.findings] == ([severity] if severity else [])
    assert report.not_checked == ()
    for message in messages(report):
        assert message.startswith(f"transform set TS of group G1 {said}")


@pytest.mark.parametrize(
    ("transforms", "settings", "line"),
    [
        ("esp-aes 192 esp-md5-hmac", Settings(), "esp-aes 192 esp-sha256-hmac"),
        ("esp-3des esp-md5-hmac", Settings(), "esp-aes 256 esp-sha256-hmac"),
        ("esp-aes 256 esp-sha-hmac", STIG, "esp-aes 256 esp-sha384-hmac"),
        (
            "esp-aes esp-sha384-hmac",
            Settings(tek_hash_min_bits=512),
            "esp-aes 128 esp-sha512-hmac",
        ),
    ],
)
def test_the_fix_keeps_the_key_size_and_needs_a_rekey(
    transforms: str, settings: Settings, line: str
) -> None:
    (finding,) = audit_example(weak_integrity, world(transforms), settings).findings
    (fix,) = finding.fixes
    assert fix.lines == (f"crypto ipsec transform-set TS {line}",)
    assert fix.grade is Grade.REKEY


def test_a_set_that_two_policies_use_is_found_once() -> None:
    text = world("esp-aes esp-md5-hmac")["ks1.cfg"]
    text = text.replace("  address ipv4", "  sa ipsec 20\n   profile PROF\n  address ipv4")
    assert len(audit_example(weak_integrity, {"ks1.cfg": text}).findings) == 1


def test_a_set_that_is_not_there_is_not_passed() -> None:
    text = world("esp-aes esp-md5-hmac")["ks1.cfg"]
    for old, new in (("transform-set TS esp", "transform-set X esp"), ("  profile PROF", "  exit")):
        report = audit_example(weak_integrity, {"ks1.cfg": text.replace(old, new)})
        assert messages(report) == []
        assert reasons(report) == ["the transform sets of 'sa ipsec 10' are not known in full"]


def test_a_policy_that_is_cut_off_may_follow() -> None:
    text = world("esp-aes 256 esp-sha256-hmac", head="")["ks1.cfg"].removesuffix("ntp master\n")
    assert reasons(audit_example(weak_integrity, {"ks1.cfg": text})) == [
        "the group is not known in full"
    ]
    assert reasons(audit_example(weak_integrity, KS_SHOWN)) == ["there is no configuration"]


@pytest.mark.parametrize(
    ("transforms", "wanted"),
    [
        ("esp-3des esp-md5-hmac", "esp-aes 256 esp-sha384-hmac"),
        ("esp-aes esp-sha-hmac", "esp-aes 256 esp-sha384-hmac"),
        ("esp-aes 192 esp-sha256-hmac", "esp-aes 256 esp-sha384-hmac"),
        ("esp-aes", "esp-aes 256 esp-sha384-hmac"),
    ],
)
def test_the_rules_about_cipher_and_hash_want_one_transform_set(
    transforms: str, wanted: str
) -> None:
    lines = {
        line
        for rule in (cipher_not_aes, weak_integrity)
        for finding in audit_example(rule, world(transforms), STIG).findings
        for fix in finding.fixes
        for line in fix.lines
    }
    assert lines == {f"crypto ipsec transform-set TS {wanted}"}


@pytest.mark.parametrize(
    ("transforms", "settings", "wanted"),
    [
        ("esp-des esp-sha512-hmac", STIG, "esp-aes 256 esp-sha512-hmac"),
        ("esp-des esp-sha384-hmac", Settings(), "esp-aes 256 esp-sha384-hmac"),
        ("esp-des esp-md5-hmac", Settings(), "esp-aes 256 esp-sha256-hmac"),
        ("esp-gcm 128", STIG, "esp-gcm 256"),
        ("esp-gmac 192", STIG, "esp-gmac 256"),
    ],
)
def test_another_cipher_leaves_what_is_good(
    transforms: str, settings: Settings, wanted: str
) -> None:
    (finding,) = audit_example(cipher_not_aes, world(transforms), settings).findings
    assert finding.remediation == f"crypto ipsec transform-set TS {wanted}"


@pytest.mark.parametrize(
    ("transforms", "settings", "wanted"),
    [
        ("esp-aes 192 esp-md5-hmac", Settings(), "esp-aes 192 esp-sha256-hmac"),
        ("esp-aes 192 esp-md5-hmac", STIG, "esp-aes 256 esp-sha384-hmac"),
        ("esp-aes 256 esp-md5-hmac", STIG, "esp-aes 256 esp-sha384-hmac"),
        ("ah-md5-hmac", Settings(), "esp-aes 256 esp-sha256-hmac"),
    ],
)
def test_another_hash_leaves_what_is_good(transforms: str, settings: Settings, wanted: str) -> None:
    (finding,) = audit_example(weak_integrity, world(transforms), settings).findings
    assert finding.remediation == f"crypto ipsec transform-set TS {wanted}"
