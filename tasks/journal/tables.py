"""The tables of the journal."""

from typing import Final

from sqlalchemy import (
    JSON,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
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
