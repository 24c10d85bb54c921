"""What docs/adopt.md tells to type is typed, and gives what the page shows."""

import re
import stat
from pathlib import Path

import pytest

from getvpn.cli.main import run
from getvpn.tasks.adopt import Adoption

from .blocks import code_blocks
from .script import Script

PAGE = Path(__file__).resolve().parents[2] / "docs" / "adopt.md"
BLOCKS = {block.name: block.text for block in code_blocks(PAGE) if block.name}
Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the configurations of the page."""
    for name, text in BLOCKS.items():
        if name.endswith(".cfg"):
            path = tmp_path / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.executes("docs/adopt.md")
def test_the_commands_of_the_page_give_what_it_shows(here: Path, script: Script) -> None:
    first, concealed, second, rendered = script

    assert script.run(first).out == BLOCKS["report"]
    assert (here / "network.yml").read_text("utf-8") == BLOCKS["network.yml"]
    assert "crypto isakmp key *** address 10.255.0.1" in script.run(concealed).out

    assert "Example-" not in script.run(second).out
    (here / "configs" / "KS1.cfg").unlink()
    assert "crypto isakmp key Example-1 address 10.255.0.1" in script.run(rendered).out
    assert {path.name for path in (here / "keys").iterdir()} == {"BR1", "GM-10.254.0.2"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in (here / "keys").iterdir()} == {0o600}


def test_the_python_of_the_page_runs() -> None:
    found: dict[str, object] = {}
    exec(compile(BLOCKS["adopt"], "adopt.md", "exec"), found)  # noqa: S102 - our own page
    adoption = found["adoption"]
    assert isinstance(adoption, Adoption)
    assert adoption.text == BLOCKS["network.yml"]


def test_the_page_tells_of_every_list_and_exit_code(capsys: Capture) -> None:
    from getvpn.cli.adopt import _TITLES

    page = PAGE.read_text("utf-8")
    assert all(f"| {title} |" in page for title in _TITLES.values())
    assert run(["adopt", "--help"]) == 0
    codes = re.search(r"Exit codes: (.*)", " ".join(capsys.readouterr().out.split()))
    assert codes is not None
    assert all(f"| {code} |" in page and f"{code} " in codes[1] for code in (0, 1, 2))
