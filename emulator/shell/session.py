"""One command line on one tty line: modes, prompts, dispatch; without input and output."""

from collections.abc import Callable
from inspect import isawaitable
from typing import TYPE_CHECKING

from ..files.errors import FileError
from ..files.names import FilePath
from ..grammar import Command, Invalid, Parsed, ParseResult, RefusedError
from ..lines import Line
from ..terminal import Editing, HungUp, Interrupted, Terminal
from ..terminal.filters import Filter, FilterError, split_pipe
from .aliases import expanded
from .call import Call
from .configuring import Configuring, FailedError
from .helping import Helper, without_filter
from .interpreter import Interpreter
from .messages import caret, explained, filter_explained
from .prompts import chosen_prompt, exec_prompt

if TYPE_CHECKING:
    from ..clock import Timer
    from ..device import Router

ENTERING = "Enter configuration commands, one per line.  End with CNTL/Z.\n"


class Session:
    """A user at work. The front gives bytes to `feed` and gets bytes through `write`.

    `write` delivers output; `close(status)` delivers what was written and ends the connection.
    `preface` gives what is printed before the output of each `show` command.
    `directory` is where the user went by `cd`, None where sessions begin.
    """

    def __init__(
        self,
        router: "Router",
        *,
        user: str,
        privilege: int,
        source: str,
        columns: int,
        rows: int,
        write: Callable[[bytes], None],
        close: Callable[[int], None],
        line: Line,
    ) -> None:
        self.router = router
        self.user = user
        self.privilege = privilege
        self.source = source
        self.line = line
        self.over = False
        self._close = close
        self._idle: Timer | None = None
        self.configuring: Configuring | None = None
        self.preface: Callable[[], str] | None = None
        self.interpreter: Interpreter | None = None
        self.directory: FilePath | None = None
        self.terminal = Terminal(
            write=write, clock=router.clock, columns=columns or 80, rows=rows or 24
        )
        self.terminal.erase_style = router.platform.pager_erase
        self.editing = Editing(history=self.line.history, help=self._help, complete=self._complete)
        line.session = self

    # ---- the front ----

    def start(self) -> None:
        """Print the banners and the first prompt."""
        self._arm_idle_timer()
        self.terminal.run(self._main(), self._ended)

    def start_exec(self, command: str) -> None:
        """Carry out one command and close, as for `ssh host command`."""
        self.terminal.rows = 0
        self.terminal.run(self._once(command), self._ended)

    def feed(self, data: bytes) -> None:
        """Take input."""
        self.terminal.feed(data)

    def end_of_input(self) -> None:
        """The peer sends no more: close once everything that came is dealt with."""
        self.terminal.end_of_input()

    def resize(self, columns: int, rows: int) -> None:
        """The window has another size."""
        self.terminal.columns = columns or 80
        self.terminal.rows = rows or 24

    def hangup(self) -> None:
        """The peer is gone."""
        self.over = True
        self.terminal.hangup()

    def pause(self) -> None:
        """Start nothing more until `resume`: the peer reads too slowly."""
        self.terminal.pause()

    def resume(self) -> None:
        """Go on."""
        self.terminal.resume()

    # ---- the dialogue of commands ----

    @property
    def origin(self) -> str:
        """How syslog lines name this session."""
        return f"{self.line.name} ({self.source})"

    def write(self, text: str) -> None:
        """Print text."""
        self.terminal.write(text)

    async def ask(self, prompt: str, *, echo: bool = True, patience_s: float = 0.0) -> str:
        """Ask for a line; raises Interrupted for Ctrl-C, TimedOut after `patience_s` seconds."""
        return await self.terminal.read_line(prompt, echo=echo, patience_s=patience_s)

    async def confirm(self, prompt: str) -> bool:
        """Ask for a key: Enter and `y` mean yes; the answer is shown on the same line."""
        self.write(prompt)
        key = await self.terminal.read_key()
        self.write("\n" if key in "\r\n" else f"{key}\n" if key.isprintable() else "\n")
        return key in "\r\nyY"

    async def read_text_line(self, prompt: str = "") -> str:
        """Read a line of pasted text."""
        self.write(prompt)
        return await self.terminal.read_text_line()

    async def read_until(self, delimiter: str) -> str:
        """Read text up to a delimiter."""
        return await self.terminal.read_until(delimiter)

    async def sleep(self, seconds: float) -> None:
        """Let time pass."""
        await self.terminal.sleep(seconds)

    async def turn(self) -> None:
        """Let other sessions have their turn."""
        await self.terminal.turn()

    # ---- what commands change ----

    @property
    def prompt(self) -> str:
        """The prompt of the mode that the session is in."""
        hostname = self.router.hostname
        if self.configuring is None:
            if self.interpreter is not None:
                return self.interpreter.prompt
            chosen = self.router.config.root.value("prompt", "text")
            if chosen is not None:
                return chosen_prompt(str(chosen), hostname, self.privilege, self.line.number)
            return exec_prompt(hostname, self.privilege)
        mode = self.router.grammar.modes[self.configuring.mode]
        return self.router.config_prompt(mode.prompt[self.router.family])

    def enter_configuration(self) -> None:
        """Go into configuration mode."""
        if self.configuring is None:
            self.configuring = Configuring(self.router, self, self)
        self.write(ENTERING)

    def leave_configuration(self) -> None:
        """Go back to exec mode; tells the log."""
        if self.configuring is not None:
            edits = self.configuring.edits
            self.configuring = None
            self.router.configured_by(self, edits)

    def logout(self) -> None:
        """End the session after the command that is being carried out."""
        self.over = True

    # ---- the main loop ----

    async def _main(self) -> None:
        self.write("\n" + self.router.login_text())
        while not self.over:
            prompt = self.router.faults.prompt(self.prompt)
            try:
                editing = None if self._in_text() else self.editing
                line = await self.terminal.read_line(prompt, editing=editing)
                await self.execute(line)
            except Interrupted as stopped:
                await self._interrupted(stopped)
            except HungUp:
                return

    def _in_text(self) -> bool:
        """Whether the next line is text for the interpreter, in which no key asks for help."""
        shell = self.interpreter
        return shell is not None and self.configuring is None and shell.in_text

    async def _interrupted(self, stopped: Interrupted) -> None:
        if self.configuring is None:
            if self.interpreter is not None:
                self.interpreter.interrupt()
            return
        if stopped.ctrl == "Z" and stopped.text.strip():
            await self.execute(stopped.text)
        self.leave_configuration()

    async def _once(self, command: str) -> None:
        self.write("\n")
        try:
            piped = split_pipe(command)
            text = piped.command if piped else command
            if isinstance(self._parse_exec(expanded(self.router, text), 0), Invalid):
                self.write(f'Line has invalid autocommand "{command}"\n')
                return
            await self.execute(command)
        except (HungUp, Interrupted):
            return

    async def execute(self, line: str) -> None:
        """Carry out one line as if it had been typed."""
        if self.interpreter is not None and self.configuring is None:
            await self.interpreter.line(line)
            return
        if not line.strip() or line.lstrip().startswith("!"):
            return
        if self.configuring is None:
            await self.execute_exec(expanded(self.router, line))
            return
        await self._configure(line, self.configuring)

    async def execute_exec(self, line: str, start: int = 0) -> None:
        """Carry out an exec command that stands in `line` from the column `start`."""
        try:
            command, chosen = without_filter(line, start)
        except FilterError as wrong:
            self.write(filter_explained(wrong, line, prompt=self.prompt))
            return
        found = self._parse_exec(command, start)
        if not isinstance(found, Parsed):
            self.line.history.conceal(line, self.router.grammar.guarded(line))
            lookup = not self.router.config.root.off("ip domain lookup")
            self.write(explained(found, command, line, start, prompt=self.prompt, lookup=lookup))
            return
        self.line.history.conceal(line, found.discreet(line))
        if isinstance(found.target, Command):
            await self._run(found, found.target, line, chosen)

    async def _run(self, found: Parsed, command: Command, line: str, chosen: Filter | None) -> None:
        call = Call(router=self.router, dialogue=self, parsed=found, line=line, session=self)
        if self.preface is not None and found.words[:1] == ("show",):
            self.write(self.preface())
        try:
            result = command.handler(call)
            text = await result if isawaitable(result) else result
            if text and chosen is not None:
                text = self._filtered(text, chosen)
        except RefusedError as refused:
            if refused.argument is not None:
                self._caret(found.column(refused.argument))
            else:
                self.write(refused.text + "\n")
            return
        except FileError as failed:
            self.write(failed.text + "\n")
            return
        if text:
            await self.terminal.page(text)

    def _filtered(self, text: str, chosen: Filter) -> str:
        result = chosen.apply(text)
        if result.sink is not None:
            self.router.store_output(result.sink, self.directory)
        return result.text

    # ---- configuration mode ----

    async def _configure(self, line: str, place: Configuring) -> None:
        stripped = line.strip()
        word, _, rest = stripped.partition(" ")
        lower = word.lower()
        if lower in ("exit", "quit") and not rest:
            if not place.leave_mode():
                self.leave_configuration()
        elif lower == "end" and not rest:
            self.leave_configuration()
        elif lower == "do" and rest:
            await self.execute_exec(line, line.index(word) + 2)
        else:
            await self._setting(line, place)

    async def _setting(self, line: str, place: Configuring) -> None:
        try:
            printed = await place.line(line)
        except FailedError as failed:
            if failed.column is not None:
                self._caret(failed.column)
            else:
                self.write(failed.text + "\n")
                if failed.text.startswith("% Incomplete"):
                    self.write("\n")
            return
        self.router.configured_line(self, place.kept.strip())
        if printed:
            await self.terminal.page(printed)

    # ---- messages ----

    def _parse_exec(self, command: str, start: int) -> ParseResult:
        if start:
            return self.router.grammar.parse("exec", command, privilege=self.privilege, start=start)
        return self.router.grammar.parse_exec(command, self.privilege)

    def _caret(self, column: int) -> None:
        self.write(caret(self.prompt, column))

    def _helper(self) -> Helper:
        mode = self.configuring.mode if self.configuring is not None else "exec"
        return Helper(self.router.grammar, mode, self.privilege)

    def _help(self, line: str) -> str:
        return self._helper().help(line)

    def _complete(self, line: str) -> str | None:
        return self._helper().complete(line)

    # ---- the end ----

    def _arm_idle_timer(self) -> None:
        limit = self.line.exec_timeout_s(self.router)
        if limit and not self.over:
            due = self.terminal.idle_since + limit
            self._idle = self.router.clock.call_at(due, self._idle_timer)

    def _idle_timer(self) -> None:
        limit = self.line.exec_timeout_s(self.router)
        if self.over or not limit:
            return
        if self.router.clock.now() - self.terminal.idle_since >= limit:
            self.terminal.write("\n")
            self.hangup()
        else:
            self._arm_idle_timer()

    def _ended(self) -> None:
        self.over = True
        if self._idle is not None:
            self._idle.cancel()
        if self.configuring is not None:
            self.leave_configuration()
        self.line.release()
        self._close(0)
