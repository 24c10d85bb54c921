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
    from .tasks.adopt import adopt
    from .tasks.audit_history import enter_audit
    from .tasks.collect import Collection, Limits, collect, collect_device
    from .tasks.deploying.performing import perform_deployment
    from .tasks.procedures.nornir_task import (
        plan_procedure,
        procedure_task,
        resume_procedure,
        run_procedure,
    )
    from .tasks.procedures.performing import perform_procedure, perform_resumption
    from .tasks.procedures.plan_text import plan_text
    from .tasks.runbooks import (
        check_health,
        compare_intent,
        open_fleet,
        render_intent,
        watch_groups,
    )
    from .tasks.saving import save_private
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
    "adopt",
    "audit",
    "check_health",
    "collect",
    "collect_device",
    "compare_intent",
    "device_config",
    "enter_audit",
    "judge_snapshots",
    "open_fleet",
    "parse",
    "parse_config",
    "perform_deployment",
    "perform_procedure",
    "perform_resumption",
    "plan_procedure",
    "plan_text",
    "procedure_task",
    "read_paths",
    "render_intent",
    "render_report",
    "resume_procedure",
    "run_procedure",
    "save_private",
    "take_snapshot",
    "watch_groups",
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
    "adopt": ".tasks.adopt",
    "audit": ".audits",
    "check_health": ".tasks.runbooks",
    "collect": ".tasks.collect",
    "collect_device": ".tasks.collect",
    "compare_intent": ".tasks.runbooks",
    "device_config": ".parsers",
    "enter_audit": ".tasks.audit_history",
    "judge_snapshots": ".tasks.snapshots.for_runbooks",
    "open_fleet": ".tasks.runbooks",
    "parse": ".parsers",
    "parse_config": ".parsers",
    "perform_deployment": ".tasks.deploying.performing",
    "perform_procedure": ".tasks.procedures.performing",
    "perform_resumption": ".tasks.procedures.performing",
    "plan_procedure": ".tasks.procedures.nornir_task",
    "plan_text": ".tasks.procedures.plan_text",
    "procedure_task": ".tasks.procedures.nornir_task",
    "read_paths": ".parsers",
    "render_intent": ".tasks.runbooks",
    "render_report": ".audits",
    "resume_procedure": ".tasks.procedures.nornir_task",
    "run_procedure": ".tasks.procedures.nornir_task",
    "save_private": ".tasks.saving",
    "take_snapshot": ".tasks.snapshots.for_runbooks",
    "watch_groups": ".tasks.runbooks",
}

__getattr__ = loader(__name__, _HOME, globals())


def __dir__() -> list[str]:
    """List the public names beside those that are already loaded."""
    return sorted({*globals(), *__all__})
