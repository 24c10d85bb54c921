"""A change through NAPALM: a file that the device merges, on trial.

NAPALM (an extra, `getvpn[napalm]`) works on the session that there is: no second login, and the
connection that carries the file is verified and made as the session was. Three things are done
otherwise than its driver for IOS does them:

- What the device says while it merges is read as in a session. NAPALM sees only one kind of refusal
  and takes no notice of the others.
- No copy of the running configuration is made: the device makes one for the trial.
- Questions about files are answered, and not switched off in the configuration of the device.
"""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from time import monotonic
from typing import Final

from napalm.base.exceptions import (  # type: ignore[import-untyped,unused-ignore]
    MergeConfigException,
    NapalmException,
)
from napalm.ios.ios import IOSDriver  # type: ignore[import-untyped,unused-ignore]
from netmiko.channel import SSHChannel
from netmiko.exceptions import ReadException, ReadTimeout, WriteException
from paramiko.ssh_exception import SSHException
from scp import SCPException  # type: ignore[import-untyped,unused-ignore]

from ...errors import DeviceError, OverdueError, RefusedError, TransportError
from ...parsers.config.redact import redact
from ..comparing.text import lines
from ..ssh.answers import Refusal, complaint
from ..ssh.device import Answer
from ..ssh.netmiko_wire import NetmikoWire
from ..ssh.session import Session
from .lines import LinesWay
from .trial import take_back

FILE: Final = "getvpn-candidate.cfg"
"""What the file is called on the device while it is there."""
MERGE_S: Final = 90.0
LINE_S: Final = 1.0
"""A merge may take so long, and longer by this for each line."""
_UNREADABLE: Final = "error 5"
_MAX_SAID: Final = 120
_NAMED: Final = (Answer(question="destination filename"), Answer(question="over write"))

log = logging.getLogger(__name__)


class ArchiveWay(LinesWay):
    """A `Way` through NAPALM; see `make_way`. `device` is a session over netmiko.

    Where NAPALM cannot bring the file to the device or have it read, the lines are entered one by
    one instead, on trial as well: nothing has changed by then.
    """

    def _put(self) -> None:
        session, wire = self.device, getattr(self.device, "wire", None)
        if (
            self.trial_min is None
            or not isinstance(session, Session)
            or not isinstance(wire, NetmikoWire)
        ):
            super()._put()
            return
        entered = list(lines(self.change.commands))
        driver = _Driver(session, wire, len(entered))
        try:
            self._merge(driver, entered, self.trial_min)
        except (OverdueError, TransportError):
            session.close()
            raise
        finally:
            driver.remove()

    def _merge(self, driver: _Driver, entered: Sequence[str], trial_min: int) -> None:
        try:
            problem = driver.load(entered)
        except _UnfitError as error:
            problem = str(error)
        if problem:
            log.warning(
                "device=%s NAPALM cannot be used, lines are entered one by one: %s",
                *(self.device.name, problem),
            )
            super()._put()
            return
        with _told(self.device.name):
            driver.commit_config(revert_in=trial_min * 60)
        for line, found in driver.refusals(entered):
            raise _refused(self.device.name, line, found, len(entered))

    def undo(self) -> None:
        """Bring back what was before, and remove what a process that was ended has left."""
        super().undo()
        self._tidy()

    def keep(self) -> None:
        """Confirm and save."""
        super().keep()
        self._tidy()

    def _tidy(self) -> None:
        if isinstance(self.device, Session):
            self.device.converse(f"delete /force {FILE}")


class _UnfitError(Exception):
    """NAPALM cannot bring the file to the device; nothing has changed."""


class _Channel(SSHChannel):
    """netmiko's channel, which would wait to the end for a device that has hung up."""

    def read_channel(self) -> str:
        """What has come. Raises ReadException when nothing comes any more."""
        data: str = super().read_channel()
        if not data and self.remote_conn is not None and self.remote_conn.closed:
            raise ReadException("the device has ended the connection")
        return data


class _Driver(IOSDriver):  # type: ignore[misc]  # napalm has no types
    """NAPALM's driver for IOS on a session that there is."""

    def __init__(self, session: Session, wire: NetmikoWire, count: int) -> None:
        target = wire.netmiko.target
        super().__init__(
            target.host, target.username, "", optional_args={"merge_cfg": FILE, "port": target.port}
        )
        self.session = session
        self.device = wire.netmiko
        self.said = ""
        self.merge_s = max(session.timeouts.command_s, MERGE_S) + LINE_S * count
        # the second connection gets as long for its login as the first one got
        self.device.deadline = monotonic() + target.access.login_timeout
        self.device.read_timeout_override = session.timeouts.command_s
        self.device.channel = _Channel(conn=self.device.terminal, encoding=self.device.encoding)
        self.device.settle(session.prompt)

    def load(self, entered: Sequence[str]) -> str:
        """Bring the lines to the device as a file; gives why it cannot read that, if so.

        Raises _UnfitError, and the kinds of `DeviceError` for what must not be passed over.
        """
        text = "".join(f"{line}\n" for line in (*entered, "end"))
        with _told(self.session.name, unfit=True), _private_file(text) as path:
            self.load_merge_candidate(filename=path)
            compared: str = self.compare_config()
        return (
            "its 'show archive config incremental-diffs' fails" if _UNREADABLE in compared else ""
        )

    def remove(self) -> None:
        """Remove the file from the device."""
        with suppress(DeviceError):
            self.session.drain()
            where = f"{self._dest_file_system}/" if self._dest_file_system else ""
            self.session.converse(f"delete /force {where}{FILE}")

    def refusals(self, entered: Sequence[str]) -> Iterator[tuple[str, Refusal]]:
        """What the device has turned down, and the line, as far as that can be told."""
        known = {line.strip() for line in entered}
        before, mark = "", None
        for line in self.said.split("\n"):
            if line.strip() == "^":
                mark = line.index("^")
                continue
            found = complaint(line, "")
            if found is not None:
                yield before, Refusal(words=found.words, column=mark)
            if line.strip():
                before, mark = (line.strip() if line.strip() in known else ""), None

    # ---- what the driver of NAPALM does in its own way ----

    def _gen_rollback_cfg(self) -> None:
        """Nothing: the trial has a copy of its own, and this one would stay."""

    def _commit_handler(self, cmd: str) -> str:
        self.session.drain()
        self.said = self.session.converse(cmd, _NAMED, timeout_s=self.merge_s)
        return ""

    def rollback(self) -> None:
        """Take the change back, without saving anything."""
        self.session.drain()
        take_back(self.session)


def _refused(device: str, line: str, found: Refusal, count: int) -> RefusedError:
    shown = redact(line)
    what = f"'{shown}'" if line else f"one of {count} lines"
    return RefusedError(
        f"refuses {what}: {found.words}",
        device=device,
        command=shown,
        words=found.words,
        column=found.column,
    )


@contextmanager
def _told(device: str, *, unfit: bool = False) -> Iterator[None]:
    """Turn what NAPALM and its libraries raise into errors of ours, in one line.

    With `unfit` that is _UnfitError where something else may be tried.
    """
    try:
        yield
    except DeviceError as error:
        error.device = device
        raise
    except ReadTimeout:
        raise OverdueError("no answer to NAPALM in time", device=device) from None
    except (ReadException, WriteException, EOFError):
        raise TransportError("the connection breaks", device=device) from None
    except MergeConfigException:
        if unfit:
            raise _UnfitError("the file does not get there") from None
        raise DeviceError(
            "does not begin a change on trial",
            device=device,
            hint="see who is in 'show configuration lock', and 'show archive'",
        ) from None
    except (NapalmException, SCPException, SSHException, OSError, ValueError) as error:
        said = " ".join(str(error).split())[:_MAX_SAID] or type(error).__name__
        if unfit:
            raise _UnfitError(said) from None
        raise DeviceError(f"NAPALM says: {said}", device=device) from None


@contextmanager
def _private_file(text: str) -> Iterator[str]:
    """A file that nobody else reads, and that is gone when this process is, if the system can."""
    data = text.encode("utf-8")
    with ExitStack() as after:
        if hasattr(os, "memfd_create"):
            descriptor = os.memfd_create("getvpn")
            name = f"/dev/fd/{descriptor}"
        else:
            descriptor, name = tempfile.mkstemp()
            after.callback(Path(name).unlink, missing_ok=True)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            yield name


__all__ = ["FILE", "ArchiveWay"]
