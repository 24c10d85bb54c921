"""Sender identifiers of key servers: `show crypto gdoi ks identifier` and `ks coop identifier`.

Published outputs are of groups without counter mode. What a group with it prints more, the two rows
behind `REMAINING SIDs` and how KSSIDs are listed, is from memory of the Suite B guide.
"""

from collections.abc import Iterable, Iterator

from ..gdoi.messages import SenderState
from ..gdoi.policy import ServerPolicy
from ..gdoi.records import CoopPeer
from ..gdoi.server.group import ServerGroup
from ..gdoi.server.sender_ids import KSSID_BITS, number_ranges
from ..grammar import CommandSet
from ..shell.call import Call
from .gdoi_ks_choice import as_text, both_spellings, chosen_servers
from .gdoi_ks_coop import peers_of
from .gdoi_ks_layout import table_rows
from .gdoi_ks_words import ALIVE, size_words

Pairs = list[tuple[str, object]]
NONE = "none"
NEXT = "NOTIFY"
"""What the key servers tell each other next of sender identifiers (published outputs)."""
MODES = {False: "Non-Counter (Non-Suite-B)", True: "Counter (Suite-B)"}

declared = CommandSet()
declared.words(
    {
        "ks identifier": "Show the sender identifiers of the key server",
        "ks identifier detail": "Show the sender identifiers in detail",
        "ks coop identifier": "Show the sender identifiers of the cooperative key servers",
        "ks coop identifier detail": "Show those of the other key servers too",
    }
)


def counter_mode(policy: ServerPolicy) -> bool:
    """Whether a transform of the group needs sender identifiers."""
    return any(sa.transform.counter_mode for sa in policy.sas)


def senders_of(group: ServerGroup, peer: CoopPeer) -> SenderState:
    """What another key server told of its identifiers; none before it did."""
    told = group.coop.senders_of(peer.address) if group.coop is not None else None
    return told or SenderState(bits=group.policy.sid_bits)


def _yes(*, on: bool) -> str:
    return "Yes" if on else "No"


def _number(number: int | None) -> object:
    return NONE if number is None else number


def _numbers(numbers: Iterable[int]) -> str:
    return number_ranges(numbers) or NONE


# ---- show crypto gdoi ks identifier ----


@both_spellings(declared, "ks identifier [detail]")
def show_identifiers(call: Call) -> str:
    """What this key server has given out in each group."""
    lines: list[str] = []
    for group in chosen_servers(call):
        lines += [*_identifier_lines(group, detail=call.has("detail")), "", ""]
    return as_text(lines)


def _identifier_lines(group: ServerGroup, *, detail: bool) -> Iterator[str]:
    policy, state = group.policy, group.sender_ids.state
    yield f"KS Sender ID (KSSID) Information for Group {policy.group}:"
    yield ""
    yield from table_rows(
        [
            ("Transform Mode", MODES[counter_mode(policy)]),
            ("Re-initializing", _yes(on=state.reinitializing)),
            ("SID Length (Group Size)", size_words(state.bits)),
            ("Current KSSID In-Use", _number(state.current)),
            ("Last GMSID Used", _number(state.last)),
        ]
    )
    if detail:
        yield ""
        yield from table_rows(
            [
                ("KSSID(s) Assigned", _numbers(state.assigned)),
                ("KSSID(s) Used", _numbers(state.used)),
                ("KSSID(s) Used (Old)", _numbers(state.old)),
                ("Available KSSID(s)", _numbers({*state.assigned} - {*state.used})),
            ]
        )
        yield ""
        yield from _remaining_lines(policy, state)


def _remaining_lines(policy: ServerPolicy, state: SenderState) -> Iterator[str]:
    if not (counter_mode(policy) and state.assigned):
        yield f"    REMAINING SIDs: {NONE}"
        return
    most = (1 << state.bits - KSSID_BITS[state.bits]) - 1
    rows: Pairs = [
        ("KSSID to reinitialize at", state.assigned[-1]),
        ("GMSIDs remaining for KSSID", most - (state.last or 0)),
    ]
    yield "    REMAINING SIDs:"
    yield from table_rows(rows, indent=8, width=29)


# ---- show crypto gdoi ks coop identifier ----


@both_spellings(declared, "ks coop identifier [detail]")
def show_coop_identifiers(call: Call) -> str:
    """Those of this key server as the others see them, and with `detail` those of the others."""
    lines: list[str] = []
    for group in chosen_servers(call):
        if group.coop is not None:
            lines += [*_coop_lines(group, detail=call.has("detail")), ""]
    return as_text(lines)


def _coop_lines(group: ServerGroup, *, detail: bool) -> Iterator[str]:
    policy, state = group.policy, group.sender_ids.state
    peers = peers_of(group)
    yield f"COOP-KS Sender ID (SID) Information for Group {policy.group}:"
    yield ""
    yield f"    Local KS Role: {group.role!s:<10}, Local KS Status: {ALIVE}"
    rows: Pairs = [("Local Address", policy.address)]
    known = {peer.address: senders_of(group, peer) for peer in peers}
    yield from table_rows([*rows, *_state_rows(state, list(known.values()))], indent=8, width=29)
    yield ""
    for peer in peers if detail else []:
        others = [other for address, other in known.items() if address != peer.address]
        yield from _peer_lines(peer, known[peer.address], [state, *others])
        yield ""


def _peer_lines(peer: CoopPeer, state: SenderState, others: list[SenderState]) -> Iterator[str]:
    yield f"    Peer KS Role:  {peer.role!s:<10}, Peer KS Status:  {peer.status}"
    rows: Pairs = [("Peer Address", peer.address)]
    yield from table_rows([*rows, *_state_rows(state, others)], indent=8, width=29)


def _state_rows(state: SenderState, others: list[SenderState]) -> Pairs:
    """What a key server tells of its identifiers; `others` are those of its peers."""
    size = size_words(state.bits)
    overlap = any({*state.assigned} & {*other.assigned} for other in others)
    return [
        ("Next SID Client Operation", NEXT),
        ("Re-initializing", _yes(on=state.reinitializing)),
        ("KSSID Overlap", _yes(on=overlap)),
        ("SID Length (Group Size) Cfg", size),
        ("SID Length (Group Size) Used", size),
        ("Current KSSID In-Use", _number(state.current)),
        ("KSSID(s) Assigned", _numbers(state.assigned)),
        ("KSSID(s) Used", _numbers(state.used)),
        ("Old KSSID(s) Used", _numbers(state.old)),
    ]
