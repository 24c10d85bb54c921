"""What the actions of `lab` share: asking the lab, names of devices, spans of time, tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from ..errors import GetvpnError, InputError, UsageError, printable

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400}
DAY_S: Final = 86_400
COMPLETION_S: Final = 2.0
"""How long somebody who presses TAB waits."""
Row = Sequence[str]
Action = TypeVar("Action", bound=Callable[..., object])


def ask(lab: str | None, request: Mapping[str, object], **more: Any) -> Any:
    """The answer of the lab that is meant; `more` is for `asking.ask`."""
    from ..emulator.lab.asking import ask as asked
    from ..emulator.lab.places import socket_path, the_lab

    return asked(socket_path(the_lab(lab)), dict(request), **more)


# ---- names ----


def complete_devices(
    ctx: click.Context, _param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """The devices of the running lab that begin like this; none if no lab answers."""
    return _items(_nodes(ctx), incomplete, _given(ctx))


def complete_sides(
    ctx: click.Context, _param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Names joined by commas: the last is completed with a device that stands nowhere yet."""
    return _last_of(ctx, incomplete, (name for word in _given(ctx) for name in word.split(",")))


def complete_pairs(
    ctx: click.Context, _param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Names joined by commas: the last is completed with a device that is not in the word yet."""
    return _last_of(ctx, incomplete, ())


def _last_of(ctx: click.Context, incomplete: str, used: Iterable[str]) -> list[CompletionItem]:
    before, comma, last = incomplete.rpartition(",")
    return _items(_nodes(ctx), last, {*used, *before.split(",")}, before + comma)


def complete_labs(
    _ctx: click.Context, _param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """The running labs that begin like this."""
    from ..emulator.lab.places import running

    with suppress(GetvpnError, OSError):
        return _items(running(), incomplete)
    return []


def complete_faults(
    ctx: click.Context, _param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """The faults that begin like this; what may follow is not completed."""
    from ..emulator.faults import FaultKind

    return [] if ctx.params.get("fault") else _items(FaultKind, incomplete)


def _items(
    names: Iterable[str], incomplete: str, used: Iterable[str] = (), before: str = ""
) -> list[CompletionItem]:
    from click.shell_completion import CompletionItem

    taken = set(used)
    return [
        CompletionItem(before + name)
        for name in names
        if name.startswith(incomplete) and name not in taken
    ]


def _nodes(ctx: click.Context) -> Iterable[str]:
    with suppress(GetvpnError, OSError, ValueError):
        found: dict[str, list[str]] = ask(
            ctx.params.get("lab"), {"do": "nodes"}, timeout_s=COMPLETION_S
        )
        return found
    return ()


def _given(ctx: click.Context) -> Iterable[str]:
    """The words that stand before the one that is completed."""
    for name, value in ctx.params.items():
        if name != "lab":
            yield from value if isinstance(value, tuple) else [str(value)]


lab_option = click.option(
    "--lab",
    "lab",
    metavar="NAME",
    help="Which lab, if several run.",
    shell_complete=complete_labs,
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def device_argument(
    name: str = "device", metavar: str = "DEVICE", **more: Any
) -> Callable[[Action], Action]:
    """An argument that is the name of a device, or several."""
    return click.argument(name, metavar=metavar, shell_complete=complete_devices, **more)


def no_device(name: str) -> InputError:
    """The error to raise for a name that no device has."""
    return InputError(f"there is no device {name!r}", hint="getvpn lab list names the devices")


def names_in(word: str) -> list[str]:
    """The names of a word such as `KS1,GM1`; raises UsageError if there is none."""
    names = [name for name in word.split(",") if name]
    if not names:
        raise UsageError(f"{word!r} names no device", hint="join names by commas: KS1,GM1")
    return names


# ---- times ----


def seconds_of(span: str) -> float:
    """The seconds of a span of time such as `15m`; raises UsageError."""
    from math import isfinite

    number, unit = (span[:-1], span[-1:]) if span[-1:] in SECONDS else (span, "s")
    try:
        seconds = float(number) * SECONDS[unit]
    except ValueError:
        seconds = -1.0
    if seconds < 0 or not isfinite(seconds):
        raise UsageError(f"{span!r} is no span of time", hint="write 90s, 15m, 2h or 1d")
    return seconds


def span_of(seconds: float) -> str:
    """Seconds as `h:mm:ss`, with days before it if there are any."""
    whole = int(seconds)
    hours, rest = divmod(whole % DAY_S, 3600)
    text = f"{hours}:{rest // 60:02}:{rest % 60:02}"
    return f"{whole // DAY_S}d {text}" if whole >= DAY_S else text


def moment_of(when: float, *, parts: bool = False) -> str:
    """A time of the lab, in UTC; with thousandths of a second if the `parts` matter."""
    form = "%Y-%m-%d %H:%M:%S"
    if not parts:
        return datetime.fromtimestamp(when, UTC).strftime(form)
    # rounded first: 0.9996 s belong to the next second
    moment = datetime.fromtimestamp(round(when, 3), UTC)
    return f"{moment.strftime(form)}.{round(moment.microsecond / 1000):03}"


# ---- tables ----


def aligned(rows: Sequence[Row], indent: str = "") -> str:
    """Rows as a table; what devices and files say cannot steer the terminal."""
    safe = [[printable(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*safe, strict=True)]
    return "\n".join(
        indent + "  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip()
        for row in safe
    )


def filled(rows: Sequence[Row]) -> list[Row]:
    """The rows without the columns that are empty below their heading."""
    kept = [n for n in range(len(rows[0])) if any(row[n] for row in rows[1:])]
    return [[row[n] for n in kept] for row in rows]
