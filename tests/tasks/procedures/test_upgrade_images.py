"""Images by the words of people: files, hashes, releases, and which device gets which."""

import hashlib
from pathlib import Path

import pytest

from getvpn.errors import CheckError, UsageError
from getvpn.tasks.procedures.getvpn_versions import getvpn_minor, kinds, minor_of, renews_early
from getvpn.tasks.procedures.upgrade_images import Image, image_for, images, release_in
from getvpn.tasks.procedures.upgrade_settings import Box
from getvpn.tasks.procedures.upgrade_software import Running, Software

C8000V = "c8000v-universalk9.17.12.04.SPA.bin"


def running(file: str, version: str = "17.9.4a") -> Software:
    found = Running(
        version=version, xe=True, file=file, uptime_s=600, restarted_at=None, register=0x2102
    )
    return Software(device="KS1", running=found, files={"x.bin": 1})


@pytest.mark.parametrize(
    ("name", "release"),
    [
        ("isr4400-universalk9.17.09.04a.SPA.bin", "17.9.4a"),
        ("c8000v-universalk9.17.12.04.SPA.bin", "17.12.4"),
        ("c2900-universalk9-mz.SPA.157-3.M5.bin", "15.7(3)M5"),
        ("c2900-universalk9-mz.SPA.151-4.M12a.bin", "15.1(4)M12a"),
        ("c2800nm-adventerprisek9-mz.124-24.T8.bin", "12.4(24)T8"),
        ("isr4400-universalk9.03.16.04b.S.155-3.S4b-ext.SPA.bin", "15.5(3)S4b"),
        ("image.bin", None),
    ],
)
def test_the_name_of_an_image_tells_its_release(name: str, release: str | None) -> None:
    assert release_in(name) == release


def test_a_local_image_is_hashed(tmp_path: Path) -> None:
    path = tmp_path / C8000V
    path.write_bytes(b"image")
    (image,) = images([str(path)], ["KS1"])
    assert (image.release, image.size, image.family) == ("17.12.4", 5, "c8000v")
    assert image.hashes == {
        "sha512": hashlib.sha512(b"image").hexdigest(),
        "md5": hashlib.md5(b"image", usedforsecurity=False).hexdigest(),
    }
    with pytest.raises(CheckError, match="damaged"):
        images([str(path)], ["KS1"], md5=["0" * 32])


def test_an_image_on_a_device_needs_no_file_here() -> None:
    (image,) = images([f"KS1=flash0:/{C8000V}"], ["KS1"], sha512=[f"{C8000V}={'A' * 128}"])
    assert (image.device, image.path, image.local) == ("KS1", f"flash0:/{C8000V}", None)
    assert image.hashes == {"sha512": "a" * 128}


@pytest.mark.parametrize(
    ("given", "more", "words"),
    [
        ([], {}, "which image"),
        (["nowhere.bin"], {}, "there is no file nowhere.bin"),
        (["KS9=bootflash:x-1.bin"], {}, "there is no file KS9"),
        (["bootflash:image.bin"], {}, "give --release"),
        ([f"bootflash:{C8000V}"], {"md5": ["12"]}, "is no MD5"),
        ([f"bootflash:{C8000V}"], {"md5": [f"other.bin={'0' * 32}"]}, "no image is called"),
        (
            [f"bootflash:{C8000V}", "bootflash:isr4400-universalk9.17.09.04a.SPA.bin"],
            {"md5": ["0" * 32]},
            "of which image",
        ),
    ],
)
def test_a_call_without_meaning_is_refused(
    given: list[str], more: dict[str, list[str]], words: str
) -> None:
    with pytest.raises(UsageError, match=words):
        images(given, ["KS1"], **more)  # type: ignore[arg-type]


def test_each_device_gets_the_image_of_its_family() -> None:
    one = Image(name=C8000V, release="17.12.4")
    other = Image(name="isr4400-universalk9.17.09.04a.SPA.bin", release="17.9.4a")
    own = Image(name=C8000V, release="17.12.4", device="KS1")
    seen = running("bootflash:isr4400-universalk9.16.12.04.SPA.bin")
    assert image_for("KS2", seen, [one, other]) is other
    assert image_for("KS1", seen, [one, other, own]) is own
    assert "none of these" in str(image_for("KS2", seen, [one]))
    packages = running("bootflash:packages.conf")
    assert image_for("KS2", packages, [one]) is one
    assert "nothing tells" in str(image_for("KS2", packages, [one, other]))


def box(*boot: str, file: str = "bootflash:old.bin") -> Box:
    return Box(
        image="new.bin",
        path="bootflash:new.bin",
        release="1.1",
        file=file,
        boot=boot,
        there=False,
        scp=False,
        install=False,
    )


def test_the_old_image_stays_behind_the_new_one() -> None:
    new, old = "boot system bootflash:new.bin", "boot system bootflash:old.bin"
    assert box().new_lines == (new, old)
    assert box(old).new_lines == (new, old)
    other = "boot system flash bootflash:/older.bin"
    assert box(other, old).new_lines == (new, other, old)
    assert box(other).new_lines == (new, old, other)
    assert box(new, old).new_lines == (new, old)
    assert box().back_lines == (old,)
    assert box(other, old).back_lines == (old, other, old)
    assert box(old, other).back_lines == (old, other)


@pytest.mark.parametrize(
    ("version", "early"),
    [
        ("12.4(24)T8", False),
        ("15.1(4)M12", False),
        ("15.2(1)T", True),
        ("15.2(1)S", True),
        ("15.7(3)M5", True),
        ("03.04.01.S", False),
        ("03.05.00.S", True),
        ("17.9.4a", True),
        ("unknown", None),
    ],
)
def test_releases_renew_the_rekey_key_early_since_a_release(
    version: str, early: bool | None
) -> None:
    assert renews_early(version) is early


def test_getvpn_versions_are_compared_without_their_last_part() -> None:
    assert minor_of("1.0.26") == minor_of("1.0.9") == getvpn_minor("17.9.4a") == (1, 0)
    assert minor_of("1.1.1") == (1, 1)
    assert minor_of(None) is None
    assert getvpn_minor("18.1.1") is None
    assert kinds(["15.1(4)M", "17.9.4", "odd"]) == {True, False}
