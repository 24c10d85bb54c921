"""The runbook that writes a report."""

from pathlib import Path

import pytest

from getvpn import UsageError, audit, render_report
from getvpn.playbooks.audit_report import main

EXAMPLE = Path(__file__).resolve().parents[2] / "inventory" / "example" / "network"
Capture = pytest.CaptureFixture[str]


def test_the_report_is_written_and_named(tmp_path: Path, capsys: Capture) -> None:
    report = tmp_path / "report.html"
    assert main(str(report), str(EXAMPLE)) == 0
    out, err = capsys.readouterr()
    assert out.endswith(f" findings: {report}\n")
    assert err == ""
    assert report.read_text("utf-8").endswith("</html>")
    assert int(out.split()[0]) == len(audit([EXAMPLE]).findings)


def test_the_trend_of_the_history_is_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setenv("GETVPN_JOURNAL", f"sqlite:///{tmp_path}/journal.db")
    report = tmp_path / "report.html"
    texts = []
    for _ in range(2):
        assert main(str(report), str(EXAMPLE), "--history", "nightly") == 0
        texts.append(report.read_text("utf-8"))
    assert [text.count("<polyline") > 0 for text in texts] == [False, True]
    assert main(str(report), str(EXAMPLE), "--history", "\n") == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_what_cannot_be_read_or_written_is_one_line(tmp_path: Path, capsys: Capture) -> None:
    assert main(str(tmp_path / "report.html"), str(tmp_path / "nothing")) == 2
    assert main(str(tmp_path), str(EXAMPLE)) == 2
    out, err = capsys.readouterr()
    assert (out, len(err.splitlines())) == ("", 2)


def test_a_report_has_the_forms_of_the_command() -> None:
    report = audit([EXAMPLE], select=["TEK002"])
    assert render_report(report, "csv").startswith("state,severity,rule,")
    with pytest.raises(UsageError, match="no report has the form 'pdf'"):
        render_report(report, "pdf")
