"""What devices ask and say when they save, try and take back: by scripts."""

from collections.abc import Generator, Mapping, Sequence

import pytest

from getvpn.errors import DeviceError, RefusedError
from getvpn.tasks.deploying.means import has_archive, make_way, means_of, settle
from getvpn.tasks.deploying.models import Change, Way
from getvpn.tasks.deploying.sameness import strayed
from getvpn.tasks.deploying.trial import minutes
from getvpn.tasks.diff import Command
from getvpn.tasks.ssh.device import Answer
from getvpn.tasks.ssh.session import Session

from ..ssh.wires import ScriptedWire, session_on

ARCHIVE = "archive\n path flash:a\n!\n"
BEFORE = f"Building configuration...\n\nversion 15.7\nhostname R1\n{ARCHIVE}end\n"
AFTER = BEFORE.replace("end\n", "crypto isakmp keepalive 10 periodic\nend\n")
LINE = Command(text="crypto isakmp keepalive 10 periodic")
TIMER = "show archive config rollback timer"
ON_TRIAL = (
    "Time configured(or reconfigured): 22:50:48 UTC Sat Feb 21 2009\n"
    "Timer type: absolute timer\nTimer value: 2 min\nUser: {user}\n"
)
NOTHING = "%No Rollback Confirmed Change pending\n"
Said = str | Exception


class Scripted:
    """A device that says what its script says, and notes what it is told."""

    name = "R1"
    prompt = "R1#"

    def __init__(self, script: Mapping[str, Said | Sequence[Said]]) -> None:
        self.script = {TIMER: NOTHING, "configure confirm": "", **script}
        self.told: list[str] = []

    def _said(self, command: str) -> str:
        self.told.append(command)
        said = self.script[command]
        if not isinstance(said, (str, Exception)):
            said, *rest = said
            self.script[command] = rest or said
        if isinstance(said, Exception):
            raise said
        return said

    def send(self, command: str, *, timeout_s: float | None = None) -> str:
        return self._said(command)

    def configure(self, lines: Sequence[str], **options: object) -> str:
        if options.get("revert_min"):
            self._said(f"configure terminal revert timer {options['revert_min']}")
        for line in lines:
            self._said(line)
        return ""

    def dialogue(self, command: str, answers: Sequence[Answer], **options: object) -> str:
        assert [each.question for each in answers] == ["overwrite"]
        return self._said(command)


class Clock:
    def now(self) -> float:
        return 0.0

    def sleep(self, seconds: float) -> None:
        raise AssertionError


def way(device: Scripted | Session, *, backup: str = BEFORE, back: tuple[Command, ...] = ()) -> Way:
    change = Change(device="R1", role="member", groups=(), means="lines", commands=(LINE,))
    return make_way(
        device,  # type: ignore[arg-type]
        change,
        backup=backup,
        back=lambda _: back,
        username="amy",
        clock=Clock(),
        trial_s=120,
    )


# ---- trials ----


def test_a_trial_is_begun_confirmed_and_saved() -> None:
    device = Scripted(
        {
            "show running-config": [BEFORE, AFTER],
            "configure terminal revert timer 2": "",
            LINE.text: "",
            TIMER: [NOTHING, ON_TRIAL.format(user="amy"), NOTHING],
            "write memory": "[OK]\n",
            "show startup-config": AFTER.replace(
                "Building configuration...", "Using 5 out of 9 bytes"
            ),
        }
    )
    way(device).apply()
    way(device).keep()

    assert device.told[-4:] == [
        *("configure confirm", "show running-config", "write memory", "show startup-config")
    ]


def test_software_without_trials_gets_its_lines_without() -> None:
    unknown = RefusedError(
        "refuses", command="configure terminal revert timer 2", words="% Invalid input detected"
    )
    asked = RefusedError("refuses", command=TIMER, words="% Invalid input detected")
    device = Scripted(
        {
            TIMER: asked,
            "show running-config": BEFORE,
            "configure terminal revert timer 2": unknown,
            LINE.text: "",
        }
    )
    way(device).apply()

    assert device.told[-1] == LINE.text


def test_a_trial_that_cannot_begin_changes_nothing() -> None:
    full = RefusedError(
        "refuses", command="configure terminal revert timer 2", words="%Error: no space"
    )
    device = Scripted({"show running-config": BEFORE, "configure terminal revert timer 2": full})
    with pytest.raises(RefusedError):
        way(device).apply()
    assert LINE.text not in device.told


def test_a_confirmation_that_comes_too_late_is_told() -> None:
    device = Scripted({TIMER: ON_TRIAL.format(user="amy"), "configure confirm": NOTHING})
    with pytest.raises(DeviceError, match="R1: has taken the change back: it was on trial for too"):
        way(device).keep()
    assert "write memory" not in device.told


def test_a_change_that_is_gone_is_not_saved() -> None:
    device = Scripted({"show running-config": BEFORE})
    with pytest.raises(DeviceError, match="the change is gone"):
        way(device).keep()
    assert "write memory" not in device.told


def test_a_trial_that_was_left_is_settled_once() -> None:
    device = Scripted(
        {TIMER: [ON_TRIAL.format(user="amy"), NOTHING], "configure revert now": "Rollback Done\n"}
    )
    assert settle(device, "amy")  # type: ignore[arg-type]
    assert not settle(device, "amy")  # type: ignore[arg-type]
    other = Scripted({TIMER: ON_TRIAL.format(user="eve")})
    with pytest.raises(DeviceError, match="by the user 'eve' is on trial since 22:50:48 UTC"):
        settle(other, "amy")  # type: ignore[arg-type]


@pytest.mark.parametrize(("seconds", "found"), [(1, 1), (60, 1), (61, 2), (1e6, 120)])
def test_trials_are_counted_in_minutes(seconds: float, found: int) -> None:
    assert minutes(seconds) == found


# ---- saving ----


def test_a_question_that_nobody_expects_when_saving_is_told() -> None:
    asks = RefusedError("asks 'Continue? [no]:'", device="R1", command="write memory")
    device = Scripted({"show running-config": AFTER, "write memory": asks})
    with pytest.raises(RefusedError, match=r"asks 'Continue\? \[no\]:'"):
        way(device).keep()


def _foreign() -> Generator[str, str, str]:
    answer = yield (
        "Warning: Attempting to overwrite an NVRAM configuration previously written\n"
        "by a different version of the system image.\n"
        "Overwrite the previous NVRAM configuration?[confirm]"
    )
    assert answer == ""
    return "\nBuilding configuration...\n[OK]\n"


def test_a_configuration_of_other_software_is_overwritten() -> None:
    wire = ScriptedWire(
        {
            TIMER: NOTHING,
            "show running-config": AFTER,
            "write memory": _foreign,
            "show startup-config": AFTER,
        }
    )
    way(session_on(wire)).keep()
    assert wire.typed[-1] == "show startup-config"


def test_what_was_saved_otherwise_is_shown_without_secrets() -> None:
    key = "crypto isakmp key Hidden-Word address 192.0.2.1\nend\n"
    device = Scripted(
        {
            "show running-config": AFTER.replace("end\n", key),
            "write memory": "",
            "show startup-config": AFTER,
        }
    )
    with pytest.raises(DeviceError) as caught:
        way(device).keep()
    assert "'-crypto isakmp key <removed> address 192.0.2.1'" in str(caught.value)


# ---- what is the same ----

CERTIFICATES = """\
crypto pki certificate chain CA
 certificate 02
  30820204 3082016D
  \tquit
"""


@pytest.mark.parametrize(
    "other",
    [
        AFTER,
        AFTER.replace("Building configuration...", "Current configuration : 99 bytes\n!\n! Last c"),
        AFTER.replace("version", "! Last configuration change at 10:00:00 UTC\n!\nversion"),
        AFTER.replace("hostname R1\n", "").replace("end\n", "hostname R1\nend\n"),
        AFTER.replace("\n", "  \n"),
    ],
)
def test_heads_and_the_order_of_blocks_do_not_count(other: str) -> None:
    other = other.replace("! Last c", "! Last configuration change at 1")
    assert not strayed(AFTER, other, everything=True)


def test_certificates_are_saved_as_files() -> None:
    saved = "crypto pki certificate chain CA\n certificate 02 nvram:ca#2.cer\n"
    assert not strayed(f"{AFTER}{CERTIFICATES}", f"{AFTER}{saved}", everything=True)
    assert strayed(f"{AFTER}{CERTIFICATES}", AFTER, everything=True)


def test_differing_lines_are_shown_with_their_signs() -> None:
    one = "interface Gi1\n description a\n shutdown\n"
    other = "interface Gi1\n description b\n shutdown\ncrypto isakmp policy 10\n hash md5\n"
    found = strayed(one, other)

    assert found.missing == (" description a",)
    assert found.added == (" description b", "crypto isakmp policy 10", " hash md5")
    assert (
        str(found) == "'- description a', '+ description b', '+crypto isakmp policy 10' and 1 more"
    )


def test_the_order_in_a_block_counts() -> None:
    one = "ip access-list extended L\n permit ip any any\n deny ip any any\n"
    other = "ip access-list extended L\n deny ip any any\n permit ip any any\n"
    assert "(order)" in str(strayed(one, other))


def test_what_no_change_touches_counts_only_where_everything_does() -> None:
    assert not strayed(BEFORE, BEFORE.replace("end\n", "snmp-server location x\nend\n"))
    assert strayed(
        BEFORE, BEFORE.replace("end\n", "snmp-server location x\nend\n"), everything=True
    )


def test_secrets_that_were_taken_out_are_not_compared() -> None:
    line = "crypto isakmp key {} address 192.0.2.1\n"
    assert not strayed(line.format("<removed>"), line.format("Hidden-Word"))
    assert strayed(line.format("Other-Word"), line.format("Hidden-Word"))


# ---- means ----


@pytest.mark.parametrize(
    ("running", "command", "transport", "means"),
    [
        (f"{BEFORE}ip scp server enable\n", LINE, "netmiko", "napalm"),
        (f"{BEFORE}ip scp server enable\n", LINE, "scrapli", "lines"),
        (BEFORE, LINE, "netmiko", "lines"),
        ("ip scp server enable\n", LINE, "netmiko", "lines"),
        ("archive\n log config\nip scp server enable\n", LINE, "netmiko", "lines"),
        (
            f"{BEFORE}ip scp server enable\n",
            Command(text="no crypto gdoi group G1", asks=True),
            "netmiko",
            "lines",
        ),
        (f"{BEFORE}ip scp server enable\n", Command(text="hostname R2"), "netmiko", "lines"),
    ],
)
def test_napalm_is_for_devices_and_lines_that_it_can_do_right(
    running: str, command: Command, transport: str, means: str
) -> None:
    assert means_of(running, [command], transport=transport) == means


def test_an_archive_has_a_path() -> None:
    assert has_archive(ARCHIVE)
    assert not has_archive("archive\n log config\n  logging enable\n")
    assert not has_archive("")
