"""How long the command takes as a whole process."""

import subprocess
import sys
import time
from pathlib import Path

HEADER = """\
hostname ks1
crypto ipsec profile PROF
 set security-association lifetime seconds 7200
crypto gdoi group G1
 identity number 1001
 server local
  sa ipsec 10
   profile PROF
  address ipv4 10.10.1.1
  redundancy
   local priority 100
   peer address ipv4 10.10.2.1
"""
INTERFACE = "interface Vlan{0}\n description branch {0}\n ip address 10.{0}.0.1 255.255.255.0\n!\n"


def test_lint_of_four_hundred_lines_takes_less_than_a_quarter_second(tmp_path: Path) -> None:
    path = tmp_path / "ks1.cfg"
    path.write_text(HEADER + "".join(map(INTERFACE.format, range(1, 101))), "utf-8")
    command = [sys.executable, "-m", "getvpn", "lint", str(path)]
    durations = []
    for _ in range(5):
        start = time.perf_counter()
        subprocess.run(command, check=False, capture_output=True)
        durations.append(time.perf_counter() - start)
    assert min(durations) < 0.25
