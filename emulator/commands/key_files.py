"""Keys and certificates as files of a router or of a server: the questions for their names."""

from collections.abc import Generator
from dataclasses import replace
from typing import TypeVar

from ..files import transfer as texts
from ..files.errors import FileError
from ..files.names import FilePath, split_prefix
from ..files.urls import Url, is_remote, parse_url
from ..grammar import RefusedError
from ..saving import ENCODING
from ..shell.call import Call
from .places import answered, directory_of, name_in, quiet

T = TypeVar("T")


async def write_text(call: Call, place: str, name: str, text: str) -> None:
    """Write a file; `place` is what was typed, `name` what the file is called in its directory.

    Raises RefusedError with the router's words.
    """
    await write_bytes(call, place, name, text.encode(ENCODING))


async def write_bytes(call: Call, place: str, name: str, data: bytes) -> None:
    """Write a file, as `write_text` does."""
    router, dialogue = call.router, call.dialogue
    try:
        target = await _asked(call, _offered(call, place, name), "Destination")
        if isinstance(target, Url):
            dialogue.write(f"Writing file to {target}\n")
            _finished(router.servers.writing(target, data))
            return
        if router.files.exists(target) and not quiet(call):
            dialogue.write(texts.OVERWRITE_WARNING)
            if not await dialogue.confirm(texts.OVERWRITE_QUESTION):
                return
        dialogue.write(f"Writing file to {_shown(target)}\n")
        router.files.write(target, data, router.clock.now())
    except FileError as failed:
        raise RefusedError(failed.text) from None


async def read_text(call: Call, place: str, name: str) -> str:
    """Read a file of text; raises RefusedError with the router's words."""
    return (await read_bytes(call, place, name)).decode(ENCODING)


async def read_bytes(call: Call, place: str, name: str) -> bytes:
    """Read a file; raises RefusedError with the router's words."""
    router, dialogue = call.router, call.dialogue
    try:
        source = await _asked(call, _offered(call, place, name), "Source")
        if isinstance(source, Url):
            dialogue.write(f"Reading file from {source}\n")
            content = _finished(router.servers.reading(source))
            return content if isinstance(content, bytes) else b""
        data = router.files.read(source)
        dialogue.write(f"Reading file from {_shown(source)}\n")
    except FileError as failed:
        raise RefusedError(failed.text) from None
    return data


def _offered(call: Call, place: str, name: str) -> FilePath | Url:
    """The file that is offered for what was typed: its name there, or `name` in the directory."""
    _, dot, ending = name.rpartition(".")
    if is_remote(place):
        url = parse_url(place)
        inside = not url.path or url.path.endswith("/")
        return replace(url, path=url.path + (name if inside else f"{dot}{ending}"))
    prefix, _ = split_prefix(place)
    files = call.router.files
    if prefix and prefix not in files.prefixes():
        raise RefusedError(argument="url")
    path = files.locate(place, directory_of(call))
    if not path.parts or files.is_directory(path):
        return path.child(name)
    return FilePath(prefix=path.prefix, parts=(*path.parts[:-1], f"{path.parts[-1]}{dot}{ending}"))


async def _asked(call: Call, offered: FilePath | Url, direction: str) -> FilePath | Url:
    """The file that the user wants, who is offered one."""
    if quiet(call):
        return offered
    name = name_in(offered) if isinstance(offered, FilePath) else offered.path
    answer = await call.dialogue.ask(texts.name_question(direction, name))
    if isinstance(offered, FilePath):
        return answered(call, offered, answer)
    return replace(offered, path=answer.strip() or offered.path)


def _shown(path: FilePath) -> str:
    return f"{path.prefix}{name_in(path)}"


def _finished(steps: Generator[int, None, T]) -> T:
    """What comes out of a transfer that is carried out at once."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: T = end.value
            return result
