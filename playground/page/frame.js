// What stands around the messages: the sidebar, the header of a channel, and the words at its start.
import { avatar, h, icon, keepingFocus } from "./dom.js";
import { workspace } from "./live.js";
import { isSystem } from "./message.js";

const at = (id) => document.getElementById(id);

export const firstName = (user) => (user.real_name || user.name).split(" ")[0];

export function titleOf(channel) {
  if (!channel?.is_im) return `#${channel?.name ?? ""}`;
  return peerOf(channel)?.real_name ?? peerOf(channel)?.name ?? "Direct message";
}

const peerOf = (channel) => workspace.user(channel.members?.find((id) => id !== workspace.me) ?? channel.user);

/** `open` is what the page shows ({channel, home}), `unread` the ids of channels with news. */
export function drawSidebar(open, unread) {
  const { state, app } = workspace;
  const row = (channel) => {
    const mark = channel.is_im ? avatar(peerOf(channel), "small") : h("span.hash", { "aria-hidden": "true" }, "#");
    const data = { testid: "channel", channel: channel.id, name: channel.name };
    return place(`#/${channel.id}`, mark, titleOf(channel).replace(/^#/, ""), {
      data,
      here: !open.home && channel.id === open.channel,
      isNews: unread.has(channel.id),
    });
  };
  const section = (title, rows) => (rows.length ? [h("section", null, h("h2", null, title), rows)] : []);
  const home = () => {
    const face = avatar(workspace.user(app.bot_user_id), "small");
    return place("#/home", face, `${app.name} Home`, { here: open.home, data: { testid: "home" } });
  };
  const all = workspace.visible;
  const connected = `${app?.name ?? "The app"} is ${state.connected ? "connected" : "not connected"}`;
  const acting = h("h2", null, "Acting as ", h("strong", null, workspace.user(workspace.me).real_name));
  const faces = h("div.faces", null, workspace.people.map(person));
  const parts = [
    h("h1", null, state.team.name),
    h("section.people", { role: "group", "aria-label": "Acting as" }, acting, faces),
    ...section("Channels", all.filter((channel) => !channel.is_im).map(row)),
    ...section("Direct messages", all.filter((channel) => channel.is_im).map(row)),
    ...section("Apps", app?.home_tab ? [home()] : []),
    h("p.app-status", { role: "status", data: { testid: "status", connected: String(state.connected) } }, connected),
  ];
  keepingFocus(at("sidebar"), () => at("sidebar").replaceChildren(...parts));
}

function person(user) {
  const props = {
    type: "button",
    title: user.real_name,
    "aria-label": `Act as ${user.real_name}`,
    "aria-pressed": String(user.id === workspace.me),
    onclick: () => workspace.become(user.id),
    data: { testid: "person", user: user.id },
  };
  return h("button.person", props, avatar(user), h("span", null, firstName(user)));
}

function place(href, mark, name, { here, isNews, data }) {
  const news = isNews && h("span.unseen", null, " (unread)");
  return h(
    isNews ? "a.row.unread" : "a.row",
    { href, "aria-current": here && "page", data },
    mark,
    h("span", null, name),
    news,
  );
}

const toggleDrawer = () => document.body.classList.toggle("drawer");

export function drawHead(open) {
  const channel = workspace.channel(open.channel);
  const me = workspace.user(workspace.me);
  const title = open.home ? `${workspace.app.name} Home` : titleOf(channel);
  document.title = `${title} · ${workspace.state.team.name}`;
  const tool = (kind, label, content) =>
    h(`button.tool.${kind}`, { type: "button", "aria-label": label, onclick: toggleDrawer }, content);
  at("head").replaceChildren(
    tool("drawer-button", "Channels and people", icon("menu")),
    h("h2", null, title),
    h("p.topic", null, (!open.home && channel?.topic) || ""),
    ...(open.home || channel?.is_im ? [] : [members(channel)]),
    tool("me-button", `Acting as ${me.real_name}: change`, avatar(me, "small")),
  );
}

function members(channel) {
  const all = (channel?.members ?? []).map((id) => workspace.user(id)).filter(Boolean);
  const names = all.map((user) => user.real_name || user.name).join(", ");
  const faces = all.slice(0, 5).map((user) => avatar(user, "small"));
  return h(
    "span.pile",
    { title: names, "aria-label": `Members: ${names}`, role: "img" },
    faces,
    h("span.note", null, `${all.length}`),
  );
}

/** The start of a channel; while nobody has spoken, how to try the app: `fill` puts words into the composer. */
export function drawIntro(channel, fill) {
  const silent = workspace.messages(channel?.id).every(isSystem);
  const title = titleOf(channel);
  const start = channel?.is_im ? `Your messages with ${title}.` : channel?.topic || `This is the start of ${title}.`;
  at("intro").replaceChildren(
    h("h3", null, title),
    h("p.note", null, start),
    ...(silent ? [invitation(channel, fill)] : []),
  );
}

function invitation(channel, fill) {
  const { app, state } = workspace;
  const command = app?.commands[0];
  const away = app && !channel?.is_im && !channel?.members?.includes(app.bot_user_id);
  const invites = away && state.builtin_commands.some((one) => one.command === "/invite");
  const example = (command?.usage_hint ?? "")
    .replace(/\[[^\]]*\]/g, "")
    .replace(/[<>]/g, "")
    .trim();
  const why = invites
    ? `${app.name} is not in this channel yet. Bring it in:`
    : (command?.description ?? "Say something.");
  const text = invites ? `/invite @${app.name}` : command && `${command.command} ${example}`.trim();
  const others = workspace.people
    .filter((user) => user.id !== workspace.me)
    .slice(0, 3)
    .map(firstName);
  const anyOf = new Intl.ListFormat("en", { type: "disjunction" }).format(others);
  const type = () =>
    h(
      "button.suggestion",
      { type: "button", onclick: () => fill(text), data: { testid: "try" } },
      h("span.note", null, "Type "),
      h("code", null, text),
    );
  const then = h("p.note", null, `Then react as ${anyOf}: everybody under “Acting as” is you.`);
  return h("div.try", null, h("p", null, why), text && type(), !invites && others.length > 0 && then);
}
