"""From an intent to the configuration of each device, as `show running-config` would print it.

A text has only the lines that the intent speaks of: it is merged into what a router has besides.
"""

import re
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Final, Protocol

from jinja2 import Environment, StrictUndefined, Template

from ..errors import InputError, UsageError
from ..inventory.models import Intent
from ..inventory.resolve import each_view
from ..inventory.secrets import CONCEALED
from ..inventory.views import MemberView, ServerView

View = ServerView | MemberView
Reveal = Callable[[str], str]
"""Gives the secret that a reference stands for."""
MAX_KEY_CHARS: Final = 128
"""The longest pre-shared key (Cisco command reference, `crypto isakmp key`)."""
_MARK: Final = "`"
"""Templates put references between such; no text of an intent may hold one."""
_BEFORE_KEYS: Final = ("0", "6", "hex", "local", "remote")
"""What may stand before a key: alone, it would not be taken for one."""
_INCLUDE: Final = re.compile(r'\{% include "([^"]+)" %\}\n')


class Secrets(Protocol):
    """What resolves references to secrets: `inventory.Secrets`, or whatever has this method."""

    def reveal(self, reference: str) -> str:
        """The secret itself."""
        ...


class Renderer:
    """The templates, compiled once.

    Partials are put in their places before, so that a text is made in one go: in a small text,
    looking up and entering the partials takes longer than what they say.
    """

    __slots__ = ("_member", "_server")

    def __init__(self) -> None:
        environment = Environment(  # noqa: S701 - a configuration is no HTML
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            auto_reload=False,
            finalize=_plain,
        )
        self._server = _compiled(environment, "key_server.j2")
        self._member = _compiled(environment, "group_member.j2")

    def text(self, view: View, reveal: Reveal | None) -> str:
        """The configuration of one device; without `reveal` secrets are `CONCEALED`.

        Raises InputError where a value or a secret would be more than a part of its line.
        """
        template = self._server if isinstance(view, ServerView) else self._member
        try:
            parts = template.render(device=view).split(_MARK)
        except _BreaksOutError as error:
            raise InputError(
                f"{error.value!r} cannot stand in a configuration", source=view.name
            ) from None
        # the references stand between two marks each
        for at in range(1, len(parts), 2):
            parts[at] = CONCEALED if reveal is None else reveal(parts[at])
        return "".join(parts)


def render(
    intent: Intent,
    secrets: Secrets | None,
    devices: Iterable[str] | None = None,
    *,
    conceal: bool = False,
) -> dict[str, str]:
    """The configurations of `devices`, or of all, by name in the order of the intent.

    With `conceal` no secret is looked up, and `CONCEALED` stands where one belongs: for plans and
    differences; `secrets` may be None then. Raises UsageError for a device that the intent does not
    have, InputError for a secret that is not there or is no key.
    """
    names = None if devices is None else known(intent, devices)
    renderer, reveal = compiled(), None
    if not conceal:
        if secrets is None:
            raise UsageError("secrets are needed where they are not concealed")
        reveal = _Keys(secrets.reveal)
    return {view.name: renderer.text(view, reveal) for view in each_view(intent, names)}


@cache
def compiled() -> Renderer:
    """The renderer of this process."""
    return Renderer()


def written(view: View, reveal: Reveal | None) -> str:
    """The configuration of the device of a view, as `render` makes it of an intent.

    Without `reveal` it has `CONCEALED` for secrets. Raises InputError for one that is no key.
    """
    return compiled().text(view, None if reveal is None else _Keys(reveal))


def known(intent: Intent, names: Iterable[str]) -> frozenset[str]:
    """The names of devices, if the intent has them all, and they are ours.

    Raises UsageError, with the nearest name, for one that it does not have.
    """
    wanted = frozenset(names)
    among = [device.name for device in intent.devices]
    external = {it.name for it in (*intent.key_servers, *intent.members)}.difference(among)
    for name in sorted(wanted.difference(among)):
        if name in external:
            raise UsageError(f"'{name}' is external: nothing is made for it")
        near = get_close_matches(name, among, n=1)
        hint = f"did you mean '{near[0]}'?" if near else None
        raise UsageError(f"the intent has no device '{name}'", hint=hint)
    return wanted


class _Keys:
    """Secrets that are pre-shared keys: each is looked up once, and looked at."""

    __slots__ = ("_known", "_reveal")

    def __init__(self, reveal: Reveal) -> None:
        self._reveal = reveal
        self._known: dict[str, str] = {}

    def __call__(self, reference: str) -> str:
        key = self._known.get(reference)
        if key is None:
            key = self._known[reference] = self._reveal(reference)
            fault = key_fault(key)
            if fault is not None:
                raise InputError(f"the secret {reference} cannot be a pre-shared key: {fault}")
        return key


def key_fault(key: str) -> str | None:
    """What keeps a secret from being a key; it is one word of a line. Tells nothing of it."""
    if not key:
        return "it is empty"
    if len(key) > MAX_KEY_CHARS:
        return f"it is longer than {MAX_KEY_CHARS} characters"
    if not (key.isascii() and key.isprintable()):
        return "it has control characters or other than ASCII"
    if " " in key or "?" in key:
        return "it has a blank or a question mark"
    return "it is a word that stands before keys" if key in _BEFORE_KEYS else None


class _BreaksOutError(Exception):
    """A value that would be more than a part of its line."""

    def __init__(self, value: str) -> None:
        super().__init__()
        self.value = value


def _plain(value: object) -> object:
    """Let pass what a template says; what an intent holds was looked at when it was read."""
    if type(value) is str and not value.isprintable():
        raise _BreaksOutError(value)
    return value


def _compiled(environment: Environment, name: str) -> Template:
    return environment.from_string(_source(name))


def _source(name: str) -> str:
    """A template with its partials in their places."""
    room = files(f"{(__package__ or '').rpartition('.')[0]}.templates")
    text = room.joinpath(name).read_text(encoding="utf-8")
    return _INCLUDE.sub(lambda found: _source(found[1]), text)
