"""What holds for every runbook."""

import ast
from pathlib import Path

import pytest

import getvpn

PLAYBOOKS = sorted(
    path
    for path in (Path(__file__).resolve().parents[2] / "playbooks").glob("*.py")
    if path.name != "__init__.py"
)


@pytest.mark.parametrize("path", PLAYBOOKS, ids=lambda path: path.stem)
def test_a_runbook_is_short_and_uses_public_names_only(path: Path) -> None:
    text = path.read_text("utf-8")
    assert len(text.splitlines()) < 45

    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            assert not [each.name for each in node.names if each.name.startswith("getvpn.")]
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("getvpn"):
            assert node.module == "getvpn"
            assert {each.name for each in node.names} <= set(getvpn.__all__)
