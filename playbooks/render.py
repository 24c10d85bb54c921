"""Render the configurations of an intent, and hold them against the rules before they are used.

Run it as `python -m getvpn.playbooks.render network.yml FOLDER`: it writes a file for each device,
for nobody else to read, and a line for each finding at severity high or above. It needs no device.
Exit codes: 0 written, 1 written but for the findings not to be used.
"""

import argparse
import sys
from pathlib import Path

from getvpn import GetvpnError, Severity, audit, render_intent, save_private


def main(*arguments: str) -> int:
    """Write the configurations, and check them; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("intent")
    parser.add_argument("folder", type=Path)
    given = parser.parse_args(arguments)
    try:
        texts = render_intent(given.intent)
        save_private(given.folder, {f"{name}.cfg": text for name, text in texts.items()})
        report = audit([given.folder], configs_only=True)
    except (GetvpnError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code if isinstance(error, GetvpnError) else 2
    serious = [each for each in report.findings if each.severity >= Severity.HIGH]
    for each in serious:
        about = each.device or each.group
        sys.stdout.write(f"{each.location}: {each.rule} {about}: {each.message}\n")
    sys.stdout.write(f"{len(texts)} configurations in {given.folder}\n")
    return 1 if serious else 0


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
