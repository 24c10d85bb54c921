"""Configuration mode: where in the configuration one is, and what a line does there."""

from inspect import isawaitable
from typing import TYPE_CHECKING

from ..config.edit import Edit, carry_out
from ..config.store import Block, RangeBlock
from ..grammar import (
    HIGHEST_PRIVILEGE,
    Ambiguous,
    Command,
    Incomplete,
    Invalid,
    Parsed,
    ParseResult,
    RefusedError,
    Setting,
)
from ..services.command_levels import CommandLevels
from .aliases import expanded
from .call import Call
from .dialogue import Dialogue

if TYPE_CHECKING:
    from ..device import Router
    from .session import Session

NOT_AUTHORIZED = "Command authorization failed.\n"
INVALID = "% Invalid input detected at '^' marker."


class FailedError(Exception):
    """A line was not carried out; `text` is what the router prints, `column` a caret's place."""

    def __init__(self, text: str, *, column: int | None = None) -> None:
        super().__init__(text)
        self.text = text
        self.column = column


class Configuring:
    """One user's way through the configuration modes.

    `depth` 0 is outside; `modes` and `blocks` are the stack of modes that are open. `kept` is the
    last line as logs may keep it: without secrets. `since` is when the user came.
    """

    def __init__(
        self, router: "Router", dialogue: Dialogue, session: "Session | None" = None
    ) -> None:
        self._router = router
        self._dialogue = dialogue
        self._session = session
        self.blocks: list[Block] = [router.config.root]
        self.edits = 0
        self.kept = ""
        self.since = router.clock.now()
        self._levels = router.feature(CommandLevels)

    @property
    def mode(self) -> str:
        """The name of the mode."""
        return self.blocks[-1].mode

    def leave_mode(self) -> bool:
        """Go one level up; False if that leaves the configuration."""
        if len(self.blocks) == 1:
            return False
        self.blocks.pop()
        return True

    async def line(self, line: str) -> str | None:
        """Carry out one configuration line and give what it prints.

        Raises FailedError when the line is not understood or refused.
        """
        if self._session is not None:
            line = expanded(self._router, line, self.mode)
        start = len(line) - len(line.lstrip())
        word = line[start:].split(maxsplit=1)[:1]
        first = word[0].lower() if word else ""
        if first in ("no", "default") or (len(first) > 3 and "default".startswith(first)):
            behind = start + len(first)
            negated = first == "no"
            parsed, level = self._understand(line, behind, removing=True)
            return await self._carry_out(parsed, level, line, negated=negated, reset=not negated)
        parsed, level = self._understand(line, start, removing=False)
        return await self._carry_out(parsed, level, line)

    def _understand(self, line: str, start: int, *, removing: bool) -> tuple[Parsed, int]:
        """The command that the line is, and its level; decides how the line may be kept."""
        try:
            parsed, level = self._find(line, start, removing=removing)
        except FailedError:
            self._keep(line, self._router.grammar.guarded(line))
            raise
        self._keep(line, parsed.discreet(line))
        self._check(parsed, self.blocks[level].mode)
        return parsed, level

    def _check(self, parsed: Parsed, mode: str) -> None:
        """Refuse a command that method lists do not let the user give."""
        session, router = self._session, self._router
        if session is None or not self._levels.checked:
            return
        if router.config.root.has("aaa authorization config-commands"):
            levels, needed = self._levels.levels, HIGHEST_PRIVILEGE
            if levels is not None:
                needed = levels.needed(mode, parsed.words, needed)
            if not router.access.may_use(session, needed):
                raise FailedError(NOT_AUTHORIZED)

    def _keep(self, line: str, shown: str) -> None:
        self.kept = shown
        if shown != line and self._session is not None:
            self._session.editing.history.conceal(line, shown)

    def _find(self, line: str, start: int, *, removing: bool) -> tuple[Parsed, int]:
        """The command that the line is in this mode, or in the nearest one above that knows it."""
        farthest = -1
        for level in range(len(self.blocks) - 1, -1, -1):
            found = self._parse(self.blocks[level].mode, line, start, removing=removing)
            if isinstance(found, Parsed):
                return self._whole(found, level, line, start, removing=removing)
            if not isinstance(found, Invalid):
                raise _failure(found, line)
            farthest = max(farthest, found.column)
        before = line[:farthest]
        if line[farthest : farthest + 1] == "!" and before[-1:].isspace() and before.strip():
            # a remark behind a command
            return self._find(before, start, removing=removing)
        raise FailedError(INVALID, column=max(farthest, start))

    def _whole(
        self, found: Parsed, level: int, line: str, start: int, *, removing: bool
    ) -> tuple[Parsed, int]:
        """What was found, or a command above whose first word is whole where that was cut.

        `key 2` below `key 1` is the next key, not the beginning of `key-string`.
        """
        typed = line[start:].split(maxsplit=1)[0].lower()
        if found.words[0] == typed:
            return found, level
        for above in range(level - 1, -1, -1):
            other = self._parse(self.blocks[above].mode, line, start, removing=removing)
            if isinstance(other, Parsed) and other.words[0] == typed:
                return other, above
        return found, level

    def _parse(self, mode: str, line: str, start: int, *, removing: bool) -> ParseResult:
        grammar, session = self._router.grammar, self._session
        privilege = HIGHEST_PRIVILEGE if session is None else session.privilege
        levels = self._levels.levels
        if not removing:
            return grammar.parse(mode, line, privilege=privilege, start=start, levels=levels)
        found = grammar.parse_negated(mode, line, start, privilege=privilege, levels=levels)
        if isinstance(found, Parsed):
            return found
        # a command that stores nothing may know its own "no"
        before = start - len("no")
        spelled = grammar.parse(mode, line, privilege=privilege, start=before, levels=levels)
        return spelled if isinstance(spelled, Parsed) else found

    async def _carry_out(
        self, parsed: Parsed, level: int, line: str, *, negated: bool = False, reset: bool = False
    ) -> str | None:
        before = list(self.blocks)
        del self.blocks[level + 1 :]
        target = parsed.target
        try:
            if isinstance(target, Command):
                return await self._command(parsed, target, line)
            await self._setting(parsed, target, negated=negated, reset=reset)
        except RefusedError as refused:
            self.blocks = before
            if refused.argument is not None:
                raise FailedError(INVALID, column=parsed.column(refused.argument)) from None
            raise FailedError(refused.text) from None
        return None

    async def _command(self, parsed: Parsed, command: Command, line: str) -> str | None:
        result = command.handler(
            Call(
                router=self._router,
                dialogue=self._dialogue,
                parsed=parsed,
                line=line,
                session=self._session,
                block=self.blocks[-1],
                leave=self.leave_mode,
            )
        )
        return await result if isawaitable(result) else result

    async def _setting(
        self, parsed: Parsed, setting: Setting, *, negated: bool, reset: bool
    ) -> None:
        self.edits += 1
        text: str | None = parsed.text
        if negated or reset:
            text = f"no {setting.name}" if negated and setting.default_on else None
        place = self.blocks[-1]
        opened: list[Block] = []
        try:
            for block in place.members():
                edit = Edit(
                    router=self._router,
                    dialogue=self._dialogue,
                    setting=setting,
                    block=block,
                    values=dict(parsed.values),
                    text=text,
                    negated=negated,
                    reset=reset,
                    words=parsed.words,
                )
                entry = await carry_out(edit)
                below = edit.place or (entry.block if entry is not None else None)
                if below is not None and not (negated or reset):
                    opened.append(below)
        finally:
            place.settle()
        if len(opened) == 1:
            self.blocks.append(opened[0])
        elif opened:
            self.blocks.append(RangeBlock(opened[0].mode, lambda: opened, place.settle))


def _failure(found: ParseResult, line: str) -> FailedError:
    if isinstance(found, Ambiguous):
        return FailedError(f'% Ambiguous command:  "{line.strip()}"')
    if isinstance(found, Incomplete):
        return FailedError("% Incomplete command.")
    raise TypeError(f"{found!r} is no failure")
