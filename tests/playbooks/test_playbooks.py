"""What holds for every runbook."""

import ast
from pathlib import Path

import pytest

import getvpn
from getvpn.tasks.procedures.planners import PLANNERS

PLAYBOOKS = sorted(
    path
    for path in (Path(__file__).resolve().parents[2] / "playbooks").glob("*.py")
    if path.name != "__init__.py"
)


@pytest.mark.parametrize("path", PLAYBOOKS, ids=lambda path: path.stem)
def test_a_runbook_is_short_and_uses_public_names_only(path: Path) -> None:
    text = path.read_text("utf-8")
    assert len(text.splitlines()) < 45

    tree = ast.parse(text)
    assert f"Run it as `python -m getvpn.playbooks.{path.stem} " in (ast.get_docstring(tree) or "")
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            assert not [each.name for each in node.names if each.name.startswith("getvpn.")]
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("getvpn"):
            assert node.module == "getvpn"
            assert {each.name for each in node.names} <= set(getvpn.__all__)


def test_every_procedure_has_a_runbook() -> None:
    texts = "\n".join(path.read_text("utf-8") for path in PLAYBOOKS)
    for name in PLANNERS:
        verb, _, action = name.partition(" ")
        assert f'"{name}"' in texts or (f'"{verb} {{' in texts and f'"{action}"' in texts), name
