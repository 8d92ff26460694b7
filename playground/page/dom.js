// Building and arranging nodes. Data only ever becomes text or a checked attribute, never markup.

/** h("button.primary", {type: "button", onclick: f, data: {ts}}, "text", node, [more]) */
export function h(spec, props, ...children) {
  const [tag, ...classes] = spec.split(".");
  const node = document.createElement(tag);
  if (classes.length) node.className = classes.join(" ");
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "data") setData(node, value);
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "value" || typeof value === "boolean") node[name] = value;
    else node.setAttribute(name, value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

function setData(node, values) {
  for (const [key, value] of Object.entries(values))
    if (value !== undefined && value !== null) node.dataset[key] = value;
}

/** One drawing of the sprite in index.html. */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

/** Make `nodes` the children of `parent`, moving only what is out of place, so that focus and scroll survive. */
export function arrange(parent, nodes) {
  const wanted = new Set(nodes);
  for (const child of [...parent.children]) if (!wanted.has(child)) child.remove();
  nodes.forEach((node, at) => {
    if (parent.children[at] !== node) parent.insertBefore(node, parent.children[at] ?? null);
  });
}

/** Run `change` on what is inside `root`; if it replaces the focused control, its successor gets the focus. */
export function keepingFocus(root, change) {
  const held = root.contains(document.activeElement) ? document.activeElement : null;
  const block = held?.closest("[data-block-id]")?.dataset.blockId;
  change();
  if (!held || held.isConnected) return;
  const same = (node) =>
    ["actionId", "emoji", "testid", "user", "channel"].every((key) => node.dataset[key] === held.dataset[key]) &&
    (!block || node.closest("[data-block-id]")?.dataset.blockId === block);
  const heirs = [...root.querySelectorAll("[data-action-id], [data-emoji], [data-testid]")];
  (heirs.find(same) ?? root.closest("[tabindex]"))?.focus({ preventScroll: true });
}

const ALLOWED = new Set(["http:", "https:", "mailto:"]);

/** The address if a page may lead there, else null. */
export function safeUrl(address) {
  try {
    const url = new URL(address, location.href);
    return ALLOWED.has(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

/** A link that opens elsewhere; only its words when the address is not one that a page may follow. */
export function link(address, ...label) {
  const href = safeUrl(address);
  if (!href) return h("span", { title: address }, label.length ? label : address);
  return h("a", { href, target: "_blank", rel: "noopener noreferrer", title: address }, label.length ? label : address);
}

export function avatar(user, size = "") {
  const node = h(`span.avatar${size && `.${size}`}`, { "aria-hidden": "true" }, user?.initials ?? "?");
  if (/^#[0-9a-f]{3,8}$/i.test(user?.color ?? "")) node.style.setProperty("--color", user.color);
  return node;
}
