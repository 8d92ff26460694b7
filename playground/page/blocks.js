// Block Kit → nodes: one function a block type.
import { chart } from "./charts.js";
import { h, link, safeUrl, arrange } from "./dom.js";
import { element } from "./elements.js";
import { grid, markdown } from "./markdown.js";
import { plain, textObject } from "./mrkdwn.js";
import { richText } from "./richtext.js";

const BLOCKS = {
  section(block, ctx) {
    const body = [
      block.text && h("div.mrkdwn", null, textObject(block.text)),
      block.fields &&
        h(
          "div.fields",
          null,
          block.fields.map((field) => h("div.mrkdwn", null, textObject(field))),
        ),
    ];
    return [
      h("div.section-text", null, body),
      block.accessory && h("div.accessory", null, piece(block.accessory, block, ctx)),
    ];
  },
  header: (block) => [h("h3", null, textObject(block.text))],
  divider: () => [h("hr")],
  markdown: (block) => [markdown(block.text ?? "")],
  rich_text: (block) => [richText(block)],
  context: (block, ctx) => block.elements.map((part) => piece(part, block, ctx)),
  actions: (block, ctx) => block.elements.map((part) => piece(part, block, ctx)),
  context_actions: (block, ctx) => block.elements.map((part) => piece(part, block, ctx)),
  image: (block) => [h("figure", null, block.title && h("figcaption", null, textObject(block.title)), picture(block))],
  table: (block) => [tableBlock(block)],
  data_table: (block) => [h("figure", null, h("figcaption", null, block.caption ?? ""), tableBlock(block))],
  data_visualization: (block) => [chart(block)],
  video: (block) => [
    link(block.title_url ?? block.video_url, "▶ ", ...textObject(block.title)),
    h("div.mrkdwn", null, textObject(block.description)),
  ],
  file: (block) => [
    link(block.external_url ?? `/files/${block.file_id ?? block.external_id}`, "📎 ", block.external_id ?? "File"),
  ],
  input(block, ctx) {
    const id = `label-${block.block_id}`;
    const optional = block.optional && h("span.optional", null, " (optional)");
    return [
      h("div.label", { id }, textObject(block.label), optional),
      element(block.element, block, ctx, id),
      block.hint && h("p.note.under", null, textObject(block.hint)),
      h("p.field-error", { role: "alert", data: { testid: "field-error" }, hidden: true }),
    ];
  },
};

/** Text, picture or control: whatever may stand inside a block. */
function piece(part, block, ctx) {
  if (part.type === "mrkdwn" || part.type === "plain_text") return h("div.mrkdwn", null, textObject(part));
  return part.type === "image" ? picture(part) : element(part, block, ctx);
}

function picture(spec) {
  const src = safeUrl(spec.image_url ?? spec.slack_file?.url ?? `/files/${spec.slack_file?.id}/image`);
  return src
    ? h("img", { src, alt: spec.alt_text ?? "", loading: "lazy", referrerpolicy: "no-referrer" })
    : h("span.unknown", null, spec.alt_text ?? "image");
}

function tableBlock(block) {
  const column = (at) => block.column_settings?.[at] ?? {};
  const classes = (at) =>
    [column(at).align, column(at).is_wrapped === false && "nowrap"]
      .filter(Boolean)
      .map((name) => `.${name}`)
      .join("");
  const cell = (tag) => (content, at) =>
    h(
      `${tag}${classes(at)}`,
      null,
      content?.type === "rich_text" ? richText(content) : String(content?.text ?? content?.value ?? ""),
    );
  const row = (tag) => (cells) => h("tr", null, cells.map(cell(tag)));
  const [head, ...rest] = block.rows ?? [];
  return grid(head && h("thead", null, row("th")(head)), h("tbody", null, rest.map(row("td"))));
}

function content(block, ctx) {
  try {
    return (
      BLOCKS[block.type]?.(block, ctx) ?? [
        h("span.unknown", null, `This page does not show blocks of type ${block.type}`),
      ]
    );
  } catch (fault) {
    console.error(fault, block); // one bad block must not take the page with it
    return [h("span.unknown", null, `This page cannot show this block of type ${block.type}`)];
  }
}

function draw(block, ctx) {
  return h(
    `div.block.${block.type.replace(/\W/g, "_")}`,
    { data: { blockId: block.block_id, blockType: block.type } },
    content(block, ctx),
  );
}

/** Make `root` show `blocks`; a block that did not change keeps its node, and with it focus and selection. */
export function showBlocks(root, blocks, ctx, salt = "") {
  const old = new Map([...root.children].map((node) => [node.blockKey, node]));
  const seen = new Map();
  arrange(
    root,
    blocks.map((block) => {
      const json = salt + JSON.stringify(block);
      const nth = (seen.get(json) ?? 0) + 1;
      seen.set(json, nth);
      const key = `${nth} ${json}`;
      const node = old.get(key) ?? draw(block, ctx);
      node.blockKey = key;
      return node;
    }),
  );
}

/** A message's text as one line, for announcements and labels. */
export const gist = (message) =>
  plain({ text: message.text ?? "" })
    .replace(/<[^>]*>/g, "")
    .slice(0, 200);
