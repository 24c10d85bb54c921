"""Where a help text is looked for."""

import pytest

from getvpn.emulator.grammar import CommandSet, Grammar, help_text
from getvpn.emulator.grammar.grammar import help_of


@pytest.mark.parametrize(
    ("path", "word", "text"),
    [
        (("port:", "ip"), "address", "Address of a port"),
        (("line:", "ip"), "address", "Address"),
        (("port:", "log", "deny"), "any", "Any station"),
        (("line:", "log"), "any", "Anything"),
        (("port:",), "any", "Any station"),
        (("log",), "any", "Anything"),
        (("port:",), "none", ""),
    ],
)
def test_a_text_for_the_mode_comes_before_one_for_the_word(
    path: tuple[str, ...], word: str, text: str
) -> None:
    helps = {
        "port: ip address": "Address of a port",
        "ip address": "Address",
        "port: any": "Any station",
        "any": "Anything",
    }
    assert help_of(helps, path, word) == text


def test_a_mode_like_another_has_its_help_texts() -> None:
    declared = CommandSet()
    declared.mode("config", "config")
    declared.mode("port", "config-port")
    declared.mode("subport", "config-subport", like="port")
    declared.setting("port", "vlan <vlan:1-9>")
    declared.words({"port: vlan": "VLAN of a port", "vlan": "VLAN"})
    grammar = Grammar("xe", declared)
    assert help_text(grammar, "subport", 15, "v") == help_text(grammar, "port", 15, "v")
    assert "VLAN of a port" in help_text(grammar, "subport", 15, "")
