"""The quality sample: recorded talks drawn by lot, each of them scored by somebody else."""
