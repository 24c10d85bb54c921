"""What docs/tutorial.md tells to type is typed, and prints what the page shows."""

import re
from collections.abc import Iterator

import pytest

from getvpn.tasks.ssh import known_hosts

from ..labs import LabCommand, lab_command
from .blocks import alike
from .script import Script

CODES = {"getvpn audit monday": 1, "getvpn snapshot take after": 3}
"""Findings, and a key server that is dead by then."""


@pytest.fixture
def labs(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[LabCommand]:
    """The reader's folder, home and journal."""
    made = lab_command(tmp_path_factory.mktemp("reader"), tmp_path_factory.mktemp("s"))
    for name, value in made.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("HOME", str(made.folder / "home"))
    monkeypatch.setenv("GETVPN_JOURNAL", f"sqlite:///{made.folder}/journal.db")
    monkeypatch.setattr(known_hosts, "SYSTEM_FILES", ())
    monkeypatch.chdir(made.folder)
    try:
        yield made
    finally:
        made.end()


def masked(text: str) -> list[str]:
    """Lines without what differs from one time to the next, and what is told of slow runs only."""
    text = re.sub(r"0x[0-9A-F]+", "SPI", re.sub(r"SHA256:\S+", "SHA256", text))
    lines = [re.sub(r", # hosts/s$", "", line).replace("#.#", "#") for line in alike(text)]
    return [line for line in lines if line and not line.startswith("# of # hosts")]


@pytest.mark.executes("docs/tutorial.md")
def test_the_tutorial_prints_what_it_shows(labs: LabCommand, script: Script) -> None:
    for command in script:
        shown = masked(command.shown)
        if command.text.startswith("getvpn lab up"):
            lab = labs.up(*command.words[3:])
            script.ran(command)
            assert sorted(masked("\n".join([*lab.table, lab.notes]))) == sorted(shown)
            continue
        done = script.run(command, code=CODES.get(command.text.split(" --")[0]))
        if command.block == "begins":
            assert masked(done.out)[: len(shown)] == shown
        else:
            assert sorted(masked(done.out + done.err)) == sorted(shown), command
