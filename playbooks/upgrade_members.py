"""Give members another image: one first, then in waves, never two of a site together.

Run it as `python -m getvpn.playbooks.upgrade_members network.yml HOSTS IMAGE`, where HOSTS is a
file of SimpleInventory and IMAGE a file that is copied by SCP; `--wave 25%` says how many restart
together. It shows the plan; with `--execute` that is carried out, and entered in the journal. Exit
codes: 0 done, or a plan without obstacles; 1 obstacles, taken back or stopped.
"""

import argparse
import sys

from getvpn import GetvpnError, open_fleet, perform_procedure


def main(*arguments: str) -> int:
    """Show the plan, and with `--execute` carry it out; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("intent")
    parser.add_argument("hosts")
    parser.add_argument("image")
    parser.add_argument("--wave", default="10%")
    parser.add_argument("--group")
    parser.add_argument("--execute", action="store_true")
    given = parser.parse_args(arguments)
    try:
        return perform_procedure(
            open_fleet(given.hosts),
            given.intent,
            "upgrade members",
            group=given.group,
            execute=given.execute,
            images=given.image,
            wave=given.wave,
        )
    except GetvpnError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
