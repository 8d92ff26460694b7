// The `markdown` block: Markdown as models write it (CommonMark with tables, tasks and strikethrough), to nodes.
import { h } from "./dom.js";
import { inline } from "./inline.js";
import { code } from "./mrkdwn.js";

export function markdown(source) {
  const lines = source
    .replace(/\r\n?/g, "\n")
    .split("\n")
    .map((line) => line.replace(/^[ \t]+/, (lead) => lead.replaceAll("\t", "    ")));
  return h("div.markdown", null, blocks(lines));
}

const FENCE = /^( {0,3})(`{3,}|~{3,})[ \t]*([^`]*)$/;
const HEADING = /^ {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$/;
const RULE = /^ {0,3}([-*_])(?:[ \t]*\1){2,}[ \t]*$/;
const QUOTE = /^ {0,3}(?:>|&gt;) ?/;
const ITEM = /^( *)([-*+•]|\d{1,9}[.)])(?:( +)(.*)|$)/;
const DELIMITERS = /^ {0,3}\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$/;
const BLANK = /^\s*$/;

const indent = (line) => line.length - line.trimStart().length;
const interrupts = (line) =>
  FENCE.test(line) ||
  HEADING.test(line) ||
  RULE.test(line) ||
  QUOTE.test(line) ||
  /^ {0,3}(?:[-*+•]|1[.)]) +\S/.test(line);

// Each reader takes (lines, at) and answers [node, next line], or null when the block is not of its kind.
const READERS = [fence, heading, rule, quote, list, table, paragraph];

function blocks(lines) {
  const out = [];
  let at = 0;
  while (at < lines.length) {
    if (BLANK.test(lines[at])) {
      at += 1;
      continue;
    }
    for (const read of READERS) {
      const found = read(lines, at);
      if (!found) continue;
      out.push(found[0]);
      at = found[1];
      break;
    }
  }
  return out;
}

function fence(lines, at) {
  const open = lines[at].match(FENCE);
  if (!open) return null;
  const [, lead, mark, info] = open;
  const close = new RegExp(`^ {0,3}${mark[0]}{${mark.length},}[ \\t]*$`);
  let end = at + 1;
  while (end < lines.length && !close.test(lines[end])) end += 1;
  const body = lines.slice(at + 1, end).map((line) => line.slice(Math.min(indent(line), lead.length)));
  const pre = h("pre", { data: { lang: info.trim().split(/\s/)[0] || null } }, h("code", null, code(body.join("\n"))));
  return [pre, end + 1];
}

function heading(lines, at) {
  const found = lines[at].match(HEADING);
  return found && [h(`h${found[1].length}`, null, inline(found[2] ?? "")), at + 1];
}

function rule(lines, at) {
  return RULE.test(lines[at]) ? [h("hr"), at + 1] : null;
}

function quote(lines, at) {
  if (!QUOTE.test(lines[at])) return null;
  let end = at;
  const inner = [];
  while (end < lines.length && !BLANK.test(lines[end])) {
    if (!QUOTE.test(lines[end]) && interrupts(lines[end])) break;
    inner.push(lines[end].replace(QUOTE, ""));
    end += 1;
  }
  return [h("blockquote", null, blocks(inner)), end];
}

function list(lines, at) {
  const first = lines[at].match(ITEM);
  if (!first || RULE.test(lines[at]) || first[1].length > 3) return null;
  const base = first[1].length;
  const kind = first[2].at(-1);
  const items = [];
  let end = at;
  while (end < lines.length) {
    const found = lines[end].match(ITEM);
    if (!found || found[2].at(-1) !== kind || found[1].length > base + 1 || RULE.test(lines[end])) break;
    const inner = [found[4] ?? ""];
    const width = found[1].length + found[2].length + (found[3]?.length > 4 ? 1 : (found[3]?.length ?? 1));
    end += 1;
    for (; end < lines.length; end += 1) {
      const line = lines[end];
      if (BLANK.test(line)) inner.push("");
      // Models indent by two under "1." as well: anything two deeper than the marker belongs to the item.
      else if (indent(line) >= Math.min(width, base + 2)) inner.push(line.slice(Math.min(indent(line), width)));
      else if (inner.at(-1) !== "" && !ITEM.test(line) && !interrupts(line)) inner.push(line.trimStart());
      else break;
    }
    items.push(item(inner));
  }
  const ordered = /\d/.test(first[2]);
  return [h(ordered ? "ol" : "ul", { start: ordered ? String(parseInt(first[2], 10)) : null }, items), end];
}

function item(lines) {
  const task = lines[0].match(/^\[([ xX])\][ \t]+(.*)$/);
  if (!task) return h("li", null, blocks(lines));
  const box = h("input", {
    type: "checkbox",
    disabled: true,
    checked: task[1] !== " ",
    "aria-label": task[1] === " " ? "to do" : "done",
  });
  return h("li.task", null, box, h("div", null, blocks([task[2], ...lines.slice(1)])));
}

function table(lines, at) {
  if (!lines[at].includes("|") || !DELIMITERS.test(lines[at + 1] ?? "")) return null;
  const head = cells(lines[at]);
  const aligns = cells(lines[at + 1]).map((cell) =>
    /^:.*:$/.test(cell) ? "center" : cell.endsWith(":") ? "right" : null,
  );
  if (head.length !== aligns.length) return null;
  let end = at + 2;
  while (end < lines.length && !BLANK.test(lines[end]) && !interrupts(lines[end])) end += 1;
  const row = (kind, line) =>
    h(
      "tr",
      null,
      head.map((_, n) => h(`${kind}${aligns[n] ? `.${aligns[n]}` : ""}`, null, inline(line[n] ?? ""))),
    );
  const body = lines.slice(at + 2, end).map((line) => row("td", cells(line)));
  return [grid(h("thead", null, row("th", head)), h("tbody", null, body)), end];
}

/** A table that scrolls by itself when it is wider than its message. */
export const grid = (...parts) =>
  h("div.grid", { tabindex: 0, role: "region", "aria-label": "Table" }, h("table", null, parts));

function cells(line) {
  const out = [""];
  let ticks = false;
  const body = line
    .trim()
    .replace(/^\|/, "")
    .replace(/(?<!\\)\|$/, "");
  for (let at = 0; at < body.length; at += 1) {
    if (body[at] === "\\" && body[at + 1] === "|") out[out.length - 1] += body[(at += 1)];
    else if (body[at] === "|" && !ticks) out.push("");
    else {
      if (body[at] === "`") ticks = !ticks && body.indexOf("`", at + 1) > 0;
      out[out.length - 1] += body[at];
    }
  }
  return out.map((cell) => cell.trim());
}

function paragraph(lines, at) {
  let end = at + 1;
  for (; end < lines.length && !BLANK.test(lines[end]); end += 1) {
    if (interrupts(lines[end]) || (lines[end].includes("|") && DELIMITERS.test(lines[end + 1] ?? ""))) break;
  }
  const text = lines.slice(at, end).map((line) => line.trimStart().replace(/(?: +|\\)$/, ""));
  return [h("p", null, inline(text.join("\n"))), end];
}
