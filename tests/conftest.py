"""Fixtures that several rooms of the tests use."""

import gc
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers

from .labs import LabCommand, lab_command

ROOT = Path(__file__).resolve().parents[1]

# The same examples in each run, however busy the machine is; new ones with
# --hypothesis-profile search.
settings.register_profile(
    "search", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.register_profile("same", settings.get_profile("search"), derandomize=True)
settings.load_profile("same")
# Hypothesis also tries constants that it finds in the modules loaded so far: the examples would
# depend on which tests a process has run before. It has no setting for that.
providers._get_local_constants = lambda: providers._local_constants


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int | None:
    """Two workers for each core: many tests wait for clients that take their time."""
    if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ:
        return None
    return 2 * (os.cpu_count() or 1)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Distribute groups in our way."""
    from .scheduling import Scheduler

    if config.getoption("dist") != "loadgroup":
        return None
    config.option.loadscopereorder = False
    return Scheduler(config, log)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the tests of a worker in the order in which they are given out."""
    if hasattr(config, "workerinput"):
        from .scheduling import in_order

        items[:] = in_order(items)


class _NoPackage:
    """Takes the root for a folder, which it is to the tests, and not for a package.

    That would be imported under the folder's name, which need not be one of a module. A conftest
    is not asked about the folder above it: a plugin is.
    """

    @staticmethod
    @pytest.hookimpl
    def pytest_collect_directory(path: Path, parent: pytest.Collector) -> pytest.Collector | None:
        return pytest.Dir.from_parent(parent, path=path) if path == ROOT else None


def pytest_configure(config: pytest.Config) -> None:
    """Heed Ctrl-C, and have programs heed it that tests start, also where a shell began this.

    What a shell starts in the background ignores it. Nor is the size of somebody's terminal that
    of those that tests make, or of what is printed without one.
    """
    for name in ("COLUMNS", "LINES"):
        os.environ.pop(name, None)
    config.pluginmanager.register(_NoPackage())
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_finish() -> None:
    """Look no more for garbage among the half a million objects that were collected."""
    gc.freeze()
    gc.set_threshold(20_000, 10, 50)


@pytest.fixture(scope="session")
def root() -> Path:
    """The root of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """Captures and references that are not part of the repository; skips without them.

    Where the tests run for others (the variable CI is set) their absence is a failure.
    """
    folder = Path(os.environ.get("GETVPN_SHARED") or ROOT.parent / "shared")
    if not (folder / "captures").is_dir():
        absent = pytest.fail if os.environ.get("CI") else pytest.skip
        absent(f"no captures in {folder}; GETVPN_SHARED names another folder")
    return folder


@pytest.fixture
def forget_keys() -> Callable[[], None]:
    """Makes the process forget what keys it has made from seeds; called once at the beginning."""
    from getvpn.emulator.keys import host_keys, maker

    def forget() -> None:
        maker._made.cache_clear()
        host_keys._known.cache_clear()

    forget()
    return forget


@pytest.fixture
def labs(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabCommand]:
    """The command `getvpn lab` in a folder of its own; all labs end with the test."""
    # the path of a socket has to be short
    command = lab_command(tmp_path, tmp_path_factory.mktemp("s"))
    yield command
    command.end()
