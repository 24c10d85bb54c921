"""The package with rules in docs/plugin is installed and used like those of a site."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .commands import ROOT
from .script import Script

EXAMPLE = ROOT / "docs" / "plugin"


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python with the package."""
    return subprocess.run(
        [sys.executable, *arguments],
        env={**os.environ, "PYTHONPATH": "site"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.executes("docs/audit.md")
def test_it_is_installed_and_its_rules_are_among_the_others(
    script: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", "site")
    shutil.copytree(EXAMPLE, "docs/plugin")
    Path("configs").mkdir()
    Path("configs/ks1.cfg").write_text("hostname ks1\nip domain name example.org\nend\n")
    install, manual, lint = script
    script.run(install)
    assert "rules of the site, part 4" in script.run(manual).out
    assert "the domain name is example.org" in script.run(lint, code=1).out

    done = python("-m", "getvpn", "lint", "configs", "--select", "SITE", "--format", "json")
    (finding,) = json.loads(done.stdout)["findings"]
    assert (finding["rule"], finding["line"]) == ("SITE001", 2)
    assert finding["fixes"][0]["lines"] == ["ip domain name wan.example.com"]

    options = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:getvpn_lab")
    done = python(*options, "docs/plugin/test_getvpn_site_rules.py")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 passed" in done.stdout
