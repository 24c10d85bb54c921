"""Read, audit and operate Cisco GETVPN (GDOI, RFC 6407; G-IKEv2, RFC 9838).

The names in `__all__` are the public interface; each is imported when it is first used,
so that `import getvpn` costs nothing.
"""

from typing import TYPE_CHECKING

from .lazy import loader

if TYPE_CHECKING:
    from .audits import Finding, Report, Severity, audit, render_report
    from .errors import DeviceError, GetvpnError, InputError, ParseError, UsageError
    from .parsers import Record, device_config, parse, parse_config, read_paths
    from .tasks.collect import Collection, Limits, collect, collect_device
    from .tasks.procedures.nornir_task import plan_procedure, procedure_task, run_procedure
    from .tasks.snapshots.for_runbooks import judge_snapshots, take_snapshot
    from .tasks.ssh.target import Access

__version__ = "0.1.0.dev0"

__all__ = [
    "Access",
    "Collection",
    "DeviceError",
    "Finding",
    "GetvpnError",
    "InputError",
    "Limits",
    "ParseError",
    "Record",
    "Report",
    "Severity",
    "UsageError",
    "__version__",
    "audit",
    "collect",
    "collect_device",
    "device_config",
    "judge_snapshots",
    "parse",
    "parse_config",
    "plan_procedure",
    "procedure_task",
    "read_paths",
    "render_report",
    "run_procedure",
    "take_snapshot",
]

_HOME = {
    "Access": ".tasks.ssh.target",
    "Collection": ".tasks.collect",
    "DeviceError": ".errors",
    "Finding": ".audits",
    "GetvpnError": ".errors",
    "InputError": ".errors",
    "Limits": ".tasks.collect",
    "ParseError": ".errors",
    "Record": ".parsers",
    "Report": ".audits",
    "Severity": ".audits",
    "UsageError": ".errors",
    "audit": ".audits",
    "collect": ".tasks.collect",
    "collect_device": ".tasks.collect",
    "device_config": ".parsers",
    "judge_snapshots": ".tasks.snapshots.for_runbooks",
    "parse": ".parsers",
    "parse_config": ".parsers",
    "plan_procedure": ".tasks.procedures.nornir_task",
    "procedure_task": ".tasks.procedures.nornir_task",
    "read_paths": ".parsers",
    "render_report": ".audits",
    "run_procedure": ".tasks.procedures.nornir_task",
    "take_snapshot": ".tasks.snapshots.for_runbooks",
}

__getattr__ = loader(__name__, _HOME, globals())


def __dir__() -> list[str]:
    """List the public names beside those that are already loaded."""
    return sorted({*globals(), *__all__})
