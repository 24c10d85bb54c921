import sys
from collections.abc import Callable
from io import BytesIO, TextIOWrapper

import click
import pytest

from getvpn.cli.main import run
from getvpn.cli.output import color_setting, colored, escape_unencodable, fill_missing, result

AddVerb = Callable[[Callable[[], int | None]], None]


class Terminal(TextIOWrapper):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        return True

    def text(self) -> str:
        raw = self.buffer
        assert isinstance(raw, BytesIO)
        return raw.getvalue().decode(self.encoding)


def _terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Make stdout a terminal; not a fixture, since pytest sets stdout anew after the fixtures."""
    stream = Terminal(BytesIO(), encoding="utf-8")
    monkeypatch.setattr(sys, "stdout", stream)
    return stream


@pytest.fixture
def paint(add_verb: AddVerb, monkeypatch: pytest.MonkeyPatch) -> None:
    def probe() -> None:
        result(click.style("red", fg="red") + f" {colored()}")

    add_verb(probe)
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")


@pytest.mark.parametrize(
    ("choice", "environ", "setting"),
    [
        ("auto", {}, None),
        ("auto", {"NO_COLOR": ""}, None),
        ("auto", {"NO_COLOR": "1"}, False),
        ("auto", {"TERM": "dumb"}, False),
        ("always", {"NO_COLOR": "1"}, True),
        ("never", {}, False),
    ],
)
def test_the_option_outranks_the_environment(
    choice: str, environ: dict[str, str], setting: bool | None
) -> None:
    assert color_setting(choice, environ) is setting


@pytest.mark.usefixtures("paint")
def test_a_terminal_gets_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = _terminal(monkeypatch)

    assert run(["probe"]) == 0
    assert terminal.text() == "\x1b[31mred\x1b[0m True\n"


@pytest.mark.usefixtures("paint")
def test_a_terminal_gets_none_when_no_color_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = _terminal(monkeypatch)
    monkeypatch.setenv("NO_COLOR", "1")

    assert run(["probe"]) == 0
    assert terminal.text() == "red False\n"


@pytest.mark.usefixtures("paint")
@pytest.mark.parametrize(
    ("choice", "text"),
    [("auto", "red False\n"), ("always", "\x1b[31mred\x1b[0m True\n"), ("never", "red False\n")],
)
def test_a_file_gets_colour_only_on_demand(
    choice: str, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["--color", choice, "probe"]) == 0
    assert capsys.readouterr().out == text


def test_what_the_encoding_lacks_is_escaped(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = BytesIO()
    monkeypatch.setattr(sys, "stdout", TextIOWrapper(raw, encoding="latin-1"))

    escape_unencodable()
    result("é → ☎")

    assert raw.getvalue() == "é \\u2192 \\u260e\n".encode("latin-1")


@pytest.mark.parametrize("name", ["stdin", "stdout", "stderr"])
def test_a_stream_that_is_closed_is_empty_and_loses_what_is_written(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, name, None)
    fill_missing()
    with getattr(sys, name) as stream:
        assert not stream.isatty()
        if name == "stdin":
            assert stream.read() == ""
        else:
            stream.write("lost")
