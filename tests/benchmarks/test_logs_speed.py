"""Speed and memory of `getvpn logs` with a million lines, all of them about GETVPN.

`make bench` runs this.
"""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

LINES, MEMBERS = 1_000_000, 1000
SECONDS, BYTES = 10.0, 200_000_000
EVERY = timedelta(hours=2)
SPI = "EEB0E9A2BBD4C71AF1034F6B24EB8022"
RUN = """
import contextlib, io, json, resource, sys
from time import perf_counter
from getvpn.cli.main import run
begin = perf_counter()
with contextlib.redirect_stdout(io.StringIO()) as said:
    code = run(["logs", sys.argv[1]])
took = perf_counter() - begin
most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(json.dumps([code, took, most, said.getvalue().count("\\n")]))
"""


def write_log(path: Path) -> None:
    """The file of a syslog server to which a key server and its members write each rekey."""
    at, written = datetime(2026, 3, 1, tzinfo=UTC), 0
    with path.open("w") as file:
        while written < LINES:
            sequence = 1 + written // (MEMBERS + 1) % 48
            stamp = f"{at:%b %e %H:%M:%S}"
            tail = f"with seq # {sequence}, spi 0x{SPI}\n"
            file.write(
                f"{stamp} ks1 {written}: {stamp}.123: %GDOI-5-KS_SEND_UNICAST_REKEY: Sending"
                f" Unicast Rekey for group WAN from address 10.0.0.1 {tail}"
            )
            members = range(min(MEMBERS, LINES - written - 1))
            file.writelines(
                f"{stamp} gm{member} {written + member}: {stamp}.{member:03d}: %GDOI-5-"
                "GM_RECV_REKEY: Received Rekey for group WAN from 10.0.0.1 to"
                f" 10.1.{member // 250}.{member % 250} {tail}"
                for member in members
            )
            written += 1 + len(members)
            at += EVERY


def test_a_million_lines_are_explained_in_ten_seconds(tmp_path: Path) -> None:
    path = tmp_path / "all.log"
    write_log(path)
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(path)], capture_output=True, text=True, check=True
    )
    code, took, most, lines = json.loads(done.stdout)
    print(f"{LINES} lines: {took:.1f} s, {most / 1e6:.0f} MB, a report of {lines} lines")
    assert code == 0
    assert took < SECONDS
    assert most < BYTES
