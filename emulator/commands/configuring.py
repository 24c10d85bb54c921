"""Into configuration mode, and replacing, archiving, comparing and taking back configurations."""

from ..config.archive import (
    ARCHIVE_FAILED,
    ARCHIVE_NEEDED,
    NOTHING_PENDING,
    QUESTION,
    backing_up,
    refusal,
    replaced,
    rollback_timer,
    rolling_to,
    show_archive,
)
from ..config.differences import contextual, incremental
from ..files.errors import FileError
from ..grammar import CommandSet, RefusedError
from ..saving import ENCODING
from ..services.archive import Archive
from ..services.config_lock import ConfigLock
from ..shell.call import Call
from .places import directory_of

FROM_WHERE = "Configuring from terminal, memory, or network [terminal]? "

declared = CommandSet()
declared.words(
    {
        "configure": "Enter configuration mode",
        "configure terminal": "Configure from the terminal",
        "configure memory": "Configure from NV memory",
        "configure confirm": "Confirm replacement of running-config with a new config file",
        "configure replace": "Replace the running-config with a new config file",
        "configure revert": "Parameters for reverting the configuration",
        "terminal revert": "Parameters for reverting the configuration",
        "replace URL": "URL of config file that will replace running-config",
        "force": "Forcefully replace the current running configuration without prompting",
        "ignorecase": "Ignore the case of the configuration",
        "list": "List the commands that are applied",
        "nolock": "Do not acquire configuration lock",
        "revert": "Parameters for reverting the configuration",
        "revert now": "Rollback immediately",
        "revert timer": "Time within which the change must be confirmed",
        "timer <1-120>": "Minutes to wait for confirmation",
        "timer idle": "Rollback if the session is idle",
        "trigger": "Parameters for triggering a rollback",
        "trigger error": "Rollback on error",
        "error timer": "Time within which the change must be confirmed",
        "replace time": "Time within which the change must be confirmed",
        "archive": "manage archive files",
        "archive config": "Archive the running configuration",
        "show archive": "Archive functions",
        "show archive config": "Archive config functions",
        "show archive config differences": "Show differences between configurations",
        "show archive config incremental-diffs": "Commands that merging a file would add",
        "show archive config rollback": "Rollback functions",
        "show archive config rollback timer": "Rollback timer",
        "show archive log": "Archive log functions",
        "show archive log config": "Logged configuration commands",
    }
)


@declared.exec("configure [terminal]", privilege=15)
async def configure(call: Call) -> str | None:
    """Go into configuration mode."""
    if call.session is None:
        return None
    if not call.has("terminal"):
        answer = (await call.dialogue.ask(FROM_WHERE)).strip().lower()
        if answer and "memory".startswith(answer):
            return _merge_startup(call)
        if answer and not "terminal".startswith(answer):
            return '?Must be "terminal", "memory" or "network"\n'
    call.session.enter_configuration()
    return None


@declared.exec("configure memory", privilege=15)
def configure_memory(call: Call) -> str | None:
    """Merge the saved configuration."""
    return _merge_startup(call)


def _merge_startup(call: Call) -> str | None:
    call.router.feature(ConfigLock).check(call.session)
    text = (call.router.files.startup_config or b"").decode(ENCODING)
    who = call.dialogue
    return call.router.merge(text, user=who.user, origin=who.origin).output


@declared.exec(
    "configure terminal revert timer <minutes:1-120>",
    "configure terminal revert timer idle <minutes:1-120>",
    privilege=15,
)
def configure_with_timer(call: Call) -> None:
    """Configure on trial: without a confirmation everything is taken back."""
    archive = _enabled(call)
    if call.session is None:
        return
    call.router.feature(ConfigLock).check(call.session)
    backup = archive.begin(
        user=call.session.user,
        privilege=call.session.privilege,
        minutes=call["minutes"],
        idle=call.has("idle"),
    )
    call.dialogue.write(backing_up(backup) + "\n")
    call.session.enter_configuration()


@declared.exec("configure confirm", privilege=15)
def configure_confirm(call: Call) -> str | None:
    """Keep a change that was made on trial."""
    archive = call.router.feature(Archive)
    level = call.session.privilege if call.session else 15
    if not archive.confirm(call.dialogue.user, level):
        return NOTHING_PENDING + "\n"
    return None


@declared.exec("configure revert now", privilege=15)
def configure_revert(call: Call) -> str:
    """Take a change back at once."""
    archive = call.router.feature(Archive)
    pending = archive.pending
    if pending is None:
        return NOTHING_PENDING + "\n"
    outcome = archive.roll_back()
    text = rolling_to(pending.backup) + "\n"
    return text + (replaced(outcome) if outcome else "") + "\n"


@declared.exec(
    "configure revert timer <minutes:1-120>",
    "configure revert timer idle <minutes:1-120>",
    privilege=15,
)
def configure_revert_timer(call: Call) -> str | None:
    """Give a change that is on trial another time."""
    if not call.router.feature(Archive).rearm(call["minutes"], idle=call.has("idle")):
        return NOTHING_PENDING + "\n"
    return None


@declared.exec(
    "configure replace <file:path> {force | list | nolock | ignorecase | time <wait:1-120>"
    " | revert trigger error [timer <minutes:1-120>] | revert timer <minutes:1-120>}*",
    privilege=15,
)
async def configure_replace(call: Call) -> str | None:
    """Make the running configuration equal to a file."""
    minutes = _last(call.get("minutes")) or _last(call.get("wait"))
    trigger = call.has("trigger")
    archive = _enabled(call) if minutes or trigger else call.router.feature(Archive)
    text = _read(call, call["file"])
    if not call.has("nolock"):
        call.router.feature(ConfigLock).check(call.session)
    wrong = refusal(text)
    if wrong is not None:
        raise RefusedError(wrong)
    if not call.has("force"):
        answer = (await call.dialogue.ask(QUESTION)).strip().lower()
        if not answer or not "yes".startswith(answer):
            return None
    return "\n" + _replace(call, archive, text, minutes) + "\n"


def _replace(call: Call, archive: Archive, text: str, minutes: int) -> str:
    who, backup, said = call.dialogue, "", ""
    level = call.session.privilege if call.session else 15
    if minutes:
        backup = archive.begin(user=who.user, privilege=level, minutes=minutes)
        said = backing_up(backup) + "\n"
    elif call.has("trigger"):
        backup = archive.save()
    outcome = archive.replace(text, user=who.user, origin=who.origin, revert=call.has("trigger"))
    if outcome.failure is not None and minutes:
        archive.forget()
    return said + replaced(outcome, backup=backup, listed=call.has("list"))


@declared.exec("archive config", privilege=15)
def archive_config(call: Call) -> str | None:
    """Save the running configuration in the archive."""
    archive = call.router.feature(Archive)
    if archive.path is None:
        return ARCHIVE_FAILED + "\n"
    try:
        archive.save()
    except FileError as failed:
        raise RefusedError(failed.text) from None
    return None


@declared.exec("show archive", privilege=15)
def show_archive_command(call: Call) -> str:
    """The files of the archive."""
    archive = call.router.feature(Archive)
    text = show_archive(
        archive.path,
        archive.files,
        archive.number,
        maximum=archive.maximum,
        hostname=call.router.hostname,
    )
    return text + "\n"


@declared.exec("show archive config rollback timer", privilege=15)
def show_rollback_timer(call: Call) -> str:
    """The change that waits for its confirmation."""
    pending = call.router.feature(Archive).pending
    if pending is None:
        return NOTHING_PENDING + "\n"
    at = call.router.second_text(pending.armed_at)
    return (
        rollback_timer(configured=at, minutes=pending.minutes, user=pending.user, idle=pending.idle)
        + "\n"
    )


@declared.exec(
    "show archive config differences [<first:path> [<second:path>]] [ignorecase]", privilege=15
)
def show_differences(call: Call) -> str:
    """What one configuration has that another has not."""
    names = [call.get("first"), call.get("second")]
    if names[0] is None:
        texts = [_read(call, "system:running-config"), _read(call, "nvram:startup-config")]
    elif names[1] is None:
        texts = [_read(call, "system:running-config"), _read(call, names[0])]
    else:
        texts = [_read(call, name) for name in names]
    return contextual(texts[0], texts[1], ignorecase=call.has("ignorecase")) + "\n"


@declared.exec("show archive config incremental-diffs <file:path> [ignorecase]", privilege=15)
def show_incremental(call: Call) -> str:
    """The commands that merging a file would add."""
    running = _read(call, "system:running-config")
    merge = _read(call, call["file"])
    return incremental(running, merge, ignorecase=call.has("ignorecase")) + "\n"


@declared.exec("show archive log config all", privilege=15)
def show_archive_log(call: Call) -> str:
    """The configuration commands that were logged."""
    lines = [" idx   sess           user@line      Logged command"]
    for logged in call.router.feature(Archive).logged:
        who = f"{logged.user}@{logged.line}"
        lines.append(f"{logged.number:5} {logged.session:6} {who:>18}  |{logged.text}")
    return "\n".join(lines) + "\n"


def _enabled(call: Call) -> Archive:
    archive = call.router.feature(Archive)
    if archive.path is None:
        raise RefusedError(ARCHIVE_NEEDED)
    return archive


def _read(call: Call, name: str) -> str:
    try:
        path = call.router.files.locate(name, directory_of(call), keywords=True)
        return call.router.files.read(path).decode(ENCODING)
    except FileError as failed:
        raise RefusedError(failed.text) from None


def _last(values: "tuple[int, ...] | int | None") -> int:
    """The value of an option that may be given several times; 0 without it."""
    if isinstance(values, tuple):
        return values[-1]
    return values or 0
