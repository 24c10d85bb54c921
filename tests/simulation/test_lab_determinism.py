"""The same lab, seed and commands: the same events, to the byte, wherever and whenever."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from .router_lab import KINDS
from .scripts.typed_lab import played

SCRIPT = Path(__file__).parent / "scripts" / "typed_lab.py"


def elsewhere(kind: str, seed: int, hash_seed: str) -> str:
    """The same in a process of its own, whose sets and dictionaries are hashed otherwise."""
    environment = os.environ | {"PYTHONHASHSEED": hash_seed}
    found = subprocess.run(
        [sys.executable, SCRIPT, kind, str(seed)],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return found.stdout


@pytest.mark.parametrize("kind", KINDS)
def test_commands_give_the_same_again_in_one_process(kind: str) -> None:
    assert played(kind, 7) == played(kind, 7)


@pytest.mark.parametrize(("kind", "hash_seed"), [("unicast", "1"), ("gikev2", "2")])
def test_commands_give_the_same_in_another_process(kind: str, hash_seed: str) -> None:
    assert elsewhere(kind, 7, hash_seed) == played(kind, 7)


def test_another_seed_gives_other_events() -> None:
    assert played("unicast", 7) != played("unicast", 8)
