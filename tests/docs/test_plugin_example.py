"""The package with rules in docs/plugin is installed and used like those of a site."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "plugin"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that the package is installed in."""
    source = tmp_path_factory.mktemp("plugin")
    shutil.copytree(EXAMPLE, source, dirs_exist_ok=True)
    target = tmp_path_factory.mktemp("site")
    pip = (sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation")
    subprocess.run([*pip, "--target", target, source], check=True, capture_output=True)
    return target


def python(installed: Path, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run Python with the package."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_its_rules_are_among_the_others(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "ks1.cfg").write_text("hostname ks1\nip domain name example.org\nend\n")
    call = ("-m", "getvpn", "lint", "ks1.cfg", "--select", "SITE", "--format", "json")
    done = python(installed, *call, cwd=tmp_path)
    assert done.returncode == 1, done.stderr
    (finding,) = json.loads(done.stdout)["findings"]
    assert (finding["rule"], finding["line"]) == ("SITE001", 2)
    assert finding["message"] == "the domain name is example.org"
    assert finding["fixes"][0]["lines"] == ["ip domain name wan.example.com"]
    manual = python(installed, "-m", "getvpn", "rule", "SITE001", cwd=tmp_path)
    assert "rules of the site, part 4" in manual.stdout


def test_its_own_tests_pass(installed: Path, tmp_path: Path) -> None:
    shutil.copy(EXAMPLE / "test_getvpn_site_rules.py", tmp_path)
    options = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:getvpn_lab")
    done = python(installed, *options, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 passed" in done.stdout
