"""Whether the times in logs can be trusted."""

from ..context import DEVICE, DeviceContext
from ..ike import has_role
from ..messages import HEADING
from ..needs import LOGGING
from ..rule import Outcomes, Severity, rule
from ..sources import COMMANDS

_FILE = "gm1/show logging.txt"
_MESSAGE = (
    "{mark}Mar  1 09:00:00.000: %GDOI-5-GM_RECV_REKEY: Received Rekey for group G1 from 10.10.1.1"
    " to 10.20.1.1 with seq # 2\n"
)
_MARKS = {
    "*": "the clock has not been set",
    ".": "the clock was set, and has lost its time server",
}


@rule(
    code="LOG025",
    title="Messages bear the time of a clock that is set",
    severity=Severity.LOW,
    scope=DEVICE,
    needs=(LOGGING,),
    source=COMMANDS,
    rationale="""
        Which member missed which rekey, and which key server was the primary when, is known by
        comparing the logs of several devices. IOS marks the times of messages while its clock is
        not set, or no longer set by a time server. Certificates and revocation lists need the
        time, too.
    """,
    remediation="""
On the device: show ntp status, show ntp associations. Configure 'ntp server' with sources that it
reaches outside of the group's encryption.""",
    bad={_FILE: HEADING + _MESSAGE.format(mark="*")},
    good={_FILE: HEADING + _MESSAGE.format(mark="")},
)
def clock_not_set(ctx: DeviceContext) -> Outcomes:
    """Look at the mark in front of the time of the last message."""
    stamped = [
        (output, message)
        for output in ctx.records(LOGGING)
        for message in output.record.messages
        if message.timestamp is not None
    ]
    if stamped:
        output, message = stamped[-1]
        if message.mark in _MARKS:
            told = f"the last message in the log says that {_MARKS[message.mark]}"
            yield ctx.shown(output, message, "mark", told)
    elif ctx.records(LOGGING):
        yield ctx.not_checked("the log has no message with a time")
    elif has_role(ctx.device):
        yield ctx.missing()
