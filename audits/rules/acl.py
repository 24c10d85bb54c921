"""The access lists that say what a group encrypts."""

from ...parsers.config import AccessList
from ..context import SERVER, ServerContext
from ..needs import CONFIG, KS_ACL
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
    needs=(CONFIG, KS_ACL),
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
    most, decided = ctx.settings.acl_max_lines, False
    lists, unknown = _lists(ctx)
    if lists and not unknown:
        decided = True
        count = sum(len(acl.entries) for acl in lists)
        if count > most:
            message = f"access lists of group {ctx.group} have {count} lines, more than {most}"
            yield ctx.at(lists[-1], "", message, acl=lists[-1].name)
            return
    for output, group in ctx.rows(KS_ACL, lambda record: record.groups):
        decided = decided or output.complete
        count = len(group.entries)
        if count > most:
            message = f"key server pushes {count} lines to group {ctx.group}, more than {most}"
            yield ctx.shown(output, group, "", message, acl=f"of group {ctx.group}")
            return
    if not decided:
        yield ctx.not_checked(unknown) if unknown else ctx.missing()


def _lists(ctx: ServerContext) -> tuple[list[AccessList], str]:
    """The configured access lists of the group, and why there may be more."""
    if ctx.configured is None:
        return [], ""
    view, config = ctx.configured
    lists, unknown = [], ""
    for sa in view.sas:
        acl = config.access_list_of(sa)
        if acl is not None:
            lists.append(acl)
        elif sa.acl is not None and ctx.config_missing:
            unknown = f"access list {sa.acl} is not known: {ctx.config_missing}"
    return lists, unknown
