"""Collect what the rules of an audit read from the devices of an intent, gently.

Run it as `python -m getvpn.playbooks.collect network.yml FOLDER USER [PORT]`, with the password in
the variable NETOPS_PASSWORD. The host keys are those that `getvpn trust` recorded. It prints a line
for each device that failed, and exits with 3 when there is one.
"""

import sys

from nornir import InitNornir

from getvpn import GetvpnError, Limits, collect


def main(intent: str, folder: str, user: str, port: str = "22") -> int:
    """Save the texts in a new folder; the exit code."""
    login = {"username": user, "password": "env:NETOPS_PASSWORD", "port": int(port)}
    try:
        nornir = InitNornir(
            inventory={"plugin": "GetvpnInventory", "options": {"path": intent, **login}},
            logging={"enabled": False},
        )
        found = collect(nornir, folder, limits=Limits(rate=20, per_group={"key_servers": 1}))
    except GetvpnError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    for failure in found.failures:
        sys.stderr.write(f"{failure.host}: {failure.kind}: {failure.message}\n")
    sys.stdout.write(f"{found.done} of {found.hosts} devices, {found.outputs} texts in {folder}\n")
    return 0 if found.complete else 3


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
