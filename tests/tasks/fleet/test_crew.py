"""Processes that share the work of a fleet, and one of them that dies."""

import logging
import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import Pipe
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from nornir.core import Nornir
from nornir.core.inventory import Defaults, Groups, Host, Hosts, Inventory
from nornir.core.task import Task

from getvpn.tasks.collect import collect, collect_device
from getvpn.tasks.fleet.crew import ProcessCrew, _Worker, bare, portable
from getvpn.tasks.fleet.schedule import Limits
from getvpn.tasks.ssh.target import Access

WAIT_S = 120.0
"""So long nothing takes here, however busy the machine is, unless it never comes."""


def mute_fleet(port: int, count: int = 2) -> Nornir:
    """Hosts at a port where nobody says anything."""
    said = {"hostname": "127.0.0.1", "port": port, "username": "admin", "password": "admin"}
    hosts = Hosts({f"R{n}": Host(name=f"R{n}", defaults=Defaults(), **said) for n in range(count)})  # type: ignore[arg-type]
    return Nornir(inventory=Inventory(hosts=hosts, groups=Groups(), defaults=Defaults()))


@pytest.fixture
def mute() -> Iterator[socket.socket]:
    """A port that takes connections."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(WAIT_S)
        yield server


@pytest.fixture
def workers(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """The processes that are started for fleets."""
    started: list[subprocess.Popen[bytes]] = []
    popen = subprocess.Popen

    def start(words: Any, *more: Any, **options: Any) -> subprocess.Popen[bytes]:
        process = popen(words, *more, **options)
        # libraries start programs of their own while they are loaded
        if "getvpn.tasks.fleet.worker" in words:
            started.append(process)
        return process

    monkeypatch.setattr(subprocess, "Popen", start)
    return started


def test_a_process_that_dies_loses_its_hosts_and_no_others(
    mute: socket.socket,
    workers: list[subprocess.Popen[bytes]],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with ThreadPoolExecutor(1) as pool:
        run = pool.submit(
            collect,
            mute_fleet(mute.getsockname()[1]),
            tmp_path / "new",
            access=Access(verify=False, login_timeout=2 * WAIT_S),
            jobs=2,
            processes=2,
            limits=Limits(retries=0),
        )
        # each process has a hand for one of the two hosts
        with mute.accept()[0], mute.accept()[0]:
            (worker,) = workers
            os.kill(worker.pid, signal.SIGKILL)
        # the one that is left sees the end of its connection; the other has none any more
        found = run.result(timeout=WAIT_S)

    assert [each.kind for each in found.failures] == ["transport", "transport"]
    told = [each.message for each in found.failures]
    assert told.count("the process that had the session ended unasked") == 1
    assert [record.levelname for record in caplog.records if "unasked" in record.message] == [
        "ERROR"
    ]
    # another one has taken its place, and is over too
    assert len(workers) == 2
    assert None not in [each.returncode for each in workers]


def _task_of(function: object) -> Task:
    nornir = mute_fleet(1)
    return Task(function, nornir, global_dry_run=False, processors=[], name="x")  # type: ignore[arg-type]


def test_only_what_another_process_finds_by_its_name_goes_there() -> None:
    host = mute_fleet(1).inventory.hosts["R0"]

    assert portable(_task_of(collect_device), host)
    assert not portable(_task_of(lambda _: None), host)
    host.data["handle"] = logging.StreamHandler()
    assert not portable(_task_of(collect_device), host)


def test_a_host_goes_to_another_process_without_its_sessions() -> None:
    host = mute_fleet(1).inventory.hosts["R0"]
    host.connections["x"] = object()  # type: ignore[assignment]

    assert bare(host).connections == {}
    assert list(host.connections) == ["x"]


def test_a_host_that_cannot_go_to_another_process_stays() -> None:
    hosts = mute_fleet(1, 3).inventory.hosts
    free = Event()
    crew = ProcessCrew(_task_of(lambda _: free.wait(WAIT_S)), hands=2, processes=1)
    ours, theirs = Pipe()
    crew._workers.append(_Worker(None, ours, set(), ready=True))  # type: ignore[arg-type]
    hosts["R1"].data["handle"] = logging.StreamHandler()

    # the first stays here, so that each other one is for the other process
    for name in ("R0", "R1", "R2"):
        crew.start(hosts[name])
    free.set()
    through = {done.host for done in crew.wait(WAIT_S)}
    while through < {"R0", "R1"}:
        through |= {done.host for done in crew.wait(WAIT_S)}

    assert theirs.recv().name == "R2"
    assert not theirs.poll()
    assert crew._workers.pop().hosts == {"R2"}
    crew.dismiss()
