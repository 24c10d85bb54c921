"""Options of verbs that log in to devices: each verb has those that it heeds."""

import click
import pytest

from getvpn.cli.main import PROGRAM, app
from getvpn.tasks.fleet.runner import JOBS
from getvpn.tasks.procedures.fleet_devices import AT_ONCE


def help_of(words: str) -> str:
    context = click.Context(app, info_name=PROGRAM, **app.context_settings)
    command: click.Command = app
    for word in words.split():
        assert isinstance(command, click.Group)
        found = command.get_command(context, word)
        assert found is not None
        settings = found.context_settings
        command, context = found, click.Context(found, parent=context, info_name=word, **settings)
    return " ".join(command.get_help(context).split())


@pytest.mark.parametrize("verb", ["collect", "audit", "diff", "deploy", "snapshot take"])
def test_a_run_over_a_fleet_tells_how_many_sessions_it_has(verb: str) -> None:
    assert f"Sessions at a time. [default: {JOBS}]" in help_of(verb)


@pytest.mark.parametrize("verb", ["rollover rsa", "runs resume", "runs abort", "watch"])
def test_what_goes_step_by_step_has_fewer(verb: str) -> None:
    assert f"Sessions at a time. [default: {AT_ONCE}]" in help_of(verb)


@pytest.mark.parametrize("verb", ["rollover rsa", "upgrade members", "runs resume", "runs abort"])
@pytest.mark.parametrize("option", ["--rate", "--retries", "--processes", "--per-group"])
def test_what_a_procedure_does_not_heed_is_no_option_of_it(verb: str, option: str) -> None:
    assert option not in help_of(verb)


@pytest.mark.parametrize("verb", ["runs resume", "runs abort"])
def test_a_run_that_goes_on_needs_the_intent_and_no_hosts(verb: str) -> None:
    assert "[default: network.yml]" in help_of(verb)
    assert "HOST is given" not in help_of(verb)
