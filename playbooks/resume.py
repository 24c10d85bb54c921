"""Go on with a run that ended early, or take it back, whatever procedure it was.

Run it as `python -m getvpn.playbooks.resume RUN HOSTS`, where RUN is its id in the journal and
HOSTS a file of SimpleInventory: it says how far the run is. With `--execute` it goes on, with
`--execute --back` it takes back what can be taken back. Exit codes: 0 done; 1 taken back or
stopped.
"""

import argparse
import sys

from getvpn import GetvpnError, open_fleet, perform_resumption


def main(*arguments: str) -> int:
    """Say how far a run is, and with `--execute` go on with it; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run")
    parser.add_argument("hosts")
    parser.add_argument("--back", action="store_true")
    parser.add_argument("--execute", action="store_true")
    given = parser.parse_args(arguments)
    try:
        nornir = open_fleet(given.hosts)
        return perform_resumption(nornir, given.run, execute=given.execute, back=given.back)
    except GetvpnError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
