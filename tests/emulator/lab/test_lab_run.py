"""Labs that run: their ports, their devices, what becomes of a startup configuration."""

import gc
import os
import socket
from pathlib import Path

import asyncssh
import pytest

from getvpn.emulator import DeviceFile, Lab, LabFile
from getvpn.emulator.clock import RunningClock
from getvpn.emulator.lab import Credentials, HostKeys, ImageFile, RefusedLine
from getvpn.emulator.lab.making import _refused
from getvpn.emulator.shell.loading import Rejected
from getvpn.emulator.testing import console
from getvpn.errors import InputError

from .visitors import connect, run, visiting

ED25519 = HostKeys(kind="ed25519", bits=256)
TWO = "host_keys: {type: ed25519}\nseed: 5\ndevices: {KS1: , KS2: {platform: c8000v}}\n"


@pytest.mark.parametrize("kind", ["text", "path", "data", "file"])
def test_a_lab_is_made_of_a_text_a_path_data_or_a_file(kind: str, tmp_path: Path) -> None:
    (tmp_path / "lab.yml").write_text(TWO)
    data = {
        "host_keys": {"type": "ed25519"},
        "seed": 5,
        "devices": {"KS1": None, "KS2": {"platform": "c8000v"}},
    }
    file = LabFile(
        devices=(DeviceFile(name="KS1"), DeviceFile(name="KS2", platform="c8000v")),
        host_keys=ED25519,
        seed=5,
    )
    source = {"text": TWO, "path": tmp_path / "lab.yml", "data": data, "file": file}[kind]

    async def talk() -> list[str]:
        async with Lab(source) as lab:  # type: ignore[arg-type]  # each of them is one
            said = []
            for host in lab.hosts():
                async with visiting(host) as visit:
                    said.append(await visit.ask("show version | include uptime"))
            return said

    one, two = run(talk)
    assert "KS1 uptime is" in one
    assert "KS2 uptime is" in two


def test_a_device_boots_when_it_is_first_asked_for() -> None:
    async def talk() -> tuple[bool, bool]:
        async with Lab.of(TWO) as lab:
            async with visiting(lab.host("KS1")):
                pass
            return "KS1" in lab._routers, "KS2" in lab._routers

    assert run(talk) == (True, False)


def test_each_device_has_a_host_key_of_its_own_that_stays_with_the_seed() -> None:
    async def keys(seed: int) -> list[bytes]:
        file = LabFile(
            devices=(DeviceFile(name="KS1"), DeviceFile(name="KS2")), host_keys=ED25519, seed=seed
        )
        found = []
        async with Lab(file) as lab:
            for host in lab.hosts():
                known = asyncssh.import_known_hosts(lab.known_hosts(host.name))
                async with connect(host, known_hosts=known) as connection:
                    key = connection.get_server_host_key()
                    assert key is not None
                    found.append(key.public_data)
        return found

    one, again, other = (run(lambda seed=seed: keys(seed)) for seed in (1, 1, 2))
    assert one == again
    assert len({*one, *other}) == 4


def test_a_known_hosts_line_names_the_port_only_if_it_is_not_the_usual_one() -> None:
    lab = Lab(
        LabFile(
            devices=(DeviceFile(name="A", port=22), DeviceFile(name="B", port=2222)),
            host_keys=ED25519,
        )
    )

    assert lab.known_hosts("A").startswith("127.0.0.1 ssh-ed25519 AAAA")
    assert lab.known_hosts("B").startswith("[127.0.0.1]:2222 ssh-ed25519 AAAA")


def test_a_device_without_a_host_key_refuses_everybody() -> None:
    async def talk() -> str:
        file = LabFile(devices=(DeviceFile(name="KS1", host_key=False),), host_keys=ED25519)
        async with Lab(file) as lab:
            assert lab.known_hosts("KS1") == ""
            with pytest.raises(ConnectionRefusedError):
                await connect(lab.host("KS1"))
            return lab["KS1"].hostname

    assert run(talk) == "KS1"


def test_a_device_without_a_host_key_lets_in_when_it_has_made_one() -> None:
    async def talk() -> str:
        file = LabFile(devices=(DeviceFile(name="KS1", host_key=False),), seed=1)
        async with Lab(file) as lab:
            terminal = console(lab["KS1"])
            terminal.configure("ip domain name example.net\ncrypto key generate rsa modulus 1024\n")
            async with visiting(lab.host("KS1")) as visit:
                said: str = await visit.ask("show ip ssh | include Enabled")
                return said

    assert "SSH Enabled" in run(talk)


def test_a_port_that_is_taken_is_named_and_nothing_stays_open() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        file = LabFile(
            devices=(DeviceFile(name="A"), DeviceFile(name="B", port=port)), host_keys=ED25519
        )
        gc.collect()
        before = _open_files()

        async def talk() -> None:
            async with Lab(file):
                raise AssertionError

        with pytest.raises(InputError) as caught:
            run(talk)

        gc.collect()
        assert str(caught.value) == (
            f"B: cannot listen on 127.0.0.1 port {port}: Address already in use; "
            "another program, perhaps another lab, has this port"
        )
        # what others in this process leave may be closed meanwhile
        assert _open_files() <= before


def _open_files() -> set[int]:
    """The descriptors of this process, without the one that the list of them takes."""
    folder = Path("/dev/fd")
    listed = os.listdir(folder) if folder.exists() else []  # noqa: PTH208 - no Path of each
    return {int(number) for number in listed if _is_open(int(number))}


def _is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True


def test_a_lab_that_was_stopped_can_be_started_again() -> None:
    lab = Lab.of(TWO)

    async def talk() -> str:
        async with lab, visiting(lab.host("KS1")) as visit:
            said: str = await visit.ask("show startup-config")
            return said

    assert "hostname KS1" in run(talk)
    assert "hostname KS1" in run(talk)


def test_devices_that_were_used_before_the_start_follow_the_clock_of_the_lab() -> None:
    lab = Lab.of(TWO)
    early = lab["KS1"]

    async def talk() -> bool:
        async with lab:
            return lab["KS1"] is not early and isinstance(lab["KS1"].clock, RunningClock)

    assert run(talk)


def test_a_configuration_without_users_gets_the_user_of_the_lab() -> None:
    who = Credentials(username="netops", password="right", secret="deep", privilege=1)  # noqa: S106
    lab = Lab(LabFile(devices=(DeviceFile(name="KS1"),), credentials=who, host_keys=ED25519))

    async def talk() -> str:
        async with lab, visiting(lab.host("KS1"), prompt="KS1>") as visit:
            await visit.ask("enable", "Password: ")
            said: str = await visit.ask("deep", "KS1#")
            return said

    assert run(talk).endswith("KS1#")


def test_a_configuration_with_users_gets_nobody_else() -> None:
    startup = "username own privilege 15 secret mine\nline vty 0 4\n login local\n"
    lab = Lab(
        LabFile(
            devices=(
                DeviceFile(
                    name="KS1",
                    startup=startup,
                    credentials=Credentials(username="own", password="mine"),  # noqa: S106
                ),
            ),
            host_keys=ED25519,
        )
    )

    async def talk() -> str:
        async with lab:
            with pytest.raises(asyncssh.PermissionDenied):
                await connect(lab.host("KS1"), username="admin", password="admin")  # noqa: S106
            async with visiting(lab.host("KS1")) as visit:
                said: str = await visit.ask("show running-config | include ^username")
                return said

    users = [line for line in run(talk).splitlines() if line.startswith("username ")]
    assert [line.split()[1] for line in users] == ["own"]


def test_the_lines_of_the_device_have_the_last_word() -> None:
    startup = "hostname Router-A\nline vty 0 15\n transport input none\n"
    lab = Lab(LabFile(devices=(DeviceFile(name="KS1", startup=startup),)))

    assert lab["KS1"].hostname == "Router-A"
    assert not lab["KS1"].ssh.enabled
    assert lab.refused("KS1") == ()


def test_a_configuration_with_mistakes_boots_and_tells_which_lines_it_refused() -> None:
    text = """\
devices:
  KS1:
    startup: |
      hostname KS1
      wormhole open
      interface GigabitEthernet0/0/0
       ip address 10.0.0.1 255.255.0.255
       username x password 7 notahash
      end
  KS2: {startup: wormhole open}
"""
    lab = Lab.of(text)

    first, *others = lab.refused("KS1")
    assert first == RefusedLine(
        device="KS1",
        source="lab",
        lineno=5,
        line="wormhole open",
        said="",
    )
    assert [line.lineno for line in others] == [7, 8]
    assert [(line.source, line.lineno) for line in lab.refused("KS2")] == [("lab", 0)]


def test_a_refused_line_is_told_without_the_secret_in_it() -> None:
    rejected = Rejected(
        lineno=3,
        line="username x password 7 notahash",
        kept="username x password 7 *****",
        text="",
        said="Invalid encrypted password: notahash",
    )
    told = _refused(DeviceFile(name="KS1", startup_source="a.cfg", startup_line=1), rejected, 2)

    assert (told.lineno, told.line) == (1, "username x password 7 *****")
    assert told.said == "Invalid encrypted password: *****"


def test_images_lie_in_flash_from_the_beginning_and_can_be_booted() -> None:
    new = ImageFile(file="c8000v-universalk9.17.12.04.SPA.bin", version="17.12.4")
    startup = f"boot system flash bootflash:{new.file}\n"
    plain = DeviceFile(name="A", platform="c8000v", images=(new,))
    booted = DeviceFile(name="B", platform="c8000v", images=(new,), startup=startup)
    lab = Lab(LabFile(devices=(plain, booted)))

    assert [lab[name].software.version for name in "AB"] == ["17.9.4a", "17.12.4"]
    files = [node.name for _, node in lab["A"].files.matching("bootflash:*.bin")]
    assert files == ["c8000v-universalk9.17.09.04a.SPA.bin", new.file]


@pytest.mark.parametrize("version", ["x.y", "17", "9" * 20 + ".1", "17." + "9" * 20])
def test_an_image_whose_header_tells_no_version_does_not_boot(version: str) -> None:
    evil = ImageFile(file="evil.bin", version=version)
    startup = "boot system flash bootflash:evil.bin\n"
    device = DeviceFile(name="A", platform="c8000v", images=(evil,), startup=startup)

    assert Lab(LabFile(devices=(device,)))["A"].software.version == "17.9.4a"


def test_servers_show_the_folder_that_the_lab_names(tmp_path: Path) -> None:
    (tmp_path / "hello.txt").write_text("hello\n")
    file = LabFile(devices=(DeviceFile(name="KS1"),), files=tmp_path, host_keys=ED25519)

    async def talk() -> str:
        async with Lab(file) as lab, visiting(lab.host("KS1")) as visit:
            await visit.ask("copy tftp://192.0.2.1/hello.txt bootflash:", "]? ")
            await visit.ask("")
            said: str = await visit.ask("more bootflash:hello.txt")
            return said

    assert "\r\nhello\r\n" in run(talk)


def test_a_jump_of_the_clock_lets_happen_what_is_due() -> None:
    lab = Lab(
        LabFile(
            devices=(DeviceFile(name="KS1", startup="line vty 0 15\n exec-timeout 5 0\n"),),
            host_keys=ED25519,
        )
    )

    async def talk() -> str:
        async with lab, visiting(lab.host("KS1")) as visit:
            lab.advance(301)
            said: str = await visit.rest()
            return said

    assert "KS1#" not in run(talk)
