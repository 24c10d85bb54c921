"""What docs/fixes.md tells to type is typed, and what it says in tables is so."""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from getvpn.audits.fixing import WORDS
from getvpn.audits.rule import Grade
from getvpn.cli.main import run
from getvpn.emulator.testing import console

from ..fleets import LabFleet
from ..tasks.procedures.group_worlds import World
from .blocks import code_blocks
from .memory import drive, first, wired, write
from .over_ssh import BESIDE, served, settle
from .script import Script

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "fixes.md").read_text("utf-8")
BLOCKS = {block.name: block.text for block in code_blocks(DOCS / "fixes.md") if block.name}
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


@pytest.mark.executes("docs/fixes.md", "Fixes", "An example")
def test_the_calls_write_what_the_page_shows(
    script: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("configs").mkdir()
    for name in ("ks1.cfg", "configs/ks1.cfg"):
        Path(name).write_text(KEY_SERVER)
    whole, safe, policy, example = script
    assert script.run(whole).code == 1
    shutil.rmtree("fixes")
    for command in (safe, policy, example):
        assert script.run(command).code == 1
    assert Path("fixes/ks1.cfg").read_text() == BLOCKS["lines"]
    assert "\n ! TEK001" in Path("policy/ks1.cfg").read_text()
    assert not Path("policy/ks1.cfg").read_text().count("MGT008")
    assert "TEK001" not in Path("safe-only/ks1.cfg").read_text()


def test_the_table_has_all_grades() -> None:
    rows = dict(re.findall(r"^\| ((?:safe|disruptive)[^|]*) \| `(\w+)` \|", PAGE, re.MULTILINE))
    assert rows == {str(grade): WORDS[grade] for grade in Grade}


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[LabFleet]:
    """The first network of the intent, in a lab."""
    with served(first(), tmp_path) as made:
        yield made


def found(script: Script, shown: Callable[[str], str], *names: str) -> None:
    """Write what the audit of these devices has found, as the page tells to."""
    Path("configs").mkdir(exist_ok=True)
    for name in names:
        Path(f"configs/{name}.cfg").write_text(shown(name))
    call = ["audit", "configs", "--fix", "fixes", "--fix-grade", "safe", "--fail-on", "never"]
    assert run(call) == 0
    script.capsys.readouterr()


@pytest.mark.executes("docs/fixes.md", "Deploying them")
def test_what_is_written_is_deployed(
    fleet: LabFleet, script: Script, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settle(fleet, tmp_path, monkeypatch)
    write(first())
    lab = fleet.lab

    def shown(name: str) -> str:
        return lab.run(lambda: console(lab.lab[name]).run("show running-config"))

    found(script, shown, *BESIDE)
    (over_ssh,) = script.of("deploy")
    done = script.run(over_ssh)
    assert "done: all devices are as intended" in done.out + done.err
    assert run(over_ssh.words[1:]) == 0
    assert "nothing to do" in script.capsys.readouterr().err

    for command in script.left:
        world = World(first(wired))
        for name in BESIDE:
            world.type(name, "write memory")
        write(first(wired))
        drive(monkeypatch, world)
        script.run(command)
        assert (world.acts() != []) is ("--commit" in command.words)
