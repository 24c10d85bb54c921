"""How far a run is, by a clock that the test holds."""

from collections.abc import Callable

import pytest

from getvpn.cli.progress import PLAIN_EVERY_S, Progress
from getvpn.tasks.collecting.gathered import Failure, Gathered

Capture = pytest.CaptureFixture[str]
BACK = "\r\x1b[K"


class Clock:
    """Seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def progress(clock: Clock) -> Callable[..., Progress]:
    def make(total: int = 10, *, terminal: bool = False) -> Progress:
        return Progress(total, terminal=terminal, clock=clock)

    return make


def failed(message: str = "turned down") -> Gathered:
    return Gathered(host="R1", failure=Failure(host="R1", kind="login", message=message))


@pytest.mark.parametrize(
    ("through", "seconds", "line"),
    [
        (0, 5, "0 of 100 hosts, 0 failed"),
        (1, 4, "1 of 100 hosts, 0 failed, 0.2/s, 6:36 left"),
        (50, 2, "50 of 100 hosts, 0 failed, 25/s, 0:02 left"),
        (100, 10, "100 of 100 hosts, 0 failed, 10/s, 0:00 left"),
        (5, 0, "5 of 100 hosts, 0 failed"),
    ],
)
def test_the_line_tells_hosts_rate_and_remaining_time(
    progress: Callable[..., Progress], clock: Clock, through: int, seconds: float, line: str
) -> None:
    bar = progress(100)
    for _ in range(through):
        bar(Gathered(host="R1"))
    clock.now += seconds

    assert bar.line() == line


def test_a_failure_is_told_at_once_and_counts(
    progress: Callable[..., Progress], clock: Clock, capsys: Capture
) -> None:
    with progress(2) as bar:
        bar(failed())
        bar(Gathered(host="R2"))
    clock.now += 1

    assert bar.line() == "2 of 2 hosts, 1 failed, 2.0/s, 0:00 left"
    out, err = capsys.readouterr()
    assert (out, err) == ("", "R1: login: turned down\n")


def test_a_terminal_has_one_line_that_is_taken_away_in_the_end(
    progress: Callable[..., Progress], clock: Clock, capsys: Capture
) -> None:
    with progress(3, terminal=True) as bar:
        assert capsys.readouterr().err == f"{BACK}0 of 3 hosts, 0 failed"
        bar(Gathered(host="R1"))
        assert capsys.readouterr().err == ""
        clock.now += 1
        bar(Gathered(host="R2"))
        assert capsys.readouterr().err == f"{BACK}2 of 3 hosts, 0 failed, 2.0/s, 0:00 left"
        bar(failed())
        assert capsys.readouterr().err == f"{BACK}R1: login: turned down\n"
    assert capsys.readouterr().err == BACK


def test_without_a_terminal_a_line_comes_now_and_then(
    progress: Callable[..., Progress], clock: Clock, capsys: Capture
) -> None:
    with progress(1000) as bar:
        for _ in range(int(PLAIN_EVERY_S) * 3):
            clock.now += 1
            bar(Gathered(host="R1"))

    lines = capsys.readouterr().err.splitlines()
    assert [line.partition(" ")[0] for line in lines] == ["10", "20", "30"]


def test_what_a_device_says_cannot_steer_the_terminal(
    progress: Callable[..., Progress], capsys: Capture
) -> None:
    progress()(failed("\x1b[2J\r\nroot#"))

    assert capsys.readouterr().err == "R1: login: \\x1b[2J\\r\\nroot#\n"
