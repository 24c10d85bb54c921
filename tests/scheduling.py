"""Which worker of pytest-xdist runs which tests, and when."""

from collections.abc import Sequence
from typing import Any

import pytest
from xdist.scheduler import LoadGroupScheduling

FIRST = (
    "tests/simulation/test_procedure_runs.py",
    "tests/docs/test_tour.py",
    "tests/simulation/test_judges.py",
    "tests/cli/test_lab.py",
    "tests/docs/test_lab_document.py",
    "tests/emulator/commands/test_parsers_sweep.py",
    "tests/emulator/lab/test_hostile_clients.py",
    "tests/e2e/",
)
"""What takes longest."""
WAITING = "tests/emulator/clients/"
"""Where tests wait for clients that take their time; those of a file need not stay together."""
LONGEST_WAIT = WAITING + "test_ansible.py"
WAITED_BY = 0.8


def in_order(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """The tests with those first that take longest, and those that wait among those that work.

    So there is always work to do, and at the end nobody waits long for the last test.
    """
    waiting = [item for item in items if item.nodeid.startswith(WAITING)]
    waiting.sort(key=lambda item: not item.nodeid.startswith(LONGEST_WAIT))
    files: dict[str, list[pytest.Item]] = {}
    for item in items:
        if not item.nodeid.startswith(WAITING):
            files.setdefault(item.nodeid.partition("::")[0], []).append(item)
    working = sorted(files, key=_rank)
    turns = [(place / len(working), files[path]) for place, path in enumerate(working)]
    turns += [(WAITED_BY * place / len(waiting), [item]) for place, item in enumerate(waiting)]
    turns.sort(key=lambda turn: turn[0])
    return [item for _, turn in turns for item in turn]


def _rank(path: str) -> int:
    return next((rank for rank, first in enumerate(FIRST) if path.startswith(first)), len(FIRST))


class Scheduler(LoadGroupScheduling):
    """Gives out the tests of a file together: they share fixtures, and keys of the same seeds."""

    def _split_scope(self, nodeid: str) -> str:
        scope: str = super()._split_scope(nodeid)
        path = nodeid.partition("::")[0]
        return path if scope == nodeid and not path.startswith(WAITING) else scope

    def mark_test_complete(self, node: Any, item_index: int, duration: float = 0) -> None:
        """Forget what is done: all that a worker had is counted again after each test."""
        nodeid = self.registered_collections[node][item_index]
        units = self.assigned_work[node]
        scope = self._split_scope(nodeid)
        unit = units[scope]
        unit[nodeid] = True
        if all(unit.values()):
            del units[scope]
        self._reschedule(node)
