"""The command starts fast: what it imports, and its processor time beside that of Python alone.

Modules are counted, and times compared with each other, so that neither a slow computer nor other
tests on it matter.
"""

import re
import resource
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
TRIES = 5
CONFIG = "hostname R1\ncrypto isakmp policy 10\n encr des\n!\nend\n"
BUDGETS = {
    # words: modules beside those of Python alone, times the processor time of Python alone
    ("-c", "import getvpn"): (25, 2.5),
    ("-m", "getvpn", "--version"): (110, 8),
    ("-m", "getvpn", "--help"): (110, 8),
    ("-m", "getvpn", "lint", "r1.cfg"): (270, 35),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a configuration."""
    made = tmp_path_factory.mktemp("start")
    (made / "r1.cfg").write_text(CONFIG, "utf-8")
    return made


def processor_s(words: tuple[str, ...], folder: Path) -> float:
    """The processor time that a run of Python takes."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, *words], cwd=folder, capture_output=True, text=True, check=False
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.returncode in {0, 1}, done.stderr
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


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
    alone, ours = [], []
    for _ in range(TRIES):
        alone.append(processor_s(("-c", "pass"), folder))
        ours.append(processor_s(words, folder))
        # others on the computer make a run longer, never shorter
        if min(ours) <= BUDGETS[words][1] * min(alone):
            return
    pytest.fail(f"{min(ours) / min(alone):.1f} times as long as Python alone")


@pytest.mark.parametrize("module", ["getvpn", "getvpn.cli.main", "getvpn.tasks", "getvpn.audits"])
def test_no_heavy_package_is_imported_before_it_is_used(module: str, folder: Path) -> None:
    names = imported(("-c", f"import {module}"), folder)

    assert {name.partition(".")[0] for name in names} & HEAVY == set()
