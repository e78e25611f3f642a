"""Agents: what each does, who may command them, and by which code and PIN."""
