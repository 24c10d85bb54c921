"""A terminal log or a `show tech-support`, split at prompts, echoes and headings."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from ..commands import looks_like_command
from ..text import Prompt, at_pager, is_syslog, may_wrap, prompt, rejoined
from .capture import CONFIG_COMMAND, TECH_COMMAND, Capture, resolved
from .content import hostname_in, is_configuration, tech_heading
from .screen import Screen, is_session, read_screen

_REPAINTED = re.compile(r"[\b\r\x1b]")
_PUTTY = "=~=~=~"


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """A split text: every line that is not blank is in one capture, an echo, or noise.

    `echoes` are the numbers of the lines with prompts, echoed commands and headings; `noise` those
    of logins, configuration sessions and what came before the first command. `hosts` are the
    devices whose prompts were seen.
    """

    captures: tuple[Capture, ...]
    echoes: tuple[int, ...]
    noise: tuple[int, ...]
    hosts: tuple[str, ...]


def split_log(text: str, source: str, host: str | None = None) -> list[Capture]:
    """The captures of a terminal log, in its order; of several devices, if it holds them.

    `host` is taken where no prompt names the device. Commands that the registry does not know
    are among the captures; what only steers the session, and configuration typed at prompts,
    is not. Raises ParseError when the text is over the size limit of `parsers.text`.
    """
    return list(read_log(text, source, host).captures)


def split_tech_support(text: str, source: str) -> list[Capture]:
    """The captures of a `show tech-support`, one for each of its headings.

    Raises ParseError when the text is over the size limit of `parsers.text`.
    """
    return list(read_log(text, source, command=TECH_COMMAND).captures)


def read_log(
    text: str, source: str, host: str | None = None, *, command: str | None = None
) -> Transcript:
    """Split a log as `split_log` does, and account for every line.

    `command` is the one whose output the text begins with when its echo is not there. Raises
    ParseError when the text is over the size limit of `parsers.text`.
    """
    return split_screen(read_screen(text, source), source, host, command=command)


def split_screen(
    screen: Screen, source: str, host: str | None = None, *, command: str | None = None
) -> Transcript:
    """Split a log, as `read_log` does, whose prompts are found already."""
    splitter = _Splitter(screen, source)
    if command is not None:
        splitter.begin(command)
    splitter.run()
    transcript = splitter.transcript()
    known = screen.hosts or (hostname_in(transcript.captures),)
    fallback = known[0] if len(known) == 1 else None
    captures = tuple(
        capture
        if capture.host
        else replace(capture, host=hostname_in([capture]) or fallback or host)
        for capture in transcript.captures
    )
    return replace(transcript, captures=captures)


@dataclass(slots=True)
class _Open:
    """A command whose output is being read; `start` is the index of its first line."""

    host: str | None
    command: str
    start: int
    origin: Literal["prompt", "bare", "given"]
    """Whether it was echoed behind a prompt, without one, or not at all."""
    empty: bool = True


class _Splitter:
    """The pass over the lines."""

    def __init__(self, screen: Screen, source: str) -> None:
        self.screen = screen
        self.source = source
        self.captures: list[Capture] = []
        self.echoes: list[int] = []
        self.noise: list[int] = []
        self.open: _Open | None = None
        self.host: str | None = None
        self.waiting = True
        """Whether a command may come next without a prompt before it on the line."""
        self.last_end = -1
        """Where the last capture ended, when it had not a single line; else -1."""

    def begin(self, command: str) -> None:
        """The text begins with the output of `command`."""
        self.open = _Open(None, command, 0, "given")

    def run(self) -> None:
        """Read all lines."""
        prompts = self.screen.prompts
        continued = -1
        for index, line in enumerate(self.screen.lines):
            if index == continued:
                self.echoes.append(index)
            elif (found := prompts.get(index)) is not None:
                if self._prompt(index, found):
                    continued = index + 1
            elif line and not line.isspace():
                self._line(index, line)
        self._close(len(self.screen.lines))

    def transcript(self) -> Transcript:
        """What was read. Leading lines that are a configuration become a capture of their own."""
        first = min(self.echoes, default=0)
        captures, noise = self.captures, self.noise
        above = bool(captures) and captures[0].first_line > first
        if above and is_configuration(self.screen.lines[:first]):
            captures = [self._capture(None, CONFIG_COMMAND, 0, first), *captures]
            noise = [index for index in noise if index > first]
        return Transcript(
            captures=tuple(captures),
            echoes=tuple(index + 1 for index in sorted(self.echoes)),
            noise=tuple(index + 1 for index in noise),
            hosts=self.screen.hosts,
        )

    def _prompt(self, index: int, found: Prompt) -> bool:
        """Take a prompt; True when its command goes on in the next line."""
        cut = self.screen.cut_names if found.mode else {}
        self.host = cut.get(found.hostname, found.hostname)
        typed = found.typed
        self.echoes.append(index)
        silent = not typed or typed.endswith(("^C", "^Z")) or is_syslog(typed)
        if self.open is not None and self.open.empty and self.open.origin == "given":
            if silent:
                # A prompt above an output whose echo is not there.
                self.open.start = index + 1
                return False
            self.open = None
        self._close(index)
        self.waiting = silent and not found.mode
        if silent or (found.mode and not typed.lower().startswith("do ")) or is_session(typed):
            return False
        command, wrapped = self._typed(index, typed)
        self._drop_unfinished(index, command)
        self.open = _Open(self.host, command, index + 1 + wrapped, "prompt")
        return wrapped

    def _typed(self, index: int, typed: str) -> tuple[str, bool]:
        """The whole command, and whether its end stands in the next line."""
        lines = self.screen.lines
        if typed.startswith("$"):
            # IOS scrolls a long line to the left and repaints it; its beginning was shown before.
            shown = prompt(_REPAINTED.split(self.screen.raw[index], maxsplit=1)[0])
            if shown is not None and resolved(shown.typed) is not None:
                return shown.typed, False
        full = may_wrap(lines[index]) and index + 1 < len(lines)
        # Behind a `|` anything could be the end of the command.
        if full and index + 1 not in self.screen.prompts and "|" not in typed:
            shell = prompt(rejoined(lines[index : index + 2]))
            if lines[index + 1].strip() and shell and resolved(shell.typed) is not None:
                return shell.typed, True
        return typed, False

    def _drop_unfinished(self, index: int, command: str) -> None:
        """Forget a command that was echoed twice, or completed by TAB in the next line."""
        if self.last_end != index or self.captures[-1].host != self.host:
            return
        before = self.captures[-1].command
        if command == before or (command.startswith(before) and command[len(before)] != " "):
            self.captures.pop()

    def _line(self, index: int, line: str) -> None:
        """Take a line that is no prompt and not blank."""
        opened = self.open
        if line.startswith(_PUTTY):
            self._close(index)
            self.noise.append(index)
            self.waiting = True
        elif opened is not None and opened.empty and _repeats(line, opened.command):
            self.echoes.append(index)
            opened.start = index + 1
        elif (self.waiting if opened is None else opened.origin == "bare") and _is_bare_echo(line):
            self._close(index)
            self.echoes.append(index)
            self.open = _Open(self.host, line.strip(), index + 1, "bare")
        elif opened is not None:
            opened.empty = False
        else:
            self.noise.append(index)
            self.waiting = self.waiting and is_syslog(line)

    def _close(self, end: int) -> None:
        """The output that is being read ends before line index `end`."""
        opened, self.open = self.open, None
        self.last_end = -1
        if opened is None:
            return
        command = resolved(opened.command)
        if command is not None and command.family == "tech-support" and not command.output_filter:
            self._sections(opened, end)
            return
        self.captures.append(self._capture(opened.host, opened.command, opened.start, end))
        if opened.start == end:
            self.last_end = end

    def _sections(self, opened: _Open, end: int) -> None:
        """Split a `show tech-support` at its headings; without one it stays whole."""
        found = list(_headings(self.screen.lines, opened.start, end))
        if not found:
            self.captures.append(self._capture(opened.host, opened.command, opened.start, end))
            return
        for index in range(opened.start, found[0][0]):
            if self.screen.lines[index].strip():
                self.noise.append(index)
        stops = [index for index, _ in found[1:]] + [end]
        for (index, command), stop in zip(found, stops, strict=True):
            self.echoes.append(index)
            self.captures.append(self._capture(opened.host, command, index + 1, stop))

    def _capture(self, host: str | None, command: str, start: int, end: int) -> Capture:
        lines = self.screen.lines
        shown = lines[start:end]
        if end < len(lines) and at_pager(lines[end]):
            # The prompt behind it belongs to the session; that the output was cut stays to be seen.
            shown.append("--More--")
        while shown and not shown[-1].strip():
            shown.pop()
        text = "\n".join(shown)
        return Capture(
            host=host, command=command, text=text, source=self.source, first_line=start + 1
        )


def _headings(lines: Sequence[str], start: int, end: int) -> Iterator[tuple[int, str]]:
    for index in range(start, end):
        if lines[index].startswith("----"):
            command = tech_heading(lines[index])
            if command is not None:
                yield index, command


def _is_bare_echo(line: str) -> bool:
    """Whether the line is a command that stands there without a prompt."""
    return not line[0].isspace() and looks_like_command(line) and resolved(line.strip()) is not None


def _repeats(line: str, command: str) -> bool:
    if not looks_like_command(line):
        return False
    return line.split() == command.split() or (
        (other := resolved(line.strip())) is not None and other == resolved(command)
    )
