"""TTP templates bound to record classes.

TTP owns the template language and turns each template line into a regular expression. The
expression is loosened where releases differ in nothing but blanks (`orig life(sec)     : 360`,
`orig life (sec): 360`) and bound to a field of the record class that the group stands for, so that
a misspelt name fails when the template is loaded, not when a router answers.

TTP's own result stage is not used: it drops a match that stands outside its group, and the second
value of a name, without a trace, and it knows no line numbers; both are promises that a record
makes.
"""

from __future__ import annotations

import logging
import os
import re
import threading
import types
import typing
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import Any

from . import convert
from .block import Block, Pattern, RowMaker, choices_of, has_default
from .record import Converter, Record, Row

CLAIM = "_claim_"
"""Variable name in a template line that is recognised but holds nothing of interest."""

ROOT = "_record_"
"""Group name for the lines that set fields of the record itself."""

ALIEN = "_alien_"
"""Group name for lines that tell that a text is the output of another, similar command."""


@lru_cache(maxsize=1)
def _compiler() -> Any:
    """The one TTP object of the process, made without a pickle cache or a change to logging."""
    import ttp

    log = logging.getLogger("ttp.ttp")
    root = logging.getLogger()
    level, handlers, root_level = log.level, root.handlers[:], root.level
    folder = os.environ.get("TTPCACHEFOLDER")
    log.setLevel(logging.CRITICAL)
    # below the null device no file can be read or written, which is how the cache is switched off
    os.environ["TTPCACHEFOLDER"] = f"{os.devnull}/no-cache"
    try:
        compiler = ttp.ttp(log_level="CRITICAL")
        compiler._ttp_["utils"]["get_attributes"] = _options
        return compiler
    finally:
        if folder is None:
            del os.environ["TTPCACHEFOLDER"]
        else:
            os.environ["TTPCACHEFOLDER"] = folder
        log.setLevel(level)
        root.setLevel(root_level)
        for handler in root.handlers[:]:
            if handler not in handlers:
                root.removeHandler(handler)


_OPTION = re.compile(r"""\s*(\w+)(?:\((?:"([^"]*)"|'([^']*)')\))?\s*(?:\||$)""")


def _options(text: str) -> list[dict[str, Any]]:
    """The name and the options of a template variable: `spi | re("0x[0-9A-F]+")`.

    TTP reads options with `eval`. Here an option has one quoted text at most, which stands for
    itself. Raises `ValueError` for anything else.
    """
    found: list[dict[str, Any]] = []
    position = 0
    while position < len(text):
        match = _OPTION.match(text, position)
        if match is None:
            raise ValueError(f"{text!r} is not a name with options")
        name, *quoted = match.groups()
        arguments = tuple(argument for argument in quoted if argument is not None)
        found.append({"name": name, "args": arguments, "kwargs": {}})
        position = match.end()
    return found


_lock = threading.Lock()
_loaded: dict[tuple[str, type[Record]], Block] = {}


def load(name: str, record: type[Record]) -> Block:
    """The template `parsers/ttp/<name>.ttp` bound to `record`; compiled once in a process."""
    block = _loaded.get((name, record))
    if block is None:
        with _lock:
            block = _loaded.get((name, record))
            if block is None:
                block = _loaded[(name, record)] = bind(source_of(name), record)
    return block


_INCLUDE = re.compile(r"^<!-- include: (\w+) -->$", re.MULTILINE)


def source_of(name: str, folder: Path | None = None) -> str:
    """The text of a template with what it includes.

    A line `<!-- include: NAME -->` stands for the text of another file of the folder, which
    includes none itself. Raises `ValueError` for a file that is not there, and for an include in an
    included file.
    """
    folder = folder or Path(__file__).parent / "ttp"

    def text(part: str) -> str:
        try:
            return (folder / f"{part}.ttp").read_text("utf-8")
        except FileNotFoundError:
            raise ValueError(f"there is no template {part!r}") from None

    source = _INCLUDE.sub(lambda match: text(match[1]).rstrip("\n"), text(name))
    if "<!--" in source:
        raise ValueError(f"template {name!r} has a comment, or an include that is not followed")
    return source


def bind(source: str, record: type[Record]) -> Block:
    """Compile TTP template text and bind it to `record`.

    Raises `ValueError` when a group or a variable has no field of its name.
    """
    compiler = _compiler()
    compiler.add_template(template=source)
    template = compiler._templates.pop()  # noqa: SLF001 - TTP has no public way to it
    shape = _Shape.of(record)
    lines: list[Pattern] = []
    alien: list[Pattern] = []
    children: list[Block] = []
    for group in template.groups:
        if group.path[-1] == ALIEN:
            alien += [_pattern(entry, shape) for entry in (*group.start_re, *group.re)]
        elif group.path[-1] == ROOT:
            lines += [_pattern(entry, shape) for entry in (*group.start_re, *group.re)]
            children += [_child(child, shape) for child in group.children]
        else:
            children.append(_child(group, shape))
    block = _block("", False, shape, (), tuple(lines), tuple(children))
    return replace(block, alien=tuple(alien))


@dataclass(frozen=True, slots=True)
class _Shape:
    """A row class with the types of its fields and the converters that read them."""

    row: type[Row]
    hints: dict[str, Any]
    converters: dict[str, Converter]
    collected: frozenset[str]
    """Fields that may take a value from each of several lines."""

    @classmethod
    def of(cls, row: type[Row]) -> _Shape:
        hints = typing.get_type_hints(row)
        converters: dict[str, Converter] = {}
        collected = set()
        for item in fields(row):
            hint = hints[item.name]
            if typing.get_origin(hint) is tuple:
                hint = typing.get_args(hint)[0]
                collected.add(item.name)
            converter = item.metadata.get("read") or _BY_TYPE.get(hint) or _BY_TYPE.get(_bare(hint))
            if item.metadata.get("joined") is not None:
                converter = convert.text
                collected.add(item.name)
            if converter is not None:
                converters[item.name] = converter
        return cls(row, hints, converters, frozenset(collected))


def _child(group: Any, parent: _Shape) -> Block:
    name = group.path[-1].rstrip("*")
    if name not in parent.hints:
        raise ValueError(f"{parent.row.__name__} has no field for the template group {name!r}")
    row, many = _row_of(parent.hints[name])
    shape = _Shape.of(row)
    starts = tuple(_pattern(entry, shape) for entry in group.start_re)
    lines = tuple(_pattern(entry, shape) for entry in group.re)
    children = tuple(_child(child, shape) for child in group.children)
    return _block(name, many, shape, starts, lines, children)


def _block(
    name: str,
    many: bool,
    shape: _Shape,
    starts: tuple[Pattern, ...],
    lines: tuple[Pattern, ...],
    children: tuple[Block, ...],
) -> Block:
    sequences, texts, needed = [], [], []
    rows = {child.name for child in children}
    for item in fields(shape.row):
        if item.metadata.get("joined") is not None:
            texts.append((item.name, item.metadata["joined"], item.metadata["read"]))
        elif typing.get_origin(shape.hints[item.name]) is tuple and item.name not in rows:
            sequences.append(item.name)
        if not has_default(item):
            needed.append(item.name)
    collected = frozenset((*sequences, *(name for name, _, _ in texts)))
    choices = choices_of(lines, children)
    return Block(
        name=name,
        many=many,
        maker=RowMaker.of(shape.row),
        starts=starts,
        lines=lines,
        children=children,
        collected=collected,
        sequences=tuple(sequences),
        texts=tuple(texts),
        required=frozenset(needed),
        together=tuple(map(frozenset, shape.row.together)),
        choices=choices,
        gathers=bool(collected or children),
        by_group={c.base + c.pattern.groups + 1: c for c in choices},
    )


_BLANKS_COLON = re.compile(r"(?:\[ \\t\]\+)?(?<!\(\?):\[ \\t\]\+|\[ \\t\]\+:")
_BLANKS_PAREN = re.compile(r"(?:\[ \\t\][+*])?\\\(")
_TAIL = r"[\t ]*(?=\n|\r\n)"


def _pattern(entry: Any, shape: _Shape) -> Pattern:
    """A TTP regular expression as a `Pattern`, its blanks loosened."""
    source: str = entry["REGEX"].pattern.removesuffix(_TAIL).removeprefix("\\n").lstrip(" \t")
    source = _BLANKS_COLON.sub(r"[ \\t]*:[ \\t]*", source)
    source = _BLANKS_PAREN.sub(r"[ \\t]*\\(", source)
    # what is loosened leaves the groups as they are
    compiled: re.Pattern[str] = entry["REGEX"]
    label = re.split(r"\(\?|\\S", source, maxsplit=1)[0]
    label = re.sub(r"\[ \\t\][+*]", " ", label).replace("\\d+", "N").replace("\\", "").strip()
    converters = shape.converters
    taken: list[tuple[str, int, Converter]] = []
    constants: list[tuple[str, object]] = []
    for name, variable in entry["VARIABLES"].items():
        if name != variable.var_name_original or name in {"_start_", "_end_", CLAIM, "ignore"}:
            continue
        value = next((f["args"][0] for f in variable.functions if f["name"] == "set"), None)
        unknown = [f["name"] for f in variable.functions if f["name"] not in {"set", "joinmatches"}]
        if name not in converters or unknown:
            raise ValueError(
                f"{shape.row.__name__}: no field {name!r} or bad functions {unknown} in {label!r}"
            )
        if value is not None:
            constants.append((name, converters[name](value)))
        else:
            taken.append((name, compiled.groupindex[variable.var_name], converters[name]))
    joins = entry["ACTION"] == "join"
    plain = not constants and shape.collected.isdisjoint(name for name, _, _ in taken)
    return Pattern(
        source=source,
        groups=compiled.groups,
        fields=tuple(taken),
        constants=tuple(constants),
        plain=plain,
        joins=joins,
        label=label,
    )


_BY_TYPE: dict[object, Converter] = {
    int: convert.number,
    float: convert.decimal,
    str: convert.text,
    bool: convert.yes_no,
    bytes: convert.octets,
    IPv4Address: convert.address,
    convert.Address: convert.address,
}


def _bare(hint: Any) -> Any:
    """`X | None` without the None (an address type stays the union of both families)."""
    if isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union:
        rest = tuple(arm for arm in typing.get_args(hint) if arm is not types.NoneType)
        if set(rest) == {IPv4Address, IPv6Address}:
            return convert.Address
        return rest[0] if len(rest) == 1 else hint
    return hint


def _row_of(hint: Any) -> tuple[type[Row], bool]:
    """The row class in `tuple[X, ...]` or `X | None`, and whether there may be many."""
    if typing.get_origin(hint) is tuple:
        return typing.get_args(hint)[0], True
    return _bare(hint), False
