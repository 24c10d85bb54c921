"""Names of hosts: the router's domain, the servers that it asks, the names that it knows itself."""

from ..config.edit import Edit
from ..config.store import Entry
from ..grammar import XE, CommandSet
from ..grammar.arguments import ipv4, ipv6

declared = CommandSet()
declared.words(
    {
        "ip": "Global IP configuration subcommands",
        "ip domain": "IP DNS Resolver",
        "ip domain-list": "Domain name to complete unqualified host names",
        "ip domain-lookup": "Enable IP Domain Name System hostname translation",
        "ip domain-name": "Define the default domain name",
        "ip host": "Add an entry to the ip hostname table",
        "ip name-server": "Specify address of name server to use",
        "domain list": "Domain name to complete unqualified host names",
        "domain lookup": "Enable IP Domain Name System hostname translation",
        "domain name": "Define the default domain name",
        "domain retry": "Specify times to retry DNS queries",
        "domain round-robin": "Enable round robin of addresses",
        "domain timeout": "Specify timeout for DNS queries",
        "lookup source-interface": "Specify source interface for DNS resolver",
        "name WORD": "Default domain name",
    }
)

MOST_SERVERS = 6
"""How many name servers a router keeps (Cisco command reference, `ip name-server`)."""


def _domain_name(edit: Edit) -> None:
    if edit.text is not None:
        vrf = edit.values.get("vrf")
        where = f"vrf {vrf} " if vrf else ""
        edit.text = f"ip domain name {where}{edit.values['name']}"


def _lookup(edit: Edit) -> None:
    """`ip domain-lookup`, an older spelling."""
    edit.text = "no ip domain lookup" if edit.negated else None


def _domain_list(edit: Edit) -> None:
    if edit.text is not None:
        edit.text = f"ip domain list {edit.values['name']}"


def _name_servers(edit: Edit) -> None:
    """All servers of a VRF are one entry: XE prints them in one line, IOS in a line each."""
    before = edit.before
    known: tuple[str, ...] = before["addresses"] if before is not None else ()
    named = tuple(map(str, edit.values.get("addresses", ())))
    if edit.text is None:
        left = tuple(address for address in known if named and address not in named)
    else:
        left = tuple(dict.fromkeys((*known, *named)))
        if len(left) > MOST_SERVERS:
            raise edit.refuse("% Name-server table is full")
    edit.values["addresses"] = left
    edit.negated = False
    edit.text = None
    if left:
        vrf = edit.values.get("vrf")
        head = f"ip name-server vrf {vrf}" if vrf else "ip name-server"
        if edit.family == XE:
            edit.text = f"{head} {' '.join(left)}"
        else:
            edit.text, *lines = (f"{head} {address}" for address in left)
            edit.lines = tuple(lines)


def _server_first(entry: Entry) -> tuple[bool, str]:
    vrf = entry.get("vrf")
    return vrf is not None, vrf or ""


def _host(edit: Edit) -> None:
    named = edit.values.get("addresses", ())
    if edit.text is not None and any(ipv4(a) is None and ipv6(a) is None for a in named):
        raise edit.refuse("% Invalid IP address")


declared.setting("config", "ip domain round-robin", section="ip-domain")
declared.setting("config", "ip domain retry <retries:0-100>", section="ip-domain")
declared.setting("config", "ip domain timeout <seconds:1-3600>", section="ip-domain")
declared.setting("config", "ip domain lookup", section="ip-domain", default_on=True)
declared.setting(
    "config", "ip domain-~lookup", name="ip domain lookup", section="ip-domain", check=_lookup
)
declared.setting(
    "config", "ip domain lookup source-interface <interface:interface>", section="ip-domain"
)
declared.setting("config", "ip domain name <name>", section="ip-domain", check=_domain_name)
declared.setting(
    "config",
    "ip domain-~name <name>",
    name="ip domain name",
    section="ip-domain",
    check=_domain_name,
)
declared.setting(
    "config",
    "ip domain name vrf <vrf!> <name>",
    section="ip-domain",
    check=_domain_name,
)
declared.setting("config", "ip domain list <name!>", section="ip-domain", check=_domain_list)
declared.setting(
    "config",
    "ip domain-~list <name!>",
    name="ip domain list",
    section="ip-domain",
    check=_domain_list,
)
declared.setting("config", "ip host <name!> {<addresses>}+", section="ip-domain", check=_host)
declared.setting(
    "config", "ip host vrf <vrf!> <name!> {<addresses>}+", section="ip-domain", check=_host
)
declared.setting(
    "config",
    "ip name-server [vrf <vrf!>] {{<addresses:ipv4> | <addresses:ipv6>}}+",
    section="ip-domain",
    check=_name_servers,
    overwrites=False,
    order=_server_first,
)
