"""Which worker of pytest-xdist runs which tests, and when."""

from typing import Any

from xdist.scheduler import LoadGroupScheduling

FIRST = (
    "tests/simulation/test_judges.py",
    "tests/emulator/commands/test_parsers_sweep.py",
    "tests/emulator/clients/test_ansible.py",
    "tests/emulator/clients/test_unicon.py",
    "tests/emulator/clients/",
    "tests/cli/test_lab.py",
    "tests/emulator/lab/test_hostile_clients.py",
    "tests/docs/test_lab_document.py",
)
"""What takes longest."""
SINGLY = "tests/emulator/clients/"
"""Where the tests of a file need not stay together: they wait more than they share."""


def rank(path: str) -> int:
    """How soon the tests of a file come."""
    return next((rank for rank, first in enumerate(FIRST) if path.startswith(first)), len(FIRST))


class Scheduler(LoadGroupScheduling):
    """Gives out the tests of a file together: they share fixtures, and keys of the same seeds."""

    def _split_scope(self, nodeid: str) -> str:
        scope: str = super()._split_scope(nodeid)
        path = nodeid.partition("::")[0]
        return path if scope == nodeid and not path.startswith(SINGLY) else scope

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
