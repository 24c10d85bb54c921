"""`getvpn history`, and the audits that are entered into it."""

import csv
import io
import json
import re
from pathlib import Path

import pytest
from sqlalchemy import update

from getvpn.cli.main import run
from getvpn.tasks.database.tables import audits
from getvpn.tasks.history import History
from getvpn.tasks.snapshots.figures import COUNTED

from ..tasks.snapshots.captured_worlds import World, captures_of, save

Capture = pytest.CaptureFixture[str]
FAULTY = """\
hostname ks1
crypto ipsec profile PROF
 set security-association lifetime seconds 600
crypto gdoi group G1
 identity number 1001
 server local
  sa ipsec 10
   profile PROF
  address ipv4 10.10.1.1
"""
TEK = ["audit", "ks1.cfg", "--select", "TEK001", "--history", "wan"]


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a network says."""
    place = tmp_path_factory.mktemp("saved")
    save(captures_of(World()), place)
    return place


@pytest.fixture(autouse=True)
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A journal that the command finds, and a folder with one key server."""
    found = f"sqlite:///{tmp_path}/journal.db"
    monkeypatch.setenv("GETVPN_JOURNAL", found)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ks1.cfg").write_text(FAULTY, "utf-8")
    return found


def age(url: str, *days: float) -> None:
    """Let the audits of the series be so many days old, in order."""
    history = History(url)
    with history._writing() as connection:
        for number, back in enumerate(days, 1):
            older = update(audits).where(audits.c.id == number)
            connection.execute(older.values(at=audits.c.at - back * 86_400))
    history.close()


def test_audits_are_entered_and_shown_over_time(url: str, capsys: Capture) -> None:
    assert run(TEK) == 1
    Path("ks1.cfg").write_text(FAULTY.replace("seconds 600", "seconds 7200"), "utf-8")
    assert run(TEK) == 0
    age(url, 1)
    capsys.readouterr()
    assert run(["history"]) == 0
    moment = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC"  # as other verbs tell times
    line = re.compile(rf"^wan     2       {moment}  {moment}$", re.MULTILINE)
    assert line.search(capsys.readouterr().out)
    assert run(["history", "show", "wan"]) == 0
    assert len(re.findall(rf"\n{moment}  ", capsys.readouterr().out)) == 2
    assert run(["history", "show", "wan", "-f", "json"]) == 0
    first, second = json.loads(capsys.readouterr().out)["audits"]
    assert (first["counts"]["critical"], second["counts"]["critical"]) == (1, 0)
    (found,) = first["findings"]
    assert found == {
        "device": "ks1",
        "group": "G1",
        "rule": "TEK001",
        "severity": "critical",
        "count": 1,
    }
    assert run(["history", "show", "wan"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 3
    assert run(["history", "show", "wan", "--days", "0.5", "-f", "csv"]) == 0
    assert len(set(csv_of(capsys)["at"])) == 1


def csv_of(capsys: Capture) -> dict[str, list[str]]:
    """The columns of a CSV on stdout."""
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    return {name: [row[name] for row in rows] for name in rows[0]}


def test_the_html_report_draws_the_trend() -> None:
    html = [*TEK, "-f", "html", "-o", "report.html"]
    assert run(html) == 1
    assert 'id="trend"' not in Path("report.html").read_text("utf-8")
    Path("ks1.cfg").write_text(FAULTY.replace("seconds 600", "seconds 7200"), "utf-8")
    assert run(html) == 0
    text = Path("report.html").read_text("utf-8")
    assert 'id="trend"' in text
    assert "1 fewer critical" in text


def test_key_figures_come_from_what_was_audited(saved: Path, capsys: Capture) -> None:
    assert run(["snapshot", "take", "now", "--from", str(saved), "--history", "lab"]) == 0
    assert run(["history", "enter", "lab", "now"]) == 0
    assert run(["history", "show", "lab", "--group", "G1", "-f", "csv"]) == 0
    rows = csv_of(capsys)
    told = {
        name: value
        for name, device, value in zip(rows["name"], rows["device"], rows["value"], strict=True)
        if not device
    }
    assert told["members"] == told["key servers"] == "2"
    assert (told["ACKs missed"], told["traffic key lifetime s"]) == ("0", "7200")
    assert set(rows["group"]) == {"G1", ""}
    assert run(["history", "show", "lab", "--device", "BR1", "-f", "json"]) == 0
    first, second = json.loads(capsys.readouterr().out)["audits"]
    assert first["figures"] == second["figures"]
    assert {each["device"] for each in first["figures"]} == {"BR1"}
    names = {each["name"] for each in first["figures"]}
    assert {"registrations", "uptime s", *COUNTED} <= names
    assert run(["history", "show", "lab"]) == 0
    assert "members" in capsys.readouterr().out


def test_json_is_the_same_as_if_it_was_written_at_once(capsys: Capture) -> None:
    for _ in range(2):
        run(TEK)
    capsys.readouterr()
    for days, many in (("9", 2), ("1e-9", 0)):
        assert run(["history", "show", "wan", "--days", days, "-f", "json"]) == 0
        text = capsys.readouterr().out
        told = json.loads(text)
        assert len(told["audits"]) == many
        assert text == json.dumps(told, indent=2) + "\n"


def test_old_audits_go(url: str, capsys: Capture) -> None:
    for _ in range(3):
        run(TEK)
    age(url, 40, 20)
    capsys.readouterr()
    assert run(["history", "prune", "--keep-days", "30"]) == 0
    assert "1 removed" in capsys.readouterr().err
    assert run(["history", "list", "-f", "json"]) == 0
    (series,) = json.loads(capsys.readouterr().out)["series"]
    assert (series["series"], series["audits"]) == ("wan", 2)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["history", "show", "x"], "the history has no series 'x'"),
        (["history", "prune", "--keep-days", "1", "--series", "x"], "has no series 'x'"),
        (["history", "enter", "x", "y"], "there is no snapshot 'y'"),
        (["audit", "ks1.cfg", "--history", " "], "' ' is no name of a series"),
        # before anything is read or asked
        (["audit", "nowhere", "--history", " "], "' ' is no name of a series"),
        (["audit", "ks1.cfg", "--journal", "sqlite://"], "--journal goes with --history"),
    ],
)
def test_a_wrong_call_is_told(words: list[str], said: str, capsys: Capture) -> None:
    assert run(words) == 2
    assert said in capsys.readouterr().err


def test_a_cell_is_no_formula(capsys: Capture) -> None:
    assert run([*TEK[:-1], "=1+1"]) == 1
    capsys.readouterr()
    assert run(["history", "show", "=1+1", "-f", "csv"]) == 0
    assert set(csv_of(capsys)["series"]) == {"'=1+1"}


def test_the_html_report_draws_key_figures_too(saved: Path) -> None:
    html = ["audit", str(saved), "--history", "lab", "-f", "html", "-o", "report.html"]
    for _ in range(2):
        assert run(html) in {0, 1}
    text = Path("report.html").read_text("utf-8")
    assert '<span class="dim">G1: members</span> <b>2</b>' in text
    assert "always the same" in text
