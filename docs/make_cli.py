"""Write docs/cli.md, the help of every verb and action: `python docs/make_cli.py`."""

from collections.abc import Iterator
from pathlib import Path

import click

from getvpn.cli.main import PROGRAM, app

WIDTH = 100
HEAD = """# Reference of the command

What `--help` says, of every verb and action. This page is generated: `python docs/make_cli.py`.
What all verbs have in common (exit codes, colour, errors) stands in [The command](command.md).
"""


def contexts(context: click.Context) -> Iterator[click.Context]:
    """The context of a command, then those of the commands below it, in the order of the help."""
    yield context
    if isinstance(context.command, click.Group):
        for name in context.command.list_commands(context):
            below = context.command.get_command(context, name)
            if below is not None and not below.hidden:
                yield from contexts(
                    click.Context(below, info_name=name, parent=context, **below.context_settings)
                )


def text() -> str:
    """The page as it should be."""
    settings = app.context_settings | {"terminal_width": WIDTH}
    parts = (
        f"## {each.command_path}\n\n```\n{_help(each)}\n```\n"
        for each in contexts(click.Context(app, info_name=PROGRAM, **settings))
    )
    return "\n".join((HEAD, *parts))


def _help(context: click.Context) -> str:
    shown = click.unstyle(context.get_help())
    return "\n".join(line.rstrip() for line in shown.splitlines())


if __name__ == "__main__":
    Path(__file__).with_name("cli.md").write_text(text(), "utf-8")
