"""Answers of devices, which are read once."""

import pytest

from getvpn.errors import ParseError
from getvpn.parsers import parse
from getvpn.tasks.deploying.reading import MOST_CHARS, read

COMMAND = "show clock"
TIME = "10:20:30.456 UTC Fri Mar 1 2024\n"
LATER = TIME.replace("10:20", "11:20")


def test_what_is_read_again_is_the_same_record() -> None:
    first, second = (read(COMMAND, TIME, source=name) for name in ("KS1", "KS2"))
    assert first is second
    assert first == parse(COMMAND, TIME)


def test_another_answer_and_another_command_are_read_anew() -> None:
    assert read(COMMAND, LATER, source="KS1") == parse(COMMAND, LATER) != parse(COMMAND, TIME)
    with pytest.raises(ParseError):
        read("show version", TIME, source="KS1")


def test_a_long_answer_is_not_remembered() -> None:
    long = "\n" * MOST_CHARS + TIME
    first, second = (read(COMMAND, long, source="KS1") for _ in range(2))
    assert first == second
    assert first is not second


@pytest.mark.parametrize("name", ["KS1", "KS2"])
def test_an_answer_that_cannot_be_read_names_its_device(name: str) -> None:
    with pytest.raises(ParseError) as caught:
        read(COMMAND, "% Invalid input detected at '^' marker.\n", source=name)
    assert caught.value.source == name
