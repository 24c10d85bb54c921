"""An intent as a text that people read and change: YAML with comments, always the same."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import yaml

Document = dict[str, Any]
WIDTH: Final = 100
_PLAIN: Final = re.compile(r"[A-Za-z0-9/][A-Za-z0-9_./()*\- ]*", re.ASCII)
_STRING: Final = "tag:yaml.org,2002:str"
_RESOLVER: Final[Any] = yaml.SafeLoader("")
_SECTIONS: Final = ("key_servers", "groups", "members")
_ALWAYS_LINES: Final = frozenset({"acl", "extra_clear", "local_clear", "policies", "uplinks"})
"""Lists whose entries stand one below the other, however short they are."""


def written(
    document: Mapping[str, Any],
    head: Sequence[str],
    comments: Mapping[tuple[str, str], Sequence[str]],
) -> str:
    """The text of an intent; `head` are comments at its top, `comments` those above an entry.

    The latter are by section and name: `("members", "gm-1")`.
    """
    lines = [f"# {text}" if text else "#" for text in head]
    for key, value in document.items():
        if key not in _SECTIONS:
            lines += _entry(key, value, 0)
            continue
        lines += ["", f"{key}:"]
        for at, each in enumerate(value):
            if at:
                lines.append("")
            lines += [f"  # {text}" for text in comments.get((key, each["name"]), ())]
            lines += _item(each, 2)
    return "\n".join(lines) + "\n"


def _entry(key: str, value: Any, indent: int) -> Iterator[str]:
    """`key: value` in one line, or in several."""
    pad = " " * indent
    if not isinstance(value, dict | list):
        yield f"{pad}{key}: {_scalar(value)}"
        return
    short = _inline(value)
    lone = key in _ALWAYS_LINES and value
    if not lone and short is not None and len(pad) + len(key) + 2 + len(short) <= WIDTH:
        yield f"{pad}{key}: {short}"
    elif isinstance(value, dict):
        yield f"{pad}{key}:"
        for name, inner in value.items():
            yield from _entry(name, inner, indent + 2)
    else:
        yield f"{pad}{key}:"
        for inner in value:
            yield from _listed(inner, indent + 2)


def _listed(value: Any, indent: int) -> Iterator[str]:
    pad = " " * indent
    short = _inline(value)
    if not isinstance(value, dict):
        yield f"{pad}-" if short is None else f"{pad}- {short}"
        for inner in value if short is None else ():
            yield from _listed(inner, indent + 2)
        return
    if short is not None and indent + 2 + len(short) <= WIDTH:
        yield f"{pad}- {short}"
    else:
        yield from _item(value, indent)


def _item(value: Mapping[str, Any], indent: int) -> Iterator[str]:
    """A mapping as an entry of a list, key below key."""
    inner = [line for key, each in value.items() for line in _entry(key, each, indent + 2)]
    for at, line in enumerate(inner):
        yield f"{' ' * indent}- {line[indent + 2 :]}" if at == 0 else line


def _inline(value: Any, depth: int = 0) -> str | None:
    """A value in one line; None where it is better read in several."""
    if not isinstance(value, dict | list):
        return _scalar(value)
    if depth > 1 and value:
        return None
    if isinstance(value, list):
        parts = [_inline(each, depth + 1) for each in value]
        known = [part for part in parts if part is not None]
        return f"[{', '.join(known)}]" if len(known) == len(parts) else None
    pairs = [(key, _inline(each, depth + 1)) for key, each in value.items()]
    if any(part is None or key in _ALWAYS_LINES for key, part in pairs):
        return None
    return "{" + ", ".join(f"{key}: {part}" for key, part in pairs) + "}"


def _scalar(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    text = str(value)
    return text if _is_plain(text) else json.dumps(text)


def _is_plain(text: str) -> bool:
    """Whether a text needs no quotes to be read as this text."""
    if _PLAIN.fullmatch(text) is None or text != text.strip():
        return False
    return bool(_RESOLVER.resolve(yaml.ScalarNode, text, (True, False)) == _STRING)
