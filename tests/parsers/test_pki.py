from datetime import datetime
from ipaddress import IPv4Address

import pytest

from getvpn.errors import ParseError
from getvpn.parsers import parse
from getvpn.parsers.records.pki import Certificate, Certificates, Trustpoints

from .cuts import unnoticed_cuts
from .texts import KS_POLICY

COMMAND = "show crypto pki certificates"

XE = """\
Certificate
  Status: Available
  Certificate Serial Number (hex): 00A1B2C3D4E5F60718
  Certificate Usage: General Purpose
  Issuer:
    cn=Issuing CA 1
    o=Example, Inc.
  Subject:
    Name:
    Serial Number: 9ABCDEF0123
    serialNumber=9ABCDEF0123+hostname=gm1.example.net
    ou=branch
  CRL Distribution Points:
    http://pki.example.net/ca1.crl
    ldap://pki.example.net/cn=ca1
  Validity Date:
    start date: 04:55:37 UTC Feb 17 2026
    end   date: 04:55:37 UTC Feb 17 2027
    renew date: 00:08:24 UTC Dec 20 2026
  Associated Trustpoints: GETVPN-CA
  Storage: nvram:IssuingCA1#718.cer

CA Certificate
  Status: Available
  Certificate Serial Number (hex): 02
  Certificate Usage: Signature
  Issuer:
    cn=Root CA
  Subject:
    cn=Issuing CA 1
    o=Example, Inc.
  Validity Date:
    start date: 13:50:58 UTC Nov 12 2022
    end   date: 13:00:17 UTC Nov 12 2037
  Associated Trustpoints: GETVPN-CA Trustpool

"""

VERBOSE = """\
Certificate
  Status: Available
  Version: 3
  Certificate Serial Number (hex): 11
  Certificate Usage: General Purpose
  Issuer:
    cn=Issuing CA 1
  Subject:
    Name: ks1.example.net
    IP Address: 10.10.1.1
    cn=ks1.example.net
  Validity Date:
    start date: 23:09:23 CET Nov 17 2025
    end   date: 23:09:23 CET Nov 16 2027
  Subject Key Info:
    Public Key Algorithm: id-ecPublicKey
    EC Public Key:  (384 bit)
  Signature Algorithm: SHA384 with ECDSA
  Fingerprint MD5: 00112233 44556677 8899AABB CCDDEEFF
  Fingerprint SHA1: 00112233 44556677 8899AABB CCDDEEFF 00112233
  X509v3 extensions:
    X509v3 Key Usage: A0000000
      Digital Signature
      Key Encipherment
    X509v3 Subject Key ID: 00112233 44556677 8899AABB CCDDEEFF 00112233
    X509v3 Basic Constraints:
        CA: FALSE
    X509v3 Subject Alternative Name:
        ks1.example.net
        IP Address : 10.10.1.1
        OtherNames :
    X509v3 Authority Key ID: FFEEDDCC BBAA9988 77665544 33221100 FFEEDDCC
    Authority Info Access:
        OCSP URL: http://ocsp.example.net/
    Extended Key Usage:
        Server Auth
        Client Auth
  Cert install time: 23:09:51 CET Nov 17 2025
  Cert install time in nsec: 1763417391000000000
  Associated Trustpoints: GETVPN-CA
  Key Label: GETVPN-KEY
"""

PENDING = """\
Certificate
  Subject:
    Name: gm7.example.net
   Status: Pending
   Key Usage: General Purpose
   Certificate Request Fingerprint MD5: 00112233 44556677 8899AABB CCDDEEFF
   Certificate Request Fingerprint SHA1: 00112233 44556677 8899AABB CCDDEEFF 00112233
   Associated Trustpoint: GETVPN-CA
"""

CLASSIC = """\
CA Certificate
  Status: Available
  Certificate Serial Number: 0x1
  Key Usage: Not Set
  Issuer:
    CN = Example CA
  Subject:
    CN = Example CA
  Validity Date:
    start date: 15:28:28 PST Nov 2 2008
    end   date: 15:28:28 PST Nov 2 2018
  Associated Trustpoints: old-ca
"""

TRUSTPOINTS = """\
Trustpoint GETVPN-CA.v2:
    Subject Name:
    cn=Issuing CA 1
    o=Example
          Serial Number (hex): 0A
    Certificate configured.
    SCEP URL: http://pki.example.net:80/cgi-bin


Trustpoint TP-self-signed-1234567890:
    Subject Name:
    cn=IOS-Self-Signed-Certificate-1234567890
          Serial Number (hex): 01
    Persistent self-signed certificate trust point
    Using key label TP-self-signed-1234567890


Trustpoint unused:
"""

STATUS = """\
Trustpoint GETVPN-CA:
  Issuing CA certificate configured:
    Subject Name:
     cn=Issuing CA 1,o=Example, Inc.,c=US
    Fingerprint MD5: 00112233 44556677 8899AABB CCDDEEFF
    Fingerprint SHA1: 00112233 44556677 8899AABB CCDDEEFF 00112233
  Router General Purpose certificate configured:
    Subject Name:
     cn=ks1.example.net
    Fingerprint MD5: FF112233 44556677 8899AABB CCDDEEFF
    Fingerprint SHA1: FF112233 44556677 8899AABB CCDDEEFF 00112233
  Last enrollment status: Granted
  State:
    Keys generated ............. Yes (General Purpose, non-exportable)
    Issuing CA authenticated ....... Yes
    Certificate request(s) ..... Yes

Trustpoint NEW-CA:
  State:
    Keys generated ............. No
    Issuing CA authenticated ....... No
    Certificate request(s) ..... None
"""


def _certificates(text: str, command: str = COMMAND) -> tuple[Certificate, ...]:
    record = parse(command, text)
    assert isinstance(record, Certificates)
    assert record.unparsed == ()
    return record.certificates


def _trustpoints(text: str, command: str = "show crypto pki trustpoints") -> Trustpoints:
    record = parse(command, text)
    assert isinstance(record, Trustpoints)
    assert record.unparsed == ()
    return record


def _at(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007 - device time


def test_a_router_certificate_has_its_dates_serial_and_names() -> None:
    mine, _ = _certificates(XE)

    assert (mine.kind, mine.status, mine.usage) == ("router", "Available", "General Purpose")
    assert mine.serial == 0xA1B2C3D4E5F60718
    assert mine.issuer is not None
    assert mine.issuer.common_name == "Issuing CA 1"
    assert mine.issuer.attributes == (("cn", "Issuing CA 1"), ("o", "Example, Inc."))
    assert (mine.valid_from, mine.valid_until) == (
        _at("2026-02-17 04:55:37"),
        _at("2027-02-17 04:55:37"),
    )
    assert mine.renew_at == _at("2026-12-20 00:08:24")
    assert mine.trustpoints == ("GETVPN-CA",)
    assert mine.storage == "nvram:IssuingCA1#718.cer"
    assert mine.crl_urls == ("http://pki.example.net/ca1.crl", "ldap://pki.example.net/cn=ca1")


def test_a_subject_without_name_keeps_its_other_attributes() -> None:
    subject = _certificates(XE)[0].subject

    assert subject is not None
    assert (subject.name, subject.serial_number) == (None, "9ABCDEF0123")
    assert subject.common_name is None
    assert subject.attributes == (
        ("serialnumber", "9ABCDEF0123"),
        ("hostname", "gm1.example.net"),
        ("ou", "branch"),
    )


def test_a_ca_certificate_is_told_from_the_routers_own() -> None:
    authority = _certificates(XE)[1]

    assert (authority.kind, authority.serial) == ("ca", 2)
    assert authority.trustpoints == ("GETVPN-CA", "Trustpool")


def test_verbose_adds_key_fingerprints_and_extensions() -> None:
    (found,) = _certificates(VERBOSE, "show crypto pki certificates verbose")

    assert (found.version, found.key_algorithm, found.key_bits) == (3, "id-ecPublicKey", 384)
    assert found.signature_algorithm == "SHA384 with ECDSA"
    assert found.fingerprint_md5 == bytes.fromhex("00112233445566778899aabbccddeeff")
    assert found.key_usage_bits == 0xA0000000
    assert found.key_usages == ("Digital Signature", "Key Encipherment")
    assert found.extended_usages == ("Server Auth", "Client Auth")
    assert found.is_ca is False
    assert found.ocsp_urls == ("http://ocsp.example.net/",)
    assert found.alternative_names is not None
    assert found.alternative_names.names == ("ks1.example.net",)
    assert found.alternative_names.addresses == (IPv4Address("10.10.1.1"),)
    assert found.subject is not None
    assert found.subject.address == IPv4Address("10.10.1.1")
    assert found.installed_at == _at("2025-11-17 23:09:51")
    assert found.installed_ns == 1763417391000000000
    assert found.key_label == "GETVPN-KEY"


def test_a_request_that_is_pending_has_no_serial_number_yet() -> None:
    (request,) = _certificates(PENDING)

    assert (request.status, request.serial, request.valid_until) == ("Pending", None, None)
    assert request.fingerprint_md5 == bytes.fromhex("00112233445566778899aabbccddeeff")
    assert request.trustpoints == ("GETVPN-CA",)


def test_labels_of_12_4_are_known() -> None:
    (found,) = _certificates(CLASSIC)

    assert (found.kind, found.serial, found.usage) == ("ca", 1, None)
    assert found.issuer is not None
    assert found.issuer.common_name == "Example CA"


def test_a_self_signed_certificate_has_its_own_kind() -> None:
    (found,) = _certificates(CLASSIC.replace("CA Certificate", "Router Self-Signed Certificate", 1))

    assert found.kind == "self-signed"


def test_a_device_without_certificates_prints_nothing() -> None:
    record = parse(COMMAND, f"gm1#{COMMAND}\ngm1#")

    assert record.empty


def test_a_cut_certificate_is_noticed_before_its_trustpoints() -> None:
    kept = unnoticed_cuts(COMMAND, XE)

    assert kept == [
        "Associated Trustpoints: GETVPN-CA",
        "Storage: nvram:IssuingCA1#718.cer",
        "Associated Trustpoints: GETVPN-CA Trustpool",
    ]


@pytest.mark.parametrize("command", [COMMAND, "show crypto pki trustpoints"])
def test_another_output_is_refused(command: str) -> None:
    with pytest.raises(ParseError):
        parse(command, KS_POLICY)


def test_trustpoints_say_what_is_configured() -> None:
    ca, own, unused = _trustpoints(TRUSTPOINTS).trustpoints

    assert (ca.name, ca.serial, ca.configured) == ("GETVPN-CA.v2", 10, True)
    assert ca.subject is not None
    assert ca.subject.common_name == "Issuing CA 1"
    assert ca.enrollment_url == "http://pki.example.net:80/cgi-bin"
    assert (own.self_signed, own.key_label) == (True, "TP-self-signed-1234567890")
    assert (unused.name, unused.configured, unused.subject) == ("unused", False, None)


def test_the_status_of_trustpoints_tells_keys_authentication_and_enrolment() -> None:
    ca, new = _trustpoints(STATUS, "sh cry pki trustpoints status").trustpoints

    assert [found.kind for found in ca.certificates] == ["Issuing CA", "Router General Purpose"]
    issuer = ca.certificates[0].subject
    assert issuer is not None
    assert issuer.attributes == (("cn", "Issuing CA 1"), ("o", "Example, Inc."), ("c", "US"))
    assert ca.certificates[1].fingerprint_md5 == bytes.fromhex("ff112233445566778899aabbccddeeff")
    assert ca.last_enrollment == "Granted"
    assert (ca.keys_generated, ca.key_usage, ca.keys_exportable) == (True, "General Purpose", False)
    assert (ca.ca_authenticated, ca.requested) == (True, "Yes")
    assert (new.keys_generated, new.ca_authenticated, new.requested) == (False, False, None)
