"""Files and folders in the habits that are met."""

import csv
import os
from pathlib import Path

import pytest

from getvpn.errors import InputError
from getvpn.parsers.commands import resolve
from getvpn.parsers.transcript import Reading, files, read_paths

CONFIG = "!\nversion 15.4\nhostname {host}\n!\ncrypto gdoi group G\n identity number 1\nend\n"
CLOCK = "10:00:00.000 UTC Thu Jun 5 2025\n"


def write(root: Path, name: str, content: str | bytes) -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def found(reading: Reading) -> list[tuple[str | None, str]]:
    return [(capture.host, str(capture.resolved)) for capture in reading.captures]


def reasons(reading: Reading, root: Path) -> dict[str, str]:
    return {
        Path(skipped.path).relative_to(root).as_posix(): skipped.reason
        for skipped in reading.skipped
    }


@pytest.mark.parametrize(
    ("name", "host"),
    [
        ("KS1/show_clock.txt", "KS1"),
        ("KS1/show clock.log", "KS1"),
        ("ks-1_east_show_clock.log", "ks-1_east"),
        ("ks-1-show-clock", "ks-1"),
        ("show_clock/KS1.txt", "KS1"),
        ("KS1_show_clock/1.txt", "KS1"),
        ("clock/1.txt", "clock/1"),
        ("clock/show_clock.txt", "clock/show_clock"),
        ("KS1/2026-01-01/show_clock.txt", "KS1"),
        ("KS1_20260101_show_clock.log", "KS1"),
        ("20260101-1000_KS1_show_clock.log", "KS1"),
        ("KS1_show_clock.log.1", "KS1"),
        ("KS1_show_clock.md", "KS1"),
        ("KS1\n_show_clock.txt", "KS1"),
    ],
)
def test_host_and_command_are_taken_from_the_path(tmp_path: Path, name: str, host: str) -> None:
    write(tmp_path, name, CLOCK)

    assert found(read_paths([tmp_path])) == [(host, "show clock")]


@pytest.mark.parametrize(
    "name", ["ks1", "ks1.cfg", "ks1-confg", "ks1_config.txt", "ks1/config", "ks1/2026-01-01.cfg"]
)
def test_a_configuration_without_a_name_is_that_of_its_path(tmp_path: Path, name: str) -> None:
    write(tmp_path, name, "crypto gdoi group G\n identity number 1\n")

    assert found(read_paths([tmp_path])) == [("ks1", "show running-config")]


def test_the_text_knows_the_host_better_than_the_path(tmp_path: Path) -> None:
    write(tmp_path, "a/show_clock.txt", f"KS1#show clock\n{CLOCK}KS1#\n")
    write(tmp_path, "b/show_clock.txt", f"{CLOCK}KS2#\n")
    write(tmp_path, "c.cfg", CONFIG.format(host="KS3"))
    write(tmp_path, "d_show_version.txt", "Cisco IOS Software\nKS4 uptime is 1 week\n")

    assert [host for host, _ in found(read_paths([tmp_path]))] == ["KS1", "KS2", "KS3", "KS4"]


def test_files_of_one_device_have_one_host_when_one_of_them_tells_its_name(tmp_path: Path) -> None:
    write(tmp_path, "192.0.2.1/show_clock.txt", CLOCK)
    write(tmp_path, "192.0.2.1/show_run.txt", CONFIG.format(host="KS1"))
    write(tmp_path, "configs/192.0.2.2.cfg", CONFIG.format(host="KS2"))
    write(tmp_path, "out/192.0.2.2_show_clock.txt", CLOCK)

    assert found(read_paths([tmp_path])) == [
        ("KS1", "show clock"),
        ("KS1", "show running-config"),
        ("KS2", "show running-config"),
        ("KS2", "show clock"),
    ]


def test_numbered_files_of_different_folders_are_different_devices(tmp_path: Path) -> None:
    for name in ("a/clock/1.txt", "a/clock/2.txt", "b/clock/1.txt"):
        write(tmp_path, name, CLOCK)

    hosts = [host for host, _ in found(read_paths([tmp_path]))]

    assert hosts == [f"{tmp_path}/a/clock/1", "clock/2", f"{tmp_path}/b/clock/1"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("router.example.net", "!RANCID-CONTENT-TYPE: cisco\n!\n!Chassis type: ASR1001-X\n!\n"),
        ("configs/gm1", "! Cisco IOS XE Software, Version 16.12.03\n!\n! Image: bootflash:x\n!\n"),
        ("gm1.confg", ""),
        ("show_run.txt", "Building configuration...\n\nCurrent configuration : 99 bytes\n"),
    ],
)
def test_a_configuration_is_known_by_its_content(tmp_path: Path, name: str, text: str) -> None:
    text += CONFIG.format(host="GM1")
    path = write(tmp_path, name, text)

    (capture,) = read_paths([tmp_path]).captures

    assert (capture.host, capture.kind, capture.first_line) == ("GM1", "config", 1)
    assert (capture.text, capture.source) == (text, str(path))


def test_commands_typed_at_configuration_prompts_are_a_configuration(tmp_path: Path) -> None:
    text = "KS1(config)#crypto gdoi group G\nKS1(config-gdoi-group)#identity number 1\n"
    write(tmp_path, "x.txt", text)

    (capture,) = read_paths([tmp_path]).captures

    assert (capture.host, capture.kind, capture.text) == ("KS1", "config", text)


def test_logs_and_tech_support_give_all_their_commands(tmp_path: Path) -> None:
    write(tmp_path, "1.log", f"KS1#show clock\n{CLOCK}KS1#telnet gm1\nGM1>show clock\n{CLOCK}")
    heading = "------------------ show {} ------------------\n"
    tech = heading.format("running-config") + CONFIG.format(host="GM2")
    write(tmp_path, "2.txt", tech + heading.format("clock") + CLOCK)

    assert found(read_paths([tmp_path])) == [
        ("KS1", "show clock"),
        ("GM1", "show clock"),
        ("GM2", "show running-config"),
        ("GM2", "show clock"),
    ]


def test_an_empty_output_is_an_output(tmp_path: Path) -> None:
    write(tmp_path, "KS1_show_crypto_gdoi_ks_rekey.txt", "")

    (capture,) = read_paths([tmp_path]).captures

    assert (capture.host, capture.text) == ("KS1", "")


def test_what_is_no_device_text_is_reported_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MAX_FILE_BYTES", 2000)
    write(tmp_path, ".git/config", CONFIG)
    write(tmp_path, "KS1.cfg~", CONFIG)
    write(tmp_path, "#KS1.cfg#", CONFIG)
    write(tmp_path, "show_clock/1.expected.json", "{}")
    write(tmp_path, "README", "These are captures.\n")
    write(tmp_path, "blank", "\n\n")
    write(tmp_path, "image.bin", bytes(range(256)) * 4)
    write(tmp_path, "large.cfg", CONFIG * 100)
    os.mkfifo(tmp_path / "pipe")

    reading = read_paths([tmp_path])

    assert reading.captures == ()
    assert reasons(reading, tmp_path) == {
        ".git": "hidden",
        "KS1.cfg~": "an editor's backup",
        "#KS1.cfg#": "an editor's backup",
        "show_clock/1.expected.json": "no device text ends in .json",
        "README": "no command is recognised",
        "blank": "empty",
        "image.bin": "binary",
        "large.cfg": "over the limit of 2000 bytes",
        "pipe": "no regular file",
    }


def test_links_are_followed_once(tmp_path: Path) -> None:
    write(tmp_path, "KS1/show_clock.txt", CLOCK)
    (tmp_path / "KS1/loop").symlink_to(tmp_path)
    (tmp_path / "again.txt").symlink_to(tmp_path / "KS1/show_clock.txt")
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nothing")

    reading = read_paths([tmp_path, tmp_path / "KS1"])

    assert found(reading) == [("KS1", "show clock")]
    assert reasons(reading, tmp_path) == {
        "KS1/loop": f"the same as {tmp_path}",
        "again.txt": f"the same as {tmp_path / 'KS1/show_clock.txt'}",
        "gone.txt": "no regular file",
        "KS1": f"the same as {tmp_path / 'KS1'}",
    }


def test_a_file_that_is_named_is_read_whatever_its_name(tmp_path: Path) -> None:
    path = write(tmp_path, ".KS1.cfg~", CONFIG.format(host="KS1"))

    assert found(read_paths([str(path)])) == [("KS1", "show running-config")]


@pytest.mark.parametrize("name", ["missing", "missing/at/all", "nul\0byte"])
def test_a_path_that_cannot_be_read_is_an_error_that_names_it(tmp_path: Path, name: str) -> None:
    path = tmp_path / name

    with pytest.raises(InputError) as caught:
        read_paths([path])

    assert caught.value.source == str(path)


@pytest.mark.parametrize(
    ("encoding", "bom"),
    [
        ("utf-8", b""),
        ("utf-8", b"\xef\xbb\xbf"),
        ("latin-1", b""),
        ("utf-16-le", b"\xff\xfe"),
        ("utf-16-be", b"\xfe\xff"),
        ("utf-16-le", b""),
        ("utf-16-be", b""),
    ],
)
def test_texts_are_read_in_the_encodings_of_loggers(
    tmp_path: Path, encoding: str, bom: bytes
) -> None:
    text = f"KS1#show clock\r\n{CLOCK}description Zürich\r\nKS1#"
    write(tmp_path, "x.log", bom + text.encode(encoding))

    (capture,) = read_paths([tmp_path]).captures

    assert (capture.host, capture.text) == ("KS1", f"{CLOCK}description Zürich")


def test_the_order_is_that_of_the_paths_and_of_names(tmp_path: Path) -> None:
    for name in ("b/R2/show_clock.txt", "b/R1/show_clock.txt", "b/R10_show_clock.txt", "a/R9.cfg"):
        write(tmp_path, name, CONFIG.format(host="R9") if name.endswith("cfg") else CLOCK)

    reading = read_paths([tmp_path / "b", tmp_path / "a"])

    assert [host for host, _ in found(reading)] == ["R1", "R10", "R2", "R9"]


def test_every_shared_capture_comes_out_with_the_command_of_its_manifest(shared: Path) -> None:
    root = shared / "captures"
    with (root / "MANIFEST.csv").open(encoding="utf-8", newline="") as file:
        manifest = {row["path"]: row["command"] for row in csv.DictReader(file)}
    expected = {
        path: "running-config" if command.startswith("(") else resolve(command).family
        for path, command in manifest.items()
    }

    reading = read_paths([root])

    families = [
        (Path(capture.source).relative_to(root).as_posix(), capture.resolved)
        for capture in reading.captures
    ]
    assert len(families) == len(expected)
    assert {path: command.family for path, command in families if command} == expected
    assert {Path(skipped.path).suffix for skipped in reading.skipped} == {".json", ".csv"}
