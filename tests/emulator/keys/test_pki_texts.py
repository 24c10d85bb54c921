import re
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from getvpn.emulator.keys import CertificateError, KeyMaterial, KeyStore, SeededKeyMaker
from getvpn.emulator.keys.pki import (
    Certificate,
    Installed,
    LabCa,
    PkiStore,
    Role,
    RouterSubject,
    Trustpoint,
    certificate_request,
    certificates_text,
    crl_text,
    read_certificate_lines,
    scep_url,
    self_signed_certificate,
    trustpoints_status_text,
    trustpoints_text,
)
from getvpn.emulator.keys.pki.authority import YEAR_S
from getvpn.parsers import parse
from getvpn.parsers.records.pki import Certificates, Trustpoints

from .seeds import seeded

Utc = Callable[[float], str]

ROUTER = RouterSubject(subject="cn=KS1,o=Example", hostname="KS1.example.net")

VOLATILE = (
    (re.compile(r"\b[0-9A-F]{8}(?: [0-9A-F]{8})+"), "<groups>"),
    (re.compile(r"\d\d:\d\d:\d\d [A-Z]{3} [A-Z][a-z]{2} \d{1,2} \d{4}"), "<time>"),
    # only this hash is still signed with
    (re.compile(r"(?:MD5|SHA1) with"), "SHA256 with"),
)


def masked(text: str) -> list[str]:
    for pattern, mark in VOLATILE:
        text = pattern.sub(mark, text)
    return text.strip("\n").splitlines()


@pytest.fixture
def authority(other_rsa_key: KeyMaterial, now: float) -> LabCa:
    return LabCa(other_rsa_key, "cn=LAB-CA,o=Example", now=now)


@pytest.fixture
def pki(store: KeyStore, rsa_key: KeyMaterial, authority: LabCa, now: float) -> PkiStore:
    """A router that is enrolled with the authority."""
    store.add("PKI-KS1", rsa_key, now=now)
    pki = PkiStore(store)
    trustpoint = pki.define("LAB")
    trustpoint.key_label = "PKI-KS1"
    trustpoint.url = "http://10.0.0.84"
    pki.authenticate("LAB", authority.certificate, now=now)
    pki.install("LAB", authority.grant(certificate_request(rsa_key, ROUTER), now=now), now=now)
    return pki


def device_certificate(shared: Path, number: int, head: str) -> bytes:
    """A certificate in the configuration of a captured device."""
    text = (shared / f"captures/community/running_config/{number}.txt").read_text()
    return read_certificate_lines(text[text.index(f"\n {head}\n") :].splitlines()[2:])


def test_the_certificate_of_a_device_is_shown_as_the_device_shows_it(
    shared: Path, utc: Utc, now: float
) -> None:
    der = device_certificate(shared, 6, "certificate ca 47D9FC834224A15D16F198CFDB6B2392")
    certificate = Certificate(der=der, role=Role.CA, installed_at=now)
    capture = (shared / "captures/community/crypto_pki_certificates/1.txt").read_text()
    expected = capture[capture.index("CA Certificate") :]
    assert (
        certificates_text([Installed(certificate=certificate, trustpoints=("ca",))], utc)
        == expected
    )
    stored = Certificate(der=der, role=Role.CA, installed_at=now, storage=certificate.storage_name)
    capture = (shared / "captures/community/crypto_pki_certificates/2.txt").read_text()
    expected = capture[capture.index("CA Certificate") :]
    assert certificates_text([Installed(certificate=stored, trustpoints=("ca",))], utc) == expected


@pytest.mark.parametrize("number", [1, 2])
def test_an_enrolled_router_shows_its_certificate_in_the_layout_of_a_device(
    shared: Path,
    utc: Utc,
    rsa_key: KeyMaterial,
    other_rsa_key: KeyMaterial,
    now: float,
    number: int,
) -> None:
    capture = (shared / f"captures/community/crypto_pki_certificates/{number}.txt").read_text()
    subjects = {
        1: RouterSubject(subject="cn=cr1-1,ou=cml.lab", serial_number="9WW2LGLIWU3"),
        2: RouterSubject(subject="ou=cml.lab", serial_number="131184647"),
    }
    authority = LabCa(other_rsa_key, "cn=Lab CA Intermediate CA", now=now)
    der = authority.grant(certificate_request(rsa_key, subjects[number]), now=now)
    certificate = Certificate(
        der=der,
        role=Role.IDENTITY,
        installed_at=now,
        storage="nvram:LabCAInterme#A604.cer" if number == 2 else None,
    )
    installed = Installed(certificate=certificate, trustpoints=("ca",), renew_percent=80)
    expected = masked(capture.split("\n\n")[0])
    expected[2] = "  Certificate Serial Number (hex): 02"
    assert masked(certificates_text([installed], utc)) == expected


def test_the_renewal_is_at_a_share_of_the_life(
    utc: Utc, rsa_key: KeyMaterial, authority: LabCa, now: float
) -> None:
    request = certificate_request(rsa_key, ROUTER)
    # as in a device's output: granted 04:55:37 for a day and a minute, renewed at 80 %
    der = authority.grant(request, now=1_771_300_762, lifetime_s=86_460)
    certificate = Certificate(der=der, role=Role.IDENTITY, installed_at=now)
    text = certificates_text(
        [Installed(certificate=certificate, trustpoints=("ca",), renew_percent=80)], utc
    )
    assert "    start date: 03:59:22 UTC Feb 17 2026\n" in text
    assert "    end   date: 04:00:22 UTC Feb 18 2026\n" in text
    assert "    renew date: 23:12:10 UTC Feb 17 2026\n" in text


def test_the_verbose_form_has_the_layout_of_a_device(
    shared: Path, utc: Utc, store: KeyStore, now: float
) -> None:
    maker = SeededKeyMaker(seeded("verbose"))
    authority = LabCa(maker.rsa(2048), "cn=ROOT", now=now)
    (pair,) = store.add("client", maker.rsa(2048), now=now)
    pki = PkiStore(store)
    pki.define("client").key_label = "client"
    for name in ("client", "ROOT"):
        pki.authenticate(name, authority.certificate, now=now)
    subject = RouterSubject(serial_number="9HI3W7WA3K8", hostname="pki-reg7")
    der = authority.grant(certificate_request(pair.material, subject), now=now)
    pki.install("client", der, now=now)
    capture = (shared / "captures/genie/crypto_pki_certificates_verbose/2.txt").read_text()
    assert masked(certificates_text(pki.installed(), utc, verbose=True)) == masked(capture)


def test_the_alternative_names_have_the_layout_of_a_device(
    shared: Path, utc: Utc, rsa_key: KeyMaterial, authority: LabCa, now: float
) -> None:
    subject = RouterSubject(subject="cn=ROUTER", alternative_names=("100.100.100.1",))
    der = authority.grant(certificate_request(rsa_key, subject), now=now)
    certificate = Certificate(der=der, role=Role.IDENTITY, installed_at=now)
    text = certificates_text(
        [Installed(certificate=certificate, trustpoints=("x",))], utc, verbose=True
    )
    capture = (shared / "captures/genie/crypto_pki_certificates_verbose/3.txt").read_text()
    block = re.compile(r"    X509v3 Subject Alternative Name:\n(?: {8}.*\n|\n)+")
    assert block.findall(text) == block.findall(capture)
    assert "    IP Address: 100.100.100.1\n    cn=ROUTER\n" in text
    assert "    IP Address: 100.100.100.1\n    cn=ROUTER\n" in capture


def test_a_self_signed_certificate_has_the_layout_of_a_device(
    shared: Path, utc: Utc, store: KeyStore, rsa_key: KeyMaterial, now: float
) -> None:
    store.add("TP-self-signed-4146203551", rsa_key, now=now)
    pki = PkiStore(store)
    pki.define("TP-self-signed-4146203551").key_label = "TP-self-signed-4146203551"
    der = self_signed_certificate(rsa_key, 4146203551, now=now)
    pki.install("TP-self-signed-4146203551", der, now=now)
    pki.save()
    capture = (shared / "captures/genie/crypto_pki_certificates/2.txt").read_text()
    text = certificates_text(pki.installed(), utc)
    # the capture lost the blanks at the ends of its lines
    assert [line.rstrip() for line in masked(text)] == masked(capture.strip())


def test_the_place_of_the_list_of_revoked_certificates_is_shown(
    utc: Utc, rsa_key: KeyMaterial, other_rsa_key: KeyMaterial, now: float
) -> None:
    authority = LabCa(other_rsa_key, now=now, crl_url="http://10.0.0.1/lab.crl")
    der = authority.grant(certificate_request(rsa_key, ROUTER), now=now)
    certificate = Certificate(der=der, role=Role.IDENTITY, installed_at=now)
    text = certificates_text([Installed(certificate=certificate, trustpoints=("x",))], utc)
    assert "\n  CRL Distribution Points: \n    http://10.0.0.1/lab.crl\n  Validity Date: \n" in text


def test_no_certificates_are_shown_as_nothing(utc: Utc) -> None:
    assert certificates_text([], utc) == ""


def test_our_own_parser_reads_the_true_certificates(pki: PkiStore, utc: Utc, now: float) -> None:
    for verbose in (False, True):
        text = certificates_text(pki.installed(), utc, verbose=verbose)
        record = parse(f"show crypto pki certificates{' verbose' * verbose}", text)
        assert isinstance(record, Certificates)
        own, issuer = record.certificates
        assert (own.serial, issuer.serial) == (2, 1)
        assert own.trustpoints == issuer.trustpoints == ("LAB",)
        assert own.valid_until is not None
        assert own.valid_until.replace(tzinfo=UTC).timestamp() == now + YEAR_S


def test_genie_and_ntc_templates_read_the_true_certificates(pki: PkiStore, utc: Utc) -> None:
    genie = pytest.importorskip("genie.libs.parser.iosxe.show_crypto")
    ntc = pytest.importorskip("ntc_templates.parse")
    text = certificates_text(pki.installed(), utc)
    read = genie.ShowCryptoPkiCertificates(device=None).parse(output=text)
    entry = read["trustpoints"]["LAB"]["associated_trustpoints"]
    assert entry["certificate"]["subject"]["cn"] == "KS1"
    assert entry["ca_certificate"]["subject"]["cn"] == "LAB-CA"
    verbose = certificates_text(pki.installed(), utc, verbose=True)
    read = genie.ShowCryptoPkiCertificateVerbose(device=None).parse(output=verbose)
    assert read["certificates"]["certificate"]["key_label"] == "PKI-KS1"
    assert read["certificates"]["certificate"]["subject"]["name"] == "KS1.example.net"
    rows = ntc.parse_output("cisco_ios", "show crypto pki certificates", text)
    assert [row["serial_number"] for row in rows] == ["02", "01"]
    assert [row["associated_trustpoints"] for row in rows] == ["LAB", "LAB"]


# -- trustpoints


def test_a_trustpoint_is_shown_as_the_device_shows_it(shared: Path, now: float) -> None:
    der = device_certificate(shared, 6, "certificate ca 01")
    certificate = Certificate(der=der, role=Role.CA, installed_at=now)
    capture = (shared / "captures/genie/crypto_pki_trustpoints/1.txt").read_text()
    expected = capture[: capture.index("Trustpoint CISCO")]
    assert trustpoints_text([Trustpoint(name="SLA-TrustPoint", ca=certificate)]) == expected


def test_a_self_signed_trustpoint_is_shown_as_the_device_shows_it(
    shared: Path, rsa_key: KeyMaterial, now: float
) -> None:
    name = "TP-self-signed-1504826562"
    der = self_signed_certificate(rsa_key, 1504826562, now=now)
    certificate = Certificate(der=der, role=Role.SELF_SIGNED, installed_at=now)
    trustpoint = Trustpoint(name=name, key_label=name, identity=(certificate,))
    capture = (shared / "captures/genie/crypto_pki_trustpoints/1.txt").read_text()
    text = trustpoints_text([trustpoint])
    assert text in capture


def test_an_empty_trustpoint_is_shown_by_its_name() -> None:
    assert trustpoints_text([Trustpoint(name="trustpoint1")]) == "Trustpoint trustpoint1:\n\n\n"


def test_an_enrolled_trustpoint_tells_where_it_enrolled(pki: PkiStore) -> None:
    assert trustpoints_text(pki).splitlines()[5:] == [
        "    Certificate configured.",
        "    SCEP URL: http://10.0.0.84:80/cgi-bin",
        "",
        "",
    ]


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://10.0.0.84:8080", "http://10.0.0.84:8080/cgi-bin"),
        ("http://10.0.0.149:9001/scep/scep/", "http://10.0.0.149:9001/scep/scep"),
        ("http://[2001:db8::1]", "http://[2001:db8::1]:80/cgi-bin"),
        ("http://10.0.0.1:99999", "http://10.0.0.1:99999"),
        ("http://[", "http://["),
    ],
)
def test_the_enrolment_address_has_a_port_and_a_path(url: str, shown: str) -> None:
    assert scep_url(url) == shown


def test_the_status_of_an_enrolled_trustpoint(pki: PkiStore, store: KeyStore) -> None:
    text = trustpoints_status_text(pki, store)
    assert masked(text) == [
        "Trustpoint LAB:",
        "  Issuing CA certificate configured:",
        "    Subject Name:",
        "     cn=LAB-CA,o=Example",
        "    Fingerprint MD5: <groups> ",
        "    Fingerprint SHA1: <groups> ",
        "  Router General Purpose certificate configured:",
        "    Subject Name:",
        "     hostname=KS1.example.net,cn=KS1,o=Example",
        "    Fingerprint MD5: <groups> ",
        "    Fingerprint SHA1: <groups> ",
        "  Last enrollment status: Granted",
        "  State:",
        "    Keys generated ............. Yes (General Purpose, non-exportable)",
        "    Issuing CA authenticated ....... Yes",
        "    Certificate request(s) ..... Yes",
    ]
    assert text.endswith("Yes\n\n\n")


def test_the_status_of_a_new_trustpoint(store: KeyStore) -> None:
    assert trustpoints_status_text([Trustpoint(name="x", key_label="none")], store).split("\n") == [
        "Trustpoint x:",
        "  State:",
        "    Keys generated ............. No",
        "    Issuing CA authenticated ....... No",
        "    Certificate request(s) ..... None",
        "",
        "",
        "",
    ]


def test_the_fingerprints_of_a_well_known_certificate(
    shared: Path, store: KeyStore, now: float
) -> None:
    der = device_certificate(shared, 6, "certificate ca 01")
    certificate = Certificate(der=der, role=Role.CA, installed_at=now)
    text = trustpoints_status_text([Trustpoint(name="SLA", ca=certificate)], store)
    assert "    Fingerprint MD5: 1468DC18 250BDFCF 769C29DF E1F7E5A8 \n" in text
    assert "    Fingerprint SHA1: 5CA95FB6 E2980EC1 5AFB681B BB7E62B5 AD3FA8B8 \n" in text


def test_our_own_parser_reads_the_true_trustpoints(pki: PkiStore, store: KeyStore) -> None:
    for command, text in (
        ("show crypto pki trustpoints", trustpoints_text(pki)),
        ("show crypto pki trustpoints status", trustpoints_status_text(pki, store)),
    ):
        record = parse(command, text)
        assert isinstance(record, Trustpoints)
        assert [each.name for each in record.trustpoints] == ["LAB"]


def test_genie_reads_the_true_trustpoints(pki: PkiStore, store: KeyStore) -> None:
    genie = pytest.importorskip("genie.libs.parser.iosxe.show_crypto")
    read = genie.ShowCryptoPkiTrustpoints(device=None).parse(output=trustpoints_text(pki))
    assert read["trustpoints"]["LAB"]["issuing_ca"]["subject"] == {"cn": "LAB-CA", "o": "Example"}
    text = trustpoints_status_text(pki, store)
    read = genie.ShowCryptoPkiTrustpointsStatus(device=None).parse(output=text)
    assert read["Trustpoints"]["LAB"]["last_enroll"] == "granted"


def test_the_list_of_revoked_certificates_is_shown(authority: LabCa, utc: Utc, now: float) -> None:
    der = authority.crl(now=now)
    text = crl_text(der, utc, downloaded_at=now + 60)
    assert text.splitlines() == [
        "CRL Issuer Name: ",
        "    cn=LAB-CA,o=Example",
        "    LastUpdate: 03:36:15 UTC Nov 5 2022",
        "    NextUpdate: 09:36:15 UTC Nov 5 2022",
        "",
        "    CRL downloaded at: 03:37:15 UTC Nov 5 2022",
        "",
        "    Retrieved from CRL Distribution Point: ",
        "      ** CDP Not Published - Retrieved via SCEP",
        "",
        f" CRL DER is {len(der)} bytes",
        " CRL is stored in parsed CRL cache",
        "",
        "",
        f"Parsed CRL cache current size is {len(der)} bytes",
        "Parsed CRL cache maximum size is 65536 bytes",
    ]
    genie = pytest.importorskip("genie.libs.parser.iosxe.show_crypto")
    assert genie.ShowCryptoPkiCrls(device=None).parse(output=text)["crl_der_size"] == len(der)


# -- strange certificates

SAMPLE = LabCa(SeededKeyMaker(seeded("damaged")).rsa(512), "cn=x,o=y", now=0).certificate


@given(st.data())
def test_a_damaged_certificate_is_shown_or_refused(utc: Utc, data: st.DataObject) -> None:
    der = bytearray(SAMPLE)
    for _ in range(data.draw(st.integers(1, 3))):
        der[data.draw(st.integers(0, len(der) - 1))] = data.draw(st.integers(0, 255))
    certificate = Certificate(der=bytes(der), role=Role.IDENTITY, installed_at=0)
    with suppress(CertificateError):
        certificate.x509()
        shown = certificates_text(
            [Installed(certificate=certificate, trustpoints=("x",))], utc, verbose=True
        )
        assert all(line.isprintable() for line in shown.splitlines())
