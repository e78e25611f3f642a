"""How many people a day needs: thousands of calls through the very switchboard on a clock of its own, the formulas of
Erlang beside them, and a forecast from the journal.

Nothing of the routing is decided here and no figure of the calls is counted here: the facts go through `core/kpi`.
"""
