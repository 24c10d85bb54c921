"""What the logs of emulated groups tell, from the routers' `show logging` to the explanation."""

from datetime import datetime
from pathlib import Path

import pytest

from getvpn.audits.logs.case import Explanation
from getvpn.audits.logs.files import find_files
from getvpn.audits.logs.reading import read_logs
from getvpn.audits.logs.report import LogReport, report_of
from getvpn.audits.logs.text import render
from getvpn.audits.rule import Severity
from getvpn.emulator import Lab
from getvpn.emulator.groups.feature import Gdoi

from .emulated import lab, ping, primary, save, typed

NOW = datetime(2026, 6, 1)  # noqa: DTZ001 - logs have no zone
KEY = "GETVPN-REKEY"


def told(found: Lab, folder: Path) -> LogReport:
    return report_of(read_logs(find_files([str(save(found, folder))]), NOW))


def about(report: LogReport) -> dict[str, Explanation]:
    return {each.about: each for each in report.explanations}


def test_a_group_that_is_well_is_nothing_to_worry_about(tmp_path: Path) -> None:
    found = lab()
    found.advance(2400)
    report = told(found, tmp_path)
    assert not report.trouble
    assert report.explanations == []
    text = render(report)
    assert text.count("KS1: sent a unicast rekey") == 3
    assert text.count("received by 3 of 3") == 3
    assert text.endswith("nothing to worry about\n")


def test_a_member_that_is_cut_off_missed_the_rekey_and_registers_late(tmp_path: Path) -> None:
    found = lab()
    for server in primary(found):
        found.cut(server, "GM2")
    found.advance(1500)
    found.heal()
    found.advance(900)
    explained = about(told(found, tmp_path))
    missed = explained["missed rekeys"]
    assert missed.what == "GM2 missed the rekey seq 1"
    assert missed.devices == ("GM2",)
    assert "not logged by GM2; 2 received it" in missed.seen[0]
    assert "registered anew, since no rekey came" in missed.seen[1]
    assert explained["late registration"].severity is Severity.LOW


def test_a_partition_is_a_split_with_its_beginning_and_its_end(tmp_path: Path) -> None:
    found = lab()
    first, second = primary(found)
    found.partition([first, "GM1"], [second, "GM2", "GM3"])
    found.advance(1300)
    found.heal()
    found.advance(120)
    report = told(found, tmp_path)
    split = about(report)["split"]
    assert split.severity is Severity.HIGH
    assert split.devices == (first, second)
    assert any(f"{first} sent the rekey seq 1" in line for line in split.seen)
    assert "they reached each other again" in split.seen[-1]
    assert not {"lost peer", "missed rekeys", "take-over"} & set(about(report))


def test_a_partition_that_lasts_is_critical(tmp_path: Path) -> None:
    found = lab()
    first, second = primary(found)
    found.partition([first, "GM1"], [second, "GM2", "GM3"])
    found.advance(900)
    split = about(told(found, tmp_path))["split"]
    assert split.severity is Severity.CRITICAL
    assert split.seen[-1] == "they do not reach each other again in these logs"


def test_a_key_server_that_fails_is_followed_by_another_and_is_no_split(tmp_path: Path) -> None:
    found = lab()
    first, second = primary(found)
    found.power_off(first)
    found.advance(900)
    explained = about(told(found, tmp_path))
    assert set(explained) == {"take-over", "lost peer"}
    assert explained["take-over"].what.startswith(f"{second} took over from")
    assert explained["take-over"].what.endswith("was not reached any more")


def test_an_election_by_command_that_changes_nothing_is_no_trouble(tmp_path: Path) -> None:
    found = lab()
    first, _ = primary(found)
    found.advance(60)
    typed(found, first, "clear crypto gdoi ks coop role", "yes")
    found.advance(300)
    assert not told(found, tmp_path).trouble


def test_a_change_of_the_rsa_key_is_followed_by_expected_rejections(tmp_path: Path) -> None:
    found = lab()
    first, _ = primary(found)
    change = f"crypto key generate rsa modulus 1024 label {KEY} exportable"
    typed(found, first, "configure terminal", change, "end")
    found.advance(1500)
    report = told(found, tmp_path)
    rejected = about(report)["rejected rekeys"]
    assert rejected.severity is Severity.INFO
    assert rejected.devices == ("GM1", "GM2", "GM3")
    assert "as expected" in rejected.what
    assert about(report)["registration storm"].severity is Severity.INFO
    assert not report.trouble


def test_rejections_without_registrations_afterwards_are_not_over(tmp_path: Path) -> None:
    found = lab()
    first, _ = primary(found)
    change = f"crypto key generate rsa modulus 1024 label {KEY} exportable"
    typed(found, first, "configure terminal", change, "end")
    found.advance(620)
    rejected = about(told(found, tmp_path))["rejected rekeys"]
    assert rejected.severity is Severity.LOW
    assert "is not in these logs" in rejected.what


def test_a_member_whose_time_is_wrong_is_told_with_the_difference(tmp_path: Path) -> None:
    found = lab()
    member = found["GM1"].feature(Gdoi).members[0]
    assert member.pseudotime_offset is not None
    member.pseudotime_offset += 600
    ping(found)
    replay = about(told(found, tmp_path))["replay check"]
    assert replay.severity is Severity.HIGH
    assert "far apart" in replay.what
    assert replay.seen == ("GM2 from 10.1.1.1: pseudotimes 600.00 s apart, window 5 s, once",)


@pytest.mark.parametrize("ahead", [-7200.0, 125.0])
def test_clocks_that_are_wrong_are_told_and_corrected(tmp_path: Path, ahead: float) -> None:
    found = lab()
    found.advance(1500)
    save(found, tmp_path)
    moved = tmp_path / "GM2.log"
    moved.write_text(shifted(moved.read_text("utf-8"), ahead), "utf-8")
    report = report_of(read_logs(find_files([str(tmp_path)]), NOW))
    clock = next(each for each in report.clocks if each.device == "GM2")
    assert clock.differs
    assert clock.ahead == pytest.approx(ahead, abs=1)
    assert clock.reference == "KS1"
    assert not report.trouble
    text = render(report)
    word = "ahead of" if ahead > 0 else "behind"
    assert f"GM2 is {abs(ahead):.0f} s {word} KS1 (by" in text
    assert text.count("received by 3 of 3") == 2


def test_a_syslog_server_sees_through_clocks_that_are_wrong(tmp_path: Path) -> None:
    found = lab()
    first, second = primary(found)
    found.partition([first, "GM1"], [second, "GM2", "GM3"])
    found.advance(1300)
    found.heal()
    found.advance(120)
    ahead = {"GM1": 3600.0, second: -77.0}
    lines = []
    for path in save(found, tmp_path).glob("*.log"):
        for line in path.read_text("utf-8").splitlines():
            head, mark, message = line.partition(": %")
            if mark:
                written = shifted(head, ahead.get(path.stem, 0.0)).lstrip("*.")
                at = shifted_time(head)
                lines.append(f"<189>1 {at} {path.stem}.example.net - - - - {written}: %{message}")
        path.unlink()
    (tmp_path / "all.log").write_text("\n".join(sorted(lines)), "utf-8")
    report = report_of(read_logs(find_files([str(tmp_path)]), NOW))
    assert about(report)["split"].devices == (first, second)
    wrong = {each.device: round(each.ahead or 0) for each in report.clocks if each.differs}
    assert wrong == ahead


def shifted_time(head: str) -> str:
    """The time in a head as a syslog server writes it."""
    words = head.lstrip("*.")
    at = datetime.strptime(f"2026 {words}", "%Y %b %d %H:%M:%S.%f")  # noqa: DTZ007
    return f"{at.isoformat(timespec='milliseconds')}Z"


def shifted(text: str, seconds: float) -> str:
    """The log of a device whose clock is that far ahead."""
    import re
    from datetime import timedelta

    def move(match: re.Match[str]) -> str:
        at = datetime.strptime(f"2026 {match[0]}", "%Y %b %d %H:%M:%S.%f")  # noqa: DTZ007
        return (at + timedelta(seconds=seconds)).strftime("%b %d %H:%M:%S.%f")[:-3]

    return re.sub(r"[A-Z][a-z]{2} {1,2}\d+ \d\d:\d\d:\d\d\.\d{3}", move, text)
