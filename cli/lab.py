"""The verb `lab`."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import DeviceError, InputError, UsageError
from .output import note, result

if TYPE_CHECKING:
    from ..emulator.lab import Lab
    from ..emulator.lab.host import Host

INVENTORY_MODE = 0o600
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}

lab_option = click.option("--lab", "lab", metavar="NAME", help="Which lab, if several run.")


@click.group(subcommand_metavar="ACTION [ARGUMENTS]...")
def command() -> None:
    """Run emulated routers that answer on SSH.

    A lab file (YAML) names the devices, their platforms and startup configurations. `up` serves
    them in the foreground until Ctrl-C or `down`; the other actions reach it from another shell.
    """


@command.command()
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@click.option("--name", metavar="NAME", help="The lab's name; the file's name by default.")
@click.option(
    "--inventory",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write a hosts file for nornir's SimpleInventory.",
)
def up(file: Path, name: str | None, inventory: Path | None) -> int:
    """Serve the devices of a lab file until Ctrl-C.

    Prints where each device listens. Passwords stand in the inventory file (mode 0600), not in
    the table.
    """
    from ..emulator.lab import Lab, load_file

    lab = Lab(load_file(file))
    asyncio.run(_serve(lab, name or file.stem, inventory))
    return 0


async def _serve(lab: Lab, name: str, inventory: Path | None) -> None:
    from ..emulator.lab.control import Control
    from ..emulator.lab.places import socket_path

    control = Control(lab)
    await control.listen(socket_path(name))
    try:
        try:
            await lab.start()
        except OSError as error:
            raise InputError(
                f"cannot listen: {error.strerror}", hint="is another lab running on these ports?"
            ) from None
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, control.stopped.set)
        hosts = lab.hosts()
        if inventory is not None:
            _write_inventory(inventory, hosts)
            note(f"inventory: {inventory}")
        result(_table(hosts))
        note(f"lab {name}: {len(hosts)} devices up; Ctrl-C or 'getvpn lab down' ends it")
        await control.stopped.wait()
        note(f"lab {name}: down")
    finally:
        await lab.stop()
        await control.close()


@command.command("list")
@lab_option
def list_devices(lab: str | None) -> int:
    """List the devices of the running lab."""
    result(_table(_hosts(lab)))
    return 0


@command.command()
@click.argument("device", metavar="DEVICE")
@click.argument("remote_command", nargs=-1, metavar="[COMMAND]...")
@click.option("--user", metavar="USER", help="Log in as USER.")
@lab_option
def ssh(device: str, remote_command: tuple[str, ...], user: str | None, lab: str | None) -> int:
    """Open an SSH session to a device with the system's ssh.

    The host key is taken from the lab itself and verified.
    """
    from shutil import which

    program = which("ssh")
    if program is None:
        raise DeviceError("there is no 'ssh' on this machine", hint="install OpenSSH's client")
    host = _host(device, lab)
    known = _ask(lab, {"do": "known-hosts", "device": device})
    if not known:
        raise DeviceError("SSH is off", device=device, hint="the device has no host key")
    arguments = [program, "-p", str(host.port), "-l", user or host.username]
    arguments += [
        "-o",
        "StrictHostKeyChecking=yes",
        "-o",
        "UserKnownHostsFile=" + _known_file(known),
    ]
    arguments += [host.address, *remote_command]
    os.execv(program, arguments)  # noqa: S606 - no shell: the arguments go to ssh as they are


@command.command()
@click.argument("device", metavar="DEVICE")
@click.argument("fault", nargs=-1, metavar="[FAULT]")
@click.option("--clear", is_flag=True, help="End the fault; all of the device if none is named.")
@lab_option
def fault(device: str, fault: tuple[str, ...], clear: bool, lab: str | None) -> int:
    """Let something go wrong on a device, or list what is going wrong.

    Faults: refuse [N], drop-after N, hang, hang-after N, slow BYTES_A_SECOND, garble [PERCENT],
    wrong-prompt [TEXT], login-failure [N], disk-full, crash-at-write, reload-never-returns.
    """
    words = " ".join(fault)
    if clear:
        _ask(lab, {"do": "clear", "device": device, "fault": words or None})
    elif words:
        _ask(lab, {"do": "fault", "device": device, "fault": words})
    for line in _ask(lab, {"do": "faults", "device": device}):
        result(line)
    return 0


@command.command()
@click.argument("span", metavar="SPAN")
@lab_option
def advance(span: str, lab: str | None) -> int:
    """Let the lab's clock jump ahead by SPAN: 90s, 15m, 2h, 1d."""
    from datetime import UTC, datetime

    now = _ask(lab, {"do": "advance", "seconds": _seconds(span)})
    result(datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%d %H:%M:%S UTC"))
    return 0


@command.command()
@lab_option
def down(lab: str | None) -> int:
    """End the running lab."""
    _ask(lab, {"do": "down"})
    return 0


def _seconds(span: str) -> float:
    number, unit = (span[:-1], span[-1:]) if span[-1:] in SECONDS else (span, "s")
    with suppress(ValueError):
        if number and number.isascii():
            return float(number) * SECONDS[unit]
    raise UsageError(f"{span!r} is no span of time", hint="write 90s, 15m, 2h or 1d")


def _ask(lab: str | None, request: dict[str, object]) -> Any:
    from ..emulator.lab.control import ask
    from ..emulator.lab.places import socket_path, the_lab

    return ask(socket_path(the_lab(lab)), request)


def _hosts(lab: str | None) -> list[Host]:
    from ..emulator.lab.host import Host

    return [Host(**row) for row in _ask(lab, {"do": "hosts"})]


def _host(device: str, lab: str | None) -> Host:
    for host in _hosts(lab):
        if host.name == device:
            return host
    raise InputError(f"there is no device {device!r}", hint="getvpn lab list names them")


def _table(hosts: list[Host]) -> str:
    rows = [("device", "platform", "address", "port", "user")]
    rows += [(h.name, h.platform, h.address, str(h.port), h.username) for h in hosts]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def _private(path: Path, text: str) -> None:
    """Write a file that only its owner can read."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, INVENTORY_MODE)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        os.fchmod(descriptor, INVENTORY_MODE)
        file.write(text)


def _write_inventory(path: Path, hosts: list[Host]) -> None:
    import yaml

    from ..emulator.lab.host import nornir_hosts

    _private(path, yaml.safe_dump(nornir_hosts(hosts), sort_keys=False))


def _known_file(lines: object) -> str:
    from ..emulator.lab.places import folder

    path = folder() / f"known-hosts-{os.getpid()}"
    _private(path, str(lines))
    return str(path)
