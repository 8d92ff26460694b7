// The `rich_text` block. Its text is literal: Slack neither escapes nor parses it.
import { h, link } from "./dom.js";
import { broadcast, channelMention, date, emoji, mention } from "./mrkdwn.js";

export const richText = (block) => h("div.rich-text", null, lists(block.elements ?? []));

/** Neighbouring lists of growing indent are one nested list. */
function lists(elements) {
  const out = [];
  const open = []; // [{indent, node}], outermost first
  for (const element of elements) {
    if (element.type !== "rich_text_list") {
      open.length = 0;
      out.push(part(element));
      continue;
    }
    const depth = element.indent ?? 0;
    while (
      open.length &&
      open.at(-1).depth >= depth &&
      !(open.at(-1).depth === depth && open.at(-1).style === element.style)
    )
      open.pop();
    const same = open.at(-1)?.depth === depth ? open.at(-1).node : null;
    const node =
      same ??
      h(element.style === "ordered" ? "ol" : "ul", { start: element.offset ? String(element.offset + 1) : null });
    node.append(...element.elements.map((item) => h("li", null, inlines(item.elements))));
    if (same) continue;
    (open.at(-1)?.node.lastElementChild ?? { append: (list) => out.push(list) }).append(node);
    open.push({ depth, style: element.style, node });
  }
  return out;
}

function part(element) {
  if (element.type === "rich_text_section") return h("p.mrkdwn", null, inlines(element.elements));
  if (element.type === "rich_text_quote") return h("blockquote.mrkdwn", null, inlines(element.elements));
  if (element.type === "rich_text_preformatted") return h("pre", null, h("code", null, inlines(element.elements)));
  return h("p.unknown", null, `Unknown rich text: ${element.type}`);
}

const inlines = (elements) => (elements ?? []).map((element) => styled(inline(element), element.style ?? {}));

function inline(element) {
  switch (element.type) {
    case "text":
      return element.text;
    case "link":
      return link(element.url, element.text || element.url);
    case "emoji":
      return emoji(element.name);
    case "user":
      return mention(element.user_id);
    case "channel":
      return channelMention(element.channel_id);
    case "broadcast":
      return broadcast(element.range);
    case "usergroup":
      return h("span.mention", null, `@${element.usergroup_id}`);
    case "date":
      return date(element.timestamp, element.format, element.url, element.fallback);
    case "color":
      return h("code", null, element.value);
    default:
      return h("span.unknown", null, `[${element.type}]`);
  }
}

const STYLES = { code: "code", bold: "strong", italic: "em", strike: "s", underline: "u" };

const styled = (node, style) =>
  Object.entries(STYLES).reduce((inner, [name, tag]) => (style[name] ? h(tag, null, inner) : inner), node);
