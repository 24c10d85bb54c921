"""What one site asks of its routers beyond the rules of getvpn."""

from getvpn.audits.context import DEVICE, DeviceContext
from getvpn.audits.needs import CONFIG
from getvpn.audits.rule import Grade, Outcomes, Severity, rule


@rule(
    code="SITE001",
    title="Routers have the domain name of the site",
    severity=Severity.LOW,
    scope=DEVICE,
    needs=(CONFIG,),
    source="rules of the site, part 4",
    rationale="""
        Names of RSA keys and certificates are made of the host name and the domain name. Routers
        without the one of the site get certificates that our CA refuses.
    """,
    remediation="ip domain name wan.example.com",
    fix=Grade.SAFE,
    bad={"ks1.cfg": "hostname ks1\nip domain name example.org\n"},
    good={"ks1.cfg": "hostname ks1\nip domain name wan.example.com\n"},
)
def other_domain(ctx: DeviceContext) -> Outcomes:
    """Compare the domain name with that of the site."""
    if ctx.config is None:
        yield ctx.missing()
    elif ctx.config.domain_name is None:
        yield ctx.absent("there is no domain name")
    elif ctx.config.domain_name != "wan.example.com":
        yield ctx.at(ctx.config, "domain_name", f"the domain name is {ctx.config.domain_name}")
