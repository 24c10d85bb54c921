"""A run that is broken off on a computer that stands still at that moment."""

from collections.abc import Iterable
from typing import Any

import pytest

from getvpn.tasks.fleet import runner
from getvpn.tasks.fleet.runner import FleetRunner
from getvpn.tasks.fleet.schedule import Limits, Schedule


class Slow:
    """Hands whose hosts come after so many waits; each wait takes some seconds more than it may."""

    def __init__(self, hosts: Iterable[str], waits: int, late_s: float) -> None:
        self.hosts = list(hosts)
        self.waits = waits
        self.late_s = late_s
        self.now_s = 0.0

    @property
    def busy(self) -> bool:
        return bool(self.hosts)

    def abort(self) -> None:
        self.now_s += self.late_s

    def wait(self, timeout_s: float) -> list[str]:
        self.waits -= 1
        self.now_s += timeout_s + self.late_s
        found = self.hosts if self.waits <= 0 else []
        self.hosts = [] if found else self.hosts
        return found


def taken(crew: Slow, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What is taken of what comes after the end."""
    found: list[Any] = []
    monkeypatch.setattr(runner, "monotonic", lambda: crew.now_s)
    FleetRunner()._break_off(Schedule((), Limits()), crew, found.append)  # type: ignore[arg-type]
    return found


@pytest.mark.parametrize(("waits", "late_s"), [(1, 0.0), (1, 3.0), (5, 3.0)])
def test_what_sessions_have_got_is_taken_however_late_it_is(
    waits: int, late_s: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert taken(Slow(["R1", "R2"], waits, late_s), monkeypatch) == ["R1", "R2"]


def test_sessions_that_say_nothing_are_not_waited_for_any_longer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    crew = Slow(["R1"], 1000, 0.0)

    assert taken(crew, monkeypatch) == []
    assert crew.now_s == pytest.approx(runner.GRACE_S)
