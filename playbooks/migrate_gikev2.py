"""Let the members of a group use G-IKEv2 instead of GDOI, wave by wave.

Run it as `python -m getvpn.playbooks.migrate_gikev2 network.yml HOSTS` when the intent says
`versions: ikev2`; HOSTS is a file of SimpleInventory. It shows the plan; with `--execute` that is
carried out, and entered in the journal. `--wave 25%` says how many members change over together.
Exit codes: 0 done, or a plan without obstacles; 1 obstacles, taken back or stopped.
"""

import argparse
import sys

from getvpn import GetvpnError, open_fleet, perform_procedure


def main(*arguments: str) -> int:
    """Show the plan, and with `--execute` carry it out; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("intent")
    parser.add_argument("hosts")
    parser.add_argument("--wave", default="10%")
    parser.add_argument("--group")
    parser.add_argument("--execute", action="store_true")
    given = parser.parse_args(arguments)
    try:
        return perform_procedure(
            open_fleet(given.hosts),
            given.intent,
            "migrate gikev2",
            group=given.group,
            execute=given.execute,
            wave=given.wave,
        )
    except GetvpnError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
