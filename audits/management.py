"""How devices of a group are managed: single lines of their configurations, and terminal lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, cast

from .ike import has_role, is_server
from .rule import Finding, Fix, NotChecked, Outcomes, Severity

if TYPE_CHECKING:
    from ..parsers.config import ConfigLine, DeviceConfig
    from .context import DeviceContext
    from .facts import DeviceFacts

Check = Callable[["DeviceContext", "DeviceConfig"], Outcomes]
_INDEX = "global lines by their first word"
_TERMINALS = "terminal lines"

NOT_THE_DEVICE = "the text is about GETVPN alone: it has no 'line' block"
"""Why what is absent from a text that was written for GETVPN alone, or rendered, is not judged."""

KEY_SERVER = """
hostname ks1
line con 0
 stopbits 1
{lines}crypto gdoi group G1
 identity number 1001
 server local
  address ipv4 10.10.1.1
"""
"""A key server for examples, with `lines` of its management."""

MEMBER = """
hostname gm1
line con 0
 stopbits 1
{lines}crypto gdoi group G1
 identity number 1001
 server address ipv4 10.10.1.1
 server address ipv4 10.10.2.1
crypto map WAN 10 gdoi
 set group G1
interface GigabitEthernet0/0/1
 ip address 10.20.1.1 255.255.255.252
{interface} crypto map WAN
"""
"""A member for examples, with `lines` of its management and of its `interface`."""


def managed(check: Check) -> Callable[[DeviceContext], Outcomes]:
    """A rule function for the configurations of key servers and members; others pass."""

    @wraps(check)
    def checked(ctx: DeviceContext) -> Outcomes:
        if not has_role(ctx.device):
            return
        if ctx.config is None:
            yield ctx.missing()
            return
        yield from check(ctx, ctx.config)

    return checked


def on_servers(check: Check) -> Callable[[DeviceContext], Outcomes]:
    """A rule function for the configurations of key servers; others pass."""

    @wraps(check)
    def checked(ctx: DeviceContext) -> Outcomes:
        if not is_server(ctx.device):
            return
        if ctx.config is None:
            yield ctx.missing()
            return
        yield from check(ctx, ctx.config)

    return checked


def tells_all(device: DeviceFacts) -> bool:
    """Whether the configuration is one of a device at large, and not of its GETVPN alone.

    Every device has terminal lines, and prints them.
    """
    return bool(lines(device, "line"))


def absent(
    ctx: DeviceContext,
    message: str,
    *,
    severity: Severity | None = None,
    fixes: Iterable[Fix] | None = None,
    **fill: object,
) -> Finding | NotChecked:
    """A finding that a line about the management of the device is nowhere in its configuration.

    *Not checked* for a text about GETVPN alone, and where `ctx.absent` says so.
    """
    if ctx.config is not None and not ctx.config_missing and not tells_all(ctx.device):
        return ctx.not_checked(NOT_THE_DEVICE)
    return ctx.absent(message, severity=severity, fixes=fixes, **fill)


def lines(device: DeviceFacts, *words: str) -> list[ConfigLine]:
    """The global lines of the configuration that begin with `words`."""
    index = device.memo.get(_INDEX)
    if index is None:
        index = device.memo[_INDEX] = _index(device)
    found = cast("dict[str, list[ConfigLine]]", index).get(words[0], [])
    if len(words) == 1 or not found:
        return found
    start = " ".join(words)
    return [line for line in found if _begins(line.text, start)]


def _begins(text: str, start: str) -> bool:
    """Whether `text` begins with the whole words `start`."""
    return text.startswith(start) and text[len(start) : len(start) + 1] in ("", " ")


def _index(device: DeviceFacts) -> dict[str, list[ConfigLine]]:
    index: dict[str, list[ConfigLine]] = {}
    for line in device.config.tree.lines if device.config is not None else ():
        index.setdefault(line.text.partition(" ")[0], []).append(line)
    return index


def last(device: DeviceFacts, *words: str) -> ConfigLine | None:
    """The last global line that begins with `words`, unless `no` with these words follows it."""
    found = lines(device, *words)
    if not found:
        return None
    undone = lines(device, "no", *words)
    return None if undone and undone[-1].lineno > found[-1].lineno else found[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """A `line` block: `kind` is `con`, `aux`, `vty` or another word, `name` the whole header.

    `transports` are the words of `transport input`, None without that line.
    """

    line: ConfigLine
    kind: str
    name: str
    transports: tuple[str, ...] | None

    @property
    def remote(self) -> bool:
        """Whether users may come in over the network."""
        return self.kind == "vty" and self.transports != ("none",)

    def said(self, *words: str) -> ConfigLine | None:
        """The last line of the block that begins with `words`."""
        return _below(self.line, words)


def terminals(device: DeviceFacts) -> tuple[Terminal, ...]:
    """The `line` blocks of the configuration."""
    found = device.memo.get(_TERMINALS)
    if found is None:
        found = device.memo[_TERMINALS] = tuple(_terminals(device))
    return cast("tuple[Terminal, ...]", found)


def _terminals(device: DeviceFacts) -> Iterator[Terminal]:
    for line in lines(device, "line"):
        words = line.words
        if len(words) > 1:
            transport = _below(line, ("transport", "input"))
            yield Terminal(
                line=line,
                kind=words[1],
                name=line.text,
                transports=None if transport is None else tuple(transport.words[2:]),
            )


def _below(block: ConfigLine, words: Sequence[str]) -> ConfigLine | None:
    start = " ".join(words)
    found = [line for line in block.children if _begins(line.text, start)]
    return found[-1] if found else None
