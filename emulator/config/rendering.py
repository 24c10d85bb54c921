"""A configuration as text, in the order in which IOS prints it, with what is default left out."""

from collections.abc import Iterable, Iterator

from ..grammar import Grammar, Setting
from .sections import ORDER, PARAGRAPH, SECTIONS, SEPARATED
from .store import Block, Entry


def render(block: Block, grammar: Grammar, *, defaults: bool = False) -> list[str]:
    """The lines of a global block, without the header and without `end`.

    `defaults` adds the lines that are left out because they say what holds anyway (`show
    running-config all`).
    """
    lines: list[str] = []
    by_section: dict[int, list[Entry]] = {}
    for entry in _with_defaults(block, grammar, defaults=defaults):
        by_section.setdefault(ORDER[_section(entry, grammar)], []).append(entry)
    paragraph = None
    for index in sorted(by_section):
        if PARAGRAPH[SECTIONS[index]] != paragraph:
            paragraph = PARAGRAPH[SECTIONS[index]]
            _close(lines)
        separated = SECTIONS[index] in SEPARATED
        for entry in ordered(by_section[index]):
            found = list(entry_lines(entry, grammar, 0, defaults=defaults))
            lines += found
            if separated and found:
                lines.append("!")
    _close(lines)
    return lines


def _close(lines: list[str]) -> None:
    """End a paragraph, if it has lines."""
    if lines and lines[-1] != "!":
        lines.append("!")


def _section(entry: Entry, grammar: Grammar) -> str:
    setting = entry.setting
    return setting.section_in(entry, grammar) if setting.section_in else setting.section


def ordered(entries: Iterable[Entry]) -> list[Entry]:
    """Entries by the declaration of their settings, then by the order that a setting asks for."""
    found = sorted(entries, key=lambda entry: entry.setting.rank)
    result: list[Entry] = []
    begin = 0
    while begin < len(found):
        setting = found[begin].setting
        end = begin
        while end < len(found) and _together(setting, found[end].setting):
            end += 1
        same = found[begin:end]
        result += sorted(same, key=setting.order) if setting.order else same
        begin = end
    return result


def _together(first: Setting, other: Setting) -> bool:
    return other is first or (first.among != "" and other.among == first.among)


def entry_lines(
    entry: Entry, grammar: Grammar, depth: int, *, defaults: bool = False
) -> Iterator[str]:
    """An entry and everything below it, indented by `depth` blanks."""
    setting = entry.setting
    other = setting.printed(entry, grammar) if setting.printed else None
    if other is not None:
        yield from other
        return
    text = setting.shown(entry, grammar.family) if setting.shown else entry.text
    if text is None:
        return
    indent = " " * depth
    if setting.spaced:
        yield indent + "!"
    yield indent + text
    yield from entry.lines
    if entry.block is None:
        return
    if setting.remarks is not None:
        yield from (f"{indent} ! {remark}" for remark in setting.remarks(entry))
    below = _with_defaults(entry.block, grammar, defaults=defaults)
    for child in ordered(below):
        yield from entry_lines(child, grammar, depth + 1, defaults=defaults)
    if setting.closing:
        yield indent + setting.closing


def _with_defaults(block: Block, grammar: Grammar, *, defaults: bool) -> list[Entry]:
    entries = list(block.entries.values())
    if not defaults:
        return entries
    present = {entry.setting.name for entry in entries}
    for setting in grammar.settings(block.mode):
        text = _default_text(setting, block)
        if text is not None and setting.name not in present:
            entries.append(Entry(setting=setting, text=text, values={}))
    return entries


def _default_text(setting: Setting, block: Block) -> str | None:
    if setting.usual_in is not None and not setting.usual_in(block):
        return None
    if setting.default_on:
        return setting.name
    return setting.default
