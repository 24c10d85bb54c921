"""Help texts of words that mean something else elsewhere."""

from collections.abc import Mapping


def in_modes(helps: Mapping[str, str], *modes: str) -> dict[str, str]:
    """The texts, those for a single word in these modes only."""
    found: dict[str, str] = {}
    for words, text in helps.items():
        if " " in words:
            found[words] = text
        else:
            found |= {f"{mode}: {words}": text for mode in modes}
    return found
