"""Trustpoints get their certificates: every question, and what the router keeps and shows."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from getvpn.emulator import Lab
from getvpn.emulator.keys import KeyKind
from getvpn.emulator.keys.pki import Role
from getvpn.emulator.services.pki import Pki
from getvpn.emulator.testing import START, Console, console, make_router

STARTUP = """\
hostname KS1
ip domain name example.net
interface Loopback0
 ip address 10.255.0.1 255.255.255.255
crypto pki trustpoint LAB
 enrollment url http://192.0.2.254:80
 revocation-check none
crypto pki trustpoint HAND
 enrollment terminal
 subject-name cn=KS1,o=Example
 serial-number none
 ip-address none
 fqdn none
crypto pki trustpoint SELF
 enrollment selfsigned
 subject-name cn=KS1
"""
CONFIG = "KS1(config)#"
ACCEPT = "\n% Do you accept this certificate? [yes/no]: "
FINGERPRINTS = re.compile(
    r"Certificate has the following attributes:\n"
    r"       Fingerprint MD5: (?:[0-9A-F]{8} ){4}\n"
    r"      Fingerprint SHA1: (?:[0-9A-F]{8} ){5}\n"
)
CHALLENGE = (
    "%\n"
    "% Start certificate enrollment .. \n"
    "% Create a challenge password. You will need to verbally provide this\n"
    "   password to the CA Administrator in order to revoke your certificate.\n"
    "   For security reasons your password will not be saved in the configuration.\n"
    "   Please make a note of it.\n"
    "\n"
    "Password: "
)


@pytest.fixture(params=["isr2911", "isr4451", "c8000v"])
def con(request: pytest.FixtureRequest) -> Console:
    """A router with three trustpoints, configuring."""
    opened = console(make_router("KS1", str(request.param), STARTUP))
    opened.run("configure terminal", "crypto key generate rsa modulus 1024 exportable")
    return opened


def _authenticated(con: Console) -> None:
    con.type(b"crypto pki authenticate LAB\nyes\n")


def _enrolled(con: Console) -> None:
    _authenticated(con)
    con.type(b"crypto pki enroll LAB\nsecret99\nsecret99\nyes\nno\nyes\n")


def _pki(con: Console) -> Pki:
    return con.router.feature(Pki)


def _pem(der: bytes) -> str:
    from getvpn.emulator.keys.pem import write_pem

    return write_pem("CERTIFICATE", der)


def test_authenticating_shows_the_fingerprints_and_asks(con: Console) -> None:
    line = "crypto pki authenticate LAB\n"

    said = con.type(line.encode())
    assert FINGERPRINTS.fullmatch(said.removeprefix(line).removesuffix(ACCEPT))
    assert con.type(b"yes\n") == f"yes\nTrustpoint CA certificate accepted.\n{CONFIG}"
    trustpoint = _pki(con).store.get("LAB")
    assert trustpoint is not None
    assert trustpoint.ca is not None
    assert trustpoint.ca.der == con.router.authority.ca(START).certificate


def test_a_certificate_that_is_not_trusted_is_not_kept(con: Console) -> None:
    con.type(b"crypto pki authenticate LAB\n")

    assert con.type(b"no\n") == f"no\n{CONFIG}"
    assert "certificate ca" not in con.run("do show running-config")


def test_a_fingerprint_answers_the_question(con: Console) -> None:
    right = _fingerprint(con.router.authority.ca(START).certificate)
    con.run("crypto pki trustpoint LAB", f"fingerprint {right}", "exit")

    assert con.run("crypto pki authenticate LAB").endswith(
        f"Trustpoint Fingerprint: {right}\n"
        "Certificate validated - fingerprints matched.\n"
        "Trustpoint CA certificate accepted.\n"
    )
    con.run("crypto pki trustpoint OTHER", "enrollment url http://192.0.2.1")
    con.run(f"fingerprint {'0' * 32}", "exit")
    assert "accepted" not in con.run("crypto pki authenticate OTHER")


def _fingerprint(der: bytes) -> str:
    from cryptography.hazmat.primitives import hashes

    return x509.load_der_x509_certificate(der).fingerprint(hashes.SHA1()).hex().upper()  # noqa: S303


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        ("authenticate NOBODY", "% CA server trustpoint is not known. Define it first.\n"),
        ("enroll NOBODY", "% CA server trustpoint is not known. Define it first.\n"),
        (
            "enroll LAB",
            "% You must authenticate the Certificate Authority before\nyou can enroll with it.\n",
        ),
        ("export LAB pem terminal", "% The specified trustpoint is not authenticated (LAB).\n"),
        ("crl request LAB", "% The CA certificate is not available for this trustpoint.\n"),
    ],
)
def test_what_cannot_be_done_yet_is_refused(con: Console, line: str, refusal: str) -> None:
    assert con.run(f"crypto pki {line}") == refusal


def test_a_second_certificate_of_an_authority_is_refused(con: Console) -> None:
    _authenticated(con)

    assert con.run("crypto pki authenticate LAB") == (
        "% Please delete your existing CA certificate first.\n"
        "% You must use 'no crypto pki trustpoint <trustpoint-name>' to delete the CA"
        " certificate.\n"
    )


def test_enrolling_asks_all_that_is_not_configured(con: Console) -> None:
    _authenticated(con)
    serial = con.router.serial
    line = "crypto pki enroll LAB\n"

    assert con.type(line.encode()) == f"{line}{CHALLENGE}"
    assert con.type(b"secret99\n") == "\nRe-enter password: "
    assert con.type(b"secret99\n") == (
        "\n\n% The subject name in the certificate will include: KS1.example.net\n"
        "% Include the router serial number in the subject name? [yes/no]: "
    )
    assert con.type(b"yes\n") == (
        f"yes\n% The serial number in the certificate will be: {serial}\n"
        "% Include an IP address in the subject name? [no]: "
    )
    assert con.type(b"yes\n") == "yes\nEnter Interface name or IP Address[]: "
    assert con.type(b"e0/9\n") == (
        "e0/9\n% Bad interface or address. Try again.\nEnter Interface name or IP Address[]: "
    )
    assert con.type(b"lo0\n") == "lo0\nRequest certificate from CA? [yes/no]: "
    assert con.type(b"yes\n") == (
        "yes\n% Certificate request sent to Certificate Authority\n"
        "% The 'show crypto pki certificate verbose LAB' commandwill show the fingerprint.\n"
        f"\n{CONFIG}"
    )
    said = con.run("do show crypto pki certificates LAB")
    name = f"serialNumber={serial}+ipaddress=10.255.0.1+hostname=KS1.example.net"
    assert f"    {name}\n" in said
    assert [message.mnemonic for message in con.router.log.messages if message.severity == 6] == [
        "CERTRET"
    ]


def test_passwords_that_differ_are_asked_for_again(con: Console) -> None:
    _authenticated(con)
    con.type(b"crypto pki enroll LAB\none\n")

    said = con.type(b"two\n")

    assert said == "\n% Passwords do not match. Try again.\nPassword: "


def test_no_certificate_comes_when_none_is_asked_for(con: Console) -> None:
    _authenticated(con)
    con.type(b"crypto pki enroll LAB\na\na\nno\nno\nno\n")

    assert [each.certificate.role for each in _pki(con).store.installed("LAB")] == [Role.CA]


def test_enrolling_again_asks_first(con: Console) -> None:
    _enrolled(con)

    said = con.type(b"crypto pki enroll LAB\n")

    assert said.endswith("Do you want to continue with re-enrollment? [yes/no]: ")
    assert con.type(b"no\n") == f"no\n{CONFIG}"


def test_a_request_at_the_terminal_is_answered_there(con: Console) -> None:
    ca = con.router.authority.ca(START)
    assert con.type(b"crypto pki authenticate HAND\n").endswith(
        "\nEnter the base 64 encoded CA certificate.\n"
        'End with a blank line or the word "quit" on a line by itself\n\n'
    )
    con.type(f"{_pem(ca.certificate)}\n".encode())
    assert con.type(b"yes\n") == (
        f"yes\nTrustpoint CA certificate accepted.\n% Certificate successfully imported\n\n{CONFIG}"
    )
    said = con.type(b"crypto pki enroll HAND\n")
    assert said.endswith(
        "%\n% Start certificate enrollment .. \n\n"
        "% The subject name in the certificate will include: cn=KS1,o=Example\n"
        "Display Certificate Request to terminal? [yes/no]: "
    )
    said = con.type(b"yes\n")
    assert said.endswith("Redisplay enrollment request? [yes/no]: ")
    body = said.partition("follows:\n\n")[2].partition("\n\n---End - ")[0]
    con.type(b"no\n")
    from base64 import b64decode

    issued = ca.grant(b64decode(body), now=START)

    con.type(b"crypto pki import HAND certificate\n")
    said = con.type(f"{_pem(issued)}\n".encode())
    assert said.endswith(f"% Router Certificate successfully imported\n\n{CONFIG}")
    assert "    cn=KS1\n    o=Example\n" in con.run("do show crypto pki certificates HAND")


@pytest.mark.parametrize("text", ["rubbish\n", "-----BEGIN CERTIFICATE-----\nAAAA\n", "", "QUJD\n"])
def test_a_text_that_is_no_certificate_is_refused(con: Console, text: str) -> None:
    con.type(b"crypto pki authenticate HAND\n")

    said = con.type(f"{text}quit\n".encode())

    assert said.endswith(f"% Error in saving certificate: status = FAIL\n{CONFIG}")


def test_a_certificate_of_another_router_is_refused(con: Console) -> None:
    other = console(make_router("KS2", "isr4451", STARTUP.replace("KS1", "KS2"), seed=9))
    other.run("configure terminal")
    _enrolled(other)
    theirs = other.router.feature(Pki).store.installed("LAB")[0].certificate.der
    con.type(b"crypto pki import LAB certificate\n")

    said = con.type(f"{_pem(theirs)}\n".encode())

    assert said.endswith(f"% Failed to parse or verify imported certificate\n{CONFIG}")


def test_a_self_signed_certificate_is_made(con: Console) -> None:
    con.type(b"crypto pki enroll SELF\nno\n")
    assert con.type(b"\n") == "\nGenerate Self Signed Router Certificate? [yes/no]: "
    assert con.type(b"yes\n") == (
        f"yes\n\nRouter Self Signed Certificate successfully created\n\n{CONFIG}"
    )
    said = con.run("do show crypto pki certificates SELF")
    assert said.startswith("Router Self-Signed Certificate\n  Status: Available\n")


def test_the_secure_http_server_signs_its_own_certificate(con: Console) -> None:
    con.run("no ip http secure-server", "ip http secure-server")

    (point,) = [point for point in _pki(con).store if point.name.startswith("TP-self-signed-")]
    number = point.name.rpartition("-")[2]
    assert con.router.keys.pairs(KeyKind.RSA, point.name)
    text = con.run("do show running-config")
    assert (
        f"crypto pki trustpoint {point.name}\n enrollment selfsigned\n"
        f" subject-name cn=IOS-Self-Signed-Certificate-{number}\n revocation-check none\n"
        f" rsakeypair {point.name}\n"
    ) in text
    assert f"crypto pki certificate chain {point.name}\n certificate self-signed 01\n" in text
    con.run("no ip http secure-server", "ip http secure-server")
    assert con.run("do show running-config") == text


def test_certificates_survive_a_reload_when_they_are_saved(con: Console) -> None:
    _enrolled(con)
    assert "Storage:" not in con.run("do show crypto pki certificates LAB")
    con.run("end", "write memory")
    shown = con.run("show crypto pki certificates LAB")
    assert re.findall(r"Storage: (\S+)", shown) == ["nvram:LAB-CA#2.cer", "nvram:LAB-CA#1CA.cer"]

    con.router.stop()
    con.router.boot()

    assert console(con.router).run("show crypto pki certificates LAB") == shown


def test_certificates_go_with_their_key(con: Console) -> None:
    _enrolled(con)
    con.type(b"crypto key zeroize rsa KS1.example.net\nyes\n")

    said = con.run("do show running-config | section chain")
    assert "certificate ca 01\n" in said
    assert "certificate 02" not in said
    assert [each.certificate.role for each in _pki(con).store.installed("LAB")] == [Role.CA]


def test_certificates_go_with_their_trustpoint(con: Console) -> None:
    _enrolled(con)
    con.type(b"no crypto pki trustpoint LAB\nyes\n")

    assert con.run("do show crypto pki certificates") == ""
    assert "certificate chain" not in con.run("do show running-config")


def test_a_configuration_brings_certificates_to_another_router(con: Console) -> None:
    _enrolled(con)
    text = "\n".join(con.router.running_lines())

    other = make_router("KS9", con.router.platform.name, text, seed=5)

    ours, theirs = (router.feature(Pki).store.installed() for router in (con.router, other))
    assert [each.certificate.der for each in theirs] == [each.certificate.der for each in ours]
    texts = [
        [line for line in router.running_lines() if not line.startswith("license udi")]
        for router in (con.router, other)
    ]
    assert texts[0] == texts[1]


def test_a_damaged_certificate_in_a_configuration_does_no_harm(con: Console) -> None:
    con.run("crypto pki certificate chain LAB", "certificate 05", "30033003", "quit", "exit")

    assert con.run("do show crypto pki certificates") == ""
    assert " certificate 05\n  30033003\n" in con.run("do show running-config")


def test_two_routers_of_a_lab_trust_each_other() -> None:
    first = console(make_router("KS1", "isr4451", STARTUP))
    second = console(make_router("KS2", "c8000v", STARTUP.replace("KS1", "KS2"), seed=2))
    second.router.authority = first.router.authority
    for con in (first, second):
        con.run("configure terminal")
        _enrolled(con)

    serials = {
        each.certificate.x509().serial_number
        for con in (first, second)
        for each in _pki(con).store.installed("LAB")
    }
    assert serials == {1, 2, 3}


def test_openssl_verifies_an_exported_chain(con: Console, tmp_path: Path) -> None:
    _enrolled(con)
    said = con.run("crypto pki export LAB pem terminal 3des cisco123")

    assert re.findall(r"^% .*", said, re.MULTILINE) == [
        "% CA certificate:",
        "% Key name: KS1.example.net",
        "% General Purpose Certificate:",
    ]
    ca, own = re.findall(r"-----BEGIN CERT.*?-----END CERTIFICATE-----\n", said, re.DOTALL)
    (tmp_path / "ca.pem").write_text(ca)
    (tmp_path / "own.pem").write_text(own)
    at = ["-attime", str(int(START))]
    command = ["openssl", "verify", *at, "-CAfile", "ca.pem", "own.pem"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout == "own.pem: OK\n", done.stderr


@pytest.mark.parametrize("how", ["pem", "pkcs12"])
def test_a_trustpoint_travels_to_another_router(con: Console, how: str) -> None:
    _enrolled(con)
    other = console(make_router("KS2", "isr4451", "hostname KS2\n", seed=3))
    other.run("configure terminal")
    if how == "pem":
        said = con.run("crypto pki export LAB pem terminal aes cisco123")
        parts = re.findall(r"-----BEGIN .*?-----END [A-Z ]+-----\n", said, re.DOTALL)
        other.type(b"crypto pki import NEW pem exportable terminal password cisco123\n")
        other.type(f"{parts[0]}\n{parts[1]}quit\n".encode())
        said = other.type(f"{parts[2]}\n".encode())
        assert "% PEM files import succeeded.\n" in said
    else:
        said = con.run("crypto pki export LAB pkcs12 terminal password cisco123")
        assert said.endswith("CRYPTO_PKI: Exported PKCS12 file successfully.\n")
        body = said.partition("follows:\n\n")[2].partition("\n\n---End")[0]
        other.type(b"crypto pki import NEW pkcs12 terminal password cisco123\n")
        said = other.type(f"{body}\n\n".encode())
        assert "CRYPTO_PKI: Imported PKCS12 file successfully.\n" in said
    ours, theirs = (_pki(each).store.installed() for each in (con, other))
    assert [each.certificate.der for each in theirs] == [each.certificate.der for each in ours]
    assert other.router.keys.pairs(KeyKind.RSA, "NEW")[0].exportable == (how == "pem")


def test_a_wrong_passphrase_imports_nothing(con: Console) -> None:
    _enrolled(con)
    con.type(b"crypto pki export LAB pkcs12 flash: password cisco123\n")
    assert con.type(b"\n") == (
        f"\nWriting file to flash:LAB.p12\nCRYPTO_PKI: Exported PKCS12 file successfully.\n{CONFIG}"
    )
    con.type(b"crypto pki import NEW pkcs12 flash:LAB password another1\n")

    said = con.type(b"\n")

    assert said.endswith(f"CRYPTO_PKI: Import PKCS12 operation failed.\n{CONFIG}")
    assert con.router.keys.pairs(KeyKind.RSA, "NEW") == ()
    assert con.run("do show crypto pki trustpoints NEW") == ""


def test_passwords_of_certificates_are_kept_nowhere(con: Console) -> None:
    con.configure("archive\n log config\n logging enable\n notify syslog\n")
    con.run("configure terminal")
    _enrolled(con)
    con.run("crypto pki export LAB pem terminal 3des Hidden-99")
    con.run("crypto pki import NEW pkcs12 flash:none password Hidden-99", "")
    con.run("end")

    kept = con.run("show history", "show archive log config all", "show running-config")
    kept += "".join(message.line for message in con.router.log.messages)

    assert "secret99" not in kept
    assert "Hidden-99" not in kept
    assert "3des *****" in kept


def _genie(parser: str, output: str, **arguments: str) -> dict[str, Any]:
    from genie.libs.parser.iosxe import show_crypto

    made = getattr(show_crypto, parser)(device=None)
    found: dict[str, Any] = made.cli(output=output, **arguments)
    return found


def test_genie_reads_the_true_certificates(con: Console) -> None:
    _enrolled(con)
    con.run("end", "write memory")

    found = _genie("ShowCryptoPkiCertificates", con.run("show crypto pki certificates"))

    record = found["trustpoints"]["LAB"]["associated_trustpoints"]
    own, ca = record["certificate"], record["ca_certificate"]
    assert own["serial_number_in_hex"] == "02"
    assert own["subject"]["name"] == "KS1.example.net"
    assert own["storage"] == "nvram:LAB-CA#2.cer"
    assert ca["issuer"]["cn"] == "LAB-CA"
    assert ca["validity_date"]["start_date"] == "00:00:00 UTC Dec 31 2025"
    verbose = con.run("show crypto pki certificates verbose LAB")
    found = _genie("ShowCryptoPkiCertificateVerbose", verbose, trustpoint="LAB")
    assert found["certificates"]


def test_genie_reads_the_true_trustpoints(con: Console) -> None:
    _enrolled(con)

    found = _genie("ShowCryptoPkiTrustpoints", con.run("do show crypto pki trustpoints"))
    record = found["trustpoints"]["LAB"]
    assert record["issuing_ca"]["subject"]["cn"] == "LAB-CA"
    assert record["serial_number_in_hex"] == "01"
    said = con.run("do show crypto pki trustpoints LAB status")
    status = _genie("ShowCryptoPkiTrustpointsStatus", said)["Trustpoints"]["LAB"]
    names = {
        who: found["subject"]["common_name"]
        for who, found in status["certificate_configured"].items()
    }
    assert names == {"Issuing CA": "LAB-CA", "Router General Purpose": "KS1.example.net"}
    assert status["last_enroll"] == "granted"
    assert set(status["state"].values()) == {"yes"}


def test_genie_reads_the_other_tables(con: Console) -> None:
    _enrolled(con)
    con.run("crypto pki crl request LAB")
    con.run("crypto pki server CS", "grant auto")
    con.type(b"no shutdown\nlonger-secret\nlonger-secret\n")
    con.run("exit")

    found = _genie("ShowCryptoPkiCrls", con.run("do show crypto pki crls"))
    assert found["next_update"] == "06:00:00 UTC Jan 1 2026"
    assert found["crl_der_size"] == len(_pki(con).lists["LAB"].der)
    found = _genie("ShowCryptoPkiServer", con.run("do show crypto pki server"))
    assert found["server"]["CS"]["status"] == "enabled"
    assert found["server"]["CS"]["grant_mode"] == "auto"
    found = _genie("ShowCryptoPkiTimerDetail", con.run("do show crypto pki timers detail"))
    assert found["timer"]["session_cleanup"] == "1:00.000"
    found = _genie("ShowCryptoPkiCounters", con.run("do show crypto pki counters"))
    assert "1" in str(found)


def test_ntc_templates_reads_the_true_certificates(con: Console) -> None:
    from ntc_templates.parse import parse_output

    _enrolled(con)
    con.run("end", "write memory")
    output = con.run("show crypto pki certificates")

    own, ca = parse_output("cisco_ios", "show crypto pki certificates", output)
    assert (own["certificate_type"], ca["certificate_type"]) == ("Certificate", "CA Certificate")
    assert (own["serial_number"], ca["serial_number"]) == ("02", "01")
    assert own["associated_trustpoints"] == ca["associated_trustpoints"] == "LAB"


def _shape(text: str) -> list[str]:
    """The lines of certificates without what differs."""
    lines = []
    for line in text.splitlines():
        shaped = re.sub(r"(?<=[:=]) ?\S.*", "", line.rstrip())
        lines.append(shaped)
    return lines


def test_certificates_look_as_in_a_capture(shared: Path) -> None:
    text = (shared / "captures/community/crypto_pki_certificates/2.txt").read_text()
    con = console(make_router("KS1", "isr4451", STARTUP))
    con.run("configure terminal", "crypto pki trustpoint LAB", "subject-name ou=cml.lab")
    con.run("fqdn none", "ip-address none", "auto-enroll 70", "exit")
    _authenticated(con)
    con.type(b"crypto pki enroll LAB\na\na\nyes\nyes\n")
    con.run("end", "write memory")

    assert _shape(con.run("show crypto pki certificates LAB").rstrip("\n")) == _shape(text)


def test_the_routers_of_a_lab_have_one_authority() -> None:
    lab = Lab("host_keys: {type: none}\nseed: 5\ndevices: {KS1: , KS2: {platform: c8000v}}\n")

    assert lab["KS1"].authority is lab["KS2"].authority


def test_a_server_that_runs_already_signs_nothing_when_it_is_configured_again() -> None:
    con = console(make_router("KS1", "c8000v"))
    before = con.router.running_lines()

    con.configure("ip http secure-server\n")

    assert con.router.running_lines() == before
