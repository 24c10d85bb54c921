"""Typing the shows of GETVPN on a router of a lab, and reading them with genie and our parsers."""

from dataclasses import dataclass
from functools import cached_property
from ipaddress import ip_address
from typing import Any

from getvpn.emulator.grammar.arguments import Kind
from getvpn.emulator.groups.feature import Gdoi
from getvpn.emulator.services.crypto_sas import CryptoSas
from getvpn.errors import InputError, ParseError
from getvpn.parsers import Record, parse, resolve

from ..emulator.commands.readers import Bench
from ..emulator.commands.sweep import Reading, is_empty, read_form, run
from ..emulator.commands.sweep_forms import Form, forms
from ..emulator.commands.sweep_groups import is_detached
from ..emulator.commands.sweep_truth import NOWHERE, Truth
from .router_lab import RouterLab

HEADS = (
    "show crypto gdoi",
    "show crypto gkm",
    "show crypto isakmp sa",
    "show crypto ikev2 sa",
    "show crypto ipsec sa",
    "show crypto session",
    "show crypto map",
    "show crypto engine connections active",
    "show crypto key mypubkey rsa",
    "show crypto pki",
)
"""How the commands begin that are judged."""
NO_MEMBER = ("no member of group", "no member follows", "no group member follows")


class LabBench(Bench):
    """A router of a lab as the sweep of all parsers knows one."""

    def __init__(self, lab: RouterLab, name: str) -> None:
        self.lab = lab
        self.name = name
        self.router = lab.router(name)
        self.console = lab.console(name)

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.lab.advance(seconds)

    def run(self, command: str) -> str:
        """What a command prints."""
        self.console = self.lab.console(self.name)
        return self.console.run(command)


class LabTruth(Truth):
    """The names of a router that has peers: key servers, members, ends of SAs."""

    @cached_property
    def gdoi(self) -> Gdoi:
        """Its groups."""
        return self.router.feature(Gdoi)

    def argument(self, name: str, kind: Kind, keywords: tuple[str, ...]) -> list[str]:
        """True values; of addresses one that is known and one that is not."""
        if kind.name == "ipv4" and name == "address" and "members" in keywords:
            known = [each for group in self.gdoi.servers.values() for each in group.members]
            return [*known[:1], NOWHERE]
        if kind.name == "ipv4" and name in ("peer", "remote", "local"):
            return [*self._ends(local=name == "local")[:1], NOWHERE]
        return super().argument(name, kind, keywords)

    def _ends(self, *, local: bool) -> list[str]:
        """The addresses of SAs of IKE, own ones or those of peers."""
        sas = self.router.feature(CryptoSas)
        found = [sa.local if local else sa.remote for sa in (*sas.ike, *sas.ikev2)]
        return list(dict.fromkeys(each for each in found if ip_address(each).version == 4))


@dataclass(frozen=True)
class Shown:
    """What a command printed, what our parsers made of it (None if they know none), and others."""

    form: Form
    text: str
    record: Any
    readings: list[Reading]


class Typist:
    """Types commands on one router; `complaints` is what readers could not read."""

    def __init__(self, lab: RouterLab, name: str) -> None:
        self.bench = LabBench(lab, name)
        self.truth = LabTruth(self.bench)
        self.name = name
        self.complaints: list[str] = []

    def forms(self) -> list[Form]:
        """The commands that are judged, in the order of their declarations."""
        return [form for form in forms(self.truth) if form.text.startswith(HEADS)]

    def show(self, form: Form, *, others: bool = True) -> Shown:
        """Type a command and have it read; `others` than ourselves too."""
        readings = read_form(self.bench, self.truth, form) if others else []
        text = readings[0].output if readings else run(self.bench, form.text)
        for reading in readings:
            excused = reading.wrong is not None or is_empty(self.truth, reading)
            if reading.failed and not excused:
                self._complain(form, f"{reading.tool}: {reading.failed}")
        return self.read(form, text, readings)

    def read(self, form: Form, text: str, readings: list[Reading] | None = None) -> Shown:
        """Have our parsers read a text as the output of a command."""
        return Shown(form, text, self._record(form, text), readings or [])

    def _record(self, form: Form, text: str) -> Record | None:
        """What our parser makes of a text."""
        if "|" in form.words or not _known(form.text):
            return None
        try:
            record = parse(form.text, text)
        except (InputError, ParseError) as error:
            self._complain(form, f"getvpn: {error}")
            return None
        for line in record.unparsed:
            self._complain(form, f"getvpn does not know {line.text!r}")
        for reason in record.partial:
            # without a crypto map there is none, as the reader says itself
            if not (reason.startswith(NO_MEMBER) and is_detached(self.truth)):
                self._complain(form, f"getvpn: {reason}")
        return record

    def _complain(self, form: Form, text: str) -> None:
        self.complaints.append(f"{self.name}: {form.text}: {text}")


def _known(command: str) -> bool:
    try:
        resolve(command)
    except InputError:
        return False
    return True
