"""views.*"""

from __future__ import annotations

from typing import Any

from playground import blocks
from playground.errors import SlackError
from playground.methods.method import Answer, Args, method
from playground.world import World


@method("views.open")
def open_modal(world: World, args: Args) -> Answer:
    view = _view(world, args, "modal")
    return {"view": world.views.open(world.triggers.exchange(args.need("trigger_id")), view)}


@method("views.push")
def push(world: World, args: Args) -> Answer:
    view = _view(world, args, "modal")
    return {"view": world.views.push(world.triggers.exchange(args.need("trigger_id")), view)}


@method("views.update")
def update(world: World, args: Args) -> Answer:
    view = _view(world, args, "modal", "home")
    view_id, external_id = args.text("view_id") or None, args.text("external_id") or None
    if view_id is None and external_id is None:
        raise SlackError.arguments("view_id or external_id is required")
    fresh = world.views.update(
        view, view_id=view_id, external_id=external_id, expected_hash=args.text("hash") or None
    )
    return {"view": fresh}


@method("views.publish")
def publish(world: World, args: Args) -> Answer:
    if not world.app.manifest.home_tab:
        raise SlackError("not_enabled")
    view = _view(world, args, "home")
    user = world.workspace.user(args.need("user_id"))
    return {"view": world.views.publish(user.id, view, expected_hash=args.text("hash") or None)}


def _view(world: World, args: Args, *types: str) -> dict[str, Any]:
    view = args.decoded("view", error="invalid_arguments")
    blocks.check_view(view)
    if view["type"] not in types:
        raise SlackError.arguments(f"view type must be one of: {', '.join(types)} [json-pointer:/view/type]")
    return {**view, "blocks": blocks.named(view["blocks"], world.workspace.ids)}
