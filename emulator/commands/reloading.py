"""Reloading the router, now or later."""

from datetime import datetime, timedelta

from ..grammar import CommandSet, RefusedError
from ..saving import modified
from ..services.reloading import REASON, Reloading, Scheduled, in_words
from ..shell.call import Call
from ..shell.questions import agreed
from ..timetext import MONTHS
from .configuration import saved

SAVE_QUESTION = "System configuration has been modified. Save? [yes/no]: "
PROCEED = "Proceed with reload? [confirm]"
MONTH_WORDS = (
    "january|february|march|april|may|june|july|august|september|october|november|december"
)

declared = CommandSet()
declared.words(
    {
        "reload": "Halt and perform a cold restart",
        "reload in": "Reload after a time interval",
        "reload at": "Reload at a specific time/date",
        "reload cancel": "Cancel pending reload",
        "reload reason": "Reload reason",
        "in WORD": "Delay before reload (mmm or hhh:mm)",
        "at hh:mm:ss": "Time to reload (hh:mm)",
        "show reload": "Scheduled reload information",
    }
)


@declared.exec("reload [reason <reason:line>]", "reload /noverify", privilege=15)
async def reload(call: Call) -> None:
    """Reload now, after the questions."""
    if not await _saved(call):
        return
    if not await call.dialogue.confirm(PROCEED):
        return
    service = call.router.feature(Reloading)
    service.now(call.dialogue.user, call.dialogue.origin, call.get("reason") or REASON)


@declared.exec("reload in <delay> [<reason:line>]", privilege=15)
async def reload_in(call: Call) -> None:
    """Reload after some minutes."""
    seconds = delay_s(call["delay"])
    if seconds is None:
        raise RefusedError(argument="delay")
    if await _saved(call):
        await _schedule(call, call.router.clock.now() + seconds)


_MONTH, _DAY = f"<month:{MONTH_WORDS}>", "<day:1-31>"


@declared.exec(
    f"reload at <time:time> [{_MONTH} {_DAY}] [<reason:line>]",
    f"reload at <time:time> {_DAY} {_MONTH} [<reason:line>]",
    privilege=15,
)
async def reload_at(call: Call) -> None:
    """Reload at a time of the day, today or on a date."""
    router = call.router
    now = router.local_moment()
    hour, minute, _ = (int(part) for part in str(call["time"]).split(":"))
    at = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    if call.get("month"):
        at = _on_date(at, MONTH_WORDS.split("|").index(call["month"]) + 1, call["day"])
    if at <= now:
        at += timedelta(days=1)
    if await _saved(call):
        await _schedule(call, router.clock.now() + (at - now).total_seconds())


def _on_date(at: datetime, month: int, day: int) -> datetime:
    try:
        found = at.replace(month=month, day=day)
        return found if found >= at else found.replace(year=at.year + 1)
    except ValueError:
        raise RefusedError(f"% Invalid date: {MONTHS[month - 1]} {day}") from None


@declared.exec("reload cancel", privilege=15)
def reload_cancel(call: Call) -> str | None:
    """Call a scheduled reload off."""
    if not call.router.feature(Reloading).cancel():
        return "%No reload is scheduled.\n"
    return None


@declared.exec("show reload")
def show_reload(call: Call) -> str:
    """The scheduled reload."""
    plan = call.router.feature(Reloading).scheduled
    if plan is None:
        return "No reload is scheduled.\n"
    left = in_words(plan.at - call.router.clock.now())
    at = call.router.second_text(plan.at)
    return (
        f"Reload scheduled for {at} ({left}) by {plan.user} on {plan.origin}\n"
        f"Reload reason: {plan.reason}\n"
    )


async def _saved(call: Call) -> bool:
    """Offer to save what was changed; False if the router has crashed over it."""
    if modified(call.router) and await agreed(call, SAVE_QUESTION):
        text = await saved(call)
        if text is None:
            return False
        call.dialogue.write(text)
    return True


async def _schedule(call: Call, at: float) -> None:
    router, who = call.router, call.dialogue
    plan = Scheduled(
        at=at,
        asked_at=router.clock.now(),
        user=who.user,
        origin=who.origin,
        reason=(call.get("reason") or REASON).strip(),
    )
    left = in_words(at - router.clock.now())
    who.write(
        f"Reload scheduled for {router.second_text(at)} ({left}) by {plan.user} on {plan.origin}\n"
        f"Reload reason: {plan.reason}\n"
    )
    if await who.confirm(PROCEED):
        router.feature(Reloading).schedule(plan)


def delay_s(text: str) -> int | None:
    """Seconds of a delay `mmm` or `hhh:mm`; None if it is neither or too long."""
    hours, colon, minutes = text.rpartition(":")
    if not minutes.isdecimal() or len(text) > 8 or (colon and not hours.isdecimal()):
        return None
    total = int(hours or 0) * 60 + int(minutes)
    return total * 60 if 0 < total <= 35791 else None
