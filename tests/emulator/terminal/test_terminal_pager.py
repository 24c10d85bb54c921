import pytest

from getvpn.emulator.terminal import Terminal

from .peer import Peer, Session

XE = b"\b" * 10 + b" " * 10 + b"\b" * 10
CLASSIC = b"\b" * 9 + b" " * 8 + b"\b" * 9
MORE = b" --More-- "


def lines(first: int, last: int) -> bytes:
    return b"".join(b"line %d\r\n" % n for n in range(first, last + 1))


def showing(*texts: str) -> Session:
    async def session(terminal: Terminal) -> None:
        while True:
            await terminal.read_line("R1#")
            for text in texts:
                await terminal.page(text)

    return session


def text(count: int) -> str:
    return "".join(f"line {n}\n" for n in range(1, count + 1))


@pytest.fixture
def peer() -> Peer:
    peer = Peer(showing(text(30)), rows=10)
    _ = peer.output
    return peer


def test_a_screen_is_shown_and_the_mark_below_it(peer: Peer) -> None:
    assert peer.type(b"\n") == b"\r\n" + lines(1, 9) + MORE


@pytest.mark.parametrize(("style", "erase"), [("xe", XE), ("classic", CLASSIC)])
def test_space_shows_the_next_screen_in_the_place_of_the_mark(
    peer: Peer, style: str, erase: bytes
) -> None:
    peer.terminal.erase_style = style  # type: ignore[assignment]  # the parameter is one of two
    peer.type(b"\n")
    assert peer.type(b" ") == erase + lines(10, 18) + MORE
    assert peer.type(b"y") == erase + lines(19, 27) + MORE
    assert peer.type(b" ") == erase + lines(28, 30) + b"R1#"


def test_enter_shows_one_line_more(peer: Peer) -> None:
    peer.type(b"\n")
    assert peer.type(b"\r\n") == XE + lines(10, 10) + MORE
    assert peer.type(b"\n") == XE + lines(11, 11) + MORE
    assert peer.type(b" ") == XE + lines(12, 20) + MORE


@pytest.mark.parametrize("key", [b"q", b"\x03", b"n", b"\x1b[A", b"\x1e"])
def test_another_key_ends_it(peer: Peer, key: bytes) -> None:
    peer.type(b"\n")
    assert peer.type(key) == XE + b"\r\nR1#"
    assert peer.type(b"x") == b"x"


def test_what_fits_on_the_screen_is_not_paged() -> None:
    peer = Peer(showing(text(9)), rows=10)
    assert peer.type(b"\n") == b"R1#\r\n" + lines(1, 9) + b"R1#"


def test_each_command_begins_a_new_screen() -> None:
    peer = Peer(showing(text(8)), rows=10)
    assert MORE not in peer.type(b"\n\n\n")


def test_the_pieces_of_one_command_share_a_screen() -> None:
    peer = Peer(showing(text(6), text(6)), rows=10)
    assert peer.type(b"\n") == b"R1#\r\n" + lines(1, 6) + lines(1, 3) + MORE
    assert peer.type(b" ") == XE + lines(4, 6) + b"R1#"


def test_nothing_of_a_command_comes_after_it_was_stopped() -> None:
    peer = Peer(showing(text(20), text(3)), rows=10)
    peer.type(b"\n")
    assert peer.type(b"q") == XE + b"\r\nR1#"
    assert MORE in peer.type(b"\n")


def test_a_long_line_takes_the_rows_that_it_fills() -> None:
    peer = Peer(showing("x" * 45 + "\n" + text(9)), rows=10, columns=20)
    assert peer.type(b"\n").endswith(lines(1, 6) + MORE)


def test_without_a_width_a_line_is_one_row() -> None:
    peer = Peer(showing("x" * 45 + "\n" + text(9)), rows=10, columns=0)
    assert peer.type(b"\n").endswith(lines(1, 8) + MORE)


def test_a_screen_of_one_row_shows_line_by_line() -> None:
    peer = Peer(showing(text(3)), rows=1)
    assert peer.type(b"\n") == b"R1#\r\n" + lines(1, 1) + MORE
    assert peer.type(b"  ") == XE + lines(2, 2) + MORE + XE + lines(3, 3) + b"R1#"


def test_without_rows_nothing_is_paged() -> None:
    peer = Peer(showing(text(100)), rows=0)
    assert peer.type(b"\n") == b"R1#\r\n" + lines(1, 100) + b"R1#"


def test_the_length_of_the_screen_may_change_while_it_waits(peer: Peer) -> None:
    peer.type(b"\n")
    peer.terminal.rows = 0
    assert peer.type(b" ") == XE + lines(10, 30) + b"R1#"


def test_a_slash_goes_to_the_first_line_that_fits(peer: Peer) -> None:
    peer.type(b"\n")
    assert peer.type(b"/2.$\n") == XE + b"/2.$\r\nfiltering...\r\n" + lines(20, 28) + MORE


def test_a_plus_shows_only_lines_that_fit(peer: Peer) -> None:
    peer.type(b"\n")
    shown = b"line 15\r\nline 25\r\nR1#"
    assert peer.type(b"+5\n") == XE + b"+5\r\nfiltering...\r\n" + shown


def test_a_minus_shows_only_lines_that_do_not_fit(peer: Peer) -> None:
    peer.type(b"\n")
    output = peer.type(b"-[12]\n")
    assert output == XE + b"-[12]\r\nfiltering...\r\n" + b"line 30\r\nR1#"


def test_lines_end_only_where_they_end() -> None:
    peer = Peer(showing("one\x0btwo\x85\n" * 9), rows=3)
    peer.type(b"\n")
    assert peer.type(b"+two\n").endswith(b"filtering...\r\n" + b"one\x0btwo\x85\r\n" * 2 + MORE)


def test_a_long_search_lets_others_have_their_turn() -> None:
    peer = Peer(showing(text(5000)), rows=10, burst=5)
    peer.type(b"\n")
    assert peer.type(b"+499.$\n").endswith(b"filtering...\r\n")
    assert peer.type(b" ") == b""
    peer.clock.advance(0)
    assert peer.output == lines(4990, 4998) + MORE + XE + lines(4999, 4999) + b"R1#"


def test_a_search_without_a_hit_shows_nothing(peer: Peer) -> None:
    peer.type(b"\n")
    assert peer.type(b"/nowhere\n").endswith(b"filtering...\r\nR1#")


def test_a_search_may_be_given_up(peer: Peer) -> None:
    peer.type(b"\n")
    assert peer.type(b"/li\x03") == XE + b"/li^C\r\nR1#"


def test_a_wrong_expression_is_told_and_the_mark_comes_back(peer: Peer) -> None:
    peer.type(b"\n")
    output = peer.type(b"/(\n")
    assert b"filtering" not in output
    assert output.endswith(b"\r\n" + MORE)
    assert peer.type(b"q") == XE + b"\r\nR1#"


def test_a_long_text_goes_out_in_pieces_that_end_with_lines() -> None:
    peer = Peer(showing(text(200_000)), rows=0)
    peer.writes.clear()
    peer.terminal.feed(b"\n")
    assert len(peer.writes) > 30
    assert max(map(len, peer.writes)) <= 64 * 1024
    assert all(piece.endswith(b"\r\n") for piece in peer.writes[:-1])
    assert peer.output == b"\r\n" + lines(1, 200_000) + b"R1#"


def test_a_long_text_without_lines_goes_out_too() -> None:
    peer = Peer(showing("x" * 200_000), rows=0)
    assert peer.type(b"\n") == b"R1#\r\n" + b"x" * 200_000 + b"R1#"


def test_a_long_text_stops_while_the_reader_is_slow() -> None:
    peer = Peer(showing(text(200_000)), rows=0)
    peer.terminal.pause()
    peer.type(b"\n")
    received = b""
    rounds = 0
    while not received.endswith(b"R1#"):
        peer.terminal.resume()
        peer.terminal.pause()
        received += peer.output
        rounds += 1
    assert rounds == 1

    def slow(data: bytes) -> None:
        peer.terminal.pause()
        peer.writes.append(data)

    peer.terminal.resume()
    peer.terminal._deliver = slow
    peer.terminal.feed(b"\n")
    assert len(peer.writes) == 1
    while not peer.writes[-1].endswith(b"R1#"):
        rounds = len(peer.writes)
        peer.terminal.resume()
        assert len(peer.writes) == rounds + 1
    assert peer.output == b"\r\n" + lines(1, 200_000) + b"R1#"
