"""The command starts fast: what it imports, and how many functions it calls.

Modules and calls are counted, so that neither a slow computer nor other tests on it matter.
"""

import re
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {
    *("alembic", "asyncssh", "cryptography", "hier_config", "jinja2", "netmiko", "nornir"),
    *("pydantic", "sqlalchemy", "ttp", "yaml"),
}
NETWORK = HEAVY - {"yaml"}
"""What a verb that only reads files has no use for."""
CONFIG = "hostname R1\ncrypto isakmp policy 10\n encr des\n!\nend\n"
BUDGETS = {
    # words: modules beside those of Python alone, calls of functions in Python and C
    ("-c", "import getvpn"): (25, 6_000),
    ("-m", "getvpn", "--version"): (110, 55_000),
    ("-m", "getvpn", "--help"): (110, 75_000),
    ("-m", "getvpn", "lint", "r1.cfg"): (270, 350_000),
}
COUNTING = """
import runpy, sys

calls = 0

def count(frame, event, told):
    global calls
    calls += event in ("call", "c_call")

option, what, *sys.argv[1:] = sys.argv[1:]
sys.setprofile(count)
try:
    if option == "-c":
        exec(what, {})
    else:
        runpy.run_module(what, run_name="__main__", alter_sys=True)
finally:
    sys.setprofile(None)
    print(calls, file=sys.stderr)
"""
"""Does what the words behind it say, and tells in the end how many functions were called."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a configuration."""
    made = tmp_path_factory.mktemp("start")
    (made / "r1.cfg").write_text(CONFIG, "utf-8")
    return made


def called(words: tuple[str, ...], folder: Path) -> int:
    """How many functions a run of Python calls."""
    command = [sys.executable, "-c", COUNTING, *words]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode in {0, 1}, done.stderr
    return int(done.stderr.split()[-1])


def imported(words: tuple[str, ...], folder: Path) -> set[str]:
    """The modules that a run of Python imports."""
    command = [sys.executable, "-X", "importtime", *words]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode in {0, 1}, done.stderr
    return set(re.findall(r"^import time:.*\| +([\w.]+)$", done.stderr, re.MULTILINE))


@pytest.mark.parametrize("words", BUDGETS, ids=" ".join)
def test_a_start_imports_no_more_than_its_budget(words: tuple[str, ...], folder: Path) -> None:
    more = imported(words, folder) - imported(("-c", "pass"), folder)

    assert len(more) <= BUDGETS[words][0], sorted(more)
    assert {name.partition(".")[0] for name in more} & NETWORK == set()


@pytest.mark.parametrize("words", BUDGETS, ids=" ".join)
def test_a_start_takes_no_more_than_its_budget(words: tuple[str, ...], folder: Path) -> None:
    assert called(words, folder) <= BUDGETS[words][1]


@pytest.mark.parametrize("module", ["getvpn", "getvpn.cli.main", "getvpn.tasks", "getvpn.audits"])
def test_no_heavy_package_is_imported_before_it_is_used(module: str, folder: Path) -> None:
    names = imported(("-c", f"import {module}"), folder)

    assert {name.partition(".")[0] for name in names} & HEAVY == set()
