"""What docs/tutorial.md tells to type is typed, and prints what the page shows."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from getvpn.cli.main import run
from getvpn.tasks.ssh import known_hosts

from ..labs import LabCommand, lab_command
from .blocks import alike, code_blocks

PAGE = Path(__file__).resolve().parents[2] / "docs" / "tutorial.md"
BLOCKS = [block for block in code_blocks(PAGE) if block.language == "console"]
TYPED = re.compile(r"^\$ getvpn (.*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)
CODES = {"audit": 1, "snapshot take after": 3}
"""Of the commands whose exit code is not 0."""
Capture = pytest.CaptureFixture[str]


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


def test_the_tutorial_prints_what_it_shows(labs: LabCommand, capsys: Capture) -> None:
    for block in BLOCKS:
        for line, shown in TYPED.findall(block.text):
            words = shlex.split(line)
            if words[:2] == ["lab", "up"]:
                lab = labs.up(*words[2:])
                said = "\n".join([*lab.table, lab.notes])
                assert sorted(masked(said)) == sorted(masked(shown))
                continue
            capsys.readouterr()
            expected = next((CODES[key] for key in CODES if line.startswith(key)), 0)
            assert run(words) == expected, line
            out, err = capsys.readouterr()
            if block.name == "begins":
                assert masked(out)[: len(masked(shown))] == masked(shown)
            else:
                assert sorted(masked(out + err)) == sorted(masked(shown)), line
