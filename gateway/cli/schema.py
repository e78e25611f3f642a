"""`gateway schema`: what editors need to complete and underline flow files."""

from __future__ import annotations

import json

import typer


def schema() -> None:
    """Print the JSON Schema of flow files; ivr_flows/README.md tells how an editor takes it."""
    from gateway.config.schema import flow_schema  # noqa: PLC0415 - the other commands need not wait for it

    typer.echo(json.dumps(flow_schema(), ensure_ascii=False, indent=1))
