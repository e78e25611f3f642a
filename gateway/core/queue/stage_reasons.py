"""Every reason of StageEntered: why a stage of the queue began, in a code. Nothing else may stand there."""

from __future__ import annotations

from typing import get_args

from gateway.core.agents.agents import WhyNot
from gateway.core.facts.calls import Declined
from gateway.core.queue.owners import Role

ROLES: tuple[Role, ...] = get_args(Role)
"""What the caller's own person is: the assigned manager, who stands in for him, or who spoke with the caller last."""
_NEVER = {"", "cancelled", "failed", "elsewhere"}
"""Who is not rung any more, or could not be for want of a leg: that ends no stage."""
DECLINED = tuple(dict.fromkeys(why for why in get_args(Declined) if why not in _NEVER))
BECAME = tuple(dict.fromkeys((*DECLINED, *(why for why in get_args(WhyNot) if why not in _NEVER))))
"""Why the own person does not have the call: found so before the ringing, or by it."""

OWN = ("manager_free", "manager_absent_deputy", "last_spoke_with")
"""The own person is rung."""
TEAM = ("no_manager", "manager_absent", "last_spoke_absent", *(f"{role}_{why}" for role in ROLES for why in BECAME))
"""The team is rung. manager_absent: and nobody stands in."""
OVERFLOW = ("team_exhausted", "max_wait")
"""The first stage behind the team: nobody of the team is logged in; the team has had its time."""
FURTHER = ("overflow_wait", "overflow_exhausted", *(f"number_{why}" for why in DECLINED))
"""A further stage of the overflow: the one before has had its time, nobody of it is logged in any more, or the number
outside did not answer."""
ALL = (*OWN, *TEAM, *OVERFLOW, *FURTHER)
