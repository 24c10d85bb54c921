"""What stands behind the differences between intent and configuration."""
