"""Let another key server serve a group, or take one out of it.

Run it as `python -m getvpn.playbooks.key_server network.yml HOSTS add KS3` when the intent has KS3
in the group, or `… remove KS3` before it is taken out of the intent; HOSTS is a file of
SimpleInventory. It shows the plan; with `--execute` that is carried out, and entered in the
journal. Exit codes: 0 done, or a plan without obstacles; 1 obstacles, taken back or stopped.
"""

import argparse
import sys

from getvpn import GetvpnError, open_fleet, perform_procedure


def main(*arguments: str) -> int:
    """Show the plan, and with `--execute` carry it out; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("intent")
    parser.add_argument("hosts")
    parser.add_argument("action", choices=("add", "remove"))
    parser.add_argument("server")
    parser.add_argument("--group")
    parser.add_argument("--execute", action="store_true")
    given = parser.parse_args(arguments)
    try:
        return perform_procedure(
            open_fleet(given.hosts),
            given.intent,
            f"key-server {given.action}",
            group=given.group,
            execute=given.execute,
            server=given.server,
        )
    except GetvpnError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
