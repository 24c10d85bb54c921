"""`getvpn snapshot`: taking, looking, comparing, forgetting."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from getvpn.cli.main import run
from getvpn.cli.snapshot_diff import compared_text, state_text
from getvpn.emulator.lab.background import BackgroundLab
from getvpn.parsers.transcript.capture import Capture as Text
from getvpn.tasks.snapshots.changes import Change, Comparison
from getvpn.tasks.snapshots.expecting import Expectation, Verdict
from getvpn.tasks.snapshots.facts import CONFIG, Fact, Key, Kind, State, Topic
from getvpn.tasks.snapshots.reading import LIST
from getvpn.tasks.snapshots.store import Snapshots

from ..fleets import LabFleet
from ..tasks.snapshots.captured_worlds import around_a_rollover, save
from .test_collect_verb import PASSWORD, SECRET, SERVER

Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a network said before a rollover and after it, in two folders."""
    place = tmp_path_factory.mktemp("saved")
    for name, (captures, _) in zip(("monday", "tuesday"), around_a_rollover(), strict=True):
        save(captures, place / name)
    return place


@pytest.fixture(autouse=True)
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A journal that the command finds, and a folder to be in."""
    found = f"sqlite:///{tmp_path}/journal.db"
    monkeypatch.setenv("GETVPN_JOURNAL", found)
    monkeypatch.chdir(tmp_path)
    return found


@pytest.fixture
def taken(folders: Path, capsys: Capture) -> None:
    """Both are snapshots."""
    for name in ("monday", "tuesday"):
        assert run(["snapshot", "take", name, "--from", str(folders / name)]) == 0
    capsys.readouterr()


@pytest.mark.usefixtures("taken")
def test_a_rollover_is_told_and_judged(capsys: Capture) -> None:
    assert run(["snapshot", "diff", "monday", "tuesday", "--expect", "rollover"]) == 0
    said = capsys.readouterr().out
    assert "KS1, G1\n  rekey key\n" in said
    assert "    public key: " in said
    assert "moves by itself: " in said
    assert said.endswith("verdict: as expected (rollover)\n")
    assert run(["snapshot", "diff", "monday", "tuesday", "--expect", "nothing"]) == 1
    said = capsys.readouterr().out
    assert "not expected: KS1: keys: GETVPN-REKEY: " in said
    assert said.endswith("verdict: not as expected (nothing)\n")
    assert run(["snapshot", "diff", "monday", "monday", "--expect", "rollover"]) == 1
    assert "expected, and not so: nothing about rekey key has changed" in capsys.readouterr().out


@pytest.mark.usefixtures("taken")
def test_another_access_list_is_told_in_one_line_of_the_verdict(
    folders: Path, capsys: Capture
) -> None:
    shutil.copytree(folders / "monday", "edited")
    path = Path("edited/KS1/show_running-config.txt")
    text = path.read_text("utf-8").replace(" 10 deny esp any any\n", " 10 deny ahp any any\n")
    path.write_text(text, "utf-8")
    assert run(["snapshot", "take", "edited", "--from", "edited"]) == 0
    words = ["snapshot", "diff", "monday", "edited", "--expect", "nothing"]
    assert run(words) == 1
    esp, ahp = (f"{each} from 10.0.0.0/8 to 10.0.0.0/8" for each in ("esp", "ahp"))
    rest = "but for what other lines say"
    said = capsys.readouterr().out
    assert (
        "not expected: KS1: policy: ip access list POLICY-G1: - deny esp any any;"
        f" + deny ahp any any; newly encrypted: {esp}; newly in clear: {ahp}"
    ) in said.replace(f" {rest}", "")
    assert run([*words, "-f", "json"]) == 1
    (change,) = json.loads(capsys.readouterr().out)["verdict"]["unexpected"]
    packets = change["packets"]
    assert (packets["permit"], packets["same"], packets["unknown"]) == ("encrypts", False, [])
    assert (len(packets["more"]), len(packets["fewer"])) == (1, 1)


def test_what_is_the_same_for_many_devices_is_told_once() -> None:
    changes = tuple(
        Change(
            key=Key(f"BR{n:02}", "G1", Topic.REGISTRATION, "status"),
            kind=Kind.STATE,
            before="Registered",
            after="Registering" if n else "-",
        )
        for n in range(13)
    )
    state = State(facts={}, told={}, at=0.0, servers={})
    comparison = Comparison(before=state, after=state, changes=changes)
    verdict = Verdict(expectation=Expectation.NOTHING, unexpected=changes)
    names = ", ".join(f"BR{n:02}" for n in range(1, 11))
    status = "status: Registered -> Registering"
    assert list(compared_text(comparison, verdict, everything=False)) == [
        "BR00, G1",
        "  registration",
        "    status: Registered -> -",
        f"12 devices, G1 ({names} and 2 more)",
        "  registration",
        f"    {status}",
        "not expected: BR00, G1: registration: status: Registered -> -",
        f"not expected: 12 devices, G1 ({names} and 2 more): registration: {status}",
        "verdict: not as expected (nothing)",
    ]


@pytest.mark.usefixtures("taken")
def test_without_an_expectation_a_difference_is_no_failure(capsys: Capture) -> None:
    assert run(["snapshot", "diff", "monday", "tuesday", "--all"]) == 0
    assert "replaced by rekeys:\n" in capsys.readouterr().out
    assert run(["snapshot", "diff", "monday", "tuesday", "--exit-code"]) == 1
    assert run(["snapshot", "diff", "monday", "monday", "--exit-code"]) == 0


@pytest.mark.usefixtures("taken")
def test_programs_get_the_same(capsys: Capture) -> None:
    words = ["snapshot", "diff", "monday", "tuesday", "--expect", "rollover", "-f", "json"]
    assert run(words) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["verdict"]["outcome"] == "as expected"
    assert {each["kind"] for each in told["changes"]} == {"state", "routine", "volatile"}
    assert told["before"]["snapshot"] == "monday"
    assert run(["snapshot", "show", "monday", "KS1", "-f", "json"]) == 0
    facts = json.loads(capsys.readouterr().out)["facts"]
    assert {each["device"] for each in facts} == {"KS1"}
    assert run(["snapshot", "list", "-f", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [each["snapshot"] for each in told["snapshots"]] == ["tuesday", "monday"]
    assert told["compressed"] < told["bytes"]


@pytest.mark.usefixtures("taken")
def test_people_can_look_at_what_is_kept(capsys: Capture) -> None:
    assert run(["snapshot", "list"]) == 0
    captured = capsys.readouterr()
    assert "monday    " in captured.out
    assert "G1" in captured.out
    assert run(["snapshot", "show", "monday", "BR1"]) == 0
    assert "  registration: status of 10.20.1.1: Registered\n" in capsys.readouterr().out
    assert run(["snapshot", "show", "monday", "BR1", "--text", "show crypto gdoi"]) == 0
    assert "GROUP INFORMATION" in capsys.readouterr().out
    assert run(["snapshot", "show", "monday", "br1", "--text", "sh cry gdoi"]) == 0
    assert "GROUP INFORMATION" in capsys.readouterr().out


@pytest.mark.usefixtures("taken")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["take", "x"], "no devices are named"),
        (
            ["take", "monday", "--from", "."],
            "there is a snapshot 'monday' already; 'getvpn snapshot list' names all",
        ),
        (["take", "x y", "--from", "."], "'x y' is no name of a snapshot"),
        (["take", "x", "KS1", "--from", "."], "--from asks no device"),
        (["take", "x", "--from", ".", "--history", " "], "' ' is no name of a series"),
        (["take", "x", "--from", ".", "--keep-days", "nan"], "'nan' is not a number"),
        (["take", "x", "--from", ".", "--keep-days", "99999"], "not in the range"),
        (["show", "monday", "KS1", "--text", "show clock", "-f", "json"], "--text has one form"),
        (["show", "friday"], "there is no snapshot 'friday'"),
        (["show", "monday", "KS9"], "monday has no device 'KS9'"),
        (["show", "monday", "--text", "show clock"], "--text is of one device"),
        (["show", "monday", "KS1", "--text", "show x"], "KS1 has no answer to 'show x'"),
        (["remove", "monday", "friday"], "there is no snapshot 'friday'"),
    ],
)
def test_a_wrong_call_is_told(words: list[str], said: str, capsys: Capture) -> None:
    assert run(["snapshot", *words]) == 2
    assert said in capsys.readouterr().err
    assert run(["snapshot", "list", "-f", "json"]) == 0
    found = json.loads(capsys.readouterr().out)["snapshots"]
    assert [each["snapshot"] for each in found] == ["tuesday", "monday"]


def test_two_devices_of_one_name_are_compared(capsys: Capture) -> None:
    for name, location in (("a", "attic"), ("b", "cellar")):
        Path(name).mkdir()
        for number in (1, 2):
            text = f"hostname KS1\nsnmp-server location {location} {number}\n"
            Path(name, f"{number}.cfg").write_text(text, "utf-8")
        assert run(["snapshot", "take", name, "--from", name]) == 0
    assert run(["snapshot", "diff", "a", "b"]) == 0
    assert capsys.readouterr().out.splitlines()[:8] == [
        "KS1",
        "  configuration",
        "    - snmp-server location attic 1",
        "    + snmp-server location cellar 1",
        "KS1 (2.cfg)",
        "  configuration",
        "    - snmp-server location attic 2",
        "    + snmp-server location cellar 2",
    ]
    assert run(["snapshot", "show", "a", "ks1 (2.cfg)"]) == 0
    assert capsys.readouterr().out == "KS1 (2.cfg)\n  2 lines of configuration\n"


def test_facts_are_shown_and_lines_of_configurations_counted() -> None:
    lines = ("permit esp any any", "permit ip any any")
    facts = {
        Key("KS1", "", Topic.CLOCK, "synchronised"): Fact(value=True, family="ntp status"),
        Key("KS1", "", Topic.POLICY, "ip access list L"): Fact(value=lines, family=CONFIG),
        Key("KS1", "", Topic.CONFIGURATION, "hostname KS1"): Fact(value=True, family=CONFIG),
        Key("KS1", "G1", Topic.POLICY, LIST): Fact(value=lines, family=CONFIG),
    }
    state = State(facts=facts, told={}, at=0.0, servers={})
    assert list(state_text(state, None)) == [
        "KS1",
        "  clock: synchronised: yes",
        "  4 lines of configuration",
        "KS1, G1",
        "  policy: access list: permit esp any any, permit ip any any",
    ]


def test_what_is_no_text_of_a_device_is_told(folders: Path, capsys: Capture) -> None:
    place = Path("mixed")
    shutil.copytree(folders / "monday", place)
    (place / "KS1" / "show_version.txt").write_bytes(bytes(range(256)) * 9)
    (place / "notes.json").write_text("{}", "utf-8")
    assert run(["snapshot", "take", "a", "--from", "mixed"]) == 0
    said = capsys.readouterr().err
    assert "skipped mixed/KS1/show_version.txt: " in said
    assert "skipped mixed/notes.json: no device text ends in .json\n" in said


def test_one_text_of_one_device_is_told_as_one(folders: Path, capsys: Capture) -> None:
    file = folders / "monday" / "KS1" / "show_running-config.txt"
    assert run(["snapshot", "take", "a", "--from", str(file)]) == 0
    assert capsys.readouterr().err == "snapshot a: 1 device, 1 text\n"


@pytest.mark.parametrize("began", ['"9999-12-31T23:59:59-12:00"', '"soon"', "[]"])
def test_a_collection_of_no_time_is_one_of_now(folders: Path, began: str, capsys: Capture) -> None:
    shutil.copytree(folders / "monday" / "KS1", "odd/KS1")
    index = f'{{"collection": 1, "began": {began}, "hosts": 1}}\n'
    Path("odd/collection.jsonl").write_text(index, "utf-8")
    assert run(["snapshot", "take", "odd", "--from", "odd"]) == 0
    assert run(["snapshot", "list"]) == 0
    assert "odd       20" in capsys.readouterr().out


def test_old_ones_go(url: str, capsys: Capture) -> None:
    store = Snapshots(url)
    text = Text(host="KS1", command="show clock", text="x", source="s", first_line=1)
    for name, expires in (("old", None), ("over", 5.0), ("new", None)):
        at = 1.0 if name != "new" else 4e9
        store.take(name, [text], at=at, owner="al", version="1", source="s", expires=expires)
    store.close()
    assert run(["snapshot", "prune", "--dry-run"]) == 0
    assert capsys.readouterr().out == "over\n"
    assert run(["snapshot", "prune", "--keep-days", "30"]) == 0
    assert capsys.readouterr().out == "over\nold\n"
    assert run(["snapshot", "remove", "new"]) == 0
    capsys.readouterr()
    assert run(["snapshot", "list"]) == 0
    assert "the journal has no snapshots" in capsys.readouterr().err


def test_one_whose_time_is_over_goes_when_the_next_is_taken(
    folders: Path, url: str, capsys: Capture
) -> None:
    store = Snapshots(url)
    text = Text(host="KS1", command="show clock", text="x", source="s", first_line=1)
    for name, expires in (("old", None), ("over", 5.0), ("nightly", 9.0)):
        store.take(name, [text], at=1.0, owner="al", version="1", source="s", expires=expires)
    assert run(["snapshot", "take", "nightly", "--from", str(folders / "monday")]) == 0
    assert "snapshot over: its time is over, it is removed\n" in capsys.readouterr().err
    assert [each.name for each in store.all()] == ["nightly", "old"]
    store.close()


# ---- over SSH ----


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabFleet]:
    """Two key servers that answer."""
    lab = BackgroundLab(
        {
            "host_keys": {"type": "ed25519"},
            "credentials": {"password": PASSWORD},
            "devices": {name: {"startup": SERVER.format(name=name)} for name in ("KS1", "KS2")},
        }
    )
    with lab:
        yield LabFleet.of(lab, tmp_path_factory.mktemp("fleet"))


def test_devices_are_asked_and_those_that_fail_are_remembered(
    fleet: LabFleet, url: str, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(Path.cwd()))
    hosts = ["--hosts", str(fleet.hosts), "--known-hosts", str(fleet.known), "--retries", "0"]
    assert run(["snapshot", "take", "both", *hosts]) == 0
    fleet.lab.fault("KS2", "refuse")
    assert run(["snapshot", "take", "one", *hosts]) == 3
    fleet.heal()
    assert "KS2 is not in it, or not all of it: " in capsys.readouterr().err
    store = Snapshots(url)
    both, one = store.get("both"), store.get("one")
    assert (both.devices, one.devices, both.source) == (("KS1", "KS2"), ("KS1",), "live")
    assert list(one.failures) == ["KS2"]
    assert both.at < one.at
    assert not any(SECRET in each.text for each in store.captures(both))
    store.close()
    assert sorted(path.name for path in Path.cwd().iterdir()) == ["journal.db"]
