"""The page on which a person lets an app into their team."""

from __future__ import annotations

import html
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from playground.site import Site

_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>{name} · Playground</title>
<style>body{{font:16px system-ui;max-width:32rem;margin:4rem auto;padding:0 1rem}}</style>
<h1>{name} is asking for permission to access a workspace</h1><ul>{scopes}</ul>
<form method="post"><label>Workspace <select name="team">{teams}</select></label>
<p><button name="answer" value="allow">Allow</button>
<button name="answer" value="cancel">Cancel</button></p></form></html>"""


class Consent:
    def __init__(self, site: Site) -> None:
        self._site = site

    async def __call__(self, request: Request) -> Response:
        """GET shows the page, POST is its button: back to the app, with a code or with a refusal."""
        asked = request.query_params
        app = self._site.worlds[0].app
        scopes = tuple(scope for scope in asked.get("scope", "").split(",") if scope)
        known = self._site.redirect_urls
        redirect = asked.get("redirect_uri") or (known[0] if known else "")
        if asked.get("client_id") != app.client_id:
            return _wrong("Invalid client_id parameter")
        if not scopes or not set(scopes) <= set(app.manifest.scopes):
            return _wrong("Invalid permissions requested")
        if not any(redirect.startswith(url) for url in known):
            return _wrong("redirect_uri did not match any configured URIs")
        if request.method == "GET":
            return HTMLResponse(self._page(scopes, asked.get("team", "")))
        form = await request.form()
        back = {"state": asked.get("state", "")}
        if form.get("answer") == "allow":
            world = next(
                (one for one in self._site.worlds if one.workspace.team_id == form.get("team")), None
            )
            if world is None:
                return _wrong("There is no such workspace")
            by = next(user.id for user in world.workspace.users.values() if not user.is_bot)
            back |= {"code": self._site.allow(world, by, scopes, redirect)}
        else:
            back |= {"error": "access_denied"}
        return RedirectResponse(f"{redirect}?{urlencode(back)}", status_code=302)

    def _page(self, scopes: tuple[str, ...], team: str) -> str:
        teams = "".join(
            f'<option value="{one.workspace.team_id}"{" selected" * (one.workspace.team_id == team)}>'
            f"{html.escape(one.workspace.team_name)}</option>"
            for one in self._site.worlds
        )
        listed = "".join(f"<li>{html.escape(scope)}</li>" for scope in scopes)
        name = html.escape(self._site.worlds[0].app.manifest.name)
        return _PAGE.format(name=name, scopes=listed, teams=teams)


def _wrong(why: str) -> Response:
    return HTMLResponse(f"<h1>Something went wrong when authorising this app.</h1><p>{why}", status_code=400)
