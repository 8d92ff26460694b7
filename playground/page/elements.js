// Interactive elements: what a person may press, pick or fill in, and the fields that Slack would send for it.
//
// A setting `ctx` is where an element stands: ctx.values holds what was entered ({block_id: {action_id: fields}}, the
// shape of Slack's state.values) and ctx.run(fields) sends an action.
import { h, link, safeUrl } from "./dom.js";
import { plain, textObject } from "./mrkdwn.js";
import { ask, menu } from "./popup.js";
import { workspace } from "./live.js";

/** One element of `block`, as a node. */
export function element(spec, block, ctx, labelledBy) {
  const draw = KINDS[spec.type];
  if (!draw) return h("span.unknown", null, `This page does not show ${spec.type}`);
  const inForm = block.type === "input";
  const hooks = { actionId: spec.action_id, testid: inForm ? "input" : "action" };
  const old = ctx.values[block.block_id]?.[spec.action_id];
  const run = (fields) =>
    press(node, spec, () =>
      ctx.run({ type: spec.type, action_id: spec.action_id, block_id: block.block_id, values: ctx.values, ...fields }),
    );
  const change = (fields, pressed = !inForm || block.dispatch_action) => {
    (ctx.values[block.block_id] ??= {})[spec.action_id] = { type: spec.type, ...fields };
    if (pressed) run(fields);
  };
  const node = draw({
    spec,
    hooks,
    old,
    change,
    run,
    aria: labelledBy ? { "aria-labelledby": labelledBy } : {},
    id: `${block.block_id}-${spec.action_id}`,
  });
  return node;
}

async function press(node, spec, send) {
  if (node.getAttribute("aria-busy") === "true" || (spec.confirm && !(await ask(spec.confirm)))) return;
  node.setAttribute("aria-busy", "true");
  try {
    await send();
  } finally {
    node.removeAttribute("aria-busy");
  }
}

const style = (spec) => (["primary", "danger"].includes(spec.style) ? `.${spec.style}` : "");

function button({ spec, hooks, run }) {
  const fields = () => run({ text: spec.text, ...(spec.value === undefined ? {} : { value: spec.value }) });
  const label = spec.accessibility_label;
  const data = { ...hooks, value: spec.value };
  const href = spec.url && safeUrl(spec.url);
  if (href) {
    const node = link(href, ...textObject(spec.text));
    node.className = `button ${spec.style ?? ""}`;
    Object.assign(node.dataset, hooks);
    node.addEventListener("click", fields);
    return node;
  }
  return h(
    `button.button${style(spec)}`,
    { type: "button", onclick: fields, "aria-label": label, data },
    textObject(spec.text),
  );
}

function feedback({ spec, hooks, run }) {
  const side = (choice) =>
    h(
      "button.button",
      {
        type: "button",
        data: hooks,
        "aria-label": choice.accessibility_label,
        onclick: () => run({ value: choice.value, text: choice.text }),
      },
      textObject(choice.text),
    );
  return h("span.cluster", null, [spec.positive_button, spec.negative_button].filter(Boolean).map(side));
}

function overflow({ spec, hooks, run }) {
  const choose = () =>
    menu(
      node,
      spec.options.map((option) => ({ label: textObject(option.text), run: () => run({ selected_option: option }) })),
      "More",
    );
  const node = h(
    "button.button.quiet",
    { type: "button", "aria-label": "More options", "aria-haspopup": "menu", onclick: choose, data: hooks },
    "⋯",
  );
  return node;
}

const textLike = (type) => (setting) => {
  const { spec, hooks, old, change, aria, id } = setting;
  const props = {
    id,
    data: hooks,
    ...aria,
    type,
    value: old ? (old.value ?? "") : String(spec.initial_value ?? ""),
    placeholder: plain(spec.placeholder) || null,
    minlength: spec.min_length,
    maxlength: spec.max_length,
    min: spec.min_value,
    max: spec.max_value,
    step: type === "number" ? (spec.is_decimal_allowed ? "any" : "1") : null,
    autofocus: spec.focus_on_load ?? null,
    rows: spec.multiline ? 4 : null,
  };
  if (spec.multiline) delete props.type;
  const node = h(spec.multiline ? "textarea" : "input.field", props);
  const keep = (pressed) => change({ value: node.value === "" ? null : node.value }, pressed);
  node.addEventListener("input", () =>
    keep(spec.dispatch_action_config?.trigger_actions_on?.includes("on_character_entered") ?? false),
  );
  node.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !spec.multiline && !node.form) keep();
  });
  keep(false);
  return node;
};

const picker =
  (type, field, initial, { toField = (v) => v, toInput = (v) => v } = {}) =>
  ({ spec, hooks, old, change, aria, id }) => {
    const value = old ? old[field] : (spec[initial] ?? null);
    const keep = (pressed) => change({ [field]: node.value ? toField(node.value) : null }, pressed);
    const node = h("input.field", {
      type,
      id,
      data: hooks,
      ...aria,
      value: value ? toInput(value) : "",
      onchange: () => keep(),
    });
    keep(false);
    return node;
  };

const localMinute = (seconds) =>
  new Date(seconds * 1000 - new Date().getTimezoneOffset() * 60000).toISOString().slice(0, 16);

/** What a select offers: [[group label or null, [{value, label, chosen}]]], `chosen` being what Slack sends. */
function offers(spec) {
  const ownOption = (option) => ({ value: option.value, label: plain(option.text), chosen: option });
  if (spec.options) return [[null, spec.options.map(ownOption)]];
  if (spec.option_groups) return spec.option_groups.map((group) => [plain(group.label), group.options.map(ownOption)]);
  const offer = (id, label) => ({ value: id, label, chosen: id });
  const { users } = workspace.state;
  const nameOf = ({ real_name, name }) => real_name || name;
  const channels = (kinds) =>
    workspace.visible
      .filter((one) => !one.is_im && kinds.includes(one.is_private ? "private" : "public"))
      .map(({ id, name }) => offer(id, `#${name}`));
  if (spec.type.includes("users")) return [[null, users.map((user) => offer(user.id, nameOf(user)))]];
  if (spec.type.includes("channels")) return [[null, channels(["public"])]];
  const { include = ["public", "private", "mpim", "im"], exclude_bot_users: noBots = false } = spec.filter ?? {};
  const people = users.filter((user) => include.includes("im") && !(noBots && user.is_bot));
  const groups = [
    ["Channels", channels(include)],
    ["People", people.map((user) => offer(messagesWith(user) ?? user.id, nameOf(user)))],
  ];
  return groups.filter(([, options]) => options.length);
}

/** The acting person's direct messages with somebody, where there are any. */
const messagesWith = ({ id }) =>
  id === workspace.me ? null : workspace.visible.find((one) => one.is_im && one.members?.includes(id))?.id;

const valueOf = (chosen) => chosen?.value ?? chosen;

const oneOf =
  (field, initial) =>
  ({ spec, hooks, old, change, aria, id }) => {
    const groups = offers(spec);
    const all = groups.flatMap(([, options]) => options);
    const first = old ? old[field] : spec[initial];
    const option = ({ value, label }) => h("option", { value, selected: value === valueOf(first) }, label);
    const node = h(
      "select.field",
      { id, data: hooks, ...aria },
      h("option", { value: "" }, plain(spec.placeholder) || "Choose…"),
      groups.map(([label, options]) => (label ? h("optgroup", { label }, options.map(option)) : options.map(option))),
    );
    const keep = (pressed) =>
      change({ [field]: all.find(({ value }) => value === node.value)?.chosen ?? null }, pressed);
    node.addEventListener("change", () => keep());
    keep(false);
    return node;
  };

const ticks =
  (type, field, initial) =>
  ({ spec, hooks, old, change, aria, id }) => {
    const all = offers(spec).flatMap(([, options]) => options);
    const many = type === "checkbox";
    const first = new Set([(old ? old[field] : spec[initial]) ?? []].flat().map(valueOf));
    const boxes = all.map(({ value }) =>
      h("input", { type, name: id, value, checked: first.has(value), onchange: () => keep() }),
    );
    const keep = (pressed) => {
      const chosen = all.filter((_, at) => boxes[at].checked).map((offer) => offer.chosen);
      change({ [field]: many ? chosen : (chosen[0] ?? null) }, pressed);
    };
    const label = (offer) => (offer.chosen.text ? textObject(offer.chosen.text) : offer.label);
    const note = (offer) => offer.chosen.description && h("span.note", null, textObject(offer.chosen.description));
    const rows = all.map((offer, at) => h("label.tick", null, boxes[at], h("span", null, label(offer), note(offer))));
    keep(false);
    return h(
      `div.ticks${all.length > 8 ? ".long" : ""}`,
      { role: many ? "group" : "radiogroup", data: hooks, ...aria },
      rows,
    );
  };

const KINDS = {
  button,
  overflow,
  feedback_buttons: feedback,
  plain_text_input: textLike("text"),
  email_text_input: textLike("email"),
  url_text_input: textLike("url"),
  number_input: textLike("number"),
  datepicker: picker("date", "selected_date", "initial_date"),
  timepicker: picker("time", "selected_time", "initial_time"),
  datetimepicker: picker("datetime-local", "selected_date_time", "initial_date_time", {
    toField: (value) => Math.floor(new Date(value).getTime() / 1000),
    toInput: localMinute,
  }),
  static_select: oneOf("selected_option", "initial_option"),
  users_select: oneOf("selected_user", "initial_user"),
  channels_select: oneOf("selected_channel", "initial_channel"),
  conversations_select: oneOf("selected_conversation", "initial_conversation"),
  multi_static_select: ticks("checkbox", "selected_options", "initial_options"),
  multi_users_select: ticks("checkbox", "selected_users", "initial_users"),
  multi_channels_select: ticks("checkbox", "selected_channels", "initial_channels"),
  multi_conversations_select: ticks("checkbox", "selected_conversations", "initial_conversations"),
  checkboxes: ticks("checkbox", "selected_options", "initial_options"),
  radio_buttons: ticks("radio", "selected_option", "initial_option"),
};
