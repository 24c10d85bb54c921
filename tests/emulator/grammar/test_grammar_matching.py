"""Abbreviations, carets, names beside keywords, negation, help and completion."""

import pytest

from getvpn.emulator.grammar import (
    Ambiguous,
    CommandSet,
    Grammar,
    Incomplete,
    Invalid,
    Parsed,
    completion,
    help_text,
)
from getvpn.emulator.grammar.syntax import parse


@pytest.fixture
def grammar() -> Grammar:
    declared = CommandSet()
    declared.mode("config", "config")
    for syntax in (
        "show clock [detail]",
        "show ip interface [<name:interface>] [brief]",
        "show inventory",
        "show interfaces [<name:interface>] [description]",
    ):
        declared.exec(syntax)(lambda _: None)
    declared.exec("clear counters", privilege=15)(lambda _: None)
    declared.exec("clear arp {'*' | <name:interface>}", privilege=15)(lambda _: None)
    declared.setting("config", "crypto gdoi group <name!>", enters="group")
    declared.setting("config", "crypto gdoi group ipv6 <name!>", name="v6", enters="group")
    declared.setting("config", "crypto isakmp policy <priority!:1-10000>")
    declared.setting("config", "description <text:line>")
    declared.setting("config", "client transform-sets {<tag>}+")
    declared.setting("config", "rekey algorithm <cipher:des-cbc|3des-cbc|aes> [<bits:128|192|256>]")
    declared.words({"show": "Show running system information", "show clock": "The time"})
    return Grammar("xe", declared)


def _config(grammar: Grammar, line: str) -> Parsed:
    found = grammar.parse("config", line)
    assert isinstance(found, Parsed)
    return found


def test_every_keyword_may_be_cut_to_a_unique_beginning(grammar: Grammar) -> None:
    found = grammar.parse("exec", "sh ip int gi 0/0/1 br")

    assert isinstance(found, Parsed)
    assert found.text == "show ip interface GigabitEthernet0/0/1 brief"


@pytest.mark.parametrize(
    ("line", "outcome"),
    [
        ("show interfaces Loopback", Incomplete()),
        ("show interfaces lo", Incomplete()),
        ("show interfaces v", Ambiguous()),
        ("show interfaces lo x", Invalid(19)),
        ("show interfaces xlo", Invalid(16)),
    ],
)
def test_a_type_of_interface_wants_a_number(grammar: Grammar, line: str, outcome: object) -> None:
    assert grammar.parse("exec", line) == outcome


def test_a_beginning_of_two_keywords_is_ambiguous(grammar: Grammar) -> None:
    assert grammar.parse("exec", "sh in") == Ambiguous()


def test_a_beginning_of_two_keywords_is_the_one_that_the_rest_of_the_line_fits(
    grammar: Grammar,
) -> None:
    found = grammar.parse("exec", "sh in Gi0/0/1 desc")
    assert isinstance(found, Parsed)
    assert found.text == "show interfaces GigabitEthernet0/0/1 description"
    assert grammar.parse("exec", "sh in foo") == Ambiguous()
    assert grammar.parse("exec", "sh i brief") == Ambiguous()
    found = grammar.parse("exec", "sh i int br")
    assert isinstance(found, Parsed)
    assert found.text == "show ip interface brief"


def test_a_line_of_many_ambiguous_words_is_judged_at_once() -> None:
    declared = CommandSet()
    declared.exec("go {{ab | abc | abcd | b}}* end")(lambda _: None)
    grammar = Grammar("xe", declared)

    assert grammar.parse("exec", "go " + "a " * 100) == Ambiguous()
    assert grammar.parse("exec", "go " + "a " * 100 + "end") == Ambiguous()


def test_so_much_must_be_typed_of_a_keyword_as_its_declaration_says() -> None:
    declared = CommandSet()
    declared.exec("show logging [<word>]")(lambda _: None)
    declared.exec("show logi~n")(lambda _: None)
    declared.exec("show logi~n failures")(lambda _: None)
    grammar = Grammar("xe", declared)

    for line, text in (
        ("sh l", "show logging"),
        ("sh log", "show logging"),
        ("sh logi", "show login"),
        ("sh log failures", "show logging failures"),
        ("sh login f", "show login failures"),
    ):
        found = grammar.parse("exec", line)
        assert isinstance(found, Parsed)
        assert found.text == text
    assert help_text(grammar, "exec", 15, "sh log") == "logging  login\n"


def test_the_caret_stands_under_the_first_character_that_no_keyword_has(grammar: Grammar) -> None:
    assert grammar.parse("exec", "show clonk") == Invalid(8)
    assert grammar.parse("exec", "show clock now") == Invalid(11)
    assert grammar.parse("exec", "show ip interface 3") == Invalid(18)


def test_a_line_that_could_go_on_is_incomplete(grammar: Grammar) -> None:
    assert grammar.parse("exec", "show ip") == Incomplete()


def test_a_command_of_a_higher_level_is_unknown_below_it(grammar: Grammar) -> None:
    assert grammar.parse("exec", "clear counters", privilege=1) == Invalid(0)


def test_a_name_may_look_like_the_beginning_of_a_keyword(grammar: Grammar) -> None:
    assert _config(grammar, "crypto gdoi group ip").values == {"name": "ip"}
    assert _config(grammar, "crypto gdoi group ipv6 G").target.name == "v6"  # type: ignore[union-attr]


def test_a_sign_of_the_language_is_a_keyword_in_quotes(grammar: Grammar) -> None:
    found = grammar.parse("exec", "clear arp *")

    assert isinstance(found, Parsed)
    assert found.words == ("clear", "arp", "*")


def test_text_to_the_end_of_the_line_keeps_its_blanks(grammar: Grammar) -> None:
    assert _config(grammar, "description  to  the WAN ").values == {"text": "to  the WAN "}


def test_a_name_in_a_repeated_group_has_all_its_values(grammar: Grammar) -> None:
    assert _config(grammar, "client transform-sets A B C").values == {"tag": ("A", "B", "C")}


def test_the_value_of_a_fixed_word_is_the_whole_word(grammar: Grammar) -> None:
    assert _config(grammar, "rekey alg 3 ").values == {"cipher": "3des-cbc"}


@pytest.mark.parametrize(
    ("line", "complete"),
    [
        ("no description", True),
        ("no description whatever it was", True),
        ("no crypto isakmp policy", False),
        ("no crypto isakmp policy 7", True),
        ("no rekey algorithm", True),
        ("no rekey algorithm aes 256", True),
    ],
)
def test_a_negation_needs_what_tells_the_line_from_others(
    grammar: Grammar, line: str, complete: bool
) -> None:
    found = grammar.parse_negated("config", line, 2)

    assert isinstance(found, Parsed if complete else Incomplete)


def test_the_caret_of_an_argument_is_found_behind_abbreviations(grammar: Grammar) -> None:
    assert _config(grammar, "cry isa pol 77").column("priority") == 12


def test_help_lists_keywords_with_their_texts_and_the_end_of_the_line(grammar: Grammar) -> None:
    assert help_text(grammar, "exec", 15, "show ").splitlines()[0] == "  clock       The time"
    assert help_text(grammar, "exec", 15, "show clock ").splitlines()[-1] == "  <cr>    <cr>"


def test_help_on_half_a_word_lists_what_it_can_become(grammar: Grammar) -> None:
    assert help_text(grammar, "exec", 15, "show in") == "interfaces  inventory\n"
    assert help_text(grammar, "exec", 15, "show x") == "% Unrecognized command\n"


def test_completion_needs_a_unique_beginning(grammar: Grammar) -> None:
    assert completion(grammar, "exec", 15, "sh cl") == "sh clock "
    assert completion(grammar, "exec", 15, "sh in") is None


@pytest.mark.parametrize("text", ["show [clock", "show }", "<x:nothing>", "a <b", "<x:1>"])
def test_a_wrong_declaration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"declaration|kind of argument"):
        parse(text)


def test_a_word_that_is_a_keyword_is_no_name_before_it() -> None:
    declared = CommandSet()
    declared.exec("show differences [<first> [<second>]] [ignorecase]")(lambda _: None)
    grammar = Grammar("xe", declared)

    found = grammar.parse("exec", "show differences a ign")
    assert isinstance(found, Parsed)
    assert found.values == {"first": "a"}
    assert found.words == ("show", "differences", "a", "ignorecase")
    found = grammar.parse("exec", "show differences a ignore ignorecase")
    assert isinstance(found, Parsed)
    assert found.values == {"first": "a", "second": "ignore"}
