"""Copying between file systems, configurations and servers."""

from dataclasses import replace

from ..files import transfer as texts
from ..files.errors import FileError, Reason
from ..files.names import FilePath
from ..files.urls import Url, is_remote, parse_url
from ..grammar import CommandSet
from ..services.config_lock import ConfigLock
from ..shell.call import Call
from ..shell.dialogue import Dialogue
from ..storing import RUNNING, STARTUP
from .configuration import saved
from .moving import AbortedError, Move
from .places import (
    CONFIGURATIONS,
    LOCAL,
    NETWORK,
    answered,
    name_in,
    on_places,
    place,
    quiet,
)
from .verifying import image_text

_PLACES = sorted({name for each in (LOCAL, NETWORK) for names in each.values() for name in names})

declared = CommandSet()
declared.words(
    {
        "copy": "Copy from one file to another",
        "/noverify": "Don't verify image signature before reload",
        "/verify": "Verify image signature after copy",
        "copy running-config": "Copy from current system configuration",
        "copy startup-config": "Copy from startup configuration",
        "running-config": "Update (merge with) current system configuration",
        "startup-config": "Copy to startup configuration",
        **{name: f"{name} file system" for name in _PLACES},
        **{f"copy {name}": f"Copy from or to {name} file system" for name in _PLACES},
        **{
            f"{source} {name}": f"Copy to {name} file system"
            for source in (*CONFIGURATIONS, *_PLACES)
            for name in _PLACES
        },
    }
)


@on_places(declared, "copy {/noverify | /verify}* @source @target")
async def copy(call: Call) -> str | None:
    """Copy a file: asks for what is missing, and before it replaces a file."""
    source = await _whole_source(call, _argument(call, "source"))
    target = await _whole_target(call, _argument(call, "target"), source)
    if source == RUNNING and target == STARTUP:
        return await saved(call)
    if not await _may_replace(call, target):
        return None
    try:
        if isinstance(target, FilePath) and call.router.files.canonical(target) == RUNNING:
            call.router.feature(ConfigLock).check(call.session)
        text = await Move(call, source, target).run()
    except AbortedError:
        return None
    if call.has("/verify") and isinstance(target, FilePath):
        text += await image_text(call, target, str(target))
    return text


def _argument(call: Call, name: str) -> FilePath | Url:
    text = str(call[name])
    return parse_url(text) if is_remote(text) else place(call, name, keywords=True)


async def _whole_source(call: Call, source: FilePath | Url) -> FilePath | Url:
    """The source with all its parts."""
    if isinstance(source, Url):
        source = await _server(call.dialogue, source, "Source")
        if not source.path:
            answer = await call.dialogue.ask(texts.name_question("Source"))
            source = replace(source, path=_name(answer))
        return source
    if not source.parts and source.prefix != "null:":
        answer = await call.dialogue.ask(texts.name_question("Source"))
        source = answered(call, source, _name(answer))
    return source


async def _whole_target(
    call: Call, target: FilePath | Url, source: FilePath | Url
) -> FilePath | Url:
    """The target with all its parts; the name is asked for unless the router shall be quiet."""
    if isinstance(target, Url):
        target = await _server(call.dialogue, target, "Destination")
        offered = _offered_there(call, target.path, source)
        if not (quiet(call) and offered):
            question = texts.name_question("Destination", offered)
            offered = (await call.dialogue.ask(question)).strip() or offered
        return replace(target, path=_name(offered))
    here = _offered_here(call, target, source)
    if not (quiet(call) and here.parts):
        question = texts.name_question("Destination", name_in(here))
        here = answered(call, here, await call.dialogue.ask(question))
    return here


def _offered_there(call: Call, path: str, source: FilePath | Url) -> str:
    """The name on a server that is offered for `source`."""
    if path and not path.endswith("/"):
        return path
    name = source.name
    if source in (RUNNING, STARTUP) or name in CONFIGURATIONS:
        name = texts.remote_name(call.router.hostname)
    return path + name


def _offered_here(call: Call, target: FilePath, source: FilePath | Url) -> FilePath:
    """The place in the router that is offered for `source`."""
    into = not target.parts or call.router.files.is_directory(target)
    return target.child(source.name) if into and source.name else target


async def _server(dialogue: Dialogue, url: Url, direction: str) -> Url:
    """`url` with a host, and with a user where one logs in."""
    if not url.host:
        answer = (await dialogue.ask(texts.host_question())).strip()
        if not answer:
            dialogue.write(texts.NO_HOST)
            raise FileError("parsing", "filename", Reason.BAD_ADDRESS)
        asked = parse_url(f"{url.scheme}://{answer}")
        url = replace(url, host=asked.host, port=asked.port)
    if url.scheme in texts.LOGIN_SCHEMES and not url.user:
        question = texts.user_question(direction, dialogue.user)
        url = replace(url, user=(await dialogue.ask(question)).strip() or dialogue.user)
    return url


def _name(answer: str) -> str:
    """An answer that names a file; FileError for none."""
    name = answer.strip()
    if not name or not name.isprintable():
        raise FileError("parsing", "filename", Reason.BAD_NAME)
    return name


async def _may_replace(call: Call, target: FilePath | Url) -> bool:
    """Whether `target` is new, or may go."""
    if isinstance(target, Url) or target.prefix in ("system:", "null:") or target == STARTUP:
        return True
    if quiet(call) or not call.router.files.exists(target):
        return True
    call.dialogue.write(texts.OVERWRITE_WARNING)
    return await call.dialogue.confirm(texts.OVERWRITE_QUESTION)
