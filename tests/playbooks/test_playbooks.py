"""What holds for every runbook."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import getvpn
from getvpn.playbooks import adopt, collect, collect_and_audit, deploy, render
from getvpn.tasks.procedures.planners import PLANNERS

PLAYBOOKS = sorted(
    path
    for path in (Path(__file__).resolve().parents[2] / "playbooks").glob("*.py")
    if path.name != "__init__.py"
)

SECRETS = ("EXAMPLE_PSK_COOP", *(f"EXAMPLE_PSK_GM{number}" for number in range(1, 9)))
"""The secrets of the example, in the environment."""


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


def test_a_folder_that_cannot_be_made_is_one_line(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    shutil.copy(root / "inventory" / "example" / "network.yml", ".")
    for name in (*SECRETS, "NETOPS_PASSWORD"):
        monkeypatch.setenv(name, "Example-key")
    Path("hosts.yml").write_text("KS1: {hostname: 192.0.2.1, username: u, password: p}\n", "utf-8")
    Path("hosts.yml").chmod(0o600)
    Path("taken").touch()
    Path(".getvpn").touch()
    for main, arguments in (
        (adopt.main, ("hosts.yml", "taken", "adopted.yml")),
        (collect.main, ("network.yml", "taken", "admin")),
        (collect_and_audit.main, ("hosts.yml", "taken")),
        (deploy.main, ("network.yml", "hosts.yml")),
        (render.main, ("network.yml", "taken")),
    ):
        assert main(*arguments) == 2
        out, err = capsys.readouterr()
        assert (out, len(err.splitlines())) == ("", 1)


def test_a_device_that_cannot_be_reached_is_a_line_and_no_traceback(
    root: Path, tmp_path: Path
) -> None:
    network = root / "inventory" / "example" / "network.yml"
    hosts = tmp_path / "hosts.yml"
    hosts.write_text("KS1: {hostname: 127.0.0.1, port: 1, username: u, password: p}\n", "utf-8")
    hosts.chmod(0o600)
    words = ("-m", "getvpn.playbooks.drift", str(network), str(hosts))
    done = subprocess.run(
        (sys.executable, *words),
        env={"HOME": str(tmp_path)} | dict.fromkeys(SECRETS, "Example-key"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 3
    said, counted = done.stderr.splitlines()
    assert said.startswith("KS1: transport: ")
    assert counted == "0 of 0 devices differ"
