"""The frame of the interfaces."""

from ..config.edit import Edit
from ..grammar import CommandSet, RefusedError
from ..grammar.interfaces import VIRTUAL_TYPES, interface_order, split_interface

declared = CommandSet()
declared.mode("interface", "config-if")
declared.words(
    {
        "interface": "Select an interface to configure",
    }
)


def _interface(edit: Edit) -> None:
    name = edit.values["name"]
    kind, _ = split_interface(name)
    physical = name.partition(".")[0] in edit.router.platform.hardware.interfaces
    if not physical and kind not in VIRTUAL_TYPES:
        raise RefusedError(argument="name")
    if edit.removing and name in edit.router.platform.hardware.interfaces:
        raise RefusedError("% Removal of physical interfaces is not permitted")


declared.setting(
    "config",
    "interface <name!:interface>",
    section="interface",
    enters="interface",
    check=_interface,
    order=lambda entry: interface_order(entry["name"]),
)
