"""Watch groups for a while, for example during work of others: a line for what happens to them.

Run it as `python -m getvpn.playbooks.watch network.yml HOSTS [GROUP…] --count 30`, where HOSTS is a
file of SimpleInventory: key servers are looked at so many times, `--every 60` seconds. It changes
nothing. Exit codes: 0 all was well at the end, 1 an alert was on, 3 a key server did not answer.
"""

import argparse
import sys

from getvpn import GetvpnError, open_fleet, watch_groups


def main(*arguments: str) -> int:
    """Print a line for each change and each alert; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("intent")
    parser.add_argument("hosts")
    parser.add_argument("groups", nargs="*")
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--every", type=float, default=60.0)
    given = parser.parse_args(arguments)
    try:
        state = watch_groups(
            open_fleet(given.hosts),
            given.intent,
            given.groups,
            count=given.count,
            every_s=given.every,
            tell=lambda notice: sys.stdout.write(f"{notice.line()}\n"),
        )
    except GetvpnError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    sys.stdout.write(f"{len(state.alerts)} alerts are on\n")
    failed = any(seen.failure for seen in state.devices.values())
    return 1 if state.alerts else 3 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
