"""Types every command on a router and has every parser read what it prints."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from getvpn.emulator.testing import console

from .readers import Bench
from .sweep_forms import Form, forms
from .sweep_nothing import nothing
from .sweep_readers import genie_parser, ntc_template, read_by_genie, read_by_ntc
from .sweep_routers import SITUATIONS
from .sweep_truth import Truth
from .sweep_wrong import EMPTY, GENIE, NTC, Wrong, wrong

TURN_S = 30.0
LONGEST_S = 900.0


@dataclass(frozen=True)
class Reading:
    """What a parser made of a command: `found`, or `failed` with its words."""

    form: Form
    tool: str
    output: str
    found: Any
    failed: str
    wrong: Wrong | None

    def __str__(self) -> str:
        return f"{self.tool}: {self.form.text}: {self.failed}: {self.output[:200]!r}"


@dataclass(frozen=True)
class Sweep:
    """All readings of a router."""

    bench: Bench
    truth: Truth
    forms: list[Form]
    readings: list[Reading]

    def failures(self) -> list[Reading]:
        """What no parser's mistake excuses."""
        return [
            reading
            for reading in self.readings
            if reading.failed and reading.wrong is None and not self.is_empty(reading)
        ]

    def is_empty(self, reading: Reading) -> bool:
        """Whether a parser finds nothing where there is nothing."""
        return is_empty(self.truth, reading)


def is_empty(truth: Truth, reading: Reading) -> bool:
    """Whether a parser finds nothing where there is nothing."""
    return reading.failed == EMPTY and nothing(truth, reading.form)


@cache
def sweep(platform: str, situation: str) -> Sweep:
    """Type every command on a router of a platform."""
    bench = SITUATIONS[situation](platform)
    truth = Truth(bench)
    typed = forms(truth)
    readings = [reading for form in typed for reading in read_form(bench, truth, form)]
    return Sweep(bench, truth, typed, readings)


def read_form(bench: Bench, truth: Truth, form: Form) -> list[Reading]:
    """Type a command, and have all who can read what it prints."""
    platform = bench.router.platform.name
    tools = []
    if genie_parser(platform, form) is not None:
        tools.append(GENIE)
    if ntc_template(form):
        tools.append(NTC)
    if not tools:
        return []
    output = run(bench, form.text)
    return [_reading(bench, truth, form, output, tool) for tool in tools]


def run(bench: Bench, command: str) -> str:
    """What a command prints, however long it takes."""
    if bench.console.session.over:
        bench.console = console(bench.router)
    text = bench.console.type(f"{command}\n".encode("latin-1"))
    waited = 0.0
    while not text.endswith(bench.console.prompt):
        assert waited < LONGEST_S, f"{command} does not end"
        bench.advance(TURN_S)
        waited += TURN_S
        text += bench.console.take()
    return text.partition("\n")[2].removesuffix(bench.console.prompt)


def _reading(bench: Bench, truth: Truth, form: Form, output: str, tool: str) -> Reading:
    found: Any = None
    failed = ""
    try:
        found = read_by_genie(bench, form, output) if tool == GENIE else read_by_ntc(form, output)
    except Exception as error:  # noqa: BLE001 - parsers fail in every way
        kind = type(error).__name__
        failed = EMPTY if kind == "SchemaEmptyParserError" else f"{kind}: {error}"
    if not failed and not found:
        failed = EMPTY
    mistake = wrong(truth, tool, form, failed) if failed else None
    return Reading(form, tool, output, found, failed, mistake)
