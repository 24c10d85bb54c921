"""The prompts, and how long names are cut in them (seen on devices; Cisco documents the 30)."""

import re

HOST_IN_CONFIG = 20
PROMPT_LENGTH = 30
PRIVILEGED = 2
"""From this level on the prompt ends in `#`."""
_MARK = re.compile(r"%(.)")


def exec_prompt(hostname: str, privilege: int) -> str:
    """The prompt outside the configuration: the whole name."""
    return f"{hostname}{'#' if privilege >= PRIVILEGED else '>'}"


def chosen_prompt(text: str, hostname: str, privilege: int, line_number: int) -> str:
    """The prompt that `prompt TEXT` asks for (Cisco command reference, `prompt`).

    `%h` is the name, `%n` the number of the line, `%p` the mark of the privilege, `%s` a blank,
    `%t` a tab.
    """
    marks = {
        "h": hostname,
        "n": str(line_number),
        "p": exec_prompt("", privilege),
        "s": " ",
        "t": "\t",
        "%": "%",
    }
    return _MARK.sub(lambda found: marks.get(found[1], found[0]), text)


def tcl_prompt(hostname: str) -> str:
    """The prompt of the Tcl shell: 20 characters of the name (unicon has one that is cut)."""
    return f"{hostname[:HOST_IN_CONFIG]}(tcl)#"


def config_prompt(hostname: str, mode: str, *, cut: bool) -> str:
    """The prompt of a configuration mode: 20 characters of the name, and the mode.

    `cut` shortens the mode so that the whole has 30 characters, as Cisco's notes on `hostname`
    say; transcripts of IOS-XE have longer ones.
    """
    host = hostname[:HOST_IN_CONFIG]
    if cut:
        mode = mode[: PROMPT_LENGTH - len(host) - len("()#")]
    return f"{host}({mode})#"
