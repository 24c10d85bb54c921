"""What a device has and what its intent says: the difference, and the lines that mend it.

Compared is only what the intent speaks of: `docs/diff.md` says what that is. Every other line of a
configuration stays as it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..inventory.models import Intent
from ..inventory.resolve import each_view
from .comparing.addresses import freed, restored, restored_later
from .comparing.back import way_back
from .comparing.entered import entered
from .comparing.owned import Scope, used_elsewhere
from .comparing.plan import Command, plan
from .comparing.scope import Scoped, View, Whole, read, take_keys
from .comparing.stages import stages
from .comparing.text import concealed, lines, unified
from .render import Secrets, known, render

__all__ = ["Command", "Difference", "difference", "differences", "inverse", "way_back"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """The difference between a running configuration and the intended one.

    `commands` turn the former into the latter, in this order; they hold secrets. `unchecked` are
    the lines of the running configuration with keys that could not be compared. `lost` names the
    groups that a key server would stop to serve. `notes` are for people.
    """

    device: str
    source: str
    commands: tuple[Command, ...] = field(repr=False)
    unchecked: tuple[int, ...] = ()
    lost: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    _old: Scoped = field(repr=False, compare=False)
    _new: Scoped = field(repr=False, compare=False)

    @property
    def different(self) -> bool:
        """Whether there is any."""
        return bool(self.commands)

    def unified(self, *, context: int = 3) -> tuple[str, ...]:
        """What is compared of both, in the unified form, without secrets."""
        names = (f"{self.device} {self.source}", f"{self.device} intent")
        return tuple(unified(self._old, self._new, names, context))

    def remediation(self, *, conceal: bool = True) -> tuple[str, ...]:
        """The lines to enter, each indented by the modes that it is entered in."""
        found = lines(self.commands)
        return tuple(map(concealed, found)) if conceal else tuple(found)


def differences(
    intent: Intent,
    running: Mapping[str, str],
    secrets: Secrets | None,
    *,
    sources: Mapping[str, str] | None = None,
    texts: Mapping[str, str] | None = None,
) -> dict[str, Difference]:
    """The differences of the devices whose running configuration is given, by name.

    Without `secrets` keys are not looked up: that there is one is enough. `sources` says where the
    configurations come from, `texts` what was rendered for the devices before, if it was. Raises
    UsageError for a device that the intent does not have, InputError for a secret that is not
    there.
    """
    views = {view.name: view for view in each_view(intent, known(intent, running))}
    if texts is None:
        texts = render(intent, secrets, running, conceal=secrets is None)
    named = sources or {}
    return {
        name: difference(view, texts[name], running[name], source=named.get(name, "running"))
        for name, view in views.items()
    }


def difference(
    view: View, intended: str, running: str, *, source: str = "running", was: str | None = None
) -> Difference:
    """The difference of one device: `intended` is its rendered text.

    Where the lines of an earlier difference were broken off, `was` is the configuration before
    them: what it referred to goes as it would have gone then.
    """
    wanted = read(intended, "intent", view)
    whole = read(running, source, view)
    new = wanted.found
    before = read(was, source, view) if was is not None else None
    earlier = Scope(before, new, view).scoped() if before is not None else None
    old = Scope(whole, new, view, earlier).scoped()
    for node in old.of("interface"):  # no interface goes, only lines of it
        new.nodes.setdefault(node.name, node.bare())
    unchecked = [
        line
        for name, node in old.nodes.items()
        if name in new.nodes
        for line in take_keys(node, new.nodes[name])
    ]
    _spell(whole, old, new)
    first = freed(whole, old, new)
    commands = list(first.commands)
    here = old
    for stage in stages(old, new, lambda key: used_elsewhere(whole, old, key)):
        commands += plan(here, stage, backwards=here is not old)
        here = stage
    commands = restored(whole, new, commands)
    if before is not None:
        commands += restored_later(before, whole, new, commands)
    lost = [
        node.identity[0]
        for node in old.of("group")
        if node.child("key server") is not None and node.name not in new.nodes
    ]
    return Difference(
        device=view.name,
        source=source,
        commands=tuple(commands),
        unchecked=tuple(unchecked),
        lost=tuple(lost),
        notes=tuple(first.notes),
        _old=old,
        _new=new,
    )


def inverse(view: View, intended: str, running: str) -> tuple[Command, ...]:
    """The lines that lead back to `running` once those of the difference have been entered.

    Where not all of them were, or something has changed meanwhile, ask for `way_back` with the
    configuration that there is then. They hold secrets.
    """
    there = difference(view, intended, running).commands
    return way_back(view, intended, entered(running, there, view), running)


def _spell(whole: Whole, old: Scoped, new: Scoped) -> None:
    """Let lines be entered in the words that the router uses for what it has."""
    del old
    if whole.old_vrfs:
        for node in new.of("interface"):
            for child in node.children:
                if child.rule.name == "VRF of an interface":
                    child.typed = f"ip {child.text}"
