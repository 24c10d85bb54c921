"""Migrations, as alembic finds them: `env.py` says where, `versions` how."""
