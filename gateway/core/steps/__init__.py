"""The interpreter of flows, and what each kind of step does."""
