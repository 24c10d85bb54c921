"""The file systems of a router, and the servers that it copies from and to.

Everything is in memory and without a clock: times come in, texts go out. `FileStore` holds what one
router has; `listing`, `verify` and `transfer` are what its commands print.
"""

from .content import Content, chunks_of, size_of
from .digest import Hashing, digest
from .errors import FileError, Reason
from .images import DamagedImage, Image, write_image
from .layout import Layout, classic_layout, xe_layout
from .names import FilePath
from .remote import FolderRemote, RemoteFiles
from .store import FileStore, Upload
from .urls import Url, is_remote, parse_url

__all__ = [
    "Content",
    "DamagedImage",
    "FileError",
    "FilePath",
    "FileStore",
    "FolderRemote",
    "Hashing",
    "Image",
    "Layout",
    "Reason",
    "RemoteFiles",
    "Upload",
    "Url",
    "chunks_of",
    "classic_layout",
    "digest",
    "is_remote",
    "parse_url",
    "size_of",
    "write_image",
    "xe_layout",
]
