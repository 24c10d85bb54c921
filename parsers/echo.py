"""Where an output stands in the text of a session: behind the command's echo, before a prompt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn

from ..errors import InputError, ParseError
from .commands import Command, looks_like_command, resolve
from .text import CleanText, Prompt, is_preamble, may_wrap, prompt, rejoined

_LEAVING = ("disable", "end", "exit", "logout", "quit")


@dataclass(frozen=True, slots=True)
class Body:
    """The lines of an output, from index `start` up to `stop`, and the echo before it."""

    start: int
    stop: int
    hostname: str | None
    echoed: Command | None


def find_output(wanted: Command, cleaned: CleanText) -> Body:
    """The lines between the echo of `wanted`, where there is one, and the next prompt.

    Raises `ParseError` when the text is the output of another command.
    """
    search = _Search(wanted, cleaned)
    search.read_prompts()
    search.skip_bare_echoes()
    search.drop_last_prompts()
    return Body(search.start, search.stop, search.hostname, search.echoed)


class _Search:
    def __init__(self, wanted: Command, cleaned: CleanText) -> None:
        self.wanted = wanted
        self.cleaned = cleaned
        self.texts = cleaned.texts
        self.start, self.stop = 0, len(self.texts)
        self.hostname: str | None = None
        self.hostnames: set[str] = set()
        self.echoed: Command | None = None
        self.blank_to: dict[int, int] = {}
        """From where on (index of a line) nothing is said, as far as that is known."""

    def read_prompts(self) -> None:
        """Find the first echo of the command, and the prompt that ends its output."""
        other: tuple[int, str] | None = None
        for index in self._with_a_sign():
            found = prompt(self.texts[index])
            if found is None or not (found.hostname in self.hostnames or _plausible(found.typed)):
                continue
            typed, lines = self._typed(index, found)
            command = self._wanted(typed)
            if command is not None and (self.echoed is None or self._is_blank(self.start, index)):
                self._begin(index + lines, found.hostname)
                self._echo(command)
            elif self.echoed is not None:
                if found.hostname in self.hostnames:
                    self.stop = index
                    break
            elif typed:
                other = other or (index, typed)
            elif self.hostname is None and self._is_blank(0, index):
                self._begin(index + 1, found.hostname)
        if self.echoed is None and other is not None:
            index, typed = other
            if self.hostname is None or self._is_blank(self.start, index):
                self._another(index, typed)
            self.stop = index

    def skip_bare_echoes(self) -> None:
        """Pass over blank lines, echoes without a prompt and what time-stamps the output."""
        tails: list[int] = []
        index = self.start
        while index < self.stop:
            text, lines = self.texts[index].strip(), 1
            if not text:
                pass
            elif is_preamble(text):
                tails.clear()
            elif self._ends_a_log(index):
                # the end of a syslog line, if an echo comes behind it; else it may be output
                tails.append(index)
            else:
                if not looks_like_command(text):
                    break
                text, lines = self._whole(index, text)
                command = _resolved(text)
                if command is None:
                    break
                if command.family != self.wanted.family:
                    self._another(index, text)
                tails.clear()
                self._echo(command)
            index += lines
        self.start = min((*tails, index)) if tails else index

    def drop_last_prompts(self) -> None:
        """Leave out blank lines and prompts at the end, and what arrived at the last prompt."""
        index = self.stop
        while index > self.start:
            index -= 1
            if not self.texts[index].strip() or self._ends_a_log(index):
                continue
            if not _is_idle(self.texts[index]):
                break
            self.stop = index
        while self.stop > self.start and not self.texts[self.stop - 1].strip():
            self.stop -= 1

    def _with_a_sign(self) -> list[int]:
        if not self.cleaned.may_prompt:
            return []
        return [index for index, text in enumerate(self.texts) if "#" in text or ">" in text]

    def _begin(self, start: int, hostname: str) -> None:
        self.start, self.hostname = start, hostname
        self.hostnames.add(hostname)

    def _echo(self, command: Command) -> None:
        """Keep the echo that says most: the one with a filter."""
        if self.echoed is None or self.echoed.output_filter is None:
            self.echoed = command

    def _is_blank(self, start: int, stop: int) -> bool:
        """Whether nothing but prompts and echoes of the command stands there."""
        index = self.blank_to.get(start, start)
        while index < stop and self._says_nothing(index):
            index += 1
        # each prompt asks again: go on where the last one came to
        self.blank_to[start] = index
        return index >= stop

    def _says_nothing(self, index: int) -> bool:
        text = self.texts[index]
        return (
            _is_idle(text)
            or is_preamble(text)
            or self._ends_a_log(index)
            or self._wanted(text.strip()) is not None
        )

    def _ends_a_log(self, index: int) -> bool:
        """Whether the line may be the end of a syslog line that the screen broke."""
        tails = self.cleaned.log_tails
        return bool(tails) and self.cleaned.numbers[index] in tails

    def _wanted(self, typed: str) -> Command | None:
        """The command when it is the one that is looked for."""
        if typed.startswith("$"):
            # IOS scrolls a long line to the left: of the command its end is to be seen
            return self.wanted
        command = _resolved(typed) if typed else None
        return command if command is not None and command.family == self.wanted.family else None

    def _typed(self, index: int, found: Prompt) -> tuple[str, int]:
        """What was typed behind a prompt, with what the screen broke off, and the lines of it."""
        text = self.texts[index]
        whole, lines = self._whole(index, text)
        again = prompt(whole) if lines > 1 else None
        return (found.typed, 1) if again is None else (again.typed, lines)

    def _whole(self, index: int, text: str) -> tuple[str, int]:
        """An echo, and in how many lines it stands."""
        line = self.texts[index]
        # behind a `|` anything could go on
        if may_wrap(line) and "|" not in line and index + 1 < self.stop:
            both = rejoined(self.texts[index : index + 2])
            shell = prompt(both)
            command = _resolved(both if shell is None else shell.typed)
            if command is not None and command.family == self.wanted.family:
                return both, 2
        return text, 1

    def _another(self, index: int, typed: str) -> NoReturn:
        raise ParseError(
            f"this is the output of {typed!r}",
            lineno=self.cleaned.numbers[index],
            line=self.texts[index].strip(),
            expected=f"the output of '{self.wanted}'",
        )


def _plausible(typed: str) -> bool:
    """Whether text behind a prompt sign can be a typed command (device text rarely is)."""
    return not typed or typed.startswith("$") or looks_like_command(typed)


def _is_idle(text: str) -> bool:
    """Whether a line is blank, or a prompt at which no output was asked for."""
    if not text.strip():
        return True
    found = prompt(text)
    if found is None:
        return False
    return len(found.typed) != 1 and any(word.startswith(found.typed.lower()) for word in _LEAVING)


def _resolved(text: str) -> Command | None:
    try:
        return resolve(text)
    except InputError:
        return None
