"""The Tcl shell."""

from ..grammar import CommandSet
from ..saving import ENCODING
from ..shell.call import Call
from ..shell.tcl import TclShell
from .places import on_places, place, words_for

declared = CommandSet()
declared.words(
    {
        "tclsh": "Tool Command Language shell",
        **words_for("tclsh", text="Tcl script file"),
    }
)


@on_places(declared, "tclsh [@local]")
async def tclsh(call: Call) -> None:
    """Give the lines of the session to a Tcl shell; with a file, run that and come back."""
    session = call.session
    if session is None:
        return
    if call.get("file") is None:
        session.interpreter = session.interpreter or TclShell(session)
        return
    text = call.router.files.read(place(call, "file")).decode(ENCODING).replace("\r\n", "\n")
    before = session.interpreter
    shell = session.interpreter = TclShell(session)
    try:
        await shell.carry_out(text, show=False)
    finally:
        session.interpreter = before
