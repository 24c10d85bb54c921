"""Names: hosts that the router knows, and aliases of commands."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..grammar import CLASSIC, EXEC, CommandSet
from ..shell.aliases import USUAL
from ..shell.call import Call

if TYPE_CHECKING:
    from ..config.store import Entry
    from ..device import Router

BROADCAST = "255.255.255.255"
CODES = (
    "Codes: UN - unknown, EX - expired, OK - OK, ?? - revalidate\n"
    "       temp - temporary, perm - permanent\n"
    "       NA - Not Applicable None - Not defined\n"
)
RECORDS_SINCE = (17, 1)
"""The first IOS-XE release that shows hosts as records of the domain name system."""

declared = CommandSet()
declared.words(
    {
        "hosts summary": "Summary of the host name cache",
        "show aliases": "Display alias commands",
        "show hosts": "IP domain-name, lookup style, nameservers, and host table",
    }
)


@declared.exec("show hosts")
def show_hosts(call: Call) -> str:
    """The domain, the name servers, and the hosts that are configured."""
    router = call.router
    if router.family != CLASSIC and router.software.release >= RECORDS_SINCE:
        return _records(router)
    return _table(router)


def _domain_lines(router: "Router") -> str:
    root = router.config.root
    text = f"Default domain is {router.domain or 'not set'}\n"
    listed = [str(entry["name"]) for entry in root.all("ip domain list")]
    if listed:
        text += f"Domain list: {', '.join(listed)}\n"
    return text


def _servers(router: "Router") -> str:
    found = [
        address
        for entry in router.config.root.all("ip name-server")
        for address in entry["addresses"]
    ]
    return f"Name servers are {', '.join(found) if found else BROADCAST}\n"


def _hosts(router: "Router") -> list["Entry"]:
    return router.config.root.all("ip host")


def _records(router: "Router") -> str:
    rows = "".join(
        f" {entry['name']:<16} 10      IN      {'AAAA' if ':' in str(address) else 'A':<8}"
        f"{address}\n"
        for entry in _hosts(router)
        for address in entry["addresses"]
    )
    head = "NAME  TTL  CLASS   TYPE      DATA/ADDRESS\n"
    return f"{_domain_lines(router)}{_servers(router)}{head}{'-' * 41}\n{rows}"


def _lookup_line(router: "Router") -> str:
    if router.config.root.off("ip domain lookup"):
        return "Name/address lookup uses static mappings\n\n"
    return "Name/address lookup uses domain service\n" + _servers(router)


def _table(router: "Router") -> str:
    text = f"Name lookup view: Global\n{_domain_lines(router)}{_lookup_line(router)}\n{CODES}"
    text += "\nHost                      Port  Flags      Age Type   Address(es)\n"
    for entry in _hosts(router):
        first, *others = entry["addresses"]
        text += f"{entry['name']:<25} None  (perm, OK)  0   IP    {first}\n"
        text += "".join(f"{'':56}{address}\n" for address in others)
    return text


@declared.exec("show hosts summary")
def show_hosts_summary(call: Call) -> str:
    """The domain, the servers, and how many hosts are known."""
    router = call.router
    return (
        f"Default domain is {router.domain or 'not set'}\n{_servers(router)}"
        f"Local cache entries: {len(_hosts(router))}\nDynamic cache entries: 0\n"
    )


@declared.exec("show aliases [<mode>]")
def show_aliases(call: Call) -> str:
    """The aliases of commands by mode; some of exec mode are always there."""
    return "\n".join("".join(rows) for rows in _aliases(call.router, call.get("mode")))


def _aliases(router: "Router", wanted: str | None) -> Iterator[list[str]]:
    found: dict[str, dict[str, str]] = {EXEC: dict(USUAL)}
    for entry in router.config.root.all("alias"):
        found.setdefault(str(entry["mode"]), {})[str(entry["name"])] = str(entry["text"])
    for mode, aliases in found.items():
        if wanted in (None, mode):
            title = "Exec mode" if mode == EXEC else f"{mode} mode"
            rows = [f"  {name:<21} {text}\n" for name, text in sorted(aliases.items())]
            yield [f"{title} aliases:\n", *rows]
