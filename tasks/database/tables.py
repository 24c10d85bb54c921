"""The tables: those of the journal, of snapshots and of the history.

`migrations` brings older databases to them: who changes a table writes a migration too.
"""

from typing import Final

from sqlalchemy import (
    JSON,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

runs: Final = Table(
    "runs",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("procedure", String(64), nullable=False),
    Column("groups", JSON, nullable=False),
    Column("settings", JSON, nullable=False),
    Column("plan", JSON, nullable=False),
    Column("version", String(32), nullable=False),
    Column("owner", String(255), nullable=False),
    Column("began", Float, nullable=False),
)

events: Final = Table(
    "events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("run", String(32), ForeignKey("runs.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("at", Float, nullable=False),
    Column("kind", String(24), nullable=False),
    Column("step", String(200)),
    Column("device", String(255)),
    Column("text", Text, nullable=False),
    Column("data", JSON),
    UniqueConstraint("run", "number"),
    Index("ix_events_run_kind", "run", "kind"),
)

locks: Final = Table(
    "locks",
    metadata,
    Column("group", String(255), primary_key=True),
    Column("run", String(32), nullable=False),
    Column("owner", String(255), nullable=False),
    Column("host", String(255), nullable=False),
    Column("process", Integer, nullable=False),
    Column("taken", Float, nullable=False),
    Column("seen", Float, nullable=False),
)

snapshots: Final = Table(
    "snapshots",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(255), nullable=False),
    Column("at", Float, nullable=False),
    Column("owner", String(255), nullable=False),
    Column("version", String(32), nullable=False),
    Column("source", Text, nullable=False),
    Column("devices", JSON, nullable=False),
    Column("groups", JSON, nullable=False),
    Column("failures", JSON, nullable=False),
    Column("expires", Float),
    UniqueConstraint("name"),
)

texts: Final = Table(
    "texts",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("size", Integer, nullable=False),
    Column("packed", LargeBinary, nullable=False),
)
"""Texts of devices, each once however many snapshots have it, compressed."""

captured: Final = Table(
    "captured",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("snapshot", Integer, ForeignKey("snapshots.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("device", String(255), nullable=False),
    Column("command", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("digest", String(64), ForeignKey("texts.digest"), nullable=False),
    UniqueConstraint("snapshot", "number"),
    Index("ix_captured_digest", "digest"),
)
"""Which device answered what to which command, in the order of the snapshot."""

audits: Final = Table(
    "audits",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("series", String(255), nullable=False),
    Column("at", Float, nullable=False),
    Column("profile", String(255), nullable=False),
    Column("version", String(32), nullable=False),
    Index("ix_audits_series_at", "series", "at"),
)

found: Final = Table(
    "found",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("audit", Integer, ForeignKey("audits.id"), nullable=False),
    Column("device", String(255), nullable=False),
    Column("group", String(255), nullable=False),
    Column("rule", String(16), nullable=False),
    Column("severity", String(16), nullable=False),
    Column("count", Integer, nullable=False),
    Index("ix_found_audit", "audit"),
)
"""How often a rule found something at a device and in a group; empty names are of neither."""

figures: Final = Table(
    "figures",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("audit", Integer, ForeignKey("audits.id"), nullable=False),
    Column("device", String(255), nullable=False),
    Column("group", String(255), nullable=False),
    Column("name", String(64), nullable=False),
    Column("value", Float, nullable=False),
    Index("ix_figures_audit", "audit"),
)
"""Key figures of an audit, of a group or of a device in it."""
