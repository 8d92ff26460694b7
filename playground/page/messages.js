// A list of messages: a channel's, or a thread's.
import { arrange, h } from "./dom.js";
import { workspace } from "./live.js";
import { author, dayOf, isCard, isReply, isSystem, MessageView, moment } from "./message.js";

const GROUP_SECONDS = 300;

export class MessageList {
  #views = new Map();
  #days = new Map();
  #channel = null;

  /** `root` is the ordered list; its parent scrolls. `open` shows a thread; `thread` is the ts whose thread this is. */
  constructor(root, { openThread, thread = null }) {
    this.root = root;
    this.scroller = root.parentElement;
    this.openThread = openThread;
    this.thread = thread;
    this.stuck = true;
    this.scroller.addEventListener("scroll", () => (this.stuck = this.atBottom()), { passive: true });
    root.addEventListener("keydown", (event) => this.#walk(event));
    const grown = new ResizeObserver(() => this.stuck && this.toBottom());
    grown.observe(root);
    grown.observe(this.scroller);
  }

  atBottom() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    return scrollHeight - scrollTop - clientHeight < 48;
  }

  toBottom() {
    this.stuck = true;
    this.scroller.scrollTop = this.scroller.scrollHeight;
  }

  show(channel) {
    const moved = channel !== this.#channel;
    this.#channel = channel;
    if (moved) this.#views.clear();
    const nodes = [];
    let before = null;
    for (const message of this.#listed()) {
      const day = dayOf(moment(message));
      if (!this.thread && (!before || dayOf(moment(before)) !== day)) {
        nodes.push(this.#day(day));
        before = null;
      }
      const view = this.#views.get(message.ts) ?? new MessageView(this, channel, message.ts);
      this.#views.set(message.ts, view);
      view.show(message, follows(message, before));
      nodes.push(view.node);
      before = message;
    }
    arrange(this.root, nodes);
    if (!this.root.contains(document.activeElement)) this.#enterAt(nodes.findLast((node) => node.matches(".message")));
    if (moved || this.stuck) this.toBottom();
  }

  #listed() {
    const own = (message) =>
      this.thread
        ? message.ts === this.thread || message.thread_ts === this.thread
        : !isReply(message) || message.subtype === "thread_broadcast";
    const asides = workspace.asides(this.#channel).map((message) => ({ ...message, aside: true }));
    const mine = (aside) =>
      aside.thread_ts && aside.thread_ts !== aside.ts ? aside.thread_ts === this.thread : !this.thread;
    return [...workspace.messages(this.#channel).filter(own), ...asides.filter(mine)].sort((a, b) =>
      a.ts < b.ts ? -1 : 1,
    );
  }

  #day(day) {
    if (!this.#days.has(day)) this.#days.set(day, h("li.day", { role: "separator" }, h("span", null, day)));
    return this.#days.get(day);
  }

  /** Bring one message into view and let it glow. */
  reveal(ts) {
    const node = this.#views.get(ts)?.node;
    if (!node) return;
    this.stuck = false;
    node.scrollIntoView({ block: "center" });
    node.focus({ preventScroll: true });
    node.classList.add("glow");
    setTimeout(() => node.classList.remove("glow"), 2000);
  }

  /** Arrow keys go from message to message; Tab goes into one. */
  #walk(event) {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!step || !event.target.matches(".message")) return;
    event.preventDefault();
    const all = [...this.root.querySelectorAll(".message")];
    const next = all[all.indexOf(event.target) + step];
    if (!next) return;
    this.#enterAt(next);
    next.focus();
  }

  /** The one message that Tab reaches. */
  #enterAt(node) {
    for (const other of this.root.querySelectorAll('.message[tabindex="0"]')) other.tabIndex = -1;
    if (node) node.tabIndex = 0;
  }
}

/** Whether a message continues the one before it, so that it needs no name of its own; a card never does. */
function follows(message, before) {
  if (!before || [message, before].some((one) => one.aside || isSystem(one) || isCard(one))) return false;
  return author(message) === author(before) && parseFloat(message.ts) - parseFloat(before.ts) < GROUP_SECONDS;
}
