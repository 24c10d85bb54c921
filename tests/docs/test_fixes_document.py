"""What docs/fixes.md tells to type is typed, and what it says in tables is so."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from getvpn.audits.fixing import WORDS
from getvpn.audits.rule import Grade
from getvpn.cli.audit import command as audit
from getvpn.cli.deploy import command as deploy
from getvpn.cli.lint import command as lint
from getvpn.cli.main import run
from getvpn.emulator.lab.background import BackgroundLab
from getvpn.emulator.testing import console
from getvpn.inventory import load
from getvpn.tasks.render import render
from getvpn.tasks.ssh import known_hosts

from ..fleets import LabFleet
from ..tasks.networks import KnownSecrets
from .blocks import code_blocks

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "fixes.md").read_text("utf-8")
BLOCKS = {block.name: block.text for block in code_blocks(DOCS / "fixes.md") if block.name}
INTENT = next(block.text for block in code_blocks(DOCS / "intent.md") if block.name)
NAMES = ("KS1", "KS2", "branch-1")
VERBS = {"audit": audit, "deploy": deploy, "lint": lint}
KEY_SERVER = """\
hostname ks1
ip access-list extended POLICY
 deny udp any any eq 848
 permit ip 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255
crypto ipsec transform-set TS esp-aes 256 esp-sha256-hmac
crypto ipsec profile GETVPN
 set security-association lifetime seconds 600
 set transform-set TS
crypto gdoi group WAN
 identity number 1001
 server local
  sa ipsec 1
   profile GETVPN
   match address ipv4 POLICY
  address ipv4 10.10.1.1
line vty 0 4
 transport input telnet ssh
"""
Capture = pytest.CaptureFixture[str]


def typed(name: str) -> list[str]:
    """What the page lets type in one of its blocks."""
    return shlex.split(BLOCKS[name].split("\n", 1)[0].removeprefix("$ getvpn "))


def test_the_example_writes_what_the_page_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("ks1.cfg").write_text(KEY_SERVER)
    assert run(typed("fix")) == 1
    assert Path("fixes/ks1.cfg").read_text() == BLOCKS["lines"]
    assert "fixes for 3 of 3 findings on 1 device in fixes" in capsys.readouterr().err


def test_the_calls_of_the_page_are_calls() -> None:
    calls = [
        shlex.split(line)
        for block in re.findall(r"^```\n(getvpn .*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
        for line in block.splitlines()
    ]
    assert len(calls) == 6
    for _, verb, *rest in calls:
        with VERBS[verb].make_context(verb, rest):
            pass


def test_the_table_has_all_grades() -> None:
    rows = dict(re.findall(r"^\| ((?:safe|disruptive)[^|]*) \| `(\w+)` \|", PAGE, re.MULTILINE))
    assert rows == {str(grade): WORDS[grade] for grade in Grade}


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[LabFleet]:
    """The first network of the intent, in a lab."""
    (tmp_path / "network.yml").write_text(INTENT)
    texts = render(load(tmp_path / "network.yml"), KnownSecrets())
    beside = {"KS1": "192.0.2.1", "KS2": "192.0.2.5"}
    startups = {
        name: texts[name]
        + (
            f"interface GigabitEthernet1\n ip address {beside[name]} 255.255.255.252\n"
            " no shutdown\n"
            if name in beside
            else ""
        )
        + "ip route 0.0.0.0 0.0.0.0 GigabitEthernet1\n"
        for name in NAMES
    }
    lab = BackgroundLab(
        {
            "seed": 1,
            "host_keys": {"type": "ed25519"},
            "keys": [{"label": "GETVPN-REKEY", "bits": 2048, "devices": ["KS1", "KS2"]}],
            "devices": {
                name: {"platform": "c8000v", "startup": text} for name, text in startups.items()
            },
        }
    )
    with lab:
        lab.advance(120)
        for name in NAMES:
            lab.run(lambda name=name: console(lab.lab[name]).run("write memory"))  # type: ignore[misc]
        yield LabFleet.of(lab, tmp_path)


def test_what_is_written_is_deployed(
    fleet: LabFleet, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.chdir(fleet.folder)
    monkeypatch.setenv("HOME", str(fleet.folder))
    monkeypatch.setattr(known_hosts, "SYSTEM_FILES", ())
    (fleet.folder / ".ssh").mkdir()
    (fleet.folder / ".ssh/known_hosts").write_text(fleet.known.read_text())
    lab = fleet.lab
    Path("configs").mkdir()
    for name in NAMES:
        text = lab.run(lambda name=name: console(lab.lab[name]).run("show running-config"))  # type: ignore[misc]
        Path(f"configs/{name}.cfg").write_text(text)
    call = ["audit", "configs", "--fix", "fixes", "--fix-grade", "safe", "--fail-on", "never"]
    assert run(call) == 0
    capsys.readouterr()
    assert run(typed("deploy")) == 0
    captured = capsys.readouterr()
    assert "done: all devices are as intended" in captured.out + captured.err
    assert run(typed("deploy")) == 0
    assert "nothing to do" in capsys.readouterr().err
