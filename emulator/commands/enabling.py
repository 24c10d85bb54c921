"""Going to another privilege level."""

from typing import TYPE_CHECKING

from ..grammar import HIGHEST_PRIVILEGE, CommandSet
from ..methods import Verdict
from ..shell.call import Call
from ..terminal import TimedOut

if TYPE_CHECKING:
    from ..shell.session import Session

ATTEMPTS = 3
PASSWORD = "Password: "  # noqa: S105 - the question
EXPIRED = "% Password:  timeout expired!\n"
BAD_SECRETS = "% Bad secrets\n\n"
NO_PASSWORD = "% No password set\n"  # noqa: S105
DENIED = "% Access denied\n\n"
ERROR = "% Error in authentication.\n\n"

declared = CommandSet()
declared.words(
    {
        "enable": "Turn on privileged commands",
        "enable <0-15>": "Enable level",
        "disable": "Turn off privileged commands",
        "disable <0-15>": "Privilege level to go to",
        "show privilege": "Show current privilege level",
    }
)


@declared.exec("enable [<level:0-15>]", privilege=0)
async def enable(call: Call) -> None:
    """Go to a higher level, if its secret is known."""
    session = call.session
    if session is None:
        return
    level = int(call.get("level", HIGHEST_PRIVILEGE))
    if level <= session.privilege:
        session.privilege = level
        return
    by_lists = call.router.access.has_lists
    granted = await (_by_lists if by_lists else _by_secret)(session, level)
    if granted:
        session.privilege = level
    _tell(session, level, granted=granted)


async def _by_secret(session: "Session", level: int) -> bool:
    """Ask three times; the console needs no secret where there is none."""
    access = session.router.access
    if not access.has_enable(level):
        if session.line.kind == "con":
            return True
        session.write(NO_PASSWORD)
        return False
    patience_s = session.router.behaviour.enable_timeout_s
    try:
        for _ in range(ATTEMPTS):
            if access.enable(await _asked(session, patience_s), level):
                return True
    except TimedOut:
        session.write(EXPIRED)
    session.write(BAD_SECRETS)
    return False


async def _by_lists(session: "Session", level: int) -> bool:
    """Ask once, as the methods of `aaa authentication enable` say."""
    access = session.router.access
    verdict = Verdict.ERROR
    for method in access.enable_methods():
        verdict = access.enable_verdict(method, session, level)
        if verdict is Verdict.ASK:
            patience_s = session.router.behaviour.enable_timeout_s
            try:
                password = await _asked(session, patience_s)
            except TimedOut:
                session.write(EXPIRED)
                verdict = Verdict.FAIL
            else:
                right = access.enable_by(method, session, level, password)
                verdict = Verdict.PASS if right else Verdict.FAIL
        if verdict is not Verdict.ERROR:
            break
    if verdict is not Verdict.PASS:
        session.write(DENIED if verdict is Verdict.FAIL else ERROR)
    return verdict is Verdict.PASS


async def _asked(session: "Session", patience_s: float) -> str:
    return await session.ask(PASSWORD, echo=False, patience_s=patience_s)


def _tell(session: "Session", level: int, *, granted: bool) -> None:
    """Log who went to a level or failed to, if `logging userinfo` asks for it.

    The misspelling is that of the devices.
    """
    router = session.router
    if not router.config.root.has("logging userinfo"):
        return
    place = "console" if session.line.kind == "con" else session.origin
    who = f"by {session.user or 'unknown'} on {place}"
    if granted:
        router.log.add("SYS", 5, "PRIV_AUTH_PASS", f"Privilege level set to {level} {who}")
    else:
        text = f"Authentication to Privilage level {level} failed {who}"
        router.log.add("SYS", 5, "PRIV_AUTH_FAIL", text)


@declared.exec("disable [<level:0-15>]", privilege=0)
def disable(call: Call) -> None:
    """Go to a lower level."""
    if call.session is not None:
        call.session.privilege = min(int(call.get("level", 1)), call.session.privilege)


@declared.exec("show privilege")
def show_privilege(call: Call) -> str:
    """The level of the session."""
    level = call.session.privilege if call.session else HIGHEST_PRIVILEGE
    return f"Current privilege level is {level}\n"
