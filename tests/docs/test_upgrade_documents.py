"""What the pages on upgrades tell to type is typed, and what they say is so."""

import hashlib
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from getvpn.cli.main import run
from getvpn.cli.upgrade import key_servers, members
from getvpn.emulator.files.images import Image
from getvpn.emulator.lab.background import BackgroundLab

from ..fleets import LabFleet
from .blocks import code_blocks

ROOT = Path(__file__).resolve().parents[2]
PAGES = ROOT / "docs" / "procedures"
EXAMPLE = ROOT / "inventory" / "example"
TYPED = re.compile(r"^\$ getvpn (.*)$", re.MULTILINE)
Capture = pytest.CaptureFixture[str]


def typed(page: str, name: str) -> list[list[str]]:
    """The words of the commands in a block."""
    (block,) = [each for each in code_blocks(PAGES / page) if each.name == name]
    return [shlex.split(line) for line in TYPED.findall(block.text)]


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabFleet]:
    """The key servers of the example lab."""
    found = yaml.safe_load((EXAMPLE / "lab.yml").read_text("utf-8"))
    found["host_keys"] = {"type": "ed25519"}
    found["devices"] = {name: found["devices"][name] for name in ("KS1", "KS2")}
    for each in found["devices"].values():
        each["startup"] = (EXAMPLE / each.pop("startup_file")).read_text("utf-8")
    with BackgroundLab(found) as lab:
        lab.advance(300)
        yield LabFleet.of(lab, tmp_path_factory.mktemp("fleet"))


def test_the_plan_of_the_page_is_made(
    fleet: LabFleet, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    up, trust, plan = typed("upgrade-key-servers.md", "try")
    assert [up[:2], trust[0]] == [["lab", "up"], "trust"]
    monkeypatch.chdir(ROOT)
    words = [str(fleet.hosts) if word == "hosts.yml" else word for word in plan]

    assert run([*words, "--known-hosts", str(fleet.known)]) == 0

    out, err = capsys.readouterr()
    assert out.index("restart KS2 with 17.9.4a") < out.index("restart KS1 with 17.9.4a")
    assert "nothing was done" in err


def test_the_hash_of_the_page_is_that_of_the_image() -> None:
    (_, _, plan) = typed("upgrade-key-servers.md", "try")
    image = Image(family="isr4400", version="17.9.4a", size=705_000_000)
    reckoned = hashlib.md5(usedforsecurity=False)
    for chunk in image.chunks():
        reckoned.update(chunk)
    assert reckoned.hexdigest() in plan


@pytest.mark.parametrize(
    ("page", "name", "verb", "kind"),
    [
        ("upgrade-key-servers.md", "images", key_servers, "key-servers"),
        ("upgrade-members.md", "waves", members, "members"),
    ],
)
def test_what_the_pages_tell_to_type_has_a_meaning(
    page: str, name: str, verb: object, kind: str
) -> None:
    for words in typed(page, name):
        assert words[:2] == ["upgrade", kind]
        context = verb.make_context(kind, words[2:])  # type: ignore[attr-defined]
        assert context.params["images"]


def test_every_option_of_the_pages_exists() -> None:
    known = {
        option
        for verb in (key_servers, members)
        for parameter in verb.params
        for option in (*parameter.opts, *parameter.secondary_opts)
    }
    others = {"--inventory"}  # of getvpn lab up
    for page in ("upgrade-key-servers.md", "upgrade-members.md"):
        said = set(re.findall(r"(--[a-z][a-z0-9-]+)", (PAGES / page).read_text("utf-8")))
        assert said - others <= known, page
