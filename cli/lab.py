"""The verb `lab`."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import DeviceError, InputError, UsageError, printable
from .output import note, result

if TYPE_CHECKING:
    from ..emulator.lab import Host, Lab, LabFile

MOST_OPEN_FILES = 65_536
"""What to ask of a system that sets no limit."""
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
LEGACY_SSH = {
    "KexAlgorithms": "+diffie-hellman-group14-sha1",
    "HostKeyAlgorithms": "+ssh-rsa",
    "PubkeyAcceptedAlgorithms": "+ssh-rsa",
}
"""What OpenSSH no longer offers by itself, and routers with the old algorithms need."""

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
@click.option("--check", is_flag=True, help="Start only if no startup configuration has a mistake.")
def up(file: Path, name: str | None, inventory: Path | None, check: bool) -> int:
    """Serve the devices of a lab file until Ctrl-C.

    Prints where each device listens. Passwords stand in the inventory file (mode 0600), not in
    the table.
    """
    import asyncio

    from ..emulator.lab import Lab, load_file
    from ..emulator.lab.places import socket_path

    known = file.stem if name is None else name
    socket_path(known)  # complains of a bad name before anything is done
    read = load_file(file)
    if check and _refuses(read):
        return 1
    _allow_open_files()
    asyncio.run(_serve(Lab(read), known, inventory))
    return 0


@command.command()
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
def check(file: Path) -> int:
    """List the lines of configurations that their devices refuse.

    Boots the devices of a lab file; nothing listens. The exit code is 1 if there are such lines.
    """
    from ..emulator.lab import load_file

    read = load_file(file)
    if _refuses(read):
        return 1
    note(f"{file}: {_devices(len(read.devices))}, no line is refused")
    return 0


def _refuses(file: LabFile) -> bool:
    """Tell which lines the devices refuse; gives whether there are any."""
    from ..emulator.lab import Lab

    lab = Lab(file)
    refused = [line for name in lab.devices for line in lab.refused(name)]
    for line in refused:
        place = f"{line.source}:{line.lineno}: " if line.lineno else ""
        said = f": {line.said}" if line.said else ""
        note(printable(f"{place}{line.device} refuses {line.line!r}{said}"))
    return bool(refused)


async def _serve(lab: Lab, name: str, inventory: Path | None) -> None:
    import asyncio
    import signal

    from ..emulator.lab.control import Control
    from ..emulator.lab.places import socket_path

    control = Control(lab)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # nohup has the hang-up ignored
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
            loop.add_signal_handler(number, control.stopped.set)
    await control.listen(socket_path(name))
    try:
        await lab.start()
        hosts = lab.hosts()
        if inventory is not None:
            _write_inventory(inventory, hosts)
            note(f"inventory: {inventory}")
        result(_table(hosts))
        note(_how_to_log_in(lab.file, hosts[0]))
        note(f"lab {name}: {_devices(len(hosts))} up; Ctrl-C or 'getvpn lab down' ends it")
        await control.stopped.wait()
        note(f"lab {name}: down")
    finally:
        await lab.stop()
        await control.close()


def _how_to_log_in(file: LabFile, host: Host) -> str:
    usual = host.password == type(file.credentials)().password
    if usual and not file.devices[0].has_users:
        told = f"the password is {host.password!r}"
    else:
        told = f"the password stands in {file.source or 'the lab file'}"
    return (
        f"log in: getvpn lab ssh {host.name}, or ssh -p {host.port} "
        f"{host.username}@{host.address}; {told}"
    )


def _devices(number: int) -> str:
    return f"{number} device{'' if number == 1 else 's'}"


def _allow_open_files() -> None:
    """Let the process have as many open files as it may: each device and each session is one."""
    import resource

    had, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most == resource.RLIM_INFINITY:
        most = max(had, MOST_OPEN_FILES)
    # some systems allow less than they say
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


@command.command("list")
@lab_option
def list_devices(lab: str | None) -> int:
    """List the devices of the running labs."""
    from ..emulator.lab.places import running, the_lab

    labs = running() if lab is None else []
    if len(labs) < 2:
        result(_table(_hosts(the_lab(lab))))
        return 0
    rows: list[tuple[str, ...]] = [("lab", *HEADINGS)]
    rows += [(name, *_row(host)) for name in labs for host in _hosts(name)]
    result(_aligned(rows))
    return 0


@command.command()
@click.argument("device", metavar="DEVICE")
@click.argument("remote_command", nargs=-1, metavar="[COMMAND]...")
@click.option("--user", metavar="USER", help="Log in as USER.")
@lab_option
def ssh(device: str, remote_command: tuple[str, ...], user: str | None, lab: str | None) -> int:
    """Open an SSH session to a device with the system's ssh.

    The host key is taken from the lab itself and verified. The exit code is that of ssh.
    """
    from shutil import which

    program = which("ssh")
    if program is None:
        raise DeviceError("there is no 'ssh' on this machine", hint="install OpenSSH's client")
    host = _host(device, lab)
    known = _ask(lab, {"do": "known-hosts", "device": device})
    if known is None:
        raise DeviceError("SSH is off", device=device, hint="the device has no host key")
    escaped = str(known).replace("%", "%%")
    options = {"StrictHostKeyChecking": "yes", "UserKnownHostsFile": f'"{escaped}"'}
    if host.algorithms == "legacy":
        options |= LEGACY_SSH
    arguments = [program, "-p", str(host.port), "-l", user or host.username]
    for name, value in options.items():
        arguments += ["-o", f"{name}={value}"]
    arguments += ["--", host.address, *remote_command]
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
    """End the running lab, and wait until it is over."""
    _ask(lab, {"do": "down"}, to_the_end=True)
    return 0


def _seconds(span: str) -> float:
    from math import isfinite

    number, unit = (span[:-1], span[-1:]) if span[-1:] in SECONDS else (span, "s")
    try:
        seconds = float(number) * SECONDS[unit]
    except ValueError:
        seconds = -1.0
    if seconds < 0 or not isfinite(seconds):
        raise UsageError(f"{span!r} is no span of time", hint="write 90s, 15m, 2h or 1d")
    return seconds


def _ask(lab: str | None, request: dict[str, object], *, to_the_end: bool = False) -> Any:
    from ..emulator.lab.asking import ask
    from ..emulator.lab.places import socket_path, the_lab

    return ask(socket_path(the_lab(lab)), request, to_the_end=to_the_end)


def _hosts(lab: str | None) -> list[Host]:
    from ..emulator.lab import Host

    return [Host(**row) for row in _ask(lab, {"do": "hosts"})]


def _host(device: str, lab: str | None) -> Host:
    for host in _hosts(lab):
        if host.name == device:
            return host
    raise InputError(f"there is no device {device!r}", hint="getvpn lab list names the devices")


HEADINGS = ("device", "platform", "address", "port", "user")


def _row(host: Host) -> tuple[str, ...]:
    return host.name, host.platform, host.address, str(host.port), host.username


def _table(hosts: list[Host]) -> str:
    return _aligned([HEADINGS, *map(_row, hosts)])


def _aligned(rows: list[tuple[str, ...]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def _write_inventory(path: Path, hosts: list[Host]) -> None:
    import yaml

    from ..emulator.lab import nornir_hosts
    from ..emulator.lab.places import private_file

    private_file(path, yaml.safe_dump(nornir_hosts(hosts), sort_keys=False))
