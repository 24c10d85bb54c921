"""Fixtures that several rooms of the tests use."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .labs import LabCommand, lab_command

ROOT = Path(__file__).resolve().parents[1]


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
