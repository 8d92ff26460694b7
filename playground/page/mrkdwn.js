// Slack's mrkdwn, and the marks it shares with Markdown: mentions, dates, links, emoji, entities.
import { h, link, safeUrl } from "./dom.js";
import { glyph } from "./emoji.js";
import { workspace } from "./live.js";

const ENTITIES = { lt: "<", gt: ">", amp: "&" };

/** Undo Slack's three escapes, once. */
export const decode = (text) => text.replace(/&(lt|gt|amp);/g, (_, name) => ENTITIES[name]);

const ANGLE = /<([@#!]?)([^<>|\n]+)(?:\|([^<>\n]*))?>/y;
const LOOSE =
  /:([a-z0-9_+'-]+(?:::skin-tone-[2-6])?):|https?:\/\/(?:(?!&[lg]t;)[^\s<>|])*(?!&[lg]t;)[^\s<>|.,;:!?)\]}'"*_~`]/gi;

/** What `<…>` at `at` stands for: [node, end], or null when it is only a character. */
export function angle(text, at) {
  ANGLE.lastIndex = at;
  const found = ANGLE.exec(text);
  const node = found && meaning(found[1], found[2], found[3] && decode(found[3]));
  return node ? [node, ANGLE.lastIndex] : null;
}

function meaning(sigil, target, label) {
  if (sigil === "@") return /^[UWB]\w+$/.test(target) ? mention(target, label) : null;
  if (sigil === "#") return /^[CGD]\w+$/.test(target) ? channelMention(target, label) : null;
  if (sigil === "!") return special(target, label);
  const address = decode(target);
  const external = /^(https?|mailto):/i.test(address) && safeUrl(address);
  return external ? link(address, label || address.replace(/^mailto:/i, "")) : null;
}

/** A live mention stands out, most of all when it calls the reader. */
export function mention(id, label) {
  const name = workspace.user(id)?.name ?? label ?? id;
  return h(`span.mention${id === workspace.me ? ".me" : ""}`, { data: { testid: "mention", user: id } }, `@${name}`);
}

export function channelMention(id, label) {
  const name = workspace.channel(id)?.name ?? label ?? id;
  return h("a.mention", { href: `#/${id}`, data: { testid: "mention", channel: id } }, `#${name}`);
}

export function broadcast(range) {
  return h("span.mention.me", { data: { testid: "mention", broadcast: range } }, `@${range}`);
}

function special(target, label) {
  const [kind, ...rest] = target.split("^");
  if (["here", "channel", "everyone"].includes(kind)) return broadcast(kind);
  if (kind === "subteam") return h("span.mention", { data: { testid: "mention" } }, label ?? `@${rest[0]}`);
  if (kind === "date" && rest.length >= 2) return date(Number(rest[0]), decode(rest[1]), rest[2], label);
  return null;
}

const DATES = {
  date_num: { dateStyle: "short" },
  date: { dateStyle: "long" },
  date_short: { dateStyle: "medium" },
  date_long: { dateStyle: "full" },
  time: { timeStyle: "short" },
  time_secs: { timeStyle: "medium" },
};

/** `<!date^seconds^{date_short} at {time}^url|fallback>`, in the reader's own zone. */
export function date(seconds, format, url, fallback) {
  const when = new Date(seconds * 1000);
  if (Number.isNaN(when.getTime())) return h("span", null, fallback ?? format);
  const words = format.replace(/\{(\w+)\}/g, (whole, name) => {
    if (name === "ago") return ago(when);
    const style = DATES[name.replace("_pretty", "")];
    if (!style) return whole;
    return (name.endsWith("_pretty") && nearDay(when)) || when.toLocaleString(undefined, style);
  });
  const time = h("time", { datetime: when.toISOString(), title: when.toLocaleString() }, words);
  return url ? link(url, time) : time;
}

function ago(when) {
  const minutes = Math.round((when - Date.now()) / 60000);
  const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });
  if (Math.abs(minutes) < 60) return relative.format(minutes, "minute");
  if (Math.abs(minutes) < 2880) return relative.format(Math.round(minutes / 60), "hour");
  return relative.format(Math.round(minutes / 1440), "day");
}

/** "Today", "Yesterday", "Tomorrow", or "". */
export function nearDay(when) {
  const midnight = (value) => new Date(value).setHours(0, 0, 0, 0);
  const days = Math.round((midnight(when) - midnight(Date.now())) / 86400000);
  return { 0: "Today", "-1": "Yesterday", 1: "Tomorrow" }[days] ?? "";
}

/** Words without marks: emoji and bare addresses become live, entities are undone. */
export function words(text, { links = true } = {}) {
  const out = [];
  let from = 0;
  for (const found of text.matchAll(LOOSE)) {
    const node = found[1] ? emoji(found[1], true) : links && link(decode(found[0]), decode(found[0]));
    if (!node) continue;
    out.push(decode(text.slice(from, found.index)), node);
    from = found.index + found[0].length;
  }
  out.push(decode(text.slice(from)));
  return out.filter((part) => part !== "");
}

export function emoji(name, known = false) {
  const character = glyph(name.toLowerCase());
  if (!character) return known ? null : `:${name}:`;
  return h("span.emoji", { role: "img", "aria-label": name.replaceAll("_", " "), title: `:${name}:` }, character);
}

/** The inside of code: no marks, but mentions and links in angle brackets stay live, as they do in Slack. */
export function code(text) {
  const out = [];
  let from = 0;
  for (let at = text.indexOf("<"); at >= 0; at = text.indexOf("<", at + 1)) {
    const found = at >= from && angle(text, at);
    if (!found) continue;
    out.push(decode(text.slice(from, at)), found[0]);
    from = found[1];
  }
  out.push(decode(text.slice(from)));
  return out;
}

const MARKS = { "*": "strong", _: "em", "~": "s" };
const WORD = /[\p{L}\p{N}]/u;

function inline(text) {
  const out = [];
  let from = 0;
  let at = 0;
  while (at < text.length) {
    const found = marked(text, at);
    if (!found) {
      at += 1;
      continue;
    }
    out.push(...words(text.slice(from, at)), found[0]);
    from = at = found[1];
  }
  return [...out, ...words(text.slice(from))];
}

function marked(text, at) {
  const mark = text[at];
  if (mark === "<") return angle(text, at);
  if (mark === "`") {
    const end = text.indexOf("`", at + 1);
    const inside = text.slice(at + 1, end);
    return end > at + 1 && !inside.includes("\n") ? [h("code", null, code(inside)), end + 1] : null;
  }
  if (!MARKS[mark] || WORD.test(text[at - 1] ?? "") || /\s|^$/.test(text[at + 1] ?? "")) return null;
  const end = closing(text, at, mark);
  return end > 0 ? [h(MARKS[mark], null, inline(text.slice(at + 1, end))), end + 1] : null;
}

function closing(text, open, mark) {
  for (let at = open + 1; at < text.length && text[at] !== "\n"; at += 1) {
    if (text[at] === "`") at = Math.max(at, text.indexOf("`", at + 1));
    else if (text[at] === mark && at > open + 1 && !/\s/.test(text[at - 1]) && !WORD.test(text[at + 1] ?? ""))
      return at;
  }
  return -1;
}

/** mrkdwn → nodes; their parent keeps white space (class "mrkdwn"). */
export function mrkdwn(text) {
  return text.split(/```([\s\S]+?)```/).flatMap((part, index, parts) => {
    if (index % 2) return h("pre", null, h("code", null, code(part.replace(/^\n|\n$/g, ""))));
    const before = index > 0 ? part.replace(/^\n/, "") : part;
    return quotes(index < parts.length - 1 ? before.replace(/\n$/, "") : before);
  });
}

const QUOTED = /^(?:&gt;|>) ?/;

function quotes(text) {
  const rest = text.match(/^(?:&gt;|>){3} ?([\s\S]*)/m);
  if (rest) return [...quotes(text.slice(0, rest.index).replace(/\n$/, "")), h("blockquote", null, inline(rest[1]))];
  const out = [];
  let run = [];
  let quoting = false;
  const flush = () => {
    const words = inline(run.join("\n"));
    if (run.length) out.push(...(quoting ? [h("blockquote", null, words)] : words));
    run = [];
  };
  for (const line of text.split("\n")) {
    if (QUOTED.test(line) !== quoting) {
      flush();
      quoting = !quoting;
    }
    run.push(quoting ? line.replace(QUOTED, "") : line);
  }
  flush();
  return out;
}

/** A Slack text object (or a bare string, as mrkdwn). */
export function textObject(text) {
  if (!text) return [];
  if (text.type === "plain_text") return words(text.text ?? "", { links: false });
  return mrkdwn(typeof text === "string" ? text : (text.text ?? ""));
}

/** A text object as one plain string, for labels and titles. */
export const plain = (text) =>
  decode(text?.text ?? "").replace(/:([a-z0-9_+-]+):/g, (whole, name) => glyph(name) ?? whole);
