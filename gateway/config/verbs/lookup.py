"""The verb that looks something up: `lookup`, in a service of gateway.yaml or in the list of clients."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from gateway.config.fields import clean, kind, shown
from gateway.config.services import CLIENT
from gateway.config.source import Scalar
from gateway.config.verbs.shape import STEP, Shape, Verb, word
from gateway.core.flow import model

if TYPE_CHECKING:
    from gateway.config.fields import Section
    from gateway.config.flow_parts import StepParts
    from gateway.config.problems import Place
    from gateway.config.source import Mapping
    from gateway.config.variables import Variables
    from gateway.core.flow.model import AnyStep
    from gateway.core.service_model import Service

_BY_CLIENT = "with: {number: VARIABLE} for a telephone number, or with: {client: VARIABLE} for a client number"
_VARIABLE = "the name of a variable, without { }"


def _lookup(parts: StepParts, section: Section, name: str) -> AnyStep:
    node = section.scalar("lookup", expected=f"{CLIENT}, or the name of a service in gateway.yaml", needed=True)
    what = clean(node.value) if node else ""
    if what == CLIENT:
        return _find_client(parts, section, name)
    services = parts.names.services
    if node is not None and services is not None and what not in services:
        among = (*services, CLIENT)
        parts.problems.add(
            node.place, f"there is no service '{shown(what)}'", expected=", ".join(among), wrong=what, among=among,
            hint="" if services else "services stand in gateway.yaml under services:",
        )  # fmt: skip
    service = services.get(what) if services is not None else None
    return model.AskService(
        name=name,
        place=str(section.place),
        service=what,
        given=_given(parts, section, service),
        prompt=parts.prompt(section, "say"),
        found=parts.then(section, "found"),
        not_found=parts.then(section, "not_found"),
        failed=parts.then(section, "failed"),
    )


def _given(parts: StepParts, section: Section, service: Service | None) -> tuple[tuple[str, str], ...]:
    """For each variable of the service's address the variable of the flow, by default the one of the same name."""
    chosen, places = _with(parts, section)
    if service is None:
        return ()
    for key in chosen:
        if key not in service.asks:
            parts.problems.add(
                places[key],
                f"service '{service.name}' does not ask for '{shown(key)}'",
                expected=", ".join(service.asks) or "nothing: its address has no variables",
                wrong=key,
                among=service.asks,
            )
    known = parts.variables.names()
    misread = section.has("with") and (not chosen or bool(chosen.keys() - set(service.asks)))
    for asked in service.asks:
        if asked not in chosen and asked not in known and not misread:
            parts.problems.add(
                section.key_place("lookup"),
                f"service '{service.name}' asks for '{asked}', and there is no variable of that name",
                expected=f"with: {{{asked}: VARIABLE}}",
            )
    return tuple((asked, chosen.get(asked, asked)) for asked in service.asks)


def _find_client(parts: StepParts, section: Section, name: str) -> AnyStep:
    by: Literal["number", "client"] = "number"
    variable = ""
    chosen, places = _with(parts, section)
    for key, value in chosen.items():
        if key not in {"number", "client"}:
            parts.problems.add(
                places[key],
                f"a client is not found by '{shown(key)}'",
                expected=_BY_CLIENT,
                wrong=key,
                among=("number", "client"),
            )
        elif variable:
            parts.problems.add(places[key], f"'{key}' stands beside '{by}'", hint="use one")
        else:
            by, variable = "client" if key == "client" else "number", value
    if not section.has("with"):
        parts.problems.add(section.key_place("lookup"), "it is not told how the client is found", expected=_BY_CLIENT)
    return model.FindClient(
        name=name,
        place=str(section.place),
        by=by,
        variable=variable,
        found=parts.then(section, "found"),
        not_found=parts.then(section, "not_found"),
    )


def _with(parts: StepParts, section: Section) -> tuple[dict[str, str], dict[str, Place]]:
    """What stands under `with`: name -> variable of the flow, and name -> where it stands."""
    node = section.mapping("with", expected="names and variables, such as {order: order_number}")
    known = parts.variables.names()
    chosen: dict[str, str] = {}
    places: dict[str, Place] = {}
    for key, (name, value) in (node.items if node else {}).items():
        if not isinstance(value, Scalar) or value.missing:
            parts.problems.add(name.place, f"'{shown(key)}' is {kind(value)}", expected=_VARIABLE)
            continue
        variable = clean(value.value)
        if variable not in known:
            parts.problems.add(
                value.place, f"there is no variable '{shown(variable)}'", wrong=variable, among=known,
                hint="a variable stands here without { }" if "{" in variable else "",
            )  # fmt: skip
        chosen[clean(key)], places[clean(key)] = variable, name.place
    return chosen, places


def _asked(step: Mapping, variables: Variables) -> None:
    name = word(step, "lookup")
    if name:
        variables.asked.add(name)


VERBS = {
    "lookup": Verb(
        _lookup,
        Shape.WORD,
        {"with": Shape.TABLE, "say": Shape.SAID, "found": STEP, "not_found": STEP, "failed": STEP},
        needs=("found", "not_found"),
        notes=_asked,
    ),
}
