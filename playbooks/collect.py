"""Collect what the rules of an audit read from the devices of an intent, gently.

Run it as `python -m getvpn.playbooks.collect network.yml FOLDER USER [PORT]`, with the password in
the variable NETOPS_PASSWORD. The host keys are those that `getvpn trust` recorded. It prints a line
for each device that failed, and exits with 3 when there is one.
"""

import argparse
import sys

from nornir import InitNornir

from getvpn import GetvpnError, Limits, collect


def main(*arguments: str) -> int:
    """Save the texts in a new folder; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("intent")
    parser.add_argument("folder")
    parser.add_argument("user")
    parser.add_argument("port", type=int, nargs="?", default=22)
    given = parser.parse_args(arguments)
    login = {"username": given.user, "password": "env:NETOPS_PASSWORD", "port": given.port}
    try:
        nornir = InitNornir(
            inventory={"plugin": "GetvpnInventory", "options": {"path": given.intent, **login}},
            logging={"enabled": False},
        )
        found = collect(nornir, given.folder, limits=Limits(rate=20, per_group={"key_servers": 1}))
    except (GetvpnError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code if isinstance(error, GetvpnError) else 2
    for failure in found.failures:
        sys.stderr.write(f"{failure.host}: {failure.kind}: {failure.message}\n")
    sys.stdout.write(
        f"{found.done} of {found.hosts} devices, {found.outputs} texts in {given.folder}\n"
    )
    return 0 if found.complete else 3


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
