"""Backups: byte for byte, private, and the newest is found."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from getvpn.errors import InputError
from getvpn.tasks.deploying.backup import newest_backup, read_backup, save_backup

AT = 1_767_225_600.25
TEXT = "Building configuration...\r\n\n!\nhostname KS1\nbanner motd ^C\x07 caf\u00e9 ^C\nend\n\n"


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_a_backup_is_the_text_to_the_byte_and_its_owners_alone(tmp_path: Path) -> None:
    path = save_backup(tmp_path / "backups", "KS1", TEXT, at=AT)
    assert path.read_bytes() == TEXT.encode()
    assert path == tmp_path / "backups" / "KS1" / "20260101T000000.250000Z-000.cfg"
    assert mode(path) == mode(path.with_suffix(".json")) == 0o600
    assert mode(path.parent) == mode(path.parent.parent) == 0o700
    found = read_backup(path)
    assert (found.device, found.at, found.text, found.path) == ("KS1", AT, TEXT, path)
    assert "hostname" not in repr(found)


@settings(max_examples=25)
@given(
    st.text(
        st.characters(codec="utf-8") | st.characters(min_codepoint=0xDC80, max_codepoint=0xDCFF)
    )
)
def test_whatever_a_device_says_comes_back(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    path = save_backup(tmp_path_factory.mktemp("any"), "KS1", text)
    assert read_backup(path).text == text


def test_the_newest_whole_backup_is_found(tmp_path: Path) -> None:
    assert newest_backup(tmp_path, "KS1") is None
    save_backup(tmp_path, "KS1", "third\n", at=AT + 86_400)
    save_backup(tmp_path, "KS1", "first\n", at=AT)
    save_backup(tmp_path, "KS1", "second\n", at=AT)
    save_backup(tmp_path, "KS2", "other\n", at=AT + 99_999)
    newest = newest_backup(tmp_path, "KS1")
    assert newest is not None
    assert newest.text == "third\n"
    newest.path.with_suffix(".json").unlink()  # it was killed before the end
    found = newest_backup(tmp_path, "KS1")
    assert found is not None
    assert found.text == "second\n"


def test_a_backup_that_somebody_changed_is_refused(tmp_path: Path) -> None:
    path = save_backup(tmp_path, "KS1", TEXT)
    path.write_bytes(path.read_bytes() + b"!\n")
    with pytest.raises(InputError, match="was changed since it was written"):
        read_backup(path)
    assert newest_backup(tmp_path, "KS1") is None


@pytest.mark.parametrize("about", ["", "[]", "{}", '{"device": "KS1", "at": "x", "sha256": ""}'])
def test_a_backup_without_a_label_is_refused(tmp_path: Path, about: str) -> None:
    path = save_backup(tmp_path, "KS1", TEXT)
    path.with_suffix(".json").write_text(about)
    with pytest.raises(InputError, match="cannot be read"):
        read_backup(path)
    with pytest.raises(InputError, match="no backup: "):
        read_backup(tmp_path / "none.cfg")


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/b", "..", "K\u00e9\n", "x" * 300, "KS1 "])
def test_no_name_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "backups"
    path = save_backup(folder, name, TEXT)
    assert path.resolve().is_relative_to(folder.resolve())
    assert path.parent.parent == folder
    assert json.loads(path.with_suffix(".json").read_text())["device"] == name
    found = newest_backup(folder, name)
    assert found is not None
    assert found.device == name


def test_two_devices_whose_names_become_one_folder_do_not_mix(tmp_path: Path) -> None:
    save_backup(tmp_path, "KS/1", "one\n", at=AT)
    save_backup(tmp_path, "KS_1", "other\n", at=AT + 1)
    save_backup(tmp_path, "KS-1", "third\n", at=AT + 2)
    for name, text in (("KS/1", "one\n"), ("KS_1", "other\n"), ("KS-1", "third\n")):
        found = newest_backup(tmp_path, name)
        assert found is not None
        assert found.text == text
