"""The verb `trust`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import DeviceError, UsageError, printable
from .fleet import chosen_fleet, key_options
from .output import note, result

if TYPE_CHECKING:
    from ..tasks.ssh.target import Access
    from ..tasks.ssh.trusting import Met


@click.command()
@click.argument("hosts", nargs=-1, metavar="[HOST]...")
@click.option("--yes", is_flag=True, help="Ask nobody; changed keys are refused all the same.")
@click.option("--replace", is_flag=True, help="Let changed keys take the place of the known ones.")
@key_options
def command(
    hosts: tuple[str, ...],
    yes: bool,
    replace: bool,
    intent: Path | None,
    hosts_file: Path | None,
    known_hosts: Path | None,
    connect_timeout: float,
    login_timeout: float,
) -> int:
    """Record the host keys of devices.

    Shows the key that each HOST has now, its fingerprint and OpenSSH's picture of it, and asks
    whether it is right: compare it with what the device itself says (`show crypto key mypubkey
    rsa`, `show ip ssh`). A HOST is a name or pattern of the inventory, or without one an address:
    HOST[:PORT]. Keys are recorded in the known_hosts file of the user, or in --known-hosts. Exit
    codes: 0 all keys are known now, 2 nobody can be asked, 3 a device shows no key, or one that is
    not trusted.
    """
    from ..tasks.ssh.target import Access
    from ..tasks.ssh.trusting import meet

    fleet = chosen_fleet(hosts, intent, hosts_file)
    access = Access(
        connect_timeout=connect_timeout,
        login_timeout=login_timeout,
        known_hosts=None if known_hosts is None else str(known_hosts),
    )
    trusted = [_decide(met, access, yes=yes, replace=replace) for met in meet(fleet, access)]
    if None in trusted:
        raise UsageError("there is no terminal to ask on", hint="--yes records new keys unasked")
    return 0 if all(trusted) else DeviceError.exit_code


def _decide(met: Met, access: Access, *, yes: bool, replace: bool) -> bool | None:
    """Show a key, ask if need be, and record it; whether it is trusted now.

    None where somebody would have to be asked, and nobody is there.
    """
    if met.key is None:
        note(printable(f"{met.failure}"))
        return False
    told = f"{met.name} ({met.address})" if met.name != met.address else met.name
    if met.state == "known":
        result(printable(f"{told}: known, {met.key}"))
        return True
    if met.state in ("changed", "revoked"):
        note(printable(f"{told}: not trusted: {met.warning}"))
        if met.state == "revoked":
            return False
        if not replace:
            note("if the device has a new key, --replace puts it in the place of the other")
            return False
    if not yes:
        result(printable(f"{told}: {met.key}"))
        result(met.key.art())
        if not sys.stdin.isatty():
            return None
        if not click.confirm("Is this the key of the device?", err=True):
            note(printable(f"{told}: not trusted"))
            return False
    from ..tasks.ssh.trusting import remember

    remember(met, access)
    result(printable(f"{told}: recorded, {met.key}"))
    return True
