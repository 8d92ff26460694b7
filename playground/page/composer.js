// Where a person writes: a text area that knows the slash commands, the people and the emoji.
import { avatar, h, icon } from "./dom.js";
import { findEmoji } from "./emoji.js";
import { act, workspace } from "./live.js";

const allCommands = () => [
  ...workspace.state.apps.flatMap((app) => app.commands.map((command) => ({ ...command, app: app.name }))),
  ...workspace.state.builtin_commands,
];

/** A file's bytes, as JSON can carry them. */
function inBase64(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}

export class Composer {
  #drafts = new Map();
  #key = "";
  #choices = [];
  #at = 0;
  #pending = 0;
  #file = null;

  /** `where()` → {channel, thread_ts?}: the place that the text goes to. */
  constructor(root, { id, where, sent }) {
    this.where = where;
    this.sent = sent;
    this.menu = h("ul.choices", {
      id: `${id}-menu`,
      role: "listbox",
      "aria-label": "Suggestions",
      hidden: true,
      data: { testid: "command-menu" },
    });
    this.input = h("textarea", {
      id,
      rows: 1,
      role: "combobox",
      "aria-autocomplete": "list",
      "aria-expanded": "false",
      "aria-controls": `${id}-menu`,
      enterkeyhint: "send",
      data: { testid: id },
    });
    this.face = h("span.as");
    this.status = h("p.status", { role: "status" });
    const send = h(
      "button.send",
      { type: "submit", "aria-label": "Send", title: "Send (Enter)", data: { testid: `${id}-send` } },
      icon("send"),
    );
    const upload = h("input", { type: "file", hidden: true, onchange: () => this.#attach(upload.files[0]) });
    const clip = h(
      "button.clip",
      {
        type: "button",
        "aria-label": "Attach a file",
        title: "Attach a file",
        onclick: () => upload.click(),
        data: { testid: `${id}-attach` },
      },
      icon("clip"),
    );
    this.upload = upload;
    this.attached = h(
      "button.attached",
      { type: "button", hidden: true, onclick: () => this.#attach(null), data: { testid: `${id}-attached` } },
    );
    root.append(
      this.attached,
      h(
        "form.composer",
        { onsubmit: (event) => (event.preventDefault(), this.#send()) },
        this.menu,
        this.face,
        this.input,
        upload,
        clip,
        send,
      ),
      this.status,
    );
    this.input.addEventListener("input", () => this.#typed());
    this.input.addEventListener("keydown", (event) => this.#key_(event));
    this.input.addEventListener("blur", () => this.#suggest([]));
  }

  /** Come to a place: its own draft, its own placeholder. */
  show(key, placeholder) {
    if (key !== this.#key) {
      this.#drafts.set(this.#key, this.input.value);
      this.#key = key;
      this.fill(this.#drafts.get(key) ?? "", false);
    }
    this.input.placeholder = placeholder;
    this.input.setAttribute("aria-label", placeholder);
    const user = workspace.user(workspace.me);
    this.face.replaceChildren(avatar(user, "small"));
    this.face.title = `You write as ${user.real_name}`;
  }

  /** Whether nothing has been typed or attached that is not sent yet. */
  get isEmpty() {
    return this.input.value.trim() === "" && this.#file === null;
  }

  fill(text, focus = true) {
    this.input.value = text;
    this.#typed();
    if (focus) this.input.focus();
  }

  /** Keep a file beside the text until that is sent; null: none. */
  #attach(file) {
    this.#file = file ?? null;
    this.upload.value = "";
    this.attached.hidden = !file;
    this.attached.textContent = file ? `📎 ${file.name} ✕` : "";
    this.attached.setAttribute("aria-label", file ? `Remove ${file.name}` : "");
    this.#typed();
    if (file) this.input.focus();
  }

  #typed() {
    this.input.style.height = "auto";
    this.input.style.height = `${Math.min(this.input.scrollHeight, innerHeight * 0.4)}px`;
    this.input.form?.classList.toggle("ready", !this.isEmpty);
    this.#suggest(this.#suggestions());
  }

  /** [{text: what replaces the word, from, label, note}] for the word before the caret. */
  #suggestions() {
    const before = this.input.value.slice(0, this.input.selectionStart);
    const inThread = this.where().thread_ts;
    const command = before.match(/^\/\S*$/);
    if (command && !inThread) {
      const found = allCommands().filter((one) => one.command.startsWith(before.toLowerCase()));
      return found.map((one) => ({
        from: 0,
        text: `${one.command} `,
        label: [h("strong", null, one.command), ` ${one.usage_hint ?? ""}`],
        note: [one.description, one.app && h("span.badge", null, one.app)],
      }));
    }
    const [word, sigil, part] = before.match(/(?:^|\s)([@:])([\w+-]*)$/)?.map((piece) => piece.toLowerCase()) ?? [];
    const from = before.length - (part?.length ?? 0) - 1;
    if (word === undefined) return [];
    if (sigil === ":")
      return part.length < 2
        ? []
        : findEmoji(part)
            .slice(0, 6)
            .map(([name, glyph]) => ({ from, text: `:${name}: `, label: `${glyph}  :${name}:` }));
    const matching = workspace.state.users.filter(
      (user) =>
        user.id !== workspace.me && [user.name, user.real_name].some((name) => name?.toLowerCase().startsWith(part)),
    );
    return matching.map((user) => ({
      from,
      text: `@${user.name} `,
      label: [
        avatar(user, "small"),
        h("strong", null, user.real_name || user.name),
        user.is_bot && h("span.badge", null, "APP"),
      ],
      note: `@${user.name}`,
    }));
  }

  #suggest(choices) {
    this.#choices = choices;
    this.#at = 0;
    this.menu.hidden = choices.length === 0;
    this.input.setAttribute("aria-expanded", String(choices.length > 0));
    this.menu.replaceChildren(
      ...choices.map((choice, at) =>
        h(
          "li",
          {
            id: `${this.menu.id}-${at}`,
            role: "option",
            onmousedown: (event) => (event.preventDefault(), this.#take(choice)),
          },
          h("span", null, choice.label),
          h("span.note", null, choice.note),
        ),
      ),
    );
    this.#mark();
  }

  #mark() {
    [...this.menu.children].forEach((row, at) => row.setAttribute("aria-selected", String(at === this.#at)));
    const row = this.menu.children[this.#at];
    row?.scrollIntoView({ block: "nearest" });
    if (row) this.input.setAttribute("aria-activedescendant", row.id);
    else this.input.removeAttribute("aria-activedescendant");
  }

  #typedOut({ from, text }) {
    return this.input.value.slice(from, this.input.selectionStart).toLowerCase() === text.trim().toLowerCase();
  }

  #take({ from, text }) {
    const { value, selectionStart } = this.input;
    this.input.value = value.slice(0, from) + text + value.slice(selectionStart);
    this.input.selectionStart = this.input.selectionEnd = from + text.length;
    this.#typed();
    this.input.focus();
  }

  #key_(event) {
    if (event.isComposing) return;
    const choice = this.#choices[this.#at];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (choice && step) {
      event.preventDefault();
      this.#at = (this.#at + step + this.#choices.length) % this.#choices.length;
      this.#mark();
    } else if (choice && event.key === "Escape") {
      event.stopPropagation();
      this.#suggest([]);
    } else if (
      choice &&
      !event.shiftKey &&
      (event.key === "Tab" || (event.key === "Enter" && !this.#typedOut(choice)))
    ) {
      event.preventDefault();
      this.#take(choice);
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.#send();
    }
  }

  async #send() {
    const text = this.input.value.trim();
    const place = this.where();
    const key = this.#key;
    const file = this.#file;
    if (!text && !file) return;
    const [, command, rest] = text.match(/^(\/\S+)\s*([\s\S]*)$/) ?? [];
    if (command && place.thread_ts)
      return workspace.notice(place.channel, `${command} is not supported in threads. Sorry!`, place.thread_ts);
    this.fill("");
    const what = command
      ? { do: "command", channel: place.channel, command, text: rest }
      : { do: "message", ...place, text };
    if (file && !command) {
      this.#attach(null);
      what.file = { name: file.name, content: await inBase64(file) };
    }
    this.#busy(1, command ? `Waiting for ${command}…` : "Sending…");
    this.sent?.();
    const reply = await act(what);
    this.#busy(-1);
    if (reply.ok) return;
    workspace.notice(place.channel, reply.error, place.thread_ts);
    if (this.#key !== key) this.#drafts.set(key, this.#drafts.get(key) || text);
    else if (!this.input.value) this.fill(text);
  }

  /** Say so when an answer takes longer than a blink. */
  #busy(change, words) {
    this.#pending += change;
    if (words) setTimeout(() => this.#pending && (this.status.textContent = words), 250);
    if (!this.#pending) this.status.textContent = "";
  }
}
