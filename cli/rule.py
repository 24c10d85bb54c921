"""The verb `rule`."""

from pathlib import Path
from textwrap import fill

import click

from ..audits.catalogue import as_json, markdown, text
from ..audits.not_automated import NOT_AUTOMATED
from ..audits.registry import registry
from ..errors import UsageError
from .auditing import chosen_options, policy_options
from .output import result

FORMATS = ("text", "json", "markdown")
WIDTH = 80


@click.command()
@click.argument("codes", nargs=-1, metavar="[CODE]...")
@click.option("--all", "every", is_flag=True, help="Explain every rule.")
@click.option(
    "-f",
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="Form of the answer; markdown is that of the rule catalogue in the documentation.",
)
@policy_options
def command(
    codes: tuple[str, ...], every: bool, form: str, profile: str | None, config: Path | None
) -> None:
    """Explain rules: what they ask for, why, how to mend it, examples.

    CODE is a rule's code, such as TEK001, or its alias, such as GV-011.
    """
    if every == bool(codes):
        raise UsageError("name rules or give --all", hint="such as `getvpn rule TEK001`")
    if form == "text":
        codes = tuple(code for code in codes if not _left_to_people(code))
        if not codes and not every:
            return
    rules = registry().rules if every else tuple(registry()[code] for code in codes)
    if form == "markdown":
        result(markdown(rules).removesuffix("\n"))
        return
    settings = chosen_options(config, profile).settings
    if form == "json":
        result(as_json(rules, settings).removesuffix("\n"))
    else:
        result("\n\n".join(text(rule, settings) for rule in rules).removesuffix("\n"))


def _left_to_people(code: str) -> bool:
    """Say why no rule checks the recommendation `code`; False if one does."""
    for each in NOT_AUTOMATED:
        if each.alias == code.upper():
            reason = fill(each.reason, WIDTH)
            result(f"{each.alias}  [checked by no rule]\n{each.title}\n\n{reason}\n")
            return True
    return False
