// The workspace as this page knows it: read once, then kept fresh by the stream of events.

class Workspace extends EventTarget {
  state = null;
  epoch = 0; // moves when names that messages quote may have changed
  me = sessionStorage.getItem("me");
  online = true;
  #notices = [];
  #dismissed = new Set();
  #pending = null; // events that arrive while the state is being read

  get people() {
    return this.state.users.filter((user) => !user.is_bot);
  }

  get app() {
    return this.state.apps[0];
  }

  user(id) {
    return this.state.users.find((user) => user.id === id);
  }

  /** The channels and direct messages that the acting person sees. */
  get visible() {
    return this.state.channels.filter((channel) => {
      const member = channel.members?.includes(this.me);
      if (channel.is_im) return member ?? true;
      return !channel.is_archived && (member || !channel.is_private);
    });
  }

  channel(id) {
    return this.state.channels.find((channel) => channel.id === id);
  }

  /** Messages of a channel, oldest first, thread replies included. */
  messages(channel) {
    return this.state.messages[channel] ?? [];
  }

  message(channel, ts) {
    return this.messages(channel).find((message) => message.ts === ts);
  }

  /** What only the acting person sees in a channel. */
  asides(channel) {
    return [...this.state.ephemerals, ...this.#notices]
      .filter((aside) => aside.channel === channel && aside.user === this.me && !this.#dismissed.has(aside.message.ts))
      .map((aside) => aside.message);
  }

  dismiss(ts) {
    this.#dismissed.add(ts);
    this.#tell({ kind: "ephemeral" });
  }

  /** A line from the page itself to the acting person, in plain words. */
  notice(channel, text, thread_ts) {
    const last = this.messages(channel).at(-1)?.ts ?? "0";
    const now = (Date.now() / 1000).toFixed(6);
    const ts = now > last ? now : last;
    const message = { ts: `${ts}-${this.#notices.length}`, text, thread_ts, plain: true };
    this.#notices.push({ channel, user: this.me, message });
    this.#tell({ kind: "ephemeral", channel, message, fresh: true });
  }

  become(user) {
    this.me = user;
    sessionStorage.setItem("me", user);
    this.#tell({ kind: "me" });
  }

  /** Open the stream; the state is read again after each (re)connection. */
  listen() {
    const source = new EventSource("/play/stream");
    source.onopen = () => this.#read();
    source.onmessage = (event) => {
      const change = JSON.parse(event.data);
      if (this.#pending) this.#pending.push(change);
      else this.#apply(change);
    };
    source.onerror = () => {
      this.#setOnline(false);
      if (source.readyState !== EventSource.CLOSED) return;
      setTimeout(() => this.listen(), 1500); // the browser gives up on an HTTP error; we do not
    };
  }

  async #read() {
    this.#pending = [];
    try {
      const reply = await fetch("/play/state", { cache: "no-store" });
      if (!reply.ok) throw new Error(`state: ${reply.status}`);
      this.state = await reply.json();
      for (const aside of this.state.ephemerals) aside.key = aside.user + aside.message.ts;
    } catch {
      setTimeout(() => this.#read(), 1500);
      return;
    }
    if (!this.people.some((user) => user.id === this.me)) this.me = this.state.me_default;
    this.epoch += 1;
    this.#setOnline(true);
    this.#tell({ kind: "state" });
    const late = this.#pending;
    this.#pending = null;
    for (const change of late) this.#apply(change);
  }

  #apply(change) {
    const { state } = this;
    if (change.kind === "message")
      change.fresh = upsert(
        (state.messages[change.channel] ??= []),
        change.message,
        "ts",
        ({ ts }) => ts > change.message.ts,
      );
    else if (change.kind === "message_deleted")
      state.messages[change.channel] = this.messages(change.channel).filter((message) => message.ts !== change.ts);
    else if (change.kind === "ephemeral") {
      const { channel, user, message } = change;
      change.fresh = upsert(state.ephemerals, { channel, user, message, key: user + message.ts }, "key");
    } else if (change.kind === "ephemeral_removed")
      state.ephemerals = state.ephemerals.filter(
        (aside) => aside.user !== change.user || aside.message.ts !== change.ts,
      );
    else if (change.kind === "modal") state.modals[change.user] = change.view;
    else if (change.kind === "home") state.homes[change.user] = change.view;
    else if (change.kind === "connected") state.connected = change.connected;
    else if (change.kind === "channel") {
      upsert(state.channels, change.channel, "id");
      this.epoch += 1;
    }
    this.#tell(change);
  }

  #setOnline(online) {
    if (this.online === online) return;
    this.online = online;
    this.dispatchEvent(new Event("online"));
  }

  #tell(change) {
    this.dispatchEvent(new CustomEvent("change", { detail: change }));
  }
}

/** Replace by key, or insert before what follows it; true when it is new. */
function upsert(list, item, key, follows = () => false) {
  const same = list.findIndex((other) => other[key] === item[key]);
  if (same >= 0) {
    list[same] = item;
    return false;
  }
  const next = list.findIndex(follows);
  list.splice(next < 0 ? list.length : next, 0, item);
  return true;
}

export const workspace = new Workspace();

/** Do something as the acting person: → {ok: true, …} or {ok: false, error}, whatever happens on the way. */
export async function act(what) {
  try {
    const reply = await fetch("/play/act", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ as: workspace.me, ...what }),
    });
    if (!reply.ok) return { ok: false, error: `The playground answered with an error (HTTP ${reply.status}).` };
    return await reply.json();
  } catch {
    return { ok: false, error: "The playground cannot be reached. Is it still running?" };
  }
}
