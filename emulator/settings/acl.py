"""Access lists of IPv4 and IPv6.

Every list is one block, `ip access-list standard|extended NAME` or `ipv6 access-list NAME`, also
one that is typed as `access-list 52 permit …`. Its entries have the setting name "ace", the value
`sequence` and either `ace` (an `AccessEntry`) or `remark`; `services.access_lists` reads them.

Releases print them otherwise (captures of 15.4 and 17.16): up to IOS-XE 16 a numbered list is
printed as `access-list` lines, no entry shows its sequence number, and `deny` is as wide as
`permit`; a remark has no number of its own and stands behind the entry that it was typed behind.
From IOS-XE 17 on every list is a block whose lines begin with their numbers.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from ..config.edit import Edit
from ..config.store import Block, Entry
from ..grammar import CommandSet, Grammar, RefusedError, Release
from ..services.access_entries import AccessEntry, extended_entry, ipv6_entry, standard_entry
from ..services.access_lists import IPV4_LISTS, lines, list_order, place
from ..shell.call import Call
from . import acl_help, acl_syntax
from .acl_index import INDEX, index_of
from .acl_syntax import EXTENDED, IPV6, REMARK, SEQUENCE, SEQUENCE6, STANDARD
from .helping import in_modes
from .nested import entered

LIST_MODES = ("acl-standard", "acl-extended", "acl-ipv6")
declared = CommandSet()
declared.mode("acl-standard", "config-std-nacl")
declared.mode("acl-extended", "config-ext-nacl")
declared.mode("acl-ipv6", "config-ipv6-acl")
declared.words(in_modes(acl_help.HELP, *LIST_MODES))
declared.words(in_modes(acl_syntax.HELP, *LIST_MODES))
declared.words(acl_help.UNMISTAKABLE)

NUMBERED_LINES: Release = (17, 1)
"""From here on IOS-XE prints every list as a block of numbered lines."""
STEP = 10
HIGHEST = 2_147_483_647
DUPLICATE = "% Duplicate sequence number"
EXCEEDED = "% Sequence number exceeded the maximum"
STANDARD_NUMBERS = (range(1, 100), range(1300, 2000))
EXTENDED_NUMBERS = (range(100, 200), range(2000, 2700))
Reader = Callable[[Sequence[str]], AccessEntry]


# ---- entries ----


def _numbers_remarks(edit: Edit) -> bool:
    return edit.router.software.release >= NUMBERED_LINES


def _entry(read: Reader) -> Callable[[Edit], None]:
    """The check of a line that permits, denies or comments."""

    def check(edit: Edit) -> None:
        if edit.negated or edit.reset:
            _remove_entry(edit, read)
            return
        values, text = _content(edit.values, edit.text or "", read)
        _insert(edit, values, text)

    return check


def _content(values: dict[str, Any], text: str, read: Reader) -> tuple[dict[str, Any], str]:
    """What a line says without its number: values and text in IOS's form."""
    if "remark" in values:
        remark = str(values["remark"]).rstrip()
        return {"remark": remark}, f"remark {remark}"
    words = text.split()
    while words and words[0] not in ("permit", "deny"):
        del words[0]
    if words[-2:-1] == ["sequence"]:
        del words[-2:]
    ace = read(words)
    return {"ace": ace}, ace.line()


def _insert(edit: Edit, values: dict[str, Any], text: str) -> None:
    block, sequence = edit.block, edit.values.get("sequence")
    index = index_of(block)
    if sequence is None:
        same = index.find(block, text)
        if same is not None and "ace" in values:
            edit.values, edit.text = same.values, same.text
            return
        sequence = _next(edit, block, index.last, remark="remark" in values)
    else:
        there = block.find("ace", sequence)
        if there is not None and there.text != text:
            raise RefusedError(DUPLICATE)
    edit.values = {**values, "sequence": sequence}
    edit.text = text


def _next(edit: Edit, block: Block, last: int, *, remark: bool) -> Any:
    """The place behind all entries; a remark without a number of its own has a pair."""
    if remark and not _numbers_remarks(edit):
        count = sum(1 for entry in block.entries.values() if place(entry)[0] == last)
        return (last, count if last else count + 1)
    if last + STEP > HIGHEST:
        raise RefusedError(EXCEEDED)
    return last + STEP


def _remove_entry(edit: Edit, read: Reader) -> None:
    """`no 10`, or `no` before the whole line; what is not there is passed over in silence."""
    if edit.values.get("sequence") is not None:
        return
    if not edit.words:
        raise RefusedError("% Incomplete command.")
    found = index_of(edit.block).find(edit.block, _typed(edit, read))
    edit.values = {"sequence": found["sequence"] if found is not None else None}


def _typed(edit: Edit, read: Reader) -> str:
    """What the line behind `no` says, in IOS's form."""
    try:
        return _content(edit.values, " ".join(edit.words), read)[1]
    except ValueError:
        raise RefusedError("% Incomplete command.") from None


def _declare_entries(mode: str, syntaxes: Iterable[str], read: Reader) -> None:
    for syntax in syntaxes:
        declared.setting(mode, syntax, name="ace", check=_entry(read), overwrites=False)


_declare_entries("acl-standard", [SEQUENCE + line for line in (STANDARD, REMARK)], standard_entry)
_declare_entries("acl-extended", [SEQUENCE + line for line in (*EXTENDED, REMARK)], extended_entry)
_declare_entries("acl-ipv6", [f"[{SEQUENCE6}] {line}" for line in (*IPV6, REMARK)], ipv6_entry)
_declare_entries("acl-ipv6", [f"{line} {SEQUENCE6}" for line in IPV6], ipv6_entry)


# ---- lists ----


def _kind_of(number: int) -> str:
    return "standard" if any(number in part for part in STANDARD_NUMBERS) else "extended"


def _list(edit: Edit) -> None:
    """A number must be of the kind, and a name is for one list."""
    name, kind = str(edit.values["acl"]), edit.setting.name.rpartition(" ")[2]
    if edit.removing:
        return
    if edit.before is not None and INDEX in edit.before.values:
        edit.values[INDEX] = edit.before[INDEX]
    if name.isdecimal():
        ranges = STANDARD_NUMBERS if kind == "standard" else EXTENDED_NUMBERS
        if not any(int(name) in part for part in ranges):
            raise RefusedError("% Invalid access list name.")
        edit.values["acl"], edit.text = str(int(name)), f"{edit.setting.name} {int(name)}"
    elif not name[0].isalpha() and name[0] != "_":
        raise RefusedError("% Invalid access list name.")
    for other, setting in IPV4_LISTS:
        if other != kind and edit.block.has(setting, name):
            raise RefusedError(f"% A named {other} IP access list with this name already exists")


def _printed(entry: Entry, grammar: Grammar) -> Iterable[str]:
    name, found = str(entry["acl"]), lines(entry.block)
    if grammar.release >= NUMBERED_LINES:
        return [entry.text, *(f" {_numbered_line(line)}" for line in found)]
    texts = [_padded(line) for line in found]
    if name.isdecimal():
        return [f"access-list {name} {text}" for text in texts]
    return [entry.text, *(f" {text}" for text in texts)]


def _numbered_line(entry: Entry) -> str:
    """A line with its number, if it has one of its own."""
    sequence = entry["sequence"]
    return entry.text if isinstance(sequence, tuple) else f"{sequence} {entry.text}"


def _padded(entry: Entry) -> str:
    ace = entry.get("ace")
    return entry.text if ace is None else str(ace.line(padded=True))


def _section(entry: Entry, grammar: Grammar) -> str:
    old = grammar.release < NUMBERED_LINES
    return "access-list" if old and str(entry["acl"]).isdecimal() else "ip-access-list"


for _kind in ("standard", "extended"):
    declared.setting(
        "config",
        f"ip access-list {_kind} <acl!>",
        section="ip-access-list",
        enters=f"acl-{_kind}",
        check=_list,
        order=list_order,
        among="ip access-list",
        printed=_printed,
        section_in=_section,
    )


def _printed6(entry: Entry, grammar: Grammar) -> Iterable[str]:
    """Older releases print the numbers only where they are not what would be counted anyway."""
    printed, expected = [entry.text], STEP
    for line in lines(entry.block):
        sequence = line["sequence"]
        plain = isinstance(sequence, tuple) or (
            sequence == expected and grammar.release < NUMBERED_LINES
        )
        printed.append(f" {line.text}" if plain else f" sequence {sequence} {line.text}")
        if not isinstance(sequence, tuple):
            expected = sequence + STEP
    return printed


declared.setting(
    "config",
    "ipv6 access-list <acl!>",
    section="ipv6-access-list",
    enters="acl-ipv6",
    order=list_order,
    printed=_printed6,
)


# ---- numbered lists, line by line ----


async def _numbered(edit: Edit) -> None:
    """The line goes into its list; `no` takes the whole list away, whatever follows.

    Entries of numbered lists cannot be removed one by one this way (Cisco command reference,
    `access-list`).
    """
    if "acl" not in edit.values:
        raise RefusedError("% Incomplete command.")
    name = str(edit.values["acl"])
    head = f"ip access-list {_kind_of(int(name))}"
    if edit.negated or edit.reset:
        edit.router.config.remove(edit.block, (head, name))
        return
    opened = await entered(edit, f"{head} {name}")
    if opened is not None:
        await entered(edit, " ".join(edit.words[2:]), opened.block)
    edit.text = None


for _syntax in (STANDARD, REMARK):
    declared.setting(
        "config",
        f"access-list {{<acl:1-99> | <acl:1300-1999>}} {_syntax}",
        section="access-list",
        check=_numbered,
    )
for _syntax in (*EXTENDED, REMARK):
    declared.setting(
        "config",
        f"access-list {{<acl:100-199> | <acl:2000-2699>}} {_syntax}",
        section="access-list",
        check=_numbered,
    )


@declared.exec(
    "ip access-list resequence <acl> <start:1-2147483647> <step:1-2147483647>", mode="config"
)
def resequence(call: Call) -> None:
    """Number the entries of a list anew."""
    root, start, step = call.router.config.root, int(call["start"]), int(call["step"])
    found = next((entry for _, name in IPV4_LISTS if (entry := root.find(name, call["acl"]))), None)
    if found is None or found.block is None:
        raise RefusedError(f"% Access list {call['acl']} not found")
    _number_anew(call, found.block, start, step)


def _number_anew(call: Call, block: Block, start: int, step: int) -> None:
    config = call.router.config
    found = lines(block)
    numbered = sum(1 for entry in found if not isinstance(entry["sequence"], tuple))
    if start + step * (numbered - 1) > HIGHEST:
        raise RefusedError(EXCEEDED)
    if block.owner is not None:
        block.owner.values.pop(INDEX, None)
    for entry in found:
        config.remove(block, entry.key)
    last, number = 0, start
    for entry in found:
        sequence: Any = (
            (last, entry["sequence"][1]) if isinstance(entry["sequence"], tuple) else number
        )
        values = {**entry.values, "sequence": sequence}
        config.put(block, Entry(setting=entry.setting, text=entry.text, values=values))
        if sequence == number:
            last, number = number, number + step
