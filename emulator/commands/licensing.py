"""Licences: the number that they are bound to, what is open, and what smart licensing reports."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..grammar import CLASSIC, XE, CommandSet, RefusedError
from ..services.licences import NONE, Licences
from ..shell.call import Call
from ..timetext import counted_text

if TYPE_CHECKING:
    from ..device import Router

RULE = "-" * 79
USAGE_RULE = "-" * 77
EVALUATION_S = 90 * 86400
"""How long software may be used before it is registered."""
POLICY_SINCE = (17, 3)
"""The release in which smart licensing came to work by policy."""

declared = CommandSet()
declared.words(
    {
        "show license": "Show license information",
        "license all": "Show license all information",
        "license status": "Show license status information",
        "license summary": "Show license summary",
        "license udi": "Show license udi information",
        "license usage": "Show license usage information",
    }
)


@declared.exec("show license udi")
def show_license_udi(call: Call) -> str:
    """What licences are bound to: the model and the serial number."""
    router = call.router
    model, serial = router.platform.model, router.serial
    if router.family != CLASSIC and router.feature(Licences).status:
        return f"{_udi(router)}\n\n"
    first = "*0" if router.family == CLASSIC else "*"
    head = "Device#" if router.family == CLASSIC else "SlotID"
    return (
        f"{head:<10}{'PID':<22}{'SN':<16}UDI\n{RULE}\n"
        f"{first:<10}{model:<22}{serial:<16}{model}:{serial}\n\n"
    )


@declared.exec("show license", families=(CLASSIC,))
def show_license_classic(call: Call) -> str:
    """Every package with its licence."""
    return "".join(_indexed(call.router))


def _indexed(router: "Router") -> Iterator[str]:
    for index, licence in enumerate(router.feature(Licences).rows(), 1):
        level = licence.current if licence.current != NONE else _level(router, licence.row)
        yield f"Index {index} Feature: {level:<32}\n"
        if licence.current == NONE:
            yield "\tPeriod left: Not Activated\n"
            yield "\tPeriod Used: 0  minute  0  second  \n"
            yield "\tLicense Type: EvalRightToUse\n"
            yield "\tLicense State: Active, Not in Use, EULA not accepted\n"
            yield "\tLicense Count: Non-Counted\n\tLicense Priority: None\n"
        else:
            yield "\tPeriod left: Life time\n"
            yield f"\tLicense Type: {licence.kind}\n"
            yield "\tLicense State: Active, In Use\n"
            yield "\tLicense Count: Non-Counted\n\tLicense Priority: Medium\n"


def _level(router: "Router", row: str) -> str:
    return next(p.level for p in router.platform.identity.packages if p.row == row)


# ---- smart licensing ----


def _smart(router: "Router") -> Licences:
    """The licences of a router that has smart licensing; others do not know the command."""
    licences = router.feature(Licences)
    if not licences.status:
        raise RefusedError("% Incomplete command.\n")
    return licences


def _by_policy(router: "Router") -> bool:
    return router.software.release >= POLICY_SINCE


@declared.exec("show license summary", families=(XE,))
def show_license_summary(call: Call) -> str:
    """Registration, and the licences in use."""
    router = call.router
    _smart(router)
    if _by_policy(router):
        return f"{_account()}\nLicense Usage:\n{_usage_table(router)}\n"
    return (
        f"Smart Licensing is ENABLED\n\n{_registration()}\n{_authorization(router)}\n"
        f"License Usage:\n{_usage_table(router)}\n"
    )


def _account() -> str:
    return "Account Information:\n  Smart Account: <none>\n  Virtual Account: <none>\n"


def _registration() -> str:
    return "Registration:\n  Status: UNREGISTERED\n  Export-Controlled Functionality: NOT ALLOWED\n"


def _authorization(router: "Router") -> str:
    left = counted_text(max(0.0, EVALUATION_S - router.uptime_s))
    return f"License Authorization: \n  Status: EVAL MODE\n  Evaluation Period Remaining: {left}\n"


def _in_use(router: "Router") -> list[str]:
    """The levels that are open and cost a licence."""
    free = {package.level for package in router.platform.identity.packages if package.always}
    rows = router.feature(Licences).rows()
    return [row.current for row in rows if row.current not in {NONE, *free}]


def _tag(router: "Router", level: str) -> str:
    """The entitlement of a level: the family of the platform and the level."""
    words = level.removesuffix("k9").replace("-", "_")
    return f"{router.platform.image_family}_{words}"


def _usage_table(router: "Router") -> str:
    levels = _in_use(router)
    if not levels:
        return "  No licenses in use\n"
    status = "IN USE" if _by_policy(router) else "EVAL MODE"
    head = f"  {'License':<24}{'Entitlement Tag':<30}Count Status\n  {USAGE_RULE}\n"
    return head + "".join(
        f"  {level:<24}{f'({_tag(router, level)})':<28}{1:>7} {status}\n" for level in levels
    )


@declared.exec("show license usage", families=(XE,))
def show_license_usage(call: Call) -> str:
    """The licences in use, one by one."""
    router = call.router
    _smart(router)
    if not _by_policy(router):
        return f"{_authorization(router)}\n{_details(router)}"
    return f"License Authorization: \n  Status: Not Applicable\n\n{_details(router)}"


def _details(router: "Router") -> str:
    text = ""
    for level in _in_use(router):
        tag = _tag(router, level)
        addon = level == router.platform.identity.packages[-1].level and level.startswith("dna")
        text += (
            f"{level} ({tag}):\n"
            f"  Description: {tag}\n  Count: 1\n  Version: 1.0\n"
            f"  Status: {'IN USE' if _by_policy(router) else 'EVAL MODE'}\n"
            f"  Export status: NOT RESTRICTED\n  Feature Name: {level}\n"
            f"  Feature Description: {tag}\n  Enforcement type: NOT ENFORCED\n"
            f"  License type: {'Subscription' if addon else 'Perpetual'}\n\n"
        )
    return text or "No licenses in use\n\n"


@declared.exec("show license status", families=(XE,))
def show_license_status(call: Call) -> str:
    """How smart licensing reports, and to whom."""
    router = call.router
    _smart(router)
    return _status(router)


def _transport(router: "Router") -> str:
    root = router.config.root
    kind = str(root.value("license smart transport", "by", "cslu" if _by_policy(router) else ""))
    if not kind:
        kind = "Callhome"
    if not _by_policy(router):
        return f"Transport:\n  Type: {kind}\n"
    address = "  Cslu address: <empty>\n" if kind == "cslu" else "  URL: <empty>\n"
    return f"Transport:\n  Type: {kind}\n{address}  Proxy:\n    Not Configured\n"


PRIVACY = (
    "Data Privacy:\n  Sending Hostname: yes\n    Callhome hostname privacy: DISABLED\n"
    "    Smart Licensing hostname privacy: DISABLED\n  Version privacy: DISABLED\n"
)
UTILITY = "Utility:\n  Status: DISABLED\n"
EXPORT_KEY = "Export Authorization Key:\n  Features Authorized:\n    <none>\n"


def _status(router: "Router") -> str:
    if not _by_policy(router):
        return (
            f"Smart Licensing is ENABLED\n\n{UTILITY}\n{PRIVACY}\n{_transport(router)}\n"
            f"{_registration()}\n{_authorization(router)}\n{EXPORT_KEY}\n"
        )
    return (
        "Utility:\n  Status: DISABLED\n\nSmart Licensing Using Policy:\n  Status: ENABLED\n\n"
        f"{_account()}\n{PRIVACY}\n{_transport(router)}\n"
        f"{_policy()}\n"
        "Miscellaneous:\n  Custom Id: <empty>\n\n"
        "Usage Reporting:\n  Last ACK received: <none>\n  Next ACK deadline: <none>\n"
        "  Reporting push interval: 30  days\n  Next ACK push check: <none>\n"
        "  Next report push: <none>\n  Last report push: <none>\n"
        "  Last report file write: <none>\n\nTrust Code Installed: <none>\n\n"
    )


POLICY_DAYS = (
    ("Unenforced/Non-Export Perpetual Attributes", (365, 0, 90)),
    ("Unenforced/Non-Export Subscription Attributes", (90, 90, 90)),
    ("Enforced (Perpetual/Subscription) License Attributes", (0, 0, 0)),
    ("Export (Perpetual/Subscription) License Attributes", (0, 0, 0)),
)
"""Days to the first report, between reports, and after a change, without a policy of one's own."""
POLICY_ROWS = (
    "First report requirement (days)",
    "Reporting frequency (days)",
    "Report on change (days)",
)


def _policy() -> str:
    text = (
        "Policy:\n  Policy in use: Merged from multiple sources.\n"
        "  Reporting ACK required: yes (CISCO default)\n"
    )
    for title, days in POLICY_DAYS:
        text += f"  {title}:\n"
        for row, count in zip(POLICY_ROWS, days, strict=True):
            text += f"    {row}: {count} (CISCO default)\n"
    return text


@declared.exec("show license all", families=(XE,))
def show_license_all(call: Call) -> str:
    """Everything about licences."""
    router = call.router
    _smart(router)
    return "".join(_everything(router))


def _everything(router: "Router") -> Iterator[str]:
    policy = _by_policy(router)
    yield _title("Smart Licensing Status")
    if policy:
        yield f"Smart Licensing is ENABLED\n\n{EXPORT_KEY}\n{_status(router)}"
    else:
        yield (
            f"Smart Licensing is ENABLED\n\n{_registration()}\n{_authorization(router)}\n"
            f"{EXPORT_KEY}\n{UTILITY}\n{PRIVACY}\n{_transport(router)}\n"
        )
    yield _title("License Usage")
    yield _details(router)
    yield f"Product Information\n===================\n{_udi(router)}\n\n"
    agent = "5.5.29_rel/6" if policy else "4.8.5_rel/22"
    yield f"Agent Version\n=============\nSmart Agent for Licensing: {agent}\n\n"
    if not policy:
        yield "Reservation Info\n================\nLicense reservation: DISABLED\n\n"
        return
    yield (
        "License Authorizations\n======================\nOverall status:\n"
        f"  Active: PID:{router.platform.model},SN:{router.serial}\n"
        "      Status: NOT INSTALLED\n\n"
        "Purchased Licenses:\n  No Purchase Information Available\n\n"
    )
    reports = len(_in_use(router))
    yield (
        f"Usage Report Summary:\n=====================\nTotal: {reports},  Purged: 0\n"
        "Total Acknowledged Received: 0,  Waiting for Ack: 0\n"
        f"Available to Report: {reports}  Collecting Data: {reports}\n\n"
    )


def _title(text: str) -> str:
    return f"{text}\n{'=' * len(text)}\n\n"


def _udi(router: "Router") -> str:
    return f"UDI: PID:{router.platform.model},SN:{router.serial}"
