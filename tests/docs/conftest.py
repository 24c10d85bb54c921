"""Tests that execute the commands of a page have to execute all of them.

`@pytest.mark.executes("docs/page.md")` marks such a test, `@pytest.mark.executes("docs/page.md",
"A heading")` one that executes those of a section; it gets them as the fixture `script`.
"""

from collections.abc import Generator, Iterator

import pytest

from ..fleets import LabFleet
from ..tasks.conftest import postgres, psycopg, server  # noqa: F401 - fixtures
from .memory import first
from .over_ssh import served
from .script import Script, script_of


def pytest_configure(config: pytest.Config) -> None:
    """Make the mark known."""
    config.addinivalue_line("markers", "executes(page, section, ...): types the commands there")


@pytest.fixture
def script(
    request: pytest.FixtureRequest,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Script:
    """The commands that the mark of the test names."""
    mark = request.node.get_closest_marker("executes")
    page, *sections = mark.args
    return script_of(page, tuple(sections), capsys, monkeypatch)


@pytest.fixture(scope="session")
def first_fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabFleet]:
    """The first network of docs/intent.md over SSH, for tests of the group OVER_SSH."""
    with served(first(), tmp_path_factory.mktemp("fleet")) as made:
        yield made


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    """Fail a test that leaves a command of its page unexecuted."""
    found = yield
    if pyfuncitem.get_closest_marker("executes"):
        left = pyfuncitem.funcargs["script"].left
        assert not left, "not executed: " + "; ".join(map(str, left))
    return found
