"""The one registry of commands: which record and which template belong to a family, and `parse`."""

from __future__ import annotations

import gc
import importlib
import math
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, NoReturn

from ..errors import InputError, ParseError
from .commands import Command, resolve
from .echo import Body, find_output
from .engine import Assembly
from .record import NumberedLine, Record
from .template import load
from .text import CleanText, Line, clean

_REFUSALS = (
    "% invalid input",
    "% incomplete command",
    "% ambiguous command",
    "% unknown command",
    "% unrecognized command",
    "% bad ",
    "% authorization failed",
    "command authorization failed",
    "% permission denied",
    "% this command is not authorized",
    "% error",
)

_GC_PAUSE_CHARS = 100_000


@dataclass(frozen=True, slots=True)
class Family:
    """A command family: its record class (`module:Class` in `parsers.records`) and its template.

    `may_be_empty` says that a device legitimately prints nothing; `keep_logs` that syslog lines are
    the output itself.
    """

    record: str
    template: str
    may_be_empty: bool = False
    keep_logs: bool = False

    @property
    def record_class(self) -> type[Record]:
        """The record class, imported when first asked for."""
        return _import(self.record)


@cache
def _import(path: str) -> type[Record]:
    module, _, name = path.partition(":")
    found: type[Record] = getattr(importlib.import_module(f".records.{module}", __package__), name)
    return found


FAMILIES: dict[str, Family] = {
    "gdoi": Family("gdoi:GdoiGroups", "gdoi", may_be_empty=True),
    "gdoi feature": Family("gdoi_feature:GdoiFeature", "gdoi_feature", may_be_empty=True),
    "gdoi ks": Family("gdoi_ks:KeyServers", "gdoi_ks", may_be_empty=True),
    "gdoi ks acl": Family("gdoi_acl:KsAcls", "gdoi_ks_acl", may_be_empty=True),
    "gdoi ks coop": Family("gdoi_ks_coop:KsCoop", "gdoi_ks_coop", may_be_empty=True),
    "gdoi ks coop version": Family("gdoi_ks_coop:CoopVersion", "gdoi_ks_coop_version"),
    "gdoi ks coop identifier": Family(
        "gdoi_identifier:CoopIdentifiers", "gdoi_ks_coop_identifier", may_be_empty=True
    ),
    "gdoi ks identifier": Family(
        "gdoi_identifier:KsIdentifiers", "gdoi_ks_identifier", may_be_empty=True
    ),
    "gdoi ks members": Family("gdoi_ks_members:KsMembers", "gdoi_ks_members", may_be_empty=True),
    "gdoi ks members summary": Family(
        "gdoi_ks_members:KsMembersSummary", "gdoi_ks_members_summary", may_be_empty=True
    ),
    "gdoi ks policy": Family("gdoi_ks_policy:KsPolicy", "gdoi_ks_policy", may_be_empty=True),
    "gdoi ks rekey": Family("gdoi_ks_rekey:KsRekey", "gdoi_ks_rekey", may_be_empty=True),
    "gdoi ks replay": Family("gdoi_ks_replay:KsReplay", "gdoi_ks_replay", may_be_empty=True),
    "gdoi gm": Family("gdoi:GdoiMembers", "gdoi_gm", may_be_empty=True),
    "gdoi gm acl": Family("gdoi_acl:GmAcls", "gdoi_gm_acl", may_be_empty=True),
    "gdoi gm dataplane counters": Family(
        "gdoi_gm_counters:GmCounters", "gdoi_gm_dataplane_counters", may_be_empty=True
    ),
    "gdoi gm identifier": Family(
        "gdoi_identifier:GmIdentifiers", "gdoi_gm_identifier", may_be_empty=True
    ),
    "gdoi gm pubkey": Family("gdoi_gm_pubkey:GmPubkeys", "gdoi_gm_pubkey", may_be_empty=True),
    "gdoi gm rekey": Family("gdoi_gm_rekey:GmRekeys", "gdoi_gm_rekey", may_be_empty=True),
    "gdoi gm replay": Family("gdoi_gm_replay:GmReplay", "gdoi_gm_replay", may_be_empty=True),
    "gdoi rekey sa": Family("gdoi_rekey_sa:RekeySas", "gdoi_rekey_sa", may_be_empty=True),
    "gdoi ipsec sa": Family("gdoi_ipsec_sa:GdoiIpsecSas", "gdoi_ipsec_sa", may_be_empty=True),
    "isakmp sa": Family("isakmp:IsakmpSas", "isakmp_sa", may_be_empty=True),
    "isakmp sa detail": Family("isakmp:IsakmpSaDetails", "isakmp_sa_detail", may_be_empty=True),
    "isakmp policy": Family("isakmp:IsakmpPolicies", "isakmp_policy", may_be_empty=True),
    "isakmp default policy": Family(
        "isakmp:IsakmpDefaultPolicies", "isakmp_default_policy", may_be_empty=True
    ),
    "ikev2 sa": Family("ikev2:Ikev2Sas", "ikev2_sa", may_be_empty=True),
    "ikev2 policy": Family("ikev2:Ikev2Policies", "ikev2_policy", may_be_empty=True),
    "ikev2 proposal": Family("ikev2:Ikev2Proposals", "ikev2_proposal", may_be_empty=True),
    "ikev2 stats ext-service": Family(
        "ikev2:Ikev2ExtService", "ikev2_stats_ext_service", may_be_empty=True
    ),
    "ipsec sa": Family("ipsec:IpsecSas", "ipsec_sa", may_be_empty=True),
    "ipsec profile": Family("ipsec_profile:IpsecProfiles", "ipsec_profile", may_be_empty=True),
    "crypto map": Family("crypto_map:CryptoMaps", "crypto_map", may_be_empty=True),
    "crypto session": Family("session:CryptoSessions", "crypto_session"),
    "crypto eli": Family("eli:CryptoEli", "crypto_eli"),
    "crypto engine connections active": Family(
        "engine_connections:EngineConnections", "crypto_engine_connections_active"
    ),
    "key mypubkey": Family("keys:PublicKeys", "key_mypubkey", may_be_empty=True),
    "pki certificates": Family("pki:Certificates", "pki_certificates", may_be_empty=True),
    "pki crls": Family("pki:RevocationLists", "pki_crls", may_be_empty=True),
    "pki trustpoints": Family("pki:Trustpoints", "pki_trustpoints", may_be_empty=True),
    "version": Family("system:Version", "version"),
    "clock": Family("system:DeviceClock", "clock"),
    "ntp status": Family("ntp:NtpStatus", "ntp_status"),
    "ntp associations": Family("ntp:NtpAssociations", "ntp_associations", may_be_empty=True),
    "ip access-lists": Family("access_lists:AccessLists", "ip_access_lists", may_be_empty=True),
    "logging": Family("log_buffer:LogBuffer", "logging", may_be_empty=True, keep_logs=True),
}


def parse(command: str, text: str, *, source: str | None = None) -> Record:
    """The record of `text`, the output of `command` (abbreviations and output filters allowed).

    The text may hold the echo of the command, prompts, pager traces and syslog lines. Raises
    `InputError` for a command that is not known, `ParseError` when the text is another command's
    output, a refusal by the device, cut short, or nothing where the device always prints something.
    """
    wanted = resolve(command)
    family = FAMILIES.get(wanted.family)
    if family is None:
        raise InputError(
            f"'{wanted}' has no record: read it with `getvpn.parsers.parse_config`"
            if wanted.family == "running-config"
            else f"'{wanted}' holds many outputs: split it with `getvpn.parsers.transcript`"
        )
    try:
        with _paused_gc(len(text)):
            return _parse(wanted, family, clean(text, keep_logs=family.keep_logs))
    except ParseError as error:
        raise ParseError(
            error.message,
            command=str(wanted),
            source=source,
            lineno=error.lineno,
            line=error.line,
            expected=error.expected,
            hint=error.hint,
        ) from None


@contextmanager
def _paused_gc(chars: int) -> Iterator[None]:
    """Hold back the cyclic collector while a large, cycle-free result grows.

    Walking the growing tree again and again is what makes parsing super-linear.
    """
    if chars < _GC_PAUSE_CHARS or not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _parse(wanted: Command, family: Family, cleaned: CleanText) -> Record:
    body = find_output(wanted, cleaned)
    texts, numbers = cleaned.texts[body.start : body.stop], cleaned.numbers[body.start : body.stop]
    first = next((index for index, text in enumerate(texts) if text.strip()), None)
    record_class = family.record_class
    reasons = _partial_reasons(wanted, body, cleaned)
    common: dict[str, Any] = {
        "command": str(wanted),
        "hostname": body.hostname,
        "logs": tuple(NumberedLine(*line) for line in cleaned.logs),
    }
    if first is None:
        return _nothing(family, wanted, partial=reasons, **common)
    _refuse(texts[first:], numbers[first:], wanted)
    assembly = Assembly(load(family.template, record_class))
    assembly.feed(texts, numbers, {number for number, torn in cleaned.log_tails.items() if torn})
    values = assembly.finish()
    if cleaned.log_tails:
        around = (*cleaned.lines[: body.start], *cleaned.lines[body.stop :])
        stray = [*around, *assembly.unclaimed]
        ends = [line for line in stray if line.lineno in cleaned.log_tails]
        common["logs"] = _whole_logs(cleaned, ends)
        assembly.unclaimed = [
            line for line in assembly.unclaimed if line.lineno not in cleaned.log_tails
        ]
        if not (assembly.claimed or assembly.unclaimed):
            return _nothing(family, wanted, partial=reasons, **common)
    _judge(assembly, numbers[first], wanted, filtered=_filter(wanted, body.echoed) is not None)
    if not assembly.whole or (assembly.faults and not reasons):
        _incomplete(assembly, reasons)
    unparsed = tuple(NumberedLine(line.lineno, line.text.strip()) for line in assembly.unclaimed)
    reasons += tuple(f"line {lineno} starts {fault}" for lineno, fault in assembly.faults)
    record = record_class(unparsed=unparsed, partial=reasons, **values, **common).finished()
    gaps = tuple(record.gaps())
    return replace(record, partial=reasons + gaps) if gaps else record


def _nothing(family: Family, wanted: Command, **common: Any) -> Record:
    """The record of no output. Raises `ParseError` for a command that always prints something."""
    if not family.may_be_empty:
        raise ParseError("no output", lineno=1, line="", expected=f"the output of '{wanted}'")
    return family.record_class(empty=True, **common)


def _whole_logs(cleaned: CleanText, ends: Iterable[Line]) -> tuple[NumberedLine, ...]:
    """The syslog lines with the ends that the screen broke off."""
    texts = {log.lineno: log.text for log in cleaned.logs}
    numbers = list(texts)
    for line in sorted(ends):
        texts[numbers[bisect_left(numbers, line.lineno) - 1]] += line.text
    return tuple(NumberedLine(lineno, text.strip()) for lineno, text in texts.items())


def _incomplete(assembly: Assembly, reasons: Sequence[str]) -> NoReturn:
    """Raise for a block that lacks what every such block has."""
    lineno, fault = assembly.faults[0]
    hint = f"the device had more to say: {reasons[0]}" if reasons else None
    stray = next((line for line in assembly.unclaimed if line.lineno > lineno), None)
    if stray is None:
        raise ParseError(f"the output is cut: {fault}", lineno=lineno, line=fault, hint=hint)
    raise ParseError(
        f"{stray.text.strip()[:120]!r} is not understood, and line {lineno} starts {fault}",
        lineno=stray.lineno,
        line=stray.text.strip(),
        hint=hint,
    )


def _filter(wanted: Command, echoed: Command | None) -> str | None:
    return wanted.output_filter or (echoed.output_filter if echoed else None)


def _partial_reasons(wanted: Command, body: Body, cleaned: CleanText) -> tuple[str, ...]:
    reasons = []
    output_filter = _filter(wanted, body.echoed)
    if output_filter is not None and output_filter.split()[:1] not in (
        ["redirect"],
        ["tee"],
        ["append"],
    ):
        reasons.append(f"output filter '| {output_filter}'")
    if (lineno := _stopped_at(body, cleaned)) is not None:
        reasons.append(f"the capture stops at the pager prompt in line {lineno}")
    return tuple(reasons)


def _stopped_at(body: Body, cleaned: CleanText) -> int | None:
    """The line of the pager prompt that ends the output; None when the output goes on behind it."""
    if not cleaned.pager_lines:
        return None
    texts, numbers = cleaned.texts, cleaned.numbers

    def said(indexes: Iterable[int]) -> Iterator[int]:
        return (
            numbers[i] for i in indexes if texts[i].strip() and numbers[i] not in cleaned.log_tails
        )

    last = next(said(reversed(range(body.start, body.stop))), 0)
    end = next(said(range(body.stop, len(numbers))), math.inf)
    return next((lineno for lineno in cleaned.pager_lines if last < lineno <= end), None)


def _refuse(texts: Sequence[str], numbers: Sequence[int], wanted: Command) -> None:
    """Raise when the device answered with an error instead of an output."""
    for text, lineno in zip(texts[:4], numbers[:4], strict=True):
        if text.strip().lower().startswith(_REFUSALS):
            raise ParseError(
                f"the device refused the command: {text.strip()}",
                lineno=lineno,
                line=text.strip(),
                expected=f"the output of '{wanted}'",
            )


def _judge(assembly: Assembly, first_lineno: int, wanted: Command, *, filtered: bool) -> None:
    """Raise when what was claimed is too little to be this command's output."""
    if not assembly.unclaimed:
        return
    alien = assembly.alien
    first = assembly.unclaimed[0] if alien is None else alien
    strange, claimed = len(assembly.unclaimed), assembly.claimed
    if filtered:
        # what a filter leaves has lost the headings that tell where it belongs
        known = sum(assembly.knows(line.text.strip()) for line in assembly.unclaimed)
        strange, claimed = strange - known, claimed + known
    if alien or (first.lineno == first_lineno and not filtered) or strange > claimed:
        raise ParseError(
            f"{first.text.strip()[:120]!r} does not belong to the output of '{wanted}'",
            lineno=first.lineno,
            line=first.text.strip(),
            expected=assembly.expected,
        )
