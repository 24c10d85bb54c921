"""Moving between modes, and the clock."""

from ..grammar import CommandSet
from ..shell.call import Call

declared = CommandSet()
declared.words(
    {
        "show": "Show running system information",
        "show clock": "Display the system clock",
        "exit": "Exit from the EXEC",
        "quit": "Exit from the EXEC",
        "logout": "Exit from the EXEC",
    }
)


@declared.exec("show clock [detail]")
def show_clock(call: Call) -> str:
    """The time of day, and where it comes from."""
    text = call.router.clock_text() + "\n"
    if call.has("detail"):
        source = "NTP" if call.router.clock_synchronized else "hardware calendar"
        text += f"Time source is {source}\n"
    return text


@declared.exec("exit", "quit", "logout")
def leave(call: Call) -> None:
    """End the session."""
    if call.session is not None:
        call.session.logout()
