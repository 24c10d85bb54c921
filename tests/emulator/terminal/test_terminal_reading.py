import random
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from getvpn.emulator.terminal import Interrupted, Terminal
from getvpn.emulator.terminal.keyboard import INPUT_LIMIT
from getvpn.emulator.terminal.line import LINE_LIMIT
from getvpn.emulator.terminal.terminal import TEXT_LIMIT

from .peer import Commands, Peer


def test_the_prompt_comes_by_itself_and_ends_as_it_was_given() -> None:
    assert Peer(Commands("R1#")).output == b"R1#"


def test_each_character_is_echoed_at_once() -> None:
    peer = Peer(Commands())
    _ = peer.output
    for character in b"show clock":
        assert peer.type(bytes([character])) == bytes([character])
    assert peer.type(b"\n") == b"\r\nR1#"


@pytest.mark.parametrize("enter", [b"\n", b"\r", b"\r\n", b"\r\0", b"\0\n", b"\r\0\n"])
def test_enter_in_any_form_is_one_enter(enter: bytes) -> None:
    session = Commands()
    peer = Peer(session)
    _ = peer.output
    assert peer.type(enter) == b"\r\nR1#"
    assert peer.type(b"show" + enter) == b"show\r\nR1#"
    assert session.lines == ["", "show"]


def test_a_carriage_return_is_answered_at_once_and_its_line_feed_is_not() -> None:
    peer = Peer(Commands())
    _ = peer.output
    assert peer.type(b"show\r") == b"show\r\nR1#"
    assert peer.type(b"\n") == b""
    assert peer.type(b"\n") == b"\r\nR1#"


def test_a_line_feed_long_after_a_carriage_return_is_an_enter() -> None:
    peer = Peer(Commands())
    peer.type(b"tclquit\r")
    peer.clock.advance(1)
    assert peer.type(b"\n") == b"\r\nR1#"


def test_two_line_feeds_are_two_enters() -> None:
    session = Commands()
    Peer(session).type(b"\r\n\n\r\r\n")
    assert session.lines == [""] * 4


def test_a_nul_does_nothing() -> None:
    session = Commands()
    peer = Peer(session)
    _ = peer.output
    assert peer.type(b"\0") == b""
    assert peer.type(b"sh\0ow\0\0\n") == b"show\r\nR1#"
    assert session.lines == ["show"]


def test_what_is_typed_ahead_is_echoed_behind_its_prompt() -> None:
    async def session(terminal: Terminal) -> None:
        while True:
            line = await terminal.read_line("R1#")
            await terminal.sleep(5)
            terminal.write(f"did {line}\n")

    peer = Peer(session)
    assert peer.type(b"one\ntwo\nth") == b"R1#one\r\n"
    peer.clock.advance(5)
    assert peer.output == b"did one\r\nR1#two\r\n"
    peer.clock.advance(5)
    assert peer.output == b"did two\r\nR1#th"


def test_a_second_enter_answers_the_question_of_the_command() -> None:
    async def session(terminal: Terminal) -> None:
        while True:
            line = await terminal.read_line("R1#")
            if line.startswith("copy"):
                name = await terminal.read_line("Destination filename [startup-config]? ")
                terminal.write(f"[OK]{name}\n")

    assert Peer(session).type(b"copy running-config startup-config\r\r") == (
        b"R1#copy running-config startup-config\r\n"
        b"Destination filename [startup-config]? \r\n"
        b"[OK]\r\nR1#"
    )


def test_a_password_is_not_shown() -> None:
    seen: list[str] = []

    async def session(terminal: Terminal) -> None:
        seen.append(await terminal.read_line("Password: ", echo=False))

    peer = Peer(session)
    assert peer.type(b"sex\x7fc?\x01r") == b"Password: "
    assert peer.type(b"\r") == b"\r\n"
    assert seen == ["rsec?"]


def test_in_an_answer_the_keys_of_help_and_completion_are_characters() -> None:
    seen: list[str] = []

    async def session(terminal: Terminal) -> None:
        seen.append(await terminal.read_line("Pattern: "))

    assert Peer(session).type(b"a?\tb\x1a\x1b[A\n") == b"Pattern: a?\tb\r\n"
    assert seen == ["a?\tb"]


def test_one_key_is_read_without_an_echo() -> None:
    keys: list[str] = []

    async def session(terminal: Terminal) -> None:
        while True:
            keys.append(await terminal.read_key())

    peer = Peer(session)
    assert peer.type(b"y\r\nn\x03") == b""
    assert keys == ["y", "\n", "n", "\x03"]


def test_an_arrow_is_one_key_however_it_arrives() -> None:
    keys: list[str] = []

    async def session(terminal: Terminal) -> None:
        while True:
            keys.append(await terminal.read_key())

    peer = Peer(session)
    for character in b"\x1b[1;5Ax\x1bOBy\x1bz\x1b[\x01":
        peer.type(bytes([character]))
    assert keys == ["\x1b", "x", "\x1b", "y", "\x1b", "z", "\x1b", "\x01"]


def test_a_pasted_line_knows_only_the_key_that_erases() -> None:
    seen: list[str] = []

    async def session(terminal: Terminal) -> None:
        while True:
            seen.append(await terminal.read_text_line())

    peer = Peer(session)
    assert peer.type(b"MIIB?\tx\x7fy\x01\x15\x1a\x1b[A\n\n") == b"MIIB?\tx\b \by\r\n\r\n"
    assert seen == ["MIIB?\ty", ""]


def test_a_pasted_text_is_left_with_control_c() -> None:
    async def session(terminal: Terminal) -> None:
        try:
            await terminal.read_text_line()
        except Interrupted as interrupted:
            terminal.write(f"left at {interrupted.text}\n")

    assert Peer(session).type(b"MII\x03") == b"MII^C\r\nleft at MII\r\n"


def test_a_banner_ends_at_its_delimiter_and_the_rest_of_that_line_is_lost() -> None:
    seen: list[str] = []

    async def session(terminal: Terminal) -> None:
        seen.append(await terminal.read_until("^C"))
        seen.append(await terminal.read_line("#"))

    peer = Peer(session)
    output = peer.type(b"first\r\n  ^ second\r\nlast^Clost^C\r\nend\r\n")
    assert output == b"first\r\n  ^ second\r\nlast^Clost^C\r\n#end\r\n"
    assert seen == ["first\n  ^ second\nlast", "end"]


def test_a_banner_without_end_is_kept_within_bounds() -> None:
    seen: list[str] = []

    async def session(terminal: Terminal) -> None:
        seen.append(await terminal.read_until("@"))

    peer = Peer(session)
    for _ in range(200):
        peer.type(b"x" * 1000 + b"\n")
    peer.type(b"@\n")
    assert len(seen[0]) == TEXT_LIMIT


def test_every_byte_above_ascii_comes_through_as_it_is() -> None:
    session = Commands()
    peer = Peer(session)
    _ = peer.output
    typed = "é€".encode() + bytes(range(0x80, 0x100))
    assert peer.type(typed + b"\n") == typed + b"\r\nR1#"
    assert session.lines[0].encode("latin-1") == typed


def test_a_text_that_the_terminal_cannot_show_is_replaced() -> None:
    async def session(terminal: Terminal) -> None:
        terminal.write("price 5 \u20ac\n")

    assert Peer(session).output == b"price 5 ?\r\n"


def test_line_ends_are_written_once() -> None:
    async def session(terminal: Terminal) -> None:
        terminal.write("one\ntwo\r\nthree\n")

    assert Peer(session).output == b"one\r\ntwo\r\nthree\r\n"


def test_a_line_that_is_too_long_is_refused_with_one_bell() -> None:
    session = Commands()
    peer = Peer(session)
    peer.type(b"x" * LINE_LIMIT)
    assert peer.type(b"yz") == b"\a"
    assert peer.type(b"z" * 5000) == b""
    assert peer.type(b"\x7f") == b"\b \b"
    assert peer.type(b"yz") == b"y\a"
    peer.type(b"\n")
    assert session.lines == ["x" * (LINE_LIMIT - 1) + "y"]


def test_a_megabyte_without_an_end_of_line_leaves_a_line_of_the_greatest_length() -> None:
    session = Commands()
    peer = Peer(session)
    peer.type(b"x" * 2**20)
    assert peer.terminal.pending == 0
    peer.type(b"\n")
    assert [len(line) for line in session.lines] == [LINE_LIMIT]


def test_a_long_line_in_one_piece_ends_as_in_many() -> None:
    session = Commands()
    typed = b"y" * (LINE_LIMIT + 9) + b"\n"
    assert Peer(session).type(typed).count(b"\a") == 1
    assert [len(line) for line in session.lines] == [LINE_LIMIT]


def test_what_is_typed_beyond_the_bound_is_lost() -> None:
    async def session(terminal: Terminal) -> None:
        await terminal.sleep(1)

    peer = Peer(session)
    for _ in range(20):
        peer.type(b"x" * 50_000)
    assert peer.terminal.pending == INPUT_LIMIT


def test_binary_garbage_does_no_harm() -> None:
    session = Commands()
    peer = Peer(session)
    garbage = random.Random(3).randbytes(300_000)  # noqa: S311 - garbage, not a secret
    for at in range(0, len(garbage), 4096):
        peer.type(garbage[at : at + 4096])
    assert peer.terminal.pending < 20
    peer.type(b"\n\x15show\n")
    assert session.lines[-1] == "show"


def test_time_of_the_last_input_is_kept() -> None:
    peer = Peer(Commands())
    peer.clock.advance(7)
    assert peer.terminal.idle_since == peer.clock.now() - 7
    peer.type(b"x")
    assert peer.terminal.idle_since == peer.clock.now()


async def _everything(terminal: Terminal) -> None:
    """A session with all kinds of reading, led by what is typed."""
    commands = Commands("R1(config)#", complete=lambda text: "show" if text == "sh" else None)
    while True:
        try:
            line = await terminal.read_line(commands.prompt, editing=commands.editing)
            match line[:1]:
                case "q":
                    terminal.write(await terminal.read_line("Sure? [yes/no]: ") + "\n")
                case "p":
                    terminal.write(await terminal.read_line("Password: ", echo=False) + "\n")
                case "k":
                    terminal.write(f"[confirm]{await terminal.read_key()!r}\n")
                case "t":
                    terminal.write(await terminal.read_text_line() + "\n")
                case "b":
                    terminal.write(await terminal.read_until("@") + "\n")
                case "s":
                    terminal.interruptible = True
                    await terminal.sleep(1)
                case _:
                    await terminal.page("".join(f"line {n} of {line}\n" for n in range(15)))
        except Interrupted as interrupted:
            terminal.write(f"{interrupted.ctrl} {interrupted.text}\n")


pieces = st.sampled_from(
    [
        *(bytes([code]) for code in b"\r\n\0\x01\x03\x15\x16\x17\x1a\x1b\x1e\x7f\t ?/@"),
        *(b"\r\n", b"\x1b[A", b"\x1bOD", b"\x1b[", b"\x1b[12;3", b"a" * 30),
        *(b"q\n", b"p\r", b"k\n", b"t\n", b"b\n", b"s\n", b"sh", b"\xc3\xa9"),
    ]
) | st.binary(max_size=4)


@given(
    typed=st.lists(pieces, max_size=40).map(b"".join),
    cuts=st.lists(st.integers(0, 200), max_size=60),
    narrow=st.booleans(),
)
def test_the_output_does_not_depend_on_how_the_input_is_cut(
    typed: bytes, cuts: list[int], narrow: bool
) -> None:
    options: dict[str, Any] = {"faithful_scrolling": narrow, "columns": 40, "rows": 6}
    whole, cut = Peer(_everything, **options), Peer(_everything, **options)
    whole.terminal.feed(typed)
    edges = [0, *sorted(min(edge, len(typed)) for edge in cuts), len(typed)]
    for start, end in pairwise(edges):
        cut.terminal.feed(typed[start:end])
    assert cut.output == whole.output
