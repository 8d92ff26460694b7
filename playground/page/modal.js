// A view: the modal that an app opened for the acting person, and the app's Home.
import { h, icon, keepingFocus } from "./dom.js";
import { showBlocks } from "./blocks.js";
import { textObject } from "./mrkdwn.js";
import { act, workspace } from "./live.js";

const empty = (fields) => {
  const { type, ...rest } = fields ?? {};
  return Object.values(rest).every((value) => value === null || value === "" || value?.length === 0);
};

const runIn = (viewId, failed) => async (fields) => {
  const reply = await act({ do: "action", view_id: viewId, ...fields });
  if (!reply.ok) failed(reply.error);
};

export class Modal {
  #view = null;
  /** What was put in, by the ids of views: who goes back to one finds it again. */
  #kept = new Map();
  #values = {};

  constructor() {
    this.title = h("h2", { id: "modal-title" });
    this.body = h("div.modal-body");
    this.fault = h("p.field-error", { role: "alert", data: { testid: "modal-error" } });
    this.foot = h("footer");
    const shut = h(
      "button.tool",
      { type: "button", "aria-label": "Close", onclick: () => this.#dismiss(), data: { testid: "modal-x" } },
      icon("close"),
    );
    const form = h(
      "form",
      { novalidate: "", onsubmit: (event) => (event.preventDefault(), this.#submit()) },
      h("header", null, this.title, shut),
      this.body,
      this.fault,
      this.foot,
    );
    this.dialog = h(
      "dialog.modal",
      {
        "aria-labelledby": "modal-title",
        data: { testid: "modal" },
        oncancel: (event) => (event.preventDefault(), this.#dismiss()),
      },
      form,
    );
    document.body.append(this.dialog);
  }

  /** Show the acting person's modal as it is now, or none. */
  show() {
    const view = workspace.state.modals[workspace.me] ?? null;
    if (view && !this.#kept.has(view.id)) this.#kept.set(view.id, {});
    this.#values = this.#kept.get(view?.id) ?? {};
    this.#view = view;
    if (!view) return this.dialog.close();
    this.title.replaceChildren(...textObject(view.title));
    this.dialog.dataset.viewId = view.id;
    this.dialog.dataset.callbackId = view.callback_id ?? "";
    const ctx = { values: this.#values, run: runIn(view.id, (error) => (this.fault.textContent = error)) };
    keepingFocus(this.body, () => showBlocks(this.body, view.blocks ?? [], ctx, `${view.id} `));
    const close = h(
      "button.button",
      { type: "button", onclick: () => this.#dismiss(), data: { testid: "modal-close" } },
      view.close ? textObject(view.close) : view.submit ? "Cancel" : "Close",
    );
    const submit =
      view.submit &&
      h("button.button.primary", { type: "submit", data: { testid: "modal-submit" } }, textObject(view.submit));
    this.foot.replaceChildren(...[close, submit].filter(Boolean));
    if (this.dialog.open) return undefined;
    this.fault.textContent = "";
    this.dialog.showModal();
    this.body.querySelector("[autofocus], input, textarea, select")?.focus();
    return undefined;
  }

  #dismiss() {
    const view_id = this.#view.id;
    workspace.state.modals[workspace.me] = null;
    this.show();
    act({ do: "close", view_id });
  }

  async #submit() {
    const inputs = (this.#view.blocks ?? []).filter((block) => block.type === "input");
    const missing = inputs.filter(
      (block) => !block.optional && empty(this.#values[block.block_id]?.[block.element.action_id]),
    );
    if (
      this.#faults(Object.fromEntries(missing.map((block) => [block.block_id, "Please complete this required field."])))
    )
      return;
    if (this.dialog.getAttribute("aria-busy") === "true") return;
    this.dialog.setAttribute("aria-busy", "true");
    const reply = await act({ do: "submit", view_id: this.#view.id, values: this.#values });
    this.dialog.removeAttribute("aria-busy");
    this.fault.textContent = reply.ok ? "" : reply.error;
    if (reply.response_action === "errors") this.#faults(reply.errors ?? {});
  }

  /** Write each fault under its field; true when there is any. */
  #faults(errors) {
    for (const block of this.body.children) {
      const line = block.querySelector(".field-error");
      const words = errors[block.dataset.blockId];
      if (line) Object.assign(line, { textContent: words ?? "", hidden: !words });
      block.classList.toggle("wrong", Boolean(words));
    }
    this.body.querySelector(".wrong :is(input, textarea, select)")?.focus();
    return Object.keys(errors).length > 0;
  }
}

/** The app's Home of the acting person, in `root`. */
export class Home {
  #values = {};

  constructor(root) {
    this.root = root;
  }

  show() {
    const view = workspace.state.homes[workspace.me];
    if (!view)
      return void this.root.replaceChildren(h("p.note", null, `${workspace.app.name} has published nothing here yet.`));
    const failed = (error) => this.root.append(h("p.field-error", { role: "alert" }, error));
    return keepingFocus(this.root, () =>
      showBlocks(
        this.root,
        view.blocks ?? [],
        { values: this.#values, run: runIn(view.id, failed) },
        `${workspace.me} `,
      ),
    );
  }
}
