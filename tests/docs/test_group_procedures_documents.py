"""What the pages of procedures for a group tell to type is typed, each time in a fresh network."""

import re
from pathlib import Path
from typing import Any

import pytest

from ..tasks.procedures.group_worlds import World
from ..tasks.procedures.rollover_worlds import RolloverWorld
from .memory import followed, heed, wan
from .script import Script

PAGES = Path(__file__).resolve().parents[2] / "docs" / "procedures"
NAMES = ("policy-change", "failover-test", "evict-member", "recover-split", "rollover-rsa")
SPLIT_S = 200.0
Patch = pytest.MonkeyPatch


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: Patch) -> None:
    """The folder of the reader, and his journal."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GETVPN_JOURNAL", f"sqlite:///{tmp_path}/journal.db")


@pytest.mark.executes("docs/procedures/rollover-rsa.md")
def test_the_calls_for_another_rekey_key_work(script: Script) -> None:
    *_, last = followed(script, wan(), lambda: RolloverWorld(wan()))
    assert any("clear crypto gdoi" in line for _, line in last.acts())


@pytest.mark.executes("docs/procedures/policy-change.md")
def test_the_calls_for_another_policy_work(script: Script) -> None:
    def edit(document: dict[str, Any]) -> None:
        document["groups"][0]["policies"][0]["traffic"]["clear"].append("icmp")

    members = ("GM2", "GM7")
    worlds = followed(script, wan(edit, members=members), lambda: World(wan(members=members)))
    assert [any("rekey" in line for _, line in each.acts()) for each in worlds] == [
        False, True, True, False,
    ]  # fmt: skip


@pytest.mark.executes("docs/procedures/failover-test.md")
def test_the_calls_for_a_failover_work(script: Script) -> None:
    world = World(wan())

    def operate(text: str) -> None:
        if text.startswith("isolate"):
            world.lab.partition(["KS1"])
        elif text.startswith("connect"):
            world.lab.heal()

    heed(script.patch, operate)

    def make() -> World:
        nonlocal world
        world = World(wan())
        return world

    followed(script, wan(), make)


@pytest.mark.executes("docs/procedures/evict-member.md")
def test_the_calls_for_an_eviction_work(script: Script) -> None:
    intent = wan(members=("GM1", "GM8"))
    for world in followed(script, intent, lambda: World(intent))[1:]:
        assert not world.registered("GM8")


@pytest.mark.executes("docs/procedures/recover-split.md")
def test_the_calls_for_a_split_group_work(script: Script) -> None:
    members = ("GM2", "GM7")
    world = World(wan(members=members))

    def make() -> World:
        nonlocal world
        world = World(wan(members=members))
        world.lab.partition(["KS1", "GM2"], ["KS2", "GM7"])
        world.lab.advance(SPLIT_S)
        return world

    heed(script.patch, lambda text: text.startswith("not even a ping") and world.lab.heal())
    followed(script, wan(members=members), make)


@pytest.mark.parametrize("name", NAMES)
def test_the_pages_that_a_page_names_are_there(name: str) -> None:
    text = (PAGES / f"{name}.md").read_text("utf-8")
    for link in re.findall(r"\]\(([^)#]+)", text):
        assert (PAGES / link).exists(), link
