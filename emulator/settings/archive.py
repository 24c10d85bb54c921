"""The archive of configurations, and the log of configuration commands."""

from ..config.edit import Edit
from ..grammar import CommandSet
from .switches import when_filled

DEFAULT_MAXIMUM = 10
DEFAULT_LOG_SIZE = 100

declared = CommandSet()
declared.mode("archive", "config-archive")
declared.mode("archive-log", "config-archive-log-cfg", parent="archive")
declared.words(
    {
        "archive": "Archive the configuration",
        "log": "Logging commands",
        "log config": "Logging changes to the running configuration",
        "maximum": "maximum number of backup copies",
        "path": "path for backups",
        "path URL": "Write archive on a file system",
        "rollback": "Rollback parameters",
        "time-period": "Period of time in minutes to automatically archive the running-config",
        "write-memory": "Enable automatic backup generation during write memory",
        "hidekeys": "suppress output (e.g. passwords) when displaying logged commands",
        "logging": "Modify config logger parameters",
        "logging enable": "Enable the config logger",
        "logging persistent": "Log commands to a persistent storage",
        "logging size": "Set maximum size of the config log",
        "notify": "Configure if applied config commands are notified",
        "notify syslog": "Send a syslog message for each applied command",
        "syslog contenttype": "Format type of the syslog messages",
        "record": "Record the return code of the commands",
    }
)


def _notify(edit: Edit) -> None:
    """The format is always printed."""
    if edit.text is not None:
        kind = edit.values.setdefault("contenttype", "plaintext")
        edit.text = f"notify syslog contenttype {kind}"


declared.setting("config", "archive", section="archive", enters="archive", shown=when_filled)
declared.setting("archive", "log config", enters="archive-log", shown=when_filled)
declared.setting("archive-log", "record rc")
declared.setting("archive-log", "logging enable")
declared.setting(
    "archive-log", "logging size <entries:1-1000>", default=f"logging size {DEFAULT_LOG_SIZE}"
)
declared.setting("archive-log", "logging persistent [auto | reload]")
declared.setting(
    "archive-log", "notify syslog [contenttype <contenttype:plaintext|xml>]", check=_notify
)
declared.setting("archive-log", "hidekeys")
declared.setting("archive", "path <url:url>")
declared.setting("archive", "rollback filter adaptive")
declared.setting("archive", "rollback retry timeout <seconds:0-3600>")
declared.setting("archive", "write-memory")
declared.setting("archive", "time-period <minutes:1-525600>")
declared.setting("archive", "maximum <count:1-14>", default=f"maximum {DEFAULT_MAXIMUM}")
