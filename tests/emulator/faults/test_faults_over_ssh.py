"""Each fault as a client meets it, asked for in the lab file and at run time."""

import asyncio
import json
import time
from collections.abc import Callable
from contextlib import asynccontextmanager
from typing import Any

import asyncssh
import pytest

from getvpn.emulator import Lab
from getvpn.emulator.lab.control import Control

from ..lab.visitors import connect, eventually, run, visiting

Served = Callable[..., Any]
COMMAND = "show running-config"


@pytest.fixture(params=["in the lab file", "at run time"])
def served(request: pytest.FixtureRequest) -> Served:
    """Serve KS1 with a fault, which it has from the beginning or is given when it runs."""

    @asynccontextmanager
    async def lab(*faults: str, **settings: Any) -> Any:
        early = request.param == "in the lab file"
        device = {"faults": list(faults) if early else [], "settings": settings}
        keys = {"type": "ed25519"}
        async with Lab({"host_keys": keys, "seed": 1, "devices": {"KS1": device}}) as started:
            control = Control(started)

            def ask(do: str, **more: Any) -> Any:
                words = {"do": do, "device": "KS1", **more}
                answer = control.answer(json.dumps(words).encode())
                assert answer["ok"], answer
                return answer["result"]

            started.ask = ask
            for fault in () if early else faults:
                ask("fault", fault=fault)
            yield started

    return lab


def left(lab: Any) -> list[str]:
    """The faults that are still to come."""
    found: list[str] = lab.ask("faults")
    return found


async def answer(visit: Any, line: str) -> str:
    """What comes behind the echo of a line by the time that the router has taken it in.

    It answers a request that it does not know in its turn.
    """
    visit.process.stdin.write(f"{line}\r")
    await visit.process.channel.get_connection()._make_global_request(b"any")
    said: str = visit.process.collect_output()[0]
    return said.removeprefix(line)


def test_every_connection_is_refused_until_the_fault_is_cleared(served: Served) -> None:
    async def talk() -> str:
        async with served("refuse") as lab:
            for _ in range(2):
                with pytest.raises(ConnectionRefusedError):
                    await connect(lab.host("KS1"))
            lab.ask("clear", fault="refuse")
            async with visiting(lab.host("KS1")) as visit:
                said: str = await visit.ask("show clock")
                return said

    assert "UTC" in run(talk)


def test_two_connections_are_refused_and_the_third_is_not(served: Served) -> None:
    async def talk() -> list[str]:
        async with served("refuse 2") as lab:
            for _ in range(2):
                with pytest.raises((ConnectionError, asyncssh.ConnectionLost)):
                    await connect(lab.host("KS1"))
            async with visiting(lab.host("KS1")):
                return left(lab)

    assert run(talk) == []


def test_a_connection_is_lost_in_the_middle_of_the_third_command(served: Served) -> None:
    async def talk() -> tuple[str, str, str]:
        async with served("drop-after 3") as lab:
            async with visiting(lab.host("KS1")) as visit:
                assert "UTC" in await visit.ask("show clock")
                visit.process.stdin.write(f"{COMMAND}\r")
                cut = await visit.rest()
                assert visit.process.exit_status is None
            async with visiting(lab.host("KS1")) as visit:
                whole = await visit.ask(COMMAND)
                return cut, whole, await visit.ask("show users")

    cut, whole, users = run(talk)
    assert cut.startswith(f"{COMMAND}\r\nBuilding configuration...\r\n")
    assert 0.3 < len(cut) / len(whole) < 0.7
    assert "KS1#" not in cut
    assert users.count("vty") == 1


def test_a_command_without_a_terminal_is_cut_off_as_well(served: Served) -> None:
    async def talk() -> tuple[str, str]:
        async with served("drop-after 1") as lab:
            async with connect(lab.host("KS1")) as connection:
                cut = await connection.run(COMMAND)
                assert cut.exit_status is None
            async with connect(lab.host("KS1")) as connection:
                whole = await connection.run(COMMAND)
                return str(cut.stdout), str(whole.stdout)

    cut, whole = run(talk)
    assert whole.startswith(cut)
    assert 0.3 < len(cut) / len(whole) < 0.7


def test_a_router_that_hangs_accepts_and_says_nothing(served: Served) -> None:
    async def talk() -> str:
        async with served("hang") as lab:
            host = lab.host("KS1")
            reader, writer = await asyncio.open_connection(host.address, host.port)
            reading = asyncio.ensure_future(reader.read(1))
            await eventually(lambda: bool(lab._ports["KS1"]._mutes))
            assert not reading.done()
            writer.close()
            lab.ask("clear")
            async with visiting(host) as visit:
                assert "UTC" in await answer(visit, "show clock")
                lab.ask("fault", fault="hang")
                assert await answer(visit, "show clock") == ""
                lab.ask("clear")
                said: str = await visit.ask("show version | include uptime")
                return said

    assert "KS1 uptime is" in run(talk)


def test_a_session_stops_for_good_at_its_second_command(served: Served) -> None:
    async def talk() -> str:
        async with served("hang-after 2") as lab, visiting(lab.host("KS1")) as visit:
            assert await answer(visit, "configure terminal") == ""
            assert await answer(visit, "hostname CHANGED") == ""
            async with visiting(lab.host("KS1")) as other:
                said: str = await other.ask("show running-config | include ^hostname")
                return said

    assert "hostname KS1\r\n" in run(talk)


def test_bytes_come_as_slowly_as_asked(served: Served) -> None:
    async def talk() -> tuple[float, str, str]:
        async with served("slow 8000") as lab, visiting(lab.host("KS1")) as visit:
            begun = time.monotonic()
            slow = await visit.ask(COMMAND)
            taken = time.monotonic() - begun
            lab.ask("clear")
            return taken, slow, await visit.ask(COMMAND)

    taken, slow, fast = run(talk)
    assert slow == fast
    assert taken >= 0.8 * len(slow) / 8000


def test_output_is_garbled_and_keeps_its_length(served: Served) -> None:
    async def talk() -> tuple[str, str]:
        async with served("garble 10") as lab:
            async with connect(lab.host("KS1")) as connection:
                garbled = await connection.run(COMMAND, check=True)
            lab.ask("clear")
            async with connect(lab.host("KS1")) as connection:
                clear = await connection.run(COMMAND, check=True)
            return str(garbled.stdout), str(clear.stdout)

    garbled, clear = run(talk)
    assert len(garbled) == len(clear)
    changed = sum(one != other for one, other in zip(garbled, clear, strict=True)) / len(clear)
    assert 0.03 < changed < 0.2


@pytest.mark.parametrize(
    ("fault", "shown"), [("wrong-prompt", "Router#"), ("wrong-prompt R9(boot)>", "R9(boot)>")]
)
def test_the_wrong_prompt_comes_once(fault: str, shown: str, served: Served) -> None:
    async def talk() -> tuple[str, str]:
        async with (
            served(fault) as lab,
            visiting(lab.host("KS1"), prompt=shown, quiet=True) as visit,
        ):
            return visit.opening, await visit.ask("", "KS1#")

    first, second = run(talk)
    assert first.endswith(f"\r\n{shown}")
    assert second == "\r\nKS1#"


def test_right_passwords_fail_as_often_as_asked(served: Served) -> None:
    async def talk() -> list[str]:
        async with served("login-failure 2") as lab:
            for _ in range(2):
                with pytest.raises(asyncssh.PermissionDenied):
                    await connect(lab.host("KS1"), preferred_auth="password")
            async with visiting(lab.host("KS1")) as visit:
                assert left(lab) == []
                said: str = await visit.ask("show logging | include Failed")
                return said.splitlines()

    failures = [line for line in run(talk) if "SSH2_USERAUTH" in line]
    assert len(failures) == 2


def test_a_full_disk_takes_no_file(served: Served) -> None:
    async def talk() -> tuple[str, str, str]:
        async with served("disk-full") as lab, visiting(lab.host("KS1")) as visit:
            await visit.ask("copy running-config bootflash:saved.cfg", "]? ")
            failed = await visit.ask("")
            listed = await visit.ask("dir bootflash: | include saved|bytes free")
            lab.ask("clear")
            await visit.ask("copy running-config bootflash:saved.cfg", "]? ")
            return failed, listed, await visit.ask("")

    failed, listed, copied = run(talk)
    assert "%Error writing bootflash:/saved.cfg (Not enough space on device)" in failed
    assert "saved.cfg" not in listed
    assert "(0 bytes free)" in listed
    assert " bytes copied in " in copied


def test_a_full_disk_keeps_the_configuration_from_being_saved(served: Served) -> None:
    async def talk() -> tuple[str, str]:
        async with served("disk-full") as lab, visiting(lab.host("KS1")) as visit:
            return await visit.ask("write memory"), await visit.ask("show startup-config")

    saved, startup = run(talk)
    assert "[OK]" not in saved
    assert "hostname KS1" in startup


@pytest.mark.parametrize("command", ["write memory", "copy running-config startup-config"])
def test_a_router_crashes_at_a_write_and_comes_back_with_what_was_saved(
    command: str, served: Served
) -> None:
    async def talk() -> tuple[str, str, str]:
        async with served("crash-at-write", boot_s=1800) as lab:
            host = lab.host("KS1")
            async with visiting(host) as visit, visiting(host) as other:
                await visit.ask("configure terminal", ")#")
                await visit.ask("interface Loopback9", ")#")
                await visit.ask("end")
                if command.startswith("copy"):
                    await visit.ask(command, "]? ")
                    visit.process.stdin.write("\r")
                else:
                    visit.process.stdin.write(f"{command}\r")
                last = await visit.rest()
                await other.rest()
            with pytest.raises(ConnectionRefusedError):
                await connect(host)
            lab.advance(1801)
            await eventually(lambda: lab["KS1"].running)
            async with visiting(host) as visit:
                assert left(lab) == []
                saved = await visit.ask("write memory")
                return last, await visit.ask("show running-config"), saved

    last, running, saved = run(talk)
    assert "[OK]" not in last
    assert "Loopback9" not in running
    assert "[OK]" in saved


def test_a_router_that_is_asked_to_save_before_a_reload_crashes_then(served: Served) -> None:
    async def talk() -> str:
        async with served("crash-at-write", boot_s=1800) as lab:
            host = lab.host("KS1")
            async with visiting(host) as visit:
                await visit.ask("configure terminal", ")#")
                await visit.ask("interface Loopback9", ")#")
                await visit.ask("end")
                await visit.ask("reload", "[yes/no]: ")
                visit.process.stdin.write("yes\r")
                await visit.rest()
            lab.advance(1801)
            await eventually(lambda: lab["KS1"].running)
            async with visiting(host) as visit:
                said: str = await visit.ask("show running-config")
                return said

    assert "Loopback9" not in run(talk)


def test_a_router_does_not_return_from_its_next_reload(served: Served) -> None:
    async def talk() -> bool:
        async with served("reload-never-returns", boot_s=1) as lab:
            host = lab.host("KS1")
            async with visiting(host) as visit:
                await visit.ask("write memory")
                await visit.ask("reload", "[confirm]")
                visit.process.stdin.write("\r")
                await visit.rest()
            lab.advance(7 * 86400)
            for _ in range(5):
                await asyncio.sleep(0)
                with pytest.raises(ConnectionRefusedError):
                    await connect(host)
            return bool(lab["KS1"].running)

    assert not run(talk)


def test_a_fault_of_one_device_is_no_fault_of_another() -> None:
    async def talk() -> str:
        devices = {"KS1": {"faults": ["hang", "garble 100", "login-failure 9"]}, "KS2": None}
        data = {"host_keys": {"type": "ed25519"}, "devices": devices}
        async with Lab(data) as lab, visiting(lab.host("KS2")) as visit:
            said: str = await visit.ask("show version | include uptime")
            return said

    assert "KS2 uptime is" in run(talk)
