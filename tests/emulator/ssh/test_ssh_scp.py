"""Copies by SCP, both ways."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import asyncssh
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from getvpn.emulator.ssh.scp import ScpRequest, Transfer

from ..standing import run_standing as run
from .small_router import PIECE, SmallFiles, SmallLogin, SmallRouter, client, served, settled

DATA = bytes(range(256)) * 5000


def _ran(
    files: SmallFiles, command: str, pieces: list[bytes], *, ends: bool = True
) -> tuple[bytes, list[int]]:
    """What a copy says to a client that sends all this."""
    said, statuses = bytearray(), list[int]()
    request = ScpRequest.parse(command)
    assert request
    transfer = Transfer(request, files, SmallLogin("admin"), said.extend, statuses.append)
    transfer.start()
    for piece in pieces:
        transfer.feed(piece)
    if ends:
        transfer.end_of_input()
    return bytes(said), statuses


@pytest.mark.parametrize(
    ("command", "to_router", "path"),
    [
        ("scp -t flash:/x", True, "flash:/x"),
        ("scp -f bootflash:x", False, "bootflash:x"),
        ("scp -v -r -p -t flash:", True, "flash:"),
        ("scp -pqt -- 'flash:/a b'", True, "flash:/a b"),
        ('scp -f "nvram:/it\'s"', False, "nvram:/it's"),
        ("scp -t flash:/a b", True, "flash:/a b"),
    ],
)
def test_a_copy_is_recognised(command: str, to_router: bool, path: str) -> None:
    request = ScpRequest.parse(command)
    assert request == ScpRequest(to_router=to_router, into_directory=False, path=path)


@pytest.mark.parametrize(
    "command",
    ["scp", "scp flash:/x", "scp -t", "scp -t -f x", "scp -z -t x", "show scp -t x", "scp -t 'x"],
)
def test_other_commands_are_no_copies(command: str) -> None:
    assert ScpRequest.parse(command) is None


@pytest.mark.parametrize(
    ("path", "stored"),
    [
        ("bootflash:/merge_config.txt", "bootflash:/merge_config.txt"),
        ("flash:", "flash:local-4711"),
        ("flash:/dir/", "flash:/dir/local-4711"),
        (".", "local-4711"),
    ],
)
def test_a_file_goes_where_the_command_says(path: str, stored: str) -> None:
    files = SmallFiles()
    said, statuses = _ran(files, f"scp -t {path}", [b"C0644 5 local-4711\n", b"hello\0"])
    assert files.files == {stored: b"hello"}
    assert (said, statuses) == (b"\0\0\0", [0])


def test_a_directory_asked_for_gets_the_name_of_the_file() -> None:
    files = SmallFiles()
    _ran(files, "scp -d -t flash:/dir", [b"C0644 0 empty\n\0"])
    assert files.files == {"flash:/dir/empty": b""}


@given(st.data())
@settings(max_examples=50)
def test_a_copy_does_not_depend_on_how_its_bytes_are_split(data: st.DataObject) -> None:
    stream = b"T1 0 2 0\nC0644 300 one\n" + b"\n\0\x01" * 100 + b"\0C0600 4 two\nabcd\0E\n"
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    pieces = [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    files = SmallFiles()
    said, statuses = _ran(files, "scp -p -t flash:", pieces)
    assert files.files == {"flash:one": b"\n\0\x01" * 100, "flash:two": b"abcd"}
    assert (said, statuses) == (b"\0" * 7, [0])


def test_a_file_that_is_too_large_is_refused_before_it_is_sent() -> None:
    files = SmallFiles()
    files.space = 99
    said, statuses = _ran(
        files, "scp -t flash:x", [b"C0644 100 x\n", b"C0644 99 x\n", b"a" * 99, b"\0"]
    )
    assert said == b"\0\x01Not enough space on device\n\0\0"
    assert files.files == {"flash:x": b"a" * 99}
    assert statuses == [1]


@pytest.mark.parametrize(
    "line",
    [
        b"C0644 12x name\n",
        b"C0644\n",
        b"C0644 -1 name\n",
        b"C0644 " + b"9" * 30 + b" name\n",
        b"C0644 5 ../name\n",
        b"C0644 5 ..\n",
        b"D0755 0 folder\n",
        b"what\n",
        b"A" * 5000,
    ],
)
def test_a_line_that_is_no_file_is_refused_with_an_error(line: bytes) -> None:
    files = SmallFiles()
    said, statuses = _ran(files, "scp -t flash:", [line])
    assert said.startswith(b"\0\x01")
    assert said.endswith(b"\n")
    assert statuses == [1]
    assert not files.files


def test_a_file_that_the_client_could_not_read_is_not_stored() -> None:
    files = SmallFiles()
    said, statuses = _ran(files, "scp -t flash:x", [b"C0644 3 x\nabc", b"\x01read error\n"])
    assert (said, statuses) == (b"\0\0\x01not complete\n", [1])
    assert not files.files


def test_a_client_that_leaves_inside_a_file_stores_nothing() -> None:
    files = SmallFiles()
    assert _ran(files, "scp -t flash:x", [b"C0644 3 x\nab"])[1] == [1]
    assert not files.files


def test_a_router_may_refuse_all_copies() -> None:
    files = SmallFiles()
    files.refused = "Privilege denied."
    for command in ("scp -t flash:x", "scp -f flash:x"):
        assert _ran(files, command, [b"\0"]) == (b"\x01Privilege denied.\n", [1])


def test_an_error_of_the_file_system_reaches_the_client() -> None:
    files = SmallFiles()
    said, statuses = _ran(files, "scp -t read-only:x", [b"C0644 1 x\na\0"])
    assert said == b"\0\0\x01%Error opening read-only:x (Read-only file system)\n"
    assert statuses == [1]


def test_a_place_that_cannot_be_is_an_error_before_the_file_is_sent() -> None:
    said, statuses = _ran(SmallFiles(), "scp -t missing/x", [b"C0644 1 x\n"])
    assert said == b"\0\x01%Error opening missing/x (No such file or directory)\n"
    assert statuses == [1]


def test_a_large_file_is_written_as_fast_as_the_client_takes_it() -> None:
    files = SmallFiles()
    files.files = {"a": DATA}
    said, statuses = bytearray(), list[int]()
    request = ScpRequest.parse("scp -f a")
    assert request

    def write(data: bytes) -> None:
        said.extend(data)
        transfer.pause()

    transfer = Transfer(request, files, SmallLogin("admin"), write, statuses.append)
    transfer.start()
    transfer.feed(b"\0")
    said.clear()
    transfer.resume()
    transfer.feed(b"\0\0")
    taken = [len(said)]
    while not statuses:
        transfer.resume()
        taken.append(len(said))
    assert said == DATA + b"\0"
    assert statuses == [0]
    assert max(after - before for before, after in pairwise(taken)) == PIECE


def test_a_client_that_leaves_inside_a_download_ends_it() -> None:
    files = SmallFiles()
    files.files = {"a": DATA}
    said = bytearray()
    request = ScpRequest.parse("scp -f a")
    assert request
    transfer = Transfer(request, files, SmallLogin("admin"), said.extend, lambda _: None)
    transfer.start()
    transfer.feed(b"\0")
    transfer.pause()
    transfer.feed(b"\0")
    transfer.hangup()
    said.clear()
    transfer.resume()
    assert said == b""


def test_a_file_is_fetched_under_its_own_name() -> None:
    files = SmallFiles()
    files.files = {"flash:/dir/a": b"one"}
    said, statuses = _ran(files, "scp -f flash:/dir/a", [b"\0", b"\0", b"\0"], ends=False)
    assert (said, statuses) == (b"C0644 3 a\none\0", [0])


@pytest.mark.parametrize("path", ["flash:a", "nvram:startup-config", "running-config"])
def test_a_file_is_announced_by_the_name_that_clients_look_for(path: str) -> None:
    files = SmallFiles()
    files.files = {path: b"one"}
    said, _ = _ran(files, f"scp -f {path}", [b"\0", b"\0", b"\0"], ends=False)
    # OpenSSH compares with what follows the last slash of the path
    assert said.startswith(b"C0644 3 %s\n" % path.encode())


def test_where_no_file_can_be_it_matters_not_how_large_it_is() -> None:
    files = SmallFiles()
    files.space = 0
    said, _ = _ran(files, "scp -t missing/x", [b"C0644 1 x\n"])
    assert b"No such file or directory" in said


def test_a_missing_file_is_an_error_line() -> None:
    said, statuses = _ran(SmallFiles(), "scp -f flash:a", [b"\0"], ends=False)
    assert said == b"\x01%Error opening flash:a (No such file or directory)\n"
    assert statuses == [1]


@pytest.mark.parametrize("answers", [[b"\0", b"\x01no\n"], [b"\0", b"\0", b"\x01full\n"]])
def test_a_client_may_decline_a_file(answers: list[bytes]) -> None:
    files = SmallFiles()
    files.files = {"a": b"one"}
    assert _ran(files, "scp -f a", answers, ends=False)[1] == [1]


def test_a_client_of_the_network_puts_and_gets(tmp_path: Path) -> None:
    (tmp_path / "there").write_bytes(DATA)

    async def talk() -> bytes:
        router = SmallRouter()
        async with served(router) as port:
            async with client(port) as connection:
                await asyncssh.scp(tmp_path / "there", (connection, "flash:/image"))
            async with client(port) as connection:
                await asyncssh.scp((connection, "flash:/image"), tmp_path / "back")
        return router.scp.files["flash:/image"]

    assert run(talk) == DATA
    assert (tmp_path / "back").read_bytes() == DATA


def test_a_client_of_the_network_is_told_the_error(tmp_path: Path) -> None:
    (tmp_path / "there").write_bytes(DATA)

    async def talk(space: int, source: Any, target: Any) -> str:
        router = SmallRouter()
        router.scp.space = space
        async with served(router) as port, client(port) as connection:
            places = [
                (connection, place) if isinstance(place, str) else place
                for place in (source, target)
            ]
            with pytest.raises(asyncssh.SFTPError) as caught:
                await asyncssh.scp(*places)
            return str(caught.value)

    assert "Not enough space" in run(lambda: talk(10, tmp_path / "there", "flash:x"))
    assert "No such file" in run(lambda: talk(10, "flash:x", tmp_path / "back"))


def test_a_copy_that_is_cut_off_ends_its_connection() -> None:
    async def talk() -> dict[str, bytes]:
        router = SmallRouter()
        async with served(router) as port:
            async with client(port) as connection:
                process = await connection.create_process("scp -t flash:x", encoding=None)
                process.stdin.write(b"C0644 1000 x\nonly this")
                await settled(connection)
                process.stdin.write_eof()
                await process.wait()
                await connection.wait_closed()
                assert process.exit_status == 1
            return router.scp.files

    assert run(talk) == {}
