"""`?` explains every keyword of what users type most."""

import pytest

from getvpn.emulator.catalog import grammar_for

FAMILIES = ("classic", "xe")


@pytest.mark.parametrize("family", FAMILIES)
def test_every_keyword_of_the_exec_commands_has_a_help_text(family: str) -> None:
    grammar = grammar_for(family)

    assert grammar.without_help("exec") == []
