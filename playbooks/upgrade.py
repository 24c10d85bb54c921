"""Bring an image that key servers have in flash into service, the primary last.

Run it as `python -m getvpn.playbooks.upgrade network.yml HOSTS bootflash:IMAGE MD5`, where HOSTS is
a file of SimpleInventory: it shows the plan. With `--execute` that is carried out, and entered in
the journal. Exit codes: 0 done, or a plan without obstacles; 1 obstacles, taken back or stopped.
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
    parser.add_argument("md5")
    parser.add_argument("--group")
    parser.add_argument("--execute", action="store_true")
    given = parser.parse_args(arguments)
    try:
        return perform_procedure(
            open_fleet(given.hosts),
            given.intent,
            "upgrade key-servers",
            group=given.group,
            execute=given.execute,
            images=given.image,
            md5=[given.md5],
        )
    except GetvpnError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
