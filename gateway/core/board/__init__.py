"""What the switchboard is made of: everything that goes on, the turn, the wire, the restart, the view."""
