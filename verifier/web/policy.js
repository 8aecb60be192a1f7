// Which witnesses' cosignatures a checkpoint needs (C2SP tlog-policy).

import { BadNote, COSIGNATURE, LOG_SIGNATURE, cosignedAt, decodeUtf8, decodeVerifierKey, toHex } from "./note.js";

const MAX_BYTES = 262_144;
const MAX_NAMES = 256;
const FORBIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f]/;

/**
 * Parse a policy. Names are octets, each a character of the same number.
 * @returns {Promise<{quorum: ?string, witnesses: Map<string, Object>, groups: Map<string, Object>}>}
 *   `quorum` is null when the policy asks for no witness.
 * @throws {BadNote}
 */
export async function decodePolicy(raw) {
  const octets = Array.from(raw, (octet) => String.fromCharCode(octet)).join("");
  if (raw.length > MAX_BYTES || FORBIDDEN.test(octets)) throw new BadNote("policy characters");
  if (octets !== "" && !octets.endsWith("\n")) throw new BadNote("last line of the policy");
  const policy = { quorum: undefined, witnesses: new Map(), groups: new Map() };
  const seen = { logs: new Set(), witnesses: new Set(), members: new Set() };
  for (const line of octets.split("\n")) {
    const [keyword, ...words] = line.split(/[ \t]+/).filter(Boolean);
    if (keyword && !keyword.startsWith("#")) await takeLine(policy, seen, keyword, words);
  }
  if (policy.quorum === undefined) throw new BadNote("policy without quorum");
  return policy;
}

/** Whether the note carries the cosignatures that the policy asks for. @throws {BadNote} when one is wrong. */
export async function meetsQuorum(note, policy) {
  const cosigned = new Set();
  for (const [name, key] of policy.witnesses) {
    if ((await cosignedAt(note, key)) !== null) cosigned.add(name);
  }
  return policy.quorum === null || isWitnessed(policy, policy.quorum, cosigned);
}

function isWitnessed(policy, name, cosigned) {
  const group = policy.groups.get(name);
  if (!group) return cosigned.has(name);
  return group.members.filter((member) => isWitnessed(policy, member, cosigned)).length >= group.threshold;
}

async function takeLine(policy, seen, keyword, words) {
  if (keyword === "log") await newKey(seen.logs, LOG_SIGNATURE, words, 0);
  else if (keyword === "witness") {
    const name = newName(policy, words[0]);
    policy.witnesses.set(name, await newKey(seen.witnesses, COSIGNATURE, words, 1));
  } else if (keyword === "group") {
    const [name, rule, ...members] = words;
    policy.groups.set(newName(policy, name), group(policy, seen.members, rule, members));
  } else if (keyword === "quorum" && policy.quorum === undefined) policy.quorum = quorum(policy, words);
  else throw new BadNote("policy keyword");
}

// The key at place `at` of a line; an address may follow. No public key stands twice under one keyword.
async function newKey(seen, type, words, at) {
  if (words.length !== at + 1 && words.length !== at + 2) throw new BadNote("words of a policy line");
  const line = decodeUtf8(Uint8Array.from(words[at], (character) => character.charCodeAt(0)));
  const key = await decodeVerifierKey(line);
  if (key.type !== type) throw new BadNote("type of a policy key");
  takeOnce(seen, toHex(key.publicKey));
  return key;
}

// A group may only name what was defined before it, so groups cannot form a circle; and each name once, so that no
// witness counts twice.
function group(policy, seen, rule, members) {
  const threshold = { all: members.length, any: 1 }[rule] ?? (/^[1-9][0-9]{0,2}$/.test(rule) ? Number(rule) : 0);
  if (threshold < 1 || threshold > members.length) throw new BadNote("threshold");
  if (!members.every((member) => isDefined(policy, member))) throw new BadNote("group member");
  for (const member of members) takeOnce(seen, member);
  return { threshold, members };
}

function takeOnce(seen, item) {
  if (seen.has(item)) throw new BadNote("twice in a policy");
  seen.add(item);
}

function quorum(policy, words) {
  const [name] = words;
  if (words.length !== 1 || (name !== "none" && !isDefined(policy, name))) throw new BadNote("quorum");
  return name === "none" ? null : name;
}

function newName(policy, name) {
  if (!name || name === "none" || isDefined(policy, name)) throw new BadNote("policy name");
  if (policy.witnesses.size + policy.groups.size >= MAX_NAMES) throw new BadNote("number of policy names");
  return name;
}

function isDefined(policy, name) {
  return policy.witnesses.has(name) || policy.groups.has(name);
}
