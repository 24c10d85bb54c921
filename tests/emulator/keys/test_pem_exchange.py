import subprocess
from collections.abc import Callable
from pathlib import Path
from shutil import which

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from getvpn.emulator.keys import (
    BadPemError,
    ExportedPair,
    KeyKind,
    KeyMaterial,
    KeyMismatchError,
    KeyStore,
    NotExportableError,
    PassphraseTooShortError,
    PemCipher,
    PemError,
    WrongPassphraseError,
    export_pair,
    import_material,
    read_public_pem,
)
from getvpn.emulator.keys.pem import (
    MAX_PEM_CHARS,
    decrypt,
    read_pem,
    write_encrypted_pem,
    write_pem,
)
from getvpn.emulator.keys.pki import LabCa

from .seeds import seeded

PASSPHRASE = "cisco123"  # noqa: S105 - protects keys of the tests only

EXPORT_CIPHERS = [PemCipher.TRIPLE_DES, PemCipher.DES, PemCipher.AES]

Exporter = Callable[..., ExportedPair]


@pytest.fixture
def exported(store: KeyStore, now: float) -> Exporter:
    """Exports a key as `crypto key export` would."""

    def export(
        key: KeyMaterial, cipher: PemCipher = PemCipher.TRIPLE_DES, passphrase: str = PASSPHRASE
    ) -> ExportedPair:
        store.zeroize()
        (pair,) = store.add("getvpnkey", key, now=now, exportable=True)
        return export_pair(pair, cipher=cipher, passphrase=passphrase, random=seeded(4))

    return export


@pytest.fixture
def openssl() -> Callable[..., str]:
    if which("openssl") is None:
        pytest.skip("no openssl command")

    def run(*arguments: str) -> str:
        done = subprocess.run(
            ["openssl", *arguments], check=True, capture_output=True, text=True, timeout=30
        )
        return done.stdout

    return run


def test_the_public_part_is_a_public_key_in_lines_of_64_columns(
    rsa_key: KeyMaterial, exported: Exporter
) -> None:
    text = exported(rsa_key).public
    first, *lines, last = text.splitlines()
    assert (first, last) == ("-----BEGIN PUBLIC KEY-----", "-----END PUBLIC KEY-----")
    assert {len(line) for line in lines[:-1]} == {64}
    assert text.endswith("-----\n")
    key = load_pem_public_key(text.encode())
    assert key == rsa_key.private_key().public_key()


@pytest.mark.parametrize(
    ("cipher", "dek_info", "digits"),
    [
        (PemCipher.TRIPLE_DES, "DES-EDE3-CBC", 16),
        (PemCipher.DES, "DES-CBC", 16),
        (PemCipher.AES, "AES-256-CBC", 32),
    ],
)
def test_the_private_part_has_the_headers_of_openssl(
    rsa_key: KeyMaterial, exported: Exporter, cipher: PemCipher, dek_info: str, digits: int
) -> None:
    lines = exported(rsa_key, cipher).private.splitlines()
    assert lines[:2] == ["-----BEGIN RSA PRIVATE KEY-----", "Proc-Type: 4,ENCRYPTED"]
    name, iv = lines[2].removeprefix("DEK-Info: ").split(",")
    assert name == dek_info
    assert len(bytes.fromhex(iv)) * 2 == digits
    assert iv == iv.upper()
    assert lines[3] == ""
    assert lines[-1] == "-----END RSA PRIVATE KEY-----"


@pytest.mark.parametrize("cipher", [PemCipher.TRIPLE_DES, PemCipher.AES])
def test_cryptography_opens_an_exported_key(
    rsa_key: KeyMaterial, exported: Exporter, cipher: PemCipher
) -> None:
    key = load_pem_private_key(exported(rsa_key, cipher).private.encode(), PASSPHRASE.encode())
    assert key.public_key() == rsa_key.private_key().public_key()


@pytest.mark.parametrize("cipher", EXPORT_CIPHERS)
def test_openssl_opens_an_exported_key(
    rsa_key: KeyMaterial,
    exported: Exporter,
    openssl: Callable[..., str],
    tmp_path: Path,
    cipher: PemCipher,
) -> None:
    file = tmp_path / "key.pem"
    pair = exported(rsa_key, cipher)
    file.write_text(pair.private)
    # single DES is in OpenSSL 3's legacy provider
    providers = ["-provider", "default", "-provider", "legacy"] if cipher is PemCipher.DES else []
    arguments = ("pkey", *providers, "-in", str(file), "-passin", f"pass:{PASSPHRASE}", "-pubout")
    assert openssl(*arguments) == pair.public


def test_openssl_opens_an_exported_ec_key(
    ec_key: KeyMaterial, exported: Exporter, openssl: Callable[..., str], tmp_path: Path
) -> None:
    file = tmp_path / "key.pem"
    pair = exported(ec_key, PemCipher.AES)
    assert pair.private.startswith("-----BEGIN EC PRIVATE KEY-----\n")
    file.write_text(pair.private)
    text = openssl("pkey", "-in", str(file), "-passin", f"pass:{PASSPHRASE}", "-pubout")
    assert text == pair.public


@pytest.mark.parametrize("cipher", EXPORT_CIPHERS)
def test_an_exported_key_is_imported_as_the_same_key(
    rsa_key: KeyMaterial, exported: Exporter, cipher: PemCipher
) -> None:
    pair = exported(rsa_key, cipher)
    key = import_material(pair.public, pair.private, PASSPHRASE)
    assert key.same_as(rsa_key)
    assert key.private_der == rsa_key.private_der


@pytest.mark.parametrize("cipher", ["-des3", "-aes128", "-aes192", "-aes256"])
def test_a_key_that_openssl_encrypted_is_imported(
    rsa_key: KeyMaterial,
    exported: Exporter,
    openssl: Callable[..., str],
    tmp_path: Path,
    cipher: str,
) -> None:
    file = tmp_path / "plain.pem"
    file.write_bytes(rsa_key.pkcs8_pem())
    secret = ["-passout", f"pass:{PASSPHRASE}"]
    text = openssl("rsa", "-in", str(file), "-traditional", cipher, *secret)
    assert import_material(exported(rsa_key).public, text, PASSPHRASE).same_as(rsa_key)


def test_an_ec_key_is_imported_as_an_ec_key_only(ec_key: KeyMaterial, exported: Exporter) -> None:
    pair = exported(ec_key)
    key = import_material(pair.public, pair.private, PASSPHRASE, kind=KeyKind.EC)
    assert key.same_as(ec_key)
    with pytest.raises(BadPemError):
        import_material(pair.public, pair.private, PASSPHRASE)


@pytest.mark.parametrize(
    "pasted",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("\n", "\r"),
        lambda text: text.replace("\n", "  \t\n"),
        lambda text: "".join(f"  {line}\n" for line in text.splitlines()),
        lambda text: f"base64 len 3248{text}quit\n",
        lambda text: f"KS-1(config)#\n% Key name: x\n\n{text}\nmore\n",
        lambda text: text.rstrip("\n"),
    ],
    ids=["CRLF", "CR", "blanks behind", "blanks before", "glued text", "text around", "no end"],
)
def test_a_paste_that_a_terminal_changed_is_imported(
    rsa_key: KeyMaterial, exported: Exporter, pasted: Callable[[str], str]
) -> None:
    pair = exported(rsa_key)
    key = import_material(pasted(pair.public), pasted(pair.private), PASSPHRASE)
    assert key.same_as(rsa_key)


@pytest.mark.parametrize("columns", [1, 48, 76, 10_000])
def test_the_width_of_pasted_lines_does_not_matter(
    rsa_key: KeyMaterial, exported: Exporter, columns: int
) -> None:
    pair = exported(rsa_key)
    head, _, tail = pair.private.partition("\n\n")
    *data, end = tail.splitlines()
    joined = "".join(data)
    lines = [joined[start : start + columns] for start in range(0, len(joined), columns)]
    text = "\n".join([head, "", *lines, end])
    assert import_material(pair.public, text, PASSPHRASE).same_as(rsa_key)


def test_the_public_part_can_be_a_certificate(
    rsa_key: KeyMaterial, exported: Exporter, now: float
) -> None:
    pair = exported(rsa_key)
    authority = LabCa(rsa_key, now=now)
    text = write_pem("CERTIFICATE", authority.certificate)
    assert read_public_pem(text) == rsa_key.public_der
    assert import_material(text, pair.private, PASSPHRASE).same_as(rsa_key)


# -- refusals


def test_a_pair_that_is_not_exportable_is_not_exported(
    store: KeyStore, rsa_key: KeyMaterial, now: float
) -> None:
    (pair,) = store.add("a", rsa_key, now=now)
    with pytest.raises(NotExportableError):
        export_pair(pair, cipher=PemCipher.AES, passphrase=PASSPHRASE, random=seeded(1))


def test_a_short_passphrase_is_refused(rsa_key: KeyMaterial, exported: Exporter) -> None:
    with pytest.raises(PassphraseTooShortError):
        exported(rsa_key, PemCipher.AES, PASSPHRASE[:7])


@pytest.mark.parametrize("cipher", EXPORT_CIPHERS)
def test_a_wrong_passphrase_is_always_noticed(
    rsa_key: KeyMaterial, exported: Exporter, cipher: PemCipher
) -> None:
    pair = exported(rsa_key, cipher)
    # one in 256 of them leaves what looks like padding
    for number in range(600):
        with pytest.raises(WrongPassphraseError):
            import_material(pair.public, pair.private, f"wrong {number}")


def test_a_private_key_of_another_public_key_is_refused(
    rsa_key: KeyMaterial, other_rsa_key: KeyMaterial, exported: Exporter
) -> None:
    public = exported(other_rsa_key).public
    private = exported(rsa_key).private
    with pytest.raises(KeyMismatchError):
        import_material(public, private, PASSPHRASE)


def test_private_keys_in_other_forms_are_refused(rsa_key: KeyMaterial, exported: Exporter) -> None:
    key = rsa_key.private_key()
    forms = [
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"cisco123")),
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()),
    ]
    for form in forms:
        with pytest.raises(BadPemError):
            import_material(exported(rsa_key).public, form.decode(), PASSPHRASE)


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[:0],
        lambda text: text.replace("BEGIN", "BEGAN"),
        lambda text: text.replace("END RSA PRIVATE KEY", "END KEY"),
        lambda text: text.replace("DEK-Info", "DEK"),
        lambda text: text.replace("DES-EDE3-CBC", "RC4"),
        lambda text: text.replace("DES-EDE3-CBC,", "DES-EDE3-CBC,00"),
        lambda text: text.replace("4,ENCRYPTED", "4,MIC-ONLY"),
        lambda text: text.replace("\n\n", "\n\n*"),
        lambda text: text.replace("\n\n", "\n\nAAAA"),
        lambda text: text.replace("RSA PRIVATE", "OPENSSH PRIVATE"),
        lambda text: text + " " * MAX_PEM_CHARS,
        lambda text: text[:11] * 5_000,
    ],
)
def test_a_damaged_private_key_is_refused(
    rsa_key: KeyMaterial, exported: Exporter, damage: Callable[[str], str]
) -> None:
    pair = exported(rsa_key)
    with pytest.raises(BadPemError):
        import_material(pair.public, damage(pair.private), PASSPHRASE)


@pytest.mark.parametrize("name", ["PUBLIC KEY", "CERTIFICATE", "RSA PRIVATE KEY"])
def test_a_public_part_without_a_public_key_is_refused(name: str) -> None:
    with pytest.raises(BadPemError):
        read_public_pem(f"-----BEGIN {name}-----\nAAAA\n-----END {name}-----\n")


def test_a_key_larger_than_a_router_holds_is_refused_without_checking_it() -> None:
    p, q = (1 << 8192) + 1, 3
    numbers = rsa.RSAPrivateNumbers(
        p=p, q=q, d=3, dmp1=3, dmq1=1, iqmp=1, public_numbers=rsa.RSAPublicNumbers(65_537, p * q)
    )
    key = numbers.private_key(unsafe_skip_rsa_key_validation=True)
    body = key.private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    private = write_encrypted_pem(
        "RSA PRIVATE KEY", body, cipher=PemCipher.AES, passphrase=PASSPHRASE, random=seeded(1)
    )
    spki = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    with pytest.raises(BadPemError, match="larger"):
        import_material(write_pem("PUBLIC KEY", spki), private, PASSPHRASE)


def test_a_key_whose_numbers_do_not_fit_is_refused(rsa_key: KeyMaterial) -> None:
    private = rsa_key.private_key()
    assert isinstance(private, rsa.RSAPrivateKey)
    numbers = private.private_numbers()
    damaged = rsa.RSAPrivateNumbers(
        p=numbers.p,
        q=numbers.q,
        d=numbers.d,
        dmp1=numbers.dmp1 ^ 2,
        dmq1=numbers.dmq1,
        iqmp=numbers.iqmp,
        public_numbers=numbers.public_numbers,
    ).private_key(unsafe_skip_rsa_key_validation=True)
    body = damaged.private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    text = write_encrypted_pem(
        "RSA PRIVATE KEY", body, cipher=PemCipher.AES, passphrase=PASSPHRASE, random=seeded(1)
    )
    with pytest.raises(BadPemError, match="do not fit"):
        import_material(write_pem("PUBLIC KEY", rsa_key.public_der), text, PASSPHRASE)


def test_no_error_and_no_repr_shows_a_secret(rsa_key: KeyMaterial, exported: Exporter) -> None:
    pair = exported(rsa_key)
    secrets = {PASSPHRASE, *pair.private.splitlines()[4:-1]}
    texts = [repr(pair), repr(read_pem(pair.private))]
    for attempt in ("nonsense", pair.private.replace("\n\n", "\n\n*")):
        with pytest.raises(PemError) as caught:
            import_material(pair.public, attempt, PASSPHRASE)
        texts += [str(caught.value), repr(caught.value)]
        assert caught.value.__cause__ is None
        assert caught.value.__suppress_context__ or caught.value.__context__ is None
    assert not [text for text in texts for secret in secrets if secret in text]


@given(st.binary(max_size=200), st.text(max_size=40), st.sampled_from(PemCipher))
@settings(max_examples=60)
def test_what_is_encrypted_is_decrypted_with_the_same_passphrase(
    body: bytes, passphrase: str, cipher: PemCipher
) -> None:
    text = write_encrypted_pem(
        "RSA PRIVATE KEY", body, cipher=cipher, passphrase=passphrase, random=seeded(9)
    )
    assert decrypt(read_pem(text), passphrase) == body


@given(st.text(max_size=300))
@settings(max_examples=100)
def test_any_text_is_refused_or_read_but_never_breaks(text: str) -> None:
    for attempt in (text, f"-----BEGIN X-----{text}-----END X-----"):
        try:
            read_pem(attempt)
        except BadPemError:
            continue
