"""Banners: texts of several lines between two delimiters.

IOS prints the delimiter as `^C`, whatever was typed. An entry has the arguments `kind` and `text`.
"""

from ..config.edit import Edit
from ..grammar import CommandSet
from ..shell.dialogue import Script

KINDS = "exec|incoming|login|motd|prompt-timeout|slip-ppp"
SHOWN = "^C"
CTRL_C = "\x03"
MAX_CHARS = 64 * 1024

declared = CommandSet()
declared.words(
    {
        "config: banner": "Define a login banner",
        "banner exec": "Set EXEC process creation banner",
        "banner incoming": "Set incoming terminal line banner",
        "banner login": "Set login banner",
        "banner motd": "Set Message of the Day banner",
        "banner prompt-timeout": "Set Message for login authentication timeout",
        "banner slip-ppp": "Set Message for SLIP/PPP",
        **dict.fromkeys(
            (f"config: banner {kind} LINE" for kind in KINDS.split("|")),
            "c banner-text c, where 'c' is a delimiting character",
        ),
    }
)


async def _banner(edit: Edit) -> None:
    if edit.text is None:
        return
    typed = str(edit.values["text"])
    delimiter = SHOWN if typed.startswith(SHOWN) else typed[0]
    text, met, _ = typed[len(delimiter) :].partition(delimiter)
    if not met:
        text = f"{text}\n{await _further_lines(edit, delimiter)}"
    text = text.replace("\r", "")[:MAX_CHARS]
    edit.values["text"] = text
    if not text:
        edit.text = None
        return
    # words that hold the usual mark keep their own, or the line could not be read again
    mark = delimiter if SHOWN in text else SHOWN
    edit.text, *more = f"banner {edit.values['kind']} {mark}{text}{mark}".split("\n")
    edit.lines = tuple(more)


async def _further_lines(edit: Edit, delimiter: str) -> str:
    if not isinstance(edit.dialogue, Script):
        shown = SHOWN if delimiter == CTRL_C else delimiter
        edit.dialogue.write(f"Enter TEXT message.  End with the character '{shown}'.\n")
    return await edit.dialogue.read_until(delimiter)


declared.setting("config", f"banner <kind!:{KINDS}> <text:line>", section="banner", check=_banner)
