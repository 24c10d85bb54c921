"""RSA keys of key servers: whether the one that signs rekeys can be used, its age, and others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..context import DEVICE, SERVER, DeviceContext, ServerContext
from ..ike import has_role
from ..needs import CLOCK, CONFIG, KEY_MYPUBKEY
from ..rekey_keys import label_of, own_key
from ..rule import Outcomes, Severity, rule
from ..servers import cooperates
from ..sources import COMMANDS, NDM, NIST_KEYS, OURS
from .key import key_output

if TYPE_CHECKING:
    from ...parsers.records.keys import PublicKey

_SERVER = """
hostname ks1
crypto gdoi group G1
 identity number 1001
 server local
  rekey authentication mypubkey rsa REKEY
  rekey transport unicast
  address ipv4 10.10.1.1
"""
_KS1 = {"ks1.cfg": _SERVER}
_FILE = "ks1/show crypto key mypubkey rsa.txt"
_CLOCK = {"ks1/show clock.txt": "10:00:00.000 UTC Fri Mar 20 2026\n"}
_GOOD = key_output(2048, "A5")
_NO_EXPORT = key_output(2048, "A5", exportable="not exportable")


@rule(
    code="KEY004",
    title="The RSA key that signs rekeys can be used, and survives a restart",
    severity=Severity.HIGH,
    scope=SERVER,
    needs=(KEY_MYPUBKEY,),
    source=COMMANDS,
    rationale="""
        A locked key signs nothing until somebody enters its passphrase, and a temporary one is
        gone with the next restart: the key server then sends no rekeys, and the members that
        registered with others do not know its new key.
    """,
    remediation="""
Unlock the key ('crypto key unlock rsa name {label}'), or make or import one that is kept
in the private configuration, and save the configuration.""",
    bad={
        **_KS1,
        _FILE: _GOOD.replace("Key type: RSA KEYS", "Key type: RSA KEYS\n Temporary key"),
    },
    good={**_KS1, _FILE: _GOOD},
)
def unusable_key(ctx: ServerContext) -> Outcomes:
    """Look whether the key is temporary, locked, or of a usage that does not sign."""
    label = label_of(ctx)
    if label is None:
        if ctx.view is None:
            yield ctx.missing(CONFIG)
        return
    found = own_key(ctx, label)
    if found is None:
        if not any(output.complete for output in ctx.records(KEY_MYPUBKEY)):
            yield ctx.missing()
        return
    output, key = found
    for field, fault in _faults(key):
        message = f"RSA key {label.name}, which signs rekeys of group {ctx.group}, {fault}"
        yield ctx.shown(output, key, field, message, label=label.name)


def _faults(key: PublicKey) -> list[tuple[str, str]]:
    found = []
    if key.temporary:
        found.append(("temporary", "is gone after the next restart"))
    if key.locked:
        found.append(("locked", "is locked"))
    if key.usage is not None and key.usage.lower().startswith("encryption"):
        found.append(("usage", "is for encryption only"))
    return found


@rule(
    code="KEY005",
    aliases=("GV-115",),
    title="Private keys can be exported only where another key server needs them",
    severity=Severity.LOW,
    scope=SERVER,
    needs=(KEY_MYPUBKEY,),
    source=f"{OURS}; {NIST_KEYS}",
    rationale="""
        A key that can be exported can be taken away by whoever has the privileged mode once.
        Cooperating key servers need that, to share the key that signs rekeys, and it cannot be
        taken back. A key server that is alone does not.
    """,
    remediation="""
Make the key anew without the word 'exportable', as a planned change: members register again.
Where a second key server is to come, leave it as it is and waive this finding.""",
    bad={**_KS1, _FILE: _GOOD},
    good={**_KS1, _FILE: _NO_EXPORT},
)
def needlessly_exportable(ctx: ServerContext) -> Outcomes:
    """Look whether the key of a key server without peers can be exported."""
    label = label_of(ctx)
    if label is None:
        if ctx.view is None:
            yield ctx.missing(CONFIG)
        return
    together = cooperates(ctx)
    if together:
        return
    if together is None:
        yield ctx.not_checked("whether there are other key servers is not known")
        return
    found = own_key(ctx, label)
    if found is None:
        if not any(output.complete for output in ctx.records(KEY_MYPUBKEY)):
            yield ctx.missing()
        return
    output, key = found
    if key.exportable:
        message = f"RSA key {label.name} can be exported, and no other key server needs it"
        yield ctx.shown(output, key, "exportable", message)


@rule(
    code="KEY006",
    title="The RSA key that signs rekeys is changed from time to time",
    severity=Severity.LOW,
    scope=SERVER,
    needs=(KEY_MYPUBKEY, CLOCK),
    thresholds=("rsa_key_age_max_days",),
    source=f"{NIST_KEYS}: one to three years for a private signature key",
    rationale="""
        Everybody who ever had the exported key, or a backup of it, can forge rekeys for as long
        as it is in use. A change ends that; it is a planned one, since members register again.
    """,
    remediation="getvpn rollover rsa",
    bad={**_KS1, _FILE: _GOOD.replace("2026", "2020"), **_CLOCK},
    good={**_KS1, _FILE: _GOOD, **_CLOCK},
)
def old_key(ctx: ServerContext) -> Outcomes:
    """Compare the day on which the key was made with the clock of the device."""
    label = label_of(ctx)
    if label is None:
        if ctx.view is None:
            yield ctx.missing(CONFIG)
        return
    found = own_key(ctx, label)
    if found is None:
        if not any(output.complete for output in ctx.records(KEY_MYPUBKEY)):
            yield ctx.missing(KEY_MYPUBKEY)
        return
    clocks = ctx.records(CLOCK)
    if not clocks:
        yield ctx.missing(CLOCK)
        return
    output, key = found
    days = (clocks[-1].record.now.time - key.generated).days
    most = ctx.settings.rsa_key_age_max_days
    if days > most:
        message = f"RSA key {label.name} is in use for {days} days, more than {most}"
        yield ctx.shown(output, key, "generated", message)


@rule(
    code="KEY007",
    title="No RSA key of a device is short",
    severity=Severity.MEDIUM,
    scope=DEVICE,
    needs=(KEY_MYPUBKEY,),
    thresholds=("certificate_rsa_min_bits",),
    source=NDM,
    rationale="""
        SSH uses the general key of the device, and takes it for its host key: who can break it can
        stand in for the key server towards those who manage it. Keys that nothing uses are better
        removed. The key that signs rekeys is the matter of KEY002; temporary keys, which version
        1 of SSH makes anew each hour, do not count.
    """,
    remediation="""
crypto key generate rsa general-keys label SSH modulus {least}
ip ssh rsa keypair-name SSH""",
    bad={**_KS1, _FILE: key_output(1024, "A5").replace("REKEY", "ks1.example.net")},
    good={**_KS1, _FILE: _GOOD.replace("REKEY", "ks1.example.net")},
)
def short_key(ctx: DeviceContext) -> Outcomes:
    """Look at the size of every RSA key but those that sign rekeys."""
    if not has_role(ctx.device):
        return
    outputs = ctx.records(KEY_MYPUBKEY)
    if not outputs:
        yield ctx.missing()
        return
    rekeys = set()
    if ctx.config is not None:
        rekeys = {view.rekey_authentication for view in ctx.config.key_servers}
    least = ctx.settings.certificate_rsa_min_bits
    for key in outputs[-1].record.keys:
        bits = key.modulus_bits or key.bits
        if key.temporary or key.algorithm == "EC" or bits is None or key.name in rekeys:
            continue
        if bits < least:
            yield ctx.shown(
                outputs[-1],
                key,
                "name",
                f"RSA key {key.name} has {bits} bits, less than {least}",
                least=least,
            )
