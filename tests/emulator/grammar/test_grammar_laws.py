"""Any line is judged as the slow way judges it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from getvpn.emulator.grammar import Ambiguous, CommandSet, Grammar, Incomplete, Invalid, Parsed
from getvpn.emulator.grammar.syntax import parse

from .oracle import Verdict, heads, judge

SYNTAXES = [
    "show clock [detail]",
    "show ip route [<network:ipv4>]",
    "show ip interface [brief]",
    "show inventory",
    "show crypto gdoi group <number:1-99> members",
    "show crypto gdoi ks [members | policy]",
    "show crypto isakmp {sa [detail] | policy}",
    "configure terminal",
    "configure confirm",
    "crypto key generate rsa {modulus <bits:360-4096> | exportable}*",
    "clear crypto gdoi [replay | ks <what:members|policy>]",
]
WORDS = sorted(
    {word for text in SYNTAXES for word in text.replace("|", " ").split() if word.isalpha()}
    | {"members", "policy", "detail"}
)
COMMANDS = [parse(text) for text in SYNTAXES]


@pytest.fixture(scope="module")
def grammar() -> Grammar:
    declared = CommandSet()
    for text in SYNTAXES:
        declared.exec(text)(lambda _: None)
    return Grammar("xe", declared)


pieces = st.one_of(
    st.sampled_from(WORDS).flatmap(
        lambda word: st.integers(1, len(word)).map(lambda length: word[:length])
    ),
    st.sampled_from(["0", "7", "99", "100", "2048", "5000", "10.0.0.1", "010.0.0.1", "x", "SHOW"]),
    st.sampled_from(WORDS).map(lambda word: word + "x"),
)


@st.composite
def abbreviated(draw: st.DrawFn) -> str:
    """A right command, every word cut somewhere, perhaps too short, perhaps not to its end."""
    rest = draw(st.sampled_from(COMMANDS))
    words: list[str] = []
    while len(words) < 12:
        head = draw(st.sampled_from(list(heads(rest))))
        if head is None:
            break
        first, rest = head
        if isinstance(first, str):
            words.append(first[: draw(st.integers(1, len(first)))])
        else:
            words.append("10.1.2.3" if first.kind.name == "ipv4" else "77")
    return " ".join(words[: draw(st.integers(1, len(words) or 1))])


def _judged(grammar: Grammar, line: str) -> object:
    found = grammar.parse("exec", line)
    match found:
        case Parsed():
            return Verdict("run")
        case Ambiguous():
            return Verdict("ambiguous")
        case Incomplete():
            return Verdict("incomplete")
        case Invalid(column):
            return Verdict("invalid", column)


@given(abbreviated())
def test_a_cut_command_runs_or_is_ambiguous_or_incomplete(grammar: Grammar, line: str) -> None:
    assert _judged(grammar, line) == judge(COMMANDS, line)


@given(st.lists(pieces, min_size=1, max_size=6), st.integers(1, 3))
def test_any_words_are_judged_as_the_slow_way_judges_them(
    grammar: Grammar, words: list[str], blanks: int
) -> None:
    line = (" " * blanks).join(words)

    assert _judged(grammar, line) == judge(COMMANDS, line)


@given(st.text(max_size=300))
def test_no_text_breaks_the_grammar(grammar: Grammar, line: str) -> None:
    assert grammar.parse("exec", line) is not None
