"""What stands behind collection: what is asked for, and where it is kept."""
