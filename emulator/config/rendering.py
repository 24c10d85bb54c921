"""A configuration as text, in the order in which IOS prints it, with what is default left out."""

from collections.abc import Iterable

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
            count = len(lines)
            _write(lines, entry, grammar, 0, defaults=defaults)
            if separated and len(lines) > count:
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
    found = sorted(entries, key=_rank)
    if len(found) < 2:
        return found
    result: list[Entry] = []
    begin, count = 0, len(found)
    while begin < count:
        setting = found[begin].setting
        end = begin + 1
        while end < count and (found[end].setting is setting or _among(setting, found[end])):
            end += 1
        if end == begin + 1:
            result.append(found[begin])
        else:
            same = found[begin:end]
            result += sorted(same, key=setting.order) if setting.order else same
        begin = end
    return result


def _rank(entry: Entry) -> int:
    return entry.setting.rank


def _among(first: Setting, other: Entry) -> bool:
    return first.among != "" and other.setting.among == first.among


def entry_lines(entry: Entry, grammar: Grammar, depth: int, *, defaults: bool = False) -> list[str]:
    """An entry and everything below it, indented by `depth` blanks."""
    lines: list[str] = []
    _write(lines, entry, grammar, depth, defaults=defaults)
    return lines


def _write(lines: list[str], entry: Entry, grammar: Grammar, depth: int, *, defaults: bool) -> None:
    """Put an entry and everything below it behind `lines`."""
    setting = entry.setting
    other = setting.printed(entry, grammar) if setting.printed else None
    if other is not None:
        lines += other
        return
    text = setting.shown(entry, grammar.family) if setting.shown else entry.text
    if text is None:
        return
    indent = " " * depth
    if setting.spaced:
        lines.append(indent + "!")
    lines.append(indent + text)
    lines += entry.lines
    if entry.block is None:
        return
    if setting.remarks is not None:
        lines += [f"{indent} ! {remark}" for remark in setting.remarks(entry)]
    for child in ordered(_with_defaults(entry.block, grammar, defaults=defaults)):
        _write(lines, child, grammar, depth + 1, defaults=defaults)
    if setting.closing:
        lines.append(indent + setting.closing)


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
