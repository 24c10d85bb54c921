"""The keys of a group's rekeys: made, taken to a second key server, replaced."""

import re
import subprocess
from collections.abc import Iterator

import pytest

from .devices import Lab, Start, device
from .terminal import Terminal

NAME = "REKEYRSA"
PASSPHRASE = "cisco123"
GENERATE = f"crypto key generate rsa label {NAME} modulus 2048 exportable"
YES_NO = r"\[yes/no\]: "
PRIVATE = re.compile(r"-----BEGIN RSA PRIVATE KEY-----.*?-----END RSA PRIVATE KEY-----", re.DOTALL)
PUBLIC = re.compile(r"-----BEGIN PUBLIC KEY-----.*?-----END PUBLIC KEY-----", re.DOTALL)


@pytest.fixture
def lab(start: Start) -> Lab:
    """Two key servers."""
    return start({name: device(name) for name in ("KS1", "KS2")})


@pytest.fixture
def second(lab: Lab) -> Iterator[Terminal]:
    """A terminal on KS2, configuring."""
    with Terminal(lab.host("KS2")) as opened:
        opened.ask("terminal length 0")
        opened.ask("configure terminal")
        yield opened


@pytest.fixture
def first(terminal: Terminal) -> Terminal:
    """A terminal on KS1, configuring."""
    terminal.ask("configure terminal")
    return terminal


def _export(first: Terminal, cipher: str = "3des") -> str:
    said = first.ask(f"crypto key export rsa {NAME} pem terminal {cipher} {PASSPHRASE}")
    return said.replace("\r\n", "\n")


def _openssl(pem: str, *options: str) -> subprocess.CompletedProcess[str]:
    command = ["openssl", "rsa", *options, "-pubout"]
    return subprocess.run(command, input=pem, capture_output=True, text=True, check=False)


def _import(second: Terminal, exported: str, passphrase: str, end: str = "\r") -> str:
    public, private = PUBLIC.search(exported), PRIVATE.search(exported)
    assert public
    assert private
    second.ask(f"crypto key import rsa {NAME} pem terminal {passphrase}", r"by itself\.\r\n")
    second.send(public[0].replace("\n", end) + end + end)
    second.read(r"encrypted private .*\r\n.*by itself\.\r\n")
    second.send(private[0].replace("\n", end) + end + "quit" + end)
    return second.read()


def _data(terminal: Terminal) -> str:
    shown = terminal.ask(f"do show crypto key mypubkey rsa {NAME}")
    found = re.search(r"Key Data:((?:\r\n  [0-9A-F ]+)+)", shown)
    return found[1] if found else ""


@pytest.mark.checklist(89)
def test_a_key_is_made_replaced_and_asked_about(first: Terminal) -> None:
    made = first.ask(GENERATE)
    assert made.startswith(
        f"{GENERATE}\r\nThe name for the keys will be: {NAME}\r\n\r\n"
        "% The key modulus size is 2048 bits\r\n"
        "% Generating 2048 bit RSA keys, keys will be exportable...\r\n[OK] (elapsed time was "
    )
    one = _data(first)

    again = first.ask(GENERATE)
    assert f"% You already have RSA keys defined named {NAME}.\r\n" in again
    assert "% They will be replaced.\r\n" in again
    two = _data(first)

    asked = first.ask(f"crypto key generate rsa label {NAME}", YES_NO)
    assert f"% You already have RSA keys defined named {NAME}.\r\n" in asked
    assert "% Do you really want to replace them? [yes/no]: " in asked
    first.ask("no")
    assert len({one, two, ""}) == 3
    assert _data(first) == two

    first.ask(f"crypto key generate rsa label {NAME}", YES_NO)
    assert "Choose the size of the key modulus" in first.ask("yes", r"\[\d+\]: ")
    assert "[OK] (elapsed time was " in first.ask("2048")
    assert _data(first) not in {one, two, ""}


@pytest.mark.checklist(90)
@pytest.mark.parametrize(("cipher", "named"), [("3des", "DES-EDE3-CBC"), ("aes", "AES-256-CBC")])
def test_an_exported_key_is_read_by_openssl(first: Terminal, cipher: str, named: str) -> None:
    first.ask(GENERATE)
    exported = _export(first, cipher)
    private, public = PRIVATE.search(exported), PUBLIC.search(exported)

    assert private
    assert public
    assert f"% Key name: {NAME}\n   Usage: General Purpose Key\n   Key data:\n" in exported
    assert f"Proc-Type: 4,ENCRYPTED\nDEK-Info: {named}," in private[0]
    opened = _openssl(f"{private[0]}\n", "-passin", f"pass:{PASSPHRASE}")
    assert opened.returncode == 0, opened.stderr
    assert opened.stdout.strip() == public[0]
    assert _openssl(f"{private[0]}\n", "-passin", "pass:another1").returncode != 0


@pytest.mark.checklist(90)
def test_what_cannot_be_exported_is_refused(first: Terminal) -> None:
    first.ask("crypto key generate rsa label FIXED modulus 2048")
    first.ask(GENERATE)

    fixed = first.ask(f"crypto key export rsa FIXED pem terminal 3des {PASSPHRASE}")
    short = first.ask(f"crypto key export rsa {NAME} pem terminal 3des short")
    unknown = first.ask(f"crypto key export rsa NOTHING pem terminal 3des {PASSPHRASE}")

    assert "% RSA keypair FIXED is not exportable." in fixed
    for said in (fixed, short, unknown):
        assert "\r\n%" in said
        assert "BEGIN" not in said


@pytest.mark.checklist(91)
@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_the_second_key_server_gets_the_same_key(
    first: Terminal, second: Terminal, end: str
) -> None:
    first.ask(GENERATE)
    said = _import(second, _export(first), PASSPHRASE, end)

    assert said.endswith("% Key pair import succeeded.\r\n\r\nKS2(config)#")
    assert _data(second) == _data(first) != ""
    shown = second.ask(f"do show crypto key mypubkey rsa {NAME}")
    assert "Key is not exportable." in shown


@pytest.mark.checklist(91)
def test_a_wrong_passphrase_leaves_no_key(first: Terminal, second: Terminal) -> None:
    first.ask(GENERATE)
    said = _import(second, _export(first), "another1")

    assert "% Key pair import failed." in said
    assert _data(second) == ""
