"""The procedure of docs/procedures.md works as it says, and what the page names is there."""

import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import click
import pytest

import getvpn
from getvpn.cli.main import app
from getvpn.emulator import Lab
from getvpn.emulator.testing import console
from getvpn.errors import RefusedError
from getvpn.tasks.journal import Journal
from getvpn.tasks.procedures.logged import SERVERS
from getvpn.tasks.procedures.model import Outcome, Status
from getvpn.tasks.procedures.planners import PLANNERS
from getvpn.tasks.procedures.runner import Runner, known

from ..tasks.lab_devices import LabDevices
from .blocks import code_blocks

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "procedures.md").read_text("utf-8")
BLOCKS = {block.name: block.text for block in code_blocks(DOCS / "procedures.md")}


def found_in(name: str) -> SimpleNamespace:
    """What a block of Python defines."""
    found: dict[str, Any] = {"__name__": name}
    exec(compile(BLOCKS[name], "procedures.md", "exec"), found)  # noqa: S102 - our own page
    return SimpleNamespace(**found)


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Journal]:
    """The journal of the reader, in whose folder he is."""
    url = f"sqlite:///{tmp_path}/journal.db"
    monkeypatch.setenv("GETVPN_JOURNAL", url)
    monkeypatch.chdir(tmp_path)
    made = Journal(url)
    yield made
    made.close()


class Devices(LabDevices):
    """The routers of a lab, one at a time."""

    at_once = 1
    open = LabDevices.__call__


def announced(book: Journal, *, broken: str = "") -> tuple[Devices, Outcome]:
    """Carry the procedure of the page out, on routers of which one may turn it down."""
    devices = Devices(Lab.of({"devices": {"KS1": None, "KS2": None}}))

    def refuse(device: str, line: str) -> None:
        if device == broken and line.startswith("banner"):
            raise RefusedError("the disk is full", device=device)

    devices.watch = refuse
    page = found_in("banner")
    runner = Runner(book, devices, devices.clock, known({page.Banner.name: page.Banner()}))
    return devices, runner.start(page.plan("Back at 5", "KS1", "KS2"))


def banner(devices: Devices, name: str) -> str:
    """What a router says to whoever logs in."""
    return console(devices.lab[name]).run("show running-config | include ^banner")


def test_the_procedure_of_the_page_is_carried_out_and_taken_back(book: Journal) -> None:
    devices, outcome = announced(book)
    assert (outcome.status, outcome.state) == (Status.DONE, "announced as far as KS2")
    assert "Back at 5" in banner(devices, "KS1")

    devices, outcome = announced(book, broken="KS2")
    assert (outcome.status, outcome.state) == (Status.ROLLED_BACK, "as before")
    assert "the disk is full" in outcome.reason
    assert banner(devices, "KS1") == ""


def test_what_the_page_names_is_there() -> None:
    for link in re.findall(r"\]\(([^)#]+)", PAGE):
        assert (DOCS / link).exists(), link
    for verb, action in re.findall(r"`getvpn ([\w-]+) ([\w-]+)`", PAGE):
        group = app.get_command(click.Context(app), verb)
        assert isinstance(group, click.Group)
        assert group.get_command(click.Context(group), action) is not None
    (planned,) = re.findall(
        r"by the name that the journal has for it:\s(.*?)\. Its", PAGE, re.DOTALL
    )
    assert set(re.findall(r"`([\w -]+)`", planned)) == set(PLANNERS)
    assert callable(found_in("runbook").renew)
    names = set(re.findall(r"`(\w+_\w+)`", PAGE)) - {"GETVPN_JOURNAL", *SERVERS}
    assert names <= set(getvpn.__all__)
