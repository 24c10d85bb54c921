"""The commands that routers really have: every line is judged as the slow way judges it."""

from functools import cache

from hypothesis import given
from hypothesis import strategies as st

from getvpn.emulator.catalog import grammar_for
from getvpn.emulator.grammar import Ambiguous, Grammar, Incomplete, Invalid, Parsed
from getvpn.emulator.grammar.arguments import Kind
from getvpn.emulator.grammar.syntax import Sequence

from .oracle import Verdict, heads, judge

SAMPLES = {
    "word": ["NAME", "x1", "default", "i"],
    "line": ["some text", "x"],
    "ipv4": ["10.1.2.3", "192.0.2.255"],
    "mask": ["255.255.255.0"],
    "wildcard": ["0.0.0.255"],
    "ipv6": ["2001:DB8::1"],
    "ipv6_prefix": ["2001:DB8::/32"],
    "interface": ["gi0/0/1", "Loopback7"],
    "time": ["12:30:00"],
    "hex": ["0F"],
    "mac": ["0011.2233.4455"],
    "url": ["flash:x"],
    "path": ["flash:/x", "name"],
}
FAMILIES = ("classic", "xe")


@cache
def commands(family: str, mode: str) -> list[Sequence]:
    """Every declaration of a mode."""
    return grammar_for(family).sequences(mode)


def _value(kind: Kind) -> st.SearchStrategy[str]:
    if kind.name in SAMPLES:
        return st.sampled_from(SAMPLES[kind.name])
    if kind.name[-1:].isdecimal():
        low, high = kind.label.strip("<>").lstrip("-").split("-", 1)
        return st.sampled_from([low, high])
    return st.just("x")


@st.composite
def typed(draw: st.DrawFn) -> tuple[str, str, str]:
    """Family, mode and a line: a right command with cut words, perhaps with a wrong one in it."""
    family = draw(st.sampled_from(FAMILIES))
    modes = sorted(mode for mode in ("exec", *grammar_for(family).modes) if commands(family, mode))
    mode = draw(st.one_of(st.just("exec"), st.sampled_from(modes)))
    rest = draw(st.sampled_from(commands(family, mode)))
    words: list[str] = []
    while len(words) < 14:
        head = draw(st.sampled_from(list(heads(rest))))
        if head is None:
            break
        first, rest = head
        if isinstance(first, str):
            words.append(first[: draw(st.integers(1, len(first)))])
        else:
            words.append(draw(_value(first.kind)))
            if first.kind.rest:
                break
    if draw(st.booleans()):
        words.insert(
            draw(st.integers(0, len(words))), draw(st.sampled_from(["x", "7", "?", "sho"]))
        )
    return family, mode, " ".join(words[: draw(st.integers(1, len(words) or 1))])


def _judged(grammar: Grammar, mode: str, line: str) -> Verdict:
    match grammar.parse(mode, line):
        case Parsed():
            return Verdict("run")
        case Ambiguous():
            return Verdict("ambiguous")
        case Incomplete():
            return Verdict("incomplete")
        case Invalid(column):
            return Verdict("invalid", column)


@given(typed())
def test_every_line_is_judged_as_the_slow_way_judges_it(case: tuple[str, str, str]) -> None:
    family, mode, line = case

    assert _judged(grammar_for(family), mode, line) == judge(commands(family, mode), line)
