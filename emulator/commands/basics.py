"""Moving between modes, and the clock."""

from ..grammar import CommandSet
from ..shell.call import Call

declared = CommandSet()
declared.words(
    {
        "show": "Show running system information",
        "show clock": "Display the system clock",
        "configure": "Enter configuration mode",
        "configure terminal": "Configure from the terminal",
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


@declared.exec("configure [terminal]", privilege=15)
def configure_terminal(call: Call) -> None:
    """Go into configuration mode."""
    if call.session is not None:
        call.session.enter_configuration()


@declared.exec("exit", "quit", "logout")
def leave(call: Call) -> None:
    """End the session."""
    if call.session is not None:
        call.session.logout()
