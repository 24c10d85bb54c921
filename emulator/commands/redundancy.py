"""Groups of HSRP and VRRP: alone on its links, the router is active in all of them.

Layouts: ntc-templates and genieparser samples.
"""

from collections.abc import Iterator

from ..config.store import Block, Entry
from ..grammar import CommandSet, short_interface
from ..services.interface_state import InterfaceState
from ..services.tracked import tracked_objects
from ..shell.call import Call
from ..timetext import age_text
from .interface_choice import block_of, chosen

USUAL_PRIORITY = 100
DECREMENT = 10
BRIEF_HEAD = (
    "                     P indicates configured to preempt.\n"
    "                     |\n"
    "Interface   Grp  Pri P State   Active          Standby         Virtual IP\n"
)
VRRP_HEAD = "Interface          Grp Pri Time  Own Pre State   Master addr     Group addr\n"

declared = CommandSet()
declared.words(
    {
        "show standby": "Hot Standby Router Protocol (HSRP) information",
        "show standby brief": "Brief output",
        "show standby all": "Include groups in disabled state",
        "show vrrp": "Virtual Router Redundancy Protocol (VRRP) information",
        "show vrrp brief": "Brief output",
    }
)


def _groups(call: Call, name: str) -> Iterator[tuple[InterfaceState, Block, Entry]]:
    """The groups of the interfaces that are meant, by number."""
    for state in chosen(call):
        block = block_of(call.router, state.name)
        for entry in sorted(block.all(name), key=lambda entry: int(entry["group"])):
            yield state, block, entry


def _priority(call: Call, block: Block, protocol: str, group: int) -> tuple[int, int]:
    """The priority of a group now, and the one that is configured."""
    written = block.find(f"{protocol} priority", group)
    usual = int(written["priority"]) if written is not None else USUAL_PRIORITY
    now = usual
    known = tracked_objects(call.router) if block.all(f"{protocol} track") else {}
    for line in block.all(f"{protocol} track"):
        tracked = known.get(int(line["object"]))
        if line["group"] == group and (tracked is None or not tracked.up):
            now -= int(line.get("decrement") or DECREMENT)
    return max(now, 0), usual


# ---- HSRP ----


@declared.exec("show standby [<name:interface>] brief")
def show_standby_brief(call: Call) -> str:
    """The groups in a table."""
    text = ""
    for state, block, entry in _groups(call, "standby ip"):
        group = int(entry["group"])
        now, _ = _priority(call, block, "standby", group)
        preempt = "P" if block.has("standby preempt", group) else " "
        active = "local" if state.line_up else "unknown"
        virtual = entry.get("address") or "unknown"
        text += (
            f"{short_interface(state.name):<12}{group:<5}{now:<4}{preempt} "
            f"{'Active' if state.line_up else 'Init':<8}{active:<16}{'unknown':<16}{virtual}\n"
        )
    return BRIEF_HEAD + text if text else ""


@declared.exec("show standby [<name:interface>] [all]")
def show_standby(call: Call) -> str:
    """The groups."""
    return "".join(
        "\n".join(_standby(call, state, block, entry)) + "\n"
        for state, block, entry in _groups(call, "standby ip")
    )


def _standby(call: Call, state: InterfaceState, block: Block, entry: Entry) -> Iterator[str]:
    group = int(entry["group"])
    version = int(block.value("standby version", "version") or 1)
    mac = f"0000.0c9f.f{group:03x}" if version == 2 else f"0000.0c07.ac{group:02x}"
    up = state.line_up
    yield f"{state.name} - Group {group}" + (" (version 2)" if version == 2 else "")
    yield f"  State is {'Active' if up else 'Init (interface down)'}"
    age = age_text(call.router.clock.now() - state.changed_at)
    yield f"    {2 if up else 1} state changes, last state change {age}"
    yield f"  Virtual IP address is {entry.get('address') or 'unknown'}"
    for other in block.all("standby ip secondary"):
        if other["group"] == group:
            yield f"    Secondary virtual IP address {other['address']}"
    used = f"{mac} (MAC In Use)" if up else "unknown (MAC Not In Use)"
    yield f"  Active virtual MAC address is {used}"
    yield f"    Local virtual MAC address is {mac} (v{version} default)"
    timers = block.find("standby timers", group)
    hello, hold = (
        (3, 10)
        if timers is None or timers.get("hello") is None
        else (timers["hello"], timers["hold"])
    )
    yield f"  Hello time {hello} sec, hold time {hold} sec"
    if up:
        yield "    Next hello sent in 1.024 secs"
    secret = block.find("standby authentication", group)
    if secret is not None:
        kind = "MD5, key-string" if "md5" in secret.text.split() else "text"
        yield f"  Authentication {kind}"
    yield f"  Preemption {'enabled' if block.has('standby preempt', group) else 'disabled'}"
    yield f"  Active router is {'local' if up else 'unknown'}"
    yield "  Standby router is unknown"
    now, usual = _priority(call, block, "standby", group)
    written = (
        f" (configured {usual})" if block.find("standby priority", group) else " (default 100)"
    )
    yield f"  Priority {now}{written}"
    yield from _tracks(call, block, group)
    label = block.find("standby name", group)
    name = f"hsrp-{short_interface(state.name)}-{group}" if label is None else label["label"]
    yield f'  Group name is "{name}" ({"default" if label is None else "cfgd"})'


def _tracks(call: Call, block: Block, group: int) -> Iterator[str]:
    known = tracked_objects(call.router)
    for line in block.all("standby track"):
        if line["group"] != group:
            continue
        tracked = known.get(int(line["object"]))
        if tracked is None:
            yield f"    Track object {line['object']} (unknown)"
            continue
        state = "Up" if tracked.up else "Down"
        decrement = line.get("decrement") or DECREMENT
        yield f"    Track object {line['object']} state {state} decrement {decrement}"


# ---- VRRP ----


@declared.exec("show vrrp [<name:interface>] brief", "show vrrp brief")
def show_vrrp_brief(call: Call) -> str:
    """The groups in a table."""
    text = ""
    for state, block, entry in _groups(call, "vrrp ip"):
        group = int(entry["group"])
        own = _owns(state, entry)
        now = 255 if own else _priority(call, block, "vrrp", group)[0]
        time = 3 * _advertisement_ms(block, group) + (256 - now) * 1000 // 256
        preempt = " " if block.off("vrrp preempt", group) else "Y"
        master = state.address if state.line_up else "0.0.0.0"  # noqa: S104 - nobody's address
        text += (
            f"{short_interface(state.name):<19}{group:<4}{now:>3} {time:<6}{'Y' if own else ' ':<4}"
            f"{preempt:<4}{'Master' if state.line_up else 'Init':<8}{master:<16}"
            f"{entry['address']:<15}\n"
        )
    return VRRP_HEAD + text


def _owns(state: InterfaceState, entry: Entry) -> bool:
    return state.address == str(entry["address"])


def _advertisement_ms(block: Block, group: int) -> int:
    timers = block.find("vrrp timers advertise", group)
    if timers is None:
        return 1000
    return int(timers["interval"]) * (1 if "msec" in timers.text.split() else 1000)


@declared.exec("show vrrp [<name:interface>]", "show vrrp all")
def show_vrrp(call: Call) -> str:
    """The groups."""
    return "".join(
        "\n".join(_vrrp(call, state, block, entry)) + "\n\n"
        for state, block, entry in _groups(call, "vrrp ip")
    )


def _vrrp(call: Call, state: InterfaceState, block: Block, entry: Entry) -> Iterator[str]:
    group = int(entry["group"])
    yield f"{state.name} - Group {group}"
    description = block.find("vrrp description", group)
    if description is not None:
        yield f"{description['text']}"
    yield f"  State is {'Master' if state.line_up else 'Init'}"
    yield f"  Virtual IP address is {entry['address']}"
    yield f"  Virtual MAC address is 0000.5e00.01{group:02x}"
    interval = _advertisement_ms(block, group)
    yield f"  Advertisement interval is {interval / 1000:.3f} sec"
    yield f"  Preemption {'disabled' if block.off('vrrp preempt', group) else 'enabled'}"
    own = _owns(state, entry)
    now = 255 if own else _priority(call, block, "vrrp", group)[0]
    yield f"  Priority is {now}"
    yield f"  Master Router is {state.address} (local), priority is {now}"
    yield f"  Master Advertisement interval is {interval / 1000:.3f} sec"
    down = 3 * interval + (256 - now) * 1000 // 256
    yield f"  Master Down interval is {down / 1000:.3f} sec"
