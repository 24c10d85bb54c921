"""One command line on one tty line: modes, prompts, dispatch; without input and output."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from ..banners import login_text
from ..files.names import FilePath
from ..grammar import RefusedError
from ..lines import Line
from ..login import Login
from ..services.config_lock import ConfigLock
from ..services.processes import time_stamp
from ..terminal import Editing, HungUp, Interrupted, Terminal
from ..terminal.line import LINE_LIMIT
from .aliases import expanded
from .configuring import Configuring, FailedError
from .executing import Executing
from .helping import Helper
from .interpreter import Interpreter
from .messages import INCOMPLETE, caret
from .own_words import behind_do, leaving_word
from .prompts import chosen_prompt, exec_prompt
from .timeouts import Timeouts

if TYPE_CHECKING:
    from ..device import Router

ENTERING = "Enter configuration commands, one per line.  End with CNTL/Z.\n"


class Session:
    """A user at work. The front gives bytes to `feed` and gets bytes through `write`.

    `write` delivers output; `close(status)` delivers what was written and ends the connection.
    `preface` gives what is printed before the output of each `show` command.
    `directory` is where the user went by `cd`, None where sessions begin. `admission` is what the
    login has decided: whether there is a session at all, and which command it begins with.
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
        self.configuring: Configuring | None = None
        self.preface: Callable[[], str] | None = None
        self.interpreter: Interpreter | None = None
        self.admission = Login(user=user, privilege=privilege)
        self.directory: FilePath | None = None
        usual_columns, usual_rows = line.size(router)
        self.terminal = Terminal(
            write=write,
            clock=router.clock,
            columns=columns or usual_columns,
            rows=rows or usual_rows,
        )
        self.terminal.erase_style = router.platform.pager_erase
        self.terminal.faithful_scrolling = router.behaviour.faithful_scrolling
        self.terminal.escape = line.escape(router)
        self._editing = {
            configuring: Editing(history=history, help=self._help, complete=self._complete)
            for configuring, history in ((False, line.history), (True, line.config_history))
        }
        self._executing = Executing(self)
        self._timeouts = Timeouts(self)
        self._lock = router.feature(ConfigLock)
        line.session = self

    # ---- the front ----

    def start(self) -> None:
        """Print the banners and the first prompt."""
        self.router.clock.sync()
        self._timeouts.start()
        self.terminal.run(self._main(), self._ended)

    def start_exec(self, command: str) -> None:
        """Carry out one command and close, as for `ssh host command`."""
        self.router.clock.sync()
        self.terminal.rows = 0
        self.terminal.run(self._once(command[:LINE_LIMIT]), self._ended)

    def feed(self, data: bytes) -> None:
        """Take input."""
        self.router.clock.sync()
        self.terminal.feed(data)

    def end_of_input(self) -> None:
        """The peer sends no more: close once everything that came is dealt with."""
        self.router.clock.sync()
        self.terminal.end_of_input()

    def resize(self, columns: int, rows: int) -> None:
        """The window has another size."""
        usual_columns, usual_rows = self.line.size(self.router)
        self.terminal.columns = columns or usual_columns
        self.terminal.rows = rows or usual_rows

    def hangup(self) -> None:
        """The peer is gone."""
        self.router.clock.sync()
        self.over = True
        self.terminal.hangup()

    def pause(self) -> None:
        """Start nothing more until `resume`: the peer reads too slowly."""
        self.terminal.pause()

    def resume(self) -> None:
        """Go on."""
        self.router.clock.sync()
        self.terminal.resume()

    # ---- the dialogue of commands ----

    @property
    def editing(self) -> Editing:
        """The keys of the command line; exec mode and the configuration remember their own."""
        return self._editing[self.configuring is not None]

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
        if self.router.config.root.off("service prompt config"):
            return ""
        mode = self.router.grammar.modes[self.configuring.mode]
        return self.router.config_prompt(mode.prompt[self.router.family])

    def enter_configuration(
        self, command: str = "configure terminal", *, lock: bool = False
    ) -> None:
        """Go into configuration mode, with `lock` to the exclusion of others.

        Raises RefusedError if another user has locked it.
        """
        told = self._lock.enter(self, command, wanted=lock)
        if self.configuring is None:
            self.configuring = Configuring(self.router, self, self)
        self.write(told + ENTERING)

    def leave_configuration(self) -> None:
        """Go back to exec mode; tells the log."""
        if self.configuring is not None:
            edits = self.configuring.edits
            self.configuring = None
            self._lock.leave(self)
            self.router.configured_by(self, edits)

    def logout(self) -> None:
        """End the session after the command that is being carried out."""
        self.over = True

    # ---- the main loop ----

    async def _main(self) -> None:
        try:
            await self._begin()
        except HungUp:
            return
        except Interrupted:
            self.over = not self.admission.stays
        while not self.over:
            try:
                await self._one_line()
            except HungUp:
                return

    async def _one_line(self) -> None:
        """Read a line and carry it out."""
        prompt = self.router.faults.prompt(self.prompt)
        leaving = False
        try:
            editing = None if self._in_text() else self.editing
            line = await self.terminal.read_line(prompt, editing=editing)
        except Interrupted as stopped:
            self._forget()
            if self.configuring is None:
                return
            leaving, line = True, stopped.text if stopped.ctrl == "Z" else ""
        try:
            await self.execute(line)
        except Interrupted:
            # that ends the command, and leads out of no mode
            self._forget()
        if leaving:
            self.leave_configuration()

    async def _begin(self) -> None:
        """Banners, and the command that users or the line begin with; it is their only one."""
        router, line, admission = self.router, self.line, self.admission
        if admission.denied or line.off(router, "exec"):
            self.write("\n" + admission.denied)
            self.over = True
            return
        self.write("\n" + login_text(router, line))
        block = line.settings(router)
        if block is not None and block.has("exec prompt timestamp"):
            self.preface = partial(time_stamp, router)
        command = admission.autocommand or (block and block.value("autocommand", "command"))
        if command:
            await self._automatic(str(command))
            self.over = self.over or not admission.stays

    def _in_text(self) -> bool:
        """Whether the next line is text for the interpreter, in which no key asks for help."""
        shell = self.interpreter
        return shell is not None and self.configuring is None and shell.in_text

    def _forget(self) -> None:
        """Drop what was begun in several lines."""
        if self.configuring is None and self.interpreter is not None:
            self.interpreter.interrupt()

    async def _once(self, command: str) -> None:
        self.write("\n")
        if self.admission.denied or self.line.off(self.router, "exec"):
            self.write(self.admission.denied)
            return
        try:
            await self._automatic(command)
        except (HungUp, Interrupted):
            return

    async def _automatic(self, command: str) -> None:
        """Carry out a command that nobody has typed at the prompt."""
        if self._executing.is_command(command):
            await self.execute(command)
        else:
            self.write(f'Line has invalid autocommand "{command}"\n')

    async def execute(self, line: str) -> None:
        """Carry out one line as if it had been typed."""
        if self.interpreter is not None and self.configuring is None:
            await self.interpreter.line(line)
            return
        if not line.strip() or line.lstrip().startswith("!"):
            return
        if self.configuring is None:
            start = behind_do(line)
            if start:
                await self._do(line, start)
            else:
                await self._executing.line(expanded(self.router, line))
            return
        await self._configure(line, self.configuring)

    async def execute_exec(self, line: str, start: int = 0) -> None:
        """Carry out an exec command that stands in `line` from the column `start`."""
        await self._executing.line(line, start)

    # ---- configuration mode ----

    async def _configure(self, line: str, place: Configuring) -> None:
        start = behind_do(line)
        if start:
            await self._do(line, start)
            return
        try:
            _, view = self.router.grammar.view(place.mode, self.privilege)
            word, behind = leaving_word(view, line)
        except FailedError as failed:
            self.write(failed.text + "\n")
            return
        if not word:
            await self._setting(line, place)
        elif line[behind:].strip():
            self.caret(behind)
        elif word == "end" or not place.leave_mode():
            self.leave_configuration()

    async def _do(self, line: str, start: int) -> None:
        """Carry out the exec command that stands behind `do`."""
        if start == len(line):
            self.write(INCOMPLETE)
            return
        line = line[:start] + expanded(self.router, line[start:])
        await self._executing.line(line, start)

    async def _setting(self, line: str, place: Configuring) -> None:
        try:
            self._lock.check(self)
            printed = await place.line(line)
        except RefusedError as refused:
            self.write(refused.text + "\n")
            return
        except FailedError as failed:
            if failed.column is not None:
                self.caret(failed.column)
            else:
                self.write(failed.text + "\n")
                if failed.text.startswith("% Incomplete"):
                    self.write("\n")
            return
        self.router.configured_line(self, place.kept.strip())
        if printed:
            await self.terminal.page(printed)

    # ---- messages ----

    def caret(self, column: int) -> None:
        """Point at a character of the line that was typed."""
        self.write(caret(self.prompt, column))

    def _helper(self) -> Helper:
        mode = self.configuring.mode if self.configuring is not None else "exec"
        return Helper(self.router, mode, self.privilege)

    def _help(self, line: str) -> str:
        return self._helper().help(line)

    def _complete(self, line: str) -> str | None:
        return self._helper().complete(line)

    # ---- the end ----

    def _ended(self) -> None:
        self.over = True
        self._timeouts.cancel()
        if self.configuring is not None:
            self.leave_configuration()
        self.line.release()
        self._close(0)
