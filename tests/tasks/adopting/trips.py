"""From configurations to an intent, and from the intent back to configurations."""

from collections.abc import Mapping
from pathlib import Path

from getvpn.tasks.adopt import Adoption, adopt
from getvpn.tasks.render import render

from ..networks import KnownSecrets


def adopted(folder: Path, texts: Mapping[str, str]) -> Adoption:
    """What is adopted of configurations by the names of their devices."""
    for name, text in texts.items():
        (folder / f"{name}.cfg").write_text(text, "utf-8")
    return adopt([folder])


def again(adoption: Adoption) -> dict[str, str]:
    """What the adopted intent renders, with the keys that were found."""
    return render(adoption.intent, FoundKeys(adoption))


class FoundKeys:
    """The keys that were found."""

    def __init__(self, adoption: Adoption) -> None:
        self._known = {each.reference: each.value for each in adoption.secrets}

    def reveal(self, reference: str) -> str:
        """The key itself."""
        found = self._known[reference]
        assert found is not None
        return found.reveal()


def secrets_of(texts: Mapping[str, str]) -> set[str]:
    """The keys in what `KnownSecrets` has rendered."""
    prefix = KnownSecrets().reveal("env:")
    words = {word for text in texts.values() for word in text.split()}
    return {word for word in words if word.startswith(prefix)}


def left(adoption: Adoption) -> list[str]:
    """What was left, but for what was assumed."""
    return [
        f"{each.kind}: {each.device}: {each.text}: {each.why}"
        for each in adoption.left
        if each.kind != "assumed"
    ]
