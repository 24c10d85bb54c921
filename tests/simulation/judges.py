"""Judges of labs: all who read the shows of GETVPN agree with what is true.

`judge` types the commands on the routers of a lab that run, has genie, the ntc-templates and our
own parsers read what they print, and compares what they found with the key servers and members
themselves. The excuses of other parsers are those of the sweep of all commands.
"""

from collections.abc import Callable, Iterable

from getvpn.parsers import resolve

from ..emulator.commands.sweep import Reading
from ..emulator.commands.sweep_forms import Form
from . import judge_genie, judge_key_servers, judge_members, judge_tables
from .judge_checks import Checks
from .judge_reading import Shown, Typist
from .router_lab import RouterLab

Choice = Callable[[Form], bool]
RARE = {"interface", "local", "remote", "peer", "map", "group", "version", "count", "gkm", "pki"}


def often(form: Form) -> bool:
    """Whether a command is one that operators type often; others print the same or less."""
    return not RARE & set(form.words[2:]) and not form.value("feature")


def judge(
    lab: RouterLab,
    names: Iterable[str] | None = None,
    *,
    chosen: Choice | None = None,
    others: bool = True,
) -> list[Reading]:
    """Judge the routers of a lab, all that run or those of these names; gives all readings.

    `chosen` picks commands, and without `others` only we read. Raises AssertionError with
    everything that is wrong.
    """
    wrong: list[str] = []
    readings: list[Reading] = []
    for name in lab.up if names is None else names:
        typist = Typist(lab, name)
        for form in typist.forms():
            if chosen is None or chosen(form):
                shown = typist.show(form, others=others)
                readings += shown.readings
                wrong += compare(lab, name, shown)
        wrong += typist.complaints
    assert not wrong, "\n".join(wrong)
    return readings


def compare(lab: RouterLab, name: str, shown: Shown) -> list[str]:
    """What readers found in an output and is not true."""
    router, gdoi = lab.router(name), lab.gdoi(name)
    check = Checks(f"{name}: {shown.form.text}")
    servers = gdoi.servers
    members = {member.policy.group: member for member in gdoi.members}
    for reading in shown.readings:
        if reading.tool == "genie" and not reading.failed and reading.found:
            judge_genie.judge(check, reading, servers, members, router)
    if shown.record is not None:
        family = resolve(shown.form.text).family
        if family in judge_tables.JUDGES:
            judge_tables.JUDGES[family](check, shown.record, router, shown)
        acting = all(group.running for group in servers.values())
        if servers and acting and family in judge_key_servers.JUDGES:
            judge_key_servers.JUDGES[family](check, shown.record, servers, shown)
        if members and family in judge_members.JUDGES:
            judge_members.JUDGES[family](check, shown.record, members, shown)
    return check.wrong
