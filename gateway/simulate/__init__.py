"""Calls without a network: the real switchboard, driven by a virtual office on a clock of its own.

`office` plays the line, the caller and the phones; `narrator` tells what happened in words; `script*` reads and runs
scripted calls; `edges`, `coverage` and `mutants` say what the scripts prove.
"""
