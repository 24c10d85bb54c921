"""The kernel: time, chance, and the record of what happened."""

import pytest

from getvpn.emulator.simulation.kernel import Event, Kernel

START = 1_000_000.0


@pytest.fixture
def kernel() -> Kernel:
    return Kernel(START, 7)


def test_calls_and_posts_of_one_time_run_in_the_order_they_were_asked_for(kernel: Kernel) -> None:
    seen: list[str] = []
    kernel.post(1.0, seen.append, "a")
    kernel.call_at(START + 1.0, lambda: seen.append("b"))
    kernel.post(1.0, seen.append, "c")
    kernel.advance(1.0)
    assert seen == ["a", "b", "c"]


def test_what_an_event_asks_for_at_once_runs_behind_what_waits_for_the_same_time(
    kernel: Kernel,
) -> None:
    seen: list[str] = []

    def first() -> None:
        seen.append("first")
        kernel.post(0.0, seen.append, "last")

    kernel.post(1.0, first)
    kernel.post(1.0, seen.append, "second")
    kernel.advance(1.0)
    assert seen == ["first", "second", "last"]


def test_chance_depends_on_the_seed_and_the_purpose_only() -> None:
    one, other = Kernel(START, 7), Kernel(START + 5.0, 7)
    other.random("something else").random()
    assert one.random("loss").random() == other.random("loss").random()
    assert one.random("loss").random() != Kernel(START, 8).random("loss").random()
    assert one.random("loss") is one.random("loss")


def test_what_happened_is_on_record_with_its_time(kernel: Kernel) -> None:
    kernel.post(1.5, kernel.record, "KS1", "%GDOI-5-KS_CONV_SAS_DUPLEX: x")
    kernel.advance(2.0)
    (event,) = kernel.events()
    assert event == Event(START + 1.5, "KS1", "%GDOI-5-KS_CONV_SAS_DUPLEX: x")
    assert event.line == "1000001.500000 KS1 %GDOI-5-KS_CONV_SAS_DUPLEX: x"


def test_those_who_watch_are_told_of_every_event(kernel: Kernel) -> None:
    seen: list[Event] = []
    kernel.watchers.append(seen.append)
    kernel.record("GM1", "one")
    kernel.record("GM1", "two")
    assert [event.text for event in seen] == ["one", "two"]


def test_the_record_is_bounded_and_says_how_much_there_was() -> None:
    kernel = Kernel(START, kept=3)
    for number in range(5):
        kernel.record("GM1", str(number))
    assert kernel.recorded == 5
    assert [event.text for event in kernel.events()] == ["2", "3", "4"]
    assert [event.text for event in kernel.events(3)] == ["3", "4"]
    assert [event.text for event in kernel.events(0)] == ["2", "3", "4"]
    assert list(kernel.events(5)) == []
    assert list(kernel.events(99)) == []


def test_a_digest_is_that_of_the_lines(kernel: Kernel) -> None:
    other = Kernel(START, 99)
    for each in (kernel, other):
        each.record("GM1", "one")
    assert kernel.digest() == other.digest()
    other.record("GM1", "two")
    assert kernel.digest() != other.digest()
