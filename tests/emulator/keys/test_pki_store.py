import pytest

from getvpn.emulator.keys import CertificateError, KeyKind, KeyMaterial, KeyStore
from getvpn.emulator.keys.pki import (
    Enrollment,
    LabCa,
    PkiStore,
    Role,
    RouterSubject,
    certificate_request,
    self_signed_certificate,
    self_signed_label,
)

ROUTER = RouterSubject(subject="cn=KS1")


@pytest.fixture
def authority(other_rsa_key: KeyMaterial, now: float) -> LabCa:
    return LabCa(other_rsa_key, now=now)


@pytest.fixture
def granted(authority: LabCa, rsa_key: KeyMaterial, now: float) -> bytes:
    return authority.grant(certificate_request(rsa_key, ROUTER), now=now)


@pytest.fixture
def pki(store: KeyStore, rsa_key: KeyMaterial, now: float) -> PkiStore:
    """A router with the key pair `PKI-KS1` and the trustpoint `LAB` for it."""
    store.add("PKI-KS1", rsa_key, now=now)
    pki = PkiStore(store)
    pki.define("LAB").key_label = "PKI-KS1"
    return pki


def test_a_trustpoint_is_defined_once(pki: PkiStore) -> None:
    assert pki.define("LAB") is pki.get("LAB")
    assert [trustpoint.name for trustpoint in pki] == ["LAB"]


def test_enrolment_fills_the_trustpoint(
    pki: PkiStore, authority: LabCa, granted: bytes, now: float
) -> None:
    trustpoint = pki.define("LAB")
    trustpoint.request = b"asked"
    pki.authenticate("LAB", authority.certificate, now=now)
    certificate = pki.install("LAB", granted, now=now)
    assert trustpoint.certificates() == (certificate, trustpoint.ca)
    assert trustpoint.enrollment is Enrollment.GRANTED
    assert trustpoint.request is None
    assert not trustpoint.self_signed
    assert trustpoint.issuer is trustpoint.ca


def test_enrolling_again_replaces_the_certificate(
    pki: PkiStore, authority: LabCa, granted: bytes, rsa_key: KeyMaterial, now: float
) -> None:
    pki.install("LAB", granted, now=now)
    newer = authority.grant(certificate_request(rsa_key, ROUTER), now=now)
    certificate = pki.install("LAB", newer, now=now)
    assert pki.define("LAB").identity == (certificate,)


def test_a_certificate_for_another_key_is_refused(
    pki: PkiStore, authority: LabCa, ec_key: KeyMaterial, now: float
) -> None:
    other = authority.grant(certificate_request(ec_key, ROUTER), now=now)
    with pytest.raises(CertificateError):
        pki.install("LAB", other, now=now)
    assert pki.define("LAB").identity == ()


def test_a_certificate_of_another_authority_is_refused(
    pki: PkiStore, granted: bytes, ec_key: KeyMaterial, now: float
) -> None:
    pki.authenticate("LAB", LabCa(ec_key, "cn=ANOTHER", now=now).certificate, now=now)
    with pytest.raises(CertificateError):
        pki.install("LAB", granted, now=now)


def test_what_is_no_certificate_is_refused(pki: PkiStore, now: float) -> None:
    with pytest.raises(CertificateError):
        pki.authenticate("LAB", b"nonsense", now=now)
    with pytest.raises(CertificateError):
        pki.install("LAB", b"nonsense", now=now)


def test_a_self_signed_certificate_is_its_own_issuer(
    store: KeyStore, rsa_key: KeyMaterial, now: float
) -> None:
    name = self_signed_label(1331515841)
    assert name == "TP-self-signed-1331515841"
    store.add(name, rsa_key, now=now)
    pki = PkiStore(store)
    trustpoint = pki.define(name)
    trustpoint.key_label = name
    certificate = pki.install(name, self_signed_certificate(rsa_key, 1331515841, now=now), now=now)
    assert certificate.role is Role.SELF_SIGNED
    assert trustpoint.self_signed
    assert trustpoint.issuer is certificate
    assert trustpoint.enrollment is None


def test_zeroizing_the_key_pair_removes_its_certificates(
    pki: PkiStore, store: KeyStore, authority: LabCa, granted: bytes, now: float
) -> None:
    pki.authenticate("LAB", authority.certificate, now=now)
    pki.install("LAB", granted, now=now)
    store.zeroize(KeyKind.RSA, "another")
    assert pki.define("LAB").identity
    store.zeroize(KeyKind.RSA, "PKI-KS1")
    trustpoint = pki.define("LAB")
    assert trustpoint.identity == ()
    assert trustpoint.enrollment is None
    assert trustpoint.ca is not None


def test_replacing_the_key_pair_removes_its_certificates(
    pki: PkiStore, store: KeyStore, granted: bytes, now: float
) -> None:
    pki.install("LAB", granted, now=now)
    store.generate_rsa("PKI-KS1", 512, now=now)
    assert pki.define("LAB").identity == ()


def test_locking_the_key_pair_keeps_its_certificates(
    store: KeyStore, rsa_key: KeyMaterial, granted: bytes, now: float
) -> None:
    store.add("PKI-KS1", rsa_key, now=now, exportable=True)
    pki = PkiStore(store)
    pki.define("LAB").key_label = "PKI-KS1"
    pki.install("LAB", granted, now=now)
    store.lock("PKI-KS1")
    assert pki.define("LAB").identity


def test_a_certificate_of_two_trustpoints_is_listed_once(
    pki: PkiStore, authority: LabCa, granted: bytes, now: float
) -> None:
    pki.install("LAB", granted, now=now)
    for name in ("LAB", "ROOT"):
        pki.authenticate(name, authority.certificate, now=now)
    own, issuer = pki.installed()
    assert (own.trustpoints, own.key_label) == (("LAB",), "PKI-KS1")
    assert (issuer.trustpoints, issuer.key_label) == (("LAB", "ROOT"), None)
    assert [each.trustpoints for each in pki.installed("ROOT")] == [("ROOT",)]
    assert pki.installed("none") == []


def test_saving_writes_the_certificates_to_files(
    pki: PkiStore, authority: LabCa, granted: bytes, now: float
) -> None:
    pki.authenticate("LAB", authority.certificate, now=now)
    pki.install("LAB", granted, now=now)
    pki.save()
    assert pki.files == {
        "nvram:LAB-CA#2.cer": granted,
        "nvram:LAB-CA#1CA.cer": authority.certificate,
    }
    assert [each.certificate.storage for each in pki.installed()] == list(pki.files)


def test_certificates_come_back_from_a_configuration_after_a_reload(
    pki: PkiStore, authority: LabCa, granted: bytes, now: float
) -> None:
    pki.authenticate("LAB", authority.certificate, now=now)
    pki.install("LAB", granted, now=now)
    pki.save()
    before = pki.define("LAB").certificates()
    pki.clear()
    assert list(pki) == []
    pki.restore("LAB", Role.IDENTITY, granted, now=now)
    pki.restore("LAB", Role.CA, authority.certificate, now=now)
    assert pki.define("LAB").certificates() == before


def test_a_configuration_can_hold_certificates_of_keys_that_are_elsewhere(
    store: KeyStore, granted: bytes, now: float
) -> None:
    pki = PkiStore(store)
    for _ in range(2):
        certificate = pki.restore("LAB", Role.IDENTITY, granted, now=now)
    assert certificate.storage is None
    assert pki.define("LAB").identity == (certificate,)
    with pytest.raises(CertificateError):
        pki.restore("LAB", Role.CA, b"nonsense", now=now)


def test_a_removed_trustpoint_takes_its_certificates_along(
    pki: PkiStore, granted: bytes, now: float
) -> None:
    pki.install("LAB", granted, now=now)
    removed = pki.remove("LAB")
    assert removed is not None
    assert pki.remove("LAB") is None
    assert pki.installed() == []
