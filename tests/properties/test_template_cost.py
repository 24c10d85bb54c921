"""No line takes long: every pattern and converter, on lines that are made to hurt it.

A pattern is slow where two parts of it can share one run of characters in many ways. So each value
of a pattern is replaced by long runs of whatever patterns consist of, with what follows behind.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache, partial
from inspect import unwrap
from itertools import product

import pytest

from getvpn.parsers.block import Block, Pattern
from getvpn.parsers.record import Converter
from getvpn.parsers.registry import FAMILIES
from getvpn.parsers.template import load
from getvpn.parsers.text import MAX_LINE_CHARS

from ..effort import cost

PROMISE = 0.05 * MAX_LINE_CHARS / 10_000
"""Seconds for one line of the greatest length: 50 ms per 10 kB."""

SHARE = PROMISE / 4
"""Seconds for one expression: a line is tried on that of each open block."""

RUNS = (
    *(" ", "\t", "a", "0", "a ", "a, ", ",", ": ", ":", "0:", "(", "(a) ", "/", "a/", "=", "."),
    *("{a}, ", "'", '"'),
)

HEADS = (
    *("", "00:00:00 ", "00:00:00.0 UTC Mon Jan 1 ", "00:00:00 UTC Jan ", "Mon 1-Jan-", "0x", "::/"),
    *("access-list ", "access-list a permit ip ", "10 permit tcp any ", "host ", "10.0.0.0/", "{"),
    *("group", " port ", "Transform sets={ a: { ", "00000000.00000000 (", "DH_GROUP/Group ", "1,"),
)
"""What the texts of values start with."""

UNITS = (
    *("9", "0", "a", "f", " ", "a ", "0-127,", "1:", "1d", "1 week, ", "10.0.0.0/", "::", "Jan 1 "),
    *(
        "{",
        "a: {b} , ",
        "permit ",
        "any ",
        "host 1.1.1.1 ",
        "(1 match)",
        "(",
        "eq 1 ",
        "range 1 2 ",
    ),
    *(
        "log ",
        ",",
        "=",
        "/",
        "DH_GROUP/Group 1 ",
        "port = 1 ",
        "object-group a ",
        "\u0663",
        "\udcff",
    ),
)
"""What they go on with, for as long as a line can be."""

EXAMPLES = (
    *("1", "a", "A", "a.", "a:", "IPv4", "A1", "10.0.0.1", "10.0.0.1/32", "0x1", "A1/1", "A1 B1"),
    *("host a", "a,", "a:{a}", "{a}", "00", "A:", "0:0", "00:00:00 a", "00:00:00.0 a Jan 1 2026"),
    *("0.0.0.0 255.0.0.0", "::/0", "A=a", "a=a", "-Aaa=a", "a]", "...", "-----", "0-0", " port 1"),
    *("Mon 1-Jan-24 1:0", "access-list a", "1 permit a", "1 deny a", "Transform sets={", "#", "'"),
    *("a interface", "a port", "a Module", "a Engine", "line", "htp://a", "-Aab=a", "IPSEC a"),
    *("0000000A 0000000A 0000000A 0000000A", "Aa", "sec", "?", "}", "A Certificate"),
)


def blocks(block: Block) -> Iterator[Block]:
    yield block
    for child in block.children:
        yield from blocks(child)


def parts(source: str) -> list[str]:
    """A line of a pattern in parts: a text, a value, a text, and so on."""
    found: list[str] = []
    depth = start = index = 0
    while index < len(source):
        char = source[index]
        if char == "\\":
            index += 1
        elif char == "[":
            index = source.index("]", index + 2 + (source[index + 1] == "^"))
        elif char == "(":
            if depth == 0:
                found.append(printed(source[start:index]))
                start = index
            depth += 1
        elif char == ")":
            depth -= 1
            if depth == 0:
                found.append(example(source[start : index + 1]))
                start = index + 1
        index += 1
    return [*found, printed(source[start:])]


def printed(text: str) -> str:
    """What an expression without groups stands for."""
    text = re.sub(r"\[ \\t\][*+]|\\s\+", " ", text).replace(r"\d+", "0").replace(r"\S+", "a")
    return re.sub(r"\\(.)", r"\1", text)


@cache
def example(group: str) -> str:
    """A text that the group takes."""
    inner = re.sub(r"^\(\?(?:P<\w+>|:)|\)$", "", group)
    words = printed(re.sub(r"^\(\?:|\).*", "", inner))
    fits = re.compile(group).fullmatch
    return next((text for text in (*EXAMPLES, words) if fits(text)), "")


def hostile_lines(pattern: Pattern) -> Iterator[str]:
    """Long lines that start as the lines of `pattern` do."""
    line = parts(pattern.source)
    whole = "".join(line)
    assert pattern.regex.fullmatch(whole.strip()), f"no example for {pattern.source}"
    yield stretched("", f"{whole} ", "!")
    for index, part in enumerate(line):
        head, rest = "".join(line[:index]), "".join(line[index + 1 :])
        near = (part, "".join(line[index - 1 : index + 1]), "".join(line[index : index + 2]))
        for run in dict.fromkeys((*RUNS, *near)):
            for end in ("!", f"{rest}!"):
                yield stretched(head, run, end)


def stretched(head: str, run: str, end: str) -> str:
    """`head`, `run` again and again, `end`, in a line of the greatest length that is tried."""
    room = MAX_LINE_CHARS - len(head) - len(end)
    return (head + run * (room // max(1, len(run))) + end).strip()


def assert_quick(expression: re.Pattern[str], patterns: Sequence[Pattern]) -> None:
    lines = {line for pattern in patterns for line in hostile_lines(pattern)}
    slow = (line for line in lines if cost(partial(expression.fullmatch, line), SHARE) > SHARE)
    found = next(slow, "")
    assert not found, f"{found[:80]!r} … {found[-40:]!r}"


@pytest.mark.parametrize("family", FAMILIES)
def test_no_line_takes_long(family: str) -> None:
    wanted = FAMILIES[family]
    for block in blocks(load(wanted.template, wanted.record_class)):
        for expression in filter(None, (block.regex, block.loose)):
            assert_quick(expression, [choice.pattern for choice in block.choices])
        for pattern in block.alien:
            assert_quick(pattern.regex, [pattern])


def converters(family: str) -> set[Converter]:
    """What reads the values of a family."""
    wanted = FAMILIES[family]
    found = set()
    for block in blocks(load(wanted.template, wanted.record_class)):
        patterns = (*block.starts, *block.lines)
        found |= {convert for pattern in patterns for _, _, convert in pattern.fields}
        found |= {convert for _, _, convert in block.texts}
    return found


def attempt(convert: Converter, text: str) -> object:
    """The value, or None where the text is none; anything but a ValueError is a mistake of ours."""
    try:
        return convert(text)
    except ValueError:
        return None


def test_no_value_takes_long_or_becomes_large() -> None:
    for remembering in set().union(*map(converters, FAMILIES)):
        convert = unwrap(remembering)
        for head, unit, end in product(HEADS, UNITS, ("", " 2026!")):
            text = stretched(head, unit, end)
            seconds = cost(partial(attempt, convert, text), SHARE)
            assert seconds <= SHARE, f"{convert} {text[:80]!r}"
            value = attempt(convert, text)
            assert not isinstance(value, tuple) or len(value) <= len(text), text[:80]
