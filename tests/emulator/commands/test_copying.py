"""`copy` between all places: its dialogues byte for byte, and what it leaves behind."""

from pathlib import Path

import pytest

from getvpn.emulator.clock import ManualClock
from getvpn.emulator.device import Router
from getvpn.emulator.device_settings import DeviceSettings
from getvpn.emulator.files import FolderRemote, Image, write_image
from getvpn.emulator.testing import START, Console, console, make_router

STARTUP = """hostname KS1
interface GigabitEthernet1
 ip address 192.0.2.254 255.255.255.0
 no shutdown
"""
IMAGE = Image(family="c8000v", version="17.12.4", size=4_000_000)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "f.txt").write_bytes(b"hello\n")
    (tmp_path / "new.cfg").write_text("interface Loopback9\n description new\nend\n")
    return tmp_path


@pytest.fixture
def router(folder: Path) -> Router:
    router = make_router("KS1", "c8000v", STARTUP)
    router.remote = FolderRemote(folder, hosts=frozenset(("192.0.2.1",)))
    return router


@pytest.fixture
def con(router: Router) -> Console:
    return console(router)


# ---- configurations ----


def test_saving_asks_for_the_name(router: Router, con: Console) -> None:
    router.files.erase_nvram()
    assert con.type(b"copy running-config startup-config\r") == (
        "copy running-config startup-config\nDestination filename [startup-config]? "
    )
    assert con.type(b"\r") == "\nBuilding configuration...\n[OK]\nKS1#"
    assert router.files.startup_config is not None


def test_type_ahead_saves_with_one_ok_and_one_prompt(con: Console) -> None:
    said = con.type(b"copy running-config startup-config\r\r")
    assert said == (
        "copy running-config startup-config\nDestination filename [startup-config]? \n"
        "Building configuration...\n[OK]\nKS1#"
    )


@pytest.mark.parametrize(
    "line", ["copy run start", "copy system:running-config nvram:startup-config", "copy ru st"]
)
def test_saving_has_short_and_long_forms(con: Console, line: str) -> None:
    assert con.run(line, "").endswith("[OK]\n")


def test_a_quiet_router_saves_without_a_question(con: Console) -> None:
    con.configure("file prompt quiet")
    assert con.run("copy running-config startup-config") == "Building configuration...\n[OK]\n"


def test_a_configuration_goes_into_the_flash(router: Router, con: Console) -> None:
    assert con.type(b"copy running-config flash:x\r").endswith("Destination filename [x]? ")
    said = con.type(b"\r")
    data = router.files.read("flash:x")
    rate = round(len(data) / (0.005 + len(data) / 10_000_000))
    assert said == f"\n{len(data)} bytes copied in 0.005 secs ({rate} bytes/sec)\nKS1#"
    assert data.decode().splitlines()[-1] == "end"
    assert b"hostname KS1\n" in data


def test_another_name_may_be_given(router: Router, con: Console) -> None:
    assert con.type(b"copy running-config flash:\r").endswith(
        "Destination filename [running-config]? "
    )
    con.type(b"core/y\r")
    assert router.files.exists("flash:core/y")
    con.type(b"copy run flash:\r")
    con.type(b"nvram:z\r")
    assert router.files.exists("nvram:z")


def test_a_file_is_merged_into_the_running_configuration(router: Router, con: Console) -> None:
    router.files.write("x", b"interface Loopback9\n description new\n", 0)
    assert con.type(b"copy flash:x running-config\r").endswith(
        "Destination filename [running-config]? "
    )
    assert con.type(b"\r") == "\n37 bytes copied in 0.005 secs (7395 bytes/sec)\nKS1#"
    assert " description new" in router.running_lines()
    assert "Configured from flash:/x by console" in [line.text for line in router.log.messages]


def test_what_is_refused_of_a_merge_is_told_and_the_rest_is_in_force(
    router: Router, con: Console
) -> None:
    router.files.write("x", b"hostname KS9\nbogus line\nip host a 192.0.2.9\n", 0)
    assert con.type(b"copy flash:x running-config\r\r").endswith(
        "Destination filename [running-config]? \n"
        "bogus line\n  ^\n% Invalid input detected at '^' marker.\n\n"
        "44 bytes copied in 0.005 secs (8792 bytes/sec)\nKS9#"
    )
    assert "ip host a 192.0.2.9" in router.running_lines()


def test_a_saved_configuration_is_merged_back(router: Router, con: Console) -> None:
    con.configure("hostname KS7")
    con.run("copy startup-config running-config", "")
    assert router.hostname == "KS1"


def test_a_file_becomes_the_startup_configuration(router: Router, con: Console) -> None:
    router.files.write("x", b"hostname KS5\nend\n", 0)
    assert con.type(b"copy flash:x startup-config\r\r").endswith(
        "Destination filename [startup-config]? \n"
        "[OK]\n17 bytes copied in 0.005 secs (3399 bytes/sec)\nKS1#"
    )
    assert router.files.startup_config == b"hostname KS5\nend\n"


def test_a_crash_at_the_next_write_hits_copies_too(router: Router, con: Console) -> None:
    router.files.write("x", b"hostname KS5\n", 0)
    router.faults.set("crash-at-write")
    con.run("copy flash:x startup-config", "")
    assert not router.running
    assert b"KS1" in (router.files.startup_config or b"")


def test_nothing_makes_an_empty_file(router: Router, con: Console) -> None:
    con.configure("file prompt quiet")
    assert con.run("copy null: flash:/merge_config.txt") == (
        "0 bytes copied in 0.005 secs (0 bytes/sec)\n"
    )
    assert router.files.read("merge_config.txt") == b""
    assert con.run("copy running-config null:").startswith(
        f"{len(router.files.read('system:running-config'))} bytes copied in "
    )


# ---- inside of the flash ----


def test_a_file_is_copied_and_replaced_only_if_the_user_wants(router: Router, con: Console) -> None:
    router.files.write("x", b"new", 0)
    router.files.write("y", b"old", 0)
    assert con.type(b"copy flash:x flash:y\r\r") == (
        "copy flash:x flash:y\nDestination filename [y]? \n"
        "%Warning:There is a file already existing with this name \n"
        "Do you want to over write? [confirm]"
    )
    assert con.type(b"n") == "n\nKS1#"
    assert router.files.read("y") == b"old"
    con.type(b"copy flash:x flash:y\r\r")
    assert con.type(b"\r") == (
        "\nCopy in progress...C\n3 bytes copied in 0.005 secs (600 bytes/sec)\nKS1#"
    )
    assert router.files.read("y") == b"new"


def test_a_quiet_router_replaces_without_a_question(router: Router, con: Console) -> None:
    router.files.write("x", b"new", 0)
    router.files.write("y", b"old", 0)
    con.configure("file prompt quiet")
    assert con.run("copy flash:/x flash:/y").endswith(
        "3 bytes copied in 0.005 secs (600 bytes/sec)\n"
    )
    assert con.run("copy flash:/x flash:/core").startswith("Copy in progress...")
    assert router.files.read("y") == router.files.read("core/x") == b"new"


def test_a_missing_file_is_an_error(con: Console) -> None:
    assert con.run("copy flash:none running-config", "").endswith(
        "%Error opening flash:/none (No such file or directory)\n"
    )
    con.type(b"copy flash: flash:\r")
    assert con.type(b"none\r\r").endswith(
        "%Error opening flash:/none (No such file or directory)\nKS1#"
    )


def test_an_image_is_copied_and_verified(router: Router, con: Console) -> None:
    router.files.write("i.bin", IMAGE, 0)
    said = con.run("copy /verify flash:i.bin flash:j.bin", "")
    assert "4000000 bytes copied in 0.405 secs (9876543 bytes/sec)\n" in said
    assert said.endswith("Embedded hash verification successful.\n")
    assert router.files.image("j.bin") == IMAGE
    assert con.run("copy flash:i.bin running-config", "").endswith(
        "%Error reading flash:/i.bin (Invalid argument)\n"
    )


def test_a_full_disk_refuses(router: Router, con: Console) -> None:
    router.faults.set("disk-full")
    assert con.run("copy running-config flash:x", "").endswith(
        "%Error writing flash:/x (Not enough space on device)\n"
    )
    assert con.run("copy tftp://192.0.2.1/f.txt flash:", "").endswith(
        "[OK - 6 bytes]\n\n%Error copying tftp://192.0.2.1/f.txt (Not enough space on device)\n"
    )
    assert con.run("copy run start", "").endswith("(Not enough space on device)\n")
    assert con.run("show clock | redirect flash:y") == (
        "%Error writing flash:/y (Not enough space on device)\n"
    )


# ---- servers ----


def test_a_tftp_server_is_asked_for(router: Router, con: Console) -> None:
    assert con.type(b"copy tftp: flash:\r") == (
        "copy tftp: flash:\nAddress or name of remote host []? "
    )
    assert con.type(b"192.0.2.1\r") == "192.0.2.1\nSource filename []? "
    assert con.type(b"f.txt\r") == "f.txt\nDestination filename [f.txt]? "
    assert con.type(b"\r") == (
        "\nAccessing tftp://192.0.2.1/f.txt...\n"
        "Loading f.txt from 192.0.2.1 (via GigabitEthernet1): !\n"
        "[OK - 6 bytes]\n\n6 bytes copied in 0.005 secs (1200 bytes/sec)\nKS1#"
    )
    assert router.files.read("f.txt") == b"hello\n"


def test_an_scp_server_asks_for_user_and_password(router: Router, con: Console) -> None:
    con.type(b"copy scp: flash:\r192.0.2.1\r")
    assert con.type(b"") == ""
    assert con.type(b"scpuser\r") == "scpuser\nSource filename []? "
    con.type(b"f.txt\r")
    assert con.type(b"g.txt\r") == "g.txt\nPassword: "
    assert con.type(b"hush\r") == (
        "\n Sending file modes: C0644 6 f.txt\n!\n"
        "6 bytes copied in 0.005 secs (1200 bytes/sec)\nKS1#"
    )
    assert router.files.read("g.txt") == b"hello\n"


def test_only_what_is_missing_of_a_url_is_asked_for(con: Console) -> None:
    assert con.type(b"copy scp://scpuser:pw@192.0.2.1/f.txt flash:\r").endswith(
        "\nDestination filename [f.txt]? "
    )
    assert con.type(b"\r") == (
        "\n Sending file modes: C0644 6 f.txt\n!\n"
        "6 bytes copied in 0.005 secs (1200 bytes/sec)\nKS1#"
    )


def test_a_login_that_the_server_does_not_know_is_refused(
    router: Router, con: Console, folder: Path
) -> None:
    router.remote = FolderRemote(folder, logins={"scpuser": "right"})
    con.run("copy scp://scpuser@h/f.txt flash:", "")
    assert con.type(b"wrong\r") == "\n%Error opening scp://*:*@h/f.txt (Permission denied)\nKS1#"


def test_web_and_ftp_servers_have_their_lines(con: Console) -> None:
    con.configure("file prompt quiet")
    assert con.run("copy http://192.0.2.1/f.txt flash:") == (
        "Accessing http://192.0.2.1/f.txt...\nLoading http://192.0.2.1/f.txt !\n"
        "6 bytes copied in 0.005 secs (1200 bytes/sec)\n"
    )
    assert con.run("copy ftp://u:p@192.0.2.1/f.txt flash:") == (
        "Accessing ftp://*:*@192.0.2.1/f.txt...!\n[OK - 6/4096 bytes]\n\n"
        "6 bytes copied in 0.005 secs (1200 bytes/sec)\n"
    )
    assert con.run("copy https://192.0.2.1/none flash:") == (
        "Accessing https://192.0.2.1/none...\n"
        "%Error opening https://192.0.2.1/none (No such file or directory)\n"
    )


def test_a_server_that_is_not_there_times_out(router: Router, con: Console) -> None:
    assert con.run("copy tftp://192.0.2.7/x flash:", "").endswith(
        "Accessing tftp://192.0.2.7/x...\n%Error opening tftp://192.0.2.7/x (Timed out)\n"
    )
    router.remote = None
    assert con.run("copy tftp://192.0.2.1/f.txt flash:", "").endswith("(Timed out)\n")
    assert con.run("copy run tftp://192.0.2.1/x", "").endswith(
        ".....\n%Error opening tftp://192.0.2.1/x (Timed out)\n"
    )


def test_a_host_must_be_named(con: Console) -> None:
    con.type(b"copy tftp: flash:\r")
    assert con.type(b"\r") == (
        "\n?Host name or address not specified\n%Error parsing filename (Bad address)\nKS1#"
    )


def test_files_are_sent_to_servers(router: Router, con: Console, folder: Path) -> None:
    assert con.type(b"copy running-config tftp:\r192.0.2.1\r").endswith(
        "Destination filename [ks1-confg]? "
    )
    size = len(router.files.read("system:running-config"))
    assert con.type(b"\r").startswith(f"\n!!\n{size} bytes copied in 0.005 secs (")
    assert (folder / "ks1-confg").read_bytes() == router.files.read("system:running-config")

    router.files.write("x", b"12345", 0)
    assert con.type(b"copy flash: scp:\r") == "copy flash: scp:\nSource filename []? "
    assert con.type(b"x\r") == "x\nAddress or name of remote host []? "
    assert con.type(b"192.0.2.1\r") == "192.0.2.1\nDestination username [admin]? "
    assert con.type(b"\r") == "\nDestination filename [x]? "
    assert con.type(b"\r") == "\nWriting x \nPassword: "
    assert con.type(b"hush\r") == (
        "\n Sink: C0644 5 x\n!\n5 bytes copied in 0.005 secs (1000 bytes/sec)\nKS1#"
    )
    assert (folder / "x").read_bytes() == b"12345"


def test_the_words_of_servers_may_be_typed_without_a_colon(con: Console, folder: Path) -> None:
    con.type(b"copy run tftp\r192.0.2.1\r\r")
    assert (folder / "ks1-confg").exists()
    assert con.type(b"copy tftp flash\r192.0.2.1\rf.txt\r\r").endswith("bytes/sec)\nKS1#")


def test_nothing_outside_of_the_folder_is_reached(con: Console, folder: Path) -> None:
    (folder.parent / "outside").write_text("secret")
    said = con.run("copy tftp://192.0.2.1/../outside flash:", "")
    assert said.endswith("%Error opening tftp://192.0.2.1/../outside (No such file or directory)\n")
    assert con.run("copy run tftp://192.0.2.1/../evil", "").endswith(
        "(No such file or directory)\n"
    )
    assert not (folder.parent / "evil").exists()


def test_a_file_of_a_server_is_merged(router: Router, con: Console) -> None:
    said = con.run("copy http://192.0.2.1/new.cfg running-config", "")
    assert said.endswith("bytes/sec)\n")
    assert " description new" in router.running_lines()


def test_a_large_image_of_a_server_lets_others_have_their_turn(
    router: Router, folder: Path
) -> None:
    write_image(folder, "i.bin", IMAGE)
    busy, other = console(router), console(router)
    busy.configure("file prompt quiet")
    busy.session.feed(b"copy http://192.0.2.1/i.bin flash:\n")
    assert busy.take().endswith("Accessing http://192.0.2.1/i.bin...")
    other.run("show clock")
    assert f"Loading http://192.0.2.1/i.bin {'!' * 123}\n4000000 bytes copied" in busy.take()
    assert router.files.image("i.bin") == IMAGE


# ---- time ----


@pytest.fixture
def slow(folder: Path) -> Router:
    behaviour = DeviceSettings(copy_s_per_mb=1.0)
    router = make_router("KS1", "c8000v", STARTUP, clock=ManualClock(START), behaviour=behaviour)
    router.remote = FolderRemote(folder)
    write_image(folder, "i.bin", IMAGE)
    return router


def _advance(router: Router, seconds: float) -> None:
    assert isinstance(router.clock, ManualClock)
    router.clock.advance(seconds)


def test_a_copy_takes_time_by_its_size(slow: Router) -> None:
    con = console(slow)
    con.configure("file prompt quiet")
    said = con.type(b"copy tftp://h/i.bin flash:\r")
    assert said.endswith("Loading i.bin from h: ")
    _advance(slow, 1)
    assert con.take() == "!" * 30
    assert not slow.files.exists("i.bin")
    _advance(slow, 3)
    assert con.take().endswith(
        "!\n[OK - 4000000 bytes]\n\n4000000 bytes copied in 4.000 secs (1000000 bytes/sec)\nKS1#"
    )
    assert slow.files.image("i.bin") == IMAGE


def test_a_copy_is_broken_off_after_a_question(slow: Router) -> None:
    con = console(slow)
    con.configure("file prompt quiet")
    con.type(b"copy tftp://h/i.bin flash:\r")
    assert con.type(b"\x03") == "\nAbort Copy? [confirm]"
    assert con.type(b"n") == "n\n"
    _advance(slow, 1)
    assert con.take() == "!" * 30
    con.type(b"\x03")
    assert con.type(b"\r") == "\nKS1#"
    _advance(slow, 60)
    assert con.take() == ""
    assert not slow.files.exists("i.bin")


# ---- the command line ----


@pytest.mark.parametrize(
    ("line", "word"), [("copy usb0:x flash:", "usb0:x"), ("copy flash:x flash0:", "flash0:")]
)
def test_a_file_system_that_the_router_has_not_is_not_parsed(
    con: Console, line: str, word: str
) -> None:
    assert con.run(line).splitlines()[:2] == [
        " " * (len("KS1#") + line.index(word)) + "^",
        "% Invalid input detected at '^' marker.",
    ]


def test_help_lists_where_one_can_copy_from(con: Console) -> None:
    said = con.type(b"copy ?")
    for word in ("running-config", "startup-config", "bootflash:", "scp:", "tftp:", "/noverify"):
        assert f"\n  {word} " in said
    con.type(b"\x15")
    assert con.type(b"copy runn\t").endswith("copy running-config ")
    con.type(b"\x15")
    assert con.run("copy running-config") == "% Incomplete command.\n\n"


def test_questions_can_be_broken_off(con: Console) -> None:
    con.type(b"copy running-config flash:x\r")
    assert con.type(b"\x03").endswith("KS1#")
    assert con.run("dir flash:x").startswith("%Error")
