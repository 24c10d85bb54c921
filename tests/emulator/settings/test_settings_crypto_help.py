"""Every word of the crypto settings has a help text."""

from importlib import import_module

import pytest

from getvpn.emulator.catalog import SETTINGS
from getvpn.emulator.testing import console, make_router

from .declared_words import missing

MODULES = SETTINGS[SETTINGS.index("crypto_secrets") : SETTINGS.index("crypto_map") + 1]


@pytest.mark.parametrize("name", MODULES)
def test_every_word_has_a_help_text(name: str) -> None:
    helps = make_router().grammar.helps
    declared = import_module(f"getvpn.emulator.settings.{name}").declared
    assert missing(declared, helps) == set()


def test_a_question_mark_lists_what_a_key_server_can_be_told() -> None:
    con = console(make_router())
    con.run("configure terminal", "crypto gdoi group G", "server local")
    said = con.type(b"rekey ?")
    assert [line.split()[0] for line in said.splitlines()[1:-2]] == [
        "acknowledgement",
        "address",
        "algorithm",
        "authentication",
        "lifetime",
        "retransmit",
        "sig-hash",
        "transport",
    ]
