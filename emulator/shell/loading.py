"""A configuration text typed in by nobody: the startup configuration, `copy … running-config`."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .configuring import Configuring, FailedError
from .dialogue import Script, finish, unindented

if TYPE_CHECKING:
    from ..device import Router

CARET_END = "\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A line that was not taken.

    `text` is what was printed, with the line above it; `said` the router's words, empty when it
    only pointed at the line. `kept` is the line as logs may keep it: without secrets.
    """

    lineno: int
    line: str
    text: str
    said: str = ""
    kept: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What became of a text: the lines that were refused, and everything that was printed."""

    rejected: tuple[Rejected, ...]
    output: str


def load(
    router: "Router", text: str, *, user: str = "", origin: str = "console", stop: bool = False
) -> Loaded:
    """Merge a configuration text into the running configuration, line by line, as IOS does.

    With `stop` nothing is entered after the first line that is refused.
    """
    script = Script(unindented(text), user=user, origin=origin)
    rejected: list[Rejected] = []
    finish(_lines(router, script, rejected, stop=stop))
    return Loaded(rejected=tuple(rejected), output="".join(script.output))


async def _lines(router: "Router", script: Script, rejected: list[Rejected], *, stop: bool) -> None:
    place = Configuring(router, script)
    while (line := script.next_line()) is not None:
        word = line.strip()
        if not word or word.startswith("!"):
            continue
        if word == "end":
            break
        if word == "exit":
            place.leave_mode()
            continue
        lineno = script.lineno
        try:
            printed = await place.line(line)
        except FailedError as failed:
            said = _said(line, failed)
            script.write(said)
            words = failed.text if failed.column is None else ""
            rejected.append(
                Rejected(lineno=lineno, line=line, text=said, said=words, kept=place.kept)
            )
            if stop:
                break
        else:
            if printed:
                script.write(printed)


def _said(line: str, failed: FailedError) -> str:
    if failed.column is None:
        return f"{line}\n{failed.text}\n"
    return f"{line}\n{' ' * failed.column}^\n{failed.text}\n\n"
