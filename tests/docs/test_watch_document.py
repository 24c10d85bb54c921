"""What docs/watch.md says and tells to type is so, and what it ships is valid."""

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from getvpn.cli import board, watch
from getvpn.cli.main import run
from getvpn.emulator.lab.background import BackgroundLab
from getvpn.tasks.watching import (
    alerts,
    logins,
    outbox,
    polling,
    posting,
    sampling,
    state,
    syslog,
    watcher,
    webhook,
)
from getvpn.tasks.watching import command as ways
from getvpn.tasks.watching.changes import KINDS
from getvpn.tasks.watching.metrics import families
from getvpn.tasks.watching.notices import Notice
from getvpn.tasks.watching.rules import RULES, rules_of

from ..fleets import LabFleet
from ..tasks.procedures.group_worlds import World
from .blocks import alike, code_blocks
from .memory import drive, wan, write
from .over_ssh import settle
from .script import Script
from .test_watch_commands import CTRL_C, Watching

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "watch.md"
TEXT = PAGE.read_text("utf-8")
EXAMPLE = ROOT / "inventory" / "example"
BLOCKS = {block.name: block.text for block in code_blocks(PAGE)}
Capture = pytest.CaptureFixture[str]


def rows(first: str) -> list[list[str]]:
    """The cells of the table whose first heading is this."""
    table = TEXT.split(f"\n| {first} |", 1)[1].split("\n\n", 1)[0]
    return [[cell.strip() for cell in row.split("|")[1:-1]] for row in table.splitlines()[2:]]


def test_all_rules_stand_on_the_page() -> None:
    assert rows("rule") == [
        [
            rule.name,
            rule.severity,
            f"{rule.for_s:g} s",
            "" if rule.begin is None else f"{rule.begin:g}, {rule.end:g}",
            rule.about,
        ]
        for rule in RULES.values()
    ]


def test_all_changes_stand_on_the_page() -> None:
    assert rows("change") == [list(each) for each in KINDS.items()]


def test_all_metrics_stand_on_the_page() -> None:
    assert rows("metric") == [
        [f"`{each.name}`", each.kind, ", ".join(each.labels), each.about] for each in families()
    ]


def test_a_notice_is_as_the_page_shows_it() -> None:
    shown = json.loads(BLOCKS["notice"])
    said: dict[str, Any] = {key: shown[key] for key in shown.keys() - {"schema_version", "time"}}
    made = Notice(at=1795790712.0, **said)
    assert made.data() == shown


def test_the_file_of_rules_on_the_page_is_one(tmp_path: Path) -> None:
    path = tmp_path / "rules.yml"
    path.write_text(BLOCKS["rules.yml"])

    assert rules_of(path) != RULES


def test_the_numbers_of_the_page_are_those_of_the_code() -> None:
    assert (polling.RETRY_S, polling.RETRY_MOST_S) == (15, 300)
    assert (polling.REFUSED_S, polling.REFUSED_MOST_S, polling.PATIENCE_S) == (900, 3600, 30)
    defaults = {each.name: each.default for each in watch.command.params}
    assert (defaults["every"], defaults["members_every"], defaults["members"]) == (60, 300, 5)
    assert defaults["timeout"] + watch._ROUND_S == 75
    assert watcher.Pace() == watcher.Pace(every_s=60, members_every_s=300, sample=5, lists_s=75)
    assert (outbox.FIRST_WAIT_S, outbox.LONGEST_WAIT_S) == (2, 300)
    assert (outbox.MOST, outbox.KEPT_S, outbox.LAST_S) == (1000, 86_400, 5)
    assert (logins.AT_FIRST, logins.PAUSE_S, logins.PAUSE_MOST_S) == (2, 900, 3600)
    assert (posting.FIGURES_KEPT, state.EVENTS_KEPT, syslog.MAX_UDP_BYTES) == (2000, 200, 1024)
    assert (ways.TIMEOUT_S, webhook.TIMEOUT_S, syslog.PORT) == (30, 10, 514)
    assert (board.PLAIN_EVERY_S, sampling.MOST_FOLLOWED, alerts.MOST) == (600, 50, 5000)


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabFleet]:
    """The example lab, some minutes after its start."""
    found = yaml.safe_load((EXAMPLE / "lab.yml").read_text("utf-8"))
    found["host_keys"] = {"type": "ed25519"}
    for each in found["devices"].values():
        each["startup"] = (EXAMPLE / each.pop("startup_file")).read_text("utf-8")
        each.pop("images", None)
    with BackgroundLab(found) as lab:
        lab.advance(300)
        yield LabFleet.of(lab, tmp_path_factory.mktemp("fleet"))


def calls(fleet: LabFleet, *more: str) -> list[str]:
    """The call of the page that watches the example, with the files that there are here."""
    line = re.findall(r"^\$ getvpn (watch .*)$", BLOCKS["watch"], re.MULTILINE)[-1]
    words = [str(fleet.hosts) if word == "hosts.yml" else word for word in shlex.split(line)]
    return [*words, "--known-hosts", str(fleet.known), *more]


@pytest.mark.executes("docs/watch.md", "Watching groups")
def test_what_is_typed_tells_of_the_network(
    fleet: LabFleet, script: Script, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    trust, advance, watch = script.of("watch")
    (fleet.folder / "inventory").symlink_to(ROOT / "inventory")
    settle(fleet, fleet.folder, monkeypatch, knows=False)
    assert script.run(trust).out.count("recorded") == 10
    fleet.lab.advance(300)
    script.otherwise(advance)
    done = script.run(watch)
    assert alike(done.out) == alike(watch.shown)

    monkeypatch.chdir(tmp_path)
    write(wan())
    for command in script.left:
        world = World(wan())
        drive(monkeypatch, world)
        clock = Watching(world)
        monkeypatch.setattr("getvpn.tasks.clock.SystemClock", lambda clock=clock: clock)
        assert "ServerGone" in script.run(command, code=CTRL_C).out


def test_what_did_not_go_out_is_told_after_ctrl_c_too(
    monkeypatch: pytest.MonkeyPatch, capsys: Capture, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    write(wan())
    world = World(wan())
    drive(monkeypatch, world)
    clock = Watching(world)
    monkeypatch.setattr("getvpn.tasks.clock.SystemClock", lambda: clock)

    assert run(["watch", "--on-change", "false"]) == CTRL_C
    assert re.fullmatch(r"command: \d not delivered: it ended with 1\n", capsys.readouterr().err)


def test_what_is_typed_tells_of_the_example(
    fleet: LabFleet, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.chdir(ROOT)
    code = run(calls(fleet, "--metrics", "127.0.0.1:0"))
    out, err = capsys.readouterr()

    assert (code, out.count("\n")) == (0, 1), out + err
    assert alike(out) == alike(BLOCKS["watch"].splitlines()[-1])
    assert re.fullmatch(r"metrics: http://127\.0\.0\.1:\d+/metrics\n", err)


def test_a_key_server_that_cannot_be_reached_is_told_in_json(
    fleet: LabFleet, monkeypatch: pytest.MonkeyPatch, capsys: Capture, tmp_path: Path
) -> None:
    monkeypatch.chdir(ROOT)
    hosts = yaml.safe_load(fleet.hosts.read_text())
    hosts["KS2"]["port"] = 1
    fewer = tmp_path / "hosts.yml"
    fewer.write_text(yaml.safe_dump(hosts))
    fewer.chmod(0o600)
    words = [str(fewer) if word == str(fleet.hosts) else word for word in calls(fleet)]
    code = run([*words, "-f", "json", "--members", "0", "--retries", "0"])
    (said,) = map(json.loads, capsys.readouterr().out.splitlines())

    assert code == 3
    assert said["primary"] == "KS1"
    assert said["servers"]["KS2"]["answers"] is False
