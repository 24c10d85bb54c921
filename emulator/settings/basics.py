"""The global mode itself, the name of the router, and its interfaces' frame."""

from ..config.edit import Edit
from ..grammar import CommandSet, RefusedError
from ..grammar.interfaces import VIRTUAL_TYPES, interface_order, split_interface

declared = CommandSet()
declared.mode("config", "config")
declared.mode("interface", "config-if")
declared.words(
    {
        "hostname": "Set system's network name",
        "interface": "Select an interface to configure",
        "version": "Version of the software that wrote the configuration",
    }
)


def _version(edit: Edit) -> None:
    """Keep nothing: the router prints the version of the software that it runs."""
    edit.text = None


def _interface(edit: Edit) -> None:
    name = edit.values["name"]
    kind, _ = split_interface(name)
    physical = name.partition(".")[0] in edit.router.platform.hardware.interfaces
    if not physical and kind not in VIRTUAL_TYPES:
        raise RefusedError(argument="name")
    if edit.removing and name in edit.router.platform.hardware.interfaces:
        raise RefusedError("% Removal of physical interfaces is not permitted")


declared.setting("config", "version <version>", section="version", check=_version)
declared.setting("config", "hostname <name>", section="hostname")
declared.setting(
    "config",
    "interface <name!:interface>",
    section="interface",
    enters="interface",
    check=_interface,
    order=lambda entry: interface_order(entry["name"]),
)
