import stat
from pathlib import Path

import pytest

from getvpn.tasks.saving import save_private, write_new_private


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_only_their_owner_reads_the_files_and_a_new_folder(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "configs"
    written = save_private(folder, {"KS1.cfg": "hostname KS1\n", "BR1.cfg": "hostname BR1\n"})

    assert written == [folder / "KS1.cfg", folder / "BR1.cfg"]
    assert (folder / "KS1.cfg").read_text("utf-8") == "hostname KS1\n"
    assert mode(folder) == 0o700
    assert {mode(path) for path in written} == {0o600}


def test_a_file_that_says_the_same_is_left_alone_but_made_private(tmp_path: Path) -> None:
    save_private(tmp_path, {"KS1.cfg": "hostname KS1\n"})
    path = tmp_path / "KS1.cfg"
    path.chmod(0o644)
    before = path.stat()

    assert save_private(tmp_path, {"KS1.cfg": "hostname KS1\n"}) == []
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert mode(path) == 0o600


def test_a_changed_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "KS1.cfg"
    path.write_text("hostname OLD\n", "utf-8")
    path.chmod(0o644)

    assert save_private(tmp_path, {"KS1.cfg": "hostname KS1\n"}) == [path]
    assert path.read_text("utf-8") == "hostname KS1\n"
    assert mode(path) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["KS1.cfg"]


def test_what_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "KS1.cfg").mkdir()
    with pytest.raises(OSError, match=r"KS1\.cfg"):
        save_private(tmp_path, {"KS1.cfg": "hostname KS1\n"})
    assert [each.name for each in tmp_path.iterdir()] == ["KS1.cfg"]


def test_the_file_that_was_meant_is_named_where_none_can_be_written(tmp_path: Path) -> None:
    name = "x" * 255  # with what stands before and behind it for a moment it is too long
    with pytest.raises(OSError, match="too long") as error:
        save_private(tmp_path, {name: "hostname KS1\n"})
    assert error.value.filename == str(tmp_path / name)


def test_a_new_file_is_private_and_another_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "show_clock.txt"
    write_new_private(str(path), b"first\n")
    first = path.stat().st_ino
    path.chmod(0o644)
    assert path.read_bytes() == b"first\n"

    write_new_private(str(path), b"second\n")
    assert path.read_bytes() == b"second\n"
    assert (mode(path), path.stat().st_ino != first) == (0o600, True)
    assert [each.name for each in tmp_path.iterdir()] == ["show_clock.txt"]
