"""Without an extra the command says in one line which one is missing; the rest works."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import getvpn
from getvpn.cli.main import run
from getvpn.errors import get_extra
from getvpn.tasks.comparing.plan import Command
from getvpn.tasks.deploying import means

HOST = "someone@192.0.2.1"
INTENT = str(Path(getvpn.__file__).with_name("inventory") / "example" / "network.yml")
COLLECT = ("collect", HOST, "-o", "texts")
CALLS = {
    # extra: its package, a call that needs it
    "exporter": (
        "prometheus_client",
        ("watch", "-i", INTENT, "--metrics", "127.0.0.1:0"),
    ),
    "keyring": ("keyring", (*COLLECT, "--password-from", "keyring:getvpn/someone")),
    "postgres": ("psycopg", ("history", "--journal", "postgresql://127.0.0.1/getvpn")),
    "scrapli": ("scrapli", (*COLLECT, "--transport", "scrapli")),
    "vault": ("hvac", (*COLLECT, "--password-from", "vault:kv/getvpn#password")),
}
ELSEWHERE = {"napalm"}
"""Extras that nothing fails without."""
RUNNING = "archive\n path bootflash:before\nip scp server enable\n"
LINE = Command(text="crypto isakmp keepalive 10")


def without(package: str, call: tuple[str, ...], folder: Path) -> subprocess.CompletedProcess[str]:
    """Call the command where a package cannot be imported."""
    code = (
        f"import sys; sys.modules[{package!r}] = None; from getvpn.cli.main import run;"
        "sys.exit(run(sys.argv[1:]))"
    )
    return subprocess.run(
        [sys.executable, "-c", code, *call],
        cwd=folder,
        env=os.environ | {"GETVPN_PASSWORD": "unused"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )


def test_every_extra_is_looked_at(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]

    assert {*CALLS, *ELSEWHERE} == set(project["optional-dependencies"])


@pytest.mark.parametrize("extra", CALLS)
def test_a_missing_extra_is_told_in_one_line(extra: str, tmp_path: Path) -> None:
    package, call = CALLS[extra]
    done = without(package, call, tmp_path)

    told = done.stderr.splitlines()
    assert (done.returncode, done.stdout, len(told)) == (2, "", 1), done.stderr
    assert told[0].startswith("getvpn: error: ")
    assert f"{package} is not installed; pip install 'getvpn[{extra}]'" in told[0]
    assert not (tmp_path / "texts").exists()


@pytest.mark.parametrize("verb", ["collect", "diff --live", "rollover rsa", "watch --count 1"])
def test_no_device_is_said_to_fail_for_a_missing_transport(
    verb: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for module in ("scrapli", "scrapli.driver.base"):
        monkeypatch.setitem(sys.modules, module, None)
    secrets = [f"EXAMPLE_PSK_{each}" for each in ("COOP", *(f"GM{n}" for n in range(1, 9)))]
    for name in ("GETVPN_USERNAME", "GETVPN_PASSWORD", *secrets):
        monkeypatch.setenv(name, "unused")
    assert run([*verb.split(), "-i", INTENT, "--transport", "scrapli"]) == 2

    told = capsys.readouterr()
    line = f"scrapli is not installed; {get_extra('scrapli')}, or use netmiko"
    assert (told.out, told.err.splitlines()[-1]) == ("", f"getvpn: error: {line}")


@pytest.mark.parametrize("package", [*(package for package, _ in CALLS.values()), "napalm"])
def test_nothing_else_needs_the_extra(package: str, tmp_path: Path) -> None:
    done = without(package, ("rule", "IKE002"), tmp_path)

    assert (done.returncode, done.stderr) == (0, "")


def test_without_napalm_lines_are_entered_and_the_extra_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert means.means_of(RUNNING, [LINE]) == "napalm"
    assert means.lacking(RUNNING, [LINE]) is None

    monkeypatch.setattr(means, "find_spec", lambda _: None)
    assert means.means_of(RUNNING, [LINE]) == "lines"
    assert means.lacking(RUNNING, [LINE]) == (
        "lines are entered one by one, as NAPALM is not installed; pip install 'getvpn[napalm]'"
    )
    assert means.lacking("hostname R1\n", [LINE]) is None
    assert means.lacking(RUNNING, [LINE], transport="scrapli") is None


def test_in_an_environment_of_pipx_it_is_pipx_that_adds_an_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert get_extra("vault") == "pip install 'getvpn[vault]'"

    monkeypatch.setattr(sys, "prefix", str(tmp_path / "getvpn-next"))
    (tmp_path / "getvpn-next").mkdir()
    (tmp_path / "getvpn-next" / "pipx_metadata.json").touch()
    assert get_extra("vault") == "pipx runpip getvpn-next install 'getvpn[vault]'"


def test_the_page_on_installing_names_every_extra(root: Path) -> None:
    page = (root / "docs" / "install.md").read_text("utf-8").split("\n## Extras\n")[1]

    assert re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)[:6] == sorted({*CALLS, *ELSEWHERE})
