// What floats above the page: menus, the emoji picker, and the question before a risky button.
import { h } from "./dom.js";
import { findEmoji } from "./emoji.js";
import { textObject } from "./mrkdwn.js";

/** Show `node` beside `anchor`; it goes by Escape, by a click elsewhere, or by close(), and gives back the focus. */
function popup(anchor, node) {
  node.popover = "auto";
  (anchor.closest("dialog[open]") ?? document.body).append(node);
  anchor.setAttribute("aria-expanded", "true");
  node.addEventListener("toggle", (event) => {
    if (event.newState !== "closed") return;
    const had = node.contains(document.activeElement) || document.activeElement === document.body;
    node.remove();
    anchor.setAttribute("aria-expanded", "false");
    if (had) anchor.focus({ preventScroll: true });
  });
  node.showPopover();
  place(anchor.getBoundingClientRect(), node);
  return () => node.hidePopover();
}

function place(at, node) {
  const { offsetWidth: width, offsetHeight: height } = node;
  const fits = at.bottom + height + 12 < innerHeight;
  node.style.left = `${Math.max(8, Math.min(at.left, innerWidth - width - 8))}px`;
  node.style.top = `${fits ? at.bottom + 4 : Math.max(8, at.top - height - 4)}px`;
}

/** A menu of [{label, run, danger?}]. */
export function menu(anchor, items, label) {
  const node = h("div.menu", { role: "menu", "aria-label": label });
  const close = popup(anchor, node);
  node.append(
    ...items.map((item) =>
      h(
        `button.menu-item${item.danger ? ".danger" : ""}`,
        { type: "button", role: "menuitem", tabindex: -1, onclick: () => (close(), item.run()), data: item.data },
        item.label,
      ),
    ),
  );
  place(anchor.getBoundingClientRect(), node);
  node.addEventListener("keydown", (event) => arrows(event, [...node.children], 1));
  node.firstElementChild?.focus();
}

/** Arrow keys over buttons laid out in rows of `columns`. */
function arrows(event, buttons, columns) {
  const step = { ArrowDown: columns, ArrowUp: -columns, ArrowRight: 1, ArrowLeft: -1 }[event.key];
  const now = buttons.indexOf(document.activeElement);
  const next = event.key === "Home" ? 0 : event.key === "End" ? buttons.length - 1 : step ? now + step : -2;
  if (next === -2) return;
  event.preventDefault();
  if (next >= 0) buttons[Math.min(next, buttons.length - 1)]?.focus();
  else if (columns > 1) return void event.currentTarget.querySelector("input")?.focus();
  else buttons.at(-1).focus();
}

const COLUMNS = 8;

/** Let the person choose an emoji: pick(name). */
export function pickEmoji(anchor, pick) {
  const grid = h("div.emoji-grid", { role: "listbox", "aria-label": "Emoji" });
  const hint = h("p.emoji-hint", { "aria-live": "polite" }, "Pick an emoji");
  const search = h("input", {
    type: "search",
    placeholder: "Search emoji",
    "aria-label": "Search emoji",
    autocomplete: "off",
    data: { testid: "emoji-search" },
  });
  const node = h(
    "div.picker",
    { role: "dialog", "aria-label": "Add a reaction", data: { testid: "emoji-picker" } },
    search,
    grid,
    hint,
  );
  const fill = () => {
    const found = findEmoji(search.value);
    grid.replaceChildren(...found.map(choice));
    hint.textContent = found.length ? "Pick an emoji" : "No emoji by that name";
  };
  const choice = ([name, glyph]) => {
    const show = () => (hint.textContent = `:${name}:`);
    return h(
      "button.choice",
      {
        type: "button",
        role: "option",
        "aria-label": name,
        tabindex: -1,
        onclick: () => (close(), pick(name)),
        onfocus: show,
        onmouseenter: show,
        data: { emoji: name },
      },
      glyph,
    );
  };
  fill();
  const close = popup(anchor, node);
  search.addEventListener("input", fill);
  node.addEventListener("keydown", (event) => {
    if (event.target !== search) arrows(event, [...grid.children], COLUMNS);
    else if (event.key === "ArrowDown") (event.preventDefault(), grid.firstElementChild?.focus());
    else if (event.key === "Enter") (event.preventDefault(), grid.firstElementChild?.click());
  });
  search.focus();
}

/** Ask before a risky step, by Slack's confirm object (or {title, text, confirm, deny} in plain words). */
export function ask(confirm) {
  const words = (value, fallback) => (typeof value === "string" ? value : value ? textObject(value) : fallback);
  const no = h(
    "button.button",
    { type: "button", onclick: () => dialog.close(), data: { testid: "deny" } },
    words(confirm.deny, "Cancel"),
  );
  const yes = h(
    `button.button.${confirm.style === "danger" ? "danger" : "primary"}`,
    { type: "button", onclick: () => dialog.close("yes"), data: { testid: "confirm" } },
    words(confirm.confirm, "Yes"),
  );
  const title = h("h2", { id: "confirm-title" }, words(confirm.title, "Are you sure?"));
  const dialog = h(
    "dialog.modal.small",
    { "aria-labelledby": "confirm-title" },
    h("header", null, title),
    h("div.modal-body.mrkdwn", null, words(confirm.text, "")),
    h("footer", null, no, yes),
  );
  document.body.append(dialog);
  dialog.showModal();
  yes.focus();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
  });
}
