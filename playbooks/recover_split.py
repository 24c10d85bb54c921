"""Make one group of two with a primary each, once the way between them has been mended.

Run it as `python -m getvpn.playbooks.recover_split network.yml HOSTS`, where HOSTS is a file of
SimpleInventory: it shows which way is broken, and the plan. With `--execute` that is carried out,
and entered in the journal. Exit codes: 0 done, or a plan without obstacles; 1 obstacles or stopped.
"""

import argparse
import sys

from getvpn import GetvpnError, open_fleet, perform_procedure


def main(*arguments: str) -> int:
    """Show the plan, and with `--execute` carry it out; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("intent")
    parser.add_argument("hosts")
    parser.add_argument("--group")
    parser.add_argument("--execute", action="store_true")
    given = parser.parse_args(arguments)
    try:
        nornir = open_fleet(given.hosts)
        return perform_procedure(
            nornir, given.intent, "recover split", group=given.group, execute=given.execute
        )
    except GetvpnError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
