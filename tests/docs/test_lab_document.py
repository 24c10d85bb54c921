"""What docs/lab.md tells to type is typed, and what it says of keys is complete."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from getvpn.cli.lab import ACTIONS
from getvpn.emulator import DeviceSettings
from getvpn.emulator.faults import FaultKind
from getvpn.emulator.gdoi.parameters import Parameters
from getvpn.emulator.lab import Lab, load_file
from getvpn.emulator.lab.control import Control
from getvpn.emulator.lab.reading import DEVICE_KEYS, KEYS
from getvpn.emulator.lab.reading_world import STATIONS_NEED, STATIONS_TAKE, WAN_KEYS
from getvpn.emulator.platforms import PLATFORMS

from ..labs import LabCommand, LabProcess, lab_command, stand_still
from .blocks import alike, code_blocks
from .script import Script

pytestmark = pytest.mark.xdist_group("lab document")

PAGE = Path(__file__).resolve().parents[2] / "docs" / "lab.md"
BLOCKS = code_blocks(PAGE)
PORT_LINE = "port: 2201\n"
TIMEOUT_S = 600
NC = """\
import socket, sys
with socket.socket(socket.AF_UNIX) as there:
    there.connect(sys.argv[1])
    there.sendall(sys.stdin.buffer.read())
    print(there.makefile().readline())
"""


def named(name: str) -> str:
    """The text of the block with this name."""
    (found,) = [block.text for block in BLOCKS if block.name == name]
    return found


@dataclass(slots=True, kw_only=True)
class Reader:
    """Somebody who follows the document in a folder; the ports are those that are free."""

    command: LabCommand
    lab: LabProcess = field(init=False)

    def begins(self) -> None:
        """Start the lab, and write what the document shows, with the ports that it has here."""
        self.lab = self.command.up("lab.yml", "--inventory", "hosts.yml")
        for block in BLOCKS:
            if block.name.endswith((".py", ".yml")) and block.name != "lab.yml":
                (self.command.folder / block.name).write_text(self.here(block.text))

    def here(self, text: str) -> str:
        """A text with the ports that the devices have here."""
        for port, device in (("2201", "KS1"), ("2202", "GM1")):
            text = text.replace(port, str(self.lab.ports()[device]))
        return text

    def types(self, words: list[str]) -> str:
        """Type a command of getvpn; what it prints."""
        assert words[:2] == ["getvpn", "lab"]
        call = self.command.ssh if words[2] == "ssh" else self.command.run
        done = call(*(words[3:] if words[2] == "ssh" else words[2:]))
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    def runs(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run Python in the folder."""
        return subprocess.run(
            [sys.executable, "-W", "ignore", *arguments],
            cwd=self.command.folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=TIMEOUT_S,
        )


@pytest.fixture(scope="module")
def beginner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """A reader who has started the lab."""
    folder = tmp_path_factory.mktemp("reader")
    command = lab_command(folder, tmp_path_factory.mktemp("s"))
    command.processes = True
    assert PORT_LINE in named("lab.yml")
    (folder / "lab.yml").write_text(named("lab.yml").replace(PORT_LINE, ""))
    try:
        made = Reader(command=command)
        made.begins()
        yield made
    finally:
        command.end()


@pytest.fixture
def reader(beginner: Reader) -> Reader:
    """A reader whose lab is up."""
    if beginner.lab.process.poll() is not None:
        beginner.begins()
    return beginner


def test_the_lab_starts_as_it_is_shown(reader: Reader) -> None:
    _, _, shown = named("up").partition("\n")
    notes = reader.lab.notes.splitlines()
    said = [notes[0], *reader.lab.table, *notes[1:]]

    assert alike(reader.here(shown)) == alike("\n".join(map(str.strip, said)))


@pytest.mark.parametrize("name", ["with_netmiko.py", "with_napalm.py", "with_scrapli.py"])
def test_the_example_of_a_client_reaches_its_router(reader: Reader, name: str) -> None:
    done = reader.runs(name)

    assert done.returncode == 0, done.stderr
    expected = {
        "with_netmiko.py": "10.7.7.7",
        "with_napalm.py": "description by NAPALM",
        "with_scrapli.py": " UTC ",
    }
    assert expected[name] in done.stdout


@pytest.mark.executes("docs/lab.md", "Ansible")
def test_the_example_of_ansible_reaches_its_router(
    reader: Reader, root: Path, script: Script
) -> None:
    programs = root / ".venv-clients" / "bin"
    if not programs.exists():
        absent = pytest.fail if os.environ.get("CI") else pytest.skip
        absent("no .venv-clients; `make test` makes it")
    (command,) = script
    words = command.words
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")}
    sockets = reader.command.environment["GETVPN_LAB_DIR"]
    done = subprocess.run(
        [programs / words[0], *words[1:]],
        cwd=reader.command.folder,
        env=kept
        | {
            "ANSIBLE_HOME": str(reader.command.folder / "ansible"),
            "ANSIBLE_PERSISTENT_CONTROL_PATH_DIR": sockets,
            "ANSIBLE_DEPRECATION_WARNINGS": "False",
            "ANSIBLE_TIMEOUT": "300",
            "ANSIBLE_PERSISTENT_CONNECT_RETRY_TIMEOUT": "300",
            "ANSIBLE_PERSISTENT_CONNECT_TIMEOUT": "600",
            "LC_ALL": "C.UTF-8",
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT_S,
    )

    script.ran(command)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " UTC " in done.stdout


@pytest.mark.parametrize(
    ("name", "printed"), [("in_python.py", "GM1 uptime is "), ("in_background.py", "KS1-NEW")]
)
def test_the_example_in_python_runs(reader: Reader, name: str, printed: str) -> None:
    done = reader.runs(name)

    assert (done.returncode, printed in done.stdout) == (0, True), done.stderr


def test_the_examples_of_tests_pass(reader: Reader) -> None:
    files = ("test_backup.py", "test_takeover.py")
    done = reader.runs("-m", "pytest", "-q", "-p", "no:cacheprovider", *files)

    assert "3 passed" in done.stdout, done.stdout


def test_the_example_without_a_server_says_what_happens(reader: Reader) -> None:
    done = reader.runs("in_simulation.py")

    assert (done.returncode, done.stderr) == (0, "")
    *members, why, digest = done.stdout.splitlines()
    assert "\n".join(members).count("198.51.100.") == 3
    assert why == "larger than the path allows, and not to be fragmented"
    assert re.fullmatch(r"[0-9a-f]{64}", digest)


def test_the_example_with_images_is_a_lab_file(reader: Reader) -> None:
    (device,) = load_file(reader.command.folder / "images.yml").devices

    assert [image.version for image in device.images] == ["17.9.4a"]


def test_the_examples_of_networks_and_stations_are_lab_files(reader: Reader) -> None:
    network = load_file(reader.command.folder / "network.yml")
    stations = load_file(reader.command.folder / "stations.yml")

    assert [pair.line.mtu for pair in network.pairs] == [4470]
    assert network.devices[2].line.loss == 0.01
    assert stations.parameters.missed_rekeys == 2
    assert [each.count for each in stations.stations] == [4000]


@pytest.mark.executes("docs/lab.md", "A lab in two minutes", "OpenSSH")
def test_what_is_typed_prints_what_is_shown(reader: Reader, script: Script) -> None:
    """The last of it ends the lab, so this stands behind the other tests, which start it anew."""
    (up,) = script.of("up")
    assert up.text == "getvpn lab up lab.yml --inventory hosts.yml"
    script.ran(up)  # the fixture has
    # the lab ends in the first section
    for command in sorted(script.left, key=lambda each: each.section != "OpenSSH"):
        assert alike(reader.types(command.words)) == alike(reader.here(command.shown)), command
        script.ran(command)
    assert reader.lab.process.wait(timeout=TIMEOUT_S) == 0


# A group that lives


def masked(text: str) -> list[str]:
    """The lines of a text without what differs each time: numbers, SPIs, spaces."""
    return alike(re.sub(r"0x[0-9A-F]+", "SPI", text))


@pytest.mark.executes("docs/lab.md", "A group that lives", "Over the socket")
def test_the_group_does_what_is_shown(
    tmp_path_factory: pytest.TempPathFactory, script: Script
) -> None:
    labs = lab_command(tmp_path_factory.mktemp("group"), tmp_path_factory.mktemp("s"))
    try:
        generate, up = script.of("made")
        done = labs.run(*generate.words[2:])
        assert generate.shown.splitlines() == (done.stdout + done.stderr).splitlines()
        script.ran(generate)
        stand_still(labs.folder / "wan" / "lab.yml")
        labs.up(*up.words[3:])
        script.ran(up)
        for command in script.of("group"):
            _, _, action, *words = command.words
            call = labs.ssh(*words) if action == "ssh" else labs.run(action, *words)
            assert masked(call.stdout + call.stderr) == masked(command.shown), command
            script.ran(command)
        (asked,) = script.of("socket")
        (socket,) = Path(labs.environment["GETVPN_LAB_DIR"]).rglob("wan.sock")
        script.here |= {"nc": shlex.join([sys.executable, "-c", NC]), "socket": str(socket)}
        assert masked(script.run(asked).out)[0].startswith(masked(asked.shown.rstrip("…"))[0])
    finally:
        labs.end()


# What is said of keys


def first_cells(heading: str) -> list[str]:
    """The words in backquotes in the first column of the first table under a heading."""
    text = PAGE.read_text("utf-8").split(f"\n{heading}\n", 1)[1]
    rows = re.findall(r"^\| (`.*?`.*?) \|", re.split(r"\n#+ ", text)[0], re.MULTILINE)
    return [word for row in rows for word in re.findall(r"`([^`]+)`", row)]


def test_every_key_of_a_lab_file_is_explained() -> None:
    assert set(first_cells("## The lab file")) == {*KEYS, *DEVICE_KEYS}


def test_every_setting_is_explained_with_its_default() -> None:
    usual = DeviceSettings()
    text = PAGE.read_text("utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| .* \| ?(.*?) ?\|$", text, re.MULTILINE))

    assert first_cells("### Settings") == list(DeviceSettings.__slots__)
    for name in DeviceSettings.__slots__:
        value = getattr(usual, name)
        spelled = {None: "", True: "`true`", False: "`false`"}
        expected = (
            spelled[value]
            if value is None or isinstance(value, bool)
            else f"`{value}`"
            if isinstance(value, str)
            else f"{value:g}"
        )
        assert (name, rows[name]) == (name, expected)


def test_every_fault_is_explained() -> None:
    assert [words.split()[0] for words in first_cells("## Faults")] == list(FaultKind)


def test_every_action_is_explained() -> None:
    assert {words.split()[0] for words in first_cells("## Actions")} == set(ACTIONS)


def test_every_platform_is_named() -> None:
    assert [name for name in PLATFORMS if f"`{name}`" not in PAGE.read_text("utf-8")] == []


def test_the_keys_of_networks_and_stations_are_explained() -> None:
    assert first_cells("### The network") == [*WAN_KEYS, "pairs"]
    assert set(first_cells("### Stations")) == {*STATIONS_NEED, *STATIONS_TAKE}


def test_every_parameter_is_explained_with_its_default() -> None:
    page = PAGE.with_name("emulator.md").read_text("utf-8").split("\n### Parameters\n", 1)[1]
    rows = re.findall(r"^\| `(\w+)` \| (?:`(\S+)`)? ?\| \S.* \| \S.* \|$", page, re.MULTILINE)
    usual = Parameters()

    assert [name for name, _ in rows] == list(Parameters.__slots__)
    for name, told in rows:
        value = getattr(usual, name)
        spelled = str(value).lower() if isinstance(value, bool) else f"{value:g}" if value else ""
        assert (name, told) == (name, spelled)


def test_every_request_to_the_socket_is_explained() -> None:
    text = PAGE.read_text("utf-8").split("\n## Over the socket\n", 1)[1]
    cells = re.findall(r"^\| (`.*?) \|", re.split(r"\n## ", text)[0], re.MULTILINE)
    control = Control(Lab("devices: {R1: }"))
    hint = str(control.answer(b'{"do": ""}')["hint"])

    told = {word for cell in cells for word in re.findall(r"`([^`]+)`", cell)} - {"do"}
    assert told == set(hint.removeprefix("'do' is one of ").split(", "))
