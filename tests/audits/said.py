"""What a report says, for tests that compare it."""

from getvpn.audits.engine import Report


def messages(report: Report) -> list[str]:
    """The messages of all findings."""
    return [finding.message for finding in report.findings]


def reasons(report: Report) -> list[str]:
    """Why checks were not possible."""
    return [each.reason for each in report.not_checked]
