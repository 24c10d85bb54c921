"""Let a group use certificates instead of pre-shared keys, wave by wave; the keys go last.

Run it as `python -m getvpn.playbooks.migrate_pki network.yml HOSTS FINGERPRINT` when the intent
says `authentication: {kind: pki, …}`. HOSTS is a file of SimpleInventory, FINGERPRINT that of the
authority's certificate; `--challenge env:OTP_{NAME}` says where the passwords of requests are. It
shows the plan; with `--execute` that is carried out, and entered in the journal. Exit codes: 0
done, or a plan without obstacles; 1 obstacles, taken back or stopped.
"""

import argparse
import sys

from getvpn import GetvpnError, open_fleet, perform_procedure


def main(*arguments: str) -> int:
    """Show the plan, and with `--execute` carry it out; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("intent")
    parser.add_argument("hosts")
    parser.add_argument("fingerprint")
    parser.add_argument("--challenge", default="")
    parser.add_argument("--group")
    parser.add_argument("--execute", action="store_true")
    given = parser.parse_args(arguments)
    try:
        return perform_procedure(
            open_fleet(given.hosts),
            given.intent,
            "migrate psk-to-pki",
            group=given.group,
            execute=given.execute,
            fingerprint=given.fingerprint,
            challenge=given.challenge,
        )
    except GetvpnError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
