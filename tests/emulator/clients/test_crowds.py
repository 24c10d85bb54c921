"""Much output, and many sessions, at the same time."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from .conftest import SCRIPTS
from .devices import SCP, Start, device
from .openssh import OpenSsh
from .terminal import Terminal

BIG = 5_500_000
TURNS = 100
SESSIONS = 1000
LINES = 16
MEMORY_KB = 250 * SESSIONS


@pytest.mark.checklist(99)
def test_five_megabytes_of_output_keep_nobody_waiting(start: Start, tmp_path: Path) -> None:
    host = start({"KS1": device(more=SCP)}).host("KS1")
    openssh = OpenSsh(host=host, folder=tmp_path)
    line = b"interface counters and everything that support wants to know of a router\n"
    (tmp_path / "big").write_bytes(line * (BIG // len(line)))
    assert openssh.copy(str(tmp_path / "big"), ":bootflash:/big").returncode == 0

    took = []
    with Terminal(host) as terminal, openssh.start("-tt") as reader, ThreadPoolExecutor() as pool:
        assert reader.stdin is not None
        assert reader.stdout is not None
        reader.stdin.write(b"terminal length 0\r" + b"more bootflash:/big\r" * 4 + b"exit\r")
        reader.stdin.flush()
        # there is always more to come when somebody else asks
        for _ in range(TURNS):
            share = pool.submit(reader.stdout.read, 4 * BIG // TURNS // 2)
            terminal.ask("show clock")
            took.append(share.result())
        took.append(reader.stdout.read())

    everything = b"".join(took)
    assert everything.count(line.replace(b"\n", b"\r\n")) == 4 * (BIG // len(line))


def _resident_kb() -> int:
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0])


@pytest.mark.checklist(100)
@pytest.mark.skipif(sys.platform != "linux", reason="reads the memory in use from /proc")
def test_a_thousand_idle_sessions_stay_alive(start: Start) -> None:
    names = [f"R{number}" for number in range(-(-SESSIONS // LINES))]
    # longer than a busy computer takes to open them all
    lab = start({name: device(name, lines=" exec-timeout 120 0\n") for name in names})
    hosts = [lab.host(names[number // LINES]) for number in range(SESSIONS)]
    told = [[host.address, host.port, host.username, host.password] for host in hosts]

    before = _resident_kb()
    with subprocess.Popen(
        [sys.executable, SCRIPTS / "idle_sessions.py"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as crowd:
        assert crowd.stdin is not None
        assert crowd.stdout is not None
        crowd.stdin.write(json.dumps(told) + "\n")
        crowd.stdin.flush()
        assert crowd.stdout.readline() == f"{SESSIONS} open\n"
        grown = _resident_kb() - before
        lab.advance(300)
        crowd.stdin.write("ask\n")
        crowd.stdin.flush()
        assert crowd.stdout.readline() == f"{SESSIONS} answer\n"

    assert grown < MEMORY_KB
