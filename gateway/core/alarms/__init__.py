"""Alarms, what is usual at this hour, and why callers wait longer than they should."""
