"""Collection beside nornir with nornir-netmiko, from the same routers over SSH, turn by turn.

`make bench` runs this. Both sides ask for six commands and save the answers; how many workers are
best for nornir-netmiko is found out first. The routers are one process more.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from time import perf_counter

import pytest
from nornir.core import Nornir
from nornir.core.inventory import Defaults, Groups, Host, Hosts, Inventory
from nornir.core.plugins.connections import ConnectionPluginRegister
from nornir.core.task import Task
from nornir.plugins.runners import ThreadedRunner
from nornir_netmiko.tasks import netmiko_send_command

from getvpn.tasks.collect import collect
from getvpn.tasks.collecting.gathered import Gathered
from getvpn.tasks.ssh.target import Access

HERE = Path(__file__).parent
ROUTERS = 1000
ROUNDS = 3
AT_LEAST_TIMES = 1.5
SAMPLE = 200
WORKERS = (25, 50, 75, 100, 150)
FLEET = 4000
SETTLED = 1000
MOST_GROWTH = 1.1
COMMANDS = (
    "show running-config",
    "show version",
    "show crypto gdoi",
    "show crypto isakmp policy",
    "show crypto isakmp sa detail",
    "show ip interface brief",
)


@pytest.fixture(scope="module")
def known_hosts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("keys") / "known_hosts"


@pytest.fixture(scope="module")
def routers(known_hosts: Path) -> Iterator[list[tuple[str, str, int]]]:
    """Where the routers listen."""
    process = subprocess.Popen(
        [sys.executable, str(HERE / "fleet_server.py"), str(ROUTERS), str(known_hosts)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield json.loads(process.stdout.readline())
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def fleet(routers: list[tuple[str, str, int]]) -> Nornir:
    defaults = Defaults(username="admin", password="admin", platform="cisco_ios")  # noqa: S106
    hosts = Hosts()
    for name, address, port in routers:
        hosts[name] = Host(name=name, hostname=address, port=port, defaults=defaults)
    return Nornir(inventory=Inventory(hosts=hosts, groups=Groups(), defaults=defaults))


def ask_and_save(task: Task, folder: Path) -> None:
    """The task that nornir-netmiko does, as its users write it."""
    own = folder / task.host.name
    own.mkdir()
    for command in COMMANDS:
        answer = task.run(netmiko_send_command, command_string=command)
        (own / f"{command.replace(' ', '_')}.txt").write_text(answer.result, "utf-8")
    task.host.close_connection("netmiko")


def theirs(routers: list[tuple[str, str, int]], workers: int, folder: Path) -> float:
    """Hosts per second."""
    folder.mkdir()
    nornir = fleet(routers).with_runner(ThreadedRunner(num_workers=workers))
    begun = perf_counter()
    result = nornir.run(task=ask_and_save, folder=folder)
    taken = perf_counter() - begun
    assert not result.failed_hosts
    return len(routers) / taken


def ours(routers: list[tuple[str, str, int]], known_hosts: Path, folder: Path) -> float:
    """Hosts per second, with host keys verified, secrets taken out, and an index."""
    nornir = fleet(routers)
    begun = perf_counter()
    got = collect(nornir, folder, commands=COMMANDS, access=Access(known_hosts=str(known_hosts)))
    taken = perf_counter() - begun
    assert (got.done, got.outputs) == (len(routers), len(routers) * len(COMMANDS))
    return len(routers) / taken


def resident() -> int:
    """The memory of this process in bytes."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def test_a_fleet_gives_more_hosts_a_second_than_with_nornir_netmiko(
    routers: list[tuple[str, str, int]], known_hosts: Path, tmp_path: Path
) -> None:
    ConnectionPluginRegister.auto_register()
    some = routers[:SAMPLE]
    theirs(some, WORKERS[1], tmp_path / "first")
    ours(some, known_hosts, tmp_path / "first-of-ours")
    rates = {each: theirs(some, each, tmp_path / f"{each}-workers") for each in WORKERS}
    best = max(rates, key=rates.__getitem__)
    told = ", ".join(f"{count}: {rate:.0f}" for count, rate in rates.items())
    print(f"nornir-netmiko, hosts/s by workers: {told}")

    ratios = []
    for number in range(ROUNDS):
        peer = theirs(routers, best, tmp_path / f"theirs-{number}")
        own = ours(routers, known_hosts, tmp_path / f"ours-{number}")
        print(f"{ROUTERS} hosts: nornir-netmiko {peer:.0f}/s, ours {own:.0f}/s, {own / peer:.2f}x")
        ratios.append(own / peer)

    assert median(ratios) >= AT_LEAST_TIMES


def test_the_memory_does_not_grow_with_the_fleet(
    routers: list[tuple[str, str, int]], known_hosts: Path, tmp_path: Path
) -> None:
    many = [
        (f"{name}-{turn}", address, port)
        for turn in range(FLEET // ROUTERS)
        for name, address, port in routers
    ]
    sizes: list[int] = []

    def look(gathered: Gathered) -> None:
        assert gathered.failure is None
        sizes.append(resident())

    collect(
        fleet(many),
        tmp_path / "fleet",
        commands=COMMANDS,
        access=Access(known_hosts=str(known_hosts)),
        processes=1,
        report=look,
    )

    settled, end = sizes[SETTLED - 1], sizes[-1]
    print(
        f"resident after {SETTLED} hosts {settled / 1e6:.0f} MB, after {FLEET} {end / 1e6:.0f} MB"
    )
    assert end <= MOST_GROWTH * settled
