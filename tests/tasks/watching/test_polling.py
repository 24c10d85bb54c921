"""Devices that fail, hang and come back, asked by several threads."""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import pairwise
from threading import Event, Thread

import pytest

from getvpn.errors import DeviceError, HostKeyError, LoginError, TransportError
from getvpn.tasks.deploying.observing import KS, KS_COOP, KS_POLICY
from getvpn.tasks.ssh.device import Device
from getvpn.tasks.watching import logins, polling
from getvpn.tasks.watching.logins import AT_FIRST
from getvpn.tasks.watching.polling import (
    REFUSED_MOST_S,
    REFUSED_S,
    RETRY_MOST_S,
    RETRY_S,
    Ask,
    Poller,
)
from getvpn.tasks.watching.sampling import MOST_FOLLOWED, Sampler

from ..deploying.looking import Told, healthy
from .waiting import Patience

ASK = Ask(role="key server", commands=(KS, KS_COOP, KS_POLICY), keep=True)


class Clock:
    """A clock that stands."""

    def __init__(self) -> None:
        self.time = 1000.0

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += seconds


class Session(Told):
    """A device that says what KS1 of a network said; it may break."""

    broken = False
    closed = 0

    def send(self, command: str, *, timeout_s: float | None = None) -> str:
        if self.broken:
            self.broken = False
            raise TransportError("the connection is closed", device=self.name)
        return super().send(command)

    def close(self) -> None:
        self.closed += 1


class Devices:
    """Sessions by name; what stands in `failing` is raised, in `hanging` waited for."""

    def __init__(self, texts: Mapping[str, str], at_once: int = 4) -> None:
        self.at_once = at_once
        self.texts = texts
        self.failing: dict[str, Exception] = {}
        self.hanging: dict[str, Event] = {}
        self.patience = Patience()
        self.opened: list[str] = []
        self.sessions: dict[str, Session] = {}
        self.shared = False

    def username(self, name: str) -> str:
        return "shared" if self.shared else name

    def open(self, name: str) -> Device:
        self.opened.append(name)
        if name in self.hanging:
            self.patience.hang(self.hanging[name])
        if name in self.failing:
            raise self.failing[name]
        self.sessions[name] = Session(name, self.texts)
        return self.sessions[name]  # type: ignore[return-value]  # only some of it is called


@pytest.fixture
def devices() -> Iterator[Devices]:
    """Devices that all say the same; at the end none of them hangs."""
    made = Devices(healthy()[1]["KS1"].texts)
    yield made
    for held in made.hanging.values():
        held.set()
    made.patience.join()


@pytest.fixture
def patience(devices: Devices, monkeypatch: pytest.MonkeyPatch) -> Patience:
    """The time in which looks at the devices wait."""
    devices.patience.install(monkeypatch)
    return devices.patience


def failures(poller: Poller, *names: str) -> dict[str, str]:
    """Why each of the devices fails now."""
    return {name: seen.failure for name, seen in poller.look(dict.fromkeys(names, ASK)).items()}


def test_sessions_stay_open_and_texts_are_not_kept(devices: Devices) -> None:
    poller = Poller(devices, Clock())
    for _ in range(3):
        seen = poller.look({"KS1": ASK})["KS1"]

    assert devices.opened == ["KS1"]
    assert seen.texts == {}
    assert set(seen.records) == {KS, KS_COOP, KS_POLICY}
    poller.close()
    assert devices.sessions["KS1"].closed == 1


def test_a_session_that_broke_is_opened_again_at_once(devices: Devices) -> None:
    poller = Poller(devices, Clock())
    poller.look({"KS1": ASK})
    devices.sessions["KS1"].broken = True

    assert failures(poller, "KS1") == {"KS1": ""}
    assert devices.opened == ["KS1", "KS1"]


@pytest.mark.parametrize(
    ("error", "first", "most"),
    [
        (TransportError("refused"), RETRY_S, RETRY_MOST_S),
        (HostKeyError("another key"), REFUSED_S, REFUSED_MOST_S),
    ],
)
def test_who_fails_is_asked_ever_more_seldom(
    devices: Devices, error: DeviceError, first: float, most: float
) -> None:
    clock = Clock()
    poller = Poller(devices, clock)
    devices.failing["KS1"] = error
    tried: list[float] = []
    for _ in range(4000):
        before = len(devices.opened)
        assert failures(poller, "KS1") == {"KS1": error.message}
        if len(devices.opened) > before:
            tried.append(clock.now())
        clock.sleep(5)

    waits = [later - earlier for earlier, later in pairwise(tried)]
    assert waits[:2] == [first, 2 * first]
    assert waits[-1] == most


def test_a_device_that_hangs_holds_up_nobody_and_is_asked_once(
    devices: Devices, patience: Patience
) -> None:
    clock = Clock()
    poller = Poller(devices, clock, patience_s=30)
    devices.hanging["KS2"] = Event()
    first = failures(poller, "KS1", "KS2")
    clock.sleep(3600)
    second = failures(poller, "KS1", "KS2")

    assert first == second == {"KS1": "", "KS2": "no answer within 30 s"}
    assert devices.opened.count("KS2") == 1
    # the second look does not wait for it any more
    assert patience.now() == 30

    devices.hanging.pop("KS2").set()
    patience.join()
    assert failures(poller, "KS1", "KS2") == {"KS1": "", "KS2": ""}


def test_devices_that_come_back_while_a_look_begins_do_not_disturb_it(
    devices: Devices,
) -> None:
    names = [f"KS{number}" for number in range(200)]
    devices.failing = {name: TransportError("no answer") for name in names}
    devices.at_once = 0
    poller = Poller(devices, Clock())
    failures(poller, *names)
    rest, over = poller._resting["KS0"], Event()

    def come_and_go() -> None:
        while not over.is_set():
            poller._resting.pop("late", None)
            poller._resting["late"] = rest

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    thread = Thread(target=come_and_go)
    thread.start()
    try:
        for _ in range(300):
            assert len(failures(poller, *names)) == 200
    finally:
        over.set()
        sys.setswitchinterval(before)
        thread.join()


@pytest.mark.usefixtures("patience")
def test_one_thread_that_hangs_does_not_keep_the_others_from_their_turn(devices: Devices) -> None:
    devices.at_once = 1
    poller = Poller(devices, Clock(), patience_s=30)
    devices.hanging["KS1"] = devices.hanging["KS3"] = Event()
    told = failures(poller, "KS1", "KS2", "KS3", "KS4")

    late = "no answer within 30 s"
    assert told == {"KS1": late, "KS2": "", "KS3": late, "KS4": ""}


def test_a_look_at_long_lists_may_have_more_patience(devices: Devices, patience: Patience) -> None:
    poller = Poller(devices, Clock(), patience_s=30)
    slow = devices.hanging["KS1"] = Event()

    def idle() -> None:
        if patience.now() >= 200:
            slow.set()

    assert poller.look({"KS1": ASK}, idle, patience_s=300)["KS1"].failure == ""
    assert 200 <= patience.now() < 202


def test_whoever_waits_for_a_look_can_go_on_drawing(
    devices: Devices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polling, "_IDLE_S", 0.01)
    poller = Poller(devices, Clock())
    held = devices.hanging["KS1"] = Event()
    poller.look({"KS1": ASK}, held.set)

    assert held.is_set()


def turned_down(devices: Devices, *names: str) -> None:
    """Let these turn every login down, of one account."""
    devices.shared = True
    devices.failing = {name: LoginError("turns the password down") for name in names}


def test_a_wrong_password_is_tried_few_times_however_many_devices_there_are(
    devices: Devices, monkeypatch: pytest.MonkeyPatch
) -> None:
    # however busy this machine is
    monkeypatch.setattr(logins, "SLOW_S", 3600.0)
    names = [f"KS{number}" for number in range(9)]
    turned_down(devices, *names)
    devices.at_once = 9
    clock = Clock()
    poller = Poller(devices, clock)
    told = failures(poller, *names)

    assert len(devices.opened) == AT_FIRST
    assert min(told.values()) == "is not asked, since others turn the same user down"

    opened: list[int] = []
    for _ in range(6 * 60):
        clock.sleep(60)
        failures(poller, *names)
        opened.append(len(devices.opened))
    # one more after 15 minutes, then after 30 and each hour
    assert opened[-1] <= AT_FIRST + 8

    devices.failing.clear()
    for _ in range(60):
        clock.sleep(60)
        told = failures(poller, *names)
    assert set(told.values()) == {""}


def test_members_that_turn_a_user_down_keep_nobody_from_key_servers(devices: Devices) -> None:
    turned_down(devices, *(f"GM{number}" for number in range(9)))
    devices.at_once = 0
    poller = Poller(devices, Clock())
    asked = replace(ASK, role="member", keep=False)
    told = poller.look(dict.fromkeys(devices.failing, asked))

    # of the others nothing is known
    assert list(told) == devices.opened == list(devices.failing)[:AT_FIRST]
    assert failures(poller, "KS1") == {"KS1": ""}


def test_one_device_that_turns_a_user_down_is_its_own_affair(devices: Devices) -> None:
    turned_down(devices, "KS3")
    devices.at_once = 0

    assert failures(Poller(devices, Clock()), "KS1", "KS2", "KS3", "KS4", "KS5") == {
        **dict.fromkeys(("KS1", "KS2", "KS4", "KS5"), ""),
        "KS3": "turns the password down",
    }


def test_it_stays_its_own_affair_however_often_it_is_tried(devices: Devices) -> None:
    turned_down(devices, "KS3")
    devices.at_once = 0
    clock = Clock()
    poller = Poller(devices, clock)
    for _ in range(60):
        failures(poller, "KS1", "KS3")
        clock.sleep(60)
    assert devices.opened == ["KS1", *["KS3"] * 3]

    devices.sessions["KS1"].broken = True
    assert failures(poller, "KS1", "KS3")["KS1"] == ""


def test_a_password_that_is_changed_later_is_tried_few_times_too(devices: Devices) -> None:
    names = [f"KS{number}" for number in range(9)]
    devices.shared = True
    devices.at_once = 0
    clock = Clock()
    poller = Poller(devices, clock)
    failures(poller, *names)
    clock.sleep(600)
    turned_down(devices, *names)
    for session in devices.sessions.values():
        session.broken = True
    devices.opened.clear()
    for _ in range(6 * 60):
        failures(poller, *names)
        clock.sleep(60)

    # as if it had been wrong from the beginning
    assert AT_FIRST < len(devices.opened) <= AT_FIRST + 8


@pytest.mark.usefixtures("patience")
def test_logins_that_hang_do_not_keep_others_from_theirs(
    devices: Devices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logins, "SLOW_S", 0.01)
    devices.shared = True
    devices.hanging = dict.fromkeys(("KS1", "KS2", "KS3"), Event())
    told = failures(Poller(devices, Clock(), patience_s=30), "KS1", "KS2", "KS3", "KS4")

    assert told["KS4"] == ""


def test_what_nobody_expects_of_a_device_ends_no_watch(devices: Devices) -> None:
    devices.failing = {"KS1": ZeroDivisionError("x")}

    assert failures(Poller(devices, Clock()), "KS1", "KS2") == {
        "KS1": "ZeroDivisionError",
        "KS2": "",
    }


def test_an_answer_that_cannot_be_read_tells_nothing(devices: Devices) -> None:
    devices.texts = {**devices.texts, KS_POLICY: "garbled"}
    (said,) = failures(Poller(devices, Clock()), "KS1").values()

    assert said == f"its answer to '{KS_POLICY}' cannot be read"


def test_a_command_that_is_refused_is_told(devices: Devices) -> None:
    devices.texts = {KS_COOP: devices.texts[KS_COOP]}
    (said,) = failures(Poller(devices, Clock()), "KS1").values()

    assert said == f"it refuses '{KS}': % Invalid"


def test_all_members_have_their_turn() -> None:
    names = [f"GM{number}" for number in range(7)]
    sampler = Sampler({"G1": names, "G2": ["GM1"]}, 3)
    rounds = [sampler.take([]) for _ in range(3)]

    assert {name for each in rounds for name in each} == set(names)
    assert all("GM1" in each and len(each) in {3, 4} for each in rounds)


def test_members_with_something_wrong_are_followed_within_bounds() -> None:
    many = [f"X{number:03}" for number in range(500)]

    assert len(Sampler({"G1": ["GM1"]}, 1).take(many)) == MOST_FOLLOWED + 1
    assert Sampler({"G1": ["GM1"]}, 0).take(many) == []
