"""Deleting, renaming, making and removing: each dialogue byte for byte."""

import pytest

from getvpn.emulator.device import Router
from getvpn.emulator.testing import Console, console, make_router


@pytest.fixture
def router() -> Router:
    router = make_router("KS1", "isr4451", "hostname KS1\n")
    for name in ("x", "y", "z1", "z2"):
        router.files.write(name, b"12345", router.clock.now())
    return router


@pytest.fixture
def con(router: Router) -> Console:
    return console(router)


def test_deleting_asks_for_the_name_and_for_a_confirmation(router: Router, con: Console) -> None:
    assert con.type(b"delete flash:x\r") == "delete flash:x\nDelete filename [x]? "
    assert con.type(b"\r") == "\nDelete flash:/x? [confirm]"
    assert con.type(b"\r") == "\nKS1#"
    assert not router.files.exists("x")


def test_a_type_ahead_answers_the_questions(router: Router, con: Console) -> None:
    assert con.type(b"delete flash:x\r\r\r") == (
        "delete flash:x\nDelete filename [x]? \nDelete flash:/x? [confirm]\nKS1#"
    )
    assert not router.files.exists("x")


def test_another_name_may_be_given_and_the_question_denied(router: Router, con: Console) -> None:
    con.type(b"delete flash:\r")
    assert con.type(b"y\r") == "y\nDelete flash:/y? [confirm]"
    assert con.type(b"n") == "n\nDelete of flash:/y aborted!\nKS1#"
    assert router.files.exists("y")


def test_forced_deleting_is_silent_and_frees_space(router: Router, con: Console) -> None:
    before = router.files.volume("flash:").free
    assert con.type(b"delete /force flash:/x\r") == "delete /force flash:/x\nKS1#"
    assert router.files.volume("flash:").free == before + 5
    assert con.run("delete /force flash:/x") == (
        "%Error deleting flash:/x (No such file or directory)\n"
    )


def test_a_quiet_router_asks_nothing(router: Router, con: Console) -> None:
    con.configure("file prompt quiet")
    assert con.run("delete flash:x") == ""
    assert con.run("mkdir flash:d") == "Created dir flash:/d\n"
    assert con.run("rename y d/z") == ""
    assert con.run("rmdir flash:d") == (
        "%Error Removing dir flash:/d (Can't delete a directory that has files in it)\n"
    )
    assert router.files.read("d/z") == b"12345"


def test_a_pattern_deletes_all_that_it_fits(router: Router, con: Console) -> None:
    con.run("delete /force flash:z*")
    assert not router.files.exists("z1")
    assert not router.files.exists("z2")
    assert router.files.exists("x")
    assert con.run("delete /force flash:*.none") == (
        "%Error deleting flash:/*.none (No such file or directory)\n"
    )


def test_a_pattern_asks_for_each(router: Router, con: Console) -> None:
    con.type(b"delete flash:z*\r\r")
    assert con.type(b"\r") == "\nDelete flash:/z2? [confirm]"
    con.type(b"n")
    assert not router.files.exists("z1")
    assert router.files.exists("z2")


def test_a_directory_goes_with_all_that_it_holds_only_if_asked(
    router: Router, con: Console
) -> None:
    con.run("mkdir d", "", "mkdir d/e", "")
    router.files.write("d/e/z", b"1", 0)
    assert con.run("delete /force d") == "%Error deleting bootflash:/d (Is a directory)\n"
    assert con.type(b"delete /recursive flash:d\r\r") == (
        "delete /recursive flash:d\nDelete filename [d]? \nDelete flash:/d/e/z? [confirm]"
    )
    assert con.type(b"\r\r\r") == (
        "\nDelete flash:/d/e? [confirm]\nDelete flash:/d? [confirm]\nKS1#"
    )
    assert not router.files.exists("d")
    con.run("mkdir d", "")
    assert con.run("delete /recursive /force d") == ""
    assert not router.files.exists("d")


@pytest.mark.parametrize("line", ["delete /force flash:", "delete /force /recursive flash:/"])
def test_the_top_is_not_deleted(con: Console, line: str) -> None:
    assert con.run(line) == "%Error deleting flash:/ (Invalid argument)\n"


def test_directories_are_made_and_removed(con: Console) -> None:
    assert con.type(b"mkdir flash:d\r") == "mkdir flash:d\nCreate directory filename [d]? "
    assert con.type(b"\r") == "\nCreated dir flash:/d\nKS1#"
    assert con.run("mkdir flash:d", "").endswith("%Error Creating dir flash:/d (File exists)\n")
    assert con.type(b"rmdir flash:d\r\r") == (
        "rmdir flash:d\nRemove directory filename [d]? \nDelete flash:/d? [confirm]"
    )
    assert con.type(b"\r") == "\nRemoved dir flash:/d\nKS1#"
    con.type(b"rmdir flash:core\r\r")
    assert con.type(b"n") == "n\nKS1#"


def test_renaming_asks_for_the_new_name(router: Router, con: Console) -> None:
    assert con.type(b"rename flash:x flash:z\r") == (
        "rename flash:x flash:z\nDestination filename [z]? "
    )
    assert con.type(b"\r") == "\nKS1#"
    assert router.files.exists("z")
    assert con.run("rename flash:z bootflash:y", "").endswith(
        "%Error renaming bootflash:/y (File exists)\n"
    )
    con.run("rename flash:z core", "")
    assert router.files.exists("core/z")


def test_formatting_asks_twice(router: Router, con: Console) -> None:
    assert con.type(b"format bootflash:\r").endswith(
        "Format operation may take a while. Continue? [confirm]"
    )
    assert con.type(b"\r").endswith('will destroy all data in "bootflash:".  Continue? [confirm]')
    assert con.type(b"\r") == "\nFormat of bootflash: complete\nKS1#"
    assert con.run("dir").splitlines()[2] == "No files in directory"
    con.type(b"format flash:\r")
    assert con.type(b"n") == "n\nKS1#"
    assert router.files.startup_config is not None


def test_a_classic_flash_is_erased() -> None:
    router = make_router("KS1", "isr2911", "hostname KS1\n")
    router.files.write("x", b"1", 0)
    con = console(router)
    assert con.type(b"erase flash:\r").endswith(
        "Erasing the flash filesystem will remove all files! Continue? [confirm]"
    )
    assert con.type(b"\r").endswith("...erased\nErase of flash: complete\nKS1#")
    assert not router.files.exists("x")
    assert "marker." in console(make_router("KS2", "isr4451")).run("erase flash:")


def test_a_check_of_the_flash_changes_nothing(router: Router, con: Console) -> None:
    con.type(b"fsck flash:\r")
    assert con.type(b"\r") == "\nFsck of flash: complete\nKS1#"
    assert router.files.exists("x")


def test_the_configurations_have_their_places(router: Router, con: Console) -> None:
    assert con.run("delete /force nvram:startup-config") == ""
    assert router.files.startup_config is None
    assert con.run("delete /force system:running-config") == (
        "%Error deleting system:/running-config (Permission denied)\n"
    )
    assert con.run("mkdir nvram:d", "").endswith(
        "%Error Creating dir nvram:/d (Invalid argument)\n"
    )
