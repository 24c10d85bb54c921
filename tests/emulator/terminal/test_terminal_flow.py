import gc
import weakref
from collections.abc import Coroutine
from typing import Any

import pytest

from getvpn.emulator.clock import ManualClock
from getvpn.emulator.terminal import HungUp, Interrupted, Terminal

from .peer import Commands, Peer


class Counted:
    """A session that counts how often it is resumed."""

    def __init__(self, session: Commands) -> None:
        self.session = session
        self.steps = 0

    def __call__(self, terminal: Terminal) -> Coroutine[Any, Any, None]:
        return _Counting(self, self.session(terminal))


class _Counting(Coroutine[Any, Any, None]):
    def __init__(self, owner: Counted, coroutine: Coroutine[Any, Any, None]) -> None:
        self.owner = owner
        self.coroutine = coroutine

    def send(self, value: Any) -> Any:
        self.owner.steps += 1
        return self.coroutine.send(value)

    def throw(self, *error: Any) -> Any:
        return self.coroutine.throw(*error)

    def close(self) -> None:
        self.coroutine.close()

    def __await__(self) -> Any:
        return self.coroutine.__await__()


def test_a_command_is_one_step_and_one_write() -> None:
    session = Counted(Commands())
    peer = Peer(session)
    peer.writes.clear()
    before = session.steps
    for _ in range(100):
        peer.terminal.feed(b"show clock\n")
    assert session.steps - before == 100
    assert peer.writes == [b"show clock\r\nR1#"] * 100


def test_many_commands_that_come_together_are_one_step_and_one_write() -> None:
    session = Counted(Commands())
    peer = Peer(session)
    peer.writes.clear()
    before = session.steps
    peer.terminal.feed(b"show clock\n" * 1000)
    assert session.steps - before == 1
    assert len(peer.writes) == 1
    assert len(session.session.lines) == 1000


def test_a_long_run_of_characters_is_one_step() -> None:
    session = Counted(Commands())
    peer = Peer(session)
    before = session.steps
    peer.terminal.feed(b"x" * 65536)
    assert session.steps - before == 1


def test_with_a_burst_others_have_their_turn() -> None:
    session = Commands()
    peer = Peer(session, burst=10)
    peer.type(b"show\n" * 35)
    assert len(session.lines) == 10
    assert peer.type(b"x\n") == b""
    peer.clock.advance(0)
    assert len(session.lines) == 36
    assert peer.output.endswith(b"x\r\nR1#")


def test_long_work_lets_others_have_their_turn_and_can_be_broken_off() -> None:
    stopped: list[str] = []

    async def session(terminal: Terminal) -> None:
        terminal.interruptible = True
        try:
            while True:
                terminal.write("step\n")
                await terminal.turn()
        except Interrupted as interrupted:
            stopped.append(interrupted.ctrl)

    peer = Peer(session)
    assert peer.output == b"step\r\n"
    assert peer.clock.next_due() == peer.clock.now()
    assert peer.type(b"x") == b""
    peer.type(b"\x03")
    assert (stopped, peer.done) == (["C"], 1)


def test_with_a_burst_keys_let_others_have_their_turn_too() -> None:
    session = Commands()
    peer = Peer(session, burst=10)
    assert len(peer.type(b"x" * 500 + b"\x01\x05" * 1000)) < 500 * 12
    peer.clock.advance(0)
    assert len(peer.output) > 500 * 1000
    assert peer.type(b"\n") == b"\r\nR1#"


def test_the_end_of_the_session_is_told_once_and_after_its_last_words() -> None:
    async def session(terminal: Terminal) -> None:
        await terminal.read_line("R1#")
        terminal.write("bye\n")

    peer = Peer(session)
    order: list[str] = []
    peer.terminal._deliver = lambda data: order.append(data.decode())
    peer.terminal.trampoline._done = lambda: order.append("done")
    peer.type(b"exit\nmore\n")
    assert order == ["exit\r\nbye\r\n", "done"]
    peer.terminal.hangup()
    assert order[2:] == []


def test_what_a_session_raises_comes_out_after_its_end() -> None:
    async def session(terminal: Terminal) -> None:
        await terminal.read_line("R1#")
        terminal.write("oh\n")
        raise LookupError("lost")

    peer = Peer(session)
    with pytest.raises(LookupError, match="lost"):
        peer.terminal.feed(b"x\n")
    assert peer.done == 1
    assert peer.output == b"R1#x\r\noh\r\n"
    assert peer.type(b"y\n") == b""


def test_what_a_session_raises_in_its_sleep_comes_out_of_the_clock() -> None:
    async def session(terminal: Terminal) -> None:
        await terminal.sleep(3)
        raise LookupError("lost")

    peer = Peer(session)
    with pytest.raises(LookupError):
        peer.clock.advance(5)
    assert peer.done == 1


@pytest.mark.parametrize("wait", ["line", "key", "time", "page"])
def test_a_hangup_ends_any_wait(wait: str) -> None:
    ends: list[str] = []

    async def session(terminal: Terminal) -> None:
        try:
            match wait:
                case "line":
                    await terminal.read_line("R1#")
                case "key":
                    await terminal.read_key()
                case "time":
                    await terminal.sleep(9)
                case _:
                    await terminal.page("x\n" * 99)
        except HungUp:
            ends.append(wait)
            terminal.write("nobody hears this\n")
            raise

    peer = Peer(session)
    _ = peer.output
    peer.terminal.hangup()
    assert ends == [wait]
    assert peer.done == 1
    assert peer.output == b""
    assert peer.clock.next_due() is None


def test_a_session_that_does_not_hear_the_hangup_hears_it_again() -> None:
    async def session(terminal: Terminal) -> None:
        for _ in range(3):
            try:
                await terminal.read_line("R1#")
            except HungUp:
                continue
        await terminal.sleep(1)

    peer = Peer(session)
    peer.terminal.hangup()
    assert peer.done == 1


def test_a_hangup_during_a_write_stops_what_was_typed_ahead() -> None:
    session = Commands()
    peer = Peer(session)
    peer.terminal._deliver = lambda _: peer.terminal.hangup()
    peer.terminal.feed(b"show\n" * 20_000)
    assert peer.done == 1
    assert len(session.lines) < 20_000
    assert peer.terminal.pending == 0


def test_a_session_may_be_gone_before_it_starts() -> None:
    started: list[str] = []

    async def session() -> None:
        started.append("x")

    terminal = Terminal(write=lambda _: None, clock=ManualClock(0.0))
    terminal.hangup()
    terminal.run(session(), lambda: started.append("done"))
    assert started == ["done"]


def test_a_paused_session_starts_no_command_and_forgets_none() -> None:
    session = Commands()
    peer = Peer(session)
    peer.terminal.pause()
    _ = peer.output
    assert peer.type(b"one\n") == b""
    assert peer.type(b"two\n") == b""
    assert session.lines == []
    peer.terminal.resume()
    assert session.lines == ["one", "two"]
    assert peer.output == b"one\r\nR1#two\r\nR1#"


def test_a_pause_during_a_write_stops_the_commands_that_came_with_it() -> None:
    session = Commands(prompt="x" * 5000)
    peer = Peer(session)

    def slow(_: bytes) -> None:
        peer.terminal.pause()

    peer.terminal._deliver = slow
    peer.terminal.feed(b"show\n" * 100)
    first = len(session.lines)
    assert 0 < first < 30
    peer.terminal.resume()
    assert first < len(session.lines) < 60


def test_a_sleep_that_ends_during_a_pause_ends_with_it() -> None:
    async def session(terminal: Terminal) -> None:
        await terminal.sleep(1)
        terminal.write("awake\n")

    peer = Peer(session)
    peer.terminal.pause()
    peer.clock.advance(5)
    assert peer.output == b""
    peer.terminal.resume()
    assert peer.output == b"awake\r\n"


def test_a_session_started_in_a_pause_starts_afterwards() -> None:
    written: list[bytes] = []
    terminal = Terminal(write=written.append, clock=ManualClock(0.0))
    terminal.pause()
    terminal.run(Commands()(terminal), lambda: None)
    assert written == []
    terminal.resume()
    assert written == [b"R1#"]


def test_input_before_the_start_is_kept() -> None:
    session = Commands()
    written: list[bytes] = []
    terminal = Terminal(write=written.append, clock=ManualClock(0.0))
    terminal.feed(b"show\n")
    terminal.run(session(terminal), lambda: None)
    assert session.lines == ["show"]


def test_a_terminal_may_run_one_coroutine_after_another() -> None:
    terminal = Terminal(write=lambda _: None, clock=ManualClock(0.0))
    ends: list[int] = []

    async def session() -> None:
        await terminal.read_line()

    for number in range(2):
        terminal.run(session(), lambda number=number: ends.append(number))
        terminal.feed(b"\n")
    assert ends == [0, 1]


async def _pinging(terminal: Terminal) -> None:
    while True:
        line = await terminal.read_line("R1#")
        terminal.interruptible = line == "ping"
        try:
            await terminal.sleep(10)
            terminal.write("done\n")
        except Interrupted as interrupted:
            terminal.write(f"stopped by {interrupted.ctrl}\n")


@pytest.mark.parametrize(("key", "name"), [(b"\x03", "C"), (b"\x1e", "^")])
def test_a_break_ends_a_sleep_that_may_be_interrupted(key: bytes, name: str) -> None:
    peer = Peer(_pinging)
    peer.type(b"ping\nnext")
    expected = f"stopped by {name}\r\nR1#next".encode()
    assert peer.type(key) == expected
    assert peer.clock.next_due() is None


def test_a_break_that_was_typed_ahead_ends_a_sleep_too() -> None:
    assert Peer(_pinging).type(b"ping\n\x1eab") == b"R1#ping\r\nstopped by ^\r\nR1#ab"


def test_no_break_ends_a_sleep_that_may_not_be_interrupted() -> None:
    peer = Peer(_pinging)
    peer.type(b"copy\n\x1e\x1e")
    assert peer.output == b""
    peer.clock.advance(10)
    assert peer.output == b"done\r\nR1#"


def test_a_sleep_of_no_time_does_not_wait() -> None:
    async def session(terminal: Terminal) -> None:
        await terminal.sleep(0)
        await terminal.sleep(-1)

    assert Peer(session).done == 1


LOG = "*Sep 13 09:18:06.323: %SYS-5-CONFIG_I: Configured from console by cisco on vty0 (10.0.0.1)"


def test_a_message_comes_in_the_middle_of_the_line() -> None:
    session = Commands()
    peer = Peer(session)
    peer.type(b"sh")
    peer.terminal.notice(LOG, redraw=False)
    assert peer.output == b"\r\n" + LOG.encode()
    assert peer.type(b"ow\n") == b"ow\r\nR1#"
    assert session.lines == ["show"]


def test_a_synchronous_message_shows_the_line_again() -> None:
    peer = Peer(Commands())
    peer.type(b"show\x02")
    peer.terminal.notice(LOG, redraw=True)
    assert peer.writes == [b"\r\n" + LOG.encode() + b"\r\nR1#show\b"]


def test_a_message_waits_until_the_next_prompt_is_there() -> None:
    async def session(terminal: Terminal) -> None:
        await terminal.read_line("R1#")
        terminal.notice("own", redraw=False)
        await terminal.sleep(1)
        terminal.write("output\n")
        await terminal.read_line("R1#")

    peer = Peer(session)
    peer.type(b"\n")
    peer.terminal.notice("other", redraw=True)
    assert peer.output == b""
    peer.clock.advance(1)
    assert peer.output == b"output\r\nR1#\r\nown\r\nother\r\nR1#"


def test_a_message_does_not_fill_a_paused_terminal() -> None:
    peer = Peer(Commands())
    _ = peer.output
    peer.terminal.pause()
    for number in range(1000):
        peer.terminal.notice(str(number), redraw=False)
    assert peer.output == b""
    peer.terminal.resume()
    assert peer.output.split(b"\r\n")[1:] == [str(n).encode() for n in range(936, 1000)]


def test_no_message_reaches_a_peer_that_is_gone() -> None:
    peer = Peer(Commands())
    _ = peer.output
    peer.terminal.hangup()
    peer.terminal.notice(LOG, redraw=True)
    peer.terminal.redisplay()
    assert peer.output == b""


def test_the_line_can_be_shown_again_from_outside() -> None:
    peer = Peer(Commands())
    peer.type(b"show")
    peer.terminal.redisplay()
    assert peer.output == b"\r\nR1#show"


def test_a_text_from_outside_goes_out_at_once() -> None:
    peer = Peer(Commands())
    _ = peer.output
    peer.terminal.write("\n***\n*** --- SHUTDOWN ABORTED ---\n***\n")
    assert peer.output == b"\r\n***\r\n*** --- SHUTDOWN ABORTED ---\r\n***\r\n"


def test_only_a_command_line_that_waits_is_reading() -> None:
    seen: list[bool] = []

    async def session(terminal: Terminal) -> None:
        await terminal.read_line("R1#", editing=Commands().editing)
        seen.append(terminal.reading)
        await terminal.read_line("Sure? ")

    peer = Peer(session)
    assert peer.terminal.reading
    peer.type(b"x")
    assert peer.terminal.reading
    peer.type(b"\n")
    assert not peer.terminal.reading
    assert seen == [False]


def test_a_session_that_is_over_leaves_nothing_behind() -> None:
    session = Commands()
    peer = Peer(session)
    prompt = weakref.ref(session)
    peer.terminal.hangup()
    del peer, session
    gc.collect()
    assert prompt() is None
