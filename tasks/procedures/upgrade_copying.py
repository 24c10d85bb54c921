"""Images are brought to devices and verified there, before anything restarts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, TypeVar

from ...errors import CheckError, DeviceError, OverdueError, TransportError, UsageError
from .model import UnmetError
from .run import Run
from .upgrade_images import HASHES, Image
from .upgrade_quiet import begin_change
from .upgrade_settings import Box, Upgrade
from .upgrade_software import (
    delete,
    digest,
    directory,
    file_name,
    lines,
    running,
    same_file,
)

SCP: Final = "ip scp server enable"
SPARE_BYTES: Final = 8_000_000
"""What stays free beside the image, for logs and crash files."""
KEPT: Final = 64
"""Sessions that are kept open at a time: each takes one of the few lines of its device."""
PAUSES_S: Final = (15.0, 30.0)
T = TypeVar("T")
Failures = dict[str, CheckError | DeviceError]


def each_of(
    run: Run, names: Sequence[str], act: Callable[[str], T], *, patient: bool = True
) -> dict[str, T | CheckError | DeviceError]:
    """As `Run.each`, but a check that does not pass is a result as well.

    With `patient` sessions that break are opened again, twice. Of more than `KEPT` devices no
    session stays open.
    """
    many = len(names) > KEPT

    def guarded(name: str) -> T | CheckError:
        try:
            return act(name)
        except CheckError as error:
            return error
        finally:
            if many:
                run.drop(name)

    found = run.each(names, guarded)
    for pause_s in PAUSES_S if patient else ():
        broken = [
            name for name, each in found.items() if isinstance(each, TransportError | OverdueError)
        ]
        if not broken:
            break
        run.record("broken", ", ".join(str(found[name]) for name in broken[:3]))
        run.clock.sleep(pause_s)
        found.update(run.each(broken, guarded))
    return found


def failures(results: dict[str, T | CheckError | DeviceError]) -> Failures:
    """Those of the results that are errors."""
    return {
        name: each for name, each in results.items() if isinstance(each, (CheckError, DeviceError))
    }


def needed_bytes(image: Image, box: Box) -> int | None:
    """How many bytes have to be free; None where nobody knows how large the image is."""
    if image.size is None:
        return None
    copy = 0 if box.there or image.local is None else image.size
    packages = image.size if box.install else 0
    return copy + packages + SPARE_BYTES if copy or packages else 0


def is_there(run: Run, s: Upgrade, name: str) -> bool:
    """Whether a device has its image, by name and size."""
    box, image = s.boxes[name], s.image(name)
    files, _ = directory(run.device(name), box.place)
    size = files.get(file_name(box.path))
    return size is not None and image.size in (None, size)


def bring(run: Run, s: Upgrade, name: str, *, shown: bool) -> None:
    """Copy the image to a device. Raises UnmetError when it has no room, `DeviceError`."""
    box, image = s.boxes[name], s.image(name)
    if image.local is None:
        raise UnmetError(
            f"has no file {box.path}",
            device=name,
            hint="copy it there, or name a file of this machine with --image",
        )
    if not Path(image.local).is_file():
        raise UsageError(
            f"the image {image.local} is not on this machine",
            hint="resume the run where it is",
        )
    check_room(run, s, name)
    device = run.device(name)
    if not lines(device)[1]:
        begin_change(run, name)
        device.configure([SCP])
    run.drop(name)  # the device would end a session in which nothing happens for so long
    try:
        run.upload(name, image.local, box.path, shown=shown)
    finally:
        leave_scp(run, s, name)


def check_room(run: Run, s: Upgrade, name: str) -> None:
    """Raise UnmetError unless the image has room on a device."""
    box, image = s.boxes[name], s.image(name)
    files, free = directory(run.device(name), box.place)
    if image.size is None or free is None:
        return
    there = files.get(file_name(box.path), 0)
    needed = (image.size if image.local is not None else there) - there
    needed += image.size * box.install
    if needed > 0 and free < needed + SPARE_BYTES:
        raise UnmetError(
            f"{box.place} has {free} bytes free, {needed + SPARE_BYTES} are needed",
            device=name,
            hint="delete what nobody needs there ('install remove inactive', old images)",
        )


def leave_scp(run: Run, s: Upgrade, name: str) -> None:
    """Let a device take files by SCP only if it did before."""
    device = run.device(name)
    if not s.boxes[name].scp and lines(device)[1]:
        device.configure([f"no {SCP}"])


def verify(run: Run, s: Upgrade, name: str) -> None:
    """Raise UnmetError unless the image on a device is the right one, byte by byte.

    Once verified it is not hashed again by this process.
    """
    kept = run.memory.setdefault("verified", set())
    if name in kept:
        return
    box, image = s.boxes[name], s.image(name)
    hashes = image.hashes
    for kind in HASHES:
        wanted = hashes.get(kind)
        found = digest(run.device(name), kind, box.path) if wanted is not None else None
        if found is None:
            continue
        if found != wanted:
            raise UnmetError(
                f"the {kind.upper()} of {box.path} is {found}, not {wanted}",
                device=name,
                hint="the image is another one or damaged: delete it there, and begin again",
            )
        kept.add(name)
        return
    known = ", ".join(hashes) or "no hash"
    raise UnmetError(f"cannot verify {box.path}: {known} is known of it", device=name)


def remove(run: Run, s: Upgrade, name: str) -> None:
    """Take the image away again that was copied to a device. Raises UnmetError if it boots it."""
    box, image = s.boxes[name], s.image(name)
    leave_scp(run, s, name)
    if box.there or image.local is None or s.keep:
        return
    device = run.device(name)
    files, _ = directory(device, box.place)
    if file_name(box.path) not in files:
        return
    boot, _ = lines(device)
    used = [running(device).file, *(line.rpartition(" ")[2] for line in boot)]
    if any(same_file(each, box.path) for each in used):
        raise UnmetError(f"still boots {box.path}", device=name, hint="it is not deleted")
    delete(device, box.path)
    run.memory.setdefault("verified", set()).discard(name)
