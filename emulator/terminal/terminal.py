"""The terminal of one session: bytes in, bytes out, and coroutines in between."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any, Final, Literal

from ..clock import Clock
from .interrupts import Interrupted, TimedOut
from .keyboard import Keyboard
from .pager import Pager
from .reader import Editing, Reading
from .trampoline import Trampoline

SLICE: Final = 64 * 1024
FLUSH_AT: Final = 64 * 1024
TEXT_LIMIT: Final = 64 * 1024
NOTICE_LIMIT: Final = 64
BELL: Final = "\x07"
BREAK_NAMES: Final = {"\x03": "C"}
"""What a key is called that ends a wait; every other one is `^`, as Ctrl-Shift-6 is."""


class Terminal:
    """Turns the bytes of a peer into lines and keys for a coroutine, and its text into bytes.

    The coroutine that `run` starts awaits the reading methods, and is resumed inside `feed`,
    `resume`, `hangup` or a call of the clock. What it wrote by then goes out in one call of
    `write`, in several if it is long.

    `columns` 0 is an unlimited width, `rows` 0 switches paging off; both may change at any time.
    `erase_style` says how the pager erases its mark, `faithful_scrolling` makes a line that is
    longer than the screen scroll.
    """

    __slots__ = (
        "_clock",
        "_deliver",
        "_held",
        "_notices",
        "_out_of_patience",
        "_reading",
        "_size",
        "columns",
        "erase_style",
        "faithful_scrolling",
        "idle_since",
        "keyboard",
        "pager",
        "rows",
        "trampoline",
    )

    def __init__(
        self,
        *,
        write: Callable[[bytes], None],
        clock: Clock,
        columns: int = 80,
        rows: int = 24,
    ) -> None:
        self.columns = columns
        self.rows = rows
        self.erase_style: Literal["xe", "classic"] = "xe"
        self.faithful_scrolling = False
        self.idle_since = clock.now()
        self.keyboard = Keyboard()
        self.trampoline = Trampoline(clock, self.flush)
        self.pager = Pager(self)
        self._clock = clock
        self._deliver = write
        self._held: list[str] = []
        self._size = 0
        self._reading: Reading | None = None
        self._out_of_patience = False
        self._notices: deque[tuple[str, bool]] = deque(maxlen=NOTICE_LIMIT)

    # ---- for the coroutine ----

    @property
    def escape(self) -> str:
        """The character that ends a sleep, beside Ctrl-C; empty for none."""
        return self.keyboard.escape

    @escape.setter
    def escape(self, value: str) -> None:
        self.keyboard.escape = value

    @property
    def interruptible(self) -> bool:
        """Whether Ctrl-C and Ctrl-Shift-6 end a sleep; the command that sleeps says so."""
        return self.trampoline.interruptible

    @interruptible.setter
    def interruptible(self, value: bool) -> None:
        self.trampoline.interruptible = value

    async def read_line(
        self,
        prompt: str = "",
        *,
        echo: bool = True,
        editing: Editing | None = None,
        patience_s: float = 0.0,
    ) -> str:
        """Print the prompt and read a line, which may have been typed before.

        With `editing` it is a command line: `?`, TAB, history and Ctrl-Z do what they say; without
        it is the answer to a question. Without `echo` nothing of it is shown.

        Raises `Interrupted` for Ctrl-C, on a command line also for Ctrl-Z, with the cursor on a
        new line; `TimedOut` when Enter has not come within `patience_s` seconds (0: no limit);
        `HungUp` when the peer is gone.
        """
        self.put(prompt)
        self.pager.reset()
        reading = Reading(self, prompt, echo=echo, editing=editing)
        if not patience_s:
            return await reading.read()
        timer = self._clock.call_at(self._clock.now() + patience_s, self._run_out)
        try:
            return await reading.read()
        finally:
            timer.cancel()
            self._out_of_patience = False

    async def read_key(self) -> str:
        """Read one key without showing it; Enter is a line end, an arrow is only its escape.

        Ctrl-C is a key like the others here.

        Raises `HungUp` when the peer is gone.
        """
        self.pager.reset()
        return await self.next_key()

    async def read_text_line(self) -> str:
        """Read a line of pasted text: no prompt, shown, no key but the one that erases.

        Raises `Interrupted` for Ctrl-C, `HungUp` when the peer is gone.
        """
        self.pager.reset()
        return await Reading(self, "", bare=True).read()

    async def read_until(self, delimiter: str) -> str:
        """Read pasted lines up to a delimiter, and pass over the rest of its line.

        Line ends are kept as LF; what goes beyond `TEXT_LIMIT` characters is lost.

        Raises as `read_text_line` does.
        """
        parts: list[str] = []
        room = TEXT_LIMIT
        while True:
            line = await self.read_text_line()
            text, found, _ = line.partition(delimiter)
            part = (text if found else line + "\n")[:room]
            parts.append(part)
            room -= len(part)
            if found:
                return "".join(parts)

    async def sleep(self, seconds: float) -> None:
        """Wait on the clock.

        Raises `Interrupted` for Ctrl-C and Ctrl-Shift-6 while `interruptible` is set, `HungUp`
        when the peer is gone.
        """
        if seconds > 0:
            key = await self.trampoline.until(self._clock.now() + seconds, self._take_break)
        else:
            key = self._take_break()
        if key:
            raise Interrupted(BREAK_NAMES.get(key, "^"))

    async def turn(self) -> None:
        """Let other sessions have their turn, in the middle of long work.

        Raises as `sleep` does.
        """
        key = await self.trampoline.until(self._clock.now(), self._take_break)
        if key:
            raise Interrupted(BREAK_NAMES.get(key, "^"))

    async def page(self, text: str) -> None:
        """Write a text, one screen at a time unless `rows` is 0.

        What a command pages in several pieces counts together, and nothing of it comes any more
        once the reader has stopped it.

        Raises `HungUp` when the peer is gone.
        """
        await self.pager.show(text)

    def write(self, text: str) -> None:
        """Write a text, with CR LF for each of its line ends."""
        if "\n" in text:
            if "\r" in text:
                text = text.replace("\r\n", "\n")
            text = text.replace("\n", "\r\n")
        self.put(text)
        self._flush_outside()

    def redisplay(self) -> None:
        """Show the line that is being typed, and its prompt, once more on a new line."""
        if self._reading is not None:
            self.put("\r\n")
            self._reading.draw()
            self._flush_outside()

    def notice(self, text: str, *, redraw: bool) -> None:
        """Show a message of the system on a line of its own.

        It comes in the middle of the line that is being typed, which `redraw` shows again behind
        it; otherwise it waits until the next line is read.
        """
        self._notices.append((text, redraw))
        self._show_notices()
        self._flush_outside()

    @property
    def reading(self) -> bool:
        """Whether a command line waits for input."""
        return self._reading is not None and self._reading.editing is not None

    # ---- for the front ----

    def run(self, coroutine: Coroutine[Any, Any, None], done: Callable[[], None]) -> None:
        """Start the coroutine of the session; `done` is called when it has ended.

        What it raises comes out of the call that resumed it, after `done`; `HungUp` does not.
        """
        self.trampoline.run(coroutine, done)

    def feed(self, data: bytes) -> None:
        """Take the bytes of the peer, and let the coroutine go on as far as they reach."""
        self.idle_since = now = self._clock.now()
        trampoline = self.trampoline
        for at in range(0, len(data), SLICE):
            if trampoline.hung_up:
                return
            self.keyboard.push(data[at : at + SLICE], now)
            trampoline.fresh = True
            trampoline.go_on()

    def end_of_input(self) -> None:
        """The peer sends no more; the session ends when it has dealt with what was sent."""
        self.trampoline.end()

    def hangup(self) -> None:
        """Say that the peer is gone: `HungUp` ends what the coroutine waits for.

        What was written by then is still given to the front.
        """
        self.flush()
        self.trampoline.hung_up = True
        self.keyboard.clear()
        self.trampoline.go_on()

    def pause(self) -> None:
        """Let nothing go on until `resume`: the peer does not take its output."""
        self.trampoline.paused = True

    def resume(self) -> None:
        """Go on after `pause`."""
        self.trampoline.paused = False
        self._show_notices()
        self._flush_outside()
        self.trampoline.go_on()

    @property
    def burst(self) -> int:
        """How many lines and keys are read in a row before others have their turn; 0: no limit.

        What goes on then is called by the clock, so that a peer who types much at once, or whose
        keys cost much, does not hold up other sessions.
        """
        return self.trampoline.burst

    @burst.setter
    def burst(self, value: int) -> None:
        self.trampoline.burst = value

    @property
    def pending(self) -> int:
        """How many characters were typed ahead."""
        return self.keyboard.pending

    # ---- for the parts ----

    def put(self, text: str) -> None:
        """Write a text as it is."""
        self._held.append(text)
        self._size += len(text)
        if self._size >= FLUSH_AT:
            self.flush()

    def flush(self) -> None:
        """Give to the front what was written."""
        if self._size:
            data = "".join(self._held).encode("latin-1", "replace")
            self._held.clear()
            self._size = 0
            if not self.trampoline.hung_up:
                self._deliver(data)

    def ring(self) -> None:
        """Sound the bell."""
        self.put(BELL)

    async def ask(self, prompt: str) -> str:
        """Read a line inside a text that is being paged."""
        self.put(prompt)
        return await Reading(self, prompt).read()

    async def next_key(self) -> str:
        """The next key; does not begin a new screen."""
        trampoline = self.trampoline
        while True:
            if trampoline.paused or trampoline.hung_up:
                await trampoline.room()
            key = self.keyboard.key_at_once()
            if key is not None:
                return key
            await trampoline.input()

    async def listen(self, reading: Reading) -> None:
        """Wait for input for a line that is being typed."""
        self._reading = reading
        self._show_notices()
        try:
            await self.trampoline.input()
        finally:
            self._reading = None
        if self._out_of_patience:
            self.put("\r\n")
            raise TimedOut

    def _run_out(self) -> None:
        self._out_of_patience = True
        self.trampoline.fresh = True
        self.trampoline.go_on()

    def _show_notices(self) -> None:
        reading, notices = self._reading, self._notices
        if reading is None or self.trampoline.paused:
            return
        while notices:
            text, redraw = notices.popleft()
            self.put("\r\n" + text.replace("\n", "\r\n"))
            if redraw:
                self.put("\r\n")
                reading.draw()

    def _flush_outside(self) -> None:
        """Give away what was written from outside of the coroutine."""
        if not self.trampoline.running:
            self.flush()

    def _take_break(self) -> str:
        return self.keyboard.take_break() if self.interruptible else ""
