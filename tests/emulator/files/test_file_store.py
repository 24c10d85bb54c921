"""One router's files: paths, changes, refusals in the words of IOS."""

from collections.abc import Callable

import pytest

from getvpn.emulator.files import (
    FileError,
    FilePath,
    FileStore,
    Image,
    Reason,
    classic_layout,
    xe_layout,
)

NOW = 1_480_000_000.0


@pytest.fixture
def xe() -> FileStore:
    return FileStore(xe_layout(flash_bytes=10_000), now=NOW)


@pytest.fixture
def classic() -> FileStore:
    return FileStore(classic_layout(flash_bytes=10_000), now=NOW)


def refusal(operation: Callable[[], object]) -> str:
    with pytest.raises(FileError) as caught:
        operation()
    return caught.value.text


@pytest.mark.parametrize(
    "typed",
    ["flash:x", "flash:/x", "bootflash:x", "bootflash:/x", "x", "FLASH:x", "/x", "flash://x"],
)
def test_one_file_has_many_names(xe: FileStore, typed: str) -> None:
    xe.write("bootflash:/x", b"1", NOW)
    assert xe.read(typed) == b"1"
    assert str(xe.canonical(xe.locate(typed))) == "bootflash:/x"


def test_the_flash_of_a_classic_router_is_flash0(classic: FileStore) -> None:
    classic.write("flash:x", b"1", NOW)
    assert classic.read("flash0:/x") == b"1"
    assert str(classic.canonical(classic.locate("flash:x"))) == "flash0:/x"


def test_a_place_keeps_the_name_by_which_its_file_system_was_called(xe: FileStore) -> None:
    assert str(xe.locate("flash:x")) == "flash:/x"
    assert str(xe.locate("bootflash:x")) == "bootflash:/x"
    assert str(xe.locate("x")) == "bootflash:/x"
    xe.write("flash:x", b"1", NOW)
    assert [str(path) for path, _ in xe.matching("flash:x*")] == ["flash:/x"]


def test_a_bare_name_is_seen_from_the_current_directory(xe: FileStore) -> None:
    xe.make_directory("flash:a", NOW)
    xe.make_directory("flash:a/b", NOW)
    cwd = xe.change_directory("a/b", xe.home)
    assert str(xe.locate("x", cwd)) == "bootflash:/a/b/x"
    assert str(xe.locate("../x", cwd)) == "bootflash:/a/x"
    assert str(xe.locate("/x", cwd)) == "bootflash:/x"
    assert str(xe.locate("flash:x", cwd)) == "flash:/x"
    assert xe.change_directory("..", cwd) == xe.locate("a")
    assert xe.change_directory("", cwd) == xe.home


def test_there_is_nothing_above_the_top(xe: FileStore) -> None:
    assert str(xe.locate("flash:../../etc/x")) == "flash:/etc/x"


def test_copy_knows_the_configurations_by_their_bare_names(xe: FileStore) -> None:
    assert str(xe.locate("running-config", keywords=True)) == "system:/running-config"
    assert str(xe.locate("startup-config", keywords=True)) == "nvram:/startup-config"
    assert str(xe.locate("startup-config")) == "bootflash:/startup-config"


def test_names_of_a_classic_flash_do_not_differ_by_case_only(
    xe: FileStore, classic: FileStore
) -> None:
    for store in (xe, classic):
        store.write("flash:Name", b"1", NOW)
    assert classic.read("flash:nAME") == b"1"
    assert refusal(lambda: xe.read("flash:name")).endswith("(No such file or directory)")
    classic.write("flash:NAME", b"22", NOW)
    assert [node.name for _, node in classic.matching("flash:*")] == ["Name"]


@pytest.mark.parametrize("typed", ["flash:a\tb", "flash:a\x00", "flash:" + "x" * 256, "a/" * 40])
def test_a_name_that_no_file_can_have_is_refused(xe: FileStore, typed: str) -> None:
    assert refusal(lambda: xe.locate(typed)) == "%Error parsing filename (Bad file name)"


def test_an_unknown_file_system_is_refused(xe: FileStore) -> None:
    assert refusal(lambda: xe.read("usb9:x")) == "%Error opening usb9:x (No such device)"


def test_a_missing_file_is_refused_with_its_full_path(xe: FileStore) -> None:
    assert (
        refusal(lambda: xe.read("x")) == "%Error opening bootflash:/x (No such file or directory)"
    )
    assert (
        refusal(lambda: xe.delete("flash:x"))
        == "%Error deleting flash:/x (No such file or directory)"
    )


def test_a_file_in_a_missing_directory_cannot_be_written(xe: FileStore) -> None:
    expected = "%Error opening flash:/none/x (No such file or directory)"
    assert refusal(lambda: xe.write("flash:none/x", b"", NOW)) == expected
    assert refusal(lambda: xe.upload("flash:none/x")).startswith("%Error opening flash:/none")


def test_a_directory_is_no_file_and_a_file_no_directory(xe: FileStore) -> None:
    xe.write("x", b"1", NOW)
    assert refusal(lambda: xe.read("flash:core")) == "%Error opening flash:/core (Is a directory)"
    assert refusal(lambda: xe.write("flash:", b"", NOW)).endswith("(Is a directory)")
    assert refusal(lambda: xe.upload("core")).endswith("(Is a directory)")
    assert refusal(lambda: xe.write("x/y", b"", NOW)).endswith("(Not a directory)")
    assert refusal(lambda: xe.change_directory("x")).endswith("(Not a directory)")


def test_directories_are_made_and_removed(xe: FileStore) -> None:
    xe.make_directory("flash:d", NOW)
    assert xe.is_directory("flash:d")
    assert refusal(lambda: xe.make_directory("d", NOW)) == (
        "%Error Creating dir bootflash:/d (File exists)"
    )
    xe.write("d/x", b"1", NOW)
    assert refusal(lambda: xe.remove_directory("d")) == (
        "%Error Removing dir bootflash:/d (Can't delete a directory that has files in it)"
    )
    xe.delete("d/x")
    xe.remove_directory("d")
    assert not xe.exists("d")


def test_a_tree_is_deleted_with_all_that_it_holds(xe: FileStore) -> None:
    before = xe.volume("flash:").free
    xe.make_directory("d", NOW)
    xe.make_directory("d/e", NOW)
    xe.write("d/e/x", b"123", NOW)
    xe.delete_tree("d")
    assert not xe.exists("d")
    assert xe.volume("flash:").free == before


def test_renaming_moves_but_never_replaces(xe: FileStore) -> None:
    xe.write("x", b"1", NOW)
    xe.write("y", b"2", NOW)
    assert refusal(lambda: xe.rename("x", "y")) == "%Error renaming bootflash:/y (File exists)"
    xe.rename("x", "core/z")
    assert xe.read("core/z") == b"1"
    assert not xe.exists("x")
    assert refusal(lambda: xe.rename("core", "core/inner")).endswith("(Invalid argument)")
    assert refusal(lambda: xe.rename("y", "nvram:y")).endswith("(Invalid argument)")


def test_append_and_truncate_change_the_end(xe: FileStore) -> None:
    xe.append("log", b"ab", NOW)
    xe.append("log", b"cd", NOW)
    assert xe.read("log") == b"abcd"
    xe.truncate("log", 3, NOW)
    assert xe.read("log") == b"abc"
    xe.truncate("log", 0, NOW)
    assert xe.read("log") == b""


def test_append_makes_the_file_that_is_not_there(xe: FileStore) -> None:
    xe.append("nvram:startup-config", b"hostname R1\n", NOW)
    assert xe.startup_config == b"hostname R1\n"
    assert refusal(lambda: xe.append("core", b"x", NOW)).endswith("(Is a directory)")


def test_intact_images_can_be_booted_from_and_others_not(xe: FileStore) -> None:
    image = Image(family="c8000v", version="17.9.4a", size=2_000)
    xe.write("text", b"1", NOW)
    xe.write("cut.bin", b"".join(image.chunks())[:-1], NOW)
    xe.write("good.bin", image, NOW)
    assert xe.image("flash:good.bin") == image
    assert [xe.image(name) for name in ("text", "cut.bin", "none.bin", "core")] == [None] * 4
    assert [(str(path), found) for path, found in xe.images()] == [("bootflash:/good.bin", image)]


def test_a_full_disk_refuses_and_keeps_what_it_had(xe: FileStore) -> None:
    xe.write("x", b"1" * 9_000, NOW)
    text = refusal(lambda: xe.write("y", b"2" * 1_001, NOW))
    assert text == "%Error writing bootflash:/y (Not enough space on device)"
    assert not xe.exists("y")
    xe.write("x", b"3" * 10_000, NOW)
    assert xe.volume("flash:").free == 0


def test_a_disk_that_is_said_to_be_full_has_no_space(xe: FileStore) -> None:
    xe.write("x", b"1", NOW)
    xe.disk_full = lambda: True
    assert xe.volume("flash:").free == 0
    assert refusal(lambda: xe.write("x", b"22", NOW)).endswith("(Not enough space on device)")
    assert refusal(lambda: xe.write("y", b"", NOW)).endswith("(Not enough space on device)")
    assert refusal(lambda: xe.upload("y").feed(b"2")).endswith("(Not enough space on device)")
    assert refusal(lambda: xe.save_startup(b"x")).endswith("(Not enough space on device)")
    assert xe.read("x") == b"1"


def test_memory_is_bounded_however_large_the_flash() -> None:
    store = FileStore(xe_layout(flash_bytes=1 << 40), max_held_bytes=1_000)
    upload = store.upload("x")
    upload.feed(bytes(900))
    assert refusal(lambda: upload.feed(bytes(200))).endswith("(Not enough space on device)")
    store.write("image", Image(family="c8000v", version="17.9.4a", size=800_000_000), NOW)
    store.write("small", bytes(900), NOW)
    assert refusal(lambda: store.write("more", bytes(200), NOW)).endswith("space on device)")


def test_an_upload_is_seen_when_it_is_complete(xe: FileStore) -> None:
    xe.write("x", b"old", NOW)
    upload = xe.upload("flash:/x")
    upload.feed(b"ne")
    assert xe.read("x") == b"old"
    upload.feed(b"w")
    assert upload.size == 3
    upload.commit(NOW + 5)
    assert xe.read("x") == b"new"
    assert xe.upload("x").size == 0
    assert refusal(lambda: xe.upload("x").feed(bytes(10_001))).endswith("space on device)")


def test_patterns_stand_for_the_names_that_fit(xe: FileStore) -> None:
    for name in ("a.bin", "b.bin", "c.txt"):
        xe.write(name, b"", NOW)
    assert [str(path) for path, _ in xe.matching("flash:*.bin")] == [
        "flash:/a.bin",
        "flash:/b.bin",
    ]
    assert [path.name for path, _ in xe.matching("?.*t")] == ["c.txt"]
    assert xe.matching("*.none") == []


def test_nvram_always_lists_its_configurations(xe: FileStore) -> None:
    assert xe.startup_config is None
    assert refusal(lambda: xe.read("nvram:startup-config")) == (
        "%Error opening nvram:/startup-config (No such file or directory)"
    )
    free = xe.volume("nvram:").free
    xe.save_startup(b"hostname R1\n", b"secret")
    assert xe.startup_config == b"hostname R1\n" == xe.read("nvram:startup-config")
    assert xe.private_config == b"secret"
    assert xe.volume("nvram:").free == free - 18
    assert refusal(lambda: xe.rename("nvram:startup-config", "nvram:x")).endswith("denied)")
    xe.delete("nvram:startup-config")
    assert xe.startup_config is None
    assert xe.exists("nvram:startup-config")
    assert refusal(lambda: xe.make_directory("nvram:d", NOW)).endswith("(Invalid argument)")


def test_erasing_nvram_frees_it_and_leaves_the_flash(xe: FileStore) -> None:
    xe.write("x", b"1", NOW)
    free = xe.volume("nvram:").free
    xe.save_startup(b"a", b"b")
    xe.write("nvram:other", b"c", NOW)
    xe.erase_nvram()
    assert xe.startup_config is None
    assert xe.private_config is None
    assert not xe.exists("nvram:other")
    assert xe.volume("nvram:").free == free
    assert xe.read("x") == b"1"


def test_a_configuration_that_does_not_fit_leaves_the_saved_one() -> None:
    store = FileStore(xe_layout(flash_bytes=100, nvram_bytes=1_000))
    store.save_startup(b"a" * 500, b"p")
    assert refusal(lambda: store.save_startup(b"b" * 900, b"q" * 100)).endswith("on device)")
    assert store.startup_config == b"a" * 500
    assert store.private_config == b"p"


def test_a_reload_keeps_flash_and_nvram_but_not_tmpsys(xe: FileStore) -> None:
    xe.write("x", b"1", NOW)
    xe.save_startup(b"a")
    xe.write("tmpsys:/x", b"1", NOW)
    xe.reload()
    assert xe.read("x") == b"1"
    assert xe.startup_config == b"a"
    assert not xe.exists("tmpsys:/x")


def test_the_running_configuration_is_asked_for_when_it_is_read(xe: FileStore) -> None:
    xe.running_config = lambda: b"hostname A\n"
    assert xe.read("system:running-config") == b"hostname A\n"
    xe.running_config = lambda: b"hostname B\n"
    assert xe.read("system:/running-config") == b"hostname B\n"
    assert refusal(lambda: xe.write("system:x", b"", NOW)).endswith("(Permission denied)")
    assert refusal(lambda: xe.delete("system:running-config")).endswith("(Permission denied)")


def test_null_takes_everything_and_gives_empty_files(xe: FileStore) -> None:
    xe.write("null:", b"1" * 100_000, NOW)
    upload = xe.upload("null:x")
    upload.feed(b"1" * 100_000)
    upload.commit(NOW)
    assert xe.read("null:") == b""
    xe.write("flash:/empty", xe.content("null:"), NOW)
    assert xe.read("flash:/empty") == b""


def test_formatting_deletes_everything(xe: FileStore) -> None:
    xe.write("x", b"1", NOW)
    xe.format("flash:")
    assert not xe.exists("x")
    assert xe.volume("flash:").free == 10_000
    assert refusal(lambda: xe.format("system:")).endswith("(Permission denied)")


def test_numbers_stay_with_a_file_and_are_not_given_twice(xe: FileStore) -> None:
    xe.write("x", b"1", NOW)
    first = xe.node("x").inode
    xe.write("x", b"22", NOW + 1)
    assert xe.node("x").inode == first
    xe.delete("x")
    xe.write("y", b"1", NOW)
    assert xe.node("y").inode != first
    xe.make_directory("d", NOW)
    xe.write("d/z", b"1", NOW)
    assert xe.node("d/z").inode == xe.node("d").inode + 1


def test_an_error_can_be_told_of_another_file() -> None:
    error = FileError("writing", "flash:/x", Reason.NO_SPACE)
    assert error.about("copying", "tftp://h/f").text == (
        "%Error copying tftp://h/f (Not enough space on device)"
    )


def test_verify_repeats_a_name_as_it_was_typed_but_with_a_file_system(xe: FileStore) -> None:
    assert xe.shown("flash:/x") == "flash:/x"
    assert xe.shown("nvram:startup-config") == "nvram:startup-config"
    assert xe.shown("x") == "bootflash:x"


def test_a_path_prints_with_its_slash() -> None:
    path = FilePath(prefix="flash:")
    assert str(path) == "flash:/" == path.directory_text
    assert str(path.child("d").child("x")) == "flash:/d/x"
    assert path.child("d").directory_text == "flash:/d/"
    assert path.parent == path
