import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from getvpn.emulator.keys import (
    CLASSIC_DUMP,
    NEWEST_XE_DUMP,
    USAGE_KEYS,
    XE_DUMP,
    KeyDumpStyle,
    KeyKind,
    KeyMaterial,
    KeyPair,
    KeyStore,
    SeededKeyMaker,
    Usage,
    modulus_bytes,
    mypubkey_text,
    public_key_bytes,
)
from getvpn.parsers import parse
from getvpn.parsers.records.keys import PublicKeys

from .seeds import seeded

Utc = Callable[[float], str]

CAPTURES = {
    "community/crypto_key_mypubkey_rsa/1.txt": CLASSIC_DUMP,
    "community/crypto_key_mypubkey_rsa/2.txt": CLASSIC_DUMP,
    "genie/crypto_key_mypubkey_all/1.txt": XE_DUMP,
    "genie/crypto_key_mypubkey_rsa/1.txt": XE_DUMP,
    "genie/crypto_key_mypubkey_rsa_key_name/1.txt": NEWEST_XE_DUMP,
    "genie/crypto_key_mypubkey_rsa_key_name/2.txt": XE_DUMP,
}


class Seen(KeyMaterial):
    """A key of which only the public part is known."""

    def __init__(self, kind: KeyKind, public_der: bytes) -> None:
        super().__init__(kind, 0, b"")
        self._public = public_der


def pairs_in(text: str) -> Iterator[KeyPair]:
    """The pairs that an output tells of."""
    for block in text.split("% Key pair was generated at: ")[1:]:
        when, name, kind, *lines = block.splitlines()
        digits = "".join(lines[lines.index(" Key Data:") + 1 :]).replace(" ", "")
        attributes = "\n".join(lines)
        storage = re.search(r" Storage Device: (.+)", attributes)
        usage = re.search(r" Usage: (.+)", attributes)
        assert usage is not None
        material = Seen(KeyKind(kind.split()[2]), bytes.fromhex(digits))
        bits = re.search(r"(\d+) bits", kind)
        if bits:
            material.bits = int(bits[1])
        yield KeyPair(
            label=name.removeprefix("Key name: "),
            usage=Usage(usage[1]),
            material=material,
            generated_at=datetime.strptime(when, "%H:%M:%S %Z %b %d %Y")
            .replace(tzinfo=UTC)
            .timestamp(),
            exportable=" Key is exportable" in attributes,
            redundancy="Redundancy enabled" in attributes,
            storage=storage[1] if storage else "",
            temporary="Temporary key" in attributes,
        )


@pytest.mark.parametrize(("path", "style"), CAPTURES.items(), ids=list(CAPTURES))
def test_the_output_of_a_device_is_written_again_from_its_keys(
    shared: Path, utc: Utc, path: str, style: KeyDumpStyle
) -> None:
    text = (shared / "captures" / path).read_text()
    # the prompt goes, and the end of the last line, which some captures lack
    output = re.sub(r"\A\S+#.*\n", "", text).removesuffix("\n") + "\n"
    assert mypubkey_text(pairs_in(output), utc, style) == output


def test_every_capture_of_keys_is_compared(shared: Path) -> None:
    found = {
        path.relative_to(shared / "captures").as_posix()
        for path in (shared / "captures").glob("*/crypto_key_mypubkey*/*.txt")
    }
    assert found == set(CAPTURES)


def test_a_pair_changes_its_lines_as_it_is_saved_and_locked(
    store: KeyStore, utc: Utc, now: float
) -> None:
    store.generate_rsa("getvpnkey", 512, now=now, exportable=True)
    lines = mypubkey_text(store.pairs(), utc).splitlines()
    assert lines[:7] == [
        "% Key pair was generated at: 03:36:15 UTC Nov 5 2022",
        "Key name: getvpnkey",
        "Key type: RSA KEYS",
        " Storage Device: not specified",
        " Usage: General Purpose Key",
        " Key is exportable.",
        " Key Data:",
    ]
    store.lock("getvpnkey")
    store.save()
    lines = mypubkey_text(store.pairs(), utc).splitlines()
    assert lines[3] == " Storage Device: private-config"
    assert lines[5] == " Key is not exportable."


def test_usage_keys_are_shown_as_two_keys(store: KeyStore, utc: Utc, now: float) -> None:
    store.generate_rsa("a", 512, now=now, usages=USAGE_KEYS)
    text = mypubkey_text(store.pairs(), utc)
    assert re.findall(r" Usage: (.*)", text) == ["Signature Key", "Encryption Key"]


def test_no_keys_are_shown_as_nothing(utc: Utc) -> None:
    assert mypubkey_text((), utc) == ""


@pytest.mark.parametrize("style", [CLASSIC_DUMP, XE_DUMP, NEWEST_XE_DUMP])
@pytest.mark.parametrize("bits", [360, 512, 1024, 1536, 2048, 4096])
def test_our_own_parser_reads_the_true_key_back(
    utc: Utc, now: float, style: KeyDumpStyle, bits: int
) -> None:
    pair = KeyPair(
        label="a",
        usage=Usage.GENERAL,
        material=_material(bits),
        generated_at=now,
        exportable=True,
    )
    record = parse("show crypto key mypubkey rsa", mypubkey_text([pair], utc, style))
    assert isinstance(record, PublicKeys)
    (key,) = record.keys
    assert (key.name, key.exportable, key.modulus_bits) == ("a", True, bits)
    assert key.data == pair.material.public_der


def test_genie_reads_the_true_keys(store: KeyStore, utc: Utc, now: float) -> None:
    genie = pytest.importorskip("genie.libs.parser.iosxe.show_crypto")
    store.generate_rsa("a", 1024, now=now)
    store.open_server_key("a", 768, now=now)
    store.generate_ec("b", 256, now=now)
    text = mypubkey_text(store.pairs(), utc)
    keys = genie.ShowCryptoKeyMypubkeyAll(device=None).parse(output=text)["keys"]
    read = [
        (key["key_name"], kind, bytes.fromhex("".join(entry["key_data"])))
        for key in keys.values()
        for kind, entry in key["key_type"].items()
    ]
    assert read == [
        (pair.label, f"{pair.kind.value} KEYS", pair.material.public_der) for pair in store.pairs()
    ]


@pytest.mark.parametrize(
    ("bits", "signature_bytes", "key_bytes"),
    [(1024, 128, 162), (2048, 256, 294), (3072, 384, 422), (4096, 512, 550)],
)
def test_a_key_server_shows_these_lengths(bits: int, signature_bytes: int, key_bytes: int) -> None:
    assert modulus_bytes(bits) == signature_bytes
    assert public_key_bytes(bits) == key_bytes


@pytest.mark.parametrize("bits", [360, 511, 512, 513, 768, 1000, 1023, 1024, 1025, 2047, 2048])
def test_the_length_of_a_public_key_is_known_without_making_it(bits: int) -> None:
    assert public_key_bytes(bits) == len(_material(bits).public_der)


def _material(bits: int) -> KeyMaterial:
    """A key of that size; the large ones, which take long, have no private part."""
    if bits < 1024:
        return SeededKeyMaker(seeded(bits)).rsa(bits)
    modulus = seeded(bits).getrandbits(bits) | 1 << (bits - 1) | 1
    key = rsa.RSAPublicNumbers(65_537, modulus).public_key()
    material = Seen(KeyKind.RSA, key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    material.bits = bits
    return material
