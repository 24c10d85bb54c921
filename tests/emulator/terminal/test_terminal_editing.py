import pytest
from hypothesis import given
from hypothesis import strategies as st

from getvpn.emulator.terminal import History, Interrupted, Terminal
from getvpn.emulator.terminal.line import LINE_LIMIT

from .peer import Commands, Peer


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        (b"shoe\x7fw", "show"),
        (b"shoe\x08w", "show"),
        (b"\x7f\x7fshow", "show"),
        (b"how\x01s", "show"),
        (b"sow\x02\x02h", "show"),
        (b"sow\x1b[D\x1b[Dh\x1b[C\x1b[C!", "show!"),
        (b"sow\x1bOD\x1bODh\x1bOC\x1bOC!", "show!"),
        (b"how\x01s\x05!", "show!"),
        (b"oshow\x01\x04", "show"),
        (b"show\x04", "show"),
        (b"nothing\x15show", "show"),
        (b"nothing\x18show", "show"),
        (b"noshow\x01\x06\x06\x15", "show"),
        (b"show it\x02\x02\x02\x0b", "show"),
        (b"show ip  route  \x17", "show ip  "),
        (b"one two\x17\x17\x17", ""),
        (b"ip show\x17\x01\x19 ", "show ip "),
        (b"shwo\x14", "show"),
        (b"hsow\x01\x06\x14", "show"),
        (b"s\x14", "s"),
        (b"\x14", ""),
        (b"ab cd\x1bbx", "ab xcd"),
        (b"ab cd\x1bb\x1bbx", "xab cd"),
        (b"ab cd\x01\x1bfx", "abx cd"),
        (b"ab cd\x01\x1bf\x1bfx", "ab cdx"),
        (b"ab cd\x01\x1bd", " cd"),
        (b"ab cd\x1bB\x1bD", "ab "),
        (b"a\x1b[3~b\x1b[5;2Hc\x1bOPd\x1bxe", "abcde"),
        (b"a\x1e\x1c\x11\x13\x0f\x07b", "ab"),
        (b"a\x16?b\x16\tc", "a?b\tc"),
        (b"a\x16\x03b\x16\x1bc", "a\x03b\x1bc"),
    ],
)
def test_the_keys_edit_the_line(typed: bytes, line: str) -> None:
    session = Commands(prompt="R1#")
    peer = Peer(session)
    peer.type(typed)
    row, column = peer.screen.rows[-1].rstrip(" "), peer.screen.column
    peer.type(b"\n")
    assert session.lines == [line]
    shown = "".join(f"^{chr(ord(c) ^ 64)}" if c in "\x03\x1b" else c for c in line)
    assert row == ("R1#" + shown).rstrip(" ")
    assert column <= len("R1#" + shown)


def test_a_character_at_the_end_is_erased_with_a_blank() -> None:
    peer = Peer(Commands())
    peer.type(b"ab")
    assert peer.type(b"\x7f") == b"\b \b"


def test_characters_in_the_middle_move_the_rest() -> None:
    peer = Peer(Commands())
    peer.type(b"shw\x02")
    assert peer.type(b"o") == b"ow\b"


def test_a_quoted_control_character_takes_two_columns() -> None:
    peer = Peer(Commands())
    _ = peer.output
    assert peer.type(b"a\x16\x03b") == b"a^Cb"
    assert peer.type(b"\x01") == b"\b" * 4
    assert peer.type(b"\x06\x06") == b"a^C"
    assert peer.type(b"\x7f") == b"\b\bb  \b\b\b"


def test_an_escape_that_is_cut_waits_for_its_rest() -> None:
    session = Commands()
    peer = Peer(session)
    for piece in (b"ow\x1b", b"[", b"D", b"\x1b[", b"D", b"sh", b"\x1b", b"\n"):
        peer.type(piece)
    assert session.lines == ["show"]


def test_a_sequence_without_end_swallows_little() -> None:
    session = Commands()
    Peer(session).type(b"\x1b[" + b"0" * 40 + b"\n")
    assert session.lines == ["0" * 25]


@pytest.mark.parametrize("key", [b"\x12", b"\x0c"])
def test_the_line_is_shown_again(key: bytes) -> None:
    peer = Peer(Commands())
    peer.type(b"show\x02\x02")
    assert peer.type(key) == b"\r\nR1#show\b\b"


def test_control_c_and_control_z_leave_the_line() -> None:
    session = Commands()
    peer = Peer(session)
    assert peer.type(b"show x\x03") == b"R1#show x^C\r\nR1#"
    assert peer.type(b"inter\x1a") == b"inter^Z\r\nR1#"
    assert session.interrupts == [("C", "show x"), ("Z", "inter")]


def test_an_interrupted_password_is_not_told() -> None:
    async def session(terminal: Terminal) -> None:
        await terminal.read_line("Password: ", echo=False)

    peer = Peer(session)
    with pytest.raises(Interrupted) as caught:
        peer.type(b"sec\x03")
    assert caught.value.text == ""
    assert "sec" not in str(caught.value)


def test_help_comes_at_once_and_the_line_stays() -> None:
    session = Commands(help=lambda text: f"  all  for <{text}>\n\n")
    peer = Peer(session)
    _ = peer.output
    assert peer.type(b"show running-config ?") == (
        b"show running-config ?\r\n  all  for <show running-config >\r\n\r\nR1#show running-config "
    )
    assert peer.type(b"\r") == b"\r\nR1#"
    assert session.lines == ["show running-config "]


def test_help_is_about_the_text_before_the_cursor() -> None:
    asked: list[str] = []

    def answer(text: str) -> str:
        asked.append(text)
        return ""

    peer = Peer(Commands(help=answer))
    peer.type(b"show ip\x02\x02?")
    assert asked == ["show "]
    assert peer.screen.rows[-1] == "R1#show ip"
    assert peer.screen.column == len("R1#show ")


def test_long_help_is_paged() -> None:
    session = Commands(help=lambda _: "".join(f"  word{n}\n" for n in range(8)))
    peer = Peer(session, rows=5)
    output = peer.type(b"sh?")
    assert output.endswith(b"  word3\r\n --More-- ")
    assert peer.type(b" ").endswith(b"  word7\r\nR1#sh")
    assert peer.type(b"?q").endswith(b"\b" * 10 + b"\r\nR1#sh")
    peer.type(b"\n")
    assert session.lines == ["sh"]


def test_a_word_is_completed_on_a_new_line() -> None:
    session = Commands(complete=lambda text: "show" if text == "sho" else None)
    peer = Peer(session)
    _ = peer.output
    assert peer.type(b"sho\t") == b"sho\r\nR1#show "
    peer.type(b"ip\n")
    assert session.lines == ["show ip"]


def test_a_word_is_completed_before_the_cursor() -> None:
    session = Commands(complete=lambda _: "show ")
    peer = Peer(session)
    peer.type(b"sho ip\x02\x02\x02\t")
    assert peer.screen.rows[-1] == "R1#show  ip"
    assert peer.screen.column == len("R1#show ")


def test_what_cannot_be_completed_rings_and_stays() -> None:
    peer = Peer(Commands())
    _ = peer.output
    assert peer.type(b"s\t") == b"s\a\r\nR1#s"


def test_a_completion_that_does_not_fit_is_not_taken() -> None:
    session = Commands(complete=lambda text: text + "x" * LINE_LIMIT)
    Peer(session).type(b"s\t\n")
    assert session.lines == ["s"]


def test_the_arrows_walk_through_the_history() -> None:
    session = Commands()
    peer = Peer(session)
    peer.type(b"one\ntwo\nthree\nhalf\x1b[A\x1b[A\x10")
    assert peer.screen.rows[-1].rstrip() == "R1#one"
    peer.type(b"\x1b[B\x0e")
    assert peer.screen.rows[-1].rstrip() == "R1#three"
    peer.type(b"\x1b[B")
    assert peer.screen.rows[-1].rstrip() == "R1#half"
    peer.type(b"\n")
    assert session.lines[-1] == "half"


def test_the_ends_of_the_history_ring() -> None:
    peer = Peer(Commands())
    peer.type(b"one\n")
    peer.type(b"\x1b[A")
    assert peer.type(b"\x1b[A") == b"\a"
    peer.type(b"\x1b[B")
    assert peer.type(b"\x1b[B") == b"\a"


def test_a_recalled_line_can_be_edited_and_is_kept_as_it_was_entered() -> None:
    session = Commands()
    peer = Peer(session)
    peer.type(b"show one\n\x1b[A\x17two\n")
    assert session.lines == ["show one", "show two"]
    assert session.history.lines == ("show one", "show two")


def test_the_history_keeps_as_many_lines_as_its_size_says() -> None:
    history = History(3)
    for line in ("one", "", "  ", "two", "three", "four"):
        history.add(line)
    assert history.lines == ("two", "three", "four")
    history.size = 2
    assert history.lines == ("three", "four")
    history.size = 0
    history.add("five")
    assert len(history) == 0


def test_answers_are_not_kept_in_the_history() -> None:
    session = Commands()

    async def both(terminal: Terminal) -> None:
        await terminal.read_line("R1#", editing=session.editing)
        await terminal.read_line("Sure? ")

    Peer(both).type(b"reload\nyes\n")
    assert session.history.lines == ("reload",)


def test_a_line_runs_on_beyond_the_width_of_the_screen() -> None:
    peer = Peer(Commands(), columns=20)
    _ = peer.output
    assert peer.type(b"x" * 100) == b"x" * 100


LONG = b"crypto key generate rsa general-keys label R14 exportable modulus 2048"


def test_a_faithful_screen_hides_the_start_of_a_long_line() -> None:
    peer = Peer(Commands("R14(config)#"), columns=80, faithful_scrolling=True)
    peer.type(LONG)
    shown = "R14(config)#$generate rsa general-keys label R14 exportable modulus 2048"
    assert peer.screen.rows[-1].rstrip() == shown
    assert peer.screen.column == len(shown)


def test_a_faithful_screen_scrolls_back() -> None:
    session = Commands("R14(config)#")
    peer = Peer(session, columns=80, faithful_scrolling=True)
    peer.type(LONG + b"\x01")
    assert peer.screen.rows[-1] == "R14(config)#" + LONG[:66].decode() + "$"
    assert peer.screen.column == len("R14(config)#")
    peer.type(b"\x05\n")
    assert session.lines == [LONG.decode()]


def test_a_screen_with_no_room_behind_the_prompt_does_not_scroll() -> None:
    peer = Peer(Commands(), columns=8, faithful_scrolling=True)
    assert peer.type(b"x" * 30) == b"R1#" + b"x" * 30


class Model:
    """An editor that is a list of characters and a cursor."""

    def __init__(self) -> None:
        self.text: list[str] = []
        self.at = 0

    def press(self, key: str) -> None:
        match key:
            case "\x7f":
                if self.at:
                    self.at -= 1
                    del self.text[self.at]
            case "\x04":
                del self.text[self.at : self.at + 1]
            case "\x01":
                self.at = 0
            case "\x05":
                self.at = len(self.text)
            case "\x02" | "\x1b[D" | "\x06" | "\x1b[C":
                step = -1 if key[-1] in "\x02D" else 1
                self.at = max(0, min(len(self.text), self.at + step))
            case "\x15":
                del self.text[: self.at]
                self.at = 0
            case "\x0b":
                del self.text[self.at :]
            case "\x17":
                before = "".join(self.text[: self.at]).rstrip(" ")
                start = before.rfind(" ") + 1
                del self.text[start : self.at]
                self.at = start
            case _:
                self.text[self.at : self.at] = key
                self.at += len(key)


keys = st.sampled_from([*"\x7f\x04\x01\x05\x02\x06\x15\x0b\x17", "\x1b[D", "\x1b[C"])
words = st.text(st.sampled_from("ab c\xe9"), min_size=1, max_size=12)


@given(presses=st.lists(keys | words, max_size=60), narrow=st.booleans())
def test_line_and_screen_are_those_of_a_simple_editor(presses: list[str], narrow: bool) -> None:
    session, model = Commands("R1#"), Model()
    peer = Peer(session, columns=30, faithful_scrolling=narrow)
    for press in presses:
        peer.type(press.encode("latin-1"))
        model.press(press)
        text = "".join(model.text)
        row = peer.screen.rows[-1]
        if "$" not in row:
            assert row.rstrip(" ") == ("R1#" + text).rstrip(" ")
            assert peer.screen.column == len("R1#") + model.at
        else:
            assert narrow
            assert len(row) < 30
            column = peer.screen.column
            before = row[len("R1#") : column].lstrip("$")
            assert text[: model.at].endswith(before)
    peer.type(b"\n")
    assert session.lines == ["".join(model.text)]
