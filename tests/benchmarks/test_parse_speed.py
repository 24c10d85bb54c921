"""Parsing speed beside genie.libs.parser: same texts, same process, turn by turn.

`make bench` runs this. Each figure is a ratio, so that it holds on any machine.
"""

import csv
import gc
import json
import re
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from statistics import median
from time import perf_counter
from unittest.mock import Mock

import pytest

from getvpn.parsers import parse

ROUNDS = 9
PASSES = 3
"""Passes over the shared set in one turn of ours, as one turn of the peer takes far longer."""

MEMBER = """\
Group Member ID    : {address}  GM Version: 1.0.25
 Group ID          : {group_id}
 Group Name        : {group}
 Group Type        : GDOI (ISAKMP)
 GM State          : Registered
 Key Server ID     : 192.0.2.{server}
 Rekeys sent       : {sent}
 Rekeys retries    : 0
 Rekey Acks Rcvd   : {sent}
 Rekey Acks missed : 0

 Sent seq num : 0     0     0     0    {tail}
 Rcvd seq num : 0     0     0     0    {tail}


"""


def ks_members(count: int, groups: int = 4) -> str:
    """`show crypto gdoi ks members` with `count` members in equal groups."""
    out = ["show crypto gdoi ks members\n\n"]
    for group in range(groups):
        name = f"GETVPN-{group}"
        out.append(
            f"Number of rekeys sent for group {name} : 12\n"
            f"Number of retransmits during the last rekey for group {name} : 0\n"
            f"Duration of the last rekey for group {name} : 10000 msec\n\n"
        )
        out += (
            MEMBER.format(
                address=f"10.{i >> 16 & 255}.{i >> 8 & 255}.{i & 255}",
                group_id=6000 + group,
                group=name,
                server=1 + group,
                sent=i % 97,
                tail=" ",
            )
            for i in range(group * count // groups, (group + 1) * count // groups)
        )
    return "".join(out)


def turns(*jobs: Callable[[], object], rounds: int = ROUNDS) -> list[float]:
    """The median seconds of each job, the jobs taking turns."""
    for job in jobs:
        job()
    times: list[list[float]] = [[] for _ in jobs]
    for _ in range(rounds):
        for job, taken in zip(jobs, times, strict=True):
            gc.collect()
            start = perf_counter()
            job()
            taken.append(perf_counter() - start)
    return [median(taken) for taken in times]


def genie_parser(
    command: str, platform: str, named: str | None, arguments: dict[str, str]
) -> Callable[[str], object]:
    """Genie's parse of `command`, as its users call it; `named` is the class, where known."""
    from genie.libs.parser.utils import get_parser

    device = Mock(os=platform, custom={})
    if named is None:
        found, kwargs = get_parser(command, device)
    else:
        found, kwargs = genie_class(platform, named), {}
    return lambda text: found(device=device).parse(output=text, **(kwargs | arguments))


def genie_class(platform: str, named: str) -> type:
    """The parser class `named` in genie's modules for crypto, NTP and the clock."""
    for module in ("show_crypto_gdoi", "show_crypto", "show_ntp", "show_system"):
        try:
            home = import_module(f"genie.libs.parser.{platform}.{module}")
        except ModuleNotFoundError:
            continue
        if hasattr(home, named):
            found: type = getattr(home, named)
            return found
    raise LookupError(named)


def genie_set(shared: Path) -> list[tuple[str, str, Callable[[str], object]]]:
    """Every capture that genie has a parser for: command, text, genie's parse."""
    captures = shared / "captures"
    rows = []
    with (captures / "MANIFEST.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if not row["path"].startswith("genie/"):
                continue
            given = re.search(r"arguments: (\{.*\})", row["notes"])
            arguments = json.loads(given[1]) if given else {}
            text = (captures / row["path"]).read_text(encoding="utf-8")
            named = re.search(r"genie class (\w+)", row["notes"])
            theirs = genie_parser(
                row["command"], row["platform"], named[1] if named else None, arguments
            )
            rows.append((row["command"], text, theirs))
    return rows


def test_the_shared_set_is_parsed_ten_times_as_fast(
    shared: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    comparable = []
    with capsys.disabled():
        for command, text, theirs in genie_set(shared):
            try:
                theirs(text)
            except Exception as error:  # noqa: BLE001 - whatever the peer raises, it is not comparable
                print(f"\n{command}: genie raises {type(error).__name__}", end="")
                continue
            comparable.append((command, text, theirs))

        def mine() -> None:
            for _ in range(PASSES):
                for command, text, _ in comparable:
                    parse(command, text)

        def peer() -> None:
            for _, text, theirs in comparable:
                theirs(text)

        ours, other = turns(mine, peer)
        ours /= PASSES
        print(
            f"\n{len(comparable)} captures: {ours * 1e3:.1f} ms, genie {other * 1e3:.1f} ms", end=""
        )
        print(f", {other / ours:.1f}x")
    assert other / ours >= 10


def test_a_large_member_table_is_parsed_fifteen_times_as_fast_and_grows_straight(
    capsys: pytest.CaptureFixture[str],
) -> None:
    command = "show crypto gdoi ks members"
    theirs = genie_parser(command, "iosxe", "ShowCryptoGdoiKsMembers", {})
    small, large = ks_members(2000), ks_members(8000)
    mine_small, mine, other = turns(
        lambda: parse(command, small),
        lambda: parse(command, large),
        lambda: theirs(large),
        rounds=5,
    )
    with capsys.disabled():
        print(f"\n2,000 members {mine_small * 1e3:.0f} ms, 8,000 members {mine * 1e3:.0f} ms")
        print(f"growth {mine / mine_small:.2f}; genie {other * 1e3:.0f} ms, {other / mine:.1f}x")
    assert other / mine >= 15
    assert mine / mine_small <= 4.6


def test_the_first_parse_costs_under_100_ms_over_the_import_of_ttp() -> None:
    program = (
        "from time import perf_counter as now\n"
        "import ttp\n"
        "text = open(0).read()\n"
        "start = now()\n"
        "from getvpn.parsers import parse\n"
        "parse('show crypto gdoi ks members', text)\n"
        "print(now() - start)\n"
    )
    taken = [
        float(
            subprocess.run(
                [sys.executable, "-c", program],
                input=ks_members(12),
                capture_output=True,
                text=True,
                check=True,
            ).stdout
        )
        for _ in range(5)
    ]
    assert median(taken) < 0.1, taken
