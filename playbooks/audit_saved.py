"""Audit what was saved from the routers and stop when a finding is serious.

Run it as `python -m getvpn.playbooks.audit_saved FOLDER…`, for example from a scheduled job that
has just fetched the configurations. It prints one line a finding and exits with 1 when there is any
at severity high or above.
"""

import argparse
import sys

from getvpn import GetvpnError, Severity, audit


def main(*arguments: str) -> int:
    """Print the findings of folders; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+")
    given = parser.parse_args(arguments)
    try:
        report = audit(given.folders, profile="seed")
    except GetvpnError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    serious = [finding for finding in report.findings if finding.severity >= Severity.HIGH]
    for finding in serious:
        about = finding.device or finding.group
        sys.stdout.write(f"{finding.location}: {finding.rule} {about}: {finding.message}\n")
    return 1 if serious else 0


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
