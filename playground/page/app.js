// The page: what is open, and which part to draw when something changed.
import { gist } from "./blocks.js";
import { Composer } from "./composer.js";
import { h, icon } from "./dom.js";
import { drawHead, drawIntro, drawSidebar, firstName, titleOf } from "./frame.js";
import { act, workspace } from "./live.js";
import { isReply } from "./message.js";
import { MessageList } from "./messages.js";
import { Home, Modal } from "./modal.js";

const at = (id) => document.getElementById(id);
const open = { channel: null, thread: null, home: false };
const unread = new Set();

const list = new MessageList(at("messages"), { openThread: (ts) => openThread(ts) });
const composer = new Composer(at("write"), {
  id: "composer",
  where: () => ({ channel: open.channel }),
  sent: () => list.toBottom(),
});
const modal = new Modal();
const home = new Home(at("home"));
let thread = null; // {list, composer} while a thread is open

// --- going places ------------------------------------------------------------------------------------------------

/** `#/C1` a channel, `#/C1/170….000` a message in it, `#/home` the app's Home. */
function route() {
  const [, place, ts] = location.hash.split("/");
  const channels = workspace.visible;
  const known = channels.some((channel) => channel.id === place);
  open.home = place === "home" && workspace.app?.home_tab;
  if (!open.home) open.channel = known ? place : (channels.find(({ id }) => id === open.channel) ?? channels[0])?.id;
  unread.delete(open.channel);
  document.body.classList.remove("drawer");
  if (open.thread?.channel !== open.channel || open.home) closeThread(false);
  if (open.home) act({ do: "home" });
  draw();
  const message = known && ts && workspace.message(place, ts);
  if (!message) return;
  history.replaceState(null, "", `#/${place}`); // shown once, not again after each reconnection
  if (isReply(message)) openThread(message.thread_ts);
  (isReply(message) ? thread.list : list).reveal(ts);
}

function openThread(ts) {
  open.thread = { channel: open.channel, ts };
  const messages = h("ol.messages", { "aria-label": "Replies" });
  const write = h("div");
  const shut = h(
    "button.tool",
    { type: "button", "aria-label": "Close thread", onclick: () => closeThread(), data: { testid: "close-thread" } },
    icon("close"),
  );
  const head = h(
    "header",
    null,
    h("h2", null, "Thread", h("span.note", null, ` ${titleOf(workspace.channel(open.channel))}`)),
    shut,
  );
  at("thread").replaceChildren(head, h("div.scroller", null, messages), write);
  thread = {
    list: new MessageList(messages, { thread: ts }),
    composer: new Composer(write, {
      id: "thread-composer",
      where: () => ({ channel: open.channel, thread_ts: ts }),
      sent: () => thread.list.toBottom(),
    }),
  };
  at("thread").hidden = false;
  draw();
  thread.composer.input.focus();
}

function closeThread(focus = true) {
  if (!open.thread) return;
  const { ts } = open.thread;
  open.thread = thread = null;
  at("thread").hidden = true;
  at("thread").replaceChildren();
  if (focus)
    at("messages")
      .querySelector(`[data-ts="${CSS.escape(ts)}"]`)
      ?.focus({ preventScroll: true });
}

// --- drawing -----------------------------------------------------------------------------------------------------

function draw() {
  drawSidebar(open, unread);
  drawHead(open);
  at("history").hidden = at("write").hidden = open.home;
  at("home").hidden = !open.home;
  if (open.home) home.show();
  else drawMessages();
  modal.show();
}

function drawMessages() {
  drawIntro(workspace.channel(open.channel), (text) => composer.fill(text));
  list.show(open.channel);
  const name = titleOf(workspace.channel(open.channel));
  composer.show(open.channel, `Message ${name} as ${firstName(workspace.user(workspace.me))}`);
  if (!thread) return;
  if (!workspace.message(open.thread.channel, open.thread.ts)) return closeThread();
  thread.list.show(open.channel);
  thread.composer.show(open.thread.ts, "Reply…");
}

// --- what happens ------------------------------------------------------------------------------------------------

let due = false;

/** Draw once a frame, however many events came. */
function drawSoon() {
  if (due) return;
  due = true;
  const later = document.hidden ? setTimeout : requestAnimationFrame; // hidden pages get no frames
  later(() => {
    due = false;
    draw();
  });
}

workspace.addEventListener("change", ({ detail: change }) => {
  if (change.kind === "state" && at("page").hidden) {
    at("page").hidden = false;
    route();
    if (matchMedia("(hover: hover)").matches) composer.input.focus();
    return;
  }
  if (change.kind === "me" || change.kind === "state") route();
  if (change.fresh) arrived(change);
  drawSoon();
});

function arrived({ channel, message, user }) {
  const mine = message.user === workspace.me;
  if (user && user !== workspace.me) return;
  if (channel !== open.channel || open.home) {
    if (!mine && !isReply(message)) unread.add(channel);
    return;
  }
  const who = workspace.user(message.user);
  if (!mine) at("announcer").textContent = `${who?.real_name ?? who?.name ?? "Slackbot"}: ${gist(message)}`;
  if (mine) (isReply(message) ? thread?.list : list)?.toBottom();
  else if (!list.stuck && !isReply(message)) at("newer").hidden = false;
}

workspace.addEventListener("online", () => setTimeout(() => (at("offline").hidden = workspace.online), 300));
at("newer").addEventListener("click", () => list.toBottom());
at("history").addEventListener("scroll", () => list.atBottom() && (at("newer").hidden = true), { passive: true });
at("shade").addEventListener("click", () => document.body.classList.remove("drawer"));
addEventListener("hashchange", route);
addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || document.querySelector("dialog[open], [popover]:popover-open")) return;
  if (document.body.classList.contains("drawer")) document.body.classList.remove("drawer");
  else if (thread?.composer.isEmpty) closeThread(); // words that are not sent would be lost
});
workspace.listen();
