"""Places in file systems and on servers, as arguments of commands."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from ..files.listing import Stamp, date_text
from ..files.names import FilePath, join, split_prefix
from ..grammar import CLASSIC, XE, CommandSet, RefusedError
from ..grammar.declare import Handler
from ..shell.call import Call

FLASH: Final = {XE: ("bootflash:", "flash:"), CLASSIC: ("flash0:", "flash:")}
"""The names of the flash by family."""

LOCAL: Final = {
    family: (*names, "nvram:", "null:", "system:", "tmpsys:") for family, names in FLASH.items()
}
"""The file systems of a router by family."""

_NETWORK: Final = ("tftp:", "ftp:", "http:", "https:", "scp:", "rcp:")
NETWORK: Final = {XE: (*_NETWORK, "sftp:"), CLASSIC: _NETWORK}
"""The kinds of servers by family."""

CONFIGURATIONS: Final = ("running-config", "startup-config")


def place_words(family: str) -> dict[str, str]:
    """What the marks in a syntax stand for: the names that `?` lists and that may be shortened."""
    local = "|".join(LOCAL[family])
    everywhere = "|".join((*CONFIGURATIONS, *LOCAL[family], *NETWORK[family]))
    return {
        "@flash": f"<prefix:{'|'.join(FLASH[family])}>",
        "@local": f"{{<file:{local}> | <file:path>}}",
        "@new": f"{{<new:{local}> | <new:path>}}",
        "@source": f"{{<source:{everywhere}> | <source:path>}}",
        "@target": f"{{<target:{everywhere}> | <target:path>}}",
    }


def on_places(
    declared: CommandSet,
    *syntaxes: str,
    privilege: int = 15,
    families: tuple[str, ...] = (CLASSIC, XE),
) -> Callable[[Handler], Handler]:
    """Declare an exec command whose syntax has marks of `place_words`, for each family."""

    def declare(handler: Handler) -> Handler:
        for family in families:
            texts = list(syntaxes)
            for mark, words in place_words(family).items():
                texts = [text.replace(mark, words) for text in texts]
            declared.exec(*texts, privilege=privilege, families=(family,))(handler)
        return handler

    return declare


def words_for(*commands: str, text: str) -> dict[str, str]:
    """The same help text for every file system behind some words, and for a name."""
    names = (*sorted({name for family in LOCAL.values() for name in family}), "URL")
    return {f"{command} {name}": text for command in commands for name in names}


def directory_of(call: Call) -> FilePath | None:
    """The directory that the user is in; None where sessions begin."""
    return call.session.directory if call.session else None


def place(call: Call, name: str, *, keywords: bool = False) -> FilePath:
    """The place that the argument `name` names.

    Raises RefusedError for a file system that the router has not (IOS does not parse it), FileError
    for a name that no file can have.
    """
    text = str(call.get(name) or "")
    files = call.router.files
    prefix, _ = split_prefix(text)
    if prefix and prefix not in files.prefixes():
        raise RefusedError(argument=name)
    return files.locate(text, directory_of(call), keywords=keywords)


def stamp_of(call: Call) -> Stamp:
    """How the router prints the times of files: by its own clock, in its zone."""
    wall = call.router.wall

    def stamp(seconds: float) -> str:
        local, _ = wall.local(seconds)
        return date_text(local, round((local - wall.utc(seconds)).total_seconds()))

    return stamp


def name_in(path: FilePath) -> str:
    """The name of a place in its file system, as questions offer it."""
    return "/".join(path.parts)


def answered(call: Call, offered: FilePath, answer: str) -> FilePath:
    """The place that an answer to a question for a name means: `offered`, if it is empty."""
    text = answer.strip()
    if not text:
        return offered
    if split_prefix(text)[0]:
        return call.router.files.locate(text)
    return FilePath(prefix=offered.prefix, parts=join((), text))


def quiet(call: Call) -> bool:
    """Whether `file prompt quiet` is configured: file commands ask for nothing that they know."""
    return bool(call.router.config.root.value("file prompt", "mode", "alert") == "quiet")


@contextmanager
def interruptible(call: Call) -> Iterator[None]:
    """Let Ctrl-C and Ctrl-Shift-6 end what the command waits for."""
    session = call.session
    if session is None:
        yield
        return
    session.terminal.interruptible = True
    try:
        yield
    finally:
        session.terminal.interruptible = False
