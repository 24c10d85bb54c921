"""What a device prints, read as a person reads it: echo, refusals, questions, prompts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

PROMPT: Final = re.compile(rb"(?:^|[\r\n])([^\s#>][^\r\n#>]{0,99}[#>] ?)$")
"""A line without an end that looks like a prompt."""
CONFIG_PROMPT: Final = re.compile(rb"(?:^|[\r\n])[^\s()#>]{1,63}\([^\r\n()]{1,40}\)# ?$")
QUESTION: Final = re.compile(
    rb"(?:^|[\r\n])([^\r\n]*(?:"
    rb"\[(?:confirm|[^\]\r\n]{0,40}(?:yes|no|y/n)[^\]\r\n]{0,40})\][ ]?[:?]?"
    rb"|\[[^\]\r\n]{0,80}\][ ]?[:?]|\((?:y/n|yes/no)\)[ ]?[:?]?|assword[^\r\n]{0,40}:"
    rb")[ ]*)$",
    re.IGNORECASE,
)
"""A line without an end that asks: `… [confirm]`, `… [yes/no]:`, `… [name]?`, `Password:`."""
PASSWORD: Final = re.compile(rb"(?:^|[\r\n])[^\r\n]*assword:[ ]*$", re.IGNORECASE)
MAX_WORDS: Final = 200

_REFUSAL: Final = re.compile(
    r"%[ ]?(?:invalid|incomplete|ambiguous|unknown|unrecognized) (?:input|command)\b"
    r"|%[ ]?(?:command )?(?:authorization failed|permission denied)"
    r"|%[ ]?this command is not authorized|command authorization failed"
    r"|%[ ]?bad (?:ip address|mask|hostname|command)",
    re.IGNORECASE,
)
_COMPLAINT: Final = re.compile(r"%(?![A-Z][A-Z0-9_]*-\d-)[ ]?\S")
"""A line that IOS says about what was entered, unlike a message of its log."""
_NOTICE: Final = re.compile(
    r"%[ ]?(?:warning|notice|info|note|the key pair|key pair|the (?:key|name)s? .* will be|"
    r"generating|please (?:wait|note|remember|run)|you (?:already|are about)|"
    r"interface .* (?:will|address)|.*(?:removed due to|will be (?:removed|replaced|generated)))",
    re.IGNORECASE,
)
_BESIDE: Final = re.compile(r"(?:[*.]?[A-Z][a-z]{2} +\d|\d{6}: |%[A-Z][A-Z0-9_]*-\d-)")
"""How a message of the log begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What a device says to a line that it does not take; `column` as in `RefusedError`."""

    words: str
    column: int | None = None


def text_of(data: bytes | bytearray) -> str:
    """Text of a device, its lines ended by line feeds."""
    return data.decode("utf-8", "replace").replace("\r", "").replace("\0", "")


def behind_echo(text: str, command: str) -> str | None:
    """`text` without the echo of `command`; None when it does not begin with it.

    Messages of the log that came before the echo are left out.
    """
    line, end, rest = text.partition("\n")
    if line.rstrip() == command and end:
        return rest
    at = text.find(f"{command}\n")
    if at < 0:
        return None
    before = [each for each in text[:at].split("\n") if each]
    return text[at + len(command) + 1 :] if all(map(_BESIDE.match, before)) else None


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
        if _COMPLAINT.match(said) and not _NOTICE.match(said):
            return Refusal(words=said[:MAX_WORDS])
    return None
