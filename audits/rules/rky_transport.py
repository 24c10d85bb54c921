"""How rekeys reach the members, and whether they can be signed."""

from ipaddress import ip_address

from ...parsers.config import AccessList, KeyServerConfig
from ..context import SERVER, ServerContext
from ..group_keys import block_gap, gdoi_or_gkm, has_rekey_lines
from ..needs import CONFIG, GDOI, KS_POLICY
from ..rule import Outcomes, Severity, rule
from ..sources import COMMANDS, CSM

_SERVER = """
hostname ks1
crypto gdoi group G1
 identity number 1001
 server local
  rekey algorithm aes 256
{lines}  sa ipsec 10
   profile PROF
   match address ipv4 POLICY
  address ipv4 10.10.1.1
"""
_KEY = "  rekey authentication mypubkey rsa REKEY\n"
_UNICAST = "  rekey transport unicast\n"
_FIRST_MULTICAST, _FIRST_RESERVED = int(ip_address("224.0.0.0")), int(ip_address("240.0.0.0"))


@rule(
    code="RKY008",
    aliases=("GV-064", "GV-065"),
    title="Rekeys are configured, unicast or with the access list that multicast needs",
    severity=Severity.CRITICAL,
    scope=SERVER,
    needs=(CONFIG, KS_POLICY, GDOI),
    source=f"{CSM}; {COMMANDS}",
    rationale="""
        A key server without the line 'rekey transport unicast' sends rekeys by multicast, to the
        address that the list of 'rekey address' gives. Without that, no rekey leaves, and each
        member registers again whenever its keys run out. A key server without any 'rekey' line
        sends none by choice, which holds for small laboratories only.
    """,
    remediation="""
crypto {gdoi_or_gkm} group {group}
 server local
  rekey algorithm aes 256
  rekey sig-hash algorithm sha256
  rekey retransmit 60 number 2
  rekey authentication mypubkey rsa <label>
  rekey transport unicast""",
    bad={"ks1.cfg": _SERVER.format(lines=_KEY)},
    good={"ks1.cfg": _SERVER.format(lines=_KEY + _UNICAST)},
)
def transport_without_destination(ctx: ServerContext) -> Outcomes:
    """Look for unicast; for multicast, look at the list that names its destination."""
    view = ctx.view
    if view is None:
        if not _shows_unicast(ctx):
            yield ctx.missing(CONFIG)
    elif view.rekey_unicast:
        return
    elif view.rekey_address_acl is not None:
        yield from _multicast(ctx, view, view.rekey_address_acl)
    elif gap := block_gap(ctx):
        yield ctx.not_checked(gap)
    elif has_rekey_lines(view):
        yield ctx.at(
            view,
            "",
            f"rekeys of group {ctx.group} are multicast by default, but no 'rekey address' tells "
            "where to: none can be sent",
            gdoi_or_gkm=gdoi_or_gkm(ctx),
            group=ctx.group,
        )
    else:
        yield ctx.at(
            view,
            "",
            f"key server of group {ctx.group} has no 'rekey' line: it sends no rekeys",
            severity=Severity.HIGH,
            gdoi_or_gkm=gdoi_or_gkm(ctx),
            group=ctx.group,
        )


def _shows_unicast(ctx: ServerContext) -> bool:
    """Whether show output tells that rekeys are unicast."""
    keks = (
        kek.transport
        for _, policy in ctx.rows(KS_POLICY, lambda record: record.groups)
        for kek in policy.keks
    )
    status = (group.transport for _, group in ctx.rows(GDOI, lambda record: record.groups))
    return any(each is not None and each.lower() == "unicast" for each in (*keks, *status))


def _multicast(ctx: ServerContext, view: KeyServerConfig, name: str) -> Outcomes:
    """The access list of `rekey address` exists and permits UDP to a multicast address."""
    acl = ctx.config.access_lists.get(name) if ctx.config else None
    if acl is None and ctx.config_missing:
        yield ctx.not_checked(f"access list {name} is not known: {ctx.config_missing}")
        return
    if acl is None:
        fault = "which does not exist"
    elif _has_multicast_destination(acl) or acl.unread:
        return
    else:
        fault = "which permits no UDP to a multicast address"
    yield ctx.at(
        view,
        "rekey_address_acl",
        f"rekeys of group {ctx.group} are multicast by access list {name}, {fault}",
        gdoi_or_gkm=gdoi_or_gkm(ctx),
        group=ctx.group,
    )


def _has_multicast_destination(acl: AccessList) -> bool:
    for entry in acl.permits:
        bits = entry.destination.bits
        if entry.protocol in ("udp", "ip") and (bits is None or _is_multicast(bits[0])):
            return True
    return False


def _is_multicast(address: int) -> bool:
    return _FIRST_MULTICAST <= address < _FIRST_RESERVED


@rule(
    code="RKY010",
    title="Rekeys are signed with an RSA key",
    severity=Severity.HIGH,
    scope=SERVER,
    needs=(CONFIG, KS_POLICY),
    source=COMMANDS,
    rationale="""
        Members take only rekeys that are signed with the key they learnt at registration. A key
        server without 'rekey authentication' cannot sign, and sends none: each member registers
        again whenever its keys run out, and a changed policy or a removed member is not told.
        IOS then prints '! Rekey authentication is not configured' into the configuration.
    """,
    remediation="""
crypto key generate rsa modulus 2048 label <label> exportable
crypto {gdoi_or_gkm} group {group}
 server local
  rekey authentication mypubkey rsa <label>""",
    bad={"ks1.cfg": _SERVER.format(lines=_UNICAST)},
    good={"ks1.cfg": _SERVER.format(lines=_KEY + _UNICAST)},
)
def rekeys_not_signed(ctx: ServerContext) -> Outcomes:
    """Look for `rekey authentication` among the other `rekey` lines."""
    view = ctx.view
    if view is None:
        if not _shows_signature(ctx):
            yield ctx.missing()
    elif view.rekey_authentication is not None:
        return
    elif gap := block_gap(ctx):
        yield ctx.not_checked(gap)
    elif has_rekey_lines(view):
        yield ctx.at(
            view,
            "rekey_authentication",
            f"rekeys of group {ctx.group} cannot be signed: there is no 'rekey authentication'",
            gdoi_or_gkm=gdoi_or_gkm(ctx),
            group=ctx.group,
        )


def _shows_signature(ctx: ServerContext) -> bool:
    """Whether show output tells that rekeys are signed."""
    policies = ctx.rows(KS_POLICY, lambda record: record.groups)
    return any(kek.signature_hash for _, policy in policies for kek in policy.keks)
