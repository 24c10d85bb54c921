"""Class maps and policy maps. Layouts: genieparser samples of IOS-XE."""

from collections.abc import Iterator

from ..config.store import Block, Entry
from ..grammar import CommandSet, RefusedError
from ..services.access_words import DSCPS, PRECEDENCES
from ..services.interface_state import InterfaceState
from ..services.interfaces import Interfaces
from ..shell.call import Call
from .interface_choice import block_of, chosen

DEFAULT = "class-default"
QUEUE_PACKETS = 64
BURST_PER_KBIT = 25
NUMBERS = {**DSCPS, **PRECEDENCES}

declared = CommandSet()
declared.words(
    {
        "show class-map": "Show QoS Class Map",
        "show class-map WORD": "QoS Class Map name",
        "show policy-map": "Show QoS Policy Map",
        "show policy-map WORD": "QoS Policy Map name",
        "show policy-map interface": "Show QoS policy interface",
        "interface input": "Input policy",
        "interface output": "Output policy",
    }
)


# ---- class maps ----


@declared.exec("show class-map [<map>]")
def show_class_map(call: Call) -> str:
    """The classes; the default one is always there."""
    entries = call.router.config.root.all("class-map")
    texts = {DEFAULT: f" Class Map match-any {DEFAULT} (id 0)\n   Match any \n"}
    for number, entry in enumerate(entries, 1):
        texts[str(entry["map"])] = _class_text(entry, number)
    wanted = call.get("map")
    if wanted is not None:
        if wanted not in texts:
            raise RefusedError(f"% Class map {wanted} not found")
        return texts[wanted] + "\n"
    return "".join(f"{texts[name]}\n" for name in sorted(texts))


def _class_text(entry: Entry, number: int) -> str:
    block = entry.block or Block("class-map")
    lines = [f" Class Map {entry['how']} {entry['map']} (id {number})"]
    description = block.value("description", "text")
    if description:
        lines.append(f"  Description: {description}")
    matches = [match_words(line) for line in block.entries.values() if _matches(line)]
    lines += [f"   Match {words} " for words in matches] or ["   Match none "]
    return "\n".join(lines) + "\n"


def _matches(line: Entry) -> bool:
    return line.text.startswith("match ") and not line.negated


def match_words(line: Entry) -> str:
    """What a line matches, marks with their numbers: `  dscp ef (46)`."""
    words = line.text.split()[1:]
    kinds = [index for index, word in enumerate(words) if word in ("dscp", "precedence", "cos")]
    if not kinds:
        return " ".join(words)
    at = kinds[0] + 1
    if words[at - 1] == "cos":
        return f"{' '.join(words[:at])}  {' '.join(words[at:])}"
    shown = [f"{word} ({NUMBERS[word]})" if word in NUMBERS else word for word in words[at:]]
    return f"  {' '.join(words[:at])} {' '.join(shown)}"


# ---- policy maps ----


@declared.exec("show policy-map [<policy>]")
def show_policy_map(call: Call) -> str:
    """The policies with what they do."""
    wanted = call.get("policy")
    found = call.router.config.root.all("policy-map")
    shown = [entry for entry in found if wanted in (None, entry["policy"])]
    if wanted is not None and not shown:
        raise RefusedError(f"% policy-map {wanted} not found")
    return "\n".join(_policy_text(entry) for entry in shown)


def _policy_text(entry: Entry) -> str:
    block = entry.block or Block("policy-map")
    lines = [f"  Policy Map {entry['policy']}"]
    description = block.value("description", "text")
    if description:
        lines.append(f"    Description: {description}")
    for one in _classes(block):
        lines.append(f"    Class {one['class']}")
        lines += [
            text
            for line in (one.block or Block("policy-class")).entries.values()
            for text in _action_lines(line)
        ]
    return "\n".join(lines) + "\n"


def _classes(block: Block) -> list[Entry]:
    return sorted(block.all("class"), key=lambda entry: bool(entry["class"] == DEFAULT))


def _action_lines(line: Entry) -> Iterator[str]:
    words = line.text.split()
    match words[0]:
        case "bandwidth" | "priority":
            yield f"      {_share(words)}"
        case "shape":
            kind = "Average" if words[1] == "average" else "Peak"
            yield f"      {kind} Rate Traffic Shaping"
            if words[2] == "percent":
                yield f"      cir {words[3]}%"
            else:
                yield f"      cir {words[2]} (bps)"
        case "police":
            yield f"     {_police(line)}"
            for entry in (line.block or Block("policy-police")).entries.values():
                yield f"       {entry.text} "
        case "queue-limit":
            unit = words[2] if len(words) > 2 else "packets"
            yield f"      queue-limit {words[1]} {unit}"
        case _:
            yield f"      {' '.join(words)}"


def _share(words: list[str]) -> str:
    """`bandwidth percent 10` is shown `bandwidth 10 (%)`."""
    name, *rest = words
    if rest[:1] == ["percent"]:
        return f"{name} {rest[1]} (%)"
    if rest[:2] == ["remaining", "percent"]:
        return f"{name} remaining {rest[2]} (%)"
    if rest and rest[0].isdecimal():
        return f"{name} {rest[0]} (kbps)"
    return " ".join(words)


def _police(line: Entry) -> str:
    rate = line.get("cir") or line.get("rate")
    if rate is None:
        return f"police cir percent {line['percent']}"
    burst = line.get("bc") or line.get("burst") or max(int(rate) // 32, 1500)
    return f"police cir {rate} bc {burst}"


# ---- on interfaces ----


@declared.exec("show policy-map interface [<name:interface>] [<direction:input|output>]")
def show_policy_interface(call: Call) -> str:
    """The policies that interfaces apply, with their counters."""
    wanted = call.get("direction")
    text = ""
    for state in chosen(call):
        block = block_of(call.router, state.name)
        applied = [
            (direction, entry["policy"])
            for direction in ("input", "output")
            if (entry := block.find("service-policy", direction)) is not None
            and wanted in (None, direction)
        ]
        if applied:
            text += f" {state.name} \n"
        for direction, name in applied:
            policy = call.router.config.root.find("policy-map", name)
            inner = policy.block if policy is not None and policy.block else Block("policy-map")
            text += f"\n  Service-policy {direction}: {name}\n"
            text += "".join(f"{line}\n" for line in _applied(call, state, direction, inner))
    return text


def _applied(call: Call, state: InterfaceState, direction: str, policy: Block) -> Iterator[str]:
    classes = _classes(policy)
    if any((one.block or policy).has("priority") for one in classes):
        yield ""
        yield "    queue stats for all priority classes:"
        yield "      Queueing"
        yield from _queue()
    for one in classes:
        yield from _class_counters(call, state, direction, one)
    if not any(one["class"] == DEFAULT for one in classes):
        yield from _class_counters(call, state, direction, None)


def _class_counters(
    call: Call, state: InterfaceState, direction: str, one: Entry | None
) -> Iterator[str]:
    """A class: the packets of an interface are in the default class, for nothing marks them."""
    name = DEFAULT if one is None else str(one["class"])
    counters = call.router.feature(Interfaces).counters(state.name)
    packets, size, rate = 0, 0, 0
    if name == DEFAULT and not state.parent:
        incoming = direction == "input"
        packets = counters.packets_in if incoming else counters.packets_out
        size = counters.bytes_in if incoming else counters.bytes_out
        rate = counters.bits_in_per_s if incoming else counters.bits_out_per_s
    definition = call.router.config.root.find("class-map", name)
    how = "match-any" if definition is None else definition["how"]
    yield ""
    yield f"    Class-map: {name} ({how})  "
    yield f"      {packets} packets, {size} bytes"
    yield f"      5 minute offered rate {rate:04} bps, drop rate 0000 bps"
    inner = definition.block if definition is not None else None
    for line in inner.entries.values() if inner is not None else ():
        if _matches(line):
            yield f"      Match: {match_words(line)}"
    if name == DEFAULT:
        yield "      Match: any "
    if one is not None and one.block is not None:
        for line in one.block.entries.values():
            yield from _effect(line, (packets, size))


def _queue(passed: tuple[int, int] = (0, 0)) -> Iterator[str]:
    yield f"      queue limit {QUEUE_PACKETS} packets"
    yield "      (queue depth/total drops/no-buffer drops) 0/0/0"
    yield f"      (pkts output/bytes output) {passed[0]}/{passed[1]}"


def _effect(line: Entry, passed: tuple[int, int]) -> Iterator[str]:
    words = line.text.split()
    match words[0]:
        case "priority":
            rate = line.get("kbit")
            if rate is None:
                yield "      Priority: Strict, b/w exceed drops: 0"
            else:
                burst = int(rate) * BURST_PER_KBIT
                yield f"      Priority: {rate} kbps, burst bytes {burst}, b/w exceed drops: 0"
        case "bandwidth":
            yield "      Queueing"
            yield from _queue(passed)
            if line.get("kbit") is not None:
                yield f"      bandwidth {line['kbit']} kbps"
            else:
                yield f"      {_share(words).replace(' (%)', '%')}"
        case "shape":
            yield "      Queueing"
            yield from _queue(passed)
            rate = int(line.get("rate") or 0)
            burst = rate // 250
            yield f"      shape ({words[1]}) cir {rate}, bc {burst}, be {burst}"
            yield f"      target shape rate {rate}"
        case "police":
            yield from _policing(line, passed)
        case "set":
            yield "      QoS Set"
            yield f"        {' '.join(words[1:])}"
            yield "          Marker statistics: Disabled"
        case _:
            return


def _policing(line: Entry, passed: tuple[int, int]) -> Iterator[str]:
    yield "      police:"
    yield f"          {_police(line).removeprefix('police ').replace(' bc ', ' bps, bc ')} bytes"
    block = line.block or Block("policy-police")
    for word, counted in (("conform", passed), ("exceed", (0, 0)), ("violate", (0, 0))):
        entry = block.find(f"{word}-action")
        if entry is None and word == "violate":
            continue
        usual = "transmit" if word == "conform" else "drop"
        action = usual if entry is None else " ".join(entry.text.split()[1:])
        past = word + ("d" if word.endswith("e") else "ed")
        yield f"        {past} {counted[0]} packets, {counted[1]} bytes; actions:"
        yield f"          {action} "
    yield "        conformed 0000 bps, exceeded 0000 bps"
