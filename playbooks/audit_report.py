"""Audit what was saved from the routers, and write the report that people read.

Run it as `python -m getvpn.playbooks.audit_report REPORT.html FOLDER…`, for example behind
`getvpn.playbooks.collect`. With `--history SERIES` it is entered into the history, and the report
shows the trend of the series. It prints how many findings there are and where the report is;
findings are no failure.
"""

import argparse
import sys
from pathlib import Path

from getvpn import GetvpnError, audit, enter_audit, render_report


def main(*arguments: str) -> int:
    """Write the report on folders; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("output", type=Path)
    parser.add_argument("folders", nargs="+")
    parser.add_argument("--history", metavar="SERIES")
    given = parser.parse_args(arguments)
    try:
        report = audit(given.folders)
        if given.history:
            report = enter_audit(report, given.history)
        given.output.write_text(render_report(report, "html"), encoding="utf-8")
    except (GetvpnError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code if isinstance(error, GetvpnError) else 2
    sys.stdout.write(f"{len(report.findings)} findings: {given.output}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
