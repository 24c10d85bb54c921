"""The keys of a key server: `show crypto gdoi ks policy`."""

from collections.abc import Callable, Iterator

from ..gdoi.keys import Kek, Tek
from ..gdoi.server.group import ServerGroup
from ..grammar import CommandSet
from ..groups.transform_words import key_bytes, transform_text
from ..shell.call import Call
from .gdoi_ks_choice import as_text, both_spellings, chosen_servers
from .gdoi_ks_layout import Layout, Row, layout_of
from .gdoi_ks_words import (
    CIPHERS,
    ENCAPSULATIONS,
    NO_ADDRESS,
    acknowledgement,
    narrow_pair,
    replay_window,
    whole,
    wide_pair,
)

NOT_AGAIN = "n/a"
"""The time to rekey of a key that another one has followed."""
BITS = 8

declared = CommandSet()
declared.words({"ks policy": "Show the policy of the key server"})


@both_spellings(declared, "ks policy")
def show_policy(call: Call) -> str:
    """The KEK and the TEKs of each group, the newest TEK of a policy first."""
    layout = layout_of(call.router)
    lines: list[str] = []
    for group in chosen_servers(call):
        lines += _policy_lines(group, layout)
    return as_text(["Key Server Policy:", *lines] if lines else [])


def _policy_lines(group: ServerGroup, layout: Layout) -> Iterator[str]:
    handles = [
        f"0x{number:X}" if layout.wide else str(number)
        for number in (group.handle, group.server_handle)
    ]
    yield (
        f"For group {group.policy.group} (handle: {handles[0]}) "
        f"server {group.policy.address or NO_ADDRESS} (handle: {handles[1]}):"
    )
    yield ""
    sequence = group.kek.sequence if group.kek is not None else 0
    yield f"  # of teks : {len(group.teks)}  Seq num : {sequence}"
    if group.kek is not None:
        yield from _kek_lines(group, group.kek, layout)
    yield ""
    places = {sa.number: place for place, sa in enumerate(group.policy.sas)}
    newest_first = reversed(group.teks)
    for tek in sorted(newest_first, key=lambda each: places.get(each.sa.number, len(places))):
        yield from _tek_lines(group, tek, layout)
        yield ""
        yield ""


def signature_sizes(group: ServerGroup, label: str) -> tuple[int, int]:
    """The sizes in bytes of the public key of a label in its DER form, and of its signatures."""
    key = group.host.signing_key(label) if label else None
    return (0, 0) if key is None else (len(key.public_der), key.bits // BITS)


def _columns(layout: Layout) -> tuple[Callable[..., str], int]:
    """How two values of a KEK stand beside each other, and how wide what ends a line is."""
    return (wide_pair, 0) if layout.wide else (narrow_pair, 10)


def _kek_lines(group: ServerGroup, kek: Kek, layout: Layout) -> Iterator[str]:
    pair, width = _columns(layout)
    public_bytes, signature_bytes = signature_sizes(group, kek.label)
    left = whole(kek.remaining_s(group.kernel.now()))
    yield f"  KEK POLICY (transport type : {group.policy.rekey.transport})"
    yield f"    spi : 0x{kek.spi:032X}"
    yield pair("management alg", "disabled", "encrypt alg", CIPHERS[kek.cipher.name], width)
    sizes = kek.cipher.iv_bytes, kek.cipher.key_bytes
    yield pair("crypto iv length", sizes[0], "key size", sizes[1], max(width - 2, 0))
    if layout.wide:
        yield pair("orig life(sec)", kek.lifetime_s, "remaining life(sec)", left)
    else:
        yield f"    orig life(sec): {kek.lifetime_s:<12}remaining life(sec): {left:<10}"
    if layout.has(Row.TIME_TO_REKEY):
        yield f"    time to rekey (sec): {_until(group, group.kek_rekey_at):<{width}}"
    yield pair("sig hash algorithm", "enabled", "sig key length", public_bytes, max(width - 2, 0))
    yield f"    sig size           : {signature_bytes:<{width}}"
    yield f"    sig key name       : {kek.label}"
    if layout.has(Row.ACKNOWLEDGEMENT):
        yield f"    acknowledgement    : {acknowledgement(group.policy)}"


def _until(group: ServerGroup, at: float | None) -> str:
    return NOT_AGAIN if at is None else str(whole(at - group.kernel.now()))


def _tek_lines(group: ServerGroup, tek: Tek, layout: Layout) -> Iterator[str]:
    now, width = group.kernel.now(), _columns(layout)[1]
    transform = tek.sa.transform
    encrypts, protects = key_bytes(transform)
    yield f"  TEK POLICY (encaps : {ENCAPSULATIONS[transform.mode]})"
    yield f"    spi                : 0x{tek.spi:X}"
    yield f"    access-list        : {tek.sa.acl}"
    yield f"    transform          : {transform_text(transform)}{'' if layout.wide else ' '}"
    yield wide_pair("alg key size", encrypts, "sig key size", protects, width)
    left = whole(tek.remaining_s(now))
    yield wide_pair("orig life(sec)", tek.lifetime_s, "remaining life(sec)", left, width)
    elapsed = whole(now - tek.created_at)
    yield wide_pair("tek life(sec)", tek.lifetime_s, "elapsed time(sec)", elapsed, width)
    label = "override life(sec)" if layout.wide else "override life (sec)"
    window = replay_window(tek.sa.replay)
    yield wide_pair(label, override_s(tek), "antireplay window size", window, width)
    if layout.has(Row.TIME_TO_REKEY):
        again = _until(group, group.tek_rekey_at.get(tek.spi))
        yield f"    time to rekey (sec): {again:<{width}}"


def override_s(tek: Tek) -> int:
    """The life that a triggered rekey has left a TEK in all, 0 if none did.

    Published outputs have only 0; the name of the row says no more.
    """
    given = tek.expires_at - tek.created_at
    return whole(given) if given < tek.lifetime_s else 0
