"""Keys go from router to router, and nobody finds the passphrase afterwards."""

import re
import subprocess

import pytest

from getvpn.emulator.device import Router
from getvpn.emulator.keys import KeyKind
from getvpn.emulator.testing import Console, console, make_router

PASSPHRASE = "cisco123"  # noqa: S105 - what the routers are told
PUBLIC = re.compile(r"-----BEGIN PUBLIC KEY-----\n.*?-----END PUBLIC KEY-----\n", re.DOTALL)
PRIVATE = re.compile(
    r"-----BEGIN (\w+) PRIVATE KEY-----\n.*?-----END \1 PRIVATE KEY-----\n", re.DOTALL
)
ASKS_PUBLIC = (
    "\n"
    "% Enter PEM-formatted public General Purpose key or certificate.\n"
    '% End with a blank line or "quit" on a line by itself.\n'
)
ASKS_PRIVATE = (
    "% Enter PEM-formatted encrypted private General Purpose key.\n"
    '% End with "quit" on a line by itself.\n'
)
PROMPT = "KS2(config)#"
LOGGED = "archive\n log config\n  logging enable\n  notify syslog\n"


def _configuring(name: str, platform: str, seed: int, startup: str = "") -> Console:
    text = f"hostname {name}\nip domain name example.net\n{startup}"
    con = console(make_router(name, platform, text, seed=seed))
    con.run("configure terminal")
    return con


@pytest.fixture(params=["isr2911", "isr4451", "c8000v"])
def first(request: pytest.FixtureRequest) -> Console:
    """KS1, configuring, with a key that may be exported and one that may not."""
    con = _configuring("KS1", str(request.param), 1, LOGGED)
    con.run("crypto key generate rsa label REKEYRSA modulus 1024 exportable")
    con.run("crypto key generate rsa label FIXED modulus 1024")
    return con


@pytest.fixture
def second() -> Console:
    """KS2, configuring."""
    return _configuring("KS2", "isr4451", 2, LOGGED)


def _export(con: Console, words: str = f"pem terminal 3des {PASSPHRASE}") -> str:
    return con.run(f"crypto key export rsa REKEYRSA {words}")


def _blocks(exported: str) -> tuple[str, str]:
    public, private = PUBLIC.search(exported), PRIVATE.search(exported)
    assert public
    assert private
    return public[0], private[0]


def _openssl(private: str, passphrase: str = PASSPHRASE, kind: str = "rsa") -> str:
    command = ["openssl", kind, "-passin", f"pass:{passphrase}", "-pubout"]
    done = subprocess.run(command, input=private, capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else ""


def _pasted(con: Console, line: str, exported: str, end: str = "\n") -> str:
    """Type an import with both texts; gives what the router said of it at the end."""
    public, private = (text.replace("\n", end) for text in _blocks(exported))
    said = con.type(f"{line}{end}".encode())
    assert said == f"{line}\n{ASKS_PUBLIC}"
    said = con.type(f"{public}{end}".encode())
    assert said == f"{public}{end}".replace(end, "\n") + ASKS_PRIVATE
    text = f"{private}quit{end}"
    said = con.type(text.encode())
    shown = text.replace(end, "\n")
    assert said.startswith(shown)
    return said.removeprefix(shown)


def _data(con: Console, label: str = "REKEYRSA") -> str:
    shown = con.run(f"do show crypto key mypubkey rsa {label}")
    return shown.partition("Key Data:\n")[2]


@pytest.mark.parametrize(
    ("cipher", "named", "digits"),
    [("3des", "DES-EDE3-CBC", 16), ("des", "DES-CBC", 16), ("aes", "AES-256-CBC", 32)],
)
def test_an_export_is_what_openssl_reads(
    first: Console, cipher: str, named: str, digits: int
) -> None:
    exported = _export(first, f"pem terminal {cipher} {PASSPHRASE}")
    public, private = _blocks(exported)

    assert exported == (
        f"% Key name: REKEYRSA\n   Usage: General Purpose Key\n   Key data:\n{public}{private}\n"
    )
    head = f"-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: {named},"
    assert re.match(rf"{re.escape(head)}[0-9A-F]{{{digits}}}\n\n", private)
    assert {len(line) for line in public.splitlines()[1:-2]} == {64}
    if cipher != "des":
        assert _openssl(private) == public
        assert _openssl(private, "another1") == ""


def test_the_second_key_server_shows_the_same_key_data(first: Console, second: Console) -> None:
    line = f"crypto key import rsa REKEYRSA pem terminal {PASSPHRASE}"

    assert _pasted(second, line, _export(first)) == f"% Key pair import succeeded.\n\n{PROMPT}"
    ours, theirs = (con.router.keys.pairs(KeyKind.RSA, "REKEYRSA") for con in (first, second))
    assert ours[0].material.same_as(theirs[0].material)
    assert _data(second).split() == _data(first).split() != []
    assert not theirs[0].exportable


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
@pytest.mark.parametrize(
    "words",
    [
        "terminal",
        "pem exportable terminal",
        "exportable pem terminal",
        "general-purpose exportable terminal",
    ],
)
def test_every_spelling_and_line_end_will_do(
    first: Console, second: Console, words: str, end: str
) -> None:
    line = f"crypto key import rsa REKEYRSA {words} {PASSPHRASE}"

    assert _pasted(second, line, _export(first), end).startswith("% Key pair import succeeded.\n")
    (pair,) = second.router.keys.pairs(KeyKind.RSA, "REKEYRSA")
    assert pair.exportable == ("exportable" in words)


def test_quit_ends_the_public_part_too(first: Console, second: Console) -> None:
    public, private = _blocks(_export(first))
    second.type(f"crypto key import rsa L terminal {PASSPHRASE}\n{public}quit\n".encode())

    assert second.type(f"{private}quit\n".encode()).endswith(
        f"% Key pair import succeeded.\n\n{PROMPT}"
    )


def test_a_paste_in_small_pieces_is_the_same_paste(first: Console, second: Console) -> None:
    public, private = _blocks(_export(first, f"pem terminal aes {PASSPHRASE}"))
    line = f"crypto key import rsa L terminal {PASSPHRASE}\r\n"
    whole = (line + f"{public}\n{private}quit\n".replace("\n", "\r\n")).encode()

    said = "".join(second.type(whole[at : at + 7]) for at in range(0, len(whole), 7))

    assert said.endswith(f"% Key pair import succeeded.\n\n{PROMPT}")


def test_a_certificate_may_stand_for_the_public_key(first: Console, second: Console) -> None:
    from getvpn.emulator.keys.pem import write_pem
    from getvpn.emulator.keys.pki import self_signed_certificate

    (pair,) = first.router.keys.pairs(KeyKind.RSA, "REKEYRSA")
    der = self_signed_certificate(pair.material, 7, now=0)
    certificate = write_pem("CERTIFICATE", der)
    _, private = _blocks(_export(first))
    second.type(f"crypto key import rsa L terminal {PASSPHRASE}\n{certificate}\n".encode())

    assert "% Key pair import succeeded.\n" in second.type(f"{private}quit\n".encode())


@pytest.mark.parametrize(
    ("passphrase", "private", "reason"),
    [
        ("another1", None, "% Error: Passphrase is incorrect.\n"),
        (PASSPHRASE, "rubbish\n", "% Error: The PEM data cannot be decoded.\n"),
        (PASSPHRASE, "", "% Error: The PEM data cannot be decoded.\n"),
    ],
)
def test_a_failed_import_leaves_no_key(
    first: Console, second: Console, passphrase: str, private: str | None, reason: str
) -> None:
    public, good = _blocks(_export(first))
    second.type(f"crypto key import rsa REKEYRSA terminal {passphrase}\n{public}\n".encode())
    said = second.type(f"{good if private is None else private}quit\n".encode())

    assert said.endswith(f"quit\n{reason}% Key pair import failed.\n\n{PROMPT}")
    assert second.router.keys.pairs() == ()
    assert second.run("do show crypto key mypubkey rsa REKEYRSA") == ""


def test_another_public_key_is_noticed(first: Console, second: Console) -> None:
    public, _ = _blocks(_export(first))
    first.run("crypto key generate rsa label OTHER modulus 1024 exportable")
    _, private = _blocks(first.run(f"crypto key export rsa OTHER pem terminal 3des {PASSPHRASE}"))
    second.type(f"crypto key import rsa L terminal {PASSPHRASE}\n{public}\n".encode())

    assert "% Key pair import failed.\n" in second.type(f"{private}quit\n".encode())
    assert second.router.keys.pairs() == ()


def test_ctrl_c_in_the_middle_of_a_paste_leaves_no_key(first: Console, second: Console) -> None:
    public, _ = _blocks(_export(first))
    second.type(f"crypto key import rsa L terminal {PASSPHRASE}\n{public}\n-----BEGIN".encode())
    second.type(b"\x03")

    assert second.router.keys.pairs() == ()
    assert "UTC" in second.run("do show clock") + second.run("show clock")


def test_a_label_in_use_is_kept(first: Console) -> None:
    before = first.router.keys.pairs()

    assert first.run(f"crypto key import rsa FIXED terminal {PASSPHRASE}") == (
        "% Keypair named FIXED already exists\n"
    )
    assert first.router.keys.pairs() == before


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        (f"FIXED pem terminal 3des {PASSPHRASE}", "% RSA keypair FIXED is not exportable.\n"),
        ("REKEYRSA pem terminal aes short", "% Pass phrase should be at least 8 characters.\n"),
        (f"NOTHING pem terminal 3des {PASSPHRASE}", "% Key pair NOTHING does not exist\n"),
    ],
)
def test_what_cannot_be_exported_is_refused(first: Console, line: str, refusal: str) -> None:
    assert first.run(f"crypto key export rsa {line}") == refusal


def test_a_key_that_was_moved_is_not_exported_any_more(first: Console) -> None:
    first.run("crypto key move rsa REKEYRSA non-exportable")

    assert _export(first) == "% RSA keypair REKEYRSA is not exportable.\n"


def test_keys_are_exported_to_files_and_imported_from_them(first: Console) -> None:
    line = f"crypto key export rsa REKEYRSA pem url nvram: 3des {PASSPHRASE}\n"
    said = first.type(line.encode())
    assert said == (
        f"{line}% Key name: REKEYRSA\n   Usage: General Purpose Key\n"
        "Exporting public key...\nDestination filename [REKEYRSA.pub]? "
    )
    assert first.type(b"\n") == (
        "\nWriting file to nvram:REKEYRSA.pub\n"
        "Exporting private key...\nDestination filename [REKEYRSA.prv]? "
    )
    assert first.type(b"\n") == "\nWriting file to nvram:REKEYRSA.prv\nKS1(config)#"
    files = first.router.files
    public, private = (files.read(f"nvram:REKEYRSA.{end}").decode() for end in ("pub", "prv"))
    assert _openssl(private) == public

    line = f"crypto key import rsa COPY pem url nvram:REKEYRSA {PASSPHRASE}\n"
    assert first.type(line.encode()) == (
        f"{line}% Importing public key or certificate PEM file...\nSource filename [REKEYRSA.pub]? "
    )
    assert first.type(b"\n") == (
        "\nReading file from nvram:REKEYRSA.pub\n"
        "% Importing private key PEM file...\nSource filename [REKEYRSA.prv]? "
    )
    assert first.type(b"\n") == (
        "\nReading file from nvram:REKEYRSA.prv\n% Key pair import succeeded.\n\nKS1(config)#"
    )
    assert _data(first, "COPY") == _data(first)


def test_a_missing_file_is_named(first: Console) -> None:
    first.type(f"crypto key import rsa COPY pem url nvram: {PASSPHRASE}\n".encode())

    said = first.type(b"\n")

    assert "%Error opening nvram:/COPY.pub (No such file or directory)\n" in said
    assert first.router.keys.pairs(KeyKind.RSA, "COPY") == ()


def test_usage_keys_travel_as_two_pairs(first: Console, second: Console) -> None:
    first.run("crypto key generate rsa usage-keys label TWO modulus 1024 exportable")
    exported = first.run(f"crypto key export rsa TWO pem terminal 3des {PASSPHRASE}")
    assert "   Usage: Signature Key\n" in exported
    assert "   Usage: Encryption Key\n" in exported
    publics = PUBLIC.findall(exported)
    privates = [match[0] for match in PRIVATE.finditer(exported)]
    said = second.type(f"crypto key import rsa TWO usage-keys terminal {PASSPHRASE}\n".encode())
    assert said.endswith(
        'public Signature key or certificate.\n% End with a blank line or "quit"'
        " on a line by itself.\n"
    )
    for public, private in zip(publics, privates, strict=True):
        second.type(f"{public}\n".encode())
        said = second.type(f"{private}quit\n".encode())

    assert said.endswith(f"% Key pair import succeeded.\n\n{PROMPT}")
    ours, theirs = (con.router.keys.pairs(KeyKind.RSA, "TWO") for con in (first, second))
    assert [pair.usage for pair in theirs] == [pair.usage for pair in ours]
    assert [pair.material.public_der for pair in theirs] == [
        pair.material.public_der for pair in ours
    ]


def test_ec_keys_travel_too(first: Console, second: Console) -> None:
    first.run("crypto key generate ec keysize 384 label EC1 exportable")
    exported = first.run(f"crypto key export ec EC1 pem terminal aes {PASSPHRASE}")
    public, private = _blocks(exported)
    assert _openssl(private, kind="ec") == public
    line = f"crypto key import ec EC1 terminal {PASSPHRASE}"

    assert "% Key pair import succeeded.\n" in _pasted(second, line, exported)


def test_a_configuration_text_imports_a_key_from_its_own_lines(
    first: Console, second: Console
) -> None:
    public, private = _blocks(_export(first))
    text = f"crypto key import rsa L terminal {PASSPHRASE}\n{public}\n{private}quit\nhostname KS3\n"

    loaded = second.router.merge(text)

    assert loaded.rejected == ()
    assert second.router.keys.pairs(KeyKind.RSA, "L")
    assert second.router.hostname == "KS3"


def test_a_configuration_text_that_ends_too_early_imports_nothing(second: Console) -> None:
    loaded = second.router.merge(f"crypto key import rsa L terminal {PASSPHRASE}\nhalf a key\n")

    assert "% Key pair import failed.\n" in loaded.output
    assert second.router.keys.pairs() == ()


def _kept(router: Router, con: Console) -> str:
    """Everything in which a router keeps what was typed."""
    con.run("end")
    shown = con.run("show history", "show archive log config all", "show running-config")
    return shown + "".join(message.line for message in router.log.messages)


@pytest.mark.parametrize(
    "line",
    [
        "crypto key export rsa REKEYRSA pem terminal 3des {}",
        "cry key exp rsa REKEYRSA pem ter aes {} ",
        "crypto key export rsa NOTHING pem terminal 3des {}",
        "crypto key export rsa REKEYRSA pem terminal rot13 {}",
        "crypto key import rsa FIXED terminal {}",
        "do crypto key export rsa REKEYRSA pem terminal 3des {}",
        "crypto key encrypt rsa name REKEYRSA passphrase {}",
        "crypto key unlock rsa name REKEYRSA passphrase {}",
    ],
)
def test_a_passphrase_is_kept_nowhere(first: Console, line: str) -> None:
    secret = "Very-Secret-1"  # noqa: S105 - what must not be found
    con = first

    con.run(line.format(secret))

    kept = _kept(con.router, con)
    assert secret not in kept
    assert "BEGIN" not in kept
    assert con.type(b"\x10\x10\x10\x10\x10").find(secret) < 0


def test_a_pasted_key_is_kept_nowhere(first: Console, second: Console) -> None:
    exported = _export(first)
    _pasted(second, f"crypto key import rsa L terminal {PASSPHRASE}", exported)

    kept = _kept(second.router, second)

    assert PASSPHRASE not in kept
    assert "crypto key import rsa L terminal *****" in kept
    assert not any(line in kept for line in _blocks(exported)[1].split("\n") if line)


def test_the_master_key_is_kept_nowhere(first: Console) -> None:
    first.run("key config-key password-encrypt Master-Key-1")

    assert first.router.keys.master_key == "Master-Key-1"
    assert "Master-Key-1" not in _kept(first.router, first)
