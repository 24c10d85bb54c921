"""A verb that the tests write themselves."""

import sys
from collections.abc import Callable
from types import ModuleType

import click
import pytest

from getvpn.cli.main import VERBS

Verb = Callable[[], int | None]


@pytest.fixture
def add_verb(monkeypatch: pytest.MonkeyPatch) -> Callable[[Verb], None]:
    """Add a function to the command as the verb `probe`."""

    def add(function: Verb) -> None:
        module = ModuleType("getvpn.cli.probe")
        vars(module)["command"] = click.command()(function)
        monkeypatch.setitem(sys.modules, module.__name__, module)
        monkeypatch.setitem(VERBS, "probe", "Probe")

    return add
