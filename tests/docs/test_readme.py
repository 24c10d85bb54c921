"""What the README tells of labs."""

import re
import shlex
from pathlib import Path

from ..labs import LabCommand


def test_the_commands_for_a_lab_do_what_they_are_said_to(labs: LabCommand, root: Path) -> None:
    section = (root / "README.md").read_text("utf-8").split("\n### A lab\n")[1]
    lines = re.findall(r"^getvpn lab ([^#\n]*)", section, re.MULTILINE)
    (up, *words), *others = map(shlex.split, lines)

    assert (up, len(words)) == ("up", 1)
    labs.processes = True
    lab = labs.up(str(root / words[0]))
    assert list(lab.ports()) == ["KS1", "KS2", *(f"GM{number}" for number in range(1, 9))]
    assert "the password is 'admin'" in lab.notes
    for action, *rest in others:
        call = labs.ssh if action == "ssh" else labs.run
        done = call(*rest, "show clock") if action == "ssh" else call(action, *rest)
        notes = "traffic of 56 pairs is recorded, one direction each\n" if "--start" in rest else ""
        expected = "56 pairs in " if action == "outages" and not notes else notes
        assert done.returncode == 0
        assert done.stderr.startswith(expected) if expected else done.stderr == ""
