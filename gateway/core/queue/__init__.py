"""Who waits, in which order, for how long; and who is rung for him."""
