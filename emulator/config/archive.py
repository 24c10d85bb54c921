"""What the archive, configuration replace and the confirmed change of a configuration say.

Texts of transcripts: the Cisco command reference (`configure replace`, `show archive`), napalm
issues 135 and 1009, napalm-ansible issues 54 and 112, napalm pull request 1701, the sample of
ansible.netcommon's `cli_restore`, genieparser's samples of `show archive`. All are lines joined by
line ends, without one behind the last; an empty last line is part of the text.
"""

from collections.abc import Sequence

from ...errors import InputError
from .differences import COMMANDS
from .replacement import Outcome
from .texttree import is_header, parse

QUESTION = (
    "This will apply all necessary additions and deletions\n"
    "to replace the current running configuration with the\n"
    "contents of the specified configuration file, which is\n"
    "assumed to be a complete configuration, not a partial\n"
    "configuration. Enter Y if you are sure you want to proceed. ? [no]: "
)
"""What `configure replace` asks without `force`; the answer follows on its last line."""

ROLLBACK_COMMANDS = "!List of Rollback Commands:"
STARS = "********"

INVALID = "%The input file is not a valid config file."
ARCHIVE_OFF = " Archive feature not enabled"
ARCHIVE_FAILED = f"{ARCHIVE_OFF}\n% Error caught by command handler"
"""The answer to `archive config` while no path is set (IOS-XE 17 transcript)."""

ARCHIVE_NEEDED = "%Please turn config archive on before using Rollback Confirmed Change"
NOTHING_PENDING = "%No Rollback Confirmed Change pending"
WILL_BEGIN = (
    "Rollback Confirmed Change: Rollback will begin in one minute.\n"
    'Enter "configure confirm" if you wish to keep what you\'ve configured'
)

_TEXT_CONTROLS = frozenset("\t\n\r\x03\x0c")
_NETWORK = ("ftp:", "http:", "https:", "rcp:", "scp:", "sftp:", "tftp:")


def refusal(text: str) -> str | None:
    """Why `configure replace` does not take a file, None when it does.

    A configuration file is text that closes with `end`. One that begins with the `Using …` line of
    `show startup-config` is none (napalm issue 653).
    """
    if any(char < " " and char not in _TEXT_CONTROLS for char in set(text)) or "\x7f" in text:
        return INVALID
    try:
        tree = parse(text)
    except InputError:
        return INVALID
    first = tree.nodes[0].text if tree.nodes else ""
    if not tree.ended or (is_header(first) and first.startswith("Using ")):
        return INVALID
    return None


def replaced(
    outcome: Outcome, *, backup: str = "", listed: bool = False, heading: str = COMMANDS
) -> str:
    """What `configure replace` prints after the question.

    `backup` is the file that `revert trigger error` goes back to. With `listed`, the commands of
    every pass come first, below `heading` (IOS-XE 17 has `ROLLBACK_COMMANDS` there).
    """
    lines = _passes(outcome, heading) if listed else []
    if outcome.failure is not None and outcome.back is not None:
        lines += outcome.failure.text.splitlines()
        lines += [
            f"Failed to apply command {outcome.failure.line}",
            "Aborting Rollback.",
            "",
            f"Rollback failed.Reverting back to the original configuration: {backup} ...",
            "",
            *_finished(outcome.back),
        ]
        if outcome.back.done:
            lines += ["The original configuration has been successfully restored.", ""]
    else:
        lines += _finished(outcome)
    return "\n".join(lines)


def _passes(outcome: Outcome, heading: str) -> list[str]:
    lines: list[str] = []
    for number, one in enumerate(outcome.passes, 1):
        lines += [f"!Pass {number}", heading, *one.commands, "end", "", ""]
    return lines


def _finished(outcome: Outcome) -> list[str]:
    """How the passes ended."""
    if outcome.done:
        return [f"Total number of passes: {len(outcome.passes)}", "Rollback Done", ""]
    lines = [
        "The rollback configlet from the last pass is listed below:",
        *(STARS, ROLLBACK_COMMANDS, *outcome.leftover, "end", STARS),
        *("", ""),
        f"Rollback aborted after {len(outcome.passes)} passes",
    ]
    if outcome.failed:
        lines.append("The following commands are failed to apply to the IOS image.")
        lines += [STARS, *outcome.failed, STARS]
    return lines


def file_name(path: str, number: int, *, stamp: str, hostname: str) -> str:
    """The name of an archive file: the path, the time, the number.

    `stamp` is the time as a log line begins with it, with milliseconds and with the mark of a
    clock that is not set. The mark, blanks and colons become hyphens, so that only with such a
    mark a hyphen stands behind the path: `flash:cfg` becomes `flash:cfg-Jan--6-12-49-44.412-0` or
    `flash:cfgJan--6-12-49-44.412-PST-0` (napalm issue 135). In the path, `$h` is the
    host name and `$t` the time, which then is not added again.
    """
    time = "-" + stamp[1:] if stamp[:1] in ("*", ".") else stamp
    time = time.replace(" ", "-").replace(":", "-")
    stem = path if "$t" in path else path + time
    return f"{stem.replace('$h', hostname).replace('$t', time)}-{number}"


def next_name(path: str, number: int, *, hostname: str) -> str:
    """How `show archive` names the file that comes next."""
    stem = path if "$t" in path else f"{path}-<timestamp>"
    return f"{stem.replace('$h', hostname).replace('$t', '<timestamp>')}-{number}"


def show_archive(
    path: str | None, files: Sequence[str], number: int, *, maximum: int = 10, hostname: str = ""
) -> str:
    """The output of `show archive`.

    `path` is None while none is set. `files` are the names of the saved files, oldest first, and
    `number` is that of the next. Of files on a server IOS does not tell how many there are.
    """
    if path is None:
        return ARCHIVE_OFF
    lines = [f"The maximum archive configurations allowed is {maximum}."]
    shown = files[-maximum:]
    if not path.startswith(_NETWORK):
        lines.append(f"There are currently {len(shown)} archive configurations saved.")
    lines.append(
        f"The next archive file will be named {next_name(path, number, hostname=hostname)}"
    )
    lines.append(" Archive #  Name")
    for place in range(1, maximum + 1):
        name = shown[place - 1] if place <= len(shown) else ""
        recent = " <- Most Recent" if place == len(shown) else ""
        lines.append(f"   {place:<9}{name}{recent}")
    return "\n".join(lines)


def rollback_timer(*, configured: str, minutes: int, user: str, idle: bool = False) -> str:
    """The output of `show archive config rollback timer` while a change is pending.

    `configured` is the time at which the timer was set, like `22:50:48 UTC Sat Feb 21 2009`.
    """
    return "\n".join(
        (
            f"Time configured(or reconfigured): {configured}",
            f"Timer type: {'idle' if idle else 'absolute'} timer",
            f"Timer value: {minutes} min",
            f"User: {user}",
        )
    )


def backing_up(backup: str) -> str:
    """What stands above the rest when a change has to be confirmed."""
    return f"Rollback Confirmed Change: Backing up current running config to {backup}\n"


def rolling_to(backup: str) -> str:
    """What stands above the output of the replacement that takes a change back."""
    return f"Rollback Confirmed Change: rolling to:{backup}\n"


def log_backup(backup: str) -> str:
    """The log message, behind its time, when the configuration was backed up."""
    return f"%ARCHIVE_DIFF-5-ROLLBK_CNFMD_CHG_BACKUP: Backing up current running config to {backup}"


def log_start(backup: str, *, user: str, privilege: int, minutes: int, idle: bool = False) -> str:
    """The log message when a timer begins; `idle`: it counts from the last key."""
    kind = "IDLTIMER" if idle else "ABSTIMER"
    when = f"if session has been idle for {minutes} minutes" if idle else f"in {minutes} minutes"
    return (
        f"%ARCHIVE_DIFF-5-ROLLBK_CNFMD_CHG_START_{kind}: User: {user}(Priv: {privilege}, "
        f"View: 0): Scheduled to rollback to config {backup} {when}"
    )


def log_warning(backup: str, *, idle: bool = False) -> str:
    """The log message one minute before a change is taken back."""
    kind = "IDLTIMER" if idle else "ABSTIMER"
    return (
        f"%ARCHIVE_DIFF-5-ROLLBK_CNFMD_CHG_WARNING_{kind}: System will rollback to config {backup} "
        'in one minute. Enter "configure confirm" if you wish to keep what you\'ve configured'
    )


def log_rollback(backup: str) -> str:
    """The log message when a change is taken back."""
    return f"%ARCHIVE_DIFF-5-ROLLBK_CNFMD_CHG_ROLLBACK_START: Start rolling to: {backup}"


def log_confirm(user: str, privilege: int) -> str:
    """The log message when a change is confirmed."""
    return (
        f"%ARCHIVE_DIFF-5-ROLLBK_CNFMD_CHG_CONFIRM: User: {user}(Priv: {privilege}, View: 0): "
        "Confirm the configuration change"
    )
