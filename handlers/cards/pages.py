"""The few web pages of an installation: the one with the button, and what comes of pressing it."""

from html import escape

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark"><title>{title}</title><link rel="icon" href="data:,">
<style>
:root{{--paper:#fff;--ground:#f6f6f4;--ink:#1d1c1d;--soft:#5e5d60;--line:#dfdedb;--strong:#4a154b;--on:#fff}}
@media (prefers-color-scheme:dark){{:root{{--paper:#222529;--ground:#16181b;--ink:#e8e7e6;--soft:#a5a6a9;
--line:#383b40;--strong:#e9d8ea;--on:#2b0c2c}}}}
*{{box-sizing:border-box}}
body{{margin:0;min-height:100vh;display:grid;place-items:center;padding:1.5rem;background:var(--ground);
color:var(--ink);font:17px/1.55 system-ui,sans-serif}}
main{{width:min(31rem,100%);padding:2.2rem 2.2rem 2rem;background:var(--paper);border:1px solid var(--line);
border-radius:14px}}
h1{{margin:0 0 .6rem;font-size:1.7rem;line-height:1.2}}p{{margin:0 0 1rem}}
.soft{{color:var(--soft);font-size:.92rem}}.soft:last-child{{margin:0}}
a.button{{display:inline-block;margin:.4rem 0 1.2rem;padding:.75rem 1.4rem;border-radius:8px;font-weight:650;
background:var(--strong);color:var(--on);text-decoration:none}}
a.button:hover{{filter:brightness(1.12)}}
a.button:focus-visible{{outline:3px solid var(--soft);outline-offset:3px}}
</style></head><body><main><h1>{title}</h1>{body}</main></body></html>"""

_AGAIN = "Try again"
_FAILED = {
    "access_denied": (
        "Nothing was installed",
        "You did not let Duel in, and nothing has changed in your workspace. If that was a slip, try again. "
        "If only an administrator may add apps, ask one of them to open this page.",
    ),
    "invalid_browser": (
        "This visit began somewhere else",
        "The way to Slack and back has to be made in one browser, with cookies allowed. "
        "Begin again here, in this one.",
    ),
    "invalid_state": (
        "This link has been used, or is too old",
        "It serves once, and for ten minutes. If Duel is in your workspace already, all is well. "
        "Otherwise begin again.",
    ),
    "invalid_code": (
        "Slack did not confirm it",
        "Slack gave no token for this visit, and nothing was installed. Begin again; if that does not help, "
        "tell whoever runs this Duel: the reason stands in its log.",
    ),
    "storage_error": (
        "One workspace at a time",
        "Duel is installed in single workspaces, and not in a whole organisation. Begin again, and choose a "
        "workspace at the top of Slack's page.",
    ),
}
_OTHER = (
    "That did not work",
    "Slack sent you back without what is needed ({reason}), and nothing was installed. Begin again.",
)


def install(url: str) -> str:
    """The page with the button, which leads to `url`."""
    return _page(
        "Add Duel to Slack",
        "<p>One prompt, two models, unnamed. Your team votes, then the names appear.</p>"
        + _button(url, "Add to Slack")
        + '<p class="soft">Prompts leave Slack for the two models\' services. Prompts, answers and votes are '
        "stored by whoever runs this Duel.</p>",
    )


def installed(team: str, url: str) -> str:
    """It is in; `url` opens that workspace."""
    return _page(
        "Thank you",
        f"<p>Duel is in {escape(team)}. Invite it to a channel with <b>/invite @Duel</b>, and ask:</p>"
        "<p><b>/duel why is the sky blue?</b></p>" + _button(url, "Open Slack"),
    )


def failed(reason: str, again: str) -> str:
    """It is not, for this reason as Bolt and Slack call it; `again` is where to begin again."""
    title, text = _FAILED.get(reason, _OTHER)
    return _page(title, f"<p>{escape(text.format(reason=reason[:80]))}</p>" + _button(again, _AGAIN))


def _button(url: str, label: str) -> str:
    return f'<p><a class="button" href="{escape(url)}">{label}</a></p>'


def _page(title: str, body: str) -> str:
    return _PAGE.format(title=title, body=body)
