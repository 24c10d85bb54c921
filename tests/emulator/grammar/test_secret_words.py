"""Secrets in typed lines: they work as values and are kept nowhere."""

import pytest

from getvpn.emulator.grammar import CommandSet, Grammar, Parsed

declared = CommandSet()


@declared.exec("vault export <label> {3des | aes} <passphrase:secret>", mode="config")
def _export(_call: object) -> None:
    return None


@pytest.fixture
def grammar() -> Grammar:
    return Grammar("xe", declared)


def _parsed(grammar: Grammar, line: str) -> Parsed:
    found = grammar.parse("config", line)
    assert isinstance(found, Parsed)
    return found


def test_a_secret_is_a_value_and_no_part_of_the_line_that_is_kept(grammar: Grammar) -> None:
    line = "  va exp KEYS aes s3cret of mine"

    found = _parsed(grammar, line)

    assert "s3cret of mine" in found.values.values()
    assert found.discreet(line) == "  va exp KEYS aes *****"


def test_a_blank_behind_a_secret_does_not_belong_to_it(grammar: Grammar) -> None:
    line = "vault export KEYS 3des cisco123 "

    found = _parsed(grammar, line)

    assert "cisco123" in found.values.values()
    assert found.discreet(line) == "vault export KEYS 3des *****"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("vault export KEYS rot13 cisco123", "vault export *****"),
        (" do va ex KEYS cisco123", " do va ex *****"),
        ("vault import KEYS 3des cisco123", "vault import KEYS 3des cisco123"),
        ("vault export", "vault export"),
        ("", ""),
    ],
)
def test_a_line_that_is_wrong_may_hold_a_secret_too(
    grammar: Grammar, typed: str, kept: str
) -> None:
    assert grammar.guarded(typed) == kept
