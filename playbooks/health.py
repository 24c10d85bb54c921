"""Tell what is not well in groups now: key servers, peers, members, keys, policies.

Run it as `python -m getvpn.playbooks.health network.yml HOSTS [GROUP…]`, where HOSTS is a file of
SimpleInventory, for example before and after any work. It changes nothing. Exit codes: 0 all is
well, 1 it is not, 3 no key server answers.
"""

import argparse
import sys

from getvpn import GetvpnError, check_health, open_fleet


def main(*arguments: str) -> int:
    """Print a line for each trouble; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("intent")
    parser.add_argument("hosts")
    parser.add_argument("groups", nargs="*")
    given = parser.parse_args(arguments)
    try:
        troubles = check_health(open_fleet(given.hosts), given.intent, given.groups)
    except GetvpnError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    sys.stdout.writelines(f"{each}\n" for each in troubles or ("all is well",))
    return 1 if troubles else 0


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
