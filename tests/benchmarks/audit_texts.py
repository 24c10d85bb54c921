"""Texts of a large group as `getvpn collect` saves them: what emulated routers show, many times."""

import re
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from getvpn.audits.registry import registry
from getvpn.emulator import Lab, LabPlan, generate
from getvpn.emulator.testing import console
from getvpn.tasks.collecting.gathered import file_name
from getvpn.tasks.collecting.wanted import Role, commands_for

WARM_UP_S = 3600.0
MEMBER = "GM1"
LAN = "10.1.1."
FIRST_MEMBER = "Group Member ID"
MEMBERS = "show crypto gdoi ks members"
ROLES: dict[str, Role] = {"K": "key_server", "G": "member"}


def write_group(folder: Path, members: int, servers: int = 2) -> int:
    """Write what key servers and members show to every command of the rules; gives the bytes."""
    shown = _shown(servers)
    wan = _wan(shown[MEMBER])
    written = 0
    for device, texts in shown.items():
        if device.startswith("K"):
            told = {command: _told(command, text, wan, members) for command, text in texts.items()}
            written += _write(folder / device.lower(), told)
    for number in range(members):
        name = f"gm{number + 1}"
        written += _write(folder / name, dict(_as_member(shown[MEMBER], wan, number)))
    return written


def member_address(number: int) -> str:
    """The address of a member towards its provider."""
    return f"172.{16 + (number >> 14)}.{number >> 6 & 255}.{(number & 63) * 4 + 1}"


def _shown(servers: int) -> dict[str, dict[str, str]]:
    """What each router of a small lab says to each command, echo and prompts included."""
    rules = registry().select((), ())
    with TemporaryDirectory() as place:
        for path, text in generate(LabPlan(servers=servers, members=2)).items():
            file = Path(place, path)
            file.parent.mkdir(exist_ok=True)
            file.write_text(text, "utf-8")
        lab = Lab(Path(place, "lab.yml"))
        lab.advance(WARM_UP_S)
        shown = {}
        for device in lab.devices:
            terminal = console(lab[device])
            shown[device] = {
                command: f"{device}#{command}\n{terminal.run(command)}{device}#\n"
                for command in commands_for(rules, [ROLES[device[0]]])
            }
    return shown


def _wan(texts: dict[str, str]) -> str:
    """The address that the member of the lab registers from."""
    found = re.search(r"Local addr/port +: ([\d.]+)/", texts["show crypto gdoi gm"])
    assert found is not None
    return found[1]


def _told(command: str, text: str, wan: str, members: int) -> str:
    """What a key server tells, with all members where it lists them."""
    if command != MEMBERS:
        return text
    begin, *blocks = re.split(rf"^(?={FIRST_MEMBER})", text, flags=re.MULTILINE)
    pattern = re.compile(rf"(?<![\d.]){re.escape(wan)}(?![\d.])")
    block = next(each for each in blocks if pattern.search(each))
    body, blank, prompt = blocks[-1].rpartition("\n\n")
    if block is blocks[-1]:
        block = body + blank
    return begin + "".join(pattern.sub(member_address(n), block) for n in range(members)) + prompt


def _as_member(texts: dict[str, str], wan: str, number: int) -> Iterator[tuple[str, str]]:
    """What member `number` shows: the member of the lab with names and addresses of its own."""
    pattern = re.compile(rf"(?<![\d.]){re.escape(wan)}(?![\d.])")
    lan = f"10.{1 + (number >> 8)}.{number & 255}."
    for command, text in texts.items():
        own = pattern.sub(member_address(number), text).replace(LAN, lan)
        yield command, own.replace(MEMBER, f"GM{number + 1}")


def _write(folder: Path, texts: dict[str, str]) -> int:
    folder.mkdir(parents=True)
    written = 0
    for command, text in texts.items():
        data = text.encode()
        folder.joinpath(file_name(command)).write_bytes(data)
        written += len(data)
    return written
