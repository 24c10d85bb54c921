from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from getvpn.errors import ParseError
from getvpn.parsers import parse
from getvpn.parsers.convert import timestamp
from getvpn.parsers.records.keys import PublicKeys

from .cuts import unnoticed_cuts
from .oracle import Trail, assert_covers, captures
from .texts import KS_POLICY

COMMAND = "show crypto key mypubkey rsa"


def _rsa_der(bits: int) -> bytes:
    key = rsa.RSAPublicNumbers(65537, (1 << (bits - 1)) | 1).public_key()
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _ec_der() -> bytes:
    key = ec.derive_private_key(7, ec.SECP256R1()).public_key()
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _dump(der: bytes) -> str:
    """`der` as IOS prints it: eight words of four bytes a line."""
    text = der.hex().upper()
    words = [text[at : at + 8] for at in range(0, len(text), 8)]
    return "".join(f"  {' '.join(words[at : at + 9])} \n" for at in range(0, len(words), 9))


def _key(name: str, *, lines: str, der: bytes | None = None) -> str:
    return (
        "% Key pair was generated at: 09:30:12 UTC Mar 2 2026\n"
        f"Key name: {name}\n{lines} Key Data:\n{_dump(_rsa_der(2048) if der is None else der)}"
    )


XE = _key(
    "REKEY-KEY.wan-1",
    lines="Key type: RSA KEYS      2048 bits\n Storage Device: private-config\n"
    " Usage: General Purpose Key\n Key is not exportable. Redundancy enabled.\n",
)
EXPORTABLE = _key(
    "getvpn key",
    lines="Key type: RSA KEYS\n Storage Device: not specified\n"
    " Usage: General Purpose Key\n Key is exportable.\n",
    der=_rsa_der(1024),
)
TEMPORARY = _key(
    "ks1.example.net.server",
    lines="Key type: RSA KEYS\nTemporary key\n Usage: Encryption Key\n Key is not exportable.\n",
    der=_rsa_der(768),
)
CLASSIC = _key("ks1.example.net", lines=" Usage: Signature Key\n Key is not exportable.\n")
LOCKED = _key(
    "ks2.example.net",
    lines=" Usage: General Purpose Key\n *** The key is protected and LOCKED. ***\n"
    " Key is not exportable.\n",
)
ELLIPTIC = _key(
    "ecdsa",
    lines="Key type: EC KEYS\n Storage Device: private-config\n Usage: Signature Key\n"
    " Key is not exportable. Redundancy enabled.\n",
    der=_ec_der(),
)


def _parse(text: str, command: str = COMMAND) -> PublicKeys:
    record = parse(command, text)
    assert isinstance(record, PublicKeys)
    assert record.unparsed == ()
    return record


def test_a_key_of_ios_xe_has_its_size_printed_and_in_its_data() -> None:
    (key,) = _parse(XE).keys

    assert (key.name, key.algorithm, key.bits) == ("REKEY-KEY.wan-1", "RSA", 2048)
    assert key.modulus_bits == 2048
    assert key.data == _rsa_der(2048)
    assert key.generated == datetime(2026, 3, 2, 9, 30, 12)  # noqa: DTZ001 - device time
    assert (key.storage, key.usage) == ("private-config", "General Purpose Key")
    assert (key.exportable, key.redundancy, key.temporary) == (False, True, False)


def test_an_exportable_key_may_have_blanks_in_its_name_and_no_storage() -> None:
    (key,) = _parse(EXPORTABLE).keys

    assert (key.name, key.storage, key.exportable) == ("getvpn key", None, True)
    assert (key.bits, key.modulus_bits) == (None, 1024)


def test_the_key_of_the_ssh_server_is_temporary() -> None:
    (key,) = _parse(TEMPORARY).keys

    assert key.temporary
    assert (key.usage, key.modulus_bits) == ("Encryption Key", 768)


def test_a_key_of_12_4_names_no_algorithm() -> None:
    (key,) = _parse(CLASSIC).keys

    assert (key.algorithm, key.usage, key.modulus_bits) == (None, "Signature Key", 2048)


@pytest.mark.parametrize(("word", "locked"), [("LOCKED", True), ("UNLOCKED", False)])
def test_an_encrypted_key_is_locked_or_not(word: str, locked: bool) -> None:
    (key,) = _parse(LOCKED.replace("LOCKED", word)).keys

    assert (key.encrypted, key.locked) == (True, locked)


def test_an_elliptic_key_has_no_modulus() -> None:
    (key,) = _parse(ELLIPTIC).keys

    assert (key.algorithm, key.modulus_bits, key.data) == ("EC", None, _ec_der())


def test_all_keys_are_read_in_order_with_their_lines() -> None:
    record = _parse(XE + EXPORTABLE + ELLIPTIC, "sh cry key mypubkey all")

    assert [key.name for key in record.keys] == ["REKEY-KEY.wan-1", "getvpn key", "ecdsa"]
    assert [key.lineno for key in record.keys] == [
        1,
        1 + XE.count("\n"),
        1 + (XE + EXPORTABLE).count("\n"),
    ]


def test_a_device_without_keys_prints_nothing() -> None:
    assert _parse("ks1#show crypto key mypubkey rsa\nks1#\n").empty


def test_a_cut_key_is_noticed_at_every_line() -> None:
    assert unnoticed_cuts(COMMAND, XE) == []


def test_key_data_that_is_cut_within_a_word_is_refused() -> None:
    with pytest.raises(ParseError, match=r"line 1: bad data"):
        parse(COMMAND, XE.rstrip()[:-3])


def test_another_output_is_refused() -> None:
    with pytest.raises(ParseError):
        parse(COMMAND, KS_POLICY)


def test_shared_captures_are_read_in_full(shared: Path) -> None:
    for capture in captures(shared, "key mypubkey"):
        record = _parse(capture.text, capture.command)
        assert record.keys
        for key in record.keys:
            assert key.modulus_bits in {1024, 2048, 2176, 4096} or key.algorithm == "EC"


def test_shared_captures_say_what_the_other_parser_found(shared: Path) -> None:
    for capture in captures(shared, "key mypubkey"):
        if capture.expected is not None:
            assert_covers(_typed(capture.expected), _ours(_parse(capture.text, capture.command)))


def _typed(expected: Any) -> Any:
    """The other answer with its times and key data as values."""
    for key in expected["keys"].values():
        clock, _, *date = key["keypairgen_time"].split()
        key["keypairgen_time"] = timestamp(" ".join((clock, *date)))
        for pair in key["key_type"].values():
            pair["key_data"] = bytes.fromhex("".join(pair["key_data"]))
    return expected


def _ours(record: PublicKeys) -> dict[Trail, object]:
    found: dict[Trail, object] = {}
    for index, key in enumerate(record.keys, start=1):
        at = ("keys", str(index))
        size = f"      {key.bits} bits" if key.bits else ""
        pair = (*at, "key_type", f"{key.algorithm} KEYS{size}")
        found[*at, "keypairgen_time"] = key.generated
        found[*at, "key_name"] = key.name
        found[*pair, "storage_device"] = key.storage or "not specified"
        found[*pair, "usage"] = key.usage
        found[*pair, "key"] = "exportable" if key.exportable else "not exportable"
        found[*pair, "redundancy"] = "enabled" if key.redundancy else None
        found[*pair, "key_data"] = key.data
    return found
