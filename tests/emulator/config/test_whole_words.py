"""A whole word of a mode above counts before the beginning of a word of the mode."""

from getvpn.emulator.testing import console, make_router

CHAIN = """\
key chain LAB
 key 1
  key-string first
 key 2
  key-string second
"""


def test_a_line_of_the_mode_above_is_not_taken_for_the_beginning_of_another() -> None:
    con = console(make_router(startup=CHAIN))

    assert CHAIN in con.run("show running-config")


def test_the_beginning_of_a_word_still_stands_for_it() -> None:
    con = console(make_router(startup=CHAIN))
    con.configure("key chain LAB\n key 1\n key-s third\n")

    assert "  key-string third\n" in con.run("show running-config")
