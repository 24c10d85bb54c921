"""Rendering beside bare Jinja2 on the same templates and the same views."""

import time
from collections.abc import Callable
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from getvpn.inventory.models import Intent
from getvpn.inventory.resolve import device_views
from getvpn.inventory.views import MemberView
from getvpn.tasks.render import compiled, render

MEMBERS = 5000
MOST_TIMES = 1.2


class Secrets:
    def reveal(self, reference: str) -> str:
        return f"Key-{reference.partition(':')[2]}"


def network() -> Intent:
    """Five thousand members of one group, each with a site and a key of its own."""
    return Intent.model_validate(
        {
            "version": 1,
            "key_servers": [
                {"name": f"KS{number}", "address": f"203.0.113.{number}"} for number in (1, 2)
            ],
            "members": [
                {
                    "name": f"BR{number}",
                    "wan": {
                        "interface": "GigabitEthernet1",
                        "address": f"10.{100 + number // 250}.{number % 250}.1/30",
                    },
                    "lan": [
                        {
                            "interface": "GigabitEthernet2",
                            "address": f"10.{number // 250}.{number % 250}.1/24",
                        }
                    ],
                    "groups": ["G1"],
                    "fail_close": {},
                }
                for number in range(MEMBERS)
            ],
            "groups": [
                {
                    "name": "G1",
                    "identity": 1001,
                    "servers": [{"name": "KS1", "priority": 100}, {"name": "KS2", "priority": 75}],
                    "authentication": {
                        "kind": "psk",
                        "member": "env:PSK_{NAME}",
                        "coop": "env:PSK_COOP",
                    },
                    "policies": [{"traffic": {"between": ["10.0.0.0/8"]}}],
                }
            ],
        }
    )


def best_of(count: int, work: Callable[[], object]) -> float:
    """The shortest of some durations, in seconds."""
    durations = []
    for _ in range(count):
        start = time.perf_counter()
        work()
        durations.append(time.perf_counter() - start)
    return min(durations)


def test_five_thousand_members_take_little_longer_than_in_bare_jinja(root: Path) -> None:
    environment = Environment(  # noqa: S701 - a configuration is no HTML
        loader=FileSystemLoader(root / "templates"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    template = environment.get_template("group_member.j2")
    intent = network()
    views = [view for view in device_views(intent).values() if isinstance(view, MemberView)]
    reveal, renderer = Secrets().reveal, compiled()

    bare = best_of(3, lambda: [template.render(device=view) for view in views])
    ours = best_of(3, lambda: [renderer.text(view, reveal) for view in views])
    whole = best_of(3, lambda: render(intent, Secrets()))

    print(
        f"\n{MEMBERS} members: bare Jinja2 {bare:.2f} s, the same views {ours:.2f} s"
        f" ({ours / bare:.2f} times), from the intent on {whole:.2f} s ({whole / bare:.2f} times)"
    )
    assert ours <= MOST_TIMES * bare
