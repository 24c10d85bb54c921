"""What the router boots."""

from ..grammar import CommandSet
from ..shell.call import Call
from ..software import boot_variable
from .version import register_line

BOOT_FLAGS = 12
"""What stands behind each file of the variable (genieparser samples of ASR 1000 and ISR)."""

declared = CommandSet()
declared.words(
    {
        "show boot": "Display boot attributes",
        "show bootvar": "Boot and related environment variable",
    }
)


@declared.exec("show bootvar", "show boot", privilege=15)
def show_bootvar(call: Call) -> str:
    """The variables that decide what boots, as the saved configuration set them."""
    router = call.router
    files = boot_variable(router.files.startup_config or b"", router.platform)
    boot = "".join(f"{file},{BOOT_FLAGS};" for file in files)
    config = router.config.root.find("boot config")
    lines = [
        f"BOOT variable = {boot}" if boot else "BOOT variable does not exist",
        f"CONFIG_FILE variable = {config['file']}"
        if config is not None
        else "CONFIG_FILE variable does not exist",
        "BOOTLDR variable does not exist",
        register_line(router),
    ]
    text = "\n".join(lines) + "\n"
    return text if router.family == "classic" else f"{text}\nStandby not ready to show bootvar\n"
