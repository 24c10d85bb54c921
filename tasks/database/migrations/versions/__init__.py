"""What was changed in the tables, one module for each time."""
