"""The Tcl shell: a small part of Tcl, and every exec command."""

import re
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final

from ..files.errors import FileError
from ..saving import ENCODING
from .prompts import tcl_prompt
from .tcl_files import Channels
from .tcl_words import (
    Sentence,
    TclError,
    Unfinished,
    Word,
    behind_brackets,
    elements,
    sentences,
)

if TYPE_CHECKING:
    from .session import Session

CONTINUED: Final = "+>"
"""The prompt while a text is not complete."""

MOST_TYPED: Final = 4 << 20
"""Characters of a script that is typed, at most."""
MOST_VALUE: Final = 1 << 20
"""Characters of a value, at most."""
MOST_VARIABLES: Final = 1_000
MOST_STEPS: Final = 10_000
"""Commands that one typed line may lead to."""
DEEPEST: Final = 16
"""Scripts within scripts."""
_TURN_STEPS: Final = 100

_VARIABLE: Final = re.compile(r"\$(?:\{([^{}]+)\}|([A-Za-z0-9_]+))")
_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "\n": " "}

Action = Callable[[list[str]], Awaitable[str] | str]


class TclShell:
    """Takes the lines of a session until `tclquit`.

    A command that is none of Tcl's is carried out by the exec, as on a router. What is written to a
    file is in it at once.
    """

    def __init__(self, session: "Session") -> None:
        self._session = session
        self._channels = Channels(session)
        self._variables: dict[str, str] = {}
        self._lines: list[str] = []
        self._typed = 0
        self._unfinished = Unfinished()
        self._steps = 0
        self._depth = 0
        self._actions: dict[str, Action] = {
            "puts": self._puts,
            "open": self._open,
            "close": self._close,
            "read": self._read,
            "gets": self._gets,
            "set": self._set,
            "unset": self._unset,
            "source": self._source,
            "foreach": self._foreach,
            "exec": self._exec,
            "ios_config": self._ios_config,
            "exit": self._quit,
            "tclquit": self._quit,
        }

    # ---- what the session asks ----

    @property
    def prompt(self) -> str:
        """The prompt of the next line."""
        return CONTINUED if self.in_text else tcl_prompt(self._session.router.hostname)

    @property
    def in_text(self) -> bool:
        """Whether the next line goes on with what was begun."""
        return bool(self._lines)

    def interrupt(self) -> None:
        """Forget what was begun."""
        self._lines.clear()
        self._typed = 0
        self._unfinished = Unfinished()

    async def line(self, line: str) -> None:
        """Take a line; carry out what is complete with it."""
        self._lines.append(line)
        self._typed += len(line) + 1
        if self._typed > MOST_TYPED:
            self.interrupt()
            self._session.write("script is too long\n")
            return
        if self._unfinished.feed(line):
            return
        script = "\n".join(self._lines)
        self.interrupt()
        await self.carry_out(script)

    async def carry_out(self, script: str, *, show: bool = True) -> None:
        """Carry a script out; print what is wrong with it, and with `show` its result."""
        self._steps = self._depth = 0
        try:
            result = await self.run(script)
        except TclError as wrong:
            self._session.write(f"{wrong}\n")
        else:
            if show and result:
                self._session.write(result + "\n")

    # ---- running ----

    async def run(self, script: str) -> str:
        """Carry a script out; gives the result of its last command. Raises TclError."""
        if self._depth >= DEEPEST:
            raise TclError("too many nested evaluations (infinite loop?)")
        self._depth += 1
        try:
            result = ""
            for sentence in sentences(script):
                result = await self._command(sentence)
                if self._left:
                    break
            return result
        finally:
            self._depth -= 1

    @property
    def _left(self) -> bool:
        """Whether the shell was left."""
        return self._session.interpreter is not self or self._session.over

    async def _command(self, sentence: Sentence) -> str:
        self._steps += 1
        if self._steps > MOST_STEPS:
            raise TclError("too many commands")
        if self._steps % _TURN_STEPS == 0:
            await self._session.turn()
        name = sentence.words[0].text
        action = self._actions.get(name)
        if action is None and name.startswith("!"):
            return ""
        if action is None:
            await self._session.execute_exec(self._filled(sentence.text))
            return ""
        words = [await self._value(word) for word in sentence.words[1:]]
        done = action(words)
        return done if isinstance(done, str) else await done

    def _filled(self, text: str) -> str:
        """An exec command with the values of variables that there are; the rest as it was typed."""
        line = _VARIABLE.sub(
            lambda found: self._variables.get(found[1] or found[2], found[0]), text
        )
        return self._bounded(line).replace("\n", " ")

    async def _value(self, word: Word) -> str:
        """What a word stands for."""
        text = word.text
        if word.kind == "braced":
            return text
        parts: list[str] = []
        at = 0
        while at < len(text):
            char = text[at]
            if char == "\\" and at + 1 < len(text):
                parts.append(_ESCAPES.get(text[at + 1], text[at + 1]))
                at += 2
            elif char == "$" and (found := _VARIABLE.match(text, at)) is not None:
                parts.append(self._variable(found[1] or found[2]))
                at = found.end()
            elif char == "[":
                end = behind_brackets(text, at)
                parts.append(await self.run(text[at + 1 : end - 1]))
                at = end
            else:
                parts.append(char)
                at += 1
            self._bounded(parts[-1])
        return self._bounded("".join(parts))

    def _bounded(self, text: str) -> str:
        if len(text) > MOST_VALUE:
            raise TclError("value is too long")
        return text

    def _variable(self, name: str) -> str:
        value = self._variables.get(name)
        if value is None:
            raise TclError(f'can\'t read "{name}": no such variable')
        return value

    # ---- the commands of Tcl ----

    def _puts(self, words: list[str]) -> str:
        end = "\n"
        if words and words[0] == "-nonewline":
            words, end = words[1:], ""
        match words:
            case [text] | ["stdout" | "stderr", text]:
                self._session.write(text + end)
            case [channel, text]:
                self._channels.write(channel, text + end)
            case _:
                raise TclError(_usage("puts ?-nonewline? ?channelId? string"))
        return ""

    def _open(self, words: list[str]) -> str:
        if not 1 <= len(words) <= 3:
            raise TclError(_usage("open fileName ?access? ?permissions?"))
        return self._channels.open(*words[:2])

    def _close(self, words: list[str]) -> str:
        if len(words) != 1:
            raise TclError(_usage("close channelId"))
        self._channels.close(words[0])
        return ""

    def _read(self, words: list[str]) -> str:
        if len(words) != 1:
            raise TclError(_usage("read channelId"))
        return self._bounded(self._channels.read(words[0]))

    def _gets(self, words: list[str]) -> str:
        if not 1 <= len(words) <= 2:
            raise TclError(_usage("gets channelId ?varName?"))
        line = self._channels.gets(words[0])
        if len(words) == 1:
            return line or ""
        self._set([words[1], line or ""])
        return str(-1 if line is None else len(line))

    def _set(self, words: list[str]) -> str:
        match words:
            case [name]:
                return self._variable(name)
            case [name, value]:
                if name not in self._variables and len(self._variables) >= MOST_VARIABLES:
                    raise TclError("too many variables")
                self._variables[name] = self._bounded(value)
                return value
        raise TclError(_usage("set varName ?newValue?"))

    def _unset(self, words: list[str]) -> str:
        for name in words:
            self._variable(name)
            del self._variables[name]
        return ""

    async def _source(self, words: list[str]) -> str:
        if len(words) != 1:
            raise TclError(_usage("source fileName"))
        return await self.run(self._script(words[0]))

    def _script(self, name: str) -> str:
        """The text of a script in a file."""
        files = self._session.router.files
        try:
            data = files.read(files.locate(name, self._session.directory))
        except FileError as failed:
            reason = failed.reason.value.lower()
            raise TclError(f'couldn\'t read file "{name}": {reason}') from None
        return self._bounded(data.decode(ENCODING).replace("\r\n", "\n"))

    async def _foreach(self, words: list[str]) -> str:
        if len(words) != 3:
            raise TclError(_usage("foreach varname list body"))
        name, values, body = words
        for value in elements(values):
            self._set([name, value])
            await self.run(body)
            if self._left:
                break
        return ""

    async def _exec(self, words: list[str]) -> str:
        await self._session.execute_exec(" ".join(words))
        return ""

    def _ios_config(self, words: list[str]) -> str:
        session = self._session
        loaded = session.router.merge("\n".join(words), user=session.user, origin=session.origin)
        return loaded.output.removesuffix("\n")

    def _quit(self, words: list[str]) -> str:
        self._session.interpreter = None
        return ""


def _usage(text: str) -> str:
    return f'wrong # args: should be "{text}"'
