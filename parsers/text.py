"""Terminal text made readable: lines with their numbers, free of what the session added.

A capture of an IOS session holds more than the command's output: the pager and its backspaces, ANSI
sequences, carriage returns, the echo of the command, prompts, syslog lines that arrived meanwhile.
`clean` removes the terminal's part and keeps the number of the line that each text came from.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from ..errors import ParseError

MAX_INPUT_CHARS = 64 * 1024 * 1024
"""Largest text that is looked at; a `show tech-support` of a large chassis stays well below."""

MAX_LINE_CHARS = 4096
"""Longest line that patterns are tried on; IOS prints none that long in the commands known here."""

SCREEN_WIDTHS = (80, 132)
"""Terminal widths in columns at which loggers are seen to break lines (IOS default 80)."""

LOST_BLANKS = 4
"""How many blanks at the end of a broken line may be lost: a gap between two columns."""

_EDGE_COLUMNS = frozenset(
    width - lost for width in SCREEN_WIDTHS for lost in range(LOST_BLANKS + 1)
)

_ANSI = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b\n]{0,256}(?:\x07|\x1b\\)|[ -/]{0,2}[0-~])"
)
# "erase to the end of the line" goes through the cleaning as one character
_ERASE = re.compile(r"\x1b\[0?K")
_ERASE_LINE = "\x1b[2K"
_ERASED = "\x18"
# blanks and marks of typesetting, which come along when a text is copied from a page
_TYPESET = {0xA0: " ", 0x200B: None, 0xFEFF: None}
_RUN = re.compile(f"\b+|\r+|{_ERASED}+|[^\b\r{_ERASED}]+")
_CONTROL = re.compile(r"[\x00-\x07\x0b\x0c\x0e-\x1f\x7f]")
_CONTROL_BYTES = bytes(code for code in range(128) if _CONTROL.match(chr(code)))
_PAGER_WORDS = ("More", "MORE", "more")
_PAGER = r"[ \t]*<?(?P<dashes>-{2,8}) ?(?:More|MORE|more) ?(?P=dashes)>?"
_MORE = re.compile(rf"(?:{_PAGER} ?)+")
_WIPED_MORE = re.compile(rf"(?:[\b\r]*{_PAGER}(?: {{0,80}}[\b\r{_ERASED}])+)+")
# fewer blanks than this may be the end of a line that goes on in the next
_PADDING = " " * 3
# what is left of wiping the pager's prompt out where the logger drops backspaces
_WIPE = " " * 8
_PROMPT = re.compile(r"^([A-Za-z0-9_][\w.\-/:@~+]{0,63})(\([\w.\-/: ]{1,40}\))?([#>])[ \t]*(.*)$")
_SYSLOG = re.compile(
    r"^(?:<\d{1,3}>)?(?:\d{1,10}: )?(?:[\w.\-:]{1,64}: ){0,2}[*.]?"
    r"(?:(?:[A-Z][a-z]{2} {1,2}\d{1,2}(?: \d{4})?|\d{4}-\d\d-\d\d)[ T]\d\d:\d\d:\d\d(?:\.\d{1,6})?"
    r"(?: [A-Za-z]{2,5})?: |\d{1,3}[wdy]\d{1,2}[dhw]: |\d\d:\d\d:\d\d: )?"
    r"%[A-Z][A-Z0-9_]{1,40}(?:-[A-Z0-9_]{1,40}){0,3}-[0-7]-[A-Z0-9_]{2,60}:(?: |$)"
)
_PREAMBLE = re.compile(
    r"^(?:Load for five secs: |Time source is |No time source[, ])", re.IGNORECASE
)


class Line(NamedTuple):
    """One line of the input: `lineno` counts from 1, `text` has the terminal's traces removed."""

    lineno: int
    text: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """A device prompt found at the start of a line, with what was typed behind it (maybe '')."""

    hostname: str
    mode: str
    """Text of the parentheses, such as `config-gdoi-group`; '' in exec mode."""
    sign: str
    typed: str


@dataclass(frozen=True, slots=True)
class CleanText:
    """The lines of a text after `clean`: `texts[i]` stood in line `numbers[i]` of the input.

    `pager_lines` holds the numbers of lines at which a pager prompt stands with nothing behind it,
    or the prompt of a device: when that is the end of an output, it was cut short.
    """

    texts: list[str]
    numbers: Sequence[int]
    logs: tuple[Line, ...]
    pager_lines: tuple[int, ...]
    may_prompt: bool
    """Whether a line can hold a prompt at all."""
    log_tails: Mapping[int, bool] = field(default_factory=dict)
    """Numbers of lines that stand where the end of a syslog line would, broken by the screen.

    True: what stands before fills the screen to the last column; False: but for a few blanks.
    """

    @property
    def lines(self) -> list[Line]:
        """The lines with their numbers."""
        return list(map(Line, self.numbers, self.texts))


def clean(text: str, *, source: str | None = None, keep_logs: bool = False) -> CleanText:
    """Undo what the terminal did to `text` and set syslog lines apart.

    `keep_logs` leaves syslog lines where they are (for `show logging`). Raises `ParseError` when
    the text is longer than `MAX_INPUT_CHARS`.
    """
    raw = physical_lines(text, source=source)
    may_prompt = "#" in text or ">" in text
    has_logs = not keep_logs and "%" in text
    if not has_logs and not any(word in text for word in _PAGER_WORDS):
        return CleanText(raw, range(1, len(raw) + 1), (), (), may_prompt)
    texts: list[str] = []
    numbers: list[int] = []
    logs: list[Line] = []
    pager: list[int] = []
    tails: dict[int, bool] = {}
    before: str | None = None
    for lineno, body in enumerate(raw, start=1):
        if "-" in body and (more := _MORE.match(body)):
            padded, body = may_wrap(body), body[more.end() :]
            if body.startswith(_WIPE) and not (padded or may_wrap(body)):
                body = body.removeprefix(_WIPE)
            elif not body.strip():
                pager.append(lineno)
                continue
            if prompt(body) is not None:
                pager.append(lineno)
        if has_logs and "%" in body and _SYSLOG.match(body.lstrip()):
            logs.append(Line(lineno, body.strip()))
            before = body
            continue
        if before is not None:
            if may_wrap(before) and body.strip() and not before.endswith(_PADDING):
                tails[lineno] = len(before) in SCREEN_WIDTHS
                before = body
            else:
                before = None
        texts.append(body)
        numbers.append(lineno)
    return CleanText(texts, numbers, tuple(logs), tuple(pager), may_prompt, tails)


def physical_lines(text: str, *, source: str | None = None) -> list[str]:
    """`text` as the list of the lines a screen would have shown, ANSI and overwriting resolved."""
    if len(text) > MAX_INPUT_CHARS:
        raise ParseError(
            f"text of {len(text)} characters is over the limit of {MAX_INPUT_CHARS}",
            source=source,
            expected="a smaller capture; split the file by command",
        )
    if not text.isascii():
        text = text.translate(_TYPESET)
    if "\0" in text:
        # Telnet puts it behind a bare carriage return
        text = text.replace("\0", "")
    if "\x1b" in text:
        if "\b" in text or "\r" in text:
            text = _ERASE.sub(_ERASED, text.replace(_ERASE_LINE, f"\r{_ERASED}"))
        text = _ANSI.sub("", text)
    if "\r" in text:
        text = text.replace("\r\r\n", "\n").replace("\r\n", "\n")
        if "\n" not in text.rstrip("\n"):
            text = text.replace("\r", "\n")
    lines = text.split("\n")
    if "\b" in text or "\r" in text:
        lines = [_on_screen(line) if "\b" in line or "\r" in line else line for line in lines]
    if _has_control(text):
        lines = [_CONTROL.sub("", line) for line in lines]
    return lines


def _has_control(text: str) -> bool:
    if not text.isascii():
        return _CONTROL.search(text) is not None
    data = text.encode("ascii")
    return len(data.translate(None, _CONTROL_BYTES)) != len(data)


def _on_screen(line: str) -> str:
    """What a screen shows of a line in which the cursor went back."""
    wiped = _WIPED_MORE.match(line)
    if wiped is None:
        return _overwrite(line)
    # however well the pager's prompt was wiped out, what follows it is the line
    shown = _overwrite(line[wiped.end() :])
    # where the pager was told to quit, that stays to be seen
    return f"--More-- {shown}" if prompt(shown) is not None else shown


def _overwrite(line: str) -> str:
    """Replay backspaces and carriage returns: later characters stand over earlier ones."""
    if "\b" not in line and "\r" not in line:
        return line
    cells: list[str] = []
    column = 0
    for match in _RUN.finditer(line):
        run = match[0]
        if run[0] == "\b":
            column = max(0, column - len(run))
        elif run[0] == "\r":
            column = 0
        elif run[0] == _ERASED:
            del cells[column:]
        else:
            cells[column : column + len(run)] = run
            column += len(run)
    return "".join(cells)


def prompt(line: str) -> Prompt | None:
    """The prompt at the start of `line`, or None. `line` may be any text."""
    if "#" not in line and ">" not in line:
        return None
    match = _PROMPT.match(line.strip()[:MAX_LINE_CHARS])
    if match is None:
        return None
    hostname, mode, sign, typed = match.groups()
    return Prompt(hostname, (mode or "")[1:-1], sign, typed.strip())


def is_syslog(line: str) -> bool:
    """Whether `line` has the form of an IOS system message (`%FACILITY-SEVERITY-MNEMONIC: …`)."""
    return "%" in line and _SYSLOG.match(line.strip()) is not None


def at_pager(line: str) -> bool:
    """Whether a pager's prompt stands at the start of `line`."""
    return "-" in line and _MORE.match(line) is not None


def is_preamble(line: str) -> bool:
    """Whether `line` is what `terminal exec prompt timestamp` prints in front of an output."""
    return _PREAMBLE.match(line) is not None


def screen_width(texts: Sequence[str]) -> int:
    """The width of the screen that may have broken lines of `texts`; 0 when none did."""
    width = max(map(len, texts), default=0)
    return width if width in _EDGE_COLUMNS else 0


def rejoined(parts: Sequence[str]) -> str:
    """The line that the edge of the screen broke into `parts`, less the blanks around it."""
    whole = "".join(part if len(part) in SCREEN_WIDTHS else f"{part} " for part in parts)
    return whole.strip()


def without_padding(texts: Sequence[str]) -> Sequence[str]:
    """The lines without the blanks that some loggers fill the screen's lines up with."""
    padded = sum(may_wrap(text) and text.endswith(_PADDING) for text in texts)
    if 2 * padded <= sum(map(bool, texts)):
        return texts
    return [text.rstrip() for text in texts]


def without_tabs(line: str) -> str:
    """`line` with blanks for its tabs, as wide as on a screen where that is how it was broken."""
    if "\t" not in line:
        return line
    shown = line.expandtabs(8)
    return shown if may_wrap(shown) else line.replace("\t", " ")


def may_wrap(line: str) -> bool:
    """Whether `line` ends where a screen does, so that the next line may be its continuation."""
    return len(line) in _EDGE_COLUMNS
