"""Route maps, prefix lists and key chains. Layouts: genieparser and ntc-templates samples."""

from datetime import datetime

from ..config.store import Block, Entry
from ..grammar import CommandSet, RefusedError
from ..keys.type7 import decode_type7
from ..shell.call import Call
from ..timetext import MONTHS, second_text

LISTS = {
    "as-path": "as-path (as-path filter)",
    "community": "community (community-list filter)",
    "extcommunity": "extcommunity (extcommunity-list filter)",
}
ALWAYS = "always valid"
HIDDEN_TYPE = 7

declared = CommandSet()
declared.words(
    {
        "show route-map": "route-map information",
        "show route-map WORD": "route-map name",
        "show route-map all": "all route maps, also those made at run time",
        "show ip prefix-list": "List IP prefix lists",
        "show ipv6 prefix-list": "List IPv6 prefix lists",
        "prefix-list WORD": "Name of a prefix list",
        "prefix-list detail": "Detail of prefix lists",
        "prefix-list summary": "Summary of prefix lists",
        "show key": "Key information",
        "show key chain": "Authentication keys",
        "chain WORD": "Key chain name",
    }
)


# ---- route maps ----


@declared.exec("show route-map [<map>]")
def show_route_map(call: Call) -> str:
    """The route maps."""
    wanted = call.get("map")
    found = [e for e in _maps(call) if wanted in (None, e["map"])]
    if wanted is not None and not found:
        return f"route-map {wanted} not found\n"
    return "".join(map(_map_text, found))


@declared.exec("show route-map all")
def show_all_route_maps(call: Call) -> str:
    """The route maps, also those that are made at run time (none)."""
    static = "".join(map(_map_text, _maps(call)))
    return f"STATIC routemaps\n{static}DYNAMIC routemaps\nCurrent active dynamic routemaps = 0\n"


def _maps(call: Call) -> list[Entry]:
    entries = call.router.config.root.all("route-map")
    return sorted(entries, key=lambda entry: (entry["place"], entry["sequence"]))


def _map_text(entry: Entry) -> str:
    block = entry.block or Block("route-map")
    lines = [f"route-map {entry['map']}, {entry['action']}, sequence {entry['sequence']}"]
    lines.append("  Match clauses:")
    lines += [f"    {_match(line)} " for line in block.entries.values() if _is(line, "match")]
    lines.append("  Set clauses:")
    lines += [f"    {_set(line)}" for line in block.entries.values() if _is(line, "set")]
    lines.append("  Policy routing matches: 0 packets, 0 bytes")
    return "\n".join(lines) + "\n"


def _is(line: Entry, word: str) -> bool:
    return line.text.startswith(f"{word} ") and not line.negated


def _match(line: Entry) -> str:
    words = line.text.split()[1:]
    if words[0] in LISTS:
        return f"{LISTS[words[0]]}: {' '.join(words[1:])}"
    if words[0] in ("ip", "ipv6"):
        if words[2:3] == ["prefix-list"]:
            return f"{words[0]} {words[1]} prefix-lists: {' '.join(words[3:])}"
        return f"{words[0]} {words[1]} (access-lists): {' '.join(words[2:])}"
    return " ".join(words)


def _set(line: Entry) -> str:
    words = line.text.split()[1:]
    if words[0] == "extcommunity":
        kind = {"rt": "RT", "soo": "SoO", "cost": "Cost"}[words[1]]
        return " ".join(("extended community", *(f"{kind}:{word}" for word in words[2:])))
    return " ".join(words)


# ---- prefix lists ----


@declared.exec(
    "show <family:ip|ipv6> prefix-list [<list>]",
)
def show_prefix_list(call: Call) -> str:
    """The prefix lists with their entries."""
    name = f"{call['family']} prefix-list"
    text = ""
    for label, entries in _prefix_lists(call, name).items():
        text += f"{name} {label}: {len(entries)} entries\n"
        text += "".join(f"   seq {entry['sequence']} {entry['rule']}\n" for entry in entries)
    return text


@declared.exec("show <family:ip|ipv6> prefix-list <how:detail|summary> [<list>]")
def show_prefix_list_detail(call: Call) -> str:
    """The prefix lists with their counters."""
    name = f"{call['family']} prefix-list"
    lists = _prefix_lists(call, name)
    root = call.router.config.root
    text = f"Prefix-list with the last deletion/insertion: {list(lists)[-1]}\n" if lists else ""
    for label, entries in lists.items():
        ranges = sum(" ge " in e["rule"] or " le " in e["rule"] for e in entries)
        numbers = f"{entries[0]['sequence']} - {entries[-1]['sequence']}"
        text += f"{name} {label}:\n"
        description = root.find(f"{name} description", label)
        if description is not None:
            text += f"   Description: {description['text']}\n"
        text += f"   count: {len(entries)}, range entries: {ranges}, "
        text += f"sequences: {numbers}, refcount: 1\n"
        if call["how"] == "detail":
            text += "".join(
                f"   seq {e['sequence']} {e['rule']} (hit count: 0, refcount: 1)\n" for e in entries
            )
    return text


def _prefix_lists(call: Call, name: str) -> dict[str, list[Entry]]:
    """The entries by list; RefusedError if the list that was typed is not there."""
    found: dict[str, list[Entry]] = {}
    for entry in call.router.config.root.all(name):
        if entry.get("rule"):
            found.setdefault(str(entry["list"]), []).append(entry)
    wanted = call.get("list")
    if wanted is not None:
        if wanted not in found:
            raise RefusedError(f"%Can't find a prefix list named {wanted}")
        found = {wanted: found[wanted]}
    return {
        label: sorted(found[label], key=lambda entry: int(entry["sequence"]))
        for label in sorted(found)
    }


# ---- key chains ----


@declared.exec("show key chain [<chain>]", privilege=15)
def show_key_chain(call: Call) -> str:
    """The key chains; IOS shows the keys in clear text."""
    wanted = call.get("chain")
    return "".join(
        _chain_text(call, entry)
        for entry in call.router.config.root.all("key chain")
        if wanted in (None, entry["chain"])
    )


def _chain_text(call: Call, entry: Entry) -> str:
    lines = [f"Key-chain {entry['chain']}:"]
    block = entry.block or Block("key-chain")
    for key in sorted(block.all("key"), key=lambda key: str(key["id"]).zfill(10)):
        inner = key.block or Block("key-chain-key")
        lines.append(f'    key {key["id"]} -- text "{_clear(inner)}"')
        algorithm = inner.value("cryptographic-algorithm", "algorithm")
        if algorithm:
            lines.append(f"        cryptographic-algorithm: {algorithm}")
        lines += [
            f"        {way} lifetime {_lifetime(call, inner, f'{way}-lifetime')}"
            for way in ("accept", "send")
        ]
    return "\n".join(lines) + "\n"


def _clear(block: Block) -> str:
    entry = block.find("key-string")
    if entry is None:
        return ""
    secret = str(entry["secret"])
    return decode_type7(secret) if entry.get("type") == HIDDEN_TYPE else secret


def _lifetime(call: Call, block: Block, name: str) -> str:
    entry = block.find(name)
    if entry is None:
        return f"({ALWAYS}) - ({ALWAYS}) [valid now]"
    router = call.router
    now = router.local_moment().replace(tzinfo=None)
    begin = _moment(entry, "time", "month", "day", "year")
    shown = second_text(begin, router.zone)
    if "infinite" in entry.text.split():
        return f"({shown}) - (infinite)" + (" [valid now]" if now >= begin else "")
    seconds = entry.get("seconds")
    if seconds is not None:
        valid = 0 <= (now - begin).total_seconds() < int(seconds)
        return f"({shown}) - ({seconds} seconds)" + (" [valid now]" if valid else "")
    end = _moment(entry, "end", "month_end", "day_end", "year_end")
    valid = begin <= now < end
    return f"({shown}) - ({second_text(end, router.zone)})" + (" [valid now]" if valid else "")


def _moment(entry: Entry, time: str, month: str, day: str, year: str) -> datetime:
    """The local time of a lifetime, without its zone."""
    hour, minute, second = (int(part) for part in str(entry[time]).split(":"))
    number = MONTHS.index(str(entry[month]).capitalize()[:3]) + 1
    return datetime(int(entry[year]), number, int(entry[day]), hour, minute, second)  # noqa: DTZ001
