"""Labs: routers by the dozen from one file, served on SSH, steered from outside."""

from .file import Credentials, DeviceFile, HostKeys, LabFile, load_file, parse_file
from .host import Host, nornir_hosts
from .lab import Lab

__all__ = [
    "Credentials",
    "DeviceFile",
    "Host",
    "HostKeys",
    "Lab",
    "LabFile",
    "load_file",
    "nornir_hosts",
    "parse_file",
]
