"""Bring devices to what the intent says, as `getvpn deploy` does.

Run it as `python -m getvpn.playbooks.deploy network.yml HOSTS [DEVICE…]`, where HOSTS is a file of
SimpleInventory: it shows the plan. With `--execute` that is carried out, key servers first and
members in waves of `--wave 20%`, each looked at after its change and taken back if something is not
well, and its groups are locked in the journal until it ends. Exit codes: 0 as intended, or a plan
without obstacles; 1 refused, or a check failed; 2 somebody else is on; 3 a device failed.
"""

import argparse
import sys

from getvpn import GetvpnError, open_fleet, perform_deployment


def main(*arguments: str) -> int:
    """Show the plan, and with `--execute` carry it out; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("intent")
    parser.add_argument("hosts")
    parser.add_argument("devices", nargs="*")
    parser.add_argument("--wave", default="20%")
    parser.add_argument("--execute", action="store_true")
    given = parser.parse_args(arguments)
    try:
        return perform_deployment(
            open_fleet(given.hosts),
            given.intent,
            given.devices,
            execute=given.execute,
            wave=given.wave,
        )
    except (GetvpnError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code if isinstance(error, GetvpnError) else 2


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
