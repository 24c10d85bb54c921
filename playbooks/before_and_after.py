"""Keep what devices say before a change, and say afterwards whether it did what it should.

Run it as `python -m getvpn.playbooks.before_and_after HOSTS NAME` before the change, where HOSTS is
a file of SimpleInventory, and behind it as `… HOSTS NAME rollover` (or upgrade, policy-change,
nothing): this takes the snapshot NAME-after. Exit codes: 1 not as expected, 3 a device failed.
"""

import sys

from nornir import InitNornir

from getvpn import GetvpnError, judge_snapshots, take_snapshot


def main(hosts: str, name: str, expect: str = "") -> int:
    """Take a snapshot, and with `expect` compare it with the one before; the exit code."""
    try:
        nornir = InitNornir(
            inventory={"plugin": "SimpleInventory", "options": {"host_file": hosts}},
            logging={"enabled": False},
        )
        taken = take_snapshot(nornir, f"{name}-after" if expect else name)
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
