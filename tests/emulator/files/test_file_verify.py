"""What `verify` prints."""

import re

import pytest

from getvpn.emulator.files import Image, digest
from getvpn.emulator.files.content import recognise
from getvpn.emulator.files.verify import ImageCheck, hash_text

IMAGE = Image(family="c2900", version="15.7(3)M5", size=3_000_000)
SHOWN = "flash0:c2900.bin"


def test_a_hash_stands_behind_the_equals_sign() -> None:
    result = digest(b"hello")
    text = hash_text("flash:/x", b"hello", "md5", result)
    assert text == ".Done!\nverify /md5 (flash:/x) = 5d41402abc4b2a76b9719d911017c592\n"
    match = re.search(r"=\s+(\S+)", text)  # as netmiko reads it
    assert match is not None
    assert match[1] == result


def test_a_long_file_takes_more_dots() -> None:
    assert hash_text("x", IMAGE, "sha512", "0").startswith("...Done!\nverify /sha512 (x) = 0\n")


def test_a_right_hash_is_verified() -> None:
    result = digest(b"hello")
    text = hash_text("flash:/x", b"hello", "md5", result, result.upper())
    assert text == f".Done!\nVerified (flash:/x) = {result}\n"


def test_a_wrong_hash_is_an_error_with_both_hashes() -> None:
    result = digest(b"hello")
    assert hash_text("disk0:x", b"hello", "md5", result, "0f") == (
        f".Done!\n%Error verifying disk0:x\nComputed signature = {result}\n"
        "Submitted signature = 0f\n"
    )


@pytest.mark.parametrize("classic", [True, False])
def test_an_intact_image_verifies(classic: bool) -> None:
    text = ImageCheck(IMAGE, classic=classic).text(SHOWN)
    assert f"Digital signature successfully verified in file {SHOWN}\n" in text
    assert ("Embedded Hash   SHA1 : " in text) is not classic
    assert ("CCO Hash        MD5 : " + digest(IMAGE).upper() in text) is classic
    found = re.findall(r"(?:\b[0-9A-Fa-f]{32}\s+){4}", text)
    assert len(found) == 2
    assert found[0] == found[1]
    assert "".join(found[0].split()).lower() == digest(IMAGE, "sha512")


@pytest.mark.parametrize("classic", [True, False])
def test_a_damaged_image_does_not_verify(classic: bool) -> None:
    content = recognise(b"".join(IMAGE.chunks())[:-1])
    text = ImageCheck(content, classic=classic).text(SHOWN)
    assert "successful" not in text
    assert text.endswith(f"%ERROR: Digital signature verification failed for file {SHOWN}\n")


def test_what_is_no_image_has_no_signature() -> None:
    check = ImageCheck(b"hello", classic=True)
    assert check.step()
    assert check.text("flash0:x") == "%ERROR: Signature not found in file flash0:x.\n"


def test_a_check_can_be_made_in_steps() -> None:
    image = Image(family="c2900", version="15.7(3)M6", size=2_000_000)
    check = ImageCheck(image, classic=True)
    assert not check.step(100_000)
    steps = 1
    while not check.step(100_000):
        steps += 1
    assert steps > 10
