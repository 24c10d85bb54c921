"""Carrying out exec commands: which one a line is, whether the user may use it, what it prints."""

from inspect import isawaitable
from typing import TYPE_CHECKING

from ..files.errors import FileError
from ..grammar import HIGHEST_PRIVILEGE, Command, Invalid, Parsed, ParseResult, RefusedError
from ..services.command_levels import CommandLevels
from ..storing import store_output
from ..terminal import Interrupted
from ..terminal.filters import Filter, FilterError, split_pipe
from .aliases import expanded
from .call import Call
from .configuring import NOT_AUTHORIZED
from .helping import without_filter
from .messages import LOOKUP_ABORTED, NO_SUCH_HOST, explained, filter_explained, looking_up

if TYPE_CHECKING:
    from .session import Session


class Executing:
    """The exec commands of one session."""

    __slots__ = ("_levels", "_router", "_session")

    def __init__(self, session: "Session") -> None:
        self._session = session
        self._router = session.router
        self._levels = session.router.feature(CommandLevels)

    async def line(self, line: str, start: int = 0) -> None:
        """Carry out an exec command that stands in `line` from the column `start`."""
        session = self._session
        try:
            command, chosen = without_filter(line, start)
        except FilterError as wrong:
            session.write(filter_explained(wrong, line, prompt=session.prompt))
            return
        found = self.parse(command, start)
        if not isinstance(found, Parsed):
            session.editing.history.conceal(line, self._router.grammar.guarded(line))
            await self._explain(found, command, line, start)
            return
        session.editing.history.conceal(line, found.discreet(line))
        if isinstance(found.target, Command):
            if self._levels.checked and not self._may_use(found, found.target):
                session.write(NOT_AUTHORIZED + "\n")
                return
            await self._run(found, found.target, line, chosen)

    def is_command(self, line: str) -> bool:
        """Whether a line is the beginning of a command, or one."""
        piped = split_pipe(line)
        text = piped.command if piped else line
        return not isinstance(self.parse(expanded(self._router, text), 0), Invalid)

    def parse(self, command: str, start: int) -> ParseResult:
        """What the user means by a line."""
        grammar, privilege = self._router.grammar, self._session.privilege
        levels = None if privilege == HIGHEST_PRIVILEGE else self._levels.levels
        if start:
            return grammar.parse("exec", command, privilege=privilege, start=start, levels=levels)
        return grammar.parse_exec(command, privilege, levels)

    def _may_use(self, found: Parsed, command: Command) -> bool:
        level = command.privilege
        levels = self._levels.levels
        if levels is not None:
            level = levels.needed("exec", found.words, level)
        return self._router.access.may_use(self._session, level)

    async def _run(self, found: Parsed, command: Command, line: str, chosen: Filter | None) -> None:
        session = self._session
        call = Call(router=self._router, dialogue=session, parsed=found, line=line, session=session)
        if session.preface is not None and found.words[:1] == ("show",):
            session.write(session.preface())
        try:
            result = command.handler(call)
            text = await result if isawaitable(result) else result
            if text and chosen is not None:
                text = self._filtered(text, chosen)
        except RefusedError as refused:
            if refused.argument is not None:
                session.caret(found.column(refused.argument))
            else:
                session.write(refused.text + "\n")
            return
        except FileError as failed:
            session.write(failed.text + "\n")
            return
        if text:
            await session.terminal.page(text)

    def _filtered(self, text: str, chosen: Filter) -> str:
        result = chosen.apply(text)
        if result.sink is not None:
            store_output(self._router, result.sink, self._session.directory)
        return result.text

    # ---- what is no command ----

    async def _explain(self, found: ParseResult, command: str, line: str, start: int) -> None:
        """Say why a line is no command; a lone unknown word is taken for a computer."""
        session = self._session
        words = command[start:].split()
        lone = len(words) == 1 and not start and isinstance(found, Invalid)
        if lone and self._connects:
            await self._look_up(words[0])
        else:
            session.write(explained(found, command, line, start, prompt=session.prompt))

    @property
    def _connects(self) -> bool:
        """Whether an unknown word is taken for a computer to connect to."""
        block = self._session.line.settings(self._router)
        return block is None or block.value("transport preferred", "protocol") != "none"

    async def _look_up(self, name: str) -> None:
        session, root = self._session, self._router.config.root
        if root.off("ip domain lookup"):
            session.write(looking_up(name, ()) + NO_SUCH_HOST)
            return
        servers = [
            str(address) for entry in root.all("ip name-server") for address in entry["addresses"]
        ]
        session.write(looking_up(name, servers or ("255.255.255.255",)))
        if self._router.behaviour.lookup_s:
            session.terminal.interruptible = True
            try:
                await session.sleep(self._router.behaviour.lookup_s)
            except Interrupted:
                session.write(LOOKUP_ABORTED)
                return
            finally:
                session.terminal.interruptible = False
        session.write("\n" + NO_SUCH_HOST)
