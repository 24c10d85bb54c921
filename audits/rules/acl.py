"""The access lists that say what a group encrypts."""

from ..context import SERVER, ServerContext
from ..needs import CONFIG
from ..rule import Outcomes, Severity, rule
from ..sources import CONCEPTS

_KEY_SERVER = """
hostname ks1
crypto gdoi group G1
 identity number 1001
 server local
  sa ipsec 10
   match address ipv4 POLICY
  address ipv4 10.10.1.1
ip access-list extended POLICY
"""


def _permits(count: int) -> str:
    lines = (f" permit ip host 10.1.0.{n} host 10.2.0.{n}\n" for n in range(1, count + 1))
    return _KEY_SERVER + "".join(lines)


@rule(
    code="ACL001",
    aliases=("GV-019",),
    title="The access lists of a group have at most 100 lines",
    severity=Severity.CRITICAL,
    scope=SERVER,
    needs=(CONFIG,),
    thresholds=("acl_max_lines",),
    source=CONCEPTS,
    rationale="""
        Members take at most 100 entries, permit and deny together, and drop the rest: traffic
        that the missing entries should encrypt leaves in clear, or is dropped.
    """,
    remediation="Summarise the networks of access list {acl} into fewer, larger ranges.",
    bad={"ks1.cfg": _permits(101)},
    good={"ks1.cfg": _permits(100)},
)
def too_many_lines(ctx: ServerContext) -> Outcomes:
    """The lists of all `sa ipsec` blocks of a group are concatenated, so they count together."""
    if ctx.configured is None:
        yield ctx.missing()
        return
    view, config = ctx.configured
    most, count, last = ctx.settings.acl_max_lines, 0, None
    for sa in view.sas:
        acl = config.access_list_of(sa)
        if acl is None:
            if sa.acl is not None and ctx.config_missing:
                yield ctx.not_checked(f"access list {sa.acl} is not known: {ctx.config_missing}")
                return
            continue
        count, last = count + len(acl.entries), acl
    if last is not None and count > most:
        yield ctx.at(
            last,
            "",
            f"access lists of group {ctx.group} have {count} lines, more than {most}",
            acl=last.name,
        )
