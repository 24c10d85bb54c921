"""Changing what lies in file systems: deleting, renaming, directories, formatting."""

from collections.abc import Iterator
from typing import Final

from ..files import transfer as texts
from ..files.errors import FileError, Reason
from ..files.names import FilePath
from ..files.tree import Directory
from ..grammar import CLASSIC, CommandSet
from ..shell.call import Call
from .places import answered, name_in, on_places, place, quiet, words_for

ERASE_QUESTION: Final = "Erasing the {} filesystem will remove all files! Continue? [confirm]"
FSCK_QUESTION: Final = "Fsck operation may take a while. Continue? [confirm]"

declared = CommandSet()
declared.words(
    {
        "delete": "Delete a file",
        "/force": "Force delete",
        "/recursive": "Recursive delete",
        **words_for("delete", "/force", "/recursive", text="File to be deleted"),
        "mkdir": "Create new directory",
        **words_for("mkdir", text="Directory name"),
        "rmdir": "Remove existing directory",
        **words_for("rmdir", text="Directory name"),
        "rename": "Rename a file",
        **words_for("rename", text="File name"),
        "URL": "File name",
        "format": "Format a filesystem",
        **words_for("format", text="Filesystem to be formatted"),
        "erase": "Erase a filesystem",
        **words_for("erase", text="Filesystem to be erased"),
        "fsck": "Fsck a filesystem",
        **words_for("fsck", text="Filesystem to be checked"),
    }
)


@on_places(declared, "delete {/force | /recursive}* @local")
async def delete(call: Call) -> None:
    """Delete a file, all that a pattern fits, or a directory with all that it holds."""
    path = place(call, "file")
    ask = not (call.has("/force") or quiet(call))
    if ask:
        question = texts.delete_question(name_in(path))
        path = answered(call, path, await call.dialogue.ask(question))
    if not path.parts:
        raise FileError("deleting", path, Reason.INVALID)
    files = call.router.files
    chosen = [found for found, _ in files.matching(path)] if path.wild else [path]
    if not chosen:
        raise FileError("deleting", path, Reason.MISSING)
    for each in chosen:
        await _delete(call, each, ask=ask)


async def _delete(call: Call, path: FilePath, *, ask: bool) -> None:
    files = call.router.files
    below = call.has("/recursive") and files.is_directory(path)
    for each in (*_inside(call, path), path) if below else (path,):
        if ask and not await call.dialogue.confirm(texts.delete_confirmation(each)):
            call.dialogue.write(f"Delete of {each} aborted!\n")
            return
        if files.is_directory(each) and below:
            files.remove_directory(each)
        else:
            files.delete(each)


def _inside(call: Call, path: FilePath) -> Iterator[FilePath]:
    """What lies below a directory, each directory behind what it holds."""
    node = call.router.files.node(path)
    if isinstance(node, Directory):
        for child in list(node.children.values()):
            place_below = path.child(child.name)
            yield from _inside(call, place_below)
            yield place_below


@on_places(declared, "mkdir @local")
async def make_directory(call: Call) -> str:
    """Make a directory."""
    path = place(call, "file")
    if not quiet(call):
        question = texts.make_directory_question(name_in(path))
        path = answered(call, path, await call.dialogue.ask(question))
    call.router.files.make_directory(path, call.router.clock.now())
    return texts.made_directory_text(path)


@on_places(declared, "rmdir @local")
async def remove_directory(call: Call) -> str | None:
    """Remove an empty directory."""
    path = place(call, "file")
    if not quiet(call):
        question = texts.remove_directory_question(name_in(path))
        path = answered(call, path, await call.dialogue.ask(question))
        if not await call.dialogue.confirm(texts.delete_confirmation(path)):
            return None
    call.router.files.remove_directory(path)
    return texts.removed_directory_text(path)


@on_places(declared, "rename @local @new")
async def rename(call: Call) -> None:
    """Give a file or directory another place in its file system."""
    old, new = place(call, "file"), place(call, "new")
    if call.router.files.is_directory(new):
        new = new.child(old.name)
    if not quiet(call):
        question = texts.name_question("Destination", name_in(new))
        new = answered(call, new, await call.dialogue.ask(question))
    call.router.files.rename(old, new)


@on_places(declared, "format @flash")
async def format_flash(call: Call) -> str | None:
    """Delete everything in the flash."""
    prefix = str(call["prefix"])
    for question in texts.format_questions(prefix):
        if not await call.dialogue.confirm(question):
            return None
    files = call.router.files
    files.format(prefix)
    capacity = files.volume(prefix).capacity or 0
    return texts.formatted_text(prefix, capacity, classic=call.router.family == CLASSIC)


@on_places(declared, "erase @flash", families=(CLASSIC,))
async def erase_flash(call: Call) -> str | None:
    """Delete everything in the flash, as on a router whose flash is one chip."""
    prefix = str(call["prefix"])
    if not await call.dialogue.confirm(ERASE_QUESTION.format(prefix[:-1])):
        return None
    call.router.files.format(prefix)
    return f"Erasing device... {'e' * 32} ...erased\nErase of {prefix} complete\n"


@on_places(declared, "fsck @flash")
async def check_flash(call: Call) -> str | None:
    """Find nothing wrong: what is in memory has no broken chains."""
    if not await call.dialogue.confirm(FSCK_QUESTION):
        return None
    return f"Fsck of {call['prefix']} complete\n"
