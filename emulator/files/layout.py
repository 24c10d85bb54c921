"""Which file systems a router has, how large they are, and how they list."""

from dataclasses import dataclass, replace
from typing import Final

from .tree import FAT, LINUX, Style


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A line of `show file systems` for what is no disk; `kind` and `flags` as it shows them."""

    prefix: str
    kind: str
    flags: str = "rw"


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The file systems of a router.

    `flash` is the name by which the flash is shown and `aliases` are other names of it;
    `flash_label` is what `show file systems` prints for all of them. `directories` are in the flash
    of a new router, each with the size that it lists. `order` is that of `dir all-filesystems`,
    `listed` the lines of `show file systems`, disks included.
    """

    flash: str
    aliases: tuple[str, ...]
    flash_label: str
    flash_bytes: int
    nvram_bytes: int
    style: Style
    directories: tuple[tuple[str, int], ...]
    order: tuple[str, ...]
    listed: tuple[Listed, ...]

    @property
    def small_style(self) -> Style:
        """The style of what is not flash: no dates, numbers counted through."""
        return replace(
            self.style,
            dated=False,
            fold_case=False,
            grouped_inodes=False,
            first_inode=1,
            directory_mode="drw-",
            directory_size=0,
        )


_NETWORK: Final = tuple(
    Listed(prefix=f"{name}:", kind="network")
    for name in ("tftp", "rcp", "ftp", "http", "scp", "sftp", "https")
)


def xe_layout(*, flash_bytes: int, nvram_bytes: int = 33_554_432) -> Layout:
    """Of a router with IOS-XE: `bootflash:`, also named `flash:` (samples of CSR1000v, ISR4k)."""
    return Layout(
        flash="bootflash:",
        aliases=("flash:",),
        flash_label="bootflash: flash:",
        flash_bytes=flash_bytes,
        nvram_bytes=nvram_bytes,
        style=LINUX,
        directories=(
            ("lost+found", 16_384),
            (".installer", 4_096),
            (".prst_sync", 4_096),
            (".rollback_timer", 4_096),
            ("core", 4_096),
            ("tracelogs", 4_096),
        ),
        order=("system:", "tmpsys:", "bootflash:", "nvram:"),
        listed=(
            Listed(prefix="system:", kind="opaque"),
            Listed(prefix="tmpsys:", kind="opaque"),
            Listed(prefix="bootflash:", kind="disk"),
            Listed(prefix="null:", kind="opaque"),
            Listed(prefix="tar:", kind="opaque", flags="ro"),
            _NETWORK[0],
            Listed(prefix="syslog:", kind="opaque", flags="wo"),
            Listed(prefix="nvram:", kind="nvram"),
            *_NETWORK[1:],
            Listed(prefix="cns:", kind="opaque", flags="ro"),
        ),
    )


def classic_layout(*, flash_bytes: int, nvram_bytes: int = 262_136) -> Layout:
    """Of an ISR G2 with IOS 15: `flash0:`, also named `flash:` (samples of a 1941 and a 2911)."""
    return Layout(
        flash="flash0:",
        aliases=("flash:",),
        flash_label="flash0: flash:#",
        flash_bytes=flash_bytes,
        nvram_bytes=nvram_bytes,
        style=FAT,
        directories=(),
        order=("system:", "tmpsys:", "flash0:", "nvram:"),
        listed=(
            Listed(prefix="system:", kind="opaque"),
            Listed(prefix="tmpsys:", kind="opaque"),
            Listed(prefix="null:", kind="opaque"),
            Listed(prefix="tar:", kind="opaque", flags="ro"),
            _NETWORK[0],
            Listed(prefix="xmodem:", kind="opaque", flags="ro"),
            Listed(prefix="ymodem:", kind="opaque", flags="ro"),
            Listed(prefix="nvram:", kind="nvram"),
            Listed(prefix="flash0:", kind="disk"),
            Listed(prefix="syslog:", kind="opaque", flags="wo"),
            *_NETWORK[1:],
            Listed(prefix="cns:", kind="opaque", flags="ro"),
        ),
    )
