"""What the pages of procedures for a group tell to type are calls."""

import re
import shlex
from pathlib import Path

import click
import pytest

from getvpn.cli.main import app

PAGES = Path(__file__).resolve().parents[2] / "docs" / "procedures"
NAMES = ("policy-change", "failover-test", "evict-member", "recover-split")
_BLOCK = re.compile(r"^```\n(getvpn .*?)^```$", re.MULTILINE | re.DOTALL)


def calls(name: str) -> list[str]:
    """The calls that a page shows."""
    text = (PAGES / f"{name}.md").read_text("utf-8")
    return [line for block in _BLOCK.findall(text) for line in block.splitlines()]


@pytest.mark.parametrize("name", NAMES)
def test_the_calls_of_a_page_are_calls(name: str) -> None:
    lines = calls(name)
    assert len(lines) > 2
    for line in lines:
        _, verb, action, *words = shlex.split(line, comments=True)
        assert f"{verb}-{action}" == name
        group = app.get_command(click.Context(app), verb)
        assert isinstance(group, click.Group)
        command = group.get_command(click.Context(group), action)
        assert command is not None
        with command.make_context(action, [*words]) as context:
            assert context.params["execute"] is ("--execute" in words)


@pytest.mark.parametrize("name", NAMES)
def test_the_pages_that_a_page_names_are_there(name: str) -> None:
    text = (PAGES / f"{name}.md").read_text("utf-8")
    for link in re.findall(r"\]\(([^)#]+)", text):
        assert (PAGES / link).exists(), link
