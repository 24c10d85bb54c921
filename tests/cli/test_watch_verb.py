"""`getvpn watch`: its board and lines, and calls that are wrong."""

import io
import json
import os
import re
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import click
import pytest
import yaml

from getvpn.cli.board import Board, Lines, board, sentence, undelivered
from getvpn.cli.fleet import fleet_request
from getvpn.cli.main import run
from getvpn.cli.watch import _ended_by_signal, _is_drawn_on, _ways, _Wish, command
from getvpn.tasks.watching.notices import Notice
from getvpn.tasks.watching.state import Firing, State, WayState

from ..tasks.networks import network
from ..tasks.watching.worlds import Watched

ENTER, LEAVE = "\x1b[?1049h\x1b[?25l", "\x1b[?25h\x1b[?1049l"
Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def watched() -> Watched:
    """A network whose second key server is silent."""
    made = Watched()
    made.looks(2)
    made.devices.refusing.add("KS2")
    made.running.devices.hang_up()
    made.looks(5)
    return made


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with an intent."""
    said = network().model_dump(mode="json", by_alias=True, exclude_unset=True)
    (tmp_path / "network.yml").write_text(yaml.safe_dump(said), "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GETVPN_USERNAME", raising=False)
    return tmp_path


def test_the_board_shows_groups_alerts_and_events(watched: Watched) -> None:
    state = watched.state
    text = [line for line, _ in board(state, state.at + 20)]

    assert text[0].endswith(" UTC, next look in 40 s, 1 group, 2 key servers, 1 silent")
    assert text[2].split()[:3] == ["GROUP", "PRIMARY", "MEMBERS"]
    assert text[3].split()[:3] == ["G1", "KS1", "2"]
    assert text[4] == "  KS1  primary  2 members  peers 1/1"
    assert text[5] == "  KS2  does not answer: the login is turned down"
    assert text[7] == "alerts: 1"
    assert text[8].startswith("  critical KeyServerUnreachable KS2 for ")
    assert "last events" in text
    later = [line for line, _ in board(state, state.at + 86_400)]
    assert later[-1].startswith("  2026-01-01 ")
    assert text[-1].endswith("warning ServerGone: KS2, group G1: it does not answer")


def test_the_board_says_what_it_waits_for(watched: Watched) -> None:
    state = watched.state
    new = State(at=0.0, next_at=0.0)

    assert board(new, 0.0)[0][0] == "getvpn watch  1970-01-01 00:00:00 UTC, first look"
    assert " UTC, looking, 1 group" in board(state, state.next_at + 3)[0][0]
    assert " UTC, ended, 1 group" in board(state, state.at, over=True)[0][0]


def crowded(state: State, groups: int = 6, servers: int = 8) -> State:
    """Many groups of thousands of members; the third has an alert about a peer."""
    (group,) = state.groups
    names = [f"KS-{number}" for number in range(servers)]
    alive = tuple(
        replace(
            group.servers[0],
            name=name,
            role="secondary" if index else "primary",
            members=4000,
            peers={other: "alive" for other in names if other != name},
        )
        for index, name in enumerate(names)
    )
    worse = replace(alive[0], peers={**alive[0].peers, "KS-7": "dead"})
    made = [
        replace(group, name=f"REGION-{index}-WAN", primary=names[0], members=4000, servers=alive)
        for index in range(groups)
    ]
    made[2] = replace(made[2], servers=(worse, *alive[1:]))
    alert = Firing(
        rule="PeerDown", severity="warning", group=made[2].name, device="KS-0", text="x", since=0
    )
    return replace(state, groups=tuple(made), alerts=(alert,), devices={})


def test_what_is_well_gives_way_on_a_small_terminal(watched: Watched) -> None:
    state = crowded(watched.state)
    whole = [text for text, _ in board(state, state.at, columns=120, rows=90)]
    small = board(state, state.at, columns=80, rows=23)
    text = [each for each, _ in small]

    assert sum(each.startswith("  KS-") for each in whole) == 48
    assert [each for each in text if each.startswith("  KS-")] == [
        "  KS-0  primary    4000 members  peers 6/7: KS-7 dead"
    ]
    assert sum(each.startswith("REGION-") for each in text) == 6
    assert "alerts: 1" in text
    assert re.match(r"  [\d:]{8} UTC  ", text[-2])
    assert len(text) <= 23
    (row,) = [kind for each, kind in small if each.startswith("REGION-2")]
    assert row == "warning"


@pytest.mark.parametrize(("columns", "rows"), [(40, 9), (20, 5), (80, 23), (10, 1), (120, 39)])
def test_a_board_fits_its_terminal(watched: Watched, columns: int, rows: int) -> None:
    for state in (watched.state, crowded(watched.state), crowded(watched.state, 60)):
        lines = board(state, state.at, columns=columns, rows=rows)

        assert len(lines) <= rows
        assert max(len(text) for text, _ in lines) <= columns


def test_a_narrow_board_loses_no_figure(watched: Watched) -> None:
    text = " ".join(text for text, _ in board(watched.state, watched.state.at, columns=40, rows=20))

    assert re.match(r"[\d:]{8} UTC, next look in 1:00, ", text)
    for name in ("primary KS1", "members 2", "KEK ends in", "TEK ends in", "rekey in", "ACKs miss"):
        assert name in text


def test_columns_are_aligned(watched: Watched) -> None:
    state = crowded(watched.state, 3)
    short, long, _ = state.groups
    state = replace(state, groups=(replace(short, name="A", members=7), long))
    lines = [text for text, _ in board(state, state.at, columns=120)]
    rows = [line for line in lines if line.startswith(("GROUP", "A ", "REGION"))]

    assert len({len(row) for row in rows}) == 1
    ends = {
        row.index(word) + len(word)
        for row, word in zip(rows, ("MEMBERS", "7", "4000"), strict=True)
    }
    assert len(ends) == 1


def test_the_gravest_group_is_shown_first_where_not_all_can_be(watched: Watched) -> None:
    state = crowded(watched.state, 60)
    text = [text for text, _ in board(state, state.at, columns=80, rows=20)]

    assert text[3].startswith("REGION-2-WAN")
    assert any(line.endswith(" more lines") for line in text)


def test_the_countdown_goes_on_between_looks(watched: Watched) -> None:
    (group,) = watched.state.groups
    assert group.tek_expires_at is not None

    assert "TEK ends in 30 s" in sentence(group, group.tek_expires_at - 30)


def test_what_devices_say_does_not_steer_the_terminal(watched: Watched) -> None:
    bad = Firing(
        rule="PeerDown", severity="critical", group="G1", device="KS1", text="\x1b[2J", since=0
    )
    state = replace(watched.state, alerts=(bad,))
    out = drawn(state)

    assert "\x1b[2J" not in out
    assert "\\x1b[2J" in out


def drawn(state: State) -> str:
    """What the board writes to a terminal."""
    view = Board(lambda: state.at)
    out = io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", "100")
        patch.setenv("LINES", "30")
        patch.setattr("sys.stdout", out)
        with click.Context(click.Command("x"), color=True):
            view.tick(state)
    return out.getvalue()


def test_the_board_is_drawn_in_place_and_cut_to_the_terminal(watched: Watched) -> None:
    long = Firing(
        rule="PeerDown", severity="warning", group="G1", device="KS1", text="x" * 500, since=0
    )
    out = drawn(replace(watched.state, alerts=(long,) * 90))

    assert out.startswith("\x1b[H")
    assert out.endswith("\x1b[J")
    assert out.count("\r\n") == 29
    assert "\x1b[33m" in out
    assert max(len(line) for line in re.sub(r"\x1b\[[\d;]*[A-Zm]", "", out).split("\r\n")) == 100


def test_the_terminal_is_given_back_with_the_last_board(watched: Watched, capsys: Capture) -> None:
    with Board(lambda: watched.state.at) as view:
        view.told(watched.state, ())
    out = capsys.readouterr().out

    assert out.startswith("\x1b[?1049h\x1b[?25l")
    assert "\x1b[?25h\x1b[?1049l" in out
    assert out.rpartition("\x1b[?1049l")[2].startswith("getvpn watch  2026-01-01")


def test_ctrl_z_gives_the_terminal_back_for_as_long_as_it_takes() -> None:
    code = (
        "import os, signal\n"
        "from getvpn.cli.board import Board\n"
        "with Board(lambda: 0.0):\n"
        "    os.kill(os.getpid(), signal.SIGTSTP)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as process:
        _, status = os.waitpid(process.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status)
        assert process.stdout is not None
        assert os.read(process.stdout.fileno(), 99) == (ENTER + LEAVE).encode()
        process.send_signal(signal.SIGCONT)
        assert process.stdout.read() == (ENTER + LEAVE).encode()


def test_lines_tell_what_is_new_and_now_and_then_the_rest(watched: Watched) -> None:
    said: list[str] = []
    lines = Lines("text", said.append)
    lines.told(watched.state, tuple(watched.kept.items))
    lines.told(replace(watched.state, at=watched.state.at + 60), ())

    assert [line[25:] for line in said[:2]] == [
        "warning ServerGone: KS2, group G1: it does not answer",
        "critical KeyServerUnreachable firing: KS2: the login is turned down",
    ]
    assert said[2].startswith("2026-01-01 ")
    assert "G1: primary KS1, members 2, " in said[2]
    assert said[3].endswith("KS2 does not answer: the login is turned down")
    assert len(said) == 4


def test_lines_of_a_clock_that_is_set_back_go_on(watched: Watched) -> None:
    said: list[str] = []
    lines = Lines("text", said.append)
    for off in (0.0, -7200.0, -7140.0):
        lines.told(replace(watched.state, devices={}, at=watched.state.at + off), ())

    assert len(said) == 2


def test_lines_of_json_are_objects(watched: Watched) -> None:
    said: list[str] = []
    Lines("json", said.append).told(watched.state, tuple(watched.kept.items))
    *notices, group = map(json.loads, said)

    assert [each["name"] for each in notices] == ["ServerGone", "KeyServerUnreachable"]
    assert group["servers"]["KS2"]["answers"] is False
    assert group["members"] == 2


def test_a_way_that_delivers_nothing_is_told_once(watched: Watched) -> None:
    stuck = WayState(delivered=0, failed=3, dropped=0, waiting=2, trouble="h: Connection refused")
    well = replace(stuck, waiting=0, trouble="")
    for form in ("text", "json"):
        said: list[str] = []
        lines = Lines(form, said.append)
        for way in (well, stuck, stuck, well, well):
            lines.told(replace(watched.state, groups=(), devices={}, ways={"webhook": way}), ())

        assert len(said) == 2
        assert "h: Connection refused" in said[0]
        assert ("webhook: it delivers again" if form == "text" else '"delivers"') in said[1]


def test_what_was_not_delivered_is_told_at_the_end() -> None:
    lost = WayState(delivered=0, failed=3, dropped=1, waiting=2, trouble="it ended with 4")

    assert undelivered({"command": lost, "syslog": replace(lost, waiting=0, dropped=0)}) == [
        "command: 3 not delivered: it ended with 4"
    ]


def test_a_group_of_silence_is_told_in_few_words(watched: Watched) -> None:
    (group,) = watched.state.groups
    silent = replace(group, servers=tuple(replace(s, reached=False) for s in group.servers))

    assert sentence(silent, 0) == "G1: no key server answers"


@pytest.mark.parametrize("term", ["dumb", "", "xterm"])
def test_a_terminal_that_cannot_draw_gets_lines(monkeypatch: pytest.MonkeyPatch, term: str) -> None:
    monkeypatch.setenv("TERM", term)
    monkeypatch.setattr("sys.stdout", SimpleNamespace(isatty=lambda: True))

    assert _is_drawn_on() is (term == "xterm")


def test_sigterm_ends_in_order() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with _ended_by_signal() as ended:
        os.kill(os.getpid(), signal.SIGTERM)
        signal.pause()

    assert ended == [signal.SIGTERM]
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_command_gets_no_secret_of_the_intent(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    intent = network()
    for name in ("PSK_COOP", "PSK_BR1", "PSK_BR2", "LOGIN"):
        monkeypatch.setenv(name, "s3cret")
    monkeypatch.setenv("OTHER", "kept")
    options: dict[str, Any] = {}
    words = ["--on-change", f"sh -c 'env > {tmp_path}/env'", "--password-from", "env:LOGIN"]
    with command.make_context("watch", words) as context:
        options |= context.params
    request = fleet_request(options)
    (way,) = _ways(_Wish(**options), request, intent)
    way.send(Notice(at=0.0, kind="event", name="NewTek", severity="info", text=""))

    left = (tmp_path / "env").read_text()
    assert "s3cret" not in left
    assert "OTHER=kept" in left


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--group", "G7"], "the intent has no group 'G7'"),
        (["--every", "nan"], "'--every': 'nan' is not a number"),
        (["--members-every", "inf"], "inf is not in the range"),
        (["--on-change", "no-such-command -x"], "--on-change: there is no command"),
        (["--metrics", "x"], "--metrics x: this is no port"),
        (["--syslog", "x"], "--syslog: this is no address"),
        (["--on-change", ""], "--on-change: the command is empty"),
        (["--webhook", "http://far.example/s3cret"], "--webhook: only https is allowed"),
        (["--webhook-from", "env:NO_SUCH"], "the environment variable NO_SUCH is not set"),
        (["--webhook-token-from", "env:X"], "there is no --webhook"),
        (["--webhook", "https://a", "--webhook-from", "env:X"], "exclude each other"),
        ([], "nobody is named who logs in to"),
    ],
)
def test_a_wrong_call_is_one_line_before_anybody_is_asked(
    words: list[str], told: str, capsys: Capture
) -> None:
    assert run(["watch", "--count", "1", *words]) == 2
    out, err = capsys.readouterr()

    assert out == ""
    assert err.count("\n") == 1
    assert told in err
    assert "s3cret" not in err
