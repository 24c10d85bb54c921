"""Which part of the grammar a user of a level has, when levels of commands were changed."""

from hypothesis import example, given
from hypothesis import strategies as st

from getvpn.emulator.grammar import CommandSet, Grammar, Invalid, Parsed, Rule, levels_of
from getvpn.emulator.grammar.help import help_text
from getvpn.emulator.grammar.syntax import keyword_paths

COMMANDS = {
    "show clock [detail]": 1,
    "show ip route [<address:ipv4>] [longer]": 1,
    "show ip <what:traffic|nat> [verbose]": 1,
    "show running-config [all | {brief | full}]": 15,
    "configure [terminal]": 15,
    "configure replace <file:path> {force | list}*": 15,
    "clear line <number:0-99>": 15,
    "enable [<level:0-15>]": 0,
}


def _grammar() -> Grammar:
    declared = CommandSet()
    for syntax, privilege in COMMANDS.items():
        declared.exec(syntax, privilege=privilege)(lambda _: None)
    return Grammar("xe", declared)


GRAMMAR = _grammar()
PATHS = sorted({path for sequence in GRAMMAR.sequences("exec") for path in keyword_paths(sequence)})
LINES = [
    "show clock",
    "show clock detail",
    "show ip route",
    "show ip route 10.0.0.1 longer",
    "show ip traffic",
    "show ip nat verbose",
    "show running-config",
    "show running-config all",
    "show running-config full",
    "configure",
    "configure terminal",
    "configure replace x force",
    "configure replace x list",
    "clear line 7",
    "enable 5",
]
rules = st.lists(
    st.builds(
        lambda path, level, whole: Rule("exec", path, level, whole=whole),
        st.sampled_from(PATHS),
        st.integers(0, 15),
        st.booleans(),
    ),
    max_size=6,
    unique_by=lambda rule: rule.path,
)


def _level_of(path: tuple[str, ...], usual: int, found: list[Rule]) -> int:
    exact = {rule.path: rule.level for rule in found}
    if path in exact:
        return exact[path]
    above = [rule for rule in found if rule.whole and path[: len(rule.path)] == rule.path]
    return max(above, key=lambda rule: len(rule.path)).level if above else usual


@example([Rule("exec", ("show", "ip", "nat", "verbose"), 2)], "show ip nat verbose", 1)
@given(rules, st.sampled_from(LINES), st.integers(0, 15))
def test_a_line_is_allowed_if_each_of_its_keywords_is(
    found: list[Rule], line: str, privilege: int
) -> None:
    whole = GRAMMAR.parse("exec", line)
    assert isinstance(whole, Parsed)
    usual = COMMANDS[whole.target.syntax]
    keywords = [word for word in line.split() if any(word in path for path in PATHS)]
    paths = [tuple(keywords[:end]) for end in range(1, len(keywords) + 1)]
    allowed = privilege == 15 or all(_level_of(path, usual, found) <= privilege for path in paths)

    levels = levels_of(frozenset(found)) if found else None
    parsed = GRAMMAR.parse("exec", line, privilege=privilege, levels=levels)
    assert isinstance(parsed, Parsed) == allowed


def test_help_and_abbreviations_know_only_what_is_allowed() -> None:
    levels = levels_of(frozenset({Rule("exec", ("show", "ip"), 9), Rule("exec", ("clear",), 5)}))

    shown = help_text(GRAMMAR, "exec", 5, "show ", levels=levels)
    assert [row.split()[0] for row in shown.splitlines()] == ["clock"]
    assert isinstance(GRAMMAR.parse("exec", "c", privilege=5, levels=levels), Invalid)
    assert isinstance(GRAMMAR.parse("exec", "conf", privilege=5, levels=levels), Invalid)


def test_routers_with_the_same_levels_share_their_grammar() -> None:
    first = levels_of(frozenset({Rule("exec", ("show",), 9)}))
    second = levels_of(frozenset({Rule("exec", ("show",), 9)}))

    assert first is second
    one, _ = GRAMMAR.view("exec", 5, levels=first)
    other, _ = GRAMMAR.view("exec", 5, levels=second)
    assert one is other


def test_the_highest_level_has_the_grammar_of_all_routers() -> None:
    levels = levels_of(frozenset({Rule("exec", ("show",), 15)}))

    ruled, _ = GRAMMAR.view("exec", 15, levels=levels)
    plain, _ = GRAMMAR.view("exec", 15)
    assert ruled is plain


def test_levels_without_commands_of_their_own_share_their_grammar() -> None:
    low, _ = GRAMMAR.view("exec", 2)
    high, _ = GRAMMAR.view("exec", 14)
    assert low is high
