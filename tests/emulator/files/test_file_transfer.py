"""URLs, the directory that stands for all servers, and what `copy` prints."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from getvpn.emulator.files import (
    DamagedImage,
    FileError,
    FolderRemote,
    Image,
    Url,
    is_remote,
    parse_url,
    write_image,
)
from getvpn.emulator.files import transfer as texts

IMAGE = Image(family="c8000v", version="17.9.4a", size=100_000)


def refusal(operation: Callable[[], object]) -> str:
    with pytest.raises(FileError) as caught:
        operation()
    return caught.value.text


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("tftp:", Url(scheme="tftp")),
        ("tftp://", Url(scheme="tftp")),
        ("SCP://192.0.2.1/x", Url(scheme="scp", host="192.0.2.1", path="x")),
        ("tftp:192.0.2.1/x", Url(scheme="tftp", path="192.0.2.1/x")),
        (
            "ftp://u:p@192.0.2.1:2121/d/x.cfg",
            Url(scheme="ftp", host="192.0.2.1", port=2121, path="d/x.cfg", user="u", password="p"),  # noqa: S106 - a made-up login
        ),
        (
            "scp://u@host.example//abs/x",
            Url(scheme="scp", host="host.example", path="/abs/x", user="u"),
        ),
        ("http://[2001:db8::1]/x", Url(scheme="http", host="[2001:db8::1]", path="x")),
        ("tftp://192.0.2.1;Mgmt-intf/x", Url(scheme="tftp", host="192.0.2.1", path="x")),
    ],
)
def test_a_url_is_taken_apart(text: str, url: Url) -> None:
    assert parse_url(text) == url


@pytest.mark.parametrize("text", ["tftp://a b/x", "ftp://u@/x", "http://h:99999/x", "scp://[::/x"])
def test_a_host_that_cannot_be_one_is_refused(text: str) -> None:
    assert refusal(lambda: parse_url(text)) == "%Error parsing filename (Bad address)"


def test_local_names_are_not_remote() -> None:
    assert not any(map(is_remote, ("flash:x", "x", "bootflash:/x", "null:", "running-config")))
    assert all(map(is_remote, ("tftp:", "https://h/x", "SFTP://h")))


def test_a_password_is_never_shown() -> None:
    url = parse_url("scp://admin:hush@192.0.2.1//d/x")
    assert str(url) == "scp://*:*@192.0.2.1//d/x"
    assert "hush" not in repr(url)
    remote = FolderRemote(Path("/nonexistent"))
    assert refusal(lambda: remote.read(url)) == (
        "%Error opening scp://*:*@192.0.2.1//d/x (No such file or directory)"
    )


def test_files_of_the_folder_are_read_under_every_scheme(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "x").write_bytes(b"hello")
    remote = FolderRemote(tmp_path)
    for scheme in ("tftp", "http", "https", "ftp", "scp"):
        assert remote.read(parse_url(f"{scheme}://192.0.2.1/d/x")) == b"hello"
    assert remote.read(parse_url("scp://192.0.2.1//d/x")) == b"hello"


def test_files_are_written_into_the_folder(tmp_path: Path) -> None:
    remote = FolderRemote(tmp_path)
    remote.write(parse_url("tftp://h/r1-confg"), b"a longer text")
    remote.write(parse_url("tftp://h/r1-confg"), b"short")
    assert (tmp_path / "r1-confg").read_bytes() == b"short"


def test_an_image_goes_there_and_comes_back(tmp_path: Path) -> None:
    remote = FolderRemote(tmp_path)
    write_image(tmp_path, "a.bin", IMAGE)
    assert remote.read(parse_url("http://h/a.bin")) == IMAGE
    remote.write(parse_url("scp://h/b.bin"), IMAGE)
    assert remote.read(parse_url("scp://h/b.bin")) == IMAGE
    with (tmp_path / "b.bin").open("r+b") as file:
        file.truncate(50_000)
    assert isinstance(remote.read(parse_url("scp://h/b.bin")), DamagedImage)


@pytest.fixture
def walled(tmp_path: Path) -> FolderRemote:
    (tmp_path / "secret").write_bytes(b"outside")
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "out").symlink_to(tmp_path / "secret")
    (inside / "up").symlink_to(tmp_path)
    (inside / "loop").symlink_to(inside / "loop")
    os.mkfifo(inside / "pipe")
    return FolderRemote(inside)


@pytest.mark.parametrize(
    "path",
    [
        "../secret",
        "a/../../secret",
        "out",
        "up/secret",
        "loop",
        "pipe",
        "",
        ".",
        "..",
        "up",
        "/../secret",
    ],
)
def test_nothing_outside_of_the_folder_is_reached(
    walled: FolderRemote, tmp_path: Path, path: str
) -> None:
    url = Url(scheme="tftp", host="h", path=path)
    for operation in (lambda: walled.read(url), lambda: walled.write(url, b"changed")):
        text = refusal(operation)
        assert str(tmp_path) not in text
    assert (tmp_path / "secret").read_bytes() == b"outside"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["inside", "secret"]


@given(st.text(max_size=30))
def test_no_path_reaches_out(path: str) -> None:
    remote = FolderRemote(Path("/nonexistent/folder"))
    assert refusal(lambda: remote.read(Url(scheme="tftp", host="h", path=path)))


def test_servers_that_are_not_there_time_out(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"1")
    remote = FolderRemote(tmp_path, hosts=frozenset(("192.0.2.1",)))
    assert remote.read(parse_url("tftp://192.0.2.1/x")) == b"1"
    assert refusal(lambda: remote.read(parse_url("tftp://192.0.2.2/x"))) == (
        "%Error opening tftp://192.0.2.2/x (Timed out)"
    )
    assert refusal(lambda: remote.write(parse_url("tftp://192.0.2.2/x"), b"")).endswith("out)")


def test_a_server_that_knows_its_users_refuses_others(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"1")
    remote = FolderRemote(tmp_path, logins={"u": "p"})
    assert remote.read(parse_url("scp://u:p@h/x")) == b"1"
    assert remote.read(parse_url("tftp://h/x")) == b"1"
    assert refusal(lambda: remote.read(parse_url("ftp://u:q@h/x"))) == (
        "%Error opening ftp://*:*@h/x (Incorrect Login/Password)"
    )
    assert refusal(lambda: remote.read(parse_url("scp://h/x"))).endswith("(Permission denied)")


def test_a_router_cannot_fill_the_host(tmp_path: Path) -> None:
    remote = FolderRemote(tmp_path, max_write_bytes=1_000)
    text = refusal(lambda: remote.write(parse_url("tftp://h/x"), IMAGE))
    assert text == "%Error writing tftp://h/x (Not enough space on device)"
    assert list(tmp_path.iterdir()) == []


def test_a_copy_reports_bytes_time_and_rate() -> None:
    assert (
        texts.copied_text(74_590, 0.556) == "74590 bytes copied in 0.556 secs (134155 bytes/sec)\n"
    )
    assert texts.copied_text(30, 0.005) == "30 bytes copied in 0.005 secs (6000 bytes/sec)\n"
    assert texts.copied_text(639, 12.066) == "639 bytes copied in 12.066 secs (53 bytes/sec)\n"
    assert texts.copied_text(0, 0) == "0 bytes copied in 0.001 secs (0 bytes/sec)\n"


def downloaded(url: Url, content: bytes, seconds: float, **settings: Any) -> str:
    size = len(content)
    return (
        texts.accessing_text(url)
        + texts.loading_text(url, size, **settings)
        + texts.marks(size)
        + texts.loaded_text(url, size)
        + texts.copied_text(size, seconds)
    )


def uploaded(url: Url, content: bytes, seconds: float) -> str:
    size = len(content)
    marks = texts.sending_text(url, size) + texts.upload_marks(url, size)
    return f"{marks}\n{texts.copied_text(size, seconds)}"


def test_a_tftp_download_has_the_lines_of_the_transcripts() -> None:
    url = parse_url("tftp://192.0.2.3/sh_ver.txt")
    assert downloaded(url, bytes(74_590), 0.556, interface="GigabitEthernet0/3") == (
        "Accessing tftp://192.0.2.3/sh_ver.txt...\n"
        "Loading sh_ver.txt from 192.0.2.3 (via GigabitEthernet0/3): !!!\n"
        "[OK - 74590 bytes]\n"
        "\n"
        "74590 bytes copied in 0.556 secs (134155 bytes/sec)\n"
    )


def test_an_scp_download_has_the_lines_of_the_transcripts() -> None:
    url = parse_url("scp://192.0.2.3/sh_ver.txt")
    assert downloaded(url, bytes(3_698), 0.304) == (
        " Sending file modes: C0644 3698 sh_ver.txt\n"
        "!\n"
        "3698 bytes copied in 0.304 secs (12164 bytes/sec)\n"
    )


def test_an_ftp_download_has_the_lines_of_the_transcripts() -> None:
    url = parse_url("ftp://192.0.2.3:2121/x.cfg")
    end = "[OK - 2814/4096 bytes]\n\n2814 bytes copied in 0.007 secs (402000 bytes/sec)\n"
    assert downloaded(url, bytes(2_814), 0.007) == (
        f"Accessing ftp://192.0.2.3:2121/x.cfg...!\n{end}"
    )
    assert downloaded(url, bytes(2_814), 0.007, classic=True) == (
        f"Accessing ftp://192.0.2.3:2121/x.cfg...\nLoading x.cfg !\n{end}"
    )


def test_an_http_download_names_the_url_twice() -> None:
    url = parse_url("http://192.0.2.3/x")
    assert downloaded(url, b"12", 0.1).startswith(
        "Accessing http://192.0.2.3/x...\nLoading http://192.0.2.3/x !\n2 bytes copied in 0.100"
    )


def test_uploads_have_the_lines_of_the_transcripts() -> None:
    scp = parse_url("scp://192.0.2.3/test1.txt")
    assert texts.upload_head(scp) == "Writing test1.txt \n"
    assert uploaded(scp, bytes(639), 12.066) == (
        " Sink: C0644 639 test1.txt\n!\n639 bytes copied in 12.066 secs (53 bytes/sec)\n"
    )
    ftp = parse_url("ftp://192.0.2.3/r.cfg")
    assert texts.upload_head(ftp) + uploaded(ftp, bytes(2_772), 0.069) == (
        "Writing r.cfg !\n2772 bytes copied in 0.069 secs (40174 bytes/sec)\n"
    )
    tftp = parse_url("tftp://192.0.2.3/r-confg")
    assert texts.upload_head(tftp) + uploaded(tftp, bytes(2_134), 0.248) == (
        "!!\n2134 bytes copied in 0.248 secs (8605 bytes/sec)\n"
    )
    assert texts.unanswered_marks(tftp) == ".....\n"


def test_a_long_transfer_has_a_bounded_line_of_marks() -> None:
    assert len(texts.marks(900_000_000)) == 2_000


def test_questions_end_with_a_blank_or_with_confirm() -> None:
    assert texts.host_question() == "Address or name of remote host []? "
    assert texts.user_question("Source", "cisco") == "Source username [cisco]? "
    assert texts.name_question("Destination", "x") == "Destination filename [x]? "
    assert texts.delete_question("x") == "Delete filename [x]? "
    assert texts.delete_confirmation("flash:/x") == "Delete flash:/x? [confirm]"
    assert texts.make_directory_question("d") == "Create directory filename [d]? "
    assert texts.made_directory_text("flash:/d") == "Created dir flash:/d\n"
    assert texts.remote_name("KS1") == "ks1-confg"
