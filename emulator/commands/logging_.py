"""The log: its destinations and its buffer; messages of users to it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..grammar import CLASSIC, CommandSet
from ..log import SEVERITIES
from ..services.log_hosts import port_of
from ..shell.call import Call

if TYPE_CHECKING:
    from ..device import Router

MNEMONICS = ("EMERG", "ALERT", "CRIT", "ERR", "WARNING", "NOTICE", "INFO", "DEBUG")
EXCEPTION_BYTES = 4096
COUNT_END = f"{'-' * 13}  {'-' * 31}  {'-' * 29}\n"
FILE_LOGGING_SINCE = (16, 6)

declared = CommandSet()
declared.words(
    {
        "clear": "Reset functions",
        "clear logging": "Clear logging buffer",
        "send log": "Logging message to be sent to the syslog server",
        "show logging count": "Show counts of each logging message",
        "show logging": "Show the contents of logging buffers",
    }
)


@declared.exec("show logging", privilege=1)
def show_logging(call: Call) -> str:
    """The destinations with their counters, then the buffer."""
    router = call.router
    head = "".join(_destinations(router))
    lines = "".join(f"{message.line}\n" for message in router.log.messages)
    if router.config.root.off("logging buffered"):
        return head
    return f"{head}\nLog Buffer ({router.log.buffer_bytes()} bytes):\n\n{lines}"


@declared.exec("show logging count", privilege=1)
def show_logging_count(call: Call) -> str:
    """How often each kind of message came since `logging count` was configured."""
    return "\n".join("".join(part) for part in _tallies(call.router))


def _tallies(router: "Router") -> Iterator[list[str]]:
    head = f"{'Facility':<16}{'Message Name':<33}{'Sev':<4}{'Occur':<10}Last Time\n{'=' * 77}\n"
    tallies = router.log.tallies
    if not tallies:
        yield [head]
    for facility, kinds in tallies.items():
        rows = [
            f"{facility:<16}{name:<33}{severity:>2} {tally.count:>6}     {tally.last}\n"
            for (name, severity), tally in kinds.items()
        ]
        total = sum(tally.count for tally in kinds.values())
        end = f"{facility} TOTAL"
        yield [head, *rows, COUNT_END, f"{end:<52}{total:>6}\n"]
        head = ""


def _destinations(router: "Router") -> Iterator[str]:
    log, root = router.log, router.config.root
    on = "disabled" if root.off("logging on") else "enabled"
    yield (
        f"Syslog logging: {on} ({log.counts['dropped']} messages dropped, "
        f"{log.counts['limited']} messages rate-limited, "
        "0 flushes, 0 overruns, xml disabled, filtering disabled)\n\n"
    )
    yield "No Active Message Discriminator.\n\n\n\nNo Inactive Message Discriminator.\n\n\n"
    yield _destination(router, "console", "    Console logging: ", 21)
    yield _destination(router, "monitor", "    Monitor logging: ", 21)
    if root.off("logging buffered"):
        yield "    Buffer logging:  disabled, xml disabled,\n" + " " * 20 + "filtering disabled\n"
    else:
        yield _level_line("    Buffer logging:  ", log.buffer_level(), log.counts["buffer"], 20)
    counting = "enabled" if root.has("logging count") else "disabled"
    yield f"    Exception Logging: size ({EXCEPTION_BYTES} bytes)\n"
    yield f"    Count and timestamp logging messages: {counting}\n"
    if router.family != CLASSIC and router.software.release >= FILE_LOGGING_SINCE:
        yield "    File logging: disabled\n"
    yield "    Persistent logging: disabled\n\nNo active filter modules.\n\n"
    if root.off("logging trap"):
        yield "    Trap logging: disabled\n"
    else:
        count = f"{log.counts['trap']} message lines logged"
        yield f"    Trap logging: level {SEVERITIES[log.level('trap')]}, {count}\n"
    yield from _hosts(router)
    yield "        Logging Source-Interface:       VRF Name:\n"
    for name in ("logging source-interface", "logging source-interface vrf"):
        for entry in root.all(name):
            yield f"        {entry['interface']:<32}{entry.get('vrf') or ''}".rstrip() + "\n"


def _destination(router: "Router", name: str, title: str, indent: int) -> str:
    if router.config.root.off(f"logging {name}"):
        return f"{title}disabled\n"
    return _level_line(title, router.log.level(name), router.log.counts[name], indent)


def _level_line(title: str, level: int, count: int, indent: int) -> str:
    """The level and the counter of a destination, on two lines."""
    return (
        f"{title}level {SEVERITIES[level]}, {count} messages logged, xml disabled,\n"
        f"{' ' * indent}filtering disabled\n"
    )


def _hosts(router: "Router") -> Iterator[str]:
    for entry in router.config.root.all("logging host"):
        vrf = f"({entry['vrf']}) " if entry.get("vrf") else ""
        numbered = "enabled" if "sequence-num-session" in entry.text else "disabled"
        count = router.log.hosts.get(str(entry["host"]), 0)
        yield (
            f"        Logging to {entry['host']}  {vrf}({entry.get('transport') or 'udp'} "
            f"port {port_of(entry)}, audit disabled,\n"
            "              link up),\n"
            f"              {count} message lines logged, \n"
            "              0 message lines rate-limited, \n"
            "              0 message lines dropped-by-MD, \n"
            f"              xml disabled, sequence number {numbered}\n"
            "              filtering disabled\n"
        )


@declared.exec("clear logging", privilege=15)
async def clear_logging(call: Call) -> None:
    """Empty the buffer, if that is confirmed."""
    if await call.dialogue.confirm("Clear logging buffer [confirm]"):
        call.router.log.clear()


@declared.exec("send log [<level:0-7>] <text:line>", privilege=15)
def send_log(call: Call) -> None:
    """Put a message of a user into the log."""
    level = int(call.get("level", 7))
    number = call.session.line.number if call.session else 0
    user = call.dialogue.user
    text = f"Message from tty{number}(user id: {user}): {call['text']}"
    call.router.log.add("SYS", level, f"USERLOG_{MNEMONICS[level]}", text)
