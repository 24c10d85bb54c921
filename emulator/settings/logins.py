"""What a login costs and what the log tells of it (Cisco command reference, `login block-for`)."""

from ..config.edit import Edit
from ..grammar import CommandSet
from .switches import as_delivered

DEFAULT_DELAY_S = 1

declared = CommandSet()
declared.words(
    {
        "login": "Enable secure login checking",
        "login block-for": "Set quiet-mode active time period",
        "login delay": "Set delay between successive fail login",
        "login delay <1-10>": "Time period in seconds",
        "login on-failure": "Set options for failed login attempt",
        "login on-success": "Set options for successful login attempt",
        "login quiet-mode": "Set quiet-mode options",
        "block-for <1-65535>": "Time period in seconds",
        "block-for attempts": "Set max number of fail attempts",
        "attempts within": "Watch period for fail attempts",
        "on-failure every": "Periodicity of logs/traps generated",
        "on-failure log": "Generate syslogs on failure logins",
        "on-failure trap": "Generate traps on failure logins",
        "on-success every": "Periodicity of logs/traps generated",
        "on-success log": "Generate syslogs on successful logins",
        "on-success trap": "Generate traps on successful logins",
        "quiet-mode access-class": "Set quiet-mode ACL",
    }
)


def _reports(edit: Edit) -> None:
    """Without a word both log and trap are meant, and IOS prints them."""
    if edit.text == edit.setting.name:
        edit.text += " log"
    as_delivered(edit)


def _block_for(edit: Edit) -> None:
    delay = edit.block.find("login delay")
    if edit.text is None and edit.before is not None and delay is None:
        edit.router.config.remove(edit.block, ("login quiet-mode access-class",))


declared.setting(
    "config",
    "login block-for <seconds:1-65535> attempts <attempts:1-65535> within <within:1-65535>",
    section="login",
    check=_block_for,
)
declared.setting("config", "login delay <seconds:1-10>", section="login")
declared.setting("config", "login quiet-mode access-class <acl>", section="login")
for _kind in ("on-failure", "on-success"):
    declared.setting(
        "config",
        f"login {_kind} [log] [trap] [every <every:1-65535>]",
        section="login",
        check=_reports,
    )
