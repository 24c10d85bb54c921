"""What docs/collect.md tells to type is typed, and what it says in tables is so."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from nornir import InitNornir

from getvpn.cli.collect import command as verb
from getvpn.cli.main import run
from getvpn.emulator.lab.background import BackgroundLab
from getvpn.errors import DeviceError
from getvpn.inventory.nornir_plugin import members_of, servers_of
from getvpn.tasks.collecting.gathered import Failure
from getvpn.tasks.fleet.inventories import fleet_of_files
from getvpn.tasks.ssh import known_hosts
from getvpn.tasks.ssh.connection import options_of
from getvpn.tasks.ssh.target import Target

from ..fleets import LabFleet
from .blocks import alike, code_blocks
from .commands import commands_of
from .script import Script

PAGE = Path(__file__).resolve().parents[2] / "docs" / "collect.md"
BLOCKS = code_blocks(PAGE)
Capture = pytest.CaptureFixture[str]


def named(name: str) -> str:
    """The text of the block with this name."""
    (found,) = [block.text for block in BLOCKS if block.name == name]
    return found


def table(heading: str) -> list[list[str]]:
    """The cells of the rows of the first table under a heading."""
    text = PAGE.read_text("utf-8").split(f"\n## {heading}\n", 1)[1].split("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in row] for row in rows][1:]


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabFleet]:
    """The lab of the page, at ports that are free, some minutes after its start."""
    folder = tmp_path_factory.mktemp("reader")
    generate, _ = commands_of("docs/collect.md")[:2]
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert run([*generate.words[1:-1], "0"]) == 0
    with BackgroundLab(folder / "wan/lab.yml") as lab:
        lab.advance(300)
        roles = {"KS": "key_server", "GM": "member"}
        more = {
            host.name: {
                "data": {"getvpn_role": roles[host.name[:2]], "getvpn_groups": "EXAMPLE-WAN"}
            }
            for host in lab.hosts()
        }
        yield LabFleet.of(lab, folder, more)


@pytest.fixture
def reader(fleet: LabFleet, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which the page is followed; its user knows the routers when it begins to."""
    home = fleet.folder / "home"
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setattr(known_hosts, "SYSTEM_FILES", ())
    monkeypatch.chdir(fleet.folder)
    return fleet.folder


def trusted(fleet: LabFleet) -> None:
    (fleet.folder / "home/.ssh").mkdir(parents=True, exist_ok=True)
    shutil.copy(fleet.known, fleet.folder / "home/.ssh/known_hosts")


@pytest.mark.executes("docs/collect.md")
def test_what_is_typed_prints_what_is_shown(
    script: Script, reader: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    generate, up = script.of("lab")
    monkeypatch.chdir(tmp_path)
    done = script.run(generate)
    assert (done.out + done.err).rstrip() == generate.shown
    monkeypatch.chdir(reader)
    script.otherwise(up)
    for done in script.all():
        shown = _figures(done.command.shown)
        assert (done.code, sorted(_figures(done.out + done.err))) == (0, sorted(shown)), done


def _figures(text: str) -> list[str]:
    """Lines without numbers, and without what is told of slow runs only."""
    text = re.sub(r"SHA256:\S+", "SHA256", text)
    lines = [line for line in alike(text) if not line.startswith("# of # hosts")]
    return [re.sub(r", # hosts/s$", "", line).replace("#.#", "#") for line in lines]


def test_the_fingerprints_are_those_of_the_lab(fleet: LabFleet) -> None:
    host = fleet.lab.host("KS1")
    (entry,) = known_hosts.KnownHosts.of(fleet.known).entries(host.address, host.port)
    assert PAGE.read_text("utf-8").count(entry.key.fingerprint) == 2


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("with_nornir.py", ["GM1 ", "GM2 ", "2 devices"]),
        ("with_a_task.py", [f"{name} {name}/show_clock.txt" for name in ("KS1", "GM2")]),
    ],
)
def test_the_examples_in_python_run(
    fleet: LabFleet, reader: Path, capsys: Capture, name: str, printed: list[str]
) -> None:
    trusted(fleet)
    exec(compile(named(name), name, "exec"), {"__name__": "__main__"})  # noqa: S102 - our own page

    out = capsys.readouterr().out
    assert [each for each in printed if each not in out] == []
    assert (reader / ("members" if "nornir" in name else "today")).is_dir()


def test_the_hosts_files_say_group_role_and_options(tmp_path: Path) -> None:
    for block in BLOCKS:
        if block.name.endswith(".yaml"):
            (tmp_path / block.name).write_text(block.text)
    nornir = InitNornir(
        inventory={
            "plugin": "SimpleInventory",
            "options": {
                "host_file": str(tmp_path / "hosts.yaml"),
                "group_file": str(tmp_path / "groups.yaml"),
            },
        },
        logging={"enabled": False},
    )
    far = fleet_of_files(tmp_path / "far.yaml").inventory.hosts["branch-9"]

    assert list(servers_of(nornir, "WAN").inventory.hosts) == ["KS1"]
    assert list(members_of(nornir, "WAN").inventory.hosts) == ["branch-1"]
    access = Target.of(far.hostname, None, "x", None, options_of(far)).access
    assert (access.login_timeout, access.command_timeout) == (90, 300)
    assert access.transport == "scrapli"


# Tables


def test_every_kind_of_failure_is_explained() -> None:
    kinds = {each.kind for each in (DeviceError, *DeviceError.__subclasses__())}
    # a refusal of a command is no failure, what is none of a device has words of its own
    kinds = kinds - {"refused"} | {
        Failure.of("R1", error).kind for error in (OSError(), ValueError(), _usage())
    }
    rows = table("When something goes wrong")
    assert {row[0].strip("`") for row in rows} == kinds
    assert [row[0] for row in rows if row[2] != "no"] == ["`transport`"]


def _usage() -> Exception:
    from getvpn.errors import UsageError

    return UsageError("x")


def test_every_limit_is_explained_with_its_default() -> None:
    options = {option.opts[-1]: option for option in verb.params}
    rows = table("How fast")

    for cells in rows:
        for name in re.findall(r"`(--[a-z-]+)", cells[0]):
            default = options[name].default
            assert str(cells[2]) == f"{default:g}" if isinstance(default, int | float) else True
    told = {name for cells in rows for name in re.findall(r"`(--[a-z-]+)", cells[0])}
    assert told == {
        *("--jobs", "--rate", "--per-group", "--processes", "--retries"),
        *("--connect-timeout", "--login-timeout", "--timeout"),
    }


def test_every_option_is_named() -> None:
    page = PAGE.read_text("utf-8")
    options = {name for option in verb.params for name in option.opts if name.startswith("--")}

    missing = [name for name in options if name not in page]
    assert [name for name in missing if name not in ("--output", "--intent")] == []


def test_examples_in_yaml_can_be_read() -> None:
    for block in BLOCKS:
        if block.language == "yaml":
            assert isinstance(yaml.safe_load(block.text), dict)
