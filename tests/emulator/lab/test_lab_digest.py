"""The same lab, seed and commands give the same event log, byte by byte, in every process."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from getvpn.emulator import Lab
from getvpn.emulator.lab.generating import LabPlan, generate
from getvpn.emulator.testing import console

PLAY = """\
import sys
from pathlib import Path

from getvpn.emulator import Lab
from getvpn.emulator.testing import console

lab = Lab(Path(sys.argv[1]))
lab.advance(300)
for name, *lines in (
    ("KS1", "crypto gkm ks rekey", "show crypto gkm ks members"),
    ("GM1", "clear crypto gdoi", "yes", "ping 203.0.113.1 repeat 2"),
    ("KS1", "configure terminal", "crypto gkm group EXAMPLE-WAN", "server local",
     "rekey lifetime seconds 3600", "end", "write memory"),
    ("GM2", "reload", "", ""),
):
    said = console(lab[name]).run(*lines)
    lab.kernel.record(name, said)
    lab.advance(31.7)
lab.partition(["KS2", "GM3"])
lab.advance(1800)
lab.line("GM2", loss=0.4)
lab.heal()
lab.line("KS1", latency_s=0.2)
lab.kill("KS1")
lab.advance(7200)
lab.boot("KS1")
lab.advance(20000)
print(lab.event_count(), lab.digest())
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A lab of two key servers, three members, and two stations that nobody lets in."""
    files = generate(LabPlan(members=3))
    stations = (
        "stations: [{count: 2, group: EXAMPLE-WAN, identity: 1001, servers: [203.0.113.1],"
        " address: 100.64.0.1, secret: x, quiet: false}]\n"
    )
    for name, text in files.items():
        place = tmp_path / name
        place.parent.mkdir(exist_ok=True)
        place.write_text(text + stations if name == "lab.yml" else text)
    return tmp_path / "lab.yml"


def played(path: Path, hash_seed: str) -> tuple[int, str]:
    """How many events there are in a process of its own, and their digest."""
    done = subprocess.run(
        [sys.executable, "-c", PLAY, str(path)],
        env=os.environ | {"PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=True,
    )
    count, digest = done.stdout.split()
    return int(count), digest


def test_two_processes_see_the_same_and_with_another_seed_another_story(path: Path) -> None:
    first = played(path, "1")
    assert first[0] > 100
    assert played(path, "2") == first

    path.write_text(path.read_text().replace("seed: 1\n", "seed: 2\n"))
    assert played(path, "1") != first


def test_looking_changes_nothing(path: Path) -> None:
    digests = []
    for looks in (False, True):
        lab = Lab(path)
        for _ in range(20):
            lab.advance(400)
            if looks:
                lab.inspect("KS1")
                lab.inspect("S1")
                console(lab["KS1"]).run("show crypto gkm ks", "show crypto gkm ks members")
                console(lab["GM1"]).run("show crypto gdoi", "show crypto ipsec sa")
        digests.append(lab.digest())
    assert digests[0] == digests[1]
