"""How fast virtual time passes: the kernel alone, a small group, four thousand members.

`make bench` runs this. The limits are seconds and bytes on one core; each figure is printed. The
large groups run in processes of their own, so that their memory is theirs alone.
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

from getvpn.emulator import Lab
from getvpn.emulator.groups.feature import Gdoi
from getvpn.emulator.simulation.kernel import Kernel

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
DAY_S = 86_400.0
EVENTS = 600_000
LEAST_EVENTS_PER_S = 300_000
SMALL_DAY_S = 0.050
LARGE_DAY_S = 5.0
LARGE_BYTES = 400_000_000
FLAT = 1.6
"""How much dearer a member's rekey may be among 8,000 than among 400: memory caches count too."""


@pytest.fixture(autouse=True)
def one_processor() -> Iterator[None]:
    """Stay on one processor."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(before)})
    yield
    os.sched_setaffinity(0, before)


def test_the_kernel_alone() -> None:
    figures: list[float] = []
    for _ in range(5):
        kernel, left = Kernel(0.0), EVENTS

        def tick() -> None:
            nonlocal left
            left -= 1
            if left >= 1000:
                kernel.post(1.0, tick)  # noqa: B023 - used before the next turn

        for number in range(1000):
            kernel.post(number / 1000, tick)
        begun = perf_counter()
        kernel.run_until(1e9)
        figures.append((EVENTS - left) / (perf_counter() - begun))
    print(f"\nkernel: {median(figures):,.0f} events/s")
    assert median(figures) >= LEAST_EVENTS_PER_S


def test_a_day_of_two_key_servers_and_eight_members() -> None:
    """Routers with command lines and logs: the example lab."""
    lab = Lab(ROOT / "inventory" / "example" / "lab.yml")
    lab.advance(300.0)
    (group,) = lab["KS1"].feature(Gdoi).servers.values()
    figures: list[float] = []
    for _ in range(9):
        rekeys = group.rekeys_sent
        begun = perf_counter()
        lab.advance(DAY_S)
        figures.append(perf_counter() - begun)
        assert group.rekeys_sent - rekeys >= DAY_S / 7200
        assert all(record.in_row == 0 for record in group.members.values())
    print(f"\n2 key servers + 8 members, one day: {median(figures) * 1000:.1f} ms")
    assert median(figures) <= SMALL_DAY_S


def day(servers: int, members: int) -> dict[str, float]:
    """A day of a large group in a process of its own."""
    done = subprocess.run(
        [sys.executable, str(HERE / "large_group.py"), str(servers), str(members)],
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def test_a_day_of_four_key_servers_and_four_thousand_members() -> None:
    figure = day(4, 4000)
    print(
        f"\n4 key servers + 4,000 members, one day: {figure['seconds']:.2f} s, "
        f"{figure['bytes'] / 1e6:.0f} MB, {figure['verified']:.0f} signatures verified"
    )
    assert figure["received"] >= 4000 * DAY_S / 7200
    assert figure["seconds"] <= LARGE_DAY_S
    assert figure["bytes"] <= LARGE_BYTES


def test_a_members_rekey_costs_the_same_in_large_groups() -> None:
    costs = {}
    for members in (400, 8000):
        figures = [day(2, members) for _ in range(3)]
        costs[members] = median(each["seconds"] / each["received"] for each in figures)
        print(f"\n{members} members: {costs[members] * 1e6:.1f} us per member and rekey")
    assert costs[8000] <= FLAT * costs[400]
