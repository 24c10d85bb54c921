"""`show tech-support`: what a support engineer asks for, one output behind the other."""

import re
from collections.abc import AsyncIterator
from inspect import isawaitable

from ..grammar import Command, CommandSet, Parsed, RefusedError
from ..shell.call import Call

TITLES = (
    "show clock",
    "show version",
    "show running-config",
    "show stacks",
    "show interfaces",
    "show users",
    "show file systems",
    "dir all-filesystems",
    "show flash:",
    "show boot",
    "show bootvar",
    "show processes memory",
    "show processes cpu",
    "show inventory",
    "show platform",
    "show environment all",
    "show redundancy",
    "show license all",
    "show memory",
    "show ip interface",
    "show ip interface brief",
    "show ip route",
    "show ip protocols",
    "show ip arp",
    "show ip access-lists",
    "show ip ssh",
    "show ipv6 interface",
    "show ipv6 route",
    "show vrf",
    "show cdp neighbors detail",
    "show ntp status",
    "show ntp associations",
    "show snmp",
    "show line",
    "show crypto isakmp sa",
    "show crypto isakmp policy",
    "show crypto ikev2 sa",
    "show crypto ipsec sa",
    "show crypto map",
    "show crypto key mypubkey rsa",
    "show crypto pki certificates",
    "show crypto pki trustpoints",
    "show crypto gdoi",
    "show logging",
)
"""What is asked for; a router leaves out what its software does not know."""
_SECRET = re.compile(
    r"^( *(?:enable |username \S+ (?:.* )?)?(?:secret|password) (?:\d+ )?|"
    r" *(?:pre-shared-key|key-string|key) (?:address .* key |local |remote )?(?:\d )?|"
    r" *crypto isakmp key (?:\d )?|"
    r" *snmp-server community )\S+"
)
REMOVED = r"\1<removed>"
LONGEST_LINE = 400

declared = CommandSet()
declared.words(
    {
        "show tech-support": "Show system information for Tech-Support",
        "tech-support page": "Page through output",
        "tech-support password": "Include passwords",
    }
)


@declared.exec("show tech-support [page] [password]", privilege=15)
async def show_tech_support(call: Call) -> str | None:
    """Write one output after another; a filter gets them all together."""
    session = call.session
    if session is None or "|" in call.line:
        return "".join([part async for part in _parts(call)])
    async for part in _parts(call):
        await session.terminal.page(part)
        if session.terminal.pager.stopped:
            break
        await session.terminal.turn()
    return None


async def _parts(call: Call) -> AsyncIterator[str]:
    for title in TITLES:
        found = call.router.grammar.parse_exec(title, 15)
        if not isinstance(found, Parsed) or not isinstance(found.target, Command):
            continue
        yield f"\n------------------ {title} ------------------\n\n"
        text = await _output(call, found, found.target, title)
        if title == "show running-config" and not call.has("password"):
            text = without_secrets(text)
        yield text


async def _output(call: Call, found: Parsed, command: Command, title: str) -> str:
    inner = Call(
        router=call.router,
        dialogue=call.dialogue,
        parsed=found,
        line=title,
        session=call.session,
    )
    try:
        result = command.handler(inner)
        return (await result if isawaitable(result) else result) or ""
    except RefusedError as refused:
        return refused.text + "\n"


def without_secrets(text: str) -> str:
    """A configuration with `<removed>` in the place of its secrets."""
    return "".join(
        _SECRET.sub(REMOVED, line) if len(line) < LONGEST_LINE else line
        for line in text.splitlines(keepends=True)
    )
