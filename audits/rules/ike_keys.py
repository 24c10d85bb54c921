"""Pre-shared keys: for whom they are, and how they are stored. The keys themselves are not read."""

from collections.abc import Iterator
from itertools import pairwise

from ...parsers.config import ConfigLine, DeviceConfig
from ..context import DEVICE, DeviceContext
from ..ike import has_role, ikev2_keyrings, ikev2_profiles
from ..needs import CONFIG
from ..rule import Outcomes, Severity, rule
from ..sources import OURS, SRG

_ENCRYPTED_TYPE = 6
_TYPES = ("0", "6")

_SERVER = """
hostname ks1
crypto isakmp policy 10
 encryption aes 256
 hash sha256
 authentication pre-share
 group 19
{keys}
crypto gdoi group G1
 identity number 1001
 server local
  address ipv4 10.10.1.1
"""
_WILDCARD = "crypto isakmp key 6 <removed> address 0.0.0.0"
_CLEAR = "crypto isakmp key 0 <removed> address 10.20.1.1"
_ENCRYPTED = "crypto isakmp key 6 <removed> address 10.20.1.1"


@rule(
    code="IKE008",
    aliases=("GV-081",),
    title="Each IKE peer has a pre-shared key of its own",
    severity=Severity.HIGH,
    scope=DEVICE,
    needs=(CONFIG,),
    source=f"{OURS}: good practice",
    rationale="""
        A key for the address 0.0.0.0 is shared by every device that knows it. Whoever takes it
        from one branch router can register as a member from anywhere, or pose as a key server;
        and no single member can be shut out without a new key on all others.
    """,
    remediation="""
no {line}
crypto isakmp key <key> address <address of one peer>""",
    bad={"ks1.cfg": _SERVER.format(keys=_WILDCARD)},
    good={"ks1.cfg": _SERVER.format(keys=_ENCRYPTED)},
)
def wildcard_key(ctx: DeviceContext) -> Outcomes:
    """Look for keys that fit every address, in ISAKMP keys and in the keyrings of groups."""
    if not has_role(ctx.device):
        return
    if ctx.config is None:
        yield ctx.missing()
        return
    for key in ctx.config.isakmp_keys:
        if key.wildcard:
            ring = f" in keyring {key.keyring}" if key.keyring else ""
            yield ctx.at(
                key,
                "address",
                f"pre-shared key{ring} fits every peer (address {key.address})",
                line=key.line.redacted,
            )
    for keyring in ikev2_keyrings(ctx.config):
        for peer in keyring.peers:
            if peer.wildcard:
                yield ctx.at(
                    peer,
                    "address",
                    f"pre-shared key in IKEv2 keyring {keyring.name} fits every peer"
                    f" (address {peer.address})",
                    line=peer.line.redacted,
                )
    if ctx.config_missing:
        yield ctx.not_checked(ctx.config_missing)


@rule(
    code="IKE009",
    aliases=("GV-082", "GV-141"),
    title="Pre-shared keys are stored encrypted, as type 6",
    severity=Severity.MEDIUM,
    scope=DEVICE,
    needs=(CONFIG,),
    source=SRG,
    rationale="""
        A key in clear text is in every copy of the configuration: in backups, in tickets, on the
        screen. Encrypted by a key that the configuration does not show it is of no use there.
        The service 'password-encryption' does not touch these keys.
    """,
    remediation="""
key config-key password-encrypt <master key>
password encryption aes""",
    bad={"ks1.cfg": _SERVER.format(keys=_CLEAR)},
    good={"ks1.cfg": _SERVER.format(keys=_ENCRYPTED)},
)
def clear_key(ctx: DeviceContext) -> Outcomes:
    """Count the keys of type 0: ISAKMP keys, and those of the IKEv2 profiles of groups."""
    if not has_role(ctx.device):
        return
    if ctx.config is None:
        yield ctx.missing()
        return
    keys = tuple(_keys(ctx.config))
    known = [(line, kind) for line, kind in keys if not _is_removed(line)]
    clear = [line for line, kind in known if kind != _ENCRYPTED_TYPE]
    if clear:
        yield ctx.at(
            clear[0],
            "",
            f"{len(clear)} of {len(known)} pre-shared keys stand in clear text (type 0)",
        )
    if len(known) < len(keys):
        yield ctx.not_checked("keys were taken out of the text, and their types with them")
    if ctx.config_missing:
        yield ctx.not_checked(ctx.config_missing)


def _keys(config: DeviceConfig) -> Iterator[tuple[ConfigLine, int]]:
    """The line of every key with its type: 0 is clear text, 6 encrypted."""
    for key in config.isakmp_keys:
        yield key.line, key.secret_type
    for keyring in ikev2_keyrings(config):
        for peer in keyring.peers:
            yield from ((peer.where("secret_types"), kind) for kind in peer.secret_types)
    for profile in ikev2_profiles(config):
        line = profile.where("inline_secret_types")
        yield from ((line, kind) for kind in profile.inline_secret_types)


def _is_removed(line: ConfigLine) -> bool:
    """Whether a placeholder (`<removed>`, `<secret hidden>`) stands for the key and its type."""
    words = line.words
    return any(word.startswith("<") and before not in _TYPES for before, word in pairwise(words))
