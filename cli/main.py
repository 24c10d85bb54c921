"""The frame of the `getvpn` command: finding the verb, exit codes, errors in one line.

Exit codes: 0 nothing to report, 1 findings, 2 wrong call or unusable input, 3 a device failed,
70 a fault in getvpn itself, 130 interrupted, 141 the reader of the output went away.
"""

import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, ClassVar, NoReturn

import click

from .. import __version__
from ..errors import GetvpnError, InputError, UsageError
from .output import (
    COLOR_CHOICES,
    color_setting,
    discard_stdout,
    escape_unencodable,
    fill_missing,
    note,
)

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

VERBS = {
    "acl": "Compare access lists by the packets that they select, and make them smaller",
    "adopt": "Make an intent of existing configurations",
    "audit": "Audit saved configurations, show outputs and terminal logs",
    "collect": "Save what devices say, for audits",
    "completion": "Print the script that completes getvpn in a shell",
    "deploy": "Bring devices to what the intent says",
    "diff": "Compare the intent with running configurations",
    "evict": "Take devices out of groups whose keys they must not have any more",
    "failover": "Test whether key servers take over from each other",
    "history": "Show what audits found over time, and the key figures of groups and devices",
    "key-server": "Add and remove key servers of a group, step by step",
    "lab": "Run emulated routers that answer on SSH",
    "lint": "Check configurations against the rules",
    "logs": "Explain what the logs of devices tell about groups",
    "migrate": "Change a running group over to something newer, step by step",
    "mtu": "Work out how large packets of members may be, and where they fragment",
    "parse": "Turn saved show outputs into records",
    "policy": "Change what a group encrypts, and how",
    "recover": "Bring groups back from what has happened to them",
    "render": "Turn the intent into the configurations of devices",
    "rollover": "Replace keys of a group, step by step",
    "runs": "Look at procedures that ran, go on with them, or take them back",
    "rule": "Explain rules: what they ask for, why, how to mend it, examples",
    "snapshot": "Keep what devices say, and compare it by meaning",
    "timeline": "Work out whether the timers of groups fit, and when the next rekey comes",
    "trust": "Record the host keys of devices",
    "schema": "Print the JSON Schema of network.yml",
    "upgrade": "Give devices other images, step by step",
    "watch": "Watch groups: a live board, alerts, metrics",
}
"""Every verb and its summary.

The verb `some-verb` is the click command `command` of the module `getvpn.cli.some_verb`, and the
first sentence of its docstring is the summary. It returns its exit code; None stands for 0.
"""

PROGRAM = "getvpn"
COMPLETE_VARIABLE = "_GETVPN_COMPLETE"
EXIT_INTERNAL = 70
EXIT_INTERRUPTED = 130
EXIT_BROKEN_PIPE = 141
_HOMELESS = "Could not determine home directory."
"""What pathlib says of `~` where neither HOME nor the system's list of accounts knows it."""


class VerbGroup(click.Group):
    """The verbs of `table`; a module is imported when its verb is called, not for the help."""

    table: ClassVar[Mapping[str, str]] = VERBS
    """Every verb and its summary."""
    kind = "verb"

    def load(self, name: str) -> click.Command:
        """Import the command of a verb of the table."""
        module = import_module(f".{name.replace('-', '_')}", __package__)
        command: click.Command = module.command
        return command

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the verbs in alphabetical order."""
        return sorted(self.table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of the verb `cmd_name`; None if there is no such verb."""
        return self.load(cmd_name) if cmd_name in self.table else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the verb that `args` starts with.

        Raises click.UsageError, with the nearest name, if there is none.
        """
        name = args[0]
        if name not in self.table and not name.startswith("-") and not ctx.resilient_parsing:
            ctx.fail(f"unknown {self.kind} {_unknown(name, self.table)}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of verbs into the help."""
        with formatter.section(f"{self.kind.capitalize()}s"):
            formatter.write_dl([(name, self.table[name]) for name in self.list_commands(ctx)])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> "list[CompletionItem]":
        """Offer the verbs that start with `incomplete`, then the options of the group."""
        from click.shell_completion import CompletionItem

        verbs = [
            CompletionItem(name, help=self.table[name])
            for name in self.list_commands(ctx)
            if name.startswith(incomplete)
        ]
        return verbs + click.Command.shell_complete(self, ctx, incomplete)


@click.group(
    cls=VerbGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    options_metavar="[OPTIONS]",
    subcommand_metavar="VERB [ARGUMENTS]...",
)
@click.version_option(__version__, prog_name=PROGRAM, message="%(prog)s %(version)s")
@click.option(
    "--color",
    type=click.Choice(COLOR_CHOICES),
    default="auto",
    show_default=True,
    help="Colour the text output; auto: on a terminal, unless NO_COLOR is set.",
)
@click.pass_context
def app(ctx: click.Context, color: str) -> None:
    """Read, audit and operate Cisco GETVPN networks."""
    ctx.color = color_setting(color, os.environ)


def main() -> NoReturn:
    """Run the command and leave the process with its exit code."""
    sys.exit(run())


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command with `arguments` (the process's own by default) and return the exit code.

    Every mistake becomes one line on stderr; the environment variable GETVPN_DEBUG adds the trace.
    """
    fill_missing()
    escape_unencodable()
    try:
        return _call(sys.argv[1:] if arguments is None else list(arguments))
    except (click.Abort, KeyboardInterrupt):
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        discard_stdout()
        return EXIT_BROKEN_PIPE
    except click.exceptions.NoArgsIsHelpError as error:
        note(error.format_message())
        return UsageError.exit_code
    except Exception as error:  # noqa: BLE001 - the last stop: nobody is shown a trace unasked
        return _report(error)


def _call(arguments: list[str]) -> int:
    """Answer the shell's completion script, or call the verb; give the exit code.

    Click's own `main` is passed by: it leaves with 1, which here means findings, when the reader
    of the output goes away.
    """
    instruction = os.environ.get(COMPLETE_VARIABLE)
    if instruction:
        from click.shell_completion import shell_complete

        return shell_complete(app, {}, PROGRAM, COMPLETE_VARIABLE, instruction)
    try:
        with app.make_context(PROGRAM, arguments) as ctx:
            code: int | None = app.invoke(ctx)
    except click.exceptions.Exit as leave:
        return leave.exit_code
    return code or 0


def _unknown(name: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, known, n=1)
    return f"'{name}'" + (f"; did you mean '{near[0]}'?" if near else "")


def _report(error: Exception) -> int:
    """Tell the user about `error` and return the exit code."""
    if os.environ.get("GETVPN_DEBUG"):
        from traceback import format_exception

        note("".join(format_exception(error)).rstrip())
    if isinstance(error, OSError):
        discard_stdout()
    line, code = _explain(error)
    others = error.others if isinstance(error, InputError) else ()
    # the exit code tells even when nobody can be told
    with suppress(OSError):
        for text in (line, *map(str, others)):
            note(f"{PROGRAM}: error: {text}")
    return code


def _explain(error: Exception) -> tuple[str, int]:
    """One line for the user, and the exit code."""
    match error:
        case GetvpnError():
            return str(error), error.exit_code
        case click.NoSuchOption() if line := _misplaced(error):
            return line, UsageError.exit_code
        case click.UsageError():
            path = error.ctx.command_path if error.ctx else PROGRAM
            return f"{_click_text(error)} (see '{path} --help')", UsageError.exit_code
        case click.ClickException():
            return _click_text(error), UsageError.exit_code
        case OSError():
            source = None if error.filename is None else str(error.filename)
            known = InputError(error.strerror or str(error), source=source)
            return str(known), known.exit_code
        case RuntimeError() if str(error) == _HOMELESS:
            absent = UsageError("this account has no home folder", hint="set the variable HOME")
            return str(absent), absent.exit_code
        case _:
            fault = f"internal error: {type(error).__name__} in {_place(error)}"
            return f"{fault}; set GETVPN_DEBUG=1 to see the trace", EXIT_INTERNAL


def _misplaced(error: click.NoSuchOption) -> str | None:
    """Where an option belongs that stands behind an action and is one of what the action is of."""
    call = error.ctx
    while call is not None and call.parent is not None:
        name, call = call.info_name, call.parent
        if any(error.option_name in each.opts for each in call.command.params):
            path = f"{call.command_path} {error.option_name} … {name}"
            return f"{error.option_name} belongs in front of '{name}': {path}"
    return None


def _click_text(error: click.ClickException) -> str:
    """The message on one line: click lists the choices of an argument one below the other."""
    return str(UsageError(" ".join(error.format_message().split())))


def _place(error: Exception) -> str:
    """The innermost of our own lines that `error` passed through, as `module:line`."""
    place = PROGRAM
    trace = error.__traceback__
    while trace is not None:
        module = str(trace.tb_frame.f_globals.get("__name__"))
        if module.partition(".")[0] == PROGRAM:
            place = f"{module}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place
