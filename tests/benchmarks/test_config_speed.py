"""Speed of reading configurations. `make bench` runs this."""

import gc
import os
import subprocess
import sys
from pathlib import Path
from time import perf_counter

from getvpn.parsers.config import device_config, parse_config

ROUNDS = 9
TREE_20000_LINES_S = 0.100
READ_400_LINES_S = 0.005
IMPORT_S = 0.025

BLOCK = """\
interface GigabitEthernet0/{n}
 description link {n}
 ip address 10.{high}.{low}.1 255.255.255.0
 ip flow monitor FM input
 crypto map GETVPN-MAP
!
ip access-list extended ACL-{n}
 10 deny   tcp any any eq bgp
 20 deny   udp any any eq 848
 30 permit ip 10.{high}.0.0 0.0.255.255 10.0.0.0 0.255.255.255
!
"""


def configuration(lines: int) -> str:
    """A running configuration of interfaces and access lists."""
    blocks = lines // BLOCK.count("\n")
    return "hostname R1\n!\n" + "".join(
        BLOCK.format(n=n, high=n // 256 % 256, low=n % 256) for n in range(blocks)
    )


def best(text: str, *, views: bool) -> float:
    """The fastest of some rounds: what the machine can do when nothing else runs."""
    times = []
    for _ in range(ROUNDS):
        gc.collect()
        begin = perf_counter()
        tree = parse_config(text)
        if views:
            device_config(tree)
        times.append(perf_counter() - begin)
    return min(times)


def test_a_tree_of_20000_lines() -> None:
    assert best(configuration(20_000), views=False) < TREE_20000_LINES_S


def test_the_views_of_400_lines() -> None:
    assert best(configuration(400), views=True) < READ_400_LINES_S


def test_the_time_grows_with_the_lines() -> None:
    small, large = (best(configuration(lines), views=True) for lines in (2_000, 16_000))
    assert large < 8 * small * 1.5


def test_the_import_beside_the_standard_library(tmp_path: Path) -> None:
    code = (
        "import dataclasses, ipaddress, re, typing, time; begin = time.perf_counter();"
        "import getvpn.parsers.config; print(time.perf_counter() - begin)"
    )
    # Installed packages have their bytecode; the first round writes it.
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(tmp_path)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [sys.executable, "-c", code]
    times = [
        float(subprocess.run(command, env=environment, capture_output=True, check=True).stdout)
        for _ in range(ROUNDS)
    ]
    assert min(times) < IMPORT_S
