"""The verb `mtu`."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypedDict

import click

from .auditing import paths_argument
from .output import result

if TYPE_CHECKING:
    from ..audits.member_mtu import GroupMtu, LanSide, MapMtu

EXIT_FRAGMENTS = 1
_HEADS = (
    *("member", "crypto map", "interface", "", "MTU", "transforms", "replay", "tag"),
    *("added", "largest", "adjust-mss"),
)


class GroupMtus(TypedDict):
    """How large packets may be in a group."""

    group: str
    """The group."""
    maps: list[Annotated[dict[str, Any], MapMtu, "fragments"]]
    """The crypto maps of its members, by interface."""
    unknown: list[str]
    """Members that nothing is known of, each with the reason."""


class MtuAnswer(TypedDict):
    """How large packets of members may be."""

    groups: list[GroupMtus]
    """The groups."""


@click.command()
@paths_argument(required=True)
@click.option(
    "--path-mtu",
    type=click.IntRange(576, 65_535),
    metavar="BYTES",
    help="What the network between the sites takes, if that is less than the links.",
)
@click.option("--check", is_flag=True, help="Exit with 1 if packets of a LAN fragment.")
@click.option(
    "-f",
    "--format",
    "form",
    type=click.Choice(("text", "json")),
    default="text",
    show_default=True,
    help="Form of the answer.",
)
def command(paths: tuple[Path, ...], path_mtu: int | None, check: bool, form: str) -> int:
    """Work out how large packets of members may be, and where they fragment.

    Each PATH is a file or a folder with configurations of key servers and members, and show output
    where there is some. Exit codes: 0; 1 with --check: packets of a LAN fragment, and no clamp
    keeps TCP from it; 2 something could not be read.
    """
    from ..audits.load import read_fleet
    from ..audits.member_mtu import member_mtus
    from ..errors import InputError

    fleet = read_fleet(paths)
    if fleet.problems:
        raise fleet.problems[0]
    groups = member_mtus(fleet, path_mtu)
    if not groups:
        raise InputError("no member of a group found", source=", ".join(map(str, paths)))
    if form == "json":
        answer: MtuAnswer = {"groups": [_as_data(each) for each in groups]}
        result(json.dumps(answer, indent=2))
    else:
        result("\n\n".join("\n".join(_as_text(each)) for each in groups))
    every = (lan for group in groups for one in group.maps for lan in one.lans)
    return EXIT_FRAGMENTS if check and not all(lan.tcp_fits for lan in every) else 0


def _as_text(group: GroupMtu) -> list[str]:
    lines = [f"group {group.group}"]
    if group.maps:
        rows = [_HEADS, *map(_row, group.maps)]
        widths = [max(len(row[n]) for row in rows) for n in range(len(_HEADS))]
        lines += [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in rows
        ]
    large = [text for one in group.maps for text in _too_large(one)]
    if large:
        lines += ["packets that are too large once they are encrypted:", *large]
    elif group.maps:
        lines.append("no packet of a LAN is too large once it is encrypted")
    lines += [
        f"{one.device} {one.interface}: the device itself says {one.told} bytes (plaintext mtu)"
        for one in group.maps
        if one.told not in (None, one.largest_inner)
    ]
    lines += [f"not known: {each}" for each in group.unknown]
    return lines


def _row(one: MapMtu) -> tuple[str, ...]:
    sure = "" if not one.unknown else ">="
    return (
        one.device,
        one.crypto_map,
        one.interface,
        "IPv6" if one.family == "ipv6" else "IPv4",
        str(one.path_mtu),
        ", ".join(one.transforms) or "not known",
        "time" if one.time_based else ("not known" if one.unknown else "-"),
        "sgt" if one.tagged else "-",
        "-".join(map(str, one.overhead)),
        f"{sure}{one.largest_inner}",
        f"{sure}{one.mss}",
    )


def _too_large(one: MapMtu) -> list[str]:
    lines = []
    for lan in one.lans:
        if lan.fits is not None:
            sizes = f"{lan.fits + 1} to {lan.mtu} bytes"
            where = f"fragment on {one.interface}"
            lines.append(
                f"  {one.device} {lan.interface}: packets of {sizes} {where}; {_tcp(one, lan)}"
            )
        biggest = lan.mtu if lan.fits is None else lan.fits
        lines += [
            f"  {one.device} {lan.interface}: packets of {other.fits + 1} to {biggest} bytes "
            f"fragment in front of {other.interface} of {other.device}; "
            f"there '{one.command} {one.group_mss}' is right"
            for other in one.elsewhere
            if other.fits < biggest
        ]
    return lines


def _tcp(one: MapMtu, lan: LanSide) -> str:
    if lan.tcp_fits:
        return f"TCP fits ('{one.command} {lan.clamp}')"
    now = f"'{one.command} {lan.clamp}'" if lan.clamp is not None else f"no '{one.command}'"
    return f"TCP, too: {now}, '{one.command} {one.mss}' is right"


def _as_data(group: GroupMtu) -> GroupMtus:
    maps = [{**asdict(one), "fragments": one.fragments} for one in group.maps]
    return {"group": group.group, "maps": maps, "unknown": list(group.unknown)}
