"""Trustpoints, chains of certificates, maps, the CA server, public keys of peers."""

from collections.abc import Callable

import pytest

from getvpn.emulator.device import Router
from getvpn.emulator.settings.pki_chain import store_certificate
from getvpn.emulator.software import Software
from getvpn.emulator.testing import Console, console, make_router

Added = Callable[[Router, str], list[str]]
Refused = Callable[[Router, str], str]

TRUSTPOINT = """\
crypto pki trustpoint CA
 hash sha512
 auto-enroll 80
 rsakeypair KS 2048
 source interface Loopback0
 revocation-check none
 subject-alt-name ks1.example.net
 subject-name CN=ks1,O=example
 ip-address 10.10.1.1
 fqdn ks1.example.net
 serial-number
 enrollment url http://10.10.9.9:80
 enrollment mode ra
"""
DATA = bytes(range(0x30, 0x30 + 40))
HEX = """\
  30313233 34353637 38393A3B 3C3D3E3F 40414243 44454647 48494A4B 4C4D4E4F
  50515253 54555657
"""
CHAIN = f"""\
crypto pki trustpoint CA
crypto pki certificate chain CA
 certificate ca 01
{HEX}  \tquit
"""


def test_a_trustpoint_is_printed_in_the_order_of_ios(router: Router, added: Added) -> None:
    assert added(router, TRUSTPOINT) == [
        "crypto pki trustpoint CA",
        " enrollment mode ra",
        " enrollment url http://10.10.9.9:80",
        " serial-number",
        " fqdn ks1.example.net",
        " ip-address 10.10.1.1",
        " subject-name CN=ks1,O=example",
        " subject-alt-name ks1.example.net",
        " revocation-check none",
        " source interface Loopback0",
        " rsakeypair KS 2048",
        " auto-enroll 80",
        " hash sha512",
    ]


def test_a_trustpoint_checks_revocation_unless_told_otherwise(router: Router, added: Added) -> None:
    wanted = ["crypto pki trustpoint CA", " revocation-check crl"]
    assert added(router, "crypto pki trustpoint CA\n") == wanted
    router.merge("crypto pki trustpoint CA\n revocation-check none\n no revocation-check\n")
    assert " revocation-check crl" in router.running_lines()


def test_newer_software_prints_the_hash_too(router: Router) -> None:
    router.merge("crypto pki trustpoint CA\n")
    assert " hash sha256" not in router.running_lines()
    router.software = Software(version="17.16.1", file=router.software.file)
    assert " hash sha256" in router.running_lines()


def test_the_old_word_for_it_is_ca(router: Router, added: Added) -> None:
    text = "crypto ca trustpoint CA\n enrollment terminal\ncrypto ca certificate map M 1\n"
    assert added(router, text) == [
        "crypto pki trustpoint CA",
        " enrollment terminal",
        " revocation-check crl",
        "crypto pki certificate map M 1",
    ]


def test_there_is_one_way_to_enrol(router: Router, added: Added) -> None:
    text = "crypto pki trustpoint CA\n enrollment url http://10.0.0.1\n enrollment terminal\n"
    assert added(router, text)[1] == " enrollment terminal"


def answered(con: Console, answer: str) -> str:
    con.run("configure terminal")
    asked = con.type(b"no crypto pki trustpoint CA\n")
    assert asked.endswith(
        "% Removing an enrolled trustpoint will destroy all certificates\n"
        " received from the related Certificate Authority.\n\n"
        "Are you sure you want to do this? [yes/no]: "
    )
    return con.type(f"{answer}\n".encode())


@pytest.mark.parametrize("answer", ["yes", "y"])
def test_a_trustpoint_goes_with_its_certificates(answer: str) -> None:
    router = make_router(startup=CHAIN)
    said = answered(console(router), answer)
    assert "% Be sure to ask the CA administrator to revoke your certificates.\n" in said
    assert not any(line.startswith("crypto pki") for line in router.running_lines())


@pytest.mark.parametrize("answer", ["no", ""])
def test_a_trustpoint_stays_without_a_yes(answer: str) -> None:
    router = make_router(startup=CHAIN)
    answered(console(router), answer)
    assert "crypto pki trustpoint CA" in router.running_lines()
    assert "crypto pki certificate chain CA" in router.running_lines()


def test_a_chain_is_printed_as_it_is_read() -> None:
    router = make_router(startup=CHAIN)
    text = "\n".join(router.running_lines())
    assert f"crypto pki certificate chain CA\n certificate ca 01\n{HEX}  \tquit\n" in text
    assert make_router(startup=text).running_lines() == router.running_lines()


def test_a_certificate_is_typed_line_by_line(router: Router) -> None:
    router.merge("crypto pki trustpoint CA\n")
    con = console(router)
    con.run("configure terminal", "crypto pki certificate chain CA")
    assert con.prompt == "Router(config-cert-chain)#"
    said = con.type(b"certificate ab01\n")
    assert "Enter the certificate in hexidecimal representation....\n" in said
    assert said.endswith("Router(config-pki-hexmode)#")
    for line in HEX.splitlines():
        assert con.type(f"{line}\n".encode()).endswith("Router(config-pki-hexmode)#")
    assert con.type(b"quit\n").endswith("Router(config-cert-chain)#")
    assert " certificate AB01" in router.running_lines()
    chain = router.config.root.find("crypto pki certificate chain", "CA")
    assert chain is not None
    assert chain.block is not None
    entry = chain.block.find("certificate", None, "AB01")
    assert entry is not None
    assert bytes.fromhex(entry["data"]) == DATA


def test_a_certificate_that_is_no_hexadecimal_text_is_refused(
    router: Router, refused: Refused
) -> None:
    text = (
        "crypto pki trustpoint CA\ncrypto pki certificate chain CA\n certificate 01\n  XYZ\n quit\n"
    )
    assert "% Invalid input detected" in refused(router, text)
    assert " certificate 01" not in router.running_lines()


def test_a_certificate_that_is_too_long_is_refused(router: Router, refused: Refused) -> None:
    head = "crypto pki trustpoint CA\ncrypto pki certificate chain CA\n certificate 01\n"
    said = refused(router, head + f"  {'30' * 1000}\n" * 70 + " quit\n")
    assert "% Invalid input detected" in said


def test_an_unfinished_certificate_ends_with_the_text(router: Router) -> None:
    loaded = router.merge(CHAIN.replace("quit", ""))
    assert not loaded.rejected
    assert " certificate ca 01" in router.running_lines()


def test_a_certificate_is_taken_out(router: Router, refused: Refused) -> None:
    router.merge(CHAIN)
    said = router.merge("crypto pki certificate chain CA\n no certificate ca 01\n").output
    assert said == "% The certificate has been deleted.\n"
    assert " certificate ca 01" not in router.running_lines()
    text = "crypto pki certificate chain CA\n no certificate ca 01\n"
    assert refused(router, text) == "% Certificate not found\n"


def test_a_chain_belongs_to_a_trustpoint(router: Router, refused: Refused) -> None:
    assert refused(router, "crypto pki certificate chain CA\n") == (
        "% CA trustpoint for cert chain not known\n"
    )
    router.merge(CHAIN)
    assert refused(router, "no crypto pki certificate chain CA\n") == (
        "% Remove the trustpoint to remove the cert chain.\n"
    )


def test_an_enrolment_writes_into_the_configuration(router: Router) -> None:
    router.merge("crypto pki trustpoint CA\n")
    store_certificate(router, "CA", "01", DATA, kind="ca")
    store_certificate(router, "CA", "0A", DATA)
    text = "\n".join(router.running_lines())
    assert f" certificate ca 01\n{HEX}  \tquit\n certificate 0A\n{HEX}  \tquit\n" in text
    assert make_router(startup=text).running_lines() == router.running_lines()


def test_maps_of_certificates_are_printed_by_name_and_number(router: Router, added: Added) -> None:
    text = """\
crypto pki certificate map M 20
 subject-name co ou = getvpn
 subject-name co o = example
 issuer-name eq cn=ca
crypto pki certificate map M 10
 valid-start ge jan 1 2026
 no valid-start ge jan 1 2026
"""
    assert added(router, text) == [
        "crypto pki certificate map M 10",
        "crypto pki certificate map M 20",
        " subject-name co ou = getvpn",
        " subject-name co o = example",
        " issuer-name eq cn=ca",
    ]


def test_a_server_stands_still_until_it_has_a_password(router: Router) -> None:
    con = console(router)
    con.run("configure terminal", "crypto pki server CA", "issuer-name CN=ca")
    assert " shutdown" in router.running_lines()
    assert con.type(b"no shutdown\n").endswith("Password: ")
    assert con.type(b"short\n").endswith("(cs-server)#")
    assert " shutdown" in router.running_lines()
    con.type(b"no shutdown\n")
    assert con.type(b"long enough\n").endswith("Re-enter password: ")
    assert "% Certificate Server enabled.\n" in con.type(b"long enough\n")
    assert (
        " shutdown"
        not in router.running_lines()[router.running_lines().index("crypto pki server CA") :][:4]
    )


def test_a_running_server_runs_again_after_a_boot() -> None:
    router = make_router(startup="crypto pki server CA\n issuer-name CN=ca\n")
    lines = router.running_lines()
    at = lines.index("crypto pki server CA")
    assert lines[at : at + 3] == ["crypto pki server CA", " issuer-name CN=ca", "!"]


def test_a_server_is_removed_after_a_question(router: Router, refused: Refused) -> None:
    assert refused(router, "no crypto pki server CA\n") == (
        "% Certificate server 'CA' is not known.\n"
    )
    router.merge("crypto pki server CA\n")
    con = console(router)
    con.run("configure terminal")
    assert con.type(b"no crypto pki server CA\n").endswith("continue? [yes/no]: ")
    con.type(b"yes\n")
    assert "crypto pki server CA" not in router.running_lines()


def test_the_password_of_an_archive_is_hidden(router: Router, added: Added) -> None:
    text = "crypto pki server CA\n database archive pem password cisco123\n"
    line = added(router, text)[1]
    assert line.startswith(" database archive pem password 7 ")
    assert "cisco123" not in line


def test_keys_of_peers_are_read_in_hexadecimal(router: Router, added: Added) -> None:
    text = (
        "crypto key pubkey-chain rsa\n addressed-key 10.0.0.1 signature\n  key-string\n"
        "   3031\n   quit\n named-key ks1\n  address 10.0.0.2\n"
    )
    assert added(router, text) == [
        "crypto key pubkey-chain rsa",
        " addressed-key 10.0.0.1 signature",
        "  key-string",
        "   3031",
        "   quit",
        " named-key ks1",
        "  address 10.0.0.2",
    ]


@pytest.mark.parametrize(
    ("lines", "prompt"),
    [
        (("crypto pki trustpoint T",), "ca-trustpoint"),
        (("crypto pki trustpoint T", "crypto pki certificate chain T"), "config-cert-chain"),
        (("crypto pki certificate map M 1",), "ca-certificate-map"),
        (("crypto pki profile enrollment P",), "ca-profile-enroll"),
        (("crypto pki server S",), "cs-server"),
        (("crypto key pubkey-chain rsa",), "config-pubkey-chain"),
        (("crypto key pubkey-chain rsa", "addressed-key 10.0.0.1"), "config-pubkey-key"),
        (("crypto identity I",), "config-crypto-identity"),
    ],
)
def test_the_modes_have_their_prompts(
    any_router: Router, lines: tuple[str, ...], prompt: str
) -> None:
    con = console(any_router)
    con.run("configure terminal", "hostname R", *lines)
    assert con.prompt == f"R({prompt})#"
