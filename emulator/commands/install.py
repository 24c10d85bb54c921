"""Installing images on IOS-XE in one step, and removing what is not in use.

The lines are those of transcripts of routers with 17.6 and before, and with 17.9 and later, which
word them otherwise.
"""

from collections.abc import Awaitable, Callable
from typing import Final

from ..files.errors import FileError
from ..files.names import FilePath
from ..grammar import XE, CommandSet, RefusedError
from ..saving import modified, save
from ..services.installing import InstallError, Installing, full_version
from ..shell.call import Call
from .places import on_places, place, words_for

ONE_SHOT: Final = "install_add_activate_commit"
ADD: Final = "install_add"
REMOVE: Final = "install_remove"
SAVE_QUESTION: Final = (
    "System configuration has been modified.\n"
    "Press Yes(y) to save the configuration and proceed.\n"
    "Press No(n) for proceeding without saving the configuration.\n"
    "Press Quit(q) to exit, you may save configuration and re-enter the command. [y/n/q]"
)
BOOT_QUESTION: Final = "Please confirm you have changed boot config to {} [y/n]"
RELOAD_QUESTION: Final = (
    "\nThis operation may require a reload of the system. Do you want to proceed? [y/n]"
)
REMOVE_QUESTION: Final = "\nDo you want to remove the above files? [y/n]"
BUNDLED: Final = (
    "Booted in bundle mode. For Bundle-to-Install mode conversion, please use one-shot CLI - "
    "install add file <> activate commit"
)
NEW_WORDS_SINCE: Final = (17, 9)
STARTS_SINCE: Final = (17, 12)

_MB: Final = 1_000_000

declared = CommandSet()
declared.words(
    {
        "install": "Install commands",
        "install add": "Install a package to the system",
        "add file": "Specify file to be added",
        **words_for("file", text="Package name"),
        "activate": "Activate the installed package",
        "activate commit": "Commit the changes to the loadpath",
        "prompt-level": "Prompt-level",
        "prompt-level none": "Do not prompt anything",
        "prompt-level all": "Prompt with all the questions",
        "install remove": "Remove installed packages",
        "remove inactive": "Remove all the inactive packages",
    }
)


class _RejectedError(Exception):
    """The user does not want to go on."""


class _Install:
    """One operation under way, in the words of the release that runs."""

    def __init__(self, call: Call, operation: str, path: FilePath | None = None) -> None:
        self.call = call
        self.service = call.router.feature(Installing)
        self.operation = operation
        self.path = path
        self.release = call.router.software.release
        self.new = self.release >= NEW_WORDS_SINCE
        self.members = "all members" if self.new else "Active/Standby"
        self.quiet = call.get("level") == "none"

    def write(self, *lines: str) -> None:
        """Print lines."""
        self.call.dialogue.write("".join(f"{line}\n" for line in lines))

    async def ask(self, question: str, answers: str = "yn") -> str:
        """The answer to a question, `y` for a user who wants none."""
        if self.quiet:
            return "y"
        while True:
            answer = (await self.call.dialogue.ask(question)).strip().lower()[:1]
            if answer and answer in answers:
                return answer
            question = f"[{'/'.join(answers)}]"

    def started(self, operation: str) -> None:
        """Print that an operation began."""
        self.write(f"{operation}: START {self.service.now_text()}")

    def step(self, name: str, ends: str = "") -> None:
        """Print a step that is made on the only member there is."""
        member = " R0" if self.new else "R0"
        indent = " " if self.new else "  "
        self.write(
            f"--- Starting {name} ---",
            f"Performing {name} on {self.members}",
            f"{indent}[1] {name} package(s) on {member}",
            f"{indent}[1] Finished {name} on {member}",
            *self._passed(name),
            f"Finished {name}{ends}",
        )

    def _passed(self, name: str) -> tuple[str, str]:
        return f"Checking status of {name} on [R0]", f"{name}: Passed on [R0]"

    def succeeded(self) -> None:
        """Print that all is well."""
        gap = " " if self.new else "  "
        self.write(f"SUCCESS: {self.operation}{gap}{self.service.now_text()}")

    def failed(self, reason: str) -> None:
        """Print why it went wrong."""
        now = self.service.now_text()
        self.write(f" [1]  R0 FAILED: {reason}")
        if not self.new:
            self.write(f"FAILED: {self.operation}  {now}")
            return
        name = self.operation if self.operation != ONE_SHOT else "add_activate_commit"
        where = self.service.mounted(self.path) if self.path else ""
        self.write(f"FAILED: {name} {where} {now}")

    # ---- adding and activating ----

    async def add(self) -> None:
        """Take the image of the file apart into packages; raises InstallError, FileError."""
        path = self.path
        if path is None:
            return
        image = self.service.checked(path)
        own = self.call.router.files.canonical(path)
        shown = f"{own.prefix}{'/'.join(own.parts)}"
        if self.new:
            self.write(
                "--- Starting initial file syncing ---",
                f"Copying {shown} from  R0 to  R0",
                "Info: Finished copying to the selected ",
                "Finished initial file syncing",
                "",
            )
        self.write("--- Starting Add ---", f"Performing Add on {self.members}")
        seconds = image.size / _MB * self.call.router.behaviour.copy_s_per_mb
        if seconds:
            await self.call.dialogue.sleep(seconds)
        self.service.add(image)
        added = f"Image added. Version: {full_version(image.version)}"
        if self.release >= STARTS_SINCE:
            self.write(*self._passed("Add"), added, "", "Finished Add", "")
        elif self.new:
            self.write(" [1] Finished Add package(s) on  R0", *self._passed("Add"))
            self.write("Finished Add", "", added, "")
        else:
            self.write("  [1] Add package(s) on R0", "  [1] Finished Add on R0")
            self.write(*self._passed("Add"), "Finished Add", "", added)

    async def activate(self) -> None:
        """Let the added image boot from now on; raises InstallError, FileError."""
        if self.path is None:
            return
        image = self.service.checked(self.path)
        if self.new and self.release >= STARTS_SINCE:
            self.started("install_activate")
        self.write(
            "install_activate: Activating IMG"
            if self.new
            else f"{self.operation}: Activating PACKAGE"
        )
        flash = self.service.flash[:-1]
        self.write("Following packages shall be activated:")
        self.write(*(f"/{flash}/{name}" for name in sorted(self.service.packages(image))[::-1]))
        if await self.ask(RELOAD_QUESTION) != "y":
            raise _RejectedError
        self.write("")
        self.service.activate(image, self.call.dialogue.user)
        self.step("Activate")
        self.write("")
        self.step("Commit", " operation" if self.new else "")
        self.write("")

    async def settle_configuration(self) -> None:
        """Ask what becomes of a configuration that is not saved, and whether packages boot."""
        router = self.call.router
        if modified(router):
            answer = await self.ask(SAVE_QUESTION, "ynq")
            if answer == "q":
                raise _RejectedError
            if answer == "y":
                self.write("Building configuration...", "[OK]")
                save(router, self.call.dialogue.user)
        if self.new or self.service.boots_packages:
            return
        if await self.ask(BOOT_QUESTION.format(self.service.conf)) != "y":
            raise _RejectedError


@on_places(
    declared,
    "install add file @local activate commit [prompt-level <level:all|none>]",
    families=(XE,),
)
async def install_image(call: Call) -> None:
    """Add an image, let it boot, and reload with it."""
    install = _Install(call, ONE_SHOT, place(call, "file"))
    service, who = install.service, call.dialogue
    if await _carried_out(install, _one_shot):
        service.reload_soon(who.user, who.origin)


async def _one_shot(install: _Install) -> None:
    if install.new:
        if install.release >= STARTS_SINCE:
            install.started(ADD)
        install.write("install_add: Adding IMG")
        await install.settle_configuration()
    else:
        install.write(f"{ONE_SHOT}: Adding PACKAGE")
        await install.settle_configuration()
        install.write(f"{ONE_SHOT}: Checking whether new add is allowed ....", "")
    await install.add()
    await install.activate()
    if not install.new:
        install.write("Install will reload the system now!")


@on_places(declared, "install add file @local", families=(XE,))
async def install_add(call: Call) -> None:
    """Add an image without letting it boot."""
    await _carried_out(_Install(call, ADD, place(call, "file")), _add)


async def _add(install: _Install) -> None:
    install.write(f"install_add: Adding {'IMG' if install.new else 'PACKAGE'}")
    if install.service.bundled:
        raise InstallError(BUNDLED)
    await install.add()


@declared.exec("install remove inactive", privilege=15, families=(XE,))
async def install_remove(call: Call) -> None:
    """Delete the files of images that nothing boots."""
    await _carried_out(_Install(call, REMOVE), _remove)


async def _remove(install: _Install) -> None:
    service = install.service
    doomed = service.inactive()
    if install.new:
        install.write("install_remove: Removing IMG", "Cleaning up unnecessary package files")
    else:
        flash = service.flash
        install.write(
            "Cleaning up unnecessary package files",
            f"No path specified, will use booted path {install.call.router.software.file}",
            f"Cleaning {flash}",
            "  Scanning boot directory for packages ... done.",
            "  Preparing packages list to delete ...",
            *(f"    {name}\n      File is in use, will not delete." for name in _kept(service)),
            "  done.",
        )
    if not doomed:
        install.write("")
        install.write(
            "SUCCESS: No extra package or provisioning files found on media. Nothing to clean."
        )
        return
    names = [service.mounted(path) for path in doomed]
    install.write("", "The following files will be deleted:")
    if install.new:
        install.write(*(f"    [R0]: {name}" for name in names))
    else:
        install.write("[R0]:", *names)
    if await install.ask(REMOVE_QUESTION) != "y":
        raise _RejectedError
    install.write("", *(() if install.new else ("[R0]:",)))
    for path in doomed:
        install.call.router.files.delete(path)
        install.write(f"Deleting file {path.prefix}{'/'.join(path.parts)} ... done.")
    install.write("SUCCESS: Files deleted.")
    install.step("Post_Remove_Cleanup")
    install.write("")


def _kept(service: Installing) -> list[str]:
    return [name for name in sorted(service.in_use()) if service.router.files.exists(name)]


async def _carried_out(install: _Install, work: Callable[[_Install], Awaitable[None]]) -> bool:
    """Carry an operation out, print and note its end; whether it came to a good one."""
    service = install.service
    about = install.operation.removeprefix("install_")
    service.begin(install.operation)
    install.started(install.operation)
    _log(install, "INSTALL_START_INFO", f"Started install {about}")
    done = False
    try:
        await work(install)
        install.succeeded()
        done = True
    except (InstallError, FileError, RefusedError) as wrong:
        reason = wrong.reason.value if isinstance(wrong, FileError) else str(wrong)
        install.failed(reason)
    except _RejectedError:
        install.failed("User rejected the operation")
    finally:
        service.end(install.operation, done=done)
    if done:
        _log(install, "INSTALL_COMPLETED_INFO", f"Completed install {about}")
    return done


def _log(install: _Install, mnemonic: str, text: str) -> None:
    shown = f" {install.path}" if install.path else ""
    install.call.router.log.add("INSTALL", 5, mnemonic, f"R0/0: install_mgr: {text}{shown}")
