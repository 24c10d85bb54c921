"""The command starts fast: seconds of processor time, and what is imported for it."""

import resource
import subprocess
import sys

import pytest

HEAVY = {
    *("alembic", "asyncssh", "cryptography", "hier_config", "jinja2", "netmiko", "nornir"),
    *("pydantic", "sqlalchemy", "ttp", "yaml"),
}
IMPORT_S = 0.2
START_S = 0.4
TRIES = 5


def least_processor_s(*arguments: str) -> float:
    """The processor time that a run of Python takes, in the best of some tries.

    Other tests on the computer make it longer, never shorter.
    """
    taken = []
    for _ in range(TRIES):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run([sys.executable, *arguments], capture_output=True, check=False)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert (done.returncode, done.stderr) == (0, b"")
        taken.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(taken)


def test_the_package_is_imported_within_its_budget() -> None:
    assert least_processor_s("-c", "import getvpn") < IMPORT_S


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_the_command_starts_within_its_budget(option: str) -> None:
    assert least_processor_s("-m", "getvpn", option) < START_S


@pytest.mark.parametrize("module", ["getvpn", "getvpn.cli.main", "getvpn.tasks", "getvpn.audits"])
def test_no_heavy_package_is_imported_before_it_is_used(module: str) -> None:
    code = f"import sys, {module}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert HEAVY & set(done.stdout.split()) == set()
