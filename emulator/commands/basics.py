"""Leaving the router."""

from ..grammar import CommandSet
from ..shell.call import Call

declared = CommandSet()
declared.words(
    {
        "show": "Show running system information",
        "exit": "Exit from the EXEC",
        "quit": "Exit from the EXEC",
        "logout": "Exit from the EXEC",
    }
)


@declared.exec("exit", "quit", "logout")
def leave(call: Call) -> None:
    """End the session."""
    if call.session is not None:
        call.session.logout()
