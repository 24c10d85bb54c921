"""The report of logs for programs: JSON after the schema `logs.schema.json`."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from ... import __version__
from .case import Explanation
from .kinds import KINDS
from .moments import REKEY, Moment, words_of
from .report import GroupReport, LogReport

SCHEMA_VERSION = 1
SCHEMA_FILE = "logs.schema.json"

Json = dict[str, object]


def render(report: LogReport) -> str:
    """The report as a JSON text. The same input gives the same text."""
    document: Json = {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "getvpn", "version": __version__},
        "read": {
            "sources": list(report.sources),
            "lines": report.lines,
            "messages": report.messages,
            "doubles": report.doubles,
            "dropped": report.dropped,
            "year_assumed": report.yearless,
        },
        "trouble": report.trouble,
        "clocks": [
            {
                "device": each.device,
                "ahead_s": None if each.ahead is None else round(each.ahead, 3),
                "reference": each.reference,
                "samples": each.samples,
                "spread_s": round(each.spread, 3),
                "corrected": each.differs,
            }
            for each in report.clocks
        ],
        "groups": [_group(group) for group in report.groups],
    }
    return json.dumps(document, indent=2) + "\n"


def _time(at: float) -> str | None:
    """A time as RFC 3339 has it, but without a zone: the devices' own is not known."""
    try:
        moment = datetime.fromtimestamp(at, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return moment.replace(tzinfo=None).isoformat(timespec="milliseconds")


def _group(group: GroupReport) -> Json:
    return {
        "name": group.name or None,
        "devices": list(group.devices),
        "messages": group.messages,
        "first": _time(group.first),
        "last": _time(group.last),
        "explanations": [_explanation(each) for each in group.explanations],
        "timeline": [_moment(group, each) for each in group.moments],
    }


def _explanation(each: Explanation) -> Json:
    return {
        "about": each.about,
        "topic": each.topic,
        "severity": str(each.severity),
        "trouble": each.trouble,
        "what": each.what,
        "seen": list(each.seen),
        "next": list(each.next),
        "devices": list(each.devices),
        "first": _time(each.first),
        "last": _time(each.last),
        "count": each.count,
        "places": list(each.places),
    }


def _moment(group: GroupReport, each: Moment) -> Json:
    texts = group.log.store.names.texts
    told: Json = {
        "kind": "REKEY" if each.kind == REKEY else KINDS[each.kind].name,
        "topic": each.topic,
        "severity": str(each.severity),
        "first": _time(each.first),
        "last": _time(each.last),
        "count": each.count,
        "devices": sorted({texts[device] for device in each.devices}),
        "subjects": sorted({group.log.label(subject) for subject in each.subjects}),
        "text": words_of(group.log, each),
        "place": group.log.place(each.row),
    }
    if each.sequences is not None:
        told["sequences"] = list(each.sequences)
    if each.spi:
        told["spi"] = f"0x{texts[each.spi]}"
    if each.kind == REKEY:
        told |= {
            "received": list(each.received or (0, 0)),
            "members": each.expected,
            "missing": sorted(texts[device] for device in each.missing),
            "rejecting": sorted(texts[device] for device in each.rejecting),
        }
    return told
