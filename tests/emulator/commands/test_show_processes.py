"""Load and memory: the sums agree, and tools read them."""

import re

import pytest

from getvpn.emulator.platforms.processes import JOBS

from .readers import PLATFORMS, STARTUP, Bench

LOAD = re.compile(
    r"(^|\s)CPU\sutilization\sfor\sfive\sseconds:(\s(\d+)%/(\d+)%\)?)?"
    r";\sone\sminute:\s(\d+)?%;\sfive\sminutes:\s(\d+)?%"
)


@pytest.fixture(params=PLATFORMS)
def bench(request: pytest.FixtureRequest) -> Bench:
    return Bench(request.param)


def test_genie_and_the_template_read_the_processes(bench: Bench) -> None:
    found = bench.genie("show processes cpu")
    rows = bench.textfsm("show processes cpu")
    names = [job.name for job in JOBS if bench.router.family in job.families]

    assert [row["process_name"] for row in rows] == [*names, "Exec"]
    assert 0 <= found["one_min_cpu"] <= 100
    assert len(found["sort"]) == len(rows)
    assert found["sort"][1]["process"] == "Chunk Manager"


def test_sorted_processes_begin_with_the_busiest(bench: Bench) -> None:
    rows = bench.genie("show processes cpu sorted 5min")["sort"]
    loads = [row["five_min_cpu"] for row in rows.values()]
    assert loads == sorted(loads, reverse=True)
    assert loads[0] > 0


def test_one_line_tells_the_load(bench: Bench) -> None:
    text = bench.run("show processes cpu | include CPU utilization")
    assert LOAD.search(text)
    assert re.search(r"one minute: (\d+)%; five", text)


def test_processes_work_on_as_time_passes(bench: Bench) -> None:
    before = bench.genie("show processes cpu")["sort"]
    bench.advance(3600)
    after = bench.genie("show processes cpu")["sort"]
    assert all(after[pid]["invoked"] >= row["invoked"] for pid, row in before.items())
    assert after[1]["invoked"] > before[1]["invoked"]


def test_genie_reads_the_memory_and_the_sums_agree(bench: Bench) -> None:
    pools = bench.genie("show memory statistics")["name"]
    memory = bench.genie("show processes memory")
    processor = pools["processor"]
    assert processor["total"] == processor["used"] + processor["free"]
    assert processor["lowest"] < processor["free"]
    assert processor["largest"] <= processor["free"]
    assert memory["processor_pool"]["used"] == processor["used"]
    held = [row["holding"] for rows in memory["pid"].values() for row in rows["index"].values()]
    assert sum(held) == processor["used"]
    assert bench.run("show processes memory").endswith(f"{processor['used']:>37} Total\n")
    assert set(pools) - {"processor"} == {"i/o" if bench.router.family == "classic" else "lsmpi_io"}


@pytest.mark.parametrize("platform", ["isr4451", "c8000v"])
def test_the_template_reads_the_memory_of_xe(platform: str) -> None:
    bench = Bench(platform)
    (row,) = bench.textfsm("show processes memory sorted")
    assert int(row["memory_total"]) == bench.router.platform.identity.main_kb * 1024
    held = [int(number) for number in row["process_holding"][2:]]
    assert held == sorted(held, reverse=True)


def test_fields_are_found_by_splitting_the_lines(bench: Bench) -> None:
    text = bench.run("show memory statistics")
    (line,) = [line for line in text.splitlines() if "Processor" in line]
    _, _, total, used, free = line.split()[:5]
    assert int(total) - int(used) == int(free)
    (line,) = [line for line in text.splitlines() if "I/O" in line or "io" in line]
    assert int(line.split()[2]) > 0
    assert re.search(r"^Processor\s+(\S+|\d+)\s+(\d+)\s+\d+\s+(\d+)", text, re.MULTILINE)


def test_a_longer_configuration_takes_more_memory() -> None:
    small = Bench("isr4451").genie("show memory statistics")["name"]["processor"]["used"]
    lines = "".join(f"ip host h{number} 192.0.2.1\n" for number in range(100))
    large = Bench("isr4451", STARTUP + lines).genie("show memory statistics")["name"]
    assert large["processor"]["used"] == small + 100 * 640


def test_the_blocks_in_use_follow_one_another(bench: Bench) -> None:
    text = bench.run("show memory")
    assert "          Processor memory\n" in text
    blocks = re.findall(
        r"^([0-9A-F]{8,}) \d{10} ([0-9A-F]{8,}) ([0-9A-F]{8,}) 001", text, re.MULTILINE
    )
    assert [block[2] for block in blocks[:-1]] == [block[0] for block in blocks[1:]]


def test_every_process_has_a_stack(bench: Bench) -> None:
    text = bench.run("show stacks")
    assert text.startswith("Minimum process stacks:\n Free/Size   Name\n")
    assert re.search(r"\n +\d+/\d+ +Chunk Manager\n", text)
