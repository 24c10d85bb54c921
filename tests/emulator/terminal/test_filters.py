"""Output filters: reading what stands behind the pipe, and applying it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from getvpn.emulator.terminal.filters import (
    HELP,
    Filter,
    FilterError,
    Sink,
    parse_filter,
    split_pipe,
)

CONFIG = """\
Building configuration...

Current configuration : 300 bytes
!
version 17.9
!
username admin privilege 15 secret 9 $9$abc
username oper secret 9 $9$def
!
interface GigabitEthernet1
 description to bgp peer
 ip address 192.0.2.1 255.255.255.0
!
router bgp 65000
 neighbor 192.0.2.9 remote-as 65001
 !
 address-family ipv4 vrf A
  redistribute connected
 exit-address-family
!
line vty 0 4
 login local
 transport input ssh
end
"""


def through(filter_text: str, text: str = CONFIG) -> str:
    filtered = parse_filter(filter_text).apply(text)
    assert filtered.sink is None
    return filtered.text


def test_a_line_is_cut_at_its_first_pipe_and_says_where() -> None:
    piped = split_pipe("show run | include a | b ")
    assert piped is not None
    assert piped.command == "show run "
    assert piped.filter == " include a | b "
    assert piped.column == 10


def test_a_pipe_needs_no_blanks() -> None:
    piped = split_pipe("sh ver|i uptime")
    assert piped is not None
    assert (piped.command, piped.filter) == ("sh ver", "i uptime")


def test_a_line_without_a_pipe_or_with_one_in_quotes_is_whole() -> None:
    assert split_pipe("show clock") is None
    assert split_pipe('show flash:"a|b"') is None


@pytest.mark.parametrize(
    ("word", "keyword"),
    [
        *((keyword[:length], keyword) for keyword in HELP for length in range(1, len(keyword) + 1)),
        ("INC", "include"),
    ],
)
def test_a_keyword_may_be_cut_short(word: str, keyword: str) -> None:
    assert parse_filter(f" {word} x").keyword == keyword


def test_a_pattern_reaches_to_the_end_of_the_line() -> None:
    parsed = parse_filter(" include ntp | server ")
    assert parsed.pattern is not None
    assert parsed.pattern.pattern == "ntp | server "


@pytest.mark.parametrize("text", ["", "  ", "include", " inc  ", "section ", "redirect", "tee /a "])
def test_a_filter_without_its_argument_is_incomplete(text: str) -> None:
    with pytest.raises(FilterError) as caught:
        parse_filter(text)
    assert caught.value.problem == "incomplete"


@pytest.mark.parametrize(
    ("text", "column"),
    [(" foo x", 1), (" inx x", 3), (" includes x", 8), (" tee flash:a b", 13), ("| include a", 0)],
)
def test_a_wrong_filter_says_where_it_goes_wrong(text: str, column: int) -> None:
    with pytest.raises(FilterError) as caught:
        parse_filter(text)
    assert (caught.value.problem, caught.value.column) == ("invalid", column)


def test_a_wrong_pattern_carries_the_words_of_the_router() -> None:
    with pytest.raises(FilterError) as caught:
        parse_filter(" include [")
    assert caught.value.problem == "pattern"
    assert caught.value.text == "% Invalid regular expression"


def test_older_software_knows_no_section() -> None:
    with pytest.raises(FilterError) as caught:
        parse_filter(" section username", sections=False)
    assert (caught.value.problem, caught.value.column) == ("invalid", 1)
    assert parse_filter(" s username").keyword == "section"


def test_include_keeps_matching_lines_only() -> None:
    assert through(" inc ^username|^line") == (
        "username admin privilege 15 secret 9 $9$abc\nusername oper secret 9 $9$def\nline vty 0 4\n"
    )


def test_include_without_a_match_leaves_nothing() -> None:
    assert through(" include ntp server") == ""


def test_begin_starts_at_the_first_match() -> None:
    assert through(" b ^line") == "line vty 0 4\n login local\n transport input ssh\nend\n"
    assert through(" begin nothing like it") == ""


def test_count_counts_lines() -> None:
    assert through(" count username") == "Number of lines which match regexp = 2\n"
    assert re.match(r"^Number +of +lines +which +match +regexp += +(\d+)$", through(" c x").strip())


def test_section_takes_every_matching_line_with_its_children() -> None:
    assert through(" section username") == (
        "username admin privilege 15 secret 9 $9$abc\nusername oper secret 9 $9$def\n"
    )
    assert through(" sec line vty") == "line vty 0 4\n login local\n transport input ssh\n"


def test_section_finds_matches_inside_other_blocks_as_well() -> None:
    assert through(" section bgp") == (
        " description to bgp peer\n"
        "router bgp 65000\n"
        " neighbor 192.0.2.9 remote-as 65001\n"
        " !\n"
        " address-family ipv4 vrf A\n"
        "  redistribute connected\n"
        " exit-address-family\n"
    )


def test_section_of_a_nested_block_ends_with_it() -> None:
    assert through(" section address-family ipv4") == (
        " address-family ipv4 vrf A\n  redistribute connected\n"
    )


def test_section_exclude_is_the_rest() -> None:
    kept = through(" section exclude username|interface|router|line")
    assert "username" not in kept
    assert "ip address" not in kept
    assert kept.endswith("!\nend\n")


def test_section_include_says_what_section_says() -> None:
    assert through(" section include line vty") == through(" section line vty")


def test_redirect_shows_nothing_and_asks_for_the_file() -> None:
    filtered = parse_filter(" redirect flash:x").apply("a\nb\n")
    assert filtered.text == ""
    assert filtered.sink == Sink(url="flash:x", text="a\nb\n")


def test_append_asks_for_the_end_of_the_file() -> None:
    filtered = parse_filter(" append flash:x").apply("a\n")
    assert filtered.text == ""
    assert filtered.sink == Sink(url="flash:x", text="a\n", append=True)


@pytest.mark.parametrize(("option", "append"), [("", False), ("/append ", True), ("/a ", True)])
def test_tee_shows_and_asks_for_the_file(option: str, append: bool) -> None:
    filtered = parse_filter(f" tee {option}flash:x").apply("a\n")
    assert filtered.text == "a\n"
    assert filtered.sink == Sink(url="flash:x", text="a\n", append=append)


def test_the_pattern_sees_a_line_without_its_end() -> None:
    assert parse_filter("include b$").apply("ab\r\nba\r\n").text == "ab\r\n"
    assert parse_filter("include b$").apply("ba\nab").text == "ab"


lines = st.lists(st.text(st.characters(exclude_characters="\n\r"), max_size=12), max_size=12)
filters = st.sampled_from(["a", "^ ", "b|c", "[^a]", "_a_", "a.*b", "$"])


@given(lines, filters)
def test_include_and_exclude_share_the_lines_out(texts: list[str], pattern: str) -> None:
    text = "".join(f"{each}\n" for each in texts)
    kept = parse_filter(f"include {pattern}").apply(text).text
    left = parse_filter(f"exclude {pattern}").apply(text).text
    assert sorted(kept.split("\n") + left.split("\n")) == sorted([*text.split("\n"), ""])
    counted = parse_filter(f"count {pattern}").apply(text).text
    assert counted == f"Number of lines which match regexp = {kept.count(chr(10))}\n"


@given(lines, filters)
def test_section_and_its_opposite_share_the_lines_out(texts: list[str], pattern: str) -> None:
    text = "".join(f"{each}\n" for each in texts)
    kept = parse_filter(f"section include {pattern}").apply(text).text.split("\n")
    left = parse_filter(f"section exclude {pattern}").apply(text).text.split("\n")
    assert sorted(kept + left) == sorted([*text.split("\n"), ""])
    matching = parse_filter(f"include {pattern}").apply(text).text.split("\n")
    assert all(kept.count(each) >= matching.count(each) for each in matching)


@given(lines, filters)
def test_begin_leaves_an_end_of_the_text(texts: list[str], pattern: str) -> None:
    text = "".join(f"{each}\n" for each in texts)
    assert text.endswith(parse_filter(f"begin {pattern}").apply(text).text)


@given(st.text(max_size=30))
def test_any_text_behind_a_pipe_is_a_filter_or_is_refused_inside_it(text: str) -> None:
    outcome: Filter | FilterError
    try:
        outcome = parse_filter(text)
    except FilterError as error:
        outcome = error
    assert isinstance(outcome, Filter) or 0 <= outcome.column <= len(text)
