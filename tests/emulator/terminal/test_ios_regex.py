"""Regular expressions of the output filters: meaning, refusals, and time."""

import random
import re
import string
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from getvpn.emulator.terminal.ios_regex import (
    INVALID_TEXT,
    MAX_PATTERN,
    IosRegex,
    IosRegexError,
)

from ...effort import lines


def found(pattern: str, line: str) -> bool:
    return IosRegex(pattern).search(line)


@pytest.mark.parametrize(
    ("pattern", "line"),
    [
        ("ntp server", "ntp server 192.0.2.1"),
        ("^interface|ip address", " ip address 192.0.2.1 255.255.255.0"),
        ("ip sla [0-9]", "ip sla 7"),
        ("( is )", "GigabitEthernet1 is up"),
        ("00210...", "address is 0021.00210abc"),
        ("[Oo]utput", "5 minute output rate"),
        ("([A-Za-z][0-9])+", "A9b3"),
        (r"[a-d\-\]]", "]"),
        (r"[^\]d]", "x"),
        (r"\$1\$", "secret 5 $1$abcd"),
        ("a?ve?", "never"),
        ("", "anything"),
        ("^$", ""),
    ],
)
def test_a_pattern_of_the_configuration_guides_matches(pattern: str, line: str) -> None:
    assert found(pattern, line)


@pytest.mark.parametrize(
    ("pattern", "line"),
    [
        ("ntp server", "ntp  server"),
        ("^interface", " interface"),
        ("down$", "down "),
        ("INTERFACE", "interface Loopback0"),
        ("^$", " "),
        (r"\.", "a"),
        ("(ab)+c", "ac"),
    ],
)
def test_a_pattern_does_not_match_what_differs(pattern: str, line: str) -> None:
    assert not found(pattern, line)


@pytest.mark.parametrize("line", ["1 65000 2", "65000", "1,65000", "{65000}", "(65000)", "1 65000"])
def test_an_underscore_is_an_edge_of_the_line_or_a_delimiter(line: str) -> None:
    assert found("_65000_", line)


@pytest.mark.parametrize("line", ["165000", "65000.1", "65000-1"])
def test_an_underscore_is_no_other_character(line: str) -> None:
    assert not found("_65000_", line)


@pytest.mark.parametrize("pattern", ["CONFIG_I", "%SYS-5-CONFIG_I", "CONFIG_."])
def test_an_underscore_is_itself_as_well(pattern: str) -> None:
    assert found(pattern, "%SYS-5-CONFIG_I: Configured from console")


@pytest.mark.parametrize(
    ("pattern", "line", "wanted"),
    [
        ("GDOI|COOP|ISAKMP", "%GDOI-5-COOP_KS_ELECTION", True),
        ("GDOI|COOP", "%SYS-5-CONFIG_I", False),
        ("GDOI.5|x[0-9]", "x7", True),
        ("GDOI.5|x[0-9]", "GDOI 6 x", False),
        ("GDOI|[0-9]", "7", True),
        ("GDOI|", "SYS", True),
        ("a(b|c)d|ef", "acd", True),
        ("a(b|c)d|ef", "ad e", False),
        ("a?|b", "", True),
    ],
)
def test_one_of_several_alternatives_is_enough(pattern: str, line: str, *, wanted: bool) -> None:
    assert found(pattern, line) is wanted


def test_an_escaped_underscore_is_an_underscore() -> None:
    assert found(r"a\_b", "a_b")
    assert not found(r"a\_b", "a b")


def test_edges_beside_each_other_mean_the_same_edge() -> None:
    assert found("^_a_$", "a")
    assert found("^_a", " a")
    assert not found("^_a", "ba")


def test_a_repetition_with_nothing_to_repeat_is_a_plain_character() -> None:
    assert found("*>", "*> 10.0.0.0/8")
    assert found("^*", "*~192.0.2.1")
    assert not found("^*", " *~192.0.2.1")


@pytest.mark.parametrize(
    "pattern", ["(", ")", "a)", "[", "[abc", "\\", "[z-a]", "(" * 100 + ")" * 100]
)
def test_what_is_no_regular_expression_is_refused(pattern: str) -> None:
    with pytest.raises(IosRegexError) as caught:
        IosRegex(pattern)
    assert caught.value.text == INVALID_TEXT


def test_a_pattern_longer_than_a_command_line_is_refused() -> None:
    IosRegex("a" * MAX_PATTERN)
    with pytest.raises(IosRegexError):
        IosRegex("a" * (MAX_PATTERN + 1))


atoms = st.sampled_from(["a", "b", "c", ".", "[ab]", "[^a]", r"\."])
patterns = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda pair: f"({pair[0]}|{pair[1]})"),
        st.tuples(inner, st.sampled_from("*+?")).map(lambda pair: f"({pair[0]}){pair[1]}"),
    ),
    max_leaves=6,
)


@given(
    head=st.sampled_from(["", "^"]),
    body=patterns,
    tail=st.sampled_from(["", "$"]),
    line=st.text("abc.", max_size=7),
)
def test_a_match_is_what_a_backtracking_engine_finds(
    head: str, body: str, tail: str, line: str
) -> None:
    pattern = head + body + tail
    assert found(pattern, line) is bool(re.search(pattern, line))


@given(st.text(string.printable, max_size=40), st.text(max_size=40))
def test_any_text_is_a_pattern_or_is_refused(pattern: str, line: str) -> None:
    with suppress(IosRegexError):
        assert found(pattern, line) in (True, False)


@settings(max_examples=30)
@given(st.lists(st.text(max_size=30), max_size=30), st.text("ab.*(|)_", max_size=12))
def test_one_compiled_pattern_judges_every_line_as_a_fresh_one_does(
    texts: list[str], pattern: str
) -> None:
    try:
        shared = IosRegex(pattern)
    except IosRegexError:
        return
    for line in texts:
        assert shared.search(line) is found(pattern, line)


HOSTILE = [
    ("(a+)+[cd]$", "a"),
    ("(a|a)*(a|a)*[cd]", "a"),
    (".*.*.*.*.*[cd]", "a"),
    ("a?" * 60 + "a" * 60 + "[cd]", "a"),
    ("(a|b)*a" + "." * 200 + "[cd]", "ab"),
    ("((((a*)*)*)*)*[cd]", "a"),
    ("_" * 100 + "[cd]", " "),
]


def work(pattern: str, line: str) -> int:
    regex = IosRegex(pattern)
    assert not regex.search(line)
    return lines(lambda: IosRegex(pattern).search(line))


@pytest.mark.parametrize(("pattern", "letters"), HOSTILE)
def test_the_work_grows_with_the_text_and_no_faster(pattern: str, letters: str) -> None:
    chosen = random.Random(3)  # noqa: S311 - a test wants the same text every time
    line = "".join(chosen.choices(letters, k=16_000))
    short, long = work(pattern, line[:4_000]), work(pattern, line)
    # as many lines of Python for each character as the pattern has places, at most
    assert long < 300 * len(line)
    assert long < 5 * short
