"""Showing, saving and erasing the configuration."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

from ..config.permitted import changeable, permitted
from ..config.rendering import entry_lines, render
from ..config.store import Entry
from ..grammar import HIGHEST_PRIVILEGE, CommandSet, RefusedError
from ..saving import dated_text, erase, save
from ..services.command_levels import CommandLevels
from ..services.interfaces import Interfaces
from ..shell.call import Call

BUILDING = "Building configuration...\n"
NO_STARTUP = "startup-config is not present\n"
ERASE_QUESTION = (
    "Erasing the nvram filesystem will remove all configuration files! Continue? [confirm]"
)

declared = CommandSet()
declared.words(
    {
        "show running-config": "Current operating configuration",
        "show running-config all": "Configuration with defaults",
        "show running-config brief": "configuration without certificate data",
        "show running-config full": "full configuration",
        "show running-config interface": "Show interface configuration",
        "show running-config view": "View options",
        "view full": "Show full running configuration",
        "running-config vrf": "Show VRF aware configuration",
        "show startup-config": "Contents of startup configuration",
        "show configuration": "Contents of Non-Volatile memory",
        "write": "Write running configuration to memory, network, or terminal",
        "write memory": "Write to NV memory",
        "write terminal": "Write to terminal",
        "write erase": "Erase NV memory",
        "erase": "Erase a filesystem",
        "erase startup-config": "Erase contents of configuration memory",
        "erase nvram:": "Filesystem to be erased",
    }
)


@declared.exec("show running-config [all | full]", "write terminal", privilege=15)
def show_running(call: Call) -> str:
    """The running configuration; who may not change all of it sees what he may change."""
    return _framed(_seen_text(call, defaults=call.has("all")))


def _seen_text(call: Call, *, defaults: bool = False) -> str:
    router, allowed = call.router, _allowed(call)
    if allowed is None:
        return dated_text(router, router.running_lines(defaults=defaults))
    seen = permitted(router.config.root, allowed)
    return dated_text(router, [*render(seen, router.grammar, defaults=defaults), "end"])


def _allowed(call: Call) -> Callable[[Entry], bool] | None:
    """What the user may change; None for everything."""
    privilege = call.session.privilege if call.session is not None else HIGHEST_PRIVILEGE
    if privilege == HIGHEST_PRIVILEGE:
        return None
    return changeable(call.router, privilege, call.router.feature(CommandLevels).levels)


@declared.exec("show running-config view full", privilege=15)
def show_running_view(call: Call) -> str:
    """The whole running configuration, for users who may not change all of it too."""
    return _framed(dated_text(call.router))


@declared.exec("show running-config brief", privilege=15)
def show_running_brief(call: Call) -> str:
    """The running configuration without the data of certificates."""
    lines = _seen_text(call).splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(("  \t", "  3", "  quit"))]
    return _framed("".join(kept))


@declared.exec("show running-config interface <name:interface>", privilege=15)
def show_running_interface(call: Call) -> str:
    """The lines of one interface."""
    router, allowed = call.router, _allowed(call)
    entry = router.config.root.find("interface", call["name"])
    if entry is None:
        raise RefusedError(argument="name")
    if allowed is not None:
        held = permitted(entry.block, allowed) if entry.block is not None else None
        entry = replace(entry, block=held)
    lines = ["!", *entry_lines(entry, router.grammar, 0), "end"]
    return _framed("\n".join(lines) + "\n")


@declared.exec("show running-config vrf [<vrf>]", privilege=15)
def show_running_vrf(call: Call) -> str:
    """The VRFs, or one of them, with all that belongs to them."""
    wanted = call.get("vrf")
    blocks: list[list[str]] = []
    for line in _seen_text(call).splitlines():
        if line.startswith(" ") and blocks:
            blocks[-1].append(line)
        elif line and not line.startswith("!"):
            blocks.append([line])
    kept = [block for block in blocks if _vrfs_of(block) & ({wanted} if wanted else _every(call))]
    text = "!\n".join("".join(f"{line}\n" for line in block) for block in kept)
    return _framed(f"{text}end\n")


def _every(call: Call) -> set[str]:
    return set(call.router.feature(Interfaces).vrfs())


def _vrfs_of(block: list[str]) -> set[str]:
    """The VRFs that a block of the configuration is about, by its first line or a `forwarding`."""
    head = block[0].split()
    if head[:2] == ["vrf", "definition"]:
        return {head[2]}
    found = {name for word, name in pairwise(head) if word == "vrf"}
    for line in block[1:]:
        words = line.split()
        if words[-2:-1] == ["forwarding"] and "vrf" in words:
            found.add(words[-1])
    return found


@declared.exec("show startup-config", "show configuration", privilege=15)
def show_startup(call: Call) -> str:
    """The saved configuration."""
    router = call.router
    saved = router.files.startup_config
    if saved is None:
        return NO_STARTUP
    size = router.platform.hardware.nvram_bytes
    return f"Using {len(saved)} out of {size} bytes\n" + saved.decode("latin-1") + "\n"


@declared.exec("write [memory]", privilege=15)
async def write_memory(call: Call) -> str | None:
    """Save the running configuration."""
    return await saved(call)


async def saved(call: Call) -> str | None:
    """Save, as `write memory` and `copy running-config startup-config` do."""
    router = call.router
    call.dialogue.write(BUILDING)
    if router.faults.crashes_at_write():
        router.reload("Unexpected exception to CPU")
        return None
    if router.behaviour.save_s:
        await call.dialogue.sleep(router.behaviour.save_s)
    save(router, call.dialogue.user)
    return "[OK]\n"


@declared.exec("write erase", "erase startup-config", "erase nvram:", privilege=15)
async def write_erase(call: Call) -> str | None:
    """Forget the saved configuration."""
    if not await call.dialogue.confirm(ERASE_QUESTION):
        return None
    erase(call.router)
    call.router.log.add("SYS", 7, "NV_BLOCK_INIT", "Initialized the geometry of nvram")
    return "[OK]\nErase of nvram: complete\n"


def _framed(text: str) -> str:
    return f"{BUILDING}\nCurrent configuration : {len(text)} bytes\n{text}\n"
