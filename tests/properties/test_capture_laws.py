"""Laws of all parsers: what cutting, shuffling and garbling of outputs can do to them.

Our own outputs are always tried, the shared captures where they are at hand.
"""

import random
import tracemalloc
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from getvpn.errors import ParseError
from getvpn.parsers import parse, read_paths
from getvpn.parsers.commands import resolve
from getvpn.parsers.echo import find_output
from getvpn.parsers.record import Record
from getvpn.parsers.registry import FAMILIES
from getvpn.parsers.text import clean

from ..effort import cost
from ..parsers.oracle import all_captures
from ..parsers.samples import SAMPLES
from ..parsers.texts import ks_members

Sample = tuple[str, str]
"""A command and its output."""

NETWORK = Path(__file__).resolve().parents[2] / "inventory" / "example" / "network"
OWN: tuple[Sample, ...] = (
    *SAMPLES,
    *(
        (capture.command, capture.text)
        for capture in read_paths([NETWORK]).captures
        if resolve(capture.command).family in FAMILIES
    ),
)
COMMANDS = {resolve(command).family: command for command, _ in SAMPLES}
LOG = "*Jun  5 18:20:22.383: %GDOI-5-KS_SEND_UNICAST_REKEY: Sending Unicast Rekey for group X"
JUNK = "".join(map(chr, range(256))) + "\u0663\u2003\ufeff\udcff\U0001f600"
STRAYS = (
    *("", " --More-- ", LOG, "R1#", "R1#show clock", "show clock", "% Invalid input detected"),
    *("x" * 80, "-" * 79, "\x1b[2K", "\b" * 9),
)

KINDS = ("cut", "shuffle", "repeat", "garble", "mix", "stray", "join", "wrap", "many", "capitals")


def damage(kind: str, dice: random.Random, text: str, other: str) -> str:
    """What becomes of an output; `other` is that of another command."""
    lines, alien = text.split("\n"), other.split("\n")
    first, last = sorted(dice.randrange(len(lines) + 1) for _ in range(2))
    chosen = lines[first:last]
    match kind:
        case "cut":
            return text[dice.choice((0, first)) : dice.randrange(len(text) + 1)]
        case "shuffle":
            lines[first:last] = dice.sample(chosen, len(chosen))
        case "repeat":
            lines[last:last] = chosen * dice.randrange(1, 5)
        case "garble":
            chars = list(text)
            for _ in range(dice.randrange(1, 9) if text else 0):
                chars[dice.randrange(len(chars))] = dice.choice(JUNK) * dice.randrange(3)
            return "".join(chars)
        case "mix":
            lines[first:first] = alien[dice.randrange(len(alien)) :]
        case "stray":
            lines.insert(first, dice.choice(STRAYS))
        case "join":
            lines[first:last] = [dice.choice(("", " ", "\r")).join(chosen)]
        case "wrap":
            width = dice.choice((7, 40, 80, 132))
            return "\n".join(
                line[at : at + width] for line in lines for at in range(0, len(line) or 1, width)
            )
        case "many":
            return f"{text}\n" * (1 + 30_000 // (len(text) + 1))
        case _:
            return text.upper()
    return "\n".join(lines)


@st.composite
def damaged(draw: st.DrawFn, samples: Sequence[Sample]) -> Sample:
    """A command and what is left of its output."""
    command, text = draw(st.sampled_from(samples))
    _, other = draw(st.sampled_from(samples))
    dice = random.Random(draw(st.integers(0, 2**32)))  # noqa: S311 - a test's own dice
    for kind in draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=4)):
        text = damage(kind, dice, text, other)
    return command, text


def attempt(command: str, text: str) -> Record | None:
    """The record or None; anything but a ParseError is a mistake of ours."""
    try:
        return parse(command, text)
    except ParseError:
        return None


def assert_keeps_the_promises(command: str, text: str) -> None:
    """Whatever the text: a record or a ParseError, lines that exist, 50 ms for 10 kB."""
    found: list[Record | None] = []
    seconds = cost(lambda: found.append(attempt(command, text)), promised(text))
    assert seconds <= promised(text), f"{command}: {seconds} for {len(text)} characters"
    record = found[0]
    if record is not None:
        shown = range(1, text.count("\n") + text.count("\r") + 2)
        assert all(line.lineno in shown and line.text for line in record.unparsed)


def promised(text: str) -> float:
    """Seconds that a text may take: 50 ms per 10 kB, and as much for less."""
    return 0.05 * max(1, len(text) / 10_000)


@given(damaged(OWN))
@settings(max_examples=400)
def test_damaged_outputs_give_a_record_or_a_parse_error_in_time(sample: Sample) -> None:
    assert_keeps_the_promises(*sample)


@given(st.data())
@settings(max_examples=400)
def test_damaged_captures_do_too(shared: Path, data: st.DataObject) -> None:
    samples = [(one.command, one.text) for one in all_captures(shared) if is_read(one.command)]
    assert_keeps_the_promises(*data.draw(damaged(samples)))


def is_read(command: str) -> bool:
    return resolve(command).family in FAMILIES


LINES = (
    *STRAYS,
    *(
        "a",
        "a : b",
        "R1#show foo",
        "{command}",
        "R1#{command}",
        "R1#\nR2#",
        "x\nR1#",
        "#",
        ">",
        "%",
    ),
    *(
        "R1(config)#interface Gi0/0",
        " --More-- R1#",
        " --More-- \b\b\b\b\b\b\b\b\b        x",
        "a\rb",
    ),
    *(f"{LOG:<80.80}", f"{LOG:<80.80}\nX", "y" * 80 + "\nz", "Group Name : " + "g" * 67, "\x1b]"),
    *("Group Member ID : 10.0.0.1", "interface: Gi0/0", "protected vrf: (none)", "Certificate"),
    *("00112233 44556677", "permit ip any any", 'Crypto Map "A" 1 gdoi', "cn=a", "\u00e9\u00a0x"),
    *("a" * 4096, "a " * 2048, "a" * 50_000, f"a{' ' * 50_000}b", f"{'a' * 60}#{' ' * 50_000}"),
    *("\b" * 50_000, "a\r" * 25_000, "--" * 25_000, f"\x1b[{'0' * 50_000}", f"%A{'-A' * 25_000}"),
)
HEADS = {
    "show version": "Cisco IOS Software, C1900 Software (C1900), Version 15.1(4)M8, RELEASE",
    "show crypto ipsec sa": "interface: GigabitEthernet0/0",
}


@pytest.mark.parametrize("line", LINES, ids=range(len(LINES)))
@pytest.mark.parametrize("command", HEADS)
def test_a_line_costs_the_same_each_time_that_it_comes(command: str, line: str) -> None:
    line = line.replace("{command}", command) + "\n"
    many = line * (120_000 // len(line))
    assert_keeps_the_promises(command, many)
    assert_keeps_the_promises(command, f"{HEADS[command]}\n{many}")


def test_memory_grows_in_proportion_to_the_text() -> None:
    text = ks_members(8_000)
    tracemalloc.start()
    try:
        record = parse("show crypto gdoi ks members", text)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert not record.unparsed
    # the lines take about as much as the text, the rows and their values four times that
    assert peak < 10 * len(text)


NOTHING = ("", "\n \n", "R1#\n", f"{LOG}\n", f"{LOG:<80.80}\nname.v4\n", " --More-- ")


@pytest.mark.parametrize("family", FAMILIES)
def test_no_output_is_an_empty_record_or_a_parse_error(family: str) -> None:
    for text in NOTHING:
        record = attempt(COMMANDS[family], text)
        assert FAMILIES[family].may_be_empty == (record is not None), text
        assert record is None or record.empty or FAMILIES[family].keep_logs, text


ALIKE = {
    ("gdoi gm replay", "gdoi ks replay"): "both say so where there is no time-based replay",
    (
        "isakmp default policy",
        "isakmp policy",
    ): "the defaults are shown where nothing is configured",
}
"""Outputs of one family that are outputs of another as well, and why."""


@pytest.mark.parametrize("family", FAMILIES)
def test_the_outputs_of_other_commands_are_refused(family: str) -> None:
    taken = taken_for(family, OWN)
    assert taken == {other for other, alike in ALIKE if alike == family}


@pytest.mark.parametrize("family", FAMILIES)
def test_the_captures_of_other_commands_are_refused(shared: Path, family: str) -> None:
    bare = [
        (one.command, without_echo(one.command, one.text))
        for one in all_captures(shared)
        # a capture of nothing but system messages is what the device says beside its output
        if is_read(one.command) and resolve(one.command).family != "logging"
    ]
    assert taken_for(family, bare) <= {other for other, alike in ALIKE if alike == family}


def taken_for(family: str, samples: Sequence[Sample]) -> set[str]:
    """The other families of which an output is taken for one of `family`."""
    return {
        resolve(command).family
        for command, text in samples
        if resolve(command).family != family and attempt(COMMANDS[family], text) is not None
    }


def without_echo(command: str, text: str) -> str:
    """The output alone: the echo would tell what it is."""
    cleaned = clean(text)
    body = find_output(resolve(command), cleaned)
    return "\n".join(cleaned.texts[body.start : body.stop])
