// One message. Its node stays; only the parts that changed are drawn anew, so that focus and selection survive.
import { showBlocks } from "./blocks.js";
import { arrange, avatar, h, icon, keepingFocus, link, safeUrl } from "./dom.js";
import { act, workspace } from "./live.js";
import { emoji, nearDay } from "./mrkdwn.js";
import { ask, menu, pickEmoji } from "./popup.js";

const SYSTEM = /^(channel|group)_|^bot_(add|remove)$/;

/** "… has joined the channel" and the like. */
export const isSystem = (message) => SYSTEM.test(message.subtype);
export const isReply = (message) => Boolean(message.thread_ts) && message.thread_ts !== message.ts;
/** A message of several blocks, which has lines of its own and is told from its neighbours by a frame. */
export const isCard = (message) => message.blocks?.length > 1;
export const author = (message) => message.user ?? message.bot_id;
export const moment = (message) => new Date(parseFloat(message.ts) * 1000);
export const dayOf = (when) =>
  nearDay(when) || when.toLocaleDateString(undefined, { weekday: "long", month: "long", day: "numeric" });

const clock = (when) => when.toLocaleTimeString(undefined, { hour: "numeric", minute: "2-digit" });
const button = (name, label, onclick, testid) =>
  h("button.tool", { type: "button", "aria-label": label, title: label, onclick, data: { testid } }, icon(name));

export class MessageView {
  #drawn = {};
  #values = {};

  constructor(list, channel, ts) {
    Object.assign(this, { list, channel, ts });
    this.parts = {
      head: h("div.head"),
      body: h("div.body"),
      reactions: h("div.reactions", { role: "group", "aria-label": "Reactions" }),
      foot: h("div.foot"),
    };
    this.blocks = h("div.blocks");
    this.face = h("div.face");
    this.tools = h("div.tools", { role: "toolbar", "aria-label": "Message actions" });
    this.node = h(
      "li.message",
      { tabindex: -1, data: { testid: "message", ts } },
      this.face,
      h("div.content", null, Object.values(this.parts)),
      this.tools,
    );
  }

  show(message, follows) {
    const user =
      workspace.user(message.user) ??
      (message.plain
        ? { name: "Slackbot", initials: "!", color: "#616061" }
        : { name: message.username ?? "app", initials: "◆" });
    const { me, epoch } = workspace;
    this.message = message;
    this.node.dataset.user = message.user ?? "";
    this.node.classList.toggle("follows", follows);
    this.node.classList.toggle("aside", Boolean(message.aside));
    this.node.classList.toggle("system", isSystem(message));
    this.node.classList.toggle("card", isCard(message));
    keepingFocus(this.node, () => {
      this.#part("head", [user, follows, message.aside], () => this.#head(user, follows));
      this.#part("body", [me, epoch, message], () => this.#body());
      this.#part("reactions", [me, message.reactions, message.aside], () => this.#reactions());
      this.#part("foot", [epoch, this.#replies().map(({ ts }) => ts)], () => this.#foot());
      this.#part("tools", [me, message.user, message.aside], () => this.tools.replaceChildren(...this.#tools()));
    });
  }

  #part(name, facts, draw) {
    const key = JSON.stringify(facts);
    if (this.#drawn[name] === key) return;
    this.#drawn[name] = key;
    draw();
  }

  #head(user, follows) {
    const when = moment(this.message);
    const time = h(
      "time",
      {
        datetime: when.toISOString(),
        title: when.toLocaleString(undefined, { dateStyle: "full", timeStyle: "medium" }),
      },
      clock(when),
    );
    const { aside } = this.message;
    const only = h(
      "p.only",
      null,
      icon("eye"),
      "Only visible to you",
      h(
        "button.text",
        { type: "button", onclick: () => workspace.dismiss(this.ts), data: { testid: "dismiss" } },
        "Dismiss",
      ),
    );
    this.face.replaceChildren(follows ? time : avatar(user));
    const byline = h(
      "div.byline",
      null,
      h("strong.name", null, user.real_name || user.name),
      user.is_bot && h("span.badge", null, "APP"),
      " ",
      time,
    );
    this.parts.head.replaceChildren(...(aside ? [only] : []), ...(follows ? [] : [byline]));
  }

  #body() {
    const { message } = this;
    const ctx = { values: this.#values, run: (fields) => this.#act({ do: "action", ...fields }) };
    const blocks = [message, ...(message.attachments ?? [])].flatMap(asBlocks);
    showBlocks(this.blocks, blocks, ctx, `${workspace.me} ${workspace.epoch} `);
    const edited = message.edited && h("p.note", { title: `Edited at ${clock(moment(message.edited))}` }, "(edited)");
    arrange(this.parts.body, [this.blocks, ...(message.files ?? []).map(fileNode), ...(edited ? [edited] : [])]);
  }

  #reactions() {
    const { reactions = [], aside } = this.message;
    if (aside) return;
    const root = this.parts.reactions;
    const old = new Map([...root.children].map((node) => [node.dataset.emoji, node]));
    const pills = reactions.map((reaction) => {
      const mine = reaction.users.includes(workspace.me);
      const who = reaction.users.map((id) => (id === workspace.me ? "you" : (workspace.user(id)?.real_name ?? id)));
      const title = `${new Intl.ListFormat("en").format(who)} reacted with :${reaction.name}:`;
      const pill =
        old.get(reaction.name) ??
        h("button.pill", {
          type: "button",
          onclick: () => this.#act({ do: this.#mine(reaction.name) ? "unreact" : "react", name: reaction.name }),
          data: { testid: "reaction", emoji: reaction.name },
        });
      pill.setAttribute("aria-pressed", String(mine));
      pill.setAttribute("aria-label", `${reaction.name}, ${reaction.count}: ${title}`);
      pill.title = title;
      pill.replaceChildren(emoji(reaction.name), h("span.count", null, String(reaction.count)));
      return pill;
    });
    const add =
      old.get("+") ??
      h(
        "button.pill.add",
        {
          type: "button",
          "aria-label": "Add reaction",
          title: "Add reaction",
          onclick: (event) => this.#pick(event.currentTarget),
          data: { testid: "add-reaction", emoji: "+" },
        },
        icon("smile"),
      );
    arrange(root, pills.length ? [...pills, add] : []);
  }

  #mine(name) {
    return this.message.reactions?.some((reaction) => reaction.name === name && reaction.users.includes(workspace.me));
  }

  #pick(anchor) {
    pickEmoji(anchor, (name) => this.#mine(name) || this.#act({ do: "react", name }));
  }

  async #act(what) {
    const reply = await act({ channel: this.channel, ts: this.ts, ...what });
    if (!reply.ok) workspace.notice(this.channel, reply.error, this.list.thread ?? undefined);
  }

  #replies() {
    if (this.list.thread || this.message.aside) return [];
    return workspace.messages(this.channel).filter((reply) => reply.thread_ts === this.ts && reply.ts !== this.ts);
  }

  #foot() {
    const replies = this.#replies();
    const faces = [...new Set(replies.map(author))].slice(0, 4).map((id) => avatar(workspace.user(id), "small"));
    const label = `${replies.length} ${replies.length === 1 ? "reply" : "replies"}`;
    const last = replies.length && moment(replies.at(-1));
    const open = h(
      "button.thread-link",
      { type: "button", onclick: () => this.list.openThread(this.ts), data: { testid: "open-thread" } },
      faces,
      h("strong", null, label),
      h("span.note", null, last && `Last reply ${dayOf(last).toLowerCase()} at ${clock(last)}`),
    );
    arrange(this.parts.foot, replies.length ? [open] : []);
  }

  #tools() {
    if (this.message.aside) return [];
    const tools = [button("smile", "Add reaction", (event) => this.#pick(event.currentTarget), "react")];
    if (!this.list.thread)
      tools.push(
        button(
          "reply",
          "Reply in thread",
          () => this.list.openThread(isReply(this.message) ? this.message.thread_ts : this.ts),
          "reply",
        ),
      );
    tools.push(button("more", "More actions", (event) => this.#more(event.currentTarget), "more"));
    return tools;
  }

  #more(anchor) {
    const shortcuts = workspace.state.apps.flatMap((app) =>
      app.shortcuts.filter(({ type }) => type === "message").map((shortcut) => ({ app, shortcut })),
    );
    const items = shortcuts.map(({ app, shortcut }) => ({
      label: [shortcut.name, h("span.note", null, ` ${app.name}`)],
      run: () => this.#act({ do: "shortcut", callback_id: shortcut.callback_id }),
      data: { shortcut: shortcut.callback_id },
    }));
    const address = `${location.origin}/#/${this.channel}/${this.ts}`;
    items.push({ label: "Copy link", run: () => navigator.clipboard?.writeText(address) });
    if (this.message.user === workspace.me)
      items.push({ label: "Delete message…", danger: true, run: () => this.#delete(), data: { testid: "delete" } });
    menu(anchor, items, "Message actions");
  }

  async #delete() {
    const sure = await ask({
      title: "Delete message",
      text: "Delete this message for everybody?",
      confirm: "Delete",
      style: "danger",
    });
    if (sure) this.#act({ do: "delete" });
  }
}

/** What a message or an attachment shows: its blocks, else its text as one. */
function asBlocks({ blocks, text, fallback, plain }) {
  if (blocks?.length) return blocks;
  const said = text || fallback;
  return said ? [{ type: "section", text: { type: plain ? "plain_text" : "mrkdwn", text: said } }] : [];
}

function fileNode(file) {
  const address = file.url_private ?? file.permalink ?? `/files/${file.id}/${encodeURIComponent(file.name ?? "file")}`;
  if (!file.mimetype?.startsWith("image/")) return link(address, "📎 ", file.title || file.name || file.id);
  return h(
    "figure",
    null,
    h("figcaption", null, file.title || file.name),
    h("img", { src: safeUrl(address), alt: file.alt_txt || file.title || file.name || "" }),
  );
}
