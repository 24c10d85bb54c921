"""What `dir` and its neighbours print, by the layouts of samples and the eyes of their readers."""

import re

import pytest

from getvpn.emulator.files import FileError, FileStore, Image, classic_layout, xe_layout
from getvpn.emulator.files.listing import (
    all_directories_text,
    date_text,
    directory_text,
    file_systems_text,
    flash_text,
    working_directory_text,
)
from getvpn.emulator.timetext import moment

MADE = 1_480_127_573.0  # Nov 26 2016 02:32:53 UTC
MARCH = 1_425_284_795.0  # Mar 2 2015 08:26:35 UTC


@pytest.fixture
def xe() -> FileStore:
    store = FileStore(xe_layout(flash_bytes=1_940_303_872), now=MADE)
    store.write("aaa1", b"x" * 24_970, MARCH)
    return store


@pytest.fixture
def classic() -> FileStore:
    store = FileStore(classic_layout(flash_bytes=256_610_304))
    image = Image(family="c1900", version="15.7(3)M8", size=85_053_068)
    store.write("c1900-universalk9-mz.SPA.157-3.M8.bin", image, MARCH)
    store.write("pnp-tech-time", b"x" * 34, MADE)
    return store


def mountain_stamp(seconds: float) -> str:
    return date_text(moment(seconds, -7 * 3600), -7 * 3600)


def test_a_listing_of_ios_xe_has_the_layout_of_the_samples(xe: FileStore) -> None:
    lines = directory_text(xe, "bootflash:", stamp=mountain_stamp).splitlines()
    assert lines[:3] == [
        "Directory of bootflash:/",
        "",
        "   11  drwx            16384  Nov 25 2016 19:32:53 -07:00  lost+found",
    ]
    assert lines[-3:] == [
        "   12  -rw-            24970   Mar 2 2015 01:26:35 -07:00  aaa1",
        "",
        "1940303872 bytes total (1940278902 bytes free)",
    ]


def test_a_listing_of_classic_ios_has_the_layout_of_the_samples(classic: FileStore) -> None:
    assert directory_text(classic, "flash0:") == (
        "Directory of flash0:/\n"
        "\n"
        "    1  -rw-    85053068   Mar 2 2015 08:26:35 +00:00  "
        "c1900-universalk9-mz.SPA.157-3.M8.bin\n"
        "    2  -rw-          34  Nov 26 2016 02:32:53 +00:00  pnp-tech-time\n"
        "\n"
        "256610304 bytes total (171557202 bytes free)\n"
    )


def test_an_empty_directory_says_so() -> None:
    store = FileStore(classic_layout(flash_bytes=60_817_408))
    assert directory_text(store) == (
        "Directory of flash0:/\n\nNo files in directory\n\n"
        "60817408 bytes total (60817408 bytes free)\n"
    )


def test_the_heading_names_what_was_asked_for(xe: FileStore) -> None:
    assert directory_text(xe).startswith("Directory of bootflash:/\n")
    assert directory_text(xe, "bootflash:core").startswith("Directory of bootflash:/core/\n")
    assert directory_text(xe, "bootflash:/aaa1").startswith("Directory of bootflash:/aaa1\n\n")
    assert directory_text(xe, "flash:*1").startswith("Directory of flash:/*1\n\n")
    assert directory_text(xe, "flash:").startswith("Directory of flash:/\n")
    assert directory_text(xe, "flash:/aaa1").startswith("Directory of flash:/aaa1\n\n")
    assert directory_text(xe, "x/..", xe.locate("core")).startswith("Directory of bootflash:/core/")


@pytest.mark.parametrize("target", ["flash:/x", "flash:*.none", "flash:x/y", "usb0:", "null:"])
def test_what_is_not_there_cannot_be_listed(xe: FileStore, target: str) -> None:
    with pytest.raises(FileError) as caught:
        directory_text(xe, target)
    assert caught.value.text.startswith("%Error opening ")


def test_nvram_has_no_dates_and_system_no_space(xe: FileStore) -> None:
    xe.running_config = lambda: b"x" * 5_369
    xe.save_startup(b"x" * 1_573, b"x" * 5)
    assert directory_text(xe, "nvram:") == (
        "Directory of nvram:/\n"
        "\n"
        "32766  -rw-             1573                    <no date>  startup-config\n"
        "32767  ----                5                    <no date>  private-config\n"
        "    1  ----               57                    <no date>  persistent-data\n"
        "\n"
        "33554432 bytes total (33552797 bytes free)\n"
    )
    text = directory_text(xe, "system:")
    assert "    1  -rw-             5369                    <no date>  running-config\n" in text
    assert text.endswith("\n\nNo space information available\n")


def test_all_file_systems_follow_each_other(xe: FileStore) -> None:
    text = all_directories_text(xe)
    found = re.findall(r"^Directory of (\S+)", text, re.MULTILINE)
    assert found == ["system:/", "tmpsys:/", "bootflash:/", "nvram:/"]
    assert "No space information available\nDirectory of tmpsys:/\n" in text


def test_a_recursive_listing_goes_down(xe: FileStore) -> None:
    xe.make_directory("core/old", MADE)
    xe.write("core/old/x", b"1", MADE)
    text = directory_text(xe, recursive=True)
    found = re.findall(r"^Directory of (\S+)", text, re.MULTILINE)
    assert found == ["bootflash:/*", "bootflash:/core/*", "bootflash:/core/old/*"]
    assert text.count("bytes total") == 1


def test_file_systems_have_the_layout_of_the_samples(xe: FileStore) -> None:
    lines = file_systems_text(xe).splitlines()
    assert lines[:3] == [
        "File Systems:",
        "",
        "       Size(b)       Free(b)      Type  Flags  Prefixes",
    ]
    assert "             -             -    opaque     rw   system:" in lines
    assert "*   1940303872    1940278902      disk     rw   bootflash: flash:" in lines
    assert "      33554432      33554375     nvram     rw   nvram:" in lines
    assert "             -             -   network     rw   tftp:" in lines


def test_the_star_is_at_the_current_file_system(classic: FileStore) -> None:
    here = [line for line in file_systems_text(classic).splitlines() if line.startswith("*")]
    assert [line.split()[-2:] for line in here] == [["flash0:", "flash:#"]]
    there = file_systems_text(classic, classic.locate("nvram:")).splitlines()
    assert [line.split()[-1] for line in there if line.startswith("*")] == ["nvram:"]


def test_show_flash_lists_all_paths(xe: FileStore, classic: FileStore) -> None:
    xe.write("core/x", b"123", MADE)
    text = flash_text(xe)
    assert "  6          3 Nov 26 2016 02:32:53 +00:00 /bootflash/core/x\n" in text
    assert text.endswith("1940278899 bytes available (24973 bytes used)\n")
    assert "\n2           34 Nov 26 2016 02:32:53 +00:00 pnp-tech-time\n" in flash_text(classic)


def test_the_working_directory_ends_with_a_slash(xe: FileStore) -> None:
    assert working_directory_text(xe.home) == "bootflash:/\n"
    assert working_directory_text(xe.change_directory("core")) == "bootflash:/core/\n"


# ---- how clients read it: netmiko 4.8 scp_handler and cisco_base_connection, napalm 5.2 ios ----


def test_free_space_is_found_by_the_pattern_of_file_transfers(xe: FileStore) -> None:
    match = re.search(r"(\d+) \w+ free", directory_text(xe, "bootflash:"))
    assert match is not None
    assert int(match[1]) == xe.volume("bootflash:").free


def test_the_file_system_is_found_by_the_pattern_of_file_transfers(classic: FileStore) -> None:
    match = re.search(r"Directory of (.*)/", directory_text(classic))
    assert match is not None
    assert match[1] == "flash0:"
    assert directory_text(classic, match[1]) == directory_text(classic)


@pytest.mark.parametrize("name", ["aaa1", "merge_config.txt"])
def test_a_file_and_its_size_are_found_as_file_transfers_look(xe: FileStore, name: str) -> None:
    xe.write(name, b"x" * 321, MADE)
    path = f"bootflash:/{name}"
    text = directory_text(xe, path)
    assert f"Directory of {path}" in text
    assert re.search(rf"Directory of .*{name}", text, re.DOTALL)
    rest = "".join(re.split(r"Directory of .*", text))
    match = re.search(rf".*({re.escape(name)}).*", rest)
    assert match is not None
    assert int(match[0].split()[2]) == 321


def test_textfsm_templates_read_a_listing(xe: FileStore) -> None:
    parse = pytest.importorskip("ntc_templates.parse").parse_output
    rows = parse(platform="cisco_ios", command="dir", data=directory_text(xe))
    assert {row["name"]: row["size"] for row in rows}["aaa1"] == "24970"
    assert {row["total_free"] for row in rows} == {"1940278902"}
    empty = directory_text(FileStore(classic_layout(flash_bytes=100)))
    (row,) = parse(platform="cisco_ios", command="dir", data=empty)
    assert (row["file_system"], row["total_size"], row["total_free"]) == ("flash0:/", "100", "100")


def test_textfsm_templates_read_the_file_systems(xe: FileStore) -> None:
    parse = pytest.importorskip("ntc_templates.parse").parse_output
    rows = parse(platform="cisco_ios", command="show file systems", data=file_systems_text(xe))
    sizes = {row["prefixes"]: (row["size"], row["free"]) for row in rows}
    assert sizes["nvram:"] == ("33554432", "33554375")
    assert sizes["tftp:"] == ("-", "-")


def test_genie_reads_listings(xe: FileStore) -> None:
    pytest.importorskip("genie.libs.parser")
    from genie.libs.parser.iosxe.show_bootflash import ShowBootflash
    from genie.libs.parser.iosxe.show_platform import Dir, ShowFileSystems

    parsed = Dir(device=None).parse(output=directory_text(xe))["dir"]
    assert parsed["dir"] == "bootflash:/"
    assert parsed["bootflash:/"]["bytes_free"] == "1940278902"
    assert parsed["bootflash:/"]["files"]["aaa1"] == {
        "index": "12",
        "permissions": "-rw-",
        "size": "24970",
        "last_modified_date": "Mar 2 2015 08:26:35 +00:00",
    }
    systems = ShowFileSystems(device=None).parse(output=file_systems_text(xe))["file_systems"]
    assert any(each.get("free_size") == 1_940_278_902 for each in systems.values())
    flash = ShowBootflash(device=None).parse(output=flash_text(xe))
    assert (flash["bytes_available"], flash["bytes_used"]) == (1_940_278_902, 24_970)
    assert flash["files"][7]["file_name"] == "/bootflash/aaa1"
