"""What logs of members tell about rekeys and registrations."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from ..context import DEVICE, DeviceContext
from ..messages import HEADING, Heard, Wanted, by_group, finding, heard, is_full, silence, told
from ..needs import LOGGING
from ..rule import Outcomes, Severity, rule
from ..sources import CONCEPTS, MESSAGES

_FILE = "gm1/show logging.txt"
_REKEY = (
    "Mar  1 {at}: %GDOI-5-GM_RECV_REKEY: Received Rekey for group G1 from 10.10.1.1 to 10.20.1.1"
    " with seq # {number}\n"
)
_STARTED = (
    "Mar  1 10:01:{second}.000: %CRYPTO-5-GM_REGSTER: Start registration to KS 10.10.1.1 for group"
    " G1 using address 10.20.1.1\n"
)
_COMPLETE = (
    "Mar  1 {at}: %GDOI-5-GM_REGS_COMPL: Registration to KS 10.10.1.1 complete for group"
    " G1 using address 10.20.1.1\n"
)
_WELL = (
    HEADING
    + _REKEY.format(at="09:00:00.000", number=1)
    + _REKEY.format(at="10:40:00.000", number=2)
)

_MISSED = Wanted(speaker="group member", levels={"GM_RE_REGISTER": 4, "GM_REKEY_NOT_RECD": 3})


@rule(
    code="LOG001",
    title="No member has missed a rekey, by its log",
    severity=Severity.MEDIUM,
    scope=DEVICE,
    needs=(LOGGING,),
    source=f"{MESSAGES}; {CONCEPTS}",
    rationale="""
        A member registers again when its keys are about to run out and no rekey has come. It gets
        the keys in the end, but each missed rekey is a step towards a member that the key server
        removes, and many members that register at the same time load the key servers.
    """,
    remediation="""
On the member: show crypto gdoi gm rekey detail, and whether UDP 848 from the primary key server
reaches its registered address; on the primary: show crypto gdoi ks members.""",
    bad={
        _FILE: HEADING
        + "Mar  1 10:00:00.123: %GDOI-4-GM_RE_REGISTER: The IPSec SA created for group G1 may have"
        " expired/been cleared, or didn't go through. Re-register to KS.\n"
    },
    good={_FILE: _WELL},
)
def rekey_missed(ctx: DeviceContext) -> Outcomes:
    """Look for members that registered again, or say that a rekey did not come."""
    yield from told(ctx, _MISSED, "missed rekeys")


_REFUSED = Wanted(
    speaker="group member",
    levels={
        "IKMP_MODE_FAILURE": 6,
        "GDOI_REKEY_FAILURE": 3,
        "GM_HASH_FAIL": 4,
        "UNEXPECTED_SIGKEY": 4,
    },
)
_REGISTERED = "GM_REGS_COMPL"


@rule(
    code="LOG002",
    title="Members accept the rekeys of their key servers, by their logs",
    severity=Severity.HIGH,
    scope=DEVICE,
    needs=(LOGGING,),
    source=CONCEPTS,
    rationale="""
        A member verifies each rekey with the public RSA key that it got when it registered. After
        a change of that key, or from a key server that has another one, it refuses every rekey
        until it registers again. Outside of a planned change this means that the key servers do
        not share one key. A registration after the last refusal makes it less severe.
    """,
    remediation="""
Compare 'show crypto key mypubkey rsa' of all key servers, and 'show crypto gdoi gm pubkey' of the
member; then on the member: clear crypto gdoi""",
    bad={
        _FILE: HEADING
        + "Mar  1 10:00:00.123: %CRYPTO-6-IKMP_MODE_FAILURE: Processing of GDOI mode failed with"
        " peer at 10.10.1.1\n"
    },
    good={_FILE: _WELL},
)
def rekey_refused(ctx: DeviceContext) -> Outcomes:
    """Look for refusals, and whether the member registered after the last of them."""
    found = heard(ctx, *_REFUSED.levels, _REGISTERED)
    refusals = [each for each in found if each.name != _REGISTERED]
    for group, messages in by_group(refusals).items():
        after = found[found.index(messages[-1]) :]
        mended = any(each.name == _REGISTERED and group in (None, each.group) for each in after)
        what = "refused rekeys"
        if mended:
            what += ", before a registration"
        yield finding(ctx, group, messages, what, Severity.MEDIUM if mended else None)
    if not refusals:
        yield from silence(ctx, _REFUSED)


_RECEIVED = Wanted(speaker="group member", levels={"GM_RECV_REKEY": 5})


@rule(
    code="LOG003",
    title="The rekeys that a member logs have no gap in their numbers",
    severity=Severity.LOW,
    scope=DEVICE,
    needs=(LOGGING,),
    source=f"{MESSAGES}; RFC 6407",
    rationale="""
        Rekey messages under one rekey key are numbered one after the other; a new rekey key
        starts them anew. A number that a member does not log is that of a message it never got,
        even where a retransmission brought the keys later.
    """,
    remediation="""
Look for loss on the path from the primary key server to the member (UDP 848), and at
'show crypto gdoi ks members' for the retransmissions to it.""",
    bad={
        _FILE: HEADING
        + _REKEY.format(at="09:00:00.000", number=1)
        + _REKEY.format(at="10:40:00.000", number=4)
    },
    good={_FILE: _WELL},
)
def rekey_numbers_with_gap(ctx: DeviceContext) -> Outcomes:
    """Compare each number with the one before it; a smaller one starts anew."""
    found = heard(ctx, *_RECEIVED.levels)
    for group, messages in by_group(found).items():
        for before, after, missing in _gaps(messages):
            last = f" to {missing[-1]}" if len(missing) > 1 else ""
            what = f"rekeys without number {missing[0]}{last}"
            yield finding(ctx, group, (before, after), what)
    if not found:
        yield from silence(ctx, _RECEIVED)


def _gaps(messages: Sequence[Heard]) -> Iterator[tuple[Heard, Heard, range]]:
    """Two rekeys that follow each other, with the numbers between theirs."""
    numbered = [
        (each, number)
        for each in messages
        if isinstance(number := each.message.fields.get("sequence"), int)
    ]
    for (before, low), (after, high) in pairwise(numbered):
        if high > low + 1:
            yield before, after, range(low + 1, high)


_STARTS = Wanted(speaker="group member", levels={"GM_REGSTER": 5, _REGISTERED: 5})


@rule(
    code="LOG004",
    title="A registration that a member started was completed, by its log",
    severity=Severity.MEDIUM,
    scope=DEVICE,
    needs=(LOGGING,),
    thresholds=("registrations_open_max",),
    source=f"{MESSAGES}; {CONCEPTS}",
    rationale="""
        A member tries a key server four times, ten seconds apart, and then the next one, in a
        loop without end. Starts without completion mean that no key server answers, or that all
        refuse it: once its keys have run out it has none.
    """,
    remediation="""
On the member: show crypto isakmp sa, and ping the key servers from its registered address; on the
key servers: show logging | include UNAUTHORIZED|BAD_ID""",
    bad={
        _FILE: HEADING
        + "".join(_STARTED.format(second=second) for second in ("00", "10", "20", "30"))
    },
    good={_FILE: HEADING + _STARTED.format(second=31) + _COMPLETE.format(at="10:01:32.000")},
)
def registration_not_completed(ctx: DeviceContext) -> Outcomes:
    """Count the starts since the last registration of each group."""
    found = heard(ctx, *_STARTS.levels)
    for group, messages in by_group(found).items():
        starts: list[Heard] = []
        for each in messages:
            starts = [] if each.name == _REGISTERED else [*starts, each]
        if len(starts) > ctx.settings.registrations_open_max:
            what = "registrations that were not completed"
            yield finding(ctx, group, starts, what)
    if not found:
        yield from silence(ctx, _STARTS)


_EXPIRED = Wanted(
    speaker="group member",
    levels={
        "GM_DELETE_EXPIRED_KEK": 5,
        "GM_DELETE_EXPIRED_TEK": 5,
        "GM_RECV_REKEY": 5,
        "GM_INSTALL_POLICIES_SUCCESS": 5,
        _REGISTERED: 5,
    },
)


@rule(
    code="LOG005",
    title="No key of a member ran out before its successor came, by its log",
    severity=Severity.MEDIUM,
    scope=DEVICE,
    needs=(LOGGING,),
    source=MESSAGES,
    rationale="""
        A rekey or a registration brings new keys before the old ones run out. A member that
        deletes an expired rekey key and has no other can follow no more rekeys; without a traffic
        key it loses traffic. It is expected only while members are removed on purpose.
    """,
    remediation="""
On the member: show crypto gdoi. Is it registered, and when did the last rekey come? If it is not:
clear crypto gdoi group {group}""",
    bad={
        _FILE: HEADING
        + "Mar  1 10:00:00.123: %GDOI-5-GM_DELETE_EXPIRED_KEK: KEK expired for group G1 and was"
        " deleted\n"
    },
    good={_FILE: _WELL},
)
def key_expired(ctx: DeviceContext) -> Outcomes:
    """Look for keys that ended with no new ones since the last that ended."""
    found = heard(ctx, *_EXPIRED.levels)
    for group, messages in by_group(found).items():
        if alone := list(_without_successor(messages, full=is_full(ctx))):
            yield finding(ctx, group, alone, "keys that expired without a successor")
    if not found:
        yield from silence(ctx, _EXPIRED)


def _without_successor(messages: Sequence[Heard], *, full: bool) -> Iterator[Heard]:
    """The ends of keys with neither rekey nor registration since the one of that kind before.

    What came before the first message is not known: where others have successors, the first has,
    and where the buffer is `full` it may have.
    """
    kinds = {"GM_DELETE_EXPIRED_KEK", "GM_DELETE_EXPIRED_TEK"}
    known = full or any(each.name not in kinds for each in messages)
    followed = set(kinds) if known else set()
    for each in messages:
        if each.name not in kinds:
            followed = set(kinds)
        elif each.name in followed:
            followed.discard(each.name)
        else:
            yield each


_RECOVERY = Wanted(
    speaker="group member", levels={"GM_RECOVERY_REGISTER": 4, "GM_RECOVERY_REREGISTER": 4}
)


@rule(
    code="LOG006",
    title="No member had to recover from keys that others do not share, by its log",
    severity=Severity.MEDIUM,
    scope=DEVICE,
    needs=(LOGGING,),
    source=MESSAGES,
    rationale="""
        The recovery check registers a member with the next key server when it gets packets under
        an SPI of its group that it does not know. That is a sign of a group that was split: parts
        of it had other keys.
    """,
    remediation="""
Compare 'show crypto gdoi ks policy' and 'show crypto gdoi ks coop' of all key servers of group
{group}: one primary, the same keys.""",
    bad={
        _FILE: HEADING
        + "Mar  1 10:00:00.123: %GDOI-4-GM_RECOVERY_REGISTER: GM recovery-registration initiated"
        " for group G1\n"
    },
    good={_FILE: _WELL},
)
def recovered(ctx: DeviceContext) -> Outcomes:
    """Look for registrations that the recovery check made."""
    yield from told(ctx, _RECOVERY, "recoveries from unknown keys")


_ROUNDS = Wanted(speaker="group member", levels={"GM_RECV_REKEY": 5, _REGISTERED: 5})


@rule(
    code="LOG026",
    title="Members do not register again and again, by their logs",
    severity=Severity.MEDIUM,
    scope=DEVICE,
    needs=(LOGGING,),
    thresholds=("registrations_open_max",),
    source="Cisco technical note 116737, GETVPN key rekey behavior change",
    rationale="""
        A member registers once, and gets its next keys by rekeys. Registrations that follow each
        other without a rekey in between mean that rekeys do not reach it, or that it refuses them:
        it works, but loads the key servers each time and fails when none of them answers.
    """,
    remediation="""
Look for the way of rekeys to the member: UDP 848 from all key servers of group {group} to its
registered address; and for 'Processing of GDOI mode failed' in its log.""",
    bad={
        _FILE: HEADING
        + "".join(_COMPLETE.format(at=f"{hour}:00:00.000") for hour in (12, 14, 16, 18))
    },
    good={_FILE: _WELL + _COMPLETE.format(at="12:00:00.000")},
)
def registers_again_and_again(ctx: DeviceContext) -> Outcomes:
    """Count the registrations of an address that follow each other without a rekey."""
    found = heard(ctx, *_ROUNDS.levels)
    for group, messages in by_group(found).items():
        longest: list[Heard] = []
        rounds: dict[object, list[Heard]] = {}
        for each in messages:
            if each.name != _REGISTERED:
                rounds.clear()
                continue
            own = rounds.setdefault(each.address("member"), [])
            own.append(each)
            longest = max(longest, own, key=len)
        if len(longest) > ctx.settings.registrations_open_max:
            what = "registrations without a rekey in between"
            yield finding(ctx, group, longest, what)
    if not found:
        yield from silence(ctx, _ROUNDS)
