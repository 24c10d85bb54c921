"""Traceroute: the routers on the way to an address."""

from dataclasses import dataclass
from typing import Any

from ..grammar import CLASSIC, CommandSet
from ..services.reach import UDP, Answer, Probe, Way, answer, delay_ms, resolve, way_to
from ..shell.call import Call
from ..terminal import Interrupted
from .ping import BAD_ADDRESS, UNKNOWN, destination, number, source, yes

MOST_HOPS = 30
PROBES = 3
WAIT_S = 3
PORT, PORTS = 33434, 65536
PROBE_BYTES = 28
"""A header of IPv4 and one of UDP (IOS sends no data; from memory)."""

declared = CommandSet()
OPTION_WORDS = {
    "numeric": "display numeric address",
    "port": "specify port number",
    "probe": "specify number of probes per hop",
    "source": "specify source address or name",
    "timeout": "specify time out",
    "ttl": "specify minimum and maximum ttl",
}
declared.words(
    {
        "traceroute": "Trace route to destination",
        "traceroute ip": "IP Trace",
        "traceroute ipv6": "IPv6 Trace",
        "traceroute vrf": "Select VPN routing instance",
        "traceroute WORD": "Trace route to destination address or hostname",
    }
)
declared.words(
    {
        f"{before} {word}": text
        for before in ("traceroute", "ip", "ipv6", "vrf", *OPTION_WORDS)
        for word, text in OPTION_WORDS.items()
    }
)


@dataclass(slots=True, kw_only=True)
class Trace:
    """A trace: destination (an address) and probes."""

    destination: str
    vrf: str = ""
    source: str = ""
    port: int = PORT
    first: int = 1
    last: int = MOST_HOPS
    probes: int = PROBES
    wait_s: int = WAIT_S


_OPTIONS = (
    "{source <source> | timeout <wait:0-3600> | probe <probes:1-65535> | port <port:0-65535>"
    " | ttl <first:0-255> <last:0-255> | numeric}*"
)


@declared.exec(
    f"traceroute [vrf <vrf>] <destination> {_OPTIONS}",
    f"traceroute [vrf <vrf>] ip <destination> {_OPTIONS}",
    f"traceroute [vrf <vrf>] ipv6 <destination> {_OPTIONS}",
)
async def traceroute(call: Call) -> str | None:
    """Trace the way to a host."""
    vrf = str(call.get("vrf") or "")
    address = destination(call, str(call["destination"]))
    if address is None:
        return UNKNOWN
    trace = Trace(
        destination=address,
        vrf=vrf,
        source=source(call, str(_last(call, "source", "")), vrf, address),
        port=_last(call, "port", PORT),
        first=max(1, _last(call, "first", 1)),
        last=_last(call, "last", MOST_HOPS),
        probes=_last(call, "probes", PROBES),
        wait_s=_last(call, "wait", WAIT_S),
    )
    await _trace(call, trace)
    return None


def _last(call: Call, name: str, default: Any) -> Any:
    given = call.get(name)
    return given[-1] if given else default


@declared.exec("traceroute", "traceroute vrf <vrf>")
async def traceroute_dialogue(call: Call) -> str | None:
    """Ask for everything."""
    ask = call.dialogue.ask
    vrf = str(call.get("vrf") or "")
    await ask("Protocol [ip]: ")
    address = resolve(call.router, (await ask("Target IP address: ")).strip())
    if address is None:
        return BAD_ADDRESS
    if call.router.family != CLASSIC and call.router.software.release >= (16, 12):
        await yes(call, "Ingress traceroute [n]: ")
    own = source(call, (await ask("Source address or interface: ")).strip(), vrf, address)
    if call.router.family != CLASSIC:
        await ask("DSCP Value [0]: ")
    await yes(call, "Numeric display [n]: ")
    trace = Trace(destination=address, vrf=vrf, source=own)
    trace.wait_s = await number(call, "Timeout in seconds [3]: ", WAIT_S, 0, 3600)
    trace.probes = await number(call, "Probe count [3]: ", PROBES, 1, 65535)
    trace.first = await number(call, "Minimum Time to Live [1]: ", 1, 1, 255)
    trace.last = await number(call, "Maximum Time to Live [30]: ", MOST_HOPS, 1, 255)
    trace.port = await number(call, "Port Number [33434]: ", PORT, 0, 65535)
    await ask("Loose, Strict, Record, Timestamp, Verbose[none]: ")
    await _trace(call, trace)
    return None


async def _trace(call: Call, trace: Trace) -> None:
    call.dialogue.write(
        f"Type escape sequence to abort.\nTracing the route to {trace.destination}\n"
    )
    if ":" not in trace.destination:
        call.dialogue.write("VRF info: (vrf in name/id, vrf out name/id)\n")
    terminal = call.session.terminal if call.session else None
    if terminal is not None:
        terminal.interruptible = True
    try:
        await _hops(call, trace)
    except Interrupted:
        call.dialogue.write("\n")
    finally:
        if terminal is not None:
            terminal.interruptible = False


async def _hops(call: Call, trace: Trace) -> None:
    way = way_to(call.router, trace.destination, trace.vrf)
    hops = way.hops if way is not None else ()
    for hop in range(trace.first, trace.last + 1):
        call.dialogue.write(f"{hop:3} ")
        named = False
        for probe in range(trace.probes):
            took = _answered(call, trace, way, hop, probe)
            if took is None:
                await call.dialogue.sleep(trace.wait_s)
                call.dialogue.write(" * ")
                continue
            await call.dialogue.sleep(took / 1000)
            call.dialogue.write(f" {took} msec" if named else f"{hops[hop - 1]} {took} msec")
            named = True
        call.dialogue.write("\n")
        if named and hop >= len(hops):
            return


def _answered(call: Call, trace: Trace, way: Way | None, hop: int, probe: int) -> int | None:
    """After how many milliseconds a hop answers a probe; None if it is not heard."""
    if way is None or hop > len(way.hops):
        return None
    count = (hop - trace.first) * trace.probes + probe
    sent = Probe(
        destination=trace.destination,
        source=trace.source,
        vrf=trace.vrf,
        protocol=UDP,
        port=(trace.port + count) % PORTS,
        size=PROBE_BYTES,
    )
    if answer(call.router, way, sent, hop=hop) is not Answer.CAME:
        return None
    return delay_ms(call.router, way, count, hop)
