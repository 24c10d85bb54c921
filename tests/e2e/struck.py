"""The command in a process that sends itself a signal at an entry of its journal."""

import json
import subprocess
import sys

DEPLOYMENT = ("getvpn.tasks.deploying.journal", "note", "{'event': about[1], **more}")
RUN = ("getvpn.tasks.journal.journal", "add", "{'kind': about[1].kind, 'step': about[1].step}")
"""A journal: its module, the method that writes an entry, and what that is told."""
WITHIN_S = 600.0
"""How long a process may take; only one that hangs takes as long."""
SCRIPT = """
import json, os, re, sys
from getvpn.cli.main import run
from {module} import Journal

number, wanted = int(sys.argv[1]), json.loads(sys.argv[2])
write = Journal.{method}

def written(journal, *about, **more):
    write(journal, *about, **more)
    told = {told}
    if wanted and all(re.match(wanted[each], told.get(each) or "") for each in wanted):
        wanted.clear()
        os.kill(os.getpid(), number)

Journal.{method} = written
code = run(sys.argv[3:])
sys.exit(f"the journal has no {{wanted}}" if wanted else code)
"""


def struck(
    journal: tuple[str, str, str], number: int, *words: str, **wanted: str
) -> "subprocess.CompletedProcess[str]":
    """Call `getvpn`; the signal comes when `journal` has an entry that says what is `wanted`.

    That are patterns for the beginnings of its parts.
    """
    module, method, told = journal
    script = SCRIPT.format(module=module, method=method, told=told)
    return subprocess.run(
        [sys.executable, "-c", script, str(int(number)), json.dumps(wanted), *words],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=WITHIN_S,
    )
