"""`?` at places of a line where it is easily wrong."""

import pytest

from getvpn.emulator.testing import Console, console, make_router

KILL = b"\x15"


@pytest.fixture
def con() -> Console:
    return console(make_router("KS1", "isr4451", "hostname KS1\n"))


def rows(con: Console, typed: str) -> list[str]:
    """What `?` prints behind a line, which is taken back."""
    said = con.type(f"{typed}?".encode())
    con.type(KILL)
    return said.splitlines()[1:-1]


def test_the_list_at_the_beginning_of_a_line_has_a_heading(con: Console) -> None:
    assert rows(con, "")[0] == "Exec commands:"
    con.run("configure terminal")
    assert rows(con, "")[0] == "Configure commands:"
    for line, heading in (
        ("interface Loopback0", "Interface configuration commands:"),
        ("line vty 0 4", "Line configuration commands:"),
        ("crypto isakmp policy 10", "ISAKMP commands:"),
    ):
        con.run(line)
        assert rows(con, "")[0] == heading
        assert not rows(con, "no ")[0].endswith("commands:")


def test_every_mode_has_a_heading(con: Console) -> None:
    from getvpn.emulator.shell.headings import heading

    for mode in con.router.grammar.modes:
        assert heading(mode, mode).endswith(" commands:\n")


def test_behind_a_word_that_begins_several_keywords_there_is_none(con: Console) -> None:
    assert rows(con, "sh i ") == ['% Ambiguous command:  "sh i "']
    assert rows(con, "sh in Gi0/0/0 desc ")[-2].split() == ["<cr>", "<cr>"]


def test_behind_the_type_of_an_interface_comes_its_number(con: Console) -> None:
    con.run("configure terminal")
    assert rows(con, "interface loopback ") == ["  <0-2147483647>  Loopback interface number", ""]
    assert rows(con, "interface gi ") == ["  <0-9>  GigabitEthernet interface number", ""]
    assert rows(con, "hostname gi ")[0].split() == ["<cr>", "<cr>"]


def test_behind_section_either_kind_of_section_may_be_named(con: Console) -> None:
    words = [row.split()[0] for row in rows(con, "show running-config | section ") if row]
    assert words == ["LINE", "exclude", "include"]
    assert rows(con, "show clock | redirect ")[0].split()[0] == "URL"


@pytest.mark.parametrize("word", ["end", "exit"])
def test_nothing_comes_behind_the_words_that_leave_a_mode(con: Console, word: str) -> None:
    con.run("configure terminal")
    assert rows(con, f"{word} ")[0].split() == ["<cr>", "<cr>"]


def test_classic_software_says_once_that_a_command_may_end() -> None:
    con = console(make_router("KS1", "isr2911"))
    assert rows(con, "show clock ")[1:3] == ["  |       Output modifiers", "  <cr>"]


@pytest.mark.parametrize(
    ("word", "text"),
    [("banner", "Define a login banner"), ("ip route", "Destination prefix")],
)
def test_words_of_other_modes_do_not_explain_global_ones(
    con: Console, word: str, text: str
) -> None:
    con.run("configure terminal")
    assert text in "\n".join(rows(con, "" if word == "banner" else f"{word} "))
