"""The pages on JSON are what the code says, and what verbs print is what the pages say."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import fastjsonschema
import pytest

from getvpn.cli.board import Lines
from getvpn.cli.main import PROGRAM, app, run
from getvpn.emulator import Lab
from getvpn.emulator.lab.control import Control
from getvpn.parsers import parse, plain, resolve
from getvpn.parsers.record import Record
from getvpn.parsers.registry import FAMILIES
from getvpn.tasks.collecting.gathered import Failure, Gathered, Index, Output
from getvpn.tasks.deploying.outcome import Deployment, DeviceOutcome, RekeyOutcome
from getvpn.tasks.deploying.reporting import deployment_data
from getvpn.tasks.journal import Journal
from getvpn.tasks.procedures.catalogue import PROCEDURES
from getvpn.tasks.watching.state import WayState
from getvpn.tasks.watching.webhook import posted

from ..cli.test_audit_fix import CONFIG
from ..cli.test_deploy_verb import PLAN
from ..parsers.samples import SAMPLES
from ..tasks.procedures.group_worlds import World
from ..tasks.procedures.rollover_worlds import RolloverWorld
from ..tasks.procedures.toy_procedures import Killed, Toy
from ..tasks.snapshots.captured_worlds import captures_of, save
from ..tasks.watching.worlds import Watched
from .json_fits import closed, make_json, misfits
from .memory import drive, write

DOCS = Path(__file__).resolve().parents[2] / "docs"
CONFIGS = DOCS.parent / "inventory" / "example" / "network"
Capture = pytest.CaptureFixture[str]
pytestmark = pytest.mark.xdist_group("json")
Verb = Callable[..., Any]


# ---- the pages ----


@pytest.mark.parametrize("name", ["json.md", "json-records.md", "audit-json.md"])
def test_the_pages_on_json_are_current(name: str) -> None:
    written = (DOCS / name).read_text("utf-8")
    assert written == make_json.pages()[name], "write it anew: python docs/make_json.py"


def test_each_field_says_what_it_means_and_each_object_is_described() -> None:
    for name, text in make_json.pages().items():
        blank = [line for line in text.splitlines() if line.startswith("|") and "|  |" in line]
        assert blank == [], name
        anchors = {
            line.lstrip("# ").strip("`").lower() for line in text.splitlines() if "# " in line
        }
        linked = {each.split(")")[0] for each in text.split("](#")[1:]}
        assert linked <= anchors, name


def test_what_does_not_fit_is_found() -> None:
    series = make_json.object_at("cli.history:SeriesList").kind
    entry = {"series": "wan", "audits": 1, "first": "", "last": ""}
    right = {"schema_version": 1, "series": [entry]}
    assert list(misfits(right, series)) == []
    for wrong, where in (
        ({**right, "more": 1}, "$: more is not in the reference"),
        ({"series": []}, "$: schema_version is not in the output"),
        ({**right, "series": [entry, {**entry, "audits": "1"}]}, "$.series[1].audits: '1'"),
        ({**right, "schema_version": True}, "$.schema_version: True"),
        ({**right, "series": {}}, "$.series: {}"),
        ({**right, "series": None}, "$.series: None"),
    ):
        (found,) = misfits(wrong, series)
        assert found.startswith(where)


def test_each_command_that_is_understood_has_a_record_in_the_reference() -> None:
    text = make_json.records()
    for family in FAMILIES.values():
        assert f"\n`{family.record_class.__name__}`: " in text


def verbs_with_json(context: click.Context) -> Iterator[str]:
    """The verbs and actions that can print JSON."""
    if isinstance(context.command, click.Group):
        for name in context.command.list_commands(context):
            below = context.command.get_command(context, name)
            assert below is not None
            yield from verbs_with_json(click.Context(below, info_name=name, parent=context))
    for each in context.command.params:
        if "json" in getattr(each.type, "choices", ()) or "--json" in each.opts:
            yield context.command_path.removeprefix(f"{PROGRAM} ")


def test_each_verb_that_prints_json_is_in_the_reference() -> None:
    told = {*make_json.VERBS, *make_json.LISTS, *make_json.PROCEDURES}
    elsewhere = {"audit", "lint", "logs", "schema"}
    assert {*verbs_with_json(click.Context(app, info_name=PROGRAM))} == told | elsewhere
    head = make_json.JSON_HEAD
    assert all(f"`{PROGRAM} {verb}`" in head for verb in elsewhere - {"logs"})


# ---- what verbs print ----


@pytest.fixture(scope="module")
def world() -> World:
    """A network in memory."""
    return RolloverWorld()


@pytest.fixture(scope="module")
def saved(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the network said before somebody changed what it encrypts, and after that."""
    place = tmp_path_factory.mktemp("saved")
    save(captures_of(world), place / "monday")
    policy = ("configure terminal", "ip access-list extended POLICY-G1")
    world.type("KS1", *policy, "5 deny tcp any any eq 443", "end")
    save(captures_of(world), place / "tuesday")
    world.type("KS1", *policy, "no 5", "end")
    return place


@pytest.fixture
def call(saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> Verb:
    """Calls a verb in a folder beside what was saved, and gives the JSON that it prints."""
    monkeypatch.setenv("GETVPN_JOURNAL", f"sqlite:///{tmp_path}/journal.db")
    monkeypatch.chdir(tmp_path)
    for name in ("monday", "tuesday"):
        (tmp_path / name).symlink_to(saved / name)

    def called(line: str, form: str = "-f json") -> Any:
        capsys.readouterr()
        code = run([*line.split(), *form.split()])
        said = capsys.readouterr()
        assert code in {0, 1}, said
        return json.loads(said.out) if form else said.out

    return called


def check(data: object, place: str) -> None:
    """Hold what a verb printed against the object that the reference says it is."""
    assert list(misfits(data, make_json.object_at(place).kind)) == []


PLANNED = ("rollover rsa", "failover test", "evict member BR1", "policy change", "recover split")
SENT = "%GDOI-5-KS_SEND_UNICAST_REKEY: Sending Unicast Rekey for group WAN from address"
TOOK_OVER = (
    "%GDOI-5-COOP_KS_TRANS_TO_PRI: KS 10.0.0.1 in group WAN transitioned to Primary "
    "(Previous Primary = 10.0.0.2)"
)
LOG = (
    f"Mar  1 2026 09:00:00.100: {TOOK_OVER}",
    *(f"Mar  1 2026 09:{at}:00.100: {SENT} 10.0.0.1 with seq # {at}" for at in (10, 20)),
)
ACL = "ip access-list extended A\n permit ip host 192.0.2.1 any\n permit ip any any\n"


def test_access_lists(call: Verb) -> None:
    Path("one.txt").write_text(ACL)
    Path("other.txt").write_text(ACL.replace(" permit ip any any\n", " deny ospf any any\n"))
    told = call("acl diff one.txt other.txt")
    assert told["newly_clear"]["control_protocols"]
    check(told, *make_json.VERBS["acl diff"])
    check(call("acl minimize one.txt"), *make_json.VERBS["acl minimize"])


@pytest.mark.parametrize("verb", ["adopt", "mtu", "timeline", "parse"])
def test_what_is_made_of_saved_texts(call: Verb, verb: str) -> None:
    data = call(f"{verb} monday")
    if verb == "parse":
        kinds = {each["command"]: each.pop("record") for each in data["records"]}
        assert len(kinds) > 10
        for command, record in kinds.items():
            assert list(misfits(record, FAMILIES[resolve(command).family].record_class)) == []
        data["records"] = [each | {"record": plain(Record())} for each in data["records"]]
    check(data, *make_json.VERBS[verb])


@pytest.mark.parametrize("verb", ["audit", "lint"])
def test_reports(call: Verb, verb: str) -> None:
    schema = closed(make_json.schema_of(*make_json.AUDIT_SCHEMA))
    data = call(f"{verb} {CONFIGS}")
    assert data["findings"]
    fastjsonschema.validate(schema, data)


def test_records_of_every_command() -> None:
    families = set()
    for command, text in SAMPLES:
        record, family = parse(command, text), resolve(command).family
        families.add(family)
        kind = FAMILIES[family].record_class
        assert list(misfits(plain(record), kind)) == [], command
    assert families == {*FAMILIES}


def test_a_rule(call: Verb) -> None:
    (rule,) = call("rule TEK001")
    check(rule, make_json.LISTS["rule"])


def test_logs(call: Verb) -> None:
    Path("ks1.log").write_text("\n".join(LOG), "utf-8")
    data = call("logs ks1.log")
    assert data["groups"][0]["explanations"]
    fastjsonschema.validate(closed(make_json.schema_of(*make_json.LOGS_SCHEMA)), data)


def test_snapshots_and_the_history(call: Verb) -> None:
    for name in ("monday", "tuesday"):
        call(f"snapshot take {name} --from {name} --history wan", "")
    check(call("snapshot list"), *make_json.VERBS["snapshot list"])
    check(call("snapshot show monday"), *make_json.VERBS["snapshot show"])
    check(call("snapshot diff monday tuesday"), *make_json.VERBS["snapshot diff"])
    judged = call("snapshot diff monday tuesday --expect nothing")
    assert any(each["packets"] for each in judged["verdict"]["unexpected"])
    check(judged, *make_json.VERBS["snapshot diff"])
    check(call("history list"), *make_json.VERBS["history list"])
    data = call("history show wan")
    assert data["audits"][0]["findings"]
    assert data["audits"][0]["figures"]
    check(data, *make_json.VERBS["history show"])


def test_runs(call: Verb, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(Journal(f"sqlite:///{tmp_path}/journal.db")) as journal:
        toy = Toy(journal)
        monkeypatch.setitem(PROCEDURES, "toy", toy)  # type: ignore[arg-type]  # a dict it is
        toy.broken["apply two"] = [Killed()]
        with pytest.raises(Killed):
            toy.start()
        data = call("runs list")
        assert data["locks"]
        check(data, *make_json.VERBS["runs list"])
        check(call(f"runs show {toy.only_run()}"), *make_json.VERBS["runs show"])


@pytest.fixture
def driven(world: World, call: Verb, monkeypatch: pytest.MonkeyPatch) -> Verb:
    """The same, where verbs reach the devices of the network."""
    world.devices.hang_up()
    write(world.intent)
    drive(monkeypatch, world)
    return call


@pytest.mark.parametrize("verb", PLANNED)
def test_plans(driven: Verb, verb: str) -> None:
    plan = driven(verb)
    assert plan["steps"] or plan["obstacles"]
    check(plan, make_json.PLAN)


def test_what_deploying_would_do(driven: Verb) -> None:
    check(driven("deploy"), *make_json.VERBS["deploy"])
    Path("saved").symlink_to("monday")
    check(driven("diff --saved saved"), *make_json.VERBS["diff"])


def test_a_deployment(tmp_path: Path) -> None:
    outcome = RekeyOutcome(group="G", device="KS1", state="sent", missed={"BR1": "the key"})
    found = Deployment(
        plan=PLAN,
        state="failed",
        folder=tmp_path,
        obstacles=PLAN.obstacles,
        devices={"KS2": DeviceOutcome(device="KS2", state="changed", backup=tmp_path)},
        rekeys={"G": outcome},
    )
    data = json.loads(json.dumps(deployment_data(found)))
    check(data, *make_json.VERBS["deploy"])


def test_labs(call: Verb, monkeypatch: pytest.MonkeyPatch) -> None:
    call("lab generate made --members 2 --stations 1 --seed 5", "")
    lab = Lab.of(Path("made/lab.yml"))
    control = Control(lab)

    def asked(_: object, request: dict[str, Any]) -> Any:
        answer = control.answer(json.dumps(request).encode())
        assert answer["ok"], answer
        return json.loads(json.dumps(answer["result"]))

    for module in ("lab_inspect", "lab_traffic"):
        monkeypatch.setattr(f"getvpn.cli.{module}.ask", asked)
    lab.advance(120)
    call("lab outages --start", "")
    lab.cut("GM1", "GM2", one_way=True)
    lab.line("KS1", loss=0.5)
    lab.line("GM1", "GM2", latency_s=0.1)
    lab.advance(60)
    overview, device = make_json.VERBS["lab inspect"]
    glance = call("lab inspect", "--json")
    assert glance["network"]["lines"]
    assert glance["network"]["pairs"]
    check(glance, overview)
    for name in ("KS1", "GM1", "S1"):
        check(call(f"lab inspect {name}", "--json"), device)
    check(call("lab traffic GM1 GM2", "--json"), *make_json.VERBS["lab traffic"])
    data = call("lab outages", "--json")
    assert data["pairs"]
    check(data, *make_json.VERBS["lab outages"])


def test_a_watch() -> None:
    watched, lines = Watched(), list[str]()
    view = Lines("json", lines.append)
    watched.looks(2)
    watched.devices.refusing.add("KS2")
    watched.running.devices.hang_up()
    watched.looks(3)
    view.told(watched.state, tuple(watched.kept.items))
    stuck = WayState(delivered=0, failed=1, dropped=0, waiting=1, trouble="connection refused")
    view.told(replace(watched.state, ways={"syslog": stuck}), ())
    notice, group, way, post = make_json.VERBS["watch"]
    places = {"event": notice, "alert": notice, "group": group, "way": way}
    told = [json.loads(line) for line in lines]
    assert {each["kind"] for each in told} == {*places}
    for each in told:
        check(each, places[each["kind"]])
    check(json.loads(json.dumps(posted(watched.kept.items[0]))), post)


def test_files(call: Verb) -> None:
    Path("ks1.cfg").write_text(CONFIG.format(name="ks1"), "utf-8")
    call("audit ks1.cfg --fix fixes", "")
    index = json.loads(Path("fixes/fixes.json").read_text("utf-8"))
    assert index["devices"]
    check(index, *make_json.FILES["fixes.json"])
    call("audit ks1.cfg --write-baseline known.json", "")
    baseline = json.loads(Path("known.json").read_text("utf-8"))
    assert baseline["findings"]
    check(baseline, *make_json.FILES["A baseline"])


def test_the_index_of_a_collection(tmp_path: Path) -> None:
    output = Output(command="show clock", at="2026-03-01T10:00:00Z", seconds=0.1, file="KS1/x.txt")
    failure = Failure(host="KS1", kind="timeout", message="no answer")
    index = Index(tmp_path / "texts")
    index.begin(1)
    index.add(Gathered(host="KS1", roles=("member",), outputs=(output,), failure=failure))
    index.end(interrupted=False)
    lines = (tmp_path / "texts" / "collection.jsonl").read_text("utf-8").splitlines()
    for line, place in zip(lines, make_json.FILES["collection.jsonl"], strict=True):
        check(json.loads(line), place)
