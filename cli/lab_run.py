"""The actions of `lab` that run labs: up, check, list, ssh, down."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import DeviceError, counted, printable
from .lab_common import aligned, ask, device_argument, lab_option, no_device
from .output import note, result

if TYPE_CHECKING:
    from ..emulator.lab import Host, Lab, LabFile
    from ..emulator.lab.control import Control

MOST_OPEN_FILES = 65_536
"""What to ask of a system that sets no limit."""
MANY = 100
"""So many devices take a while to boot."""
LEGACY_SSH = {
    "KexAlgorithms": "+diffie-hellman-group14-sha1",
    "HostKeyAlgorithms": "+ssh-rsa",
    "PubkeyAcceptedAlgorithms": "+ssh-rsa",
}
"""What OpenSSH no longer offers by itself, and routers with the old algorithms need."""
HEADINGS = ("device", "platform", "address", "port", "user")


@click.command()
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


@click.command()
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
def check(file: Path) -> int:
    """List the lines of configurations that their devices refuse.

    Boots the devices of a lab file; nothing listens. The exit code is 1 if there are such lines.
    """
    from ..emulator.lab import load_file

    read = load_file(file)
    if _refuses(read):
        return 1
    note(f"{file}: {counted(len(read.devices), 'device')}, no line is refused")
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
        if not await _started(lab, control):
            note(f"lab {name}: down")
            return
        hosts = lab.hosts()
        if inventory is not None:
            _write_inventory(inventory, hosts)
            note(f"inventory: {inventory}")
        result(_table(hosts))
        note(_how_to_log_in(lab.file, hosts[0]))
        note(f"lab {name}: {_size(lab.file)} up; Ctrl-C or 'getvpn lab down' ends it")
        await control.stopped.wait()
        note(f"lab {name}: down")
    finally:
        await lab.stop()
        await control.close()


async def _started(lab: Lab, control: Control) -> bool:
    """Start a lab; False if somebody wants its end before it is up."""
    import asyncio

    booting = sum(1 for device in lab.file.devices if device.in_group)
    if booting >= MANY:
        note(f"{counted(booting, 'device')} boot; that takes some time")
    starting = asyncio.ensure_future(lab.start())
    ending = asyncio.ensure_future(control.stopped.wait())
    try:
        await asyncio.wait((starting, ending), return_when=asyncio.FIRST_COMPLETED)
    finally:
        ending.cancel()
    if starting.done():
        starting.result()
        return True
    starting.cancel()
    await asyncio.gather(starting, return_exceptions=True)
    return False


def _size(file: LabFile) -> str:
    stations = sum(each.count for each in file.stations)
    told = counted(len(file.devices), "device")
    return f"{told} and {counted(stations, 'station')}" if stations else told


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


def _allow_open_files() -> None:
    """Let the process have as many open files as it may: each device and each session is one."""
    import resource

    had, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most == resource.RLIM_INFINITY:
        most = max(had, MOST_OPEN_FILES)
    # some systems allow less than they say
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


@click.command("list")
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
    result(aligned(rows))
    return 0


@click.command()
@device_argument()
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
    known = ask(lab, {"do": "known-hosts", "device": device})
    host = _host(device, lab)
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


@click.command()
@lab_option
def down(lab: str | None) -> int:
    """End the running lab, and wait until it is over."""
    ask(lab, {"do": "down"}, to_the_end=True)
    return 0


def _hosts(lab: str | None) -> list[Host]:
    from ..emulator.lab import Host

    return [Host(**row) for row in ask(lab, {"do": "hosts"})]


def _host(device: str, lab: str | None) -> Host:
    for host in _hosts(lab):
        if host.name == device:
            return host
    raise no_device(device)


def _row(host: Host) -> tuple[str, ...]:
    return host.name, host.platform, host.address, str(host.port), host.username


def _table(hosts: list[Host]) -> str:
    return aligned([HEADINGS, *map(_row, hosts)])


def _write_inventory(path: Path, hosts: list[Host]) -> None:
    import yaml

    from ..emulator.lab import nornir_hosts
    from ..emulator.lab.places import private_file

    private_file(path, yaml.safe_dump(nornir_hosts(hosts), sort_keys=False))
