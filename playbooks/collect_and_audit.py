"""Collect from the devices of a hosts file and audit what they say, as `getvpn audit --live` does.

Run it as `python -m getvpn.playbooks.collect_and_audit HOSTS FOLDER`, for example every night;
HOSTS is a file of SimpleInventory. It prints a line for each finding at severity high or above and
for each device that failed; the exit code is 1 for findings, else 3 for failures.
"""

import argparse
import sys

from getvpn import GetvpnError, Severity, audit, collect, open_fleet


def main(*arguments: str) -> int:
    """Collect into a new folder and print what is serious; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("hosts")
    parser.add_argument("folder")
    given = parser.parse_args(arguments)
    try:
        found = collect(open_fleet(given.hosts), given.folder)
        report = audit([given.folder]) if found.outputs else None
    except (GetvpnError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code if isinstance(error, GetvpnError) else 2
    for failure in found.failures:
        sys.stderr.write(f"{failure.host}: {failure.kind}: {failure.message}\n")
    findings = report.findings if report else ()
    serious = [each for each in findings if each.severity >= Severity.HIGH]
    for each in serious:
        about = each.device or each.group
        sys.stdout.write(f"{each.location}: {each.rule} {about}: {each.message}\n")
    return 1 if serious else 0 if found.complete else 3


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
