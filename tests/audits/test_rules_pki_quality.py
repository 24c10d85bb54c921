"""How strong certificates are, whether their check can be skipped, and who made them."""

import pytest

from getvpn.audits.examples import audit_example
from getvpn.audits.rule import Severity
from getvpn.audits.rules.key import key_output
from getvpn.audits.rules.pki_quality import old_signature, short_keys, skipped_check, unknown_ca
from getvpn.audits.settings import Settings, profile

from .managed import KS_SHOWN, PART, member, part_of_server, router, server
from .said import messages, reasons

USE = "whether IKE uses certificates is not known"
IKE = ("crypto isakmp policy 10", " encryption aes", " group 19")
POINT = ("crypto pki trustpoint CA", " enrollment url http://10.10.9.30:80")
SHARED = ("crypto isakmp policy 10", " authentication pre-share")
RSA = "    Public Key Algorithm: rsaEncryption\n    RSA Public Key: ({} bit)\n"
EC = "    Public Key Algorithm: ecEncryption\n    EC Public Key: ({} bit)\n"
CERTIFICATE = """\
{title}
  Status: Available
  Version: 3
  Certificate Serial Number (hex): 03
  Certificate Usage: General Purpose
  Issuer:
    cn={issuer}
  Subject:
    Name: {name}
    cn={name}
  Validity Date:
    start date: 10:00:00 UTC Jan 1 2026
    end   date: 10:00:00 UTC Jan 1 2027
  Subject Key Info:
{key}  Signature Algorithm: {hash} with RSA Encryption
  Fingerprint MD5: 63B03B57 6ADB6EB8 A525E53A F8478A34
  Fingerprint SHA1: 8C78B5ED 59B6EC2E 645DB494 998657E6 290DA64C
  X509v3 extensions:
    X509v3 Key Usage: A0000000
      Digital Signature
      Key Encipherment
    Authority Info Access:
  Cert install time: 10:05:00 UTC Jan 1 2026
  Associated Trustpoints: CA
  Key Label: PKI
"""
CA_CERTIFICATE = """\
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
    end   date: 10:00:00 UTC Jan 1 2027
  Associated Trustpoints: {point}
"""
KS1 = server(*IKE, *POINT)
KEYS = "ks1/show crypto key mypubkey rsa.txt"


def certificate(
    host: str = "ks1",
    *,
    key: str = RSA.format(2048),
    issuer: str = "CA",
    digest: str = "SHA256",
    title: str = "Certificate",
    name: str | None = None,
) -> dict[str, str]:
    text = CERTIFICATE.format(title=title, issuer=issuer, name=name or host, key=key, hash=digest)
    return {f"{host}/show crypto pki certificates verbose.txt": text}


@pytest.mark.parametrize(
    ("key", "settings", "said"),
    [
        (RSA.format(2048), Settings(), None),
        (RSA.format(2047), Settings(), "has a key of 2047 bits, less than 2048"),
        (RSA.format(2048), profile("cnsa").settings, "has a key of 2048 bits, less than 3072"),
        (RSA.format(3072), profile("cnsa").settings, None),
        (EC.format(256), Settings(), None),
        (EC.format(255), Settings(), "has a key of 255 bits, less than 256"),
        (EC.format(256), profile("cnsa").settings, "has a key of 256 bits, less than 384"),
        (EC.format(384), profile("cnsa").settings, None),
    ],
)
def test_keys_of_certificates_are_long_enough(
    key: str, settings: Settings, said: str | None
) -> None:
    report = audit_example(short_keys, KS1 | certificate(key=key), settings)
    assert messages(report) == ([f"certificate of CA {said}"] if said else [])
    assert report.not_checked == ()


def test_the_key_of_the_ca_counts_as_well() -> None:
    given = certificate(title="CA Certificate", key=RSA.format(1024))
    assert messages(audit_example(short_keys, KS1 | given)) == [
        "CA certificate of CA has a key of 1024 bits, less than 2048"
    ]


@pytest.mark.parametrize(
    ("line", "shown", "said", "unknown"),
    [
        ((" rsakeypair PKI 2048",), {}, [], []),
        ((" rsakeypair PKI 2047",), {}, ["has a key of 2047 bits, less than 2048"], []),
        ((" rsakeypair PKI",), {}, [], ["the key of trustpoint CA is not known"]),
        ((), {}, [], ["the key of trustpoint CA is not known"]),
        (
            (" rsakeypair REKEY 4096",),
            {KEYS: key_output(1024, "A5")},
            ["has a key of 1024 bits, less than 2048"],
            [],
        ),
        ((" rsakeypair REKEY",), {KEYS: key_output(2048, "A5")}, [], []),
        (
            (" rsakeypair OTHER",),
            {KEYS: key_output(1024, "A5")},
            [],
            ["the key of trustpoint CA is not known"],
        ),
    ],
)
def test_without_certificates_the_key_pair_tells(
    line: tuple[str, ...], shown: dict[str, str], said: list[str], unknown: list[str]
) -> None:
    report = audit_example(short_keys, server(*IKE, *POINT, *line) | shown)
    assert messages(report) == [f"trustpoint CA {each}" for each in said]
    assert reasons(report) == unknown


@pytest.mark.parametrize("rule", [short_keys, old_signature])
def test_without_configuration_certificates_are_needed(rule: object) -> None:
    from getvpn.audits.rule import Rule

    assert isinstance(rule, Rule)
    report = audit_example(rule, KS_SHOWN)
    assert (messages(report), reasons(report)) == (
        [],
        ["there is no 'show crypto pki certificates'", USE],
    )
    report = audit_example(rule, KS_SHOWN | certificate())
    assert (report.findings, report.not_checked) == ((), ())
    for files in (server(*SHARED) | certificate(), router(*IKE, *POINT)):
        report = audit_example(rule, files)
        assert (report.findings, report.not_checked) == ((), ())


@pytest.mark.parametrize(
    ("digest", "found"),
    [("SHA256", False), ("SHA1", True), ("MD5", True), ("SHA512", False), ("SHA-1", True)],
)
def test_certificates_are_signed_with_a_hash_of_today(digest: str, found: bool) -> None:
    report = audit_example(old_signature, KS1 | certificate(digest=digest))
    message = f"certificate of CA is signed by {digest} with RSA Encryption"
    assert messages(report) == [message] * found
    assert report.not_checked == ()


def test_the_signature_of_a_ca_on_itself_does_not_count() -> None:
    own = certificate(digest="SHA1", title="CA Certificate", issuer="ks1")
    assert messages(audit_example(old_signature, KS1 | own)) == []
    sub = certificate(digest="SHA1", title="CA Certificate", issuer="ROOT")
    assert messages(audit_example(old_signature, KS1 | sub)) == [
        "CA certificate of CA is signed by SHA1 with RSA Encryption"
    ]


@pytest.mark.parametrize(("word", "found"), [("sha256", False), ("sha1", True), ("md5", True)])
def test_requests_for_certificates_are_signed_with_a_hash_of_today(word: str, found: bool) -> None:
    files = server(*IKE, *POINT, f" hash {word}") | certificate()
    report = audit_example(old_signature, files)
    assert messages(report) == [f"trustpoint CA signs its requests with {word}"] * found
    assert all(finding.severity is Severity.LOW for finding in report.findings)


def test_a_certificate_in_brief_does_not_tell_its_signature() -> None:
    files = KS1 | {
        "ks1/show crypto pki certificates.txt": CA_CERTIFICATE.format(name="A", point="CA")
    }
    assert reasons(audit_example(old_signature, files)) == [
        ("there is no certificate of trustpoint CA in full (show crypto pki certificates verbose)")
    ]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("", []),
        (" revocation-check crl", []),
        (" revocation-check none", []),
        (
            " revocation-check crl none",
            ["trustpoint CA takes certificates when crl gives no answer"],
        ),
        (
            " revocation-check crl ocsp none",
            ["trustpoint CA takes certificates when crl ocsp gives no answer"],
        ),
    ],
)
def test_key_servers_do_not_skip_the_check(line: str, said: list[str]) -> None:
    report = audit_example(skipped_check, server(*IKE, *POINT, line))
    assert messages(report) == said
    assert report.not_checked == ()
    assert messages(audit_example(skipped_check, member(*IKE, *POINT, line))) == []


def test_the_check_of_a_part_is_not_passed() -> None:
    report = audit_example(skipped_check, part_of_server(*IKE, *POINT))
    assert (messages(report), reasons(report)) == ([], [PART])
    assert reasons(audit_example(skipped_check, KS_SHOWN)) == ["there is no configuration"]


GM1 = member(*IKE, *POINT)
STRANGE = "key server ks1 does not know cn=OTHER, which signed the certificate of CA of gm1"


def test_key_servers_know_the_ca_of_every_member() -> None:
    files = KS1 | certificate() | GM1 | certificate("gm1", issuer="OTHER")
    report = audit_example(unknown_ca, files)
    assert messages(report) == [STRANGE]
    (finding,) = report.findings
    assert (finding.device, finding.severity) == ("ks1", Severity.HIGH)
    assert {each.device for each in finding.evidence} == {"gm1", "ks1"}
    assert report.not_checked == ()
    alike = KS1 | certificate() | GM1 | certificate("gm1")
    report = audit_example(unknown_ca, alike)
    assert (report.findings, report.not_checked) == ((), ())


def test_a_ca_that_was_only_authenticated_is_known() -> None:
    path = "ks1/show crypto pki certificates verbose.txt"
    more = {path: certificate()[path] + "\n" + CA_CERTIFICATE.format(name="OTHER", point="CA")}
    files = KS1 | more | GM1 | certificate("gm1", issuer="OTHER")
    assert messages(audit_example(unknown_ca, files)) == []


def test_members_of_another_network_have_a_ca_of_their_own() -> None:
    text = GM1["gm1.cfg"].replace("group G1", "group X").replace("10.10.1.1", "10.77.1.1")
    files = KS1 | certificate() | certificate("gm1", issuer="OTHER")
    report = audit_example(unknown_ca, files | {"gm1.cfg": text.replace("10.10.2.1", "10.77.2.1")})
    assert messages(report) == []


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (KS1 | GM1 | certificate("gm1"), ["ks1"]),
        (KS1 | certificate() | GM1, ["gm1"]),
        (server(*SHARED) | member(*SHARED), []),
    ],
)
def test_certificates_that_were_not_shown_are_not_compared(
    files: dict[str, str], expected: list[str]
) -> None:
    report = audit_example(unknown_ca, files)
    assert messages(report) == []
    assert [each.device for each in report.not_checked] == expected


def test_one_certificate_does_not_hide_another() -> None:
    path = "ks1/show crypto pki certificates verbose.txt"
    brief = CA_CERTIFICATE.format(name="CA", point="CA")
    weak = certificate(key=RSA.format(1024), digest="SHA1")[path]
    files = server(*IKE, *POINT) | {path: f"{brief}\n{weak}"}
    assert messages(audit_example(short_keys, files)) == [
        "certificate of CA has a key of 1024 bits, less than 2048"
    ]
    (finding,) = audit_example(old_signature, files).findings
    assert finding.remediation.startswith("crypto pki trustpoint CA\n hash sha256")


def test_one_trustpoint_does_not_hide_another() -> None:
    second = ("crypto pki trustpoint B", " enrollment url http://10.10.9.31:80")
    files = server(*IKE, *POINT, *second, " rsakeypair B 1024", " hash sha1") | certificate()
    assert messages(audit_example(short_keys, files)) == [
        "trustpoint B has a key of 1024 bits, less than 2048"
    ]
    report = audit_example(old_signature, files)
    assert messages(report) == ["trustpoint B signs its requests with sha1"]
    assert [reason[:40] for reason in reasons(report)] == [
        "there is no certificate of trustpoint B i"[:40]
    ]
