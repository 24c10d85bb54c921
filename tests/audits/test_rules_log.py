"""What holds for all rules about logs; what they do beyond is in the files beside this one."""

import pytest

from getvpn.audits.engine import Report
from getvpn.audits.examples import audit_example
from getvpn.audits.messages import LEVELS
from getvpn.audits.registry import registry
from getvpn.audits.rule import Severity

from .ks_texts import members
from .log_texts import MEMBER, RESTARTED, SERVER, line, log
from .said import messages as said
from .said import reasons

_MISSED = "missed rekeys"
_REFUSED = "refused rekeys"
_UNAUTHORIZED = "unauthorized registrations"
_UNFIT = "key servers that do not fit each other"
_REPLAY = "failed replay checks"
_REJECTED = "a policy that the member refuses"

# code, id of the message, what the log tells of
MESSAGES = [
    ("LOG001", "GDOI-4-GM_RE_REGISTER", _MISSED),
    ("LOG001", "GDOI-3-GM_REKEY_NOT_RECD", _MISSED),
    ("LOG002", "CRYPTO-6-IKMP_MODE_FAILURE", _REFUSED),
    ("LOG002", "GDOI-3-GDOI_REKEY_FAILURE", _REFUSED),
    ("LOG002", "GDOI-4-GM_HASH_FAIL", _REFUSED),
    ("LOG002", "GDOI-4-UNEXPECTED_SIGKEY", _REFUSED),
    ("LOG005", "GDOI-5-GM_DELETE_EXPIRED_KEK", "keys that expired without a successor"),
    ("LOG005", "GDOI-5-GM_DELETE_EXPIRED_TEK", "keys that expired without a successor"),
    ("LOG006", "GDOI-4-GM_RECOVERY_REGISTER", "recoveries from unknown keys"),
    ("LOG006", "GDOI-4-GM_RECOVERY_REREGISTER", "recoveries from unknown keys"),
    ("LOG007", "GDOI-1-UNAUTHORIZED_IDENTITY", _UNAUTHORIZED),
    ("LOG007", "GDOI-1-UNAUTHORIZED_IPADDR", _UNAUTHORIZED),
    ("LOG007", "GDOI-1-KS_UNAUTHORIZED", _UNAUTHORIZED),
    ("LOG008", "GDOI-1-KS_NO_RSA_KEYS", "an RSA key that was not found for the rekeys"),
    (
        "LOG009",
        "GDOI-5-KS_NACK_GM_EJECT",
        "members that were removed since they did not acknowledge",
    ),
    ("LOG010", "GDOI-4-GDOI_ACL_NUM", "an access list with too many entries"),
    ("LOG011", "GDOI-5-POLICY_CHANGE", "changes that no rekey has followed"),
    ("LOG011", "GDOI-5-KS_POLICY_CHANGE", "changes that no rekey has followed"),
    ("LOG012", "GDOI-3-KS_BAD_ID", "registrations with an unknown group identity"),
    ("LOG013", "GDOI-3-COOP_KS_UNREACH", "peer unknown, lost"),
    ("LOG015", "GDOI-3-COOP_CONFIG_MISMATCH", _UNFIT),
    ("LOG015", "GDOI-3-COOP_KS_UNAUTH", _UNFIT),
    ("LOG015", "GDOI-3-COOP_LIMIT_REACHED", _UNFIT),
    ("LOG016", "GDOI-3-COOP_PACKET_DROPPED", "dropped announcements"),
    ("LOG017", "GDOI-3-PSEUDO_TIME_LARGE", "pseudotimes that are apart"),
    ("LOG017", "GDOI-3-PSEUDO_TIME_TOO_OLD", "pseudotimes that are apart"),
    ("LOG018", "GDOI-4-TIMEBASED_REPLAY_FAILED", _REPLAY),
    ("LOG018", "CRYPTO-4-PKT_REPLAY_ERR", _REPLAY),
    ("LOG019", "GDOI-3-GM_NO_IPSEC_FLOWS", "a policy for which there are not enough SAs"),
    ("LOG020", "GDOI-4-GM_REJECTING_SA_PAYLOAD", _REJECTED),
    ("LOG020", "GDOI-4-UNSUPPORTED_TEK_PROTO", _REJECTED),
    ("LOG021", "GDOI-3-GM_INCOMPLETE_CFG", "an incomplete configuration"),
    ("LOG022", "GDOI-4-GM_ACL_PERMIT", "a permit in a local access list"),
    ("LOG023", "GDOI-4-UNREGISTERED_INTERFACE", "packets on an interface that is not registered"),
    ("LOG024", "GDOI-5-GM_CM_DETACH", "a detached crypto map"),
]
EVERY = pytest.mark.parametrize(("code", "message", "what"), MESSAGES)

# code, who logs the messages, the highest number among their severities
RULES = [
    ("LOG001", "member", 4),
    ("LOG002", "member", 6),
    ("LOG003", "member", 5),
    ("LOG004", "member", 5),
    ("LOG005", "member", 5),
    ("LOG006", "member", 4),
    ("LOG007", "server", 1),
    ("LOG008", "server", 1),
    ("LOG009", "server", 5),
    ("LOG010", "server", 4),
    ("LOG011", "server", 5),
    ("LOG012", "server", 3),
    ("LOG013", "server", 5),
    ("LOG014", "server", 5),
    ("LOG015", "server", 3),
    ("LOG016", "server", 3),
    ("LOG017", "server", 3),
    ("LOG018", "member", 4),
    ("LOG019", "member", 3),
    ("LOG020", "member", 4),
    ("LOG021", "member", 3),
    ("LOG022", "member", 4),
    ("LOG023", "member", 4),
    ("LOG024", "member", 5),
    ("LOG026", "member", 5),
]
LEVEL = pytest.mark.parametrize(("code", "level"), [(code, level) for code, _, level in RULES])
SPEAKER = pytest.mark.parametrize(("code", "speaker"), [(code, who) for code, who, _ in RULES])


def _audit(code: str, files: dict[str, str]) -> Report:
    return audit_example(registry()[code], files)


def _logs() -> set[str]:
    return {rule.code for rule in registry().rules if rule.topic == "LOG"}


def test_every_rule_about_logs_is_in_these_tables() -> None:
    assert {code for code, _, _ in RULES} == _logs() - {"LOG025"}
    assert {code for code, _, _ in MESSAGES} == _logs() - {
        "LOG003",
        "LOG004",
        "LOG014",
        "LOG025",
        "LOG026",
    }


@EVERY
def test_a_message_of_the_kind_is_found(code: str, message: str, what: str) -> None:
    report = _audit(code, log(line(f"{message}: whatever it says, in group G7")))
    (finding,) = report.findings
    told, _, when = finding.message.partition(f"{what}: ")
    assert told in ("the log on group G7 tells of ", "the log tells of ")
    assert when == f"once ({message.split('-')[2]}), at Mar  1 10:00:00.000"
    assert report.not_checked == ()
    assert finding.device == "dev"
    assert finding.severity is registry()[code].severity
    (evidence,) = finding.evidence
    assert evidence.field == "message"
    assert evidence.value == message
    assert evidence.text.startswith(f"Mar  1 10:00:00.000: %{message}")


@LEVEL
def test_a_log_that_has_no_such_message_is_all_right(code: str, level: int) -> None:
    report = _audit(code, log(level=LEVELS[level]))
    assert report.findings == ()
    assert report.not_checked == ()


@LEVEL
def test_a_log_that_leaves_the_messages_out_proves_nothing(code: str, level: int) -> None:
    above = LEVELS[level - 1]
    report = _audit(code, log(level=above))
    assert reasons(report) == [f"the log buffer takes in messages down to '{above}' only"]


@SPEAKER
def test_a_device_without_log_is_not_checked_if_it_would_have_such_messages(
    code: str, speaker: str
) -> None:
    own, other = (SERVER, MEMBER) if speaker == "server" else (MEMBER, SERVER)
    assert reasons(_audit(code, {"dev.cfg": own})) == ["there is no 'show logging'"]
    assert reasons(_audit(code, {"dev.cfg": other})) == []


def test_messages_of_a_group_are_one_finding_with_the_first_and_the_last() -> None:
    text = "GDOI-4-GM_RE_REGISTER: The IPSec SA created for group G1 may have expired"
    days = [line(text, f"Mar  {day} 10:00:00.000") for day in (1, 2, 3)]
    other = line(text.replace("G1", "G2"))
    first, second = _audit("LOG001", log(*days, other)).findings
    assert first.message.endswith("3 times (GM_RE_REGISTER), last at Mar  3 10:00:00.000")
    assert [each.text[:6] for each in first.evidence] == ["Mar  1", "Mar  3"]
    assert (first.group, second.group) == ("G1", "G2")
    (both,) = _audit("LOG001", log(*days[:2])).findings
    assert both.message.endswith("twice (GM_RE_REGISTER), last at Mar  2 10:00:00.000")


def test_the_remediation_names_the_group_where_the_message_does() -> None:
    named = line("GDOI-5-GM_DELETE_EXPIRED_TEK: TEK of group G1 expired")
    unnamed = line("GDOI-5-GM_DELETE_EXPIRED_TEK: TEK expired")
    (finding,) = _audit("LOG005", log(named)).findings
    assert finding.remediation.endswith("clear crypto gdoi group G1")
    (finding,) = _audit("LOG005", log(unnamed)).findings
    assert finding.remediation.endswith("clear crypto gdoi group <group>")
    assert finding.group is None


def test_what_two_outputs_share_counts_once_and_in_order_of_time() -> None:
    first = line("GDOI-4-GM_RE_REGISTER: for group G1", "Mar  1 10:00:00.000")
    second = line("GDOI-3-GM_REKEY_NOT_RECD: for group G1", "Mar  2 10:00:00.000")
    files = {
        "dev/show logging.txt": second + first,
        "dev/show logging | include GDOI.txt": first,
    }
    (message,) = said(_audit("LOG001", files))
    assert message.endswith(
        "twice (GM_RE_REGISTER and GM_REKEY_NOT_RECD), last at Mar  2 10:00:00.000"
    )


def test_messages_without_dates_keep_the_order_of_the_log() -> None:
    first = line("GDOI-4-GM_RE_REGISTER: for group G1", "1d02h")
    second = line("GDOI-4-GM_RE_REGISTER: for group G1", "00:00:07")
    files = {
        "dev/show logging.txt": first + second,
        "dev/show logging | include GDOI.txt": first,
    }
    (message,) = said(_audit("LOG001", files))
    assert message.endswith("last at 00:00:07")


def test_a_filtered_log_without_such_messages_proves_nothing() -> None:
    files = {"dev/show logging | include KS_.txt": line("GDOI-5-KS_REGS_COMPL: for group G1")}
    assert reasons(_audit("LOG008", files)) == ["'show logging' is not known in full"]
    both = files | log(RESTARTED)
    assert reasons(_audit("LOG008", both)) == []


def test_a_buffer_that_is_off_proves_nothing() -> None:
    ((name, text),) = log(RESTARTED).items()
    off = text.replace(
        "Buffer logging:  level debugging, 2 messages logged, xml disabled,",
        "Buffer logging:  disabled, xml disabled,",
    )
    assert reasons(_audit("LOG008", {name: off})) == ["messages do not go to the log buffer"]


def test_output_tells_which_messages_a_device_would_have() -> None:
    server = {"dev/show crypto gdoi ks members.txt": members("10.20.1.1")}
    assert reasons(_audit("LOG008", server)) == ["there is no 'show logging'"]
    assert reasons(_audit("LOG001", server)) == []
    (state,) = registry()["GMR004"].good.values()
    member = {"dev/show crypto gdoi gm.txt": state}
    assert reasons(_audit("LOG001", member)) == ["there is no 'show logging'"]
    assert reasons(_audit("LOG008", member)) == []


def test_severities_are_those_that_a_device_deserves() -> None:
    graves = {
        rule.code
        for rule in registry().rules
        if rule.topic == "LOG" and rule.severity >= Severity.HIGH
    }
    assert graves == {"LOG002", "LOG008", "LOG010", "LOG013", "LOG015", "LOG019", "LOG020"}
