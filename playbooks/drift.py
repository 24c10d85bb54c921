"""Tell where devices are not as the intent says, and the lines that would mend it.

Run it as `python -m getvpn.playbooks.drift network.yml HOSTS [DEVICE…]`, where HOSTS is a file of
SimpleInventory, for example every night. It changes nothing; `getvpn.playbooks.deploy` does. Exit
codes: 0 all are as intended, 1 some differ, 3 a device failed.
"""

import argparse
import sys

from getvpn import GetvpnError, compare_intent, open_fleet


def main(*arguments: str) -> int:
    """Print the differences; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("intent")
    parser.add_argument("hosts")
    parser.add_argument("devices", nargs="*")
    given = parser.parse_args(arguments)
    try:
        found = compare_intent(open_fleet(given.hosts), given.intent, given.devices)
    except GetvpnError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    for each in found.different:
        sys.stdout.writelines(f"{line}\n" for line in (f"! {each.device}", *each.remediation()))
    for failure in found.failures:
        sys.stderr.write(f"{failure.host}: {failure.kind}: {failure.message}\n")
    sys.stderr.write(f"{len(found.different)} of {len(found.differences)} devices differ\n")
    return 3 if found.failures else 1 if found.different else 0


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
