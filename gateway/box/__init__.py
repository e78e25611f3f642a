"""Parts of the control process that `app.py` puts together: what is neither the core's nor an edge's."""
