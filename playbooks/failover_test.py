"""Restart the primary key server, and see whether another one takes over without loss.

Run it as `python -m getvpn.playbooks.failover_test network.yml HOSTS`, where HOSTS is a file of
SimpleInventory: it shows the plan. With `--execute` that is carried out, and entered in the
journal; `--give-back` lets the old primary lead again. Exit codes: 0 passed, or a plan without
obstacles; 1 obstacles, failed or stopped.
"""

import argparse
import sys

from getvpn import GetvpnError, open_fleet, perform_procedure


def main(*arguments: str) -> int:
    """Show the plan, and with `--execute` carry it out; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("intent")
    parser.add_argument("hosts")
    parser.add_argument("--give-back", action="store_true")
    parser.add_argument("--group")
    parser.add_argument("--execute", action="store_true")
    given = parser.parse_args(arguments)
    try:
        return perform_procedure(
            open_fleet(given.hosts),
            given.intent,
            "failover test",
            group=given.group,
            execute=given.execute,
            give_back=given.give_back,
        )
    except GetvpnError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
