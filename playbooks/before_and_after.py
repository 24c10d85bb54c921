"""Keep what devices say before a change, and say afterwards whether it did what it should.

Run it as `python -m getvpn.playbooks.before_and_after HOSTS NAME` before the change, where HOSTS is
a file of SimpleInventory, and behind it as `… HOSTS NAME rollover` (or upgrade, policy-change,
nothing): this takes the snapshot NAME-after. Exit codes: 1 not as expected, 3 a device failed.
"""

import argparse
import sys

from getvpn import GetvpnError, judge_snapshots, open_fleet, take_snapshot


def main(*arguments: str) -> int:
    """Take a snapshot, and afterwards compare it with the one before; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("hosts")
    parser.add_argument("name")
    expectations = ("rollover", "upgrade", "policy-change", "nothing")
    parser.add_argument("expect", nargs="?", choices=expectations)
    given = parser.parse_args(arguments)
    name, expect = given.name, given.expect
    try:
        taken = take_snapshot(open_fleet(given.hosts), f"{name}-after" if expect else name)
        verdict = judge_snapshots(name, taken.name, expect) if expect else None
    except GetvpnError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    sys.stdout.write(f"{taken.name}: {len(taken.devices)} devices\n")
    sys.stderr.writelines(f"{host}: {why}\n" for host, why in taken.failures.items())
    if verdict is not None:
        sys.stdout.writelines(f"missing: {why}\n" for why in (*verdict.missing, *verdict.unknown))
        for change in verdict.unexpected:
            sys.stdout.write(f"not expected: {change.key.device}: {'; '.join(change.lines())}\n")
        sys.stdout.write(f"{verdict.outcome}\n")
    return 1 if verdict and verdict.outcome != "as expected" else 3 if taken.failures else 0


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
