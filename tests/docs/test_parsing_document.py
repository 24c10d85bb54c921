"""What docs/parsing.md tells to type is typed."""

import json
from pathlib import Path

import pytest

from getvpn.emulator.testing import console

from ..tasks.procedures.group_worlds import World
from .commands import ROOT
from .memory import wan
from .script import Script


@pytest.mark.executes("docs/parsing.md")
def test_the_calls_of_the_page_work(
    script: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("inventory").symlink_to(ROOT / "inventory")
    server = console(World(wan()).lab["KS1"])
    shown = "show crypto gdoi ks members"
    Path("members.txt").write_text(server.run(shown))
    log = "".join(
        f"KS1#{each}\n{server.run(each)}" for each in ("show clock", "show crypto gdoi ks coop")
    )
    Path("session.log").write_text(f"{log}KS1#exit\n")

    policy, members, session = script.all()
    assert "show crypto gkm ks policy on ks1" in policy.out
    (record,) = json.loads(members.out)["records"]
    assert record["command"] == shown
    assert "show crypto gdoi ks coop" in session.out
