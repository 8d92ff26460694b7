// The workspace's emoji: the server knows which there are, this knows how to find one.
import { workspace } from "./live.js";

const FAVOURITES = "+1 -1 heart joy tada eyes pray white_check_mark a b handshake crossed_swords trophy fire rocket";
const FIRST = FAVOURITES.split(" ");

/** The character of `name` ("thumbsup", "wave::skin-tone-3"), or undefined. */
export function glyph(name) {
  const [base, tone] = name.split("::skin-tone-");
  const found = Object.hasOwn(workspace.state.emoji, base) ? workspace.state.emoji[base] : undefined;
  return found && tone ? found.replace("\uFE0F", "") + String.fromCodePoint(0x1f3f9 + Number(tone)) : found;
}

/** [name, character] of each emoji whose name has `query` in it, best first; the favourites lead when it is empty. */
export function findEmoji(query) {
  const wanted = query.toLowerCase().replaceAll(":", "").trim();
  const place = (name) =>
    wanted ? Number(!name.startsWith(wanted)) : (FIRST.indexOf(name) + FIRST.length + 1) % (FIRST.length + 1);
  const known = Object.entries(workspace.state.emoji).filter(([name]) => name.includes(wanted));
  const sorted = known.sort((a, b) => place(a[0]) - place(b[0]));
  const seen = new Set();
  return sorted.filter(([, character]) => !seen.has(character) && seen.add(character)); // an alias shows once
}
