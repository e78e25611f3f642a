"""Open or closed: calendars, holidays, overrides, and the clock as a flow reads it."""
