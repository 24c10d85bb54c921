"""`getvpn watch`: its board and lines, and calls that are wrong."""

import io
import json
import os
import signal
from dataclasses import replace
from pathlib import Path

import click
import pytest
import yaml

from getvpn.cli.board import Board, Lines, board, sentence
from getvpn.cli.main import run
from getvpn.cli.watch import _ended_by_signal
from getvpn.tasks.watching.state import Firing, State

from ..tasks.networks import network
from ..tasks.watching.worlds import Watched

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

    assert text[0].endswith("1 group, 2 key servers, 1 without an answer, next look in 40 s")
    assert text[2].split()[:3] == ["GROUP", "PRIMARY", "MEMBERS"]
    assert text[3].split()[:3] == ["G1", "KS1", "2"]
    assert text[4] == "  KS1: primary, 2 members, KS2 alive"
    assert text[5] == "  KS2: does not answer: the login is turned down"
    assert text[7] == "alerts: 1"
    assert text[8].startswith("  critical KeyServerUnreachable KS2 for ")
    assert "last events" in text
    assert text[-1].endswith("warning ServerGone: KS2, group G1: it does not answer")


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
    assert max(len(click.unstyle(line)) for line in out.split("\r\n")) <= 110


def test_the_terminal_is_given_back_with_the_last_board(watched: Watched, capsys: Capture) -> None:
    with Board(lambda: watched.state.at) as view:
        view.told(watched.state, ())
    out = capsys.readouterr().out

    assert out.startswith("\x1b[?1049h\x1b[?25l")
    assert "\x1b[?25h\x1b[?1049l" in out
    assert out.rpartition("\x1b[?1049l")[2].startswith("getvpn watch  2026-01-01")


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


def test_lines_of_json_are_objects(watched: Watched) -> None:
    said: list[str] = []
    Lines("json", said.append).told(watched.state, tuple(watched.kept.items))
    *notices, group = map(json.loads, said)

    assert [each["name"] for each in notices] == ["ServerGone", "KeyServerUnreachable"]
    assert group["servers"]["KS2"]["answers"] is False
    assert group["members"] == 2


def test_sigterm_ends_in_order() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with _ended_by_signal() as ended:
        os.kill(os.getpid(), signal.SIGTERM)
        signal.pause()

    assert ended == [signal.SIGTERM]
    assert signal.getsignal(signal.SIGTERM) is before


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--group", "G7"], "the intent has no group 'G7'"),
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
