"""Routers that change from one intent to another."""

import re
from typing import Any

from hypothesis import strategies as st

from getvpn.emulator.device import Router
from getvpn.emulator.testing import console, make_router
from getvpn.inventory.models import Intent
from getvpn.inventory.resolve import device_views
from getvpn.parsers.config import ConfigLine, parse_config
from getvpn.tasks.diff import Difference, difference
from getvpn.tasks.render import render

from ..inventory.strategies import PLATFORMS, Document, documents
from .networks import KnownSecrets

IN_ORDER = re.compile(r"access-list \S+ |server address ipv4 |proposal ")
"""How lines begin whose order among themselves counts."""
PORTS = {
    "15.7(3)M5": ("ios", "GigabitEthernet0/0", "GigabitEthernet0/1"),
    "16.12.4": ("ios-xe", "GigabitEthernet0/0/0", "GigabitEthernet0/0/1"),
    "17.9.4a": ("ios-xe", "GigabitEthernet1", "GigabitEthernet2"),
}


def on(release: str, document: Document) -> Intent:
    """The network of a document with all devices of one release."""
    os, outer, inner = PORTS[release]
    for device in (*document["key_servers"], *document["members"]):
        device |= {"os": os, "release": release}
        for interface, name in (("wan", outer), ("lan", inner)):
            for each in _listed(device.get(interface)):
                each["interface"] = name
        for joined in device.get("groups", ()):
            if isinstance(joined, dict) and "source" in joined:
                joined["source"] = inner
    if os == "ios":
        for group in document["groups"]:
            group.pop("pfs", None)
    return Intent.model_validate(document)


def _listed(value: Any) -> list[Document]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Intent, Intent]:
    """What a network was, and what it should be."""
    release = draw(st.sampled_from(tuple(PORTS)))
    one, other = draw(documents(most_members=2)), draw(documents(most_members=2))
    return on(release, one), on(release, other)


def booted(release: str, name: str, text: str) -> Router:
    """A router of a release that has booted with `text`."""
    return make_router(name, PLATFORMS[release], text)


def running(router: Router) -> str:
    """What the router shows of its configuration."""
    return console(router).run("show running-config")


def compared(intent: Intent, name: str, router: Router) -> Difference:
    """The difference of a router to an intent."""
    (text,) = render(intent, KnownSecrets(), [name]).values()
    return difference(device_views(intent)[name], text, running(router))


def common(one: Intent, other: Intent) -> list[tuple[str, str]]:
    """The names and releases of the devices that both intents have."""
    devices = {it.name: it.release for it in (*one.key_servers, *one.members)}
    return [
        (it.name, it.release) for it in (*other.key_servers, *other.members) if it.name in devices
    ]


def told(text: str) -> Any:
    """All that a configuration says: lines stand in an order only where it counts."""
    return _block(parse_config(text, "router").lines)


def _block(below: tuple[ConfigLine, ...]) -> Any:
    def place(line: ConfigLine) -> str:
        found = IN_ORDER.match(line.text)
        return found[0] if found is not None else line.text

    def inside(line: ConfigLine) -> Any:
        if line.words[1:2] == ("access-list",):
            return [each.text for each in line.children]
        return _block(line.children)

    return [(line.text, inside(line)) for line in sorted(below, key=place)]
