"""Routers in a lab of their own, and the clients that meet them."""

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from .devices import Host, Lab, Start, device, lab_file
from .napalm_driver import Connect, driver_of
from .openssh import OpenSsh
from .terminal import Terminal

SCRIPTS = Path(__file__).parent / "scripts"


@pytest.fixture
def start(getvpn_lab: Callable[[Any], Lab]) -> Start:
    """Start a lab of the given devices (by default one KS1)."""

    def started(devices: dict[str, Any] | None = None, **more: Any) -> Lab:
        return getvpn_lab(lab_file(devices or {"KS1": device()}, **more))

    return started


@pytest.fixture
def lab(start: Start) -> Lab:
    """A lab with one router, KS1."""
    return start()


@pytest.fixture
def host(lab: Lab) -> Host:
    """Where KS1 is."""
    return lab.host("KS1")


@pytest.fixture
def terminal(host: Host) -> Iterator[Terminal]:
    """A terminal on KS1 that does not page."""
    with Terminal(host) as opened:
        opened.ask("terminal length 0")
        yield opened


@pytest.fixture
def openssh(host: Host, tmp_path: Path) -> OpenSsh:
    """OpenSSH against KS1."""
    return OpenSsh(host=host, folder=tmp_path)


@pytest.fixture
def connect_napalm() -> Iterator[Connect]:
    """Open NAPALM to a router; all sessions end with the test."""
    opened: list[Any] = []

    def connected(host: Host, **more: Any) -> Any:
        driver = driver_of(host, **more)
        driver.open()
        opened.append(driver)
        return driver

    yield connected
    for driver in opened:
        driver.close()


@pytest.fixture(scope="session")
def clients(root: Path) -> Path:
    """The programs of the environment whose clients cannot live beside those of the tests."""
    folder = root / ".venv-clients" / "bin"
    if not (folder / "python").exists():
        absent = pytest.fail if os.environ.get("CI") else pytest.skip
        absent("no .venv-clients; `make test` makes it")
    return folder


@pytest.fixture
def script(clients: Path) -> Callable[..., Any]:
    """Run one of the scripts with the other environment's clients; what it printed as JSON.

    A script gets one argument, JSON: where the router is, and what the test adds.
    """

    def run(name: str, host: Host, **more: Any) -> Any:
        told = {
            "address": host.address,
            "port": host.port,
            "username": host.username,
            "password": host.password,
            "secret": host.secret,
        } | more
        done = subprocess.run(
            [clients / "python", SCRIPTS / f"{name}.py", json.dumps(told)],
            capture_output=True,
            text=True,
            check=False,
            timeout=900,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run
