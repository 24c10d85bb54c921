"""The SSH front of emulated routers, on asyncssh.

It authenticates, joins channels to sessions and copies files; what a router is, it learns from the
protocols of `contracts`.
"""

from .algorithms import LEGACY, MODERN, PROFILES, AlgorithmProfile
from .contracts import (
    Access,
    Lines,
    Login,
    ScpDownload,
    ScpTarget,
    ScpUpload,
    Settings,
    SshEvent,
    SshEventKind,
    SshRouter,
    SshService,
    SshSettings,
    TerminalSession,
    VtyLine,
)
from .server import SshFront, SshPort

__all__ = [
    "LEGACY",
    "MODERN",
    "PROFILES",
    "Access",
    "AlgorithmProfile",
    "Lines",
    "Login",
    "ScpDownload",
    "ScpTarget",
    "ScpUpload",
    "Settings",
    "SshEvent",
    "SshEventKind",
    "SshFront",
    "SshPort",
    "SshRouter",
    "SshService",
    "SshSettings",
    "TerminalSession",
    "VtyLine",
]
