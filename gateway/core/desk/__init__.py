"""What the team still has to do for callers: call-backs, cases, tasks, and who hears when it is late."""
