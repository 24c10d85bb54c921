import pickle
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from getvpn.errors import InputError, UsageError
from getvpn.inventory.resolve import device_views
from getvpn.inventory.secrets import CONCEALED
from getvpn.inventory.views import ServerView
from getvpn.tasks.render import compiled, render

from .networks import CASES, GOLDEN, KnownSecrets, golden, network
from .variants import every, variant


class OneSecret:
    """The same secret for every reference, and a list of what was asked for."""

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self.asked: list[str] = []

    def reveal(self, reference: str) -> str:
        self.asked.append(reference)
        return self.secret


@pytest.mark.parametrize("case", CASES)
def test_an_example_is_rendered_as_it_stands_in_the_repository(case: str) -> None:
    texts = render(golden(case), KnownSecrets())
    files = {path.stem: path.read_text("utf-8") for path in (GOLDEN / case).glob("*.cfg")}
    assert texts == files


def test_devices_come_in_the_order_of_the_intent_and_only_those_asked_for() -> None:
    assert list(render(network(), KnownSecrets())) == ["KS1", "KS2", "BR1", "BR2"]
    assert list(render(network(), KnownSecrets(), ["BR2", "KS1"])) == ["KS1", "BR2"]
    assert render(network(), KnownSecrets(), []) == {}


def test_an_unknown_device_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(UsageError) as caught:
        render(network(), KnownSecrets(), ["KS1", "BR11"])
    assert str(caught.value) == "the intent has no device 'BR11'; did you mean 'BR1'?"


def test_a_concealed_text_differs_in_the_secrets_only_and_asks_for_none() -> None:
    secrets = OneSecret("do-not-tell")
    concealed = render(network(), secrets, conceal=True)
    assert secrets.asked == []
    assert render(network(), None, conceal=True) == concealed

    shown = render(network(), secrets)
    assert {name: text.replace("do-not-tell", CONCEALED) for name, text in shown.items()} == (
        concealed
    )
    assert all("do-not-tell" in text for text in shown.values())


def test_secrets_are_not_concealed_by_forgetting_them() -> None:
    with pytest.raises(UsageError, match="secrets"):
        render(network(), None)


def test_each_secret_is_asked_for_once() -> None:
    secrets = OneSecret("key")
    render(network(), secrets)
    assert sorted(secrets.asked) == ["env:PSK_BR1", "env:PSK_BR2", "env:PSK_COOP"]


@pytest.mark.parametrize(
    ("secret", "fault"),
    [
        ("", "it is empty"),
        ("x" * 129, "longer than 128 characters"),
        ("key\nusername evil", "control characters"),
        ("key\x1b[2J", "control characters"),
        ("schlüssel", "other than ASCII"),
        ("two words", "a blank"),
        ("what?", "a question mark"),
        ("6", "stands before keys"),
        ("local", "stands before keys"),
    ],
)
def test_a_secret_that_is_no_key_is_refused_without_being_told(secret: str, fault: str) -> None:
    with pytest.raises(InputError, match=fault) as caught:
        render(network(), OneSecret(secret))
    told = str(caught.value) + repr(caught.value) + str(pickle.dumps(caught.value))
    assert "env:PSK_COOP" in told
    assert not secret or len(secret) < 2 or secret not in told
    assert caught.value.__context__ is None


@pytest.mark.parametrize("what", ["a\nusername evil", "a\rb", "a\x00b", "a\x1b[2J", "a\u2028b"])
def test_no_value_reaches_another_line(what: str) -> None:
    view = device_views(network())["KS1"]
    assert isinstance(view, ServerView)
    broken = replace(view, domain=what)
    with pytest.raises(InputError) as caught:
        compiled().text(broken, None)
    assert str(caught.value) == f"KS1: {what!r} cannot stand in a configuration"


def test_a_value_that_is_missing_is_an_error() -> None:
    view: Any = object.__new__(ServerView)
    with pytest.raises(Exception, match="no attribute 'name'"):
        compiled().text(view, None)


@pytest.fixture(scope="module")
def plain_jinja(root: Path) -> Environment:
    """The templates as anybody may load them."""
    return Environment(  # noqa: S701 - a configuration is no HTML
        loader=FileSystemLoader(root / "templates"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


@pytest.mark.parametrize(("name", "kind"), every())
def test_plain_jinja_says_the_same_with_references_for_secrets(
    name: str, kind: str, plain_jinja: Environment
) -> None:
    for view in device_views(variant(name, kind)).values():
        role = "key_server" if isinstance(view, ServerView) else "group_member"
        plain = plain_jinja.get_template(f"{role}.j2").render(device=view)
        assert compiled().text(view, lambda reference: f"`{reference}`") == plain
