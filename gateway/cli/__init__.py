"""The commands: one module a subject, put together in `main.py`."""
