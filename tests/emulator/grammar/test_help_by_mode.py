"""Help texts of words that mean something else in each mode."""

import pytest

from getvpn.emulator.grammar import CommandSet, Grammar, help_text

declared = CommandSet()
declared.mode("config", "config")
declared.mode("peer", "config-peer")
declared.setting("config", "hostname <name>")
declared.setting("peer", "hostname <name>")
declared.words(
    {
        "config: hostname": "Name of the router",
        "config: hostname WORD": "A name",
        "peer: hostname WORD": "Another name",
        "hostname": "Some name",
    }
)


@pytest.mark.parametrize(
    ("mode", "line", "said"),
    [
        ("config", "", "  hostname  Name of the router\n"),
        ("peer", "", "  hostname  Some name\n"),
        ("config", "hostname ", "  WORD  A name\n"),
        ("peer", "host ", "  WORD  Another name\n"),
    ],
)
def test_a_text_for_a_whole_line_can_name_the_mode(mode: str, line: str, said: str) -> None:
    assert help_text(Grammar("xe", declared), mode, 15, line) == said


def test_a_word_with_a_text_for_its_mode_is_not_missing() -> None:
    grammar = Grammar("xe", declared)
    assert grammar.without_help("config") == []
