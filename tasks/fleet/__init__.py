"""Many devices at once: the schedule, the crew that works through it, inventories."""
