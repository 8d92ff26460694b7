// Markdown inside a line: emphasis, code, links, and Slack's own marks.
import { h, link } from "./dom.js";
import { angle, code, decode, words } from "./mrkdwn.js";

/** Markdown's inline marks, by CommonMark's delimiter runs. */
export function inline(text) {
  const items = [];
  let plain = "";
  const flush = () => {
    if (plain) items.push(...words(plain));
    plain = "";
  };
  for (let at = 0; at < text.length;) {
    const found = span(text, at);
    if (found) {
      flush();
      items.push(found[0]);
      at = found[1];
    } else if (text[at] === "\\" && /[!-/:-@[-`{-~]/.test(text[at + 1] ?? "")) {
      flush();
      items.push(text[at + 1]);
      at += 2;
    } else if ("*_~".includes(text[at])) {
      flush();
      const run = delimiters(text, at);
      items.push(run);
      at += run.count;
    } else if (text[at] === ":" && /^:[a-z0-9_+'-]+(?:::skin-tone-[2-6])?:/i.test(text.slice(at, at + 80))) {
      const name = text.slice(at).match(/^:[^:]+(?:::skin-tone-\d)?:/)[0]; // its underscores are no marks
      plain += name;
      at += name.length;
    } else if (/^https?:\/\//i.test(text.slice(at, at + 8)) && !/\w/.test(text[at - 1] ?? "")) {
      const address = text.slice(at).match(/^\S+?(?=[*~]*(?:[\s<>]|&[lg]t;|$))/)?.[0] ?? text[at];
      plain += address;
      at += address.length;
    } else plain += text[at++];
  }
  flush();
  return emphasise(items);
}

/** Code, links, pictures (as links) and what stands in angle brackets. */
function span(text, at) {
  if (text[at] === "<") return angle(text, at);
  if (text[at] === "`") {
    const ticks = text.slice(at).match(/^`+/)[0];
    const close = new RegExp(`(?<!\`)${ticks}(?!\`)`, "g");
    close.lastIndex = at + ticks.length;
    const end = close.exec(text);
    if (!end) return [ticks, at + ticks.length];
    const inside = text.slice(at + ticks.length, end.index).replace(/\n/g, " ");
    const trimmed = /^ .*\S.* $/.test(inside) ? inside.slice(1, -1) : inside;
    return [h("code", null, code(trimmed)), close.lastIndex];
  }
  const label = text[at] === "[" ? at : text[at] === "!" && text[at + 1] === "[" ? at + 1 : -1;
  return label < 0 ? null : reference(text, label, label > at);
}

const TARGET = /\(\s*(?:<([^<>\n]*)>|((?:[^\s()\\]|\\.|\([^\s()]*\))*))(?:\s+(?:"[^"]*"|'[^']*'))?\s*\)/y;

function reference(text, open, picture) {
  let depth = 0;
  let end = open;
  for (; end < text.length; end += 1) {
    if (text[end] === "\\") end += 1;
    else if (text[end] === "[") depth += 1;
    else if (text[end] === "]" && --depth === 0) break;
  }
  TARGET.lastIndex = end + 1;
  const target = depth === 0 && TARGET.exec(text);
  if (!target) return null;
  const after = TARGET.lastIndex;
  const address = decode(target[1] ?? target[2]);
  const label = text.slice(open + 1, end);
  return [link(address, ...(picture ? [decode(label) || address] : inline(label))), after];
}

const SPACE = /\s|^$/;
const PUNCTUATION = /[\p{P}\p{S}]/u;

function delimiters(text, at) {
  const mark = text[at];
  let end = at;
  while (text[end] === mark) end += 1;
  const [before, after] = [text[at - 1] ?? "", text[end] ?? ""];
  const left = !SPACE.test(after) && (!PUNCTUATION.test(after) || SPACE.test(before) || PUNCTUATION.test(before));
  const right = !SPACE.test(before) && (!PUNCTUATION.test(before) || SPACE.test(after) || PUNCTUATION.test(after));
  const word = mark === "_";
  return {
    mark,
    count: end - at, // what is not spent yet
    size: end - at,
    opens: left && (!word || !right || PUNCTUATION.test(before)),
    closes: right && (!word || !left || PUNCTUATION.test(after)),
  };
}

function emphasise(items) {
  for (let close = 0; close < items.length; close += 1) {
    while (items[close]?.closes && items[close].count > 0) {
      const open = opener(items, close);
      if (open < 0) break;
      const [from, to] = [items[open], items[close]];
      const struck = to.mark === "~";
      const used = struck ? to.count : Math.min(2, from.count, to.count);
      const inside = items.splice(open + 1, close - open - 1).map(unspent);
      items.splice(open + 1, 0, h(struck ? "s" : used === 2 ? "strong" : "em", null, inside));
      from.count -= used;
      to.count -= used;
      close = open + 2;
    }
  }
  return items.map(unspent);
}

function opener(items, close) {
  const to = items[close];
  for (let at = close - 1; at >= 0; at -= 1) {
    const from = items[at];
    if (from.mark !== to.mark || !from.opens || !from.count) continue;
    if (to.mark === "~" ? from.count === to.count && to.count < 3 : !oddPair(from, to)) return at;
  }
  return -1;
}

// CommonMark's rule of three: of two runs, one of which could both open and close, the sum is no multiple of three.
const oddPair = (from, to) =>
  (from.closes || to.opens) && (from.size + to.size) % 3 === 0 && (from.size % 3 !== 0 || to.size % 3 !== 0);

const unspent = (item) => (item.mark ? item.mark.repeat(item.count) : item);
