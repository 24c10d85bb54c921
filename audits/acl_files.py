"""Access lists out of files: configurations, bare lists, `show access-lists`, saved output."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ..errors import InputError
from ..parsers.config import AccessList, AclEntry, DeviceConfig, device_config, parse_config
from ..parsers.config.acl_algebra import expand
from .load import read_fleet
from .policy import Policy, policies

if TYPE_CHECKING:
    from ..parsers.config import ConfigLine

_SHOWN = re.compile(
    r"^(Extended|Standard) IP access list (\S+)[ \t]*$|^IPv6 access list (\S+)[^\n]*$",
    re.MULTILINE,
)
_COUNTED = re.compile(r" \(\d{1,20} match(?:es)?\)")
_FIRST = re.compile(r"^[ \t]*(?:\d+[ \t]+)?(?:permit|deny|remark)[ \t]", re.MULTILINE)
_HEADER = re.compile(r"^(?:ip access-list|ipv6 access-list|access-list)[ \t]", re.MULTILINE)
_IPV6 = re.compile(r"\bipv6\b|[0-9a-fA-F:]*::|(?:[0-9a-fA-F]+:){3}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListInFile:
    """An access list of a file, or the lists of a policy one after the other.

    `written` holds the entries as they stand, `entries` the same with object groups replaced by
    their members. `remarks` are the lines that explain them; `lists` counts the lists.
    """

    name: str
    source: str
    kind: Literal["extended", "standard", "ipv6"] = "extended"
    written: tuple[AclEntry, ...] = ()
    entries: tuple[AclEntry, ...] = ()
    remarks: tuple[ConfigLine, ...] = ()
    lists: int = 1

    @property
    def ipv6(self) -> bool:
        """Whether it is a list for IPv6."""
        return self.kind == "ipv6"

    @property
    def label(self) -> str:
        """The name with its file."""
        return f"{self.name} ({self.source})"

    @property
    def permits(self) -> int:
        """The entries that make a pair of SAs on each member."""
        return sum(each.action == "permit" for each in self.entries)


def list_in(path: Path, name: str | None = None) -> ListInFile:
    """The access list of a file: the one called `name`, else the only one, else the policy.

    The policy is that of the only group that a key server has. A file with nothing but lines has
    its list under any name. Raises InputError where there is no such list, several could be meant,
    or one is not known in full.
    """
    from ..parsers.transcript import MAX_FILE_BYTES, text_of

    source = str(path)
    if path.is_dir():
        raise InputError("a folder, where one file is wanted", source=source)
    with path.open("rb") as file:
        text = text_of(file.read(MAX_FILE_BYTES + 1), source)
    found = _configured(text, path, policy=name is None) or _shown(path)
    if name is not None and not (_is_bare(text) and len(found) == 1):
        named = [each for each in found if each.name == name]
        if not named:
            names = ", ".join(sorted({each.name for each in found})) or "none"
            raise InputError(f"no access list {name}; there are: {names}", source=source)
        return _known(named[0])
    if not found:
        raise InputError("no access list found", source=source)
    if len(found) > 1:
        names = ", ".join(each.name for each in found)
        raise InputError(f"several access lists: {names}", source=source, hint="choose with --name")
    return _known(found[0])


def _known(found: ListInFile) -> ListInFile:
    """The list. Raises InputError for an entry of which it is not known what it selects."""
    for each in found.entries:
        ports = (each.source_ports, each.destination_ports)
        groups = any(port.operator == "object-group" for port in ports)
        if groups or each.source.bits is None or each.destination.bits is None:
            raise InputError(f"it is not known what '{each}' selects", source=found.source)
        if each.protocol.startswith("object-group"):
            raise InputError(f"it is not known what '{each}' selects", source=found.source)
    return found


# ---- configurations and bare lists ----


def _configured(text: str, path: Path, *, policy: bool) -> list[ListInFile]:
    """The lists of a configuration; with `policy` only that of a group, if it serves one."""
    shown = _SHOWN.sub(_as_header, text)
    if shown != text:
        text = _COUNTED.sub("", shown)
    first = 1
    if _is_bare(text):
        kind = "ipv6 access-list" if _IPV6.search(text) else "ip access-list extended"
        lines = "\n".join(f" {line.strip()}" for line in text.splitlines())
        text, first = f"{kind} {path.stem.replace(' ', '_')}\n{lines}", 0
    config = device_config(parse_config(text, str(path), first_line=first))
    found = list(_lists(config, str(path)))
    served = _served(config, str(path)) if policy and len(found) > 1 else None
    return found if served is None else [served]


def _is_bare(text: str) -> bool:
    """Whether a text is lines of a list that do not say what it is called."""
    named = _HEADER.search(text) or _SHOWN.search(text)
    return named is None and _FIRST.search(text) is not None


def _as_header(found: re.Match[str]) -> str:
    if found[3]:
        return f"ipv6 access-list {found[3]}"
    return f"ip access-list {found[1].lower()} {found[2]}"


def _served(config: DeviceConfig, source: str) -> ListInFile | None:
    """The policy of the only group of a key server; None where there is none, or several."""
    if len(config.key_servers) != 1:
        return None
    view = config.key_servers[0]
    blocks = sorted(view.sas, key=lambda sa: sa.sequence or 0)
    found = [acl for sa in blocks if (acl := config.access_list_of(sa)) is not None]
    if not found or len(found) < len(blocks):
        return None
    lists = [_of(acl, config, source) for acl in found]
    return replace(
        lists[0],
        name="+".join(each.name for each in lists),
        lists=len(lists),
        written=tuple(entry for each in lists for entry in each.written),
        entries=tuple(entry for each in lists for entry in each.entries),
        remarks=tuple(line for each in lists for line in each.remarks),
    )


def _lists(config: DeviceConfig, source: str) -> Iterator[ListInFile]:
    for acl in (*config.access_lists.values(), *config.ipv6_access_lists.values()):
        yield _of(acl, config, source)


def _of(acl: AccessList, config: DeviceConfig, source: str) -> ListInFile:
    for line in acl.unread:
        raise InputError(
            f"access list {acl.name}: '{line.text}' is not understood",
            source=source,
            lineno=line.lineno,
        )
    return ListInFile(
        name=acl.name,
        source=source,
        kind=acl.kind,
        written=acl.entries,
        entries=expand(acl.entries, config.object_groups) if config.object_groups else acl.entries,
        remarks=acl.remarks,
    )


# ---- policies ----


def _shown(path: Path) -> list[ListInFile]:
    """The policies that show output tells of, such as `show crypto gdoi ks acl`."""
    fleet = read_fleet([path])
    found: dict[tuple[str, tuple[AclEntry, ...]], ListInFile] = {}
    for group in fleet.groups:
        for policy in policies(group):
            if not policy.gap and policy.written:
                found.setdefault((group.name, policy.entries), _policy(policy, path))
    return list(found.values())


def _policy(policy: Policy, path: Path) -> ListInFile:
    name = policy.names[-1] if len(policy.names) == 1 else policy.group
    return ListInFile(
        name=name,
        source=str(path),
        kind="ipv6" if policy.family == "ipv6" else "extended",
        written=policy.written,
        entries=policy.entries,
    )
