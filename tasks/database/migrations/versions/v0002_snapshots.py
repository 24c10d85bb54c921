"""Snapshots with their texts, and the history of audits."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables."""
    _snapshots()
    _history()


def _snapshots() -> None:
    op.create_table(
        "snapshots",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("owner", sa.String(255), nullable=False),
        sa.Column("version", sa.String(32), nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("devices", sa.JSON, nullable=False),
        sa.Column("groups", sa.JSON, nullable=False),
        sa.Column("failures", sa.JSON, nullable=False),
        sa.Column("expires", sa.Float),
        sa.PrimaryKeyConstraint("id", name="pk_snapshots"),
        sa.UniqueConstraint("name", name="uq_snapshots_name"),
    )
    op.create_table(
        "texts",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("packed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_texts"),
    )
    op.create_table(
        "captured",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("snapshot", sa.Integer, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("device", sa.String(255), nullable=False),
        sa.Column("command", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_captured"),
        sa.ForeignKeyConstraint(["snapshot"], ["snapshots.id"], name="fk_captured_snapshot"),
        sa.ForeignKeyConstraint(["digest"], ["texts.digest"], name="fk_captured_digest"),
        sa.UniqueConstraint("snapshot", "number", name="uq_captured_snapshot"),
    )
    op.create_index("ix_captured_digest", "captured", ["digest"])


def _history() -> None:
    op.create_table(
        "audits",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("series", sa.String(255), nullable=False),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("profile", sa.String(255), nullable=False),
        sa.Column("version", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audits"),
    )
    op.create_index("ix_audits_series_at", "audits", ["series", "at"])
    op.create_table(
        "found",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("audit", sa.Integer, nullable=False),
        sa.Column("device", sa.String(255), nullable=False),
        sa.Column("group", sa.String(255), nullable=False),
        sa.Column("rule", sa.String(16), nullable=False),
        sa.Column("severity", sa.String(16), nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_found"),
        sa.ForeignKeyConstraint(["audit"], ["audits.id"], name="fk_found_audit"),
    )
    op.create_index("ix_found_audit", "found", ["audit"])
    op.create_table(
        "figures",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("audit", sa.Integer, nullable=False),
        sa.Column("device", sa.String(255), nullable=False),
        sa.Column("group", sa.String(255), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("value", sa.Float, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_figures"),
        sa.ForeignKeyConstraint(["audit"], ["audits.id"], name="fk_figures_audit"),
    )
    op.create_index("ix_figures_audit", "figures", ["audit"])
