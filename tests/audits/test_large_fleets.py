"""An audit that is spread over processes says what one process would."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from getvpn.audits import engine, load
from getvpn.audits.engine import Report, run
from getvpn.audits.examples import captures
from getvpn.audits.load import fleet_of
from getvpn.audits.registry import registry
from getvpn.audits.settings import Settings
from getvpn.parsers import spreading

from .fleets import KEY_SERVER, KS_POLICY, MEMBER

TEXTS = {
    "ks1.cfg": KEY_SERVER,
    "ks1/show crypto gdoi ks policy.txt": KS_POLICY,
    "ks2/show crypto gdoi ks policy.txt": KS_POLICY[:200] + "?",
    **{f"gm{number}.cfg": MEMBER.replace("gm1", f"gm{number}") for number in range(7)},
}


def audited() -> Report:
    return run(fleet_of(captures(TEXTS)), registry().select((), ()), Settings())


def test_copies_are_made_where_no_other_threads_run() -> None:
    """Whoever runs the tests may have threads, so that another process does it."""
    done = subprocess.run(
        [Path(sys.executable).with_name("pytest"), "-q", "-p", "no:xdist", "-p", "no:cacheprovider",
         f"{__file__}::test_an_audit_by_many_processes_is_that_by_one"],
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert "1 passed" in done.stdout, done.stdout


def test_an_audit_by_many_processes_is_that_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    if threading.active_count() > 1:
        pytest.skip("the test above runs it without threads")
    alone = audited()
    monkeypatch.setattr(load, "_CAPTURES_PER_PROCESS", 2)
    monkeypatch.setattr(engine, "_DEVICES_PER_PROCESS", 2)
    monkeypatch.setattr(spreading.os, "sched_getaffinity", lambda _: {0, 1, 2})
    shared = audited()
    assert spreading.processes_for(10, 2) == 3
    assert shared.findings == alone.findings
    assert shared.not_checked == alone.not_checked
    assert shared.faults == alone.faults == ()
    assert [str(each.problems) for each in shared.fleet.devices] == [
        str(each.problems) for each in alone.fleet.devices
    ]
