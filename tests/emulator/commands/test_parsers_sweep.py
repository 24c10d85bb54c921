"""Every show command, on every model, read by every parser that genie and ntc-templates have.

What counts is decided in tables: `sweep_nothing` says where a router has nothing to show,
`sweep_wrong` which parsers do not read what real routers print, `sweep_required` what has to be
found.
"""

from functools import cache
from itertools import product

import pytest

from .readers import PLATFORMS
from .sweep import Sweep, sweep
from .sweep_checks import Known, inventions, misplaced
from .sweep_nothing import TABLE as NOTHING
from .sweep_nothing import content
from .sweep_required import missing
from .sweep_routers import SITUATIONS
from .sweep_wrong import TABLE as WRONG

# in one process: genie is slow to import, and each router is swept once
pytestmark = pytest.mark.xdist_group("genie sweep")
ROUTERS = list(product(PLATFORMS, SITUATIONS))


@cache
def swept(platform: str, situation: str) -> Sweep:
    pytest.importorskip("genie.libs.parser")
    pytest.importorskip("ntc_templates")
    return sweep(platform, situation)


@pytest.mark.parametrize(("platform", "situation"), ROUTERS)
def test_every_parser_reads_every_output(platform: str, situation: str) -> None:
    failures = [str(reading) for reading in swept(platform, situation).failures()]

    assert failures == []


@pytest.mark.parametrize(("platform", "situation"), ROUTERS)
def test_every_parser_finds_what_the_router_has(platform: str, situation: str) -> None:
    sweep = swept(platform, situation)
    absent = {}
    for reading in sweep.readings:
        if not reading.failed:
            lacking = missing(sweep.truth, reading.form, reading.tool, reading.found)
            if lacking:
                absent[f"{reading.tool}: {reading.form.text}"] = lacking

    assert absent == {}


@pytest.mark.parametrize(("platform", "situation"), ROUTERS)
def test_no_parser_finds_what_the_router_has_not(platform: str, situation: str) -> None:
    sweep = swept(platform, situation)
    known = Known(sweep.truth)
    strange = {}
    for reading in sweep.readings:
        if reading.failed:
            continue
        found = inventions(known, reading.found)
        found += misplaced(sweep.truth, reading.form.text, reading.found)
        if found:
            strange[f"{reading.tool}: {reading.form.text}"] = found

    assert strange == {}


def test_most_commands_have_a_reader() -> None:
    readings = [reading for router in ROUTERS for reading in swept(*router).readings]

    assert len({reading.form.shape for reading in readings}) > 300
    assert sum(not reading.failed for reading in readings) > 3000


def test_every_excuse_is_needed() -> None:
    empty = set()
    excused = set()
    for router in ROUTERS:
        sweep = swept(*router)
        for reading in sweep.readings:
            if sweep.is_empty(reading):
                empty.add(content(reading.form.text))
            elif reading.failed:
                excused.add(reading.wrong)

    assert [row for row in WRONG if row not in excused] == []
    assert [row for row in NOTHING if row not in empty] == []
