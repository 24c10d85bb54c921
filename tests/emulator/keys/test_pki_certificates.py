import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from getvpn.emulator.keys import CertificateError, KeyMaterial, KeyStore
from getvpn.emulator.keys.pki import (
    Certificate,
    LabCa,
    PkiStore,
    Role,
    RouterSubject,
    Trustpoint,
    certificate_request,
    chain_lines,
    load_certificate,
    name_lines,
    name_text,
    parse_name,
    read_certificate_lines,
    self_signed_certificate,
    serial_hex,
)
from getvpn.emulator.keys.pki.authority import DAY_S, YEAR_S

ROUTER = RouterSubject(subject="cn=KS1,o=Example", hostname="KS1.example.net")


@pytest.fixture
def authority(other_rsa_key: KeyMaterial, now: float) -> LabCa:
    return LabCa(other_rsa_key, "cn=LAB-CA,o=Example", now=now)


# -- names


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("cn=KS1", ["cn=KS1"]),
        ("CN=cr1-1,O=cml.lab", ["cn=cr1-1", "o=cml.lab"]),
        (" cn = KS1 , ou=VPN,o=A\\, B,c=RU", ["cn=KS1", "ou=VPN", "o=A, B", "c=RU"]),
        ('cn="Site, one"', ["cn=Site, one"]),
        ("e=me@example.net,st=KA,l=BLR,dc=pki", ["e=me@example.net", "st=KA", "l=BLR", "dc=pki"]),
        ("", []),
    ],
)
def test_a_subject_name_is_shown_as_it_was_written(text: str, lines: list[str]) -> None:
    name = parse_name(text)
    assert name_lines(name) == lines
    assert name_text(name) == ",".join(lines)


def test_what_the_router_adds_is_the_first_part_shown_and_the_last_encoded() -> None:
    name = parse_name("cn=R14,c=RU", serial_number="FTX1", ip_address="50.50.1.30", hostname="R14")
    assert set(name_lines(name)[0].split("+")) == {
        "serialNumber=FTX1",
        "ipaddress=50.50.1.30",
        "hostname=R14",
    }
    assert [len(list(part)) for part in name.rdns] == [1, 1, 3]


@pytest.mark.parametrize(
    "text", ["KS1", "cn=", "c=RUS", "title=x", f"cn={'x' * 65}", "cn=x," * 400]
)
def test_a_subject_name_that_cannot_be_used_is_refused(text: str) -> None:
    with pytest.raises(CertificateError):
        parse_name(text)


@given(st.text(max_size=100))
def test_any_text_is_a_name_or_refused(text: str) -> None:
    with suppress(CertificateError):
        name_lines(parse_name(text))


# -- authority


def test_the_authority_signs_itself(authority: LabCa, now: float) -> None:
    certificate = load_certificate(authority.certificate)
    certificate.verify_directly_issued_by(certificate)
    assert serial_hex(certificate.serial_number) == "01"
    life = certificate.not_valid_after_utc - certificate.not_valid_before_utc
    assert life.total_seconds() == 10 * YEAR_S
    assert certificate.not_valid_before_utc.timestamp() == now


def test_a_granted_certificate_is_issued_by_the_authority_for_the_key(
    authority: LabCa, rsa_key: KeyMaterial, now: float
) -> None:
    der = authority.grant(certificate_request(rsa_key, ROUTER), now=now + DAY_S)
    certificate = load_certificate(der)
    certificate.verify_directly_issued_by(load_certificate(authority.certificate))
    assert certificate.public_key() == rsa_key.private_key().public_key()
    assert name_lines(certificate.subject) == ["hostname=KS1.example.net", "cn=KS1", "o=Example"]
    assert serial_hex(certificate.serial_number) == "02"
    assert certificate.not_valid_before_utc.timestamp() == now + DAY_S


def test_a_certificate_does_not_outlive_the_authority(
    rsa_key: KeyMaterial, other_rsa_key: KeyMaterial, now: float
) -> None:
    authority = LabCa(other_rsa_key, now=now, lifetime_s=DAY_S)
    der = authority.grant(certificate_request(rsa_key, ROUTER), now=now)
    assert load_certificate(der).not_valid_after_utc.timestamp() == now + DAY_S


def test_the_same_authority_issues_the_same_certificates(
    authority: LabCa, rsa_key: KeyMaterial, other_rsa_key: KeyMaterial, now: float
) -> None:
    again = LabCa(other_rsa_key, "cn=LAB-CA,o=Example", now=now)
    request = certificate_request(rsa_key, ROUTER)
    assert authority.grant(request, now=now) == again.grant(request, now=now)
    assert authority.certificate == again.certificate


def test_a_request_that_was_changed_is_refused(
    authority: LabCa, rsa_key: KeyMaterial, now: float
) -> None:
    request = bytearray(certificate_request(rsa_key, ROUTER))
    request[-1] ^= 1
    with pytest.raises(CertificateError):
        authority.grant(bytes(request), now=now)
    with pytest.raises(CertificateError):
        authority.grant(b"nonsense", now=now)


def test_an_alternative_name_is_a_host_or_an_address(
    authority: LabCa, rsa_key: KeyMaterial, now: float
) -> None:
    subject = RouterSubject(subject="cn=x", alternative_names=("ks1.example.net", "10.0.0.1"))
    certificate = load_certificate(authority.grant(certificate_request(rsa_key, subject), now=now))
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["ks1.example.net"]
    assert [str(each) for each in names.get_values_for_type(x509.IPAddress)] == ["10.0.0.1"]
    with pytest.raises(CertificateError):
        certificate_request(rsa_key, RouterSubject(alternative_names=("grün",)))


def test_a_key_too_small_for_the_hash_is_refused(store: KeyStore, now: float) -> None:
    (pair,) = store.generate_rsa("a", 360, now=now)
    with pytest.raises(CertificateError):
        certificate_request(pair.material, ROUTER, hash_name="sha512")


def test_an_authority_can_have_an_ec_key(
    ec_key: KeyMaterial, rsa_key: KeyMaterial, now: float
) -> None:
    authority = LabCa(ec_key, now=now)
    issuer = load_certificate(authority.certificate)
    assert isinstance(issuer.public_key(), ec.EllipticCurvePublicKey)
    der = authority.grant(certificate_request(rsa_key, ROUTER), now=now)
    load_certificate(der).verify_directly_issued_by(issuer)


def test_a_revoked_certificate_is_on_the_list(
    authority: LabCa, rsa_key: KeyMaterial, now: float
) -> None:
    der = authority.grant(certificate_request(rsa_key, ROUTER), now=now)
    serial = load_certificate(der).serial_number
    assert not authority.is_revoked(serial)
    authority.revoke(serial, now=now + 5)
    assert authority.is_revoked(serial)
    crl = x509.load_der_x509_crl(authority.crl(now=now + 10))
    entry = crl.get_revoked_certificate_by_serial_number(serial)
    assert entry is not None
    assert entry.revocation_date_utc.timestamp() == now + 5
    assert crl.last_update_utc.timestamp() == now + 10
    key = load_certificate(authority.certificate).public_key()
    assert crl.is_signature_valid(key)  # type: ignore[arg-type]  # an RSA key


def test_only_what_was_issued_can_be_revoked(authority: LabCa, now: float) -> None:
    for serial in (0, 1, 2):
        with pytest.raises(CertificateError):
            authority.revoke(serial, now=now)


def test_a_router_signs_a_certificate_for_itself(rsa_key: KeyMaterial, now: float) -> None:
    certificate = load_certificate(self_signed_certificate(rsa_key, 4146203551, now=now))
    certificate.verify_directly_issued_by(certificate)
    assert name_text(certificate.subject) == "cn=IOS-Self-Signed-Certificate-4146203551"
    assert certificate.not_valid_after_utc.timestamp() == now + 10 * YEAR_S


# -- certificates


@pytest.mark.parametrize(
    ("serial", "text"),
    [(1, "01"), (0xDC, "00DC"), (0x0102, "0102"), (0xBCBC, "00BCBC"), (0x7F, "7F")],
)
def test_a_serial_number_has_the_digits_of_its_encoding(serial: int, text: str) -> None:
    assert serial_hex(serial) == text


@pytest.mark.parametrize(
    ("subject", "grants", "file"),
    [("cn=CA", 5, "nvram:CA#6.cer"), ("cn=Lab CA Intermediate CA", 1, "nvram:LabCAInterme#2.cer")],
)
def test_the_file_of_a_certificate_is_named_after_its_issuer_and_serial_number(
    rsa_key: KeyMaterial,
    other_rsa_key: KeyMaterial,
    now: float,
    subject: str,
    grants: int,
    file: str,
) -> None:
    authority = LabCa(other_rsa_key, subject, now=now)
    request = certificate_request(rsa_key, ROUTER)
    der = [authority.grant(request, now=now) for _ in range(grants)][-1]
    certificate = Certificate(der=der, role=Role.IDENTITY, installed_at=now)
    assert certificate.storage_name == file
    own = Certificate(der=authority.certificate, role=Role.CA, installed_at=now)
    issuer = subject.removeprefix("cn=").replace(" ", "")[:12]
    assert own.storage_name == f"nvram:{issuer}#1CA.cer"


def test_the_file_of_a_self_signed_certificate_has_the_known_name(
    rsa_key: KeyMaterial, now: float
) -> None:
    der = self_signed_certificate(rsa_key, 4146203551, now=now)
    certificate = Certificate(der=der, role=Role.SELF_SIGNED, installed_at=now)
    assert certificate.storage_name == "nvram:IOS-Self-Sig#1.cer"


@given(st.binary(max_size=200))
def test_any_bytes_are_a_certificate_or_refused(der: bytes) -> None:
    with pytest.raises(CertificateError):
        load_certificate(der)


# -- hexadecimal lines in a configuration

CHAIN = re.compile(r"^crypto pki certificate chain .*\n(?:(?: .*)\n)+", re.MULTILINE)


def trustpoint_in(block: str, now: float) -> Trustpoint:
    """The trustpoint that a block of a configuration fills."""
    head, *lines = block.splitlines()
    trustpoint = Trustpoint(name=head.split()[-1])
    for place, line in enumerate(lines):
        words = line.split()
        if words[0] != "certificate":
            continue
        der = read_certificate_lines(lines[place + 1 :])
        role = {"ca": Role.CA, "self-signed": Role.SELF_SIGNED}.get(words[1], Role.IDENTITY)
        certificate = Certificate(der=der, role=role, installed_at=now)
        assert certificate.serial_hex == words[-1]
        if role is Role.CA:
            trustpoint.ca = certificate
        else:
            trustpoint.identity = (*trustpoint.identity, certificate)
    return trustpoint


@pytest.mark.parametrize("number", [4, 5, 6])
def test_the_certificates_of_a_device_are_read_and_written_again(
    shared: Path, now: float, number: int
) -> None:
    text = (shared / f"captures/community/running_config/{number}.txt").read_text()
    blocks = CHAIN.findall(text)
    assert len(blocks) > 1
    for block in blocks:
        assert "\n".join([*chain_lines(trustpoint_in(block, now)), ""]) == block


def test_a_trustpoint_without_certificates_has_no_chain() -> None:
    assert chain_lines(Trustpoint(name="x")) == []


def test_a_saved_certificate_can_be_named_by_its_file(
    store: KeyStore, authority: LabCa, now: float
) -> None:
    pki = PkiStore(store)
    pki.authenticate("LAB", authority.certificate, now=now)
    pki.save()
    assert chain_lines(pki.define("LAB"), by_file=True) == [
        "crypto pki certificate chain LAB",
        " certificate ca 01 nvram:LAB-CA#1CA.cer",
    ]


@pytest.mark.parametrize(
    "typed",
    [
        lambda text: text.lower(),
        lambda text: text.replace(" ", ""),
        lambda text: text.replace("\n", " \r\n"),
        lambda text: f"{text}\n  quit\nFFFF",
    ],
)
def test_hexadecimal_lines_are_read_however_they_are_broken(
    authority: LabCa, typed: Callable[[str], str]
) -> None:
    text = authority.certificate.hex(" ", 4).upper()
    assert read_certificate_lines(typed(text).splitlines()) == authority.certificate


@pytest.mark.parametrize("lines", [[], ["quit"], ["30"], ["3"], ["xyz"], ["30 82"] * 100_000])
def test_lines_that_are_no_certificate_are_refused(lines: list[str]) -> None:
    with pytest.raises(CertificateError):
        read_certificate_lines(lines)
