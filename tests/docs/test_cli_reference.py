"""docs/cli.md is what the command says of itself."""

import os
import subprocess
import sys

from getvpn.cli.main import VERBS

from .modules import DOCS

PAGE = "import make_cli, sys; sys.stdout.write(make_cli.text())"


def test_the_reference_of_the_command_is_current() -> None:
    """In a process of its own: click keeps the names of `--help` that a command had first."""
    written = (DOCS / "cli.md").read_text("utf-8")
    assert [verb for verb in VERBS if f"\n## getvpn {verb}\n" not in written] == []

    hidden = ("COLUMNS", "GETVPN_", "XDG_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(hidden)}
    made = subprocess.run(
        [sys.executable, "-c", PAGE],
        cwd=DOCS,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert written == made.stdout, "write it anew: python docs/make_cli.py"
