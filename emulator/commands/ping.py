"""Ping: echo requests to an address, typed in one line or asked for step by step."""

from typing import Any

from ..grammar import CLASSIC, CommandSet, RefusedError
from ..services.echoes import Echo, send
from ..services.reach import resolve, source_address
from ..shell.call import Call

MOST_REPEATS = 2147483647
SIZES = "36-18024"
LEAST_SIZE, MOST_SIZE = 36, 18024
UNKNOWN = "% Unrecognized host or address, or protocol not running.\n"
BAD_SOURCE = (
    "% Invalid source. Must use same-VRF IP address or full interface name without spaces "
    "(e.g. Serial0/1)"
)
BAD_ADDRESS = "% Bad IP address\n"

declared = CommandSet()
OPTION_WORDS = {
    "data": "specify data pattern",
    "df-bit": "enable do not fragment bit in IP header",
    "repeat": "specify repeat count",
    "size": "specify datagram size",
    "source": "specify source address or name",
    "timeout": "specify timeout interval",
    "validate": "validate reply data",
}
declared.words(
    {
        "ping": "Send echo messages",
        "ping ip": "IP echo",
        "ping ipv6": "IPv6 echo",
        "ping vrf": "Select VPN routing instance",
        "ping WORD": "Ping destination address or hostname",
        f"repeat <1-{MOST_REPEATS}>": "repeat count",
        f"size <{SIZES}>": "datagram size",
        "timeout <0-3600>": "timeout in seconds",
    }
)
# options come in any order: each may stand behind each other one
declared.words(
    {
        f"{before} {word}": text
        for before in ("ping", "ip", "ipv6", "vrf", *OPTION_WORDS)
        for word, text in OPTION_WORDS.items()
    }
)

_OPTIONS = (
    f"{{repeat <repeat:1-{MOST_REPEATS}> | size <size:{SIZES}> | timeout <timeout:0-3600>"
    " | source <source> | df-bit | validate | data <data:hex>}*"
)


@declared.exec(
    f"ping [vrf <vrf>] <destination> {_OPTIONS}",
    f"ping [vrf <vrf>] ip <destination> {_OPTIONS}",
    f"ping [vrf <vrf>] ipv6 <destination> {_OPTIONS}",
)
async def ping(call: Call) -> str | None:
    """Send echo requests to a host."""
    vrf = str(call.get("vrf") or "")
    address = destination(call, str(call["destination"]))
    if address is None:
        return UNKNOWN
    size = _last(call, "size", 100)
    echo = Echo(
        destination=address,
        vrf=vrf,
        repeat=_last(call, "repeat", 5),
        sizes=range(size, size + 1),
        timeout_s=_last(call, "timeout", 2),
        source=source(call, _last(call, "source", ""), vrf, address),
        unfragmented=call.has("df-bit"),
        pattern=_pattern(_last(call, "data", "")),
    )
    await send(call, echo)
    return None


def _last(call: Call, name: str, default: Any) -> Any:
    """An option that may be given several times: the last one counts."""
    given = call.get(name)
    return given[-1] if given else default


def _pattern(text: str) -> str:
    return f"0x{text.lower().removeprefix('0x').upper():0>4}" if text else ""


def destination(call: Call, name: str) -> str | None:
    """The address of a host; a name that nobody knows is looked up in vain first."""
    address = resolve(call.router, name)
    if address is None and not call.router.config.root.off("ip domain lookup"):
        call.dialogue.write(f'Translating "{name}"...domain server (255.255.255.255)\n')
    return address


def source(call: Call, text: str, vrf: str, address: str) -> str:
    """The source address that is asked for, empty without one; RefusedError if it cannot be."""
    if not text:
        return ""
    found = source_address(call.router, text, vrf, 6 if ":" in address else 4)
    if found is None:
        raise RefusedError(BAD_SOURCE)
    return found


# ---- step by step ----


@declared.exec("ping", "ping vrf <vrf>")
async def ping_dialogue(call: Call) -> str | None:
    """Ask for everything."""
    ask = call.dialogue.ask
    vrf = str(call.get("vrf") or "")
    protocol = (await ask("Protocol [ip]: ")).strip().lower()
    if protocol not in ("", "ip", "ipv6"):
        return f'% Unknown protocol - "{protocol}", type "ping ?" for help\n'
    version = "IPv6" if protocol == "ipv6" else "IP"
    address = resolve(call.router, (await ask(f"Target {version} address: ")).strip())
    if address is None:
        return BAD_ADDRESS
    echo = Echo(destination=address, vrf=vrf)
    echo.repeat = await number(call, "Repeat count [5]: ", 5, 1, MOST_REPEATS)
    size = await number(call, "Datagram size [100]: ", 100, LEAST_SIZE, MOST_SIZE)
    echo.sizes = range(size, size + 1)
    echo.timeout_s = await number(call, "Timeout in seconds [2]: ", 2, 0, 3600)
    extended = await yes(call, "Extended commands [n]: ")
    if extended:
        await _extended(call, echo)
    if await yes(call, "Sweep range of sizes [n]: "):
        low = await number(call, "Sweep min size [36]: ", LEAST_SIZE, LEAST_SIZE, MOST_SIZE)
        high = await number(call, "Sweep max size [18024]: ", MOST_SIZE, low, MOST_SIZE)
        step = await number(call, "Sweep interval [1]: ", 1, 1, MOST_SIZE)
        echo.sizes = range(low, high + 1, step)
    await send(call, echo)
    return None


async def _extended(call: Call, echo: Echo) -> None:
    classic = call.router.family == CLASSIC
    if not classic and call.router.software.release >= (16, 12):
        await yes(call, "Ingress ping [n]: ")
    wanted = (await call.dialogue.ask("Source address or interface: ")).strip()
    echo.source = source(call, wanted, echo.vrf, echo.destination)
    if not classic:
        await call.dialogue.ask("DSCP Value [0]: ")
    await number(call, "Type of service [0]: ", 0, 0, 255)
    echo.unfragmented = await yes(call, "Set DF bit in IP header? [no]: ")
    await yes(call, "Validate reply data? [no]: ")
    usual = "0xABCD" if classic else "0x0000ABCD"
    echo.pattern = _pattern((await call.dialogue.ask(f"Data pattern [{usual}]: ")).strip())
    await call.dialogue.ask("Loose, Strict, Record, Timestamp, Verbose[none]: ")


async def number(call: Call, prompt: str, default: int, low: int, high: int) -> int:
    """Ask for a number until it is one; Enter is the default."""
    while True:
        text = (await call.dialogue.ask(prompt)).strip()
        if not text:
            return default
        if text.isdecimal() and len(text) <= len(str(MOST_REPEATS)) and low <= int(text) <= high:
            return int(text)
        call.dialogue.write(f"% A decimal number between {low} and {high}.\n")


async def yes(call: Call, prompt: str) -> bool:
    """Ask for `y` or `n`; Enter is no."""
    return (await call.dialogue.ask(prompt)).strip().lower().startswith("y")
