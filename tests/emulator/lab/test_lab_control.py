"""Steering a lab over its socket, and finding the labs that run."""

import asyncio
import json
import socket
import stat
from pathlib import Path
from typing import Any

import pytest

from getvpn.emulator.lab import Lab
from getvpn.emulator.lab.asking import ask
from getvpn.emulator.lab.control import Control
from getvpn.emulator.lab.places import answers, folder, running, socket_path, the_lab
from getvpn.errors import DeviceError, InputError, UsageError

from .visitors import run

LAB = "host_keys: {type: ed25519}\ndevices: {KS1: , KS2: }\n"


@pytest.fixture(autouse=True)
def place(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the sockets; with a short name, as a socket needs."""
    base = tmp_path_factory.mktemp("l")
    monkeypatch.setenv("GETVPN_LAB_DIR", str(base))
    return base / "getvpn-labs"


def talk(*requests: Any) -> list[dict[str, Any]]:
    """What a lab answers to requests."""

    async def answered() -> list[dict[str, Any]]:
        async with Lab.of(LAB) as lab:
            control = Control(lab)
            return [control.answer(json.dumps(request).encode()) for request in requests]

    return run(answered)


def test_a_fault_is_set_listed_and_cleared() -> None:
    said = talk(
        {"do": "fault", "device": "KS1", "fault": "drop-after 3"},
        {"do": "fault", "device": "KS1", "fault": "hang"},
        {"do": "faults", "device": "KS1"},
        {"do": "clear", "device": "KS1", "fault": "hang"},
        {"do": "faults", "device": "KS1"},
        {"do": "clear", "device": "KS1"},
        {"do": "faults", "device": "KS1"},
        {"do": "faults", "device": "KS2"},
    )

    assert [answer["result"] for answer in said if answer["result"] is not None] == [
        ["drop-after 3", "hang"],
        ["drop-after 3"],
        [],
        [],
    ]


def test_the_clock_jumps() -> None:
    first, second = talk({"do": "advance", "seconds": 0}, {"do": "advance", "seconds": 3600})

    assert 3600 <= second["result"] - first["result"] < 2 * 3600


@pytest.mark.parametrize(
    "request_",
    [
        None,
        [],
        {},
        {"do": "explode"},
        {"do": ["hosts"]},
        {"do": {}},
        {"do": "fault"},
        {"do": "fault", "device": ["KS1"]},
        {"do": "fault", "device": "KS9", "fault": "hang"},
        {"do": "fault", "device": "KS1", "fault": "explode"},
        {"do": "clear", "device": "KS1", "fault": "explode"},
        {"do": "clear", "device": "KS1", "fault": []},
        {"do": "advance"},
        {"do": "advance", "seconds": -1},
        {"do": "advance", "seconds": True},
        {"do": "advance", "seconds": float("nan")},
        {"do": "advance", "seconds": 1e300},
        {"do": "pace"},
        {"do": "pace", "rate": 0},
        {"do": "pace", "rate": True},
        {"do": "pace", "rate": float("nan")},
    ],
)
def test_a_request_that_makes_no_sense_is_answered_with_an_error(request_: object) -> None:
    (answer,) = talk(request_)

    assert answer["ok"] is False
    assert answer["error"]


@pytest.mark.parametrize("line", [b"", b"\xff", b"{", b"[" * 5000])
def test_what_is_no_json_is_answered_with_an_error(line: bytes) -> None:
    assert Control(Lab.of(LAB)).answer(line)["ok"] is False


def test_a_lab_is_found_by_its_name_and_asked_from_outside() -> None:
    async def served() -> tuple[list[str], list[str], str]:
        async with Lab.of(LAB) as lab:
            control = Control(lab)
            path = socket_path("site")
            await control.listen(path)
            hosts = await asyncio.to_thread(ask, path, {"do": "hosts"})
            known = await asyncio.to_thread(ask, path, {"do": "known-hosts", "device": "KS2"})
            text = Path(known).read_text()
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
            assert stat.S_IMODE(Path(known).stat().st_mode) == 0o600
            names = await asyncio.to_thread(running)
            await control.close()
            return names, [host["name"] for host in hosts], text

    names, hosts, known = run(served)
    assert (names, hosts) == (["site"], ["KS1", "KS2"])
    assert known.count("ssh-ed25519") == 1
    assert list(folder().iterdir()) == []


def test_whoever_ends_a_lab_can_wait_until_it_is_over() -> None:
    async def served() -> bool:
        async with Lab.of(LAB) as lab:
            control = Control(lab)
            await control.listen(socket_path("site"))
            waiting = asyncio.create_task(
                asyncio.to_thread(ask, socket_path("site"), {"do": "down"}, to_the_end=True)
            )
            await control.stopped.wait()
            was_waiting = not waiting.done()
            await control.close()
            await waiting
            return was_waiting and not socket_path("site").exists()

    assert run(served)


def test_two_labs_of_one_name_do_not_run_at_once() -> None:
    async def served() -> None:
        async with Lab.of(LAB) as lab, Lab.of(LAB) as other:
            first, second = Control(lab), Control(other)
            await first.listen(socket_path("site"))
            with pytest.raises(InputError, match=r"a lab named 'site' runs already; name this one"):
                await second.listen(socket_path("site"))
            assert await asyncio.to_thread(running) == ["site"]
            await first.close()
            await second.close()

    run(served)


def test_a_socket_that_a_dead_lab_left_is_no_lab_and_is_taken_away() -> None:
    path = socket_path("dead")
    with socket.socket(socket.AF_UNIX) as sock:
        sock.bind(str(path))
    path.with_suffix(".known_hosts").write_text("x")
    assert path.exists()
    assert not answers(path)

    with pytest.raises(DeviceError, match=r"no lab named 'dead' runs; start it: "):
        the_lab("dead")
    assert list(folder().iterdir()) == []


def test_a_name_can_be_taken_over_from_a_dead_lab() -> None:
    path = socket_path("dead")
    with socket.socket(socket.AF_UNIX) as sock:
        sock.bind(str(path))

    async def served() -> list[str]:
        async with Lab.of(LAB) as lab:
            control = Control(lab)
            await control.listen(path)
            names = await asyncio.to_thread(running)
            await control.close()
            return names

    assert run(served) == ["dead"]


def test_without_a_lab_there_is_nothing_to_ask() -> None:
    with pytest.raises(DeviceError, match=r"^no lab runs; start one: getvpn lab up FILE$"):
        the_lab(None)
    with pytest.raises(DeviceError, match="the lab does not answer"):
        ask(socket_path("none"), {"do": "hosts"})


@pytest.mark.parametrize("name", ["", "../../etc/x", "a b", "-x", ".x", "x" * 64, "é", "a\n"])
def test_what_is_no_name_is_no_path_either(name: str) -> None:
    with pytest.raises(UsageError, match="cannot be the name of a lab"):
        socket_path(name)


def test_a_folder_with_a_long_name_holds_no_socket(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GETVPN_LAB_DIR", str(tmp_path / ("x" * 120)))
    with pytest.raises(InputError, match="the path is too long for a socket; name a shorter "):
        socket_path("site")


def test_a_folder_that_others_can_enter_is_refused(place: Path) -> None:
    assert stat.S_IMODE(folder().stat().st_mode) == 0o700
    place.chmod(0o755)
    with pytest.raises(InputError, match="the folder of running labs is open to others"):
        running()


def test_the_folder_is_not_one_that_somebody_else_put_there(place: Path) -> None:
    other = place.parent / "other"
    other.mkdir(mode=0o700)
    place.symlink_to(other)
    with pytest.raises(InputError, match="open to others"):
        folder()


def test_a_place_where_nothing_can_be_made_is_an_error_of_the_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("GETVPN_LAB_DIR", str(tmp_path / "file"))
    with pytest.raises(NotADirectoryError):
        folder()
