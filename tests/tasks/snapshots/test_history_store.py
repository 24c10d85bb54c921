"""The history in databases of each kind: entered whole, read by group and device, pruned."""

from collections.abc import Iterator

import pytest
from sqlalchemy import func, select

from getvpn.audits.engine import Past, Report
from getvpn.audits.facts import Fleet
from getvpn.audits.rule import Evidence, Finding, Severity
from getvpn.audits.settings import Settings
from getvpn.errors import UsageError
from getvpn.tasks.database.tables import audits, figures, found
from getvpn.tasks.history import ORDER, History, moment, rows_of
from getvpn.tasks.snapshots.figures import Figure


def finding(device: str, severity: Severity = Severity.HIGH, group: str | None = "G1") -> Finding:
    """Something that a rule found."""
    place = Evidence(kind="config", device=device, source="a.cfg").location
    return Finding(
        rule="TEK001",
        severity=severity,
        device=device,
        group=group,
        location=place,
        message="short",
    )


def report(*findings: Finding) -> Report:
    """An audit that found these."""
    return Report(fleet=Fleet(), rules=(), profile="seed", settings=Settings(), findings=findings)


@pytest.fixture
def history(url: str) -> Iterator[History]:
    """A history without audits."""
    made = History(url)
    yield made
    made.close()


def enter(history: History, at: float, *findings: Finding, members: float = 2) -> None:
    """Enter an audit into the series `wan`."""
    told = [Figure("", "G1", "members", members), Figure("KS1", "", "uptime s", at)]
    history.enter("wan", report(*findings), at=at, version="1", told=told)


def test_audits_come_back_in_the_order_of_time(history: History) -> None:
    enter(history, 20.0, finding("KS1"), finding("KS1"), finding("KS2", Severity.LOW))
    enter(history, 10.0, members=1)
    first, second = history.entries("wan")
    assert (first.at, second.at) == (10.0, 20.0)
    assert sum(first.counts.values()) == 0
    assert (second.counts[Severity.HIGH], second.counts[Severity.LOW]) == (2, 1)
    assert [(each.device, each.times) for each in second.found] == [("KS1", 2), ("KS2", 1)]
    (series,) = history.series()
    assert (series.name, series.count, series.first, series.last) == ("wan", 2, 10.0, 20.0)


def test_a_report_gets_counts_and_figures_of_groups(history: History) -> None:
    enter(history, 10.0, finding("KS1"))
    enter(history, 20.0)
    assert history.past("other") == ()
    assert history.past("wan") == tuple(
        Past(
            at=moment(at),
            counts=tuple((each, count if each is Severity.HIGH else 0) for each in ORDER),
            figures=(("G1: members", 2.0),),
        )
        for at, count in ((10.0, 1), (20.0, 0))
    )


def test_a_group_and_a_device_are_chosen(history: History) -> None:
    enter(history, 10.0, finding("KS1"), finding("KS2", group=None))
    (entry,) = history.entries("wan", group="G1")
    assert [each.device for each in entry.found] == ["KS1"]
    assert [each.name for each in entry.figures] == ["members"]
    (entry,) = history.entries("wan", device="KS2")
    assert [each.group for each in entry.found] == [""]
    assert entry.figures == ()
    assert list(history.entries("wan", since=11.0)) == []
    for wrong in ({"group": "G2"}, {"device": "KS9"}, {"group": "G1", "device": "KS2"}):
        with pytest.raises(UsageError, match="the series 'wan' has nothing about "):
            list(history.entries("wan", **wrong))


def test_in_brief_findings_are_counted_and_figures_are_of_groups(history: History) -> None:
    enter(history, 10.0, finding("KS1"), finding("KS1"), finding("KS2", Severity.LOW))
    (entry,) = history.entries("wan", brief=True)
    (whole,) = history.entries("wan")
    assert entry.counts == whole.counts
    assert [each.name for each in entry.figures] == ["members"]
    (entry,) = history.entries("wan", brief=True, device="KS1")
    assert [each.name for each in entry.figures] == ["uptime s"]
    assert entry.counts[Severity.HIGH] == 2


def test_rows_have_the_whole_and_its_parts(history: History) -> None:
    enter(history, 0.0, finding("KS1"), finding("KS2"))
    told = {
        (group, device, name): value
        for _, _, group, device, name, value in rows_of(history.entries("wan"))
    }
    assert told["", "", "findings high"] == 2
    assert told["", "", "findings low"] == 0
    assert told["G1", "KS1", "findings high"] == 1
    assert told["G1", "", "members"] == 2


def test_names_that_are_no_text_are_entered_as_they_can_be(history: History) -> None:
    told = [Figure("KS1-\udcff", "G\0", "members", 1)]
    history.enter("wan", report(finding("KS1-\udcff")), at=0.0, version="1", told=told)
    (entry,) = history.entries("wan", device="KS1-\\udcff")
    assert [each.times for each in entry.found] == [1]
    assert [each.group for each in entry.figures] == ["G\\x00"]


def test_what_is_pruned_leaves_nothing_behind(history: History) -> None:
    for at in (10.0, 20.0, 30.0):
        enter(history, at, finding("KS1"))
    with pytest.raises(UsageError, match="the history has no series 'other'"):
        history.prune(25.0, "other")
    assert history.prune(25.0, "wan") == 2
    assert [each.at for each in history.entries("wan")] == [30.0]
    assert history.prune(99.0) == 1
    with history._writing() as connection:
        for table in (audits, found, figures):
            assert connection.scalar(select(func.count()).select_from(table)) == 0
