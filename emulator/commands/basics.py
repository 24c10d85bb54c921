"""Leaving the router."""

from ..grammar import CommandSet
from ..shell.call import Call

declared = CommandSet()
declared.words(
    {
        "show": "Show running system information",
        "exit": "Exit from the EXEC",
        "help": "Description of the interactive help system",
        "quit": "Exit from the EXEC",
        "logout": "Exit from the EXEC",
    }
)


HELP = """\
Help may be requested at any point in a command by entering
a question mark '?'.  If nothing matches, the help list will
be empty and you must backup until entering a '?' shows the
available options.
Two styles of help are provided:
1. Full help is available when you are ready to enter a
   command argument (e.g. 'show ?') and describes each possible
   argument.
2. Partial help is provided when an abbreviated argument is entered
   and you want to know what arguments match the input
   (e.g. 'show pr?'.)

"""


@declared.exec("help", privilege=0)
def show_help(_call: Call) -> str:
    """How to ask for help."""
    return HELP


@declared.exec("quit")
@declared.exec("exit", "logout", privilege=0)
def leave(call: Call) -> None:
    """End the session."""
    if call.session is not None:
        call.session.logout()
