"""The verb `acl`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

import click

from .main import VerbGroup
from .output import note, result

if TYPE_CHECKING:
    from ..audits.acl_compare import Comparison, Region
    from ..audits.acl_files import ListInFile
    from ..audits.acl_shrink import Shrunk

ACTIONS = {
    "diff": "Tell which packets two access lists treat otherwise",
    "minimize": "Print the smallest access list that encrypts the same packets",
}
EXIT_DIFFERENT = 1
_FILE = click.Path(path_type=Path, allow_dash=False)
_format = click.option(
    "-f",
    "--format",
    "form",
    type=click.Choice(("text", "json")),
    default="text",
    show_default=True,
    help="Form of the answer.",
)


class AclSide(TypedDict):
    """One of the access lists that were compared."""

    name: str
    """The name of the list."""
    source: str
    """The file."""
    lines: int
    """How many lines it has."""
    permits: int
    """How many of these permit, and so make traffic encrypted."""
    sas_per_member: int
    """How many SAs each member has because of it."""


class ControlProtocol(TypedDict):
    """A protocol of the network itself."""

    name: str
    """The protocol."""
    selected_by: str
    """What its packets have in common."""


class AclRegion(TypedDict):
    """Packets that two lists treat otherwise; none where the lists in it are empty."""

    lines: list[str]
    """What an access list would permit to mean these packets; more than these if not `exact`."""
    exact: bool
    """Whether `lines` mean these packets and no others."""
    words: list[str]
    """The packets in words, if not `exact`."""
    control_protocols: list[ControlProtocol]
    """Protocols of the network itself among them."""


class AclDifference(TypedDict):
    """Which packets two access lists treat otherwise."""

    same: bool
    """Whether the same packets are encrypted."""
    old: AclSide
    """The list OLD."""
    new: AclSide
    """The list NEW."""
    newly_encrypted: AclRegion
    """What only NEW encrypts."""
    newly_clear: AclRegion
    """What only OLD encrypts."""


class SmallerAcl(TypedDict):
    """An access list that encrypts the same packets as another, with fewer lines where it can."""

    name: str
    """The name of the list."""
    source: str
    """The file."""
    smaller: bool
    """Whether it can be smaller."""
    lines_before: int
    """How many lines it has."""
    lines_after: int
    """How many lines suffice."""
    sas_before: int
    """How many SAs each member has because of it."""
    sas_after: int
    """How many it has with the smaller list."""
    proven_equal: bool
    """Whether it is proven that both encrypt the same packets."""
    search_ended_early: bool
    """Whether the search was given up before its end."""
    remarks_lost: int
    """Remarks about lines that are gone."""
    lines: list[str]
    """The smaller list, as configuration."""


class AclGroup(VerbGroup):
    """What can be asked about access lists."""

    table = ACTIONS
    kind = "action"

    def load(self, name: str) -> click.Command:
        """The command of an action."""
        return {"diff": diff, "minimize": minimize}[name]


@click.group(cls=AclGroup, subcommand_metavar="ACTION [ARGUMENTS]...")
def command() -> None:
    """Compare access lists by the packets that they select, and make them smaller."""


@click.command("diff")
@click.argument("old", type=_FILE, metavar="OLD")
@click.argument("new", type=_FILE, metavar="NEW")
@click.option("--name", metavar="ACL", help="The access list, in files with several.")
@click.option("--new-name", metavar="ACL", help="Its name in NEW, if that is another one.")
@_format
def diff(old: Path, new: Path, name: str | None, new_name: str | None, form: str) -> int:
    """Tell which packets two access lists treat otherwise.

    OLD and NEW are configurations, bare access lists or saved show output. Of a key server with
    one group, the lists of its policy are meant. Exit codes: 0 the same packets are encrypted, 1
    others are, 2 the call is wrong or a list is not known in full.
    """
    from ..audits.acl_compare import compare
    from ..audits.acl_files import list_in
    from ..errors import UsageError

    before, after = list_in(old, name), list_in(new, new_name or name)
    if before.ipv6 != after.ipv6 and before.entries and after.entries:
        raise UsageError(f"{before.label} and {after.label} are of different address families")
    found = compare(before.entries, after.entries, ipv6=before.ipv6 or after.ipv6)
    if form == "json":
        result(json.dumps(_as_data(before, after, found), indent=2))
    else:
        result("\n".join(_as_text(before, after, found)))
    return 0 if found.same else EXIT_DIFFERENT


def _as_text(before: ListInFile, after: ListInFile, found: Comparison) -> list[str]:
    lines = [
        f"{before.label} -> {after.label}: {'the same' if found.same else 'different'} packets"
    ]
    for what, region in (("newly encrypted", found.encrypted), ("newly in clear", found.clear)):
        lines += _region_text(what, region, ipv6=after.ipv6)
    one, other = before.permits, after.permits
    change = f"{2 * (other - one):+d}" if other != one else "no change"
    sas = [f"{2 * count} (permits: {count})" for count in (one, other)]
    lines.append(f"SAs on each member: {' -> '.join(sas)}, {change}")
    return lines


def _region_text(what: str, region: Region, *, ipv6: bool) -> list[str]:
    from ..audits.acl_forms import as_line

    if not region:
        return [f"{what}: nothing"]
    kind = "ipv6" if ipv6 else "extended"
    if region.exact:
        lines = [f"{what}: what this list permits"]
        lines += [f"  {as_line(each, kind)}" for each in region.lines]
    else:
        lines = [f"{what}: of these packets those that no other line says something else about"]
        lines += [f"  {each}" for each in region.words]
    if region.controls:
        lines.append("  among it, protocols of the network itself:")
        told = [(f"{each.name} ({each.selected_by})", each.why) for each in region.controls]
        width = max(len(name) for name, _ in told)
        if what == "newly encrypted":
            lines += [f"    {name:<{width}}  {why}" for name, why in told]
        else:
            lines += [f"    {name}" for name, _ in told]
    return lines


def _as_data(before: ListInFile, after: ListInFile, found: Comparison) -> AclDifference:
    return {
        "same": found.same,
        "old": _list_data(before),
        "new": _list_data(after),
        "newly_encrypted": _region_data(found.encrypted, ipv6=after.ipv6),
        "newly_clear": _region_data(found.clear, ipv6=after.ipv6),
    }


def _list_data(found: ListInFile) -> AclSide:
    return {
        "name": found.name,
        "source": found.source,
        "lines": len(found.written),
        "permits": found.permits,
        "sas_per_member": 2 * found.permits,
    }


def _region_data(region: Region, *, ipv6: bool) -> AclRegion:
    from ..audits.acl_forms import as_line

    kind = "ipv6" if ipv6 else "extended"
    return {
        "lines": [as_line(each, kind) for each in region.lines],
        "exact": region.exact,
        "words": list(region.words),
        "control_protocols": [
            {"name": each.name, "selected_by": each.selected_by} for each in region.controls
        ],
    }


@click.command("minimize")
@click.argument("file", type=_FILE, metavar="FILE")
@click.option("--name", metavar="ACL", help="The access list, in a file with several.")
@click.option("--check", is_flag=True, help="Print no list; exit with 1 if it can be smaller.")
@click.option(
    "--any-form",
    is_flag=True,
    help="Make port ranges and wildcards with holes, too, which key servers cannot tell members.",
)
@_format
def minimize(file: Path, name: str | None, check: bool, any_form: bool, form: str) -> int:
    """Print the smallest access list that encrypts the same packets.

    That it does is proven before it is printed, and it is never larger. FILE is a configuration,
    a bare access list or saved show output. Exit codes: 0; 1 with --check: it can be smaller; 2
    the call is wrong or the list is not known in full.
    """
    from ..audits.acl_files import list_in
    from ..audits.acl_shrink import shrink

    found = shrink(list_in(file, name), any_form=any_form)
    if form == "json":
        result(json.dumps(_shrunk_data(found), indent=2))
    elif not check:
        result("\n".join(found.lines))
    if form == "text":
        note(_saved(found))
    return EXIT_DIFFERENT if check and found.smaller else 0


def _saved(found: Shrunk) -> str:
    if not found.smaller:
        end = "no smaller list was found" if found.ended else "none can be spared"
        text = f"{found.name}: {found.lines_now} lines, {end}"
    else:
        text = (
            f"{found.name}: {found.lines_before} lines -> {found.lines_now}, SAs on each member "
            f"{2 * found.permits_before} -> {2 * found.permits_now}; proven to encrypt the same"
        )
    if found.ended:
        text += "; the search was given up before its end"
    if found.lost_remarks:
        text += f"; remarks about lines that are gone: {found.lost_remarks}"
    return text


def _shrunk_data(found: Shrunk) -> SmallerAcl:
    return {
        "name": found.name,
        "source": found.source,
        "smaller": found.smaller,
        "lines_before": found.lines_before,
        "lines_after": found.lines_now,
        "sas_before": 2 * found.permits_before,
        "sas_after": 2 * found.permits_now,
        "proven_equal": found.proven,
        "search_ended_early": found.ended,
        "remarks_lost": found.lost_remarks,
        "lines": list(found.lines),
    }
