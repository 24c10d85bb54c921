"""Descriptions of faults, and what the places that can fail are told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from getvpn.emulator.faults import Fault, FaultKind, Faults
from getvpn.errors import InputError


@pytest.mark.parametrize(
    "description",
    [
        "refuse",
        "refuse 2",
        "drop-after 3",
        "hang",
        "hang-after 1",
        "slow 300",
        "garble 5",
        "wrong-prompt",
        "wrong-prompt R9(config)#",
        "login-failure 2",
        "disk-full",
        "crash-at-write",
        "reload-never-returns",
    ],
)
def test_a_description_is_read_and_written_alike(description: str) -> None:
    assert str(Fault.parse(description)) == description


@pytest.mark.parametrize(
    ("description", "count"), [("garble", 2), ("login-failure", 1), ("refuse", 0)]
)
def test_a_number_that_may_be_left_out_has_a_default(description: str, count: int) -> None:
    assert Fault.parse(description).count == count


@pytest.mark.parametrize(
    "description",
    [
        "",
        "explode",
        "drop-after",
        "drop-after x",
        "drop-after 0",
        "garble 101",
        "slow -1",
        "slow 1000000001",
        f"slow {'9' * 5000}",
        "slow ٣",
        "disk-full 3",
        "hang 2",
    ],
)
def test_a_wrong_description_is_an_input_error(description: str) -> None:
    with pytest.raises(InputError):
        Fault.parse(description)


@given(st.text(max_size=40))
def test_any_text_is_a_fault_or_an_input_error(text: str) -> None:
    try:
        fault = Fault.parse(text)
    except InputError:
        return
    assert Fault.parse(str(fault)) == fault


def test_a_device_without_faults_fails_nowhere() -> None:
    faults = Faults()
    assert not faults.wire
    assert not faults.closed
    assert not faults.refuses()
    assert not faults.hangs
    assert not faults.fails_login()
    assert faults.command() == ""
    assert faults.rate == 0
    assert faults.garble(b"text") == b"text"
    assert faults.prompt("R1#") == "R1#"
    assert not faults.disk_full
    assert not faults.crashes_at_write()
    assert not faults.never_returns()
    assert faults.active() == ()


def test_a_counted_refusal_ends_and_one_without_a_count_stays() -> None:
    faults = Faults()
    faults.set("refuse 2")
    assert not faults.closed
    assert [faults.refuses() for _ in range(3)] == [True, True, False]
    faults.set("refuse")
    assert faults.closed
    assert [faults.refuses() for _ in range(3)] == [True, True, True]


def test_the_third_command_is_the_one_that_is_dropped() -> None:
    faults = Faults()
    faults.set("drop-after 3")
    assert faults.wire
    assert [faults.command() for _ in range(4)] == ["", "", "drop", ""]
    assert not faults.wire


def test_the_second_command_is_the_one_that_hangs() -> None:
    faults = Faults()
    faults.set("hang-after 2")
    assert [faults.command() for _ in range(3)] == ["", "hang", ""]


def test_right_passwords_are_turned_down_as_often_as_asked() -> None:
    faults = Faults()
    faults.set("login-failure 2")
    assert [faults.fails_login() for _ in range(3)] == [True, True, False]


def test_a_prompt_is_wrong_once() -> None:
    faults = Faults()
    faults.set("wrong-prompt")
    assert [faults.prompt("KS1(config)#") for _ in range(2)] == ["Router#", "KS1(config)#"]
    faults.set("wrong-prompt KS2>")
    assert faults.prompt("KS1>") == "KS2>"


def test_a_crash_and_a_reload_without_return_happen_once() -> None:
    faults = Faults()
    faults.set("crash-at-write")
    faults.set("reload-never-returns")
    assert [faults.crashes_at_write() for _ in range(2)] == [True, False]
    assert [faults.never_returns() for _ in range(2)] == [True, False]


def test_garbled_output_keeps_its_length_and_is_the_same_for_the_same_seed() -> None:
    text = b"interface Loopback0\r\n" * 100
    one, two, other = Faults(7), Faults(7), Faults(8)
    for faults in (one, two, other):
        faults.set("garble 10")
    garbled = one.garble(text)
    assert len(garbled) == len(text)
    changed = sum(a != b for a, b in zip(garbled, text, strict=True))
    assert 0.05 * len(text) < changed < 0.15 * len(text)
    assert two.garble(text) == garbled
    assert other.garble(text) != garbled


def test_clearing_takes_one_kind_or_all() -> None:
    faults = Faults()
    faults.set("slow 100")
    faults.set("disk-full")
    faults.clear(FaultKind.SLOW)
    assert [str(fault) for fault in faults.active()] == ["disk-full"]
    faults.clear()
    assert faults.active() == ()


def test_watchers_hear_of_every_change() -> None:
    heard = []
    faults = Faults()
    faults.watch(lambda: heard.append(len(faults.active())))
    faults.set("refuse 1")
    faults.refuses()
    assert heard == [1, 0]


def test_a_fault_tells_what_is_left_of_it() -> None:
    faults = Faults()
    for description in ("login-failure 3", "drop-after 2", "garble 20", "refuse"):
        faults.set(description)
    faults.fails_login()
    faults.command()
    faults.garble(b"text")
    faults.refuses()

    left = ["login-failure 2", "drop-after 1", "garble 20", "refuse"]
    assert [str(fault) for fault in faults.active()] == left
