"""What a device prints, read as a person reads it: echo, refusals, questions, prompts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

PROMPT: Final = re.compile(rb"(?:^|[\r\n])([^\s#>][^\r\n#>]{0,99}[#>] ?)$")
"""A line without an end that looks like a prompt."""
CONFIG_PROMPT: Final = re.compile(rb"(?:^|[\r\n])[^\s()#>]{1,63}(\([^\r\n()]{1,40}\)#) ?$")
QUESTION: Final = re.compile(
    rb"(?:^|[\r\n])([^\r\n]*(?:"
    rb"\[(?:confirm|[^\]\r\n]{0,40}(?:yes|no|y/n)[^\]\r\n]{0,40})\][ ]?[:?]?"
    rb"|\[[^\]\r\n]{0,80}\][ ]?[:?]|\((?:y/n|yes/no)\)[ ]?[:?]?|assword[^\r\n]{0,40}:"
    rb")[ ]*)$",
    re.IGNORECASE,
)
"""A line without an end that asks: `… [confirm]`, `… [yes/no]:`, `… [name]?`, `Password:`."""
TEXT_WANTED: Final = re.compile(rb"(?:^|[\r\n])([^\r\n]* on a line by itself\.)[\r\n]+$")
"""What asks for lines of text, whose end is told: `End with "quit" on a line by itself.`"""
PASSWORD: Final = re.compile(rb"(?:^|[\r\n])[^\r\n]*assword:[ ]*$", re.IGNORECASE)
MAX_WORDS: Final = 200

_REFUSAL: Final = re.compile(
    r"%[ ]?(?:invalid|incomplete|ambiguous|unknown|unrecognized) (?:input|command)\b"
    r"|%[ ]?(?:command )?(?:authorization failed|permission denied)"
    r"|%[ ]?this command is not authorized|command authorization failed"
    r"|%[ ]?bad (?:ip address|mask|hostname|command)",
    re.IGNORECASE,
)
_LOGGED: Final = r"%[A-Z][A-Z0-9_]*(?:-[A-Z0-9_]+)*-\d-"
_COMPLAINT: Final = re.compile(
    rf"%(?!{_LOGGED[1:]})[ ]?\S|command rejected\b|error ?:", re.IGNORECASE
)
"""A line that IOS says about what was entered, unlike a message of its log."""
_NOTICE: Final = re.compile(
    r"%[ ]?(?:warning|notice|info|note|the key pair|key pair|the (?:key|name)s? .* will be|"
    r"generating|please (?:wait|note|remember|run|enter)|be sure|not all config may|"
    r"you (?:already|are about)|login disabled on line|default route without gateway|"
    r"a profile is deemed incomplete|this will|removing an enrolled trustpoint|or type|"
    r"some server settings cannot|hostname contains|certificate server (?:en|dis)abled|"
    r"interface .* (?:will|address)|the certificate has been deleted|"
    r".*(?:removed due to|will be (?:removed|replaced|generated)|have been removed))",
    re.IGNORECASE,
)
_BESIDE: Final = re.compile(
    rf"(?:[*.]?[A-Z][a-z]{{2}} +\d|\d{{6}}: |{_LOGGED}|Rollback Confirmed Change: Rollback will"
    r'|Enter "configure confirm" if you wish)'
)
"""How a message of the log begins, and what is said of a change on trial, whatever is typed."""
_MOST_BESIDE: Final = 200
"""Lines that may come between before an answer is taken for one to something else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What a device says to a line that it does not take; `column` as in `RefusedError`."""

    words: str
    column: int | None = None


def text_of(data: bytes | bytearray) -> str:
    """Text of a device, its lines ended by line feeds."""
    return data.decode("utf-8", "replace").replace("\r", "").replace("\0", "")


def size_of_log(tail: bytes | bytearray) -> int:
    """How many bytes at the end of `tail` are messages of the log, with the ends of lines."""
    kept = bytes(tail)
    if not kept.endswith(b"\n"):
        return 0
    found = False
    while kept:
        body = kept.rstrip(b"\r\n")
        line = body.rpartition(b"\n")[2].decode("utf-8", "replace").strip("\r")
        if line and not _BESIDE.match(line):
            return len(tail) - len(body) if found else 0
        found = found or bool(line)
        kept = body[: len(body) - len(body.rpartition(b"\n")[2])]
    return 0


def behind_echo(text: str, command: str, prompt: str = "") -> str | None:
    """`text` without the echo of `command`; None when it does not begin with it.

    Messages of the log that came before the echo, or in the middle of it, are left out, and the
    `prompt` that is printed again after them.
    """
    line, end, rest = text.partition("\n")
    if line.rstrip() == command and end:
        return rest
    wanted, begun = command.strip(), ""
    for _ in range(_MOST_BESIDE):
        line, end, text = text.partition("\n")
        if not end:
            return None
        if not line or _BESIDE.match(line):
            continue
        piece = begun + line
        again = line.removeprefix(prompt) if prompt else line
        if wanted in (piece.strip(), again.strip()):
            return text
        if again != line and wanted.startswith(again.lstrip()):
            begun = again
        elif wanted.startswith(piece.lstrip()):
            begun = piece
        else:
            return None
    return None


def is_beside(lines: Sequence[str], prompt: str) -> bool:
    """Whether there is a message of the log among `lines`, and nothing else but the prompt."""
    said = [line for line in lines if line and line != prompt]
    return bool(said) and all(map(_BESIDE.match, said))


def behind_prompt(text: str, prompt: str) -> str:
    """`text` without what the log said after a prompt that was printed again then."""
    mark = f"\n{prompt}\n"
    at = text.find(mark) if prompt else -1
    if at < 0:
        return text
    said = text[at + len(mark) :].split("\n")
    beside = all(not line or line == prompt or _BESIDE.match(line) for line in said)
    return text[: at + 1] if beside else text


def refusal(text: str, prompt: str) -> Refusal | None:
    """Whether the answer `text` says that the command was not understood or not allowed."""
    begun = text.split("\n", 8)[:8]
    # a word that could be the name of a host is looked up before it is refused
    lines = [line for line in begun if line.strip() and not line.startswith("Translating ")]
    mark = None
    if lines and lines[0].strip() == "^":
        mark = max(lines.pop(0).index("^") - len(prompt), 0)
    if lines and _REFUSAL.match(lines[0]):
        return Refusal(words=lines[0].strip()[:MAX_WORDS], column=mark)
    return None


def complaint(text: str, prompt: str) -> Refusal | None:
    """Whether the answer to a line of a configuration says that it was not taken.

    Everything behind a `%` does, but for messages of the log and what is known to be a notice.
    """
    found = refusal(text, prompt)
    if found is not None:
        return found
    for line in text.split("\n"):
        said = line.strip()
        if _BESIDE.match(said):
            continue
        if _COMPLAINT.match(said) and not _NOTICE.match(said):
            return Refusal(words=said[:MAX_WORDS])
    return None


def consent(question: str) -> str:
    """What says yes to a question, without the Enter; for `[confirm]` that is Enter alone."""
    lower = question.lower()
    if "[confirm]" in lower:
        return ""
    return "y" if "y/n" in lower else "yes"
