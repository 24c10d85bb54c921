"""Make an intent of a network that runs already.

Run it as `python -m getvpn.playbooks.adopt HOSTS FOLDER network.yml`, where HOSTS is a file of
SimpleInventory: it collects into the new FOLDER, writes the intent, and prints what that does not
say. It changes no device. Exit codes: 0 the intent gives back every configuration, 1 it does not, 3
a device failed.
"""

import argparse
import sys
from pathlib import Path

from getvpn import GetvpnError, UsageError, adopt, collect, open_fleet


def main(*arguments: str) -> int:
    """Collect, and write the intent; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("hosts")
    parser.add_argument("folder")
    parser.add_argument("intent", type=Path)
    given = parser.parse_args(arguments)
    try:
        if given.intent.exists():
            raise UsageError(f"{given.intent} is there already")
        found = collect(open_fleet(given.hosts), given.folder)
        adoption = adopt([given.folder])
        given.intent.write_text(adoption.text, encoding="utf-8")
    except (GetvpnError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code if isinstance(error, GetvpnError) else 2
    for failure in found.failures:
        sys.stderr.write(f"{failure.host}: {failure.kind}: {failure.message}\n")
    for each in adoption.left:
        sys.stdout.write(f"{each.kind}: {each.place or each.device}: {each.text or each.why}\n")
    sys.stdout.write(f"{len(adoption.differences)} devices in {given.intent}\n")
    return 3 if found.failures else 0 if adoption.complete else 1


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
