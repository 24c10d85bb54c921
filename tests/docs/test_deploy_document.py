"""What docs/deploy.md tells to type is typed, and what it says in tables is so."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from getvpn.cli.deploy import command as verb
from getvpn.cli.main import run
from getvpn.emulator.lab.background import BackgroundLab
from getvpn.emulator.testing import console
from getvpn.inventory import load
from getvpn.tasks.deploying.journal import read_journal
from getvpn.tasks.render import render
from getvpn.tasks.ssh import known_hosts

from ..fleets import LabFleet
from ..tasks.networks import KnownSecrets
from .blocks import alike, code_blocks

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "deploy.md").read_text("utf-8")
BLOCKS = {block.name: block.text for block in code_blocks(DOCS / "deploy.md") if block.name}
INTENT = next(block.text for block in code_blocks(DOCS / "intent.md") if block.name)
CLEAR = INTENT.replace("[10.0.0.0/8]}", "[10.0.0.0/8], clear: [esp, ssh]}")
NAMES = ("KS1", "KS2", "branch-1")
BESIDE = {
    "KS1": "interface GigabitEthernet1\n ip address 192.0.2.1 255.255.255.252\n no shutdown\n",
    "KS2": "interface GigabitEthernet1\n ip address 192.0.2.5 255.255.255.252\n no shutdown\n",
    "branch-1": "",
}
Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabFleet]:
    """The first network of the intent, in a lab."""
    folder = tmp_path_factory.mktemp("reader")
    (folder / "network.yml").write_text(CLEAR)
    texts = render(load(folder / "network.yml"), KnownSecrets())
    lab = BackgroundLab(
        {
            "seed": 1,
            "host_keys": {"type": "ed25519"},
            "keys": [{"label": "GETVPN-REKEY", "bits": 2048, "devices": ["KS1", "KS2"]}],
            "devices": {
                name: {
                    "platform": "c8000v",
                    "startup": f"{texts[name]}{BESIDE[name]}"
                    "ip route 0.0.0.0 0.0.0.0 GigabitEthernet1\n",
                }
                for name in NAMES
            },
        }
    )
    with lab:
        lab.advance(120)
        for name in NAMES:
            lab.run(lambda name=name: console(lab.lab[name]).run("write memory"))  # type: ignore[misc]
        yield LabFleet.of(lab, folder)


@pytest.fixture(autouse=True)
def reader(fleet: LabFleet, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder in which the page is followed, by a user who knows the routers."""
    monkeypatch.chdir(fleet.folder)
    monkeypatch.setenv("HOME", str(fleet.folder))
    monkeypatch.setattr(known_hosts, "SYSTEM_FILES", ())
    for name in ("PSK_COOP", "PSK_BRANCH_1"):
        monkeypatch.setenv(name, f"Key-{name}")
    (fleet.folder / ".ssh").mkdir(exist_ok=True)
    (fleet.folder / ".ssh/known_hosts").write_text(fleet.known.read_text())
    (fleet.folder / "network.yml").write_text(CLEAR.replace("esp, ssh]", "esp, ssh, icmp]"))


def apart(shown: list[str], out: list[str]) -> list[str]:
    """What is shown beside the lines of `out`, which stand in it in their order."""
    left, beside = list(out), []
    for line in shown:
        if left and left[0] == line:
            left.pop(0)
        else:
            beside.append(line)
    assert left == []
    return beside


def test_what_is_typed_prints_what_the_page_shows(capsys: Capture) -> None:
    for name in ("dry", "commit", "again"):
        typed, shown = BLOCKS[name].split("\n", 1)
        assert run(shlex.split(typed.removeprefix("$ getvpn "))) == 0
        captured = capsys.readouterr()
        assert apart(alike(shown), alike(captured.out)) == alike(captured.err)
    names = re.findall(r"── ([.\w]+)(?:/| |$)", BLOCKS["tree"], re.MULTILINE)
    (report, *_) = Path(".getvpn/deployments").glob("*/report.json")
    found = {path.name for folder in (Path(".getvpn"), report.parent) for path in folder.iterdir()}
    assert found == set(names)
    events = {entry["event"] for entry in read_journal(report.with_name("journal.jsonl"))}
    assert events <= set(re.findall(r"`(\w+)`", PAGE.split("line before each act")[1]))


def test_the_calls_of_the_page_are_calls() -> None:
    block = re.search(r"^```\n(getvpn deploy .*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert block is not None
    for line in block[1].splitlines():
        with verb.make_context("deploy", shlex.split(line, comments=True)[2:]):
            pass
    options = {name for each in verb.params for name in each.opts}
    assert set(re.findall(r"`(--[\w-]+)", PAGE)) <= options


def test_the_python_of_the_page_runs(capsys: Capture) -> None:
    found: dict[str, object] = {}
    exec(compile(BLOCKS["runbook"], "deploy.md", "exec"), found)  # noqa: S102 - our own page
    assert capsys.readouterr().out.startswith("nothing to do 0")
