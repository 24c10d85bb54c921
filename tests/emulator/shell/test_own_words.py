"""`do`, `exit`, `end` and `quit`: words of the command line itself, cut like all others."""

import pytest

from getvpn.emulator.testing import Console, console, make_router

INVALID = "^\n% Invalid input detected at '^' marker.\n\n"


@pytest.fixture
def con() -> Console:
    return console(make_router("KS1", startup="hostname KS1\nno ip domain lookup\n"))


@pytest.mark.parametrize("word", ["exit", "exi", "ex", "quit", "q", "EXIT", " exit "])
def test_a_mode_is_left_by_a_word_that_may_be_cut(con: Console, word: str) -> None:
    con.run("configure terminal", "interface Loopback0", word)
    assert con.prompt == "KS1(config)#"
    con.run(word)
    assert con.prompt == "KS1#"


def test_commands_that_begin_alike_make_a_short_word_ambiguous(con: Console) -> None:
    con.run("configure terminal", "line con 0")
    assert con.run("ex") == '% Ambiguous command:  "ex"\n'
    # only one of them takes numbers
    assert con.run("ex 0 0") == ""
    assert "exec-timeout 0 0" in con.run("do show running-config | section con 0")
    con.run("exi")
    assert con.prompt == "KS1(config)#"
    assert con.run("en") == '% Ambiguous command:  "en"\n'
    assert con.run("e") == '% Ambiguous command:  "e"\n'
    con.run("en password x")
    assert "enable password x" in con.router.running_lines()
    con.run("end")
    assert con.prompt == "KS1#"


def test_nothing_may_stand_behind_a_word_that_leaves(con: Console) -> None:
    con.run("configure terminal")
    for word in ("exit", "end"):
        blanks = " " * len(f"KS1(config)#{word} ")
        assert con.run(f"{word} now") == blanks + INVALID
    assert con.prompt == "KS1(config)#"


@pytest.mark.parametrize("lines", [(), ("configure terminal",)])
def test_do_stands_before_exec_commands_in_every_mode(con: Console, lines: tuple[str, ...]) -> None:
    con.run(*lines)
    for word in ("do", "DO", "do-exec", "do-e", "  do"):
        assert con.run(f"{word} show privilege") == "Current privilege level is 15\n"
        assert con.run(f"{word} show privilege | count level").endswith("= 1\n")
    assert con.run("do") == con.run("do ") == "% Incomplete command.\n\n"
    blanks = " " * len(f"{con.prompt}do show privilege ")
    assert con.run("do show privilege now") == blanks + INVALID
    assert con.type(b"do show priv?").endswith("\nprivilege\n\n" + con.prompt + "do show priv")


def test_a_word_that_only_begins_like_do_is_another_one(con: Console) -> None:
    assert "% Unknown command or computer name" in con.run("dos")
    assert "  do-exec" in con.type(b"?")
