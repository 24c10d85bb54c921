"""What the routers of a network in memory say, as captures and as states."""

from functools import cache
from pathlib import Path

from getvpn.audits.load import fleet_of
from getvpn.audits.registry import registry
from getvpn.parsers.transcript.capture import Capture
from getvpn.tasks.collecting.gathered import file_name
from getvpn.tasks.collecting.scrub import without_secrets
from getvpn.tasks.collecting.wanted import CONFIG_COMMAND, ROLES, Role, commands_for
from getvpn.tasks.procedures.model import Status
from getvpn.tasks.snapshots.facts import State, state_of

from ..procedures.group_worlds import World
from ..procedures.rollover_worlds import RolloverWorld

Said = tuple[list[Capture], float]


@cache
def asked(role: Role) -> tuple[str, ...]:
    """What a collection asks a device of this role for."""
    return commands_for(registry().select((), ()), (role,))


def captures_of(world: World) -> list[Capture]:
    """Everything that a collection would get now."""
    servers = {device.name for device in world.intent.key_servers}
    found = []
    for device in (*world.intent.key_servers, *world.intent.members):
        role = ROLES[0] if device.name in servers else ROLES[1]
        for command in asked(role):
            text = world.shown(device.name, command)
            if "% Invalid" not in text:
                found.append(
                    Capture(
                        host=device.name,
                        command=command,
                        text=without_secrets(command, text),
                        source=f"{device.name}/{command}",
                        first_line=1,
                    )
                )
    return found


def seen(world: World) -> State:
    """The state of a network now."""
    return state_of(fleet_of(captures_of(world)), world.lab.kernel.now())


@cache
def around_a_rollover() -> tuple[Said, Said]:
    """What a network says before a rollover, and after it."""
    world = RolloverWorld()
    before = saying(world)
    assert world.run(world.plan()).status is Status.DONE
    return before, saying(world)


def saying(world: World) -> Said:
    """What the devices say, and when."""
    return captures_of(world), world.lab.kernel.now()


def save(captures: list[Capture], folder: Path) -> None:
    """Write captures as a collection has them, without its index."""
    for each in captures:
        place = folder / str(each.host)
        place.mkdir(parents=True, exist_ok=True)
        config = each.command == CONFIG_COMMAND
        echo = "" if config else f"{each.host}#{each.command}\n"
        (place / file_name(each.command)).write_text(echo + each.text, "utf-8")
