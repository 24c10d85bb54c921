"""Commands that list, read and verify files, as a user at the console sees them."""

import re
from pathlib import Path

import pytest

from getvpn.emulator.device import Router
from getvpn.emulator.files import DamagedImage, FolderRemote, Image, digest
from getvpn.emulator.testing import Console, console, make_router

IMAGE = Image(family="c8000v", version="17.12.4", size=60_000_000)
NAMES = {"isr4451": ("bootflash:", "flash:"), "isr2911": ("flash0:", "flash:")}


@pytest.fixture
def router() -> Router:
    return make_router("KS1", "c8000v", "hostname KS1\n")


@pytest.fixture
def con(router: Router) -> Console:
    return console(router)


def put(router: Router, name: str, content: bytes | Image | DamagedImage) -> None:
    router.files.write(name, content, router.clock.now())


@pytest.mark.parametrize("platform", NAMES)
def test_a_listing_names_the_file_system_as_it_was_called(platform: str) -> None:
    router = make_router("KS1", platform)
    con = console(router)
    put(router, "x.txt", b"12345")
    own, alias = NAMES[platform]
    assert con.run("dir").startswith(f"Directory of {own}/\n")
    for prefix in (own, alias):
        assert con.run(f"dir {prefix}").startswith(f"Directory of {prefix}/\n")
        text = con.run(f"dir {prefix}/x.txt")
        assert text.startswith(f"Directory of {prefix}/x.txt\n\n")
        assert re.search(r"-rw- +5 +Jan 1 2026 00:00:00 \+00:00  x\.txt\n", text)
        assert con.run(f"dir {prefix}/none") == (
            f"%Error opening {prefix}/none (No such file or directory)\n"
        )
        assert f"({prefix}/x.txt) = " in con.run(f"verify /md5 {prefix}/x.txt")


def test_listings_take_patterns_and_go_down(router: Router, con: Console) -> None:
    for name in ("a.cfg", "b.cfg", "core/c.txt"):
        put(router, name, b"1")
    text = con.run("dir flash:*.cfg")
    assert text.startswith("Directory of flash:/*.cfg\n")
    assert [line.split()[-1] for line in text.splitlines() if "-rw-" in line] == ["a.cfg", "b.cfg"]
    assert "Directory of bootflash:/core/*\n" in con.run("dir /recursive")
    found = re.findall(r"Directory of (\S+)", con.run("dir all-filesystems"))
    assert found == ["system:/", "tmpsys:/", "bootflash:/", "nvram:/"]
    assert con.run("dir /all").startswith("Directory of bootflash:/\n")


def test_names_are_seen_from_the_current_directory(router: Router, con: Console) -> None:
    put(router, "core/x", b"hello\n")
    assert con.run("pwd") == "bootflash:/\n"
    assert con.run("cd flash:core", "pwd") == "bootflash:/core/\n"
    assert con.run("more x") == "hello\n"
    assert con.run("dir").startswith("Directory of bootflash:/core/\n")
    assert con.run("verify /md5 x").startswith(".Done!\nverify /md5 (bootflash:core/x) = ")
    assert (
        con.run("show clock | redirect now", "more flash:/core/now") == router.clock_text() + "\n"
    )
    assert con.run("cd ..", "pwd") == "bootflash:/\n"
    assert con.run("cd core", "cd", "pwd") == "bootflash:/\n"
    assert con.run("cd none") == "%Error opening bootflash:/none (No such file or directory)\n"


def test_each_session_has_its_own_directory(router: Router) -> None:
    first, second = console(router), console(router)
    first.run("cd core")
    assert second.run("pwd") == "bootflash:/\n"
    assert first.run("pwd") == "bootflash:/core/\n"


def test_configurations_are_read_as_files(con: Console) -> None:
    text = con.run("more system:running-config")
    assert text.startswith("!\n")
    assert text.endswith("\nend\n")
    assert "Building" not in text
    con.run("write memory")
    assert con.run("more nvram:startup-config").splitlines()[-1] == "end"
    assert con.run("more nvram:startup-config | include hostname") == "hostname KS1\n"
    con.run("write erase", "")
    assert con.run("more nvram:startup-config") == (
        "%Error opening nvram:/startup-config (No such file or directory)\n"
    )


def test_a_file_that_is_no_text_is_shown_in_digits(router: Router, con: Console) -> None:
    put(router, "x", b"\x00\x01getvpn text that is long")
    assert con.run("more flash:x") == (
        "00000000:  00016765 7476706E 20746578 74207468    ..ge tvpn  tex t th\n"
        "00000010:  61742069 73206C6F 6E67                 at i s lo ng\n"
    )
    assert con.run("more /ascii flash:x") == "\x00\x01getvpn text that is long\n"
    put(router, "y", b"text")
    assert con.run("more flash:y") == "text\n"
    assert con.run("more /binary flash:y").startswith("00000000:  74657874 ")


def test_an_image_is_not_printed(router: Router, con: Console) -> None:
    put(router, "i.bin", IMAGE)
    assert con.run("more flash:i.bin") == "%Error reading flash:/i.bin (Invalid argument)\n"


@pytest.mark.parametrize(
    "line",
    ["dir usb0:", "dir tftp://192.0.2.1/x", "more flash0:x", "verify /md5 usb0:x", "cd disk0:"],
)
def test_a_file_system_that_the_router_has_not_is_not_parsed(con: Console, line: str) -> None:
    marker, said = con.run(line).splitlines()[:2]
    assert said == "% Invalid input detected at '^' marker."
    assert marker.index("^") >= len("KS1#") + line.index(line.rsplit(maxsplit=1)[-1])


@pytest.mark.parametrize("name", ["flash:a\\b", "flash:" + "x" * 300, "flash:" + "d/" * 40])
def test_a_name_that_no_file_can_have_is_refused(con: Console, name: str) -> None:
    assert con.run(f"dir {name}") == "%Error parsing filename (Bad file name)\n"


def test_nothing_lies_above_the_top(router: Router, con: Console) -> None:
    assert con.run("more flash:../../etc/passwd") == (
        "%Error opening flash:/etc/passwd (No such file or directory)\n"
    )
    assert con.run("cd ../..", "pwd") == "bootflash:/\n"
    con.run("show clock | redirect flash:../../x")
    assert router.files.exists("bootflash:/x")


def test_a_hash_is_compared_with_the_one_that_was_typed(router: Router, con: Console) -> None:
    put(router, "x", b"hello")
    right = digest(b"hello")
    assert con.run("verify /md5 flash:/x") == f".Done!\nverify /md5 (flash:/x) = {right}\n"
    assert con.run(f"verify /md5 flash:x {right}") == f".Done!\nVerified (flash:x) = {right}\n"
    assert con.run("verify /md5 flash:x 00") == (
        f".Done!\n%Error verifying flash:x\nComputed signature = {right}\n"
        "Submitted signature = 00\n"
    )
    assert con.run("verify /sha512 flash:x").endswith(f" = {digest(b'hello', 'sha512')}\n")
    assert con.run("verify /md5 flash:core") == "%Error opening flash:/core (Is a directory)\n"


def test_hashing_an_image_lets_others_have_their_turn(router: Router) -> None:
    image = Image(family="c8000v", version="17.12.5", size=60_000_000)
    put(router, "i.bin", image)
    busy, other = console(router), console(router)
    busy.session.feed(b"verify /md5 flash:i.bin\n")
    assert busy.take().endswith("verify /md5 flash:i.bin\n........")
    assert other.run("show clock") != ""
    said = busy.take()
    assert said.startswith("." * 50)
    assert said.endswith(f"Done!\nverify /md5 (flash:i.bin) = {digest(image)}\nKS1#")


def test_hashing_can_be_broken_off(router: Router, con: Console) -> None:
    put(router, "i.bin", Image(family="c8000v", version="17.12.6", size=60_000_000))
    con.session.feed(b"verify /md5 flash:i.bin\n")
    con.take()
    con.session.feed(b"\x03")
    assert con.take().endswith("KS1#")
    assert con.run("pwd") == "bootflash:/\n"


def test_an_image_is_verified_by_what_it_carries(router: Router, con: Console) -> None:
    put(router, "i.bin", IMAGE)
    assert con.run("verify flash:i.bin").endswith("\n\nEmbedded hash verification successful.\n")
    put(router, "d.bin", DamagedImage(image=IMAGE, size=IMAGE.size - 1))
    assert con.run("verify d.bin").endswith(
        "%ERROR: Digital signature verification failed for file bootflash:d.bin\n"
    )


def test_file_systems_and_flash_are_shown(router: Router, con: Console) -> None:
    put(router, "x", b"123")
    text = con.run("show file systems")
    assert re.search(r"^\*\s+\d+\s+\d+\s+disk\s+rw\s+bootflash: flash:$", text, re.MULTILINE)
    assert re.search(r"^\*.*nvram:$", con.run("cd nvram:", "show file systems"), re.MULTILINE)
    assert con.run("show flash:") == con.run("show bootflash:") == con.run("show bootflash: all")
    assert "/bootflash/x\n" in con.run("show flash")


def test_the_flash_of_a_classic_router_is_shown_under_its_names() -> None:
    router = make_router("KS1", "isr2911")
    con = console(router)
    put(router, "x", b"123")
    assert con.run("show flash:") == con.run("show flash0:") == con.run("show flash")
    assert con.run("show bootflash:").endswith("marker.\n\n")


def test_help_lists_the_file_systems_of_the_family(con: Console) -> None:
    text = con.type(b"dir ?")
    for line in ("all-filesystems  List files on all filesystems", "bootflash:       Directory or"):
        assert line in text
    assert "flash0:" not in text
    con.type(b"\x15")
    assert "show file systems" not in con.run("show file ?")
    assert con.session.prompt == "KS1#"


def test_what_only_privileged_users_may_do(router: Router) -> None:
    con = console(router, user="oper", privilege=1)
    assert con.run("more system:running-config").endswith("marker.\n\n")
    assert "bytes available" in con.run("show flash:")


def test_parsers_read_listings(router: Router, con: Console) -> None:
    pytest.importorskip("genie.libs.parser")
    from genie.libs.parser.iosxe.show_platform import Dir, ShowFileSystems

    put(router, "x.txt", b"12345")
    parsed = Dir(device=None).parse(output=con.run("dir"))["dir"]
    assert parsed["bootflash:/"]["files"]["x.txt"]["size"] == "5"
    free = router.files.volume("flash:").free
    assert parsed["bootflash:/"]["bytes_free"] == str(free)
    systems = ShowFileSystems(device=None).parse(output=con.run("show file systems"))
    assert free in {each.get("free_size") for each in systems["file_systems"].values()}
    text = pytest.importorskip("ntc_templates.parse")
    rows = text.parse_output(
        platform="cisco_ios", command="show file systems", data=con.run("show file systems")
    )
    assert {row["prefixes"]: row["free"] for row in rows}["nvram:"] == str(
        router.files.volume("nvram:").free
    )


def test_listings_have_the_times_of_the_router(router: Router, con: Console) -> None:
    put(router, "x", b"1")
    con.configure("clock timezone MST -7")
    assert "  Dec 31 2025 17:00:00 -07:00  x\n" in con.run("dir flash:x")
    assert " Dec 31 2025 17:00:00 -07:00 /bootflash/x\n" in con.run("show flash:")


def test_output_goes_to_files(router: Router, con: Console) -> None:
    clock = router.clock_text() + "\n"
    assert con.run("show clock | redirect flash:x") == ""
    assert con.run("more flash:x") == clock
    assert con.run("show clock | append flash:x") == ""
    assert con.run("more flash:x") == clock * 2
    assert con.run("show clock | tee flash:y") == clock
    assert con.run("show clock | tee /append flash:y") == clock
    assert router.files.read("y").decode() == clock * 2
    assert con.run("show clock | redirect flash:none/x") == (
        "%Error opening flash:/none/x (No such file or directory)\n"
    )
    assert con.run("show clock | redirect usb9:x") == "%Error opening usb9:x (No such device)\n"


def test_output_goes_to_servers(router: Router, con: Console, tmp_path: Path) -> None:
    router.remote = FolderRemote(tmp_path)
    assert con.run("show clock | redirect tftp://192.0.2.1/x") == ""
    assert (tmp_path / "x").read_text() == router.clock_text() + "\n"
    assert con.run("show clock | append tftp://192.0.2.1/x") == (
        "%Error opening tftp://192.0.2.1/x (Invalid argument)\n"
    )
    router.remote = None
    assert con.run("show clock | redirect tftp://192.0.2.1/x") == (
        "%Error opening tftp://192.0.2.1/x (Timed out)\n"
    )
