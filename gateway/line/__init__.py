"""The line process: one pjsua2 endpoint, its legs, and what should hear what. Started by `python -m gateway.line`."""
