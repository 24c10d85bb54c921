"""What is told to type before there is a command is typed: to install it, to work on it."""

import shutil
import subprocess
import sysconfig
from pathlib import Path

import pytest
import yaml

from getvpn import __version__

from .commands import ROOT
from .script import Script

Patch = pytest.MonkeyPatch


@pytest.mark.executes("docs/install.md")
def test_it_is_installed_from_a_clone(script: Script, tmp_path: Path, monkeypatch: Patch) -> None:
    left_out = shutil.ignore_patterns(".*", "build", "dist", "docs", "tests", "*.egg-info")
    shutil.copytree(ROOT, tmp_path / "clone", ignore=left_out)
    monkeypatch.chdir(tmp_path / "clone")
    monkeypatch.setenv("HOME", str(tmp_path))
    # what it needs, and what builds it, is that of this environment
    monkeypatch.setenv("PYTHONPATH", sysconfig.get_path("purelib"))
    *_, version = script.all()
    assert version.out == f"getvpn {__version__}\n"


@pytest.mark.executes("CONTRIBUTING.md")
def test_the_makefile_has_what_contributors_type(script: Script) -> None:
    script.here["root"] = str(ROOT)
    for done in script.all():
        assert done.out


@pytest.mark.executes("inventory/example/README.md")
def test_the_keys_of_the_example_are_those_of_its_lab(script: Script) -> None:
    text = "\n".join(each.text for each in script)
    for command in script.left:
        script.ran(command)
    done = subprocess.run(
        ["bash", "-euc", f"{text}\nenv"], capture_output=True, text=True, check=True
    )
    said = dict(line.partition("=")[::2] for line in done.stdout.splitlines())
    example = ROOT / "inventory" / "example"
    for server in ("ks1", "ks2"):
        config = (example / "lab" / f"{server}.cfg").read_text("utf-8")
        assert f" key {said['EXAMPLE_PSK_COOP']} address " in config
    for member in yaml.safe_load((example / "network.yml").read_text("utf-8"))["members"]:
        name = member["name"]
        config = (example / "lab" / f"{name.lower()}.cfg").read_text("utf-8")
        assert f" key {said[f'EXAMPLE_PSK_{name}']} address " in config
