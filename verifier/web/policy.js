// Which witnesses' cosignatures a checkpoint needs (C2SP tlog-policy).

import {
  BadNote, COSIGNATURE, LOG_SIGNATURE, cosignedAt, decodeUnknownKey, decodeUtf8, decodeVerifierKey, toHex,
} from "./note.js";

const MAX_BYTES = 262_144;
const MAX_NAMES = 256;
const LAST_SECOND = 253_402_300_799; // 9999-12-31T23:59:59Z: the calendar of a verdict ends there
const FORBIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f]/;

/**
 * Parse a policy. Names are octets, each a character of the same number.
 * @returns {Promise<{quorum: ?string, witnesses: Map<string, Object>, silent: Set<string>, groups: Map<string, Object>}>}
 *   `silent`: witnesses whose keys are of a type that is not verified here, who never cosign. `quorum` is null when the policy asks for no witness.
 * @throws {BadNote}
 */
export async function decodePolicy(raw) {
  const octets = Array.from(raw, (octet) => String.fromCharCode(octet)).join("");
  if (raw.length > MAX_BYTES || FORBIDDEN.test(octets)) throw new BadNote("policy characters");
  if (octets !== "" && !octets.endsWith("\n")) throw new BadNote("last line of the policy");
  const policy = { quorum: undefined, witnesses: new Map(), silent: new Set(), groups: new Map() };
  const seen = { logs: new Set(), witnesses: new Set(), members: new Set() };
  for (const line of octets.split("\n")) {
    const [keyword, ...words] = line.split(/[ \t]+/).filter(Boolean);
    if (keyword && !keyword.startsWith("#")) await takeLine(policy, seen, keyword, words);
  }
  if (policy.quorum === undefined) throw new BadNote("policy without quorum");
  return policy;
}

/**
 * Whether the note carries the cosignatures that the policy asks for, and when its tree was the newest. The log's operator
 * can date an old tree anew; witnesses that know a newer one do not. With a quorum the time is therefore the newest one
 * at or after which a quorum cosigned, and never later than the log's own.
 * @param logTime seconds since 1970 of the log's own cosignature, or null.
 * @returns {Promise<{quorumMet: boolean, asOf: ?number}>} `asOf`: seconds since 1970; null when it is not known.
 * @throws {BadNote} when a cosignature is wrong.
 */
export async function witnessedBy(note, policy, logTime) {
  const times = new Map();
  for (const [name, key] of policy.witnesses) {
    const seconds = await cosignedAt(note, key);
    if (seconds !== null) times.set(name, seconds);
  }
  const quorumAt = policy.quorum === null ? null : newestQuorum(policy, policy.quorum, times);
  const quorumMet = policy.quorum === null || quorumAt !== null;
  const asOf = logTime === null || quorumAt === null ? logTime : Math.min(logTime, quorumAt);
  return { quorumMet, asOf: asOf === null || asOf > LAST_SECOND ? null : asOf };
}

// The newest time at or after which enough cosigned: of a group, the threshold-th newest of its members' own.
function newestQuorum(policy, name, times) {
  const group = policy.groups.get(name);
  if (!group) return times.get(name) ?? null;
  const told = group.members.map((member) => newestQuorum(policy, member, times));
  const newestFirst = told.filter((seconds) => seconds !== null).sort((one, other) => other - one);
  return newestFirst[group.threshold - 1] ?? null;
}

async function takeLine(policy, seen, keyword, words) {
  if (keyword === "log") await newKey(seen.logs, LOG_SIGNATURE, words, 0);
  else if (keyword === "witness") {
    const name = newName(policy, words[0]);
    const key = await newKey(seen.witnesses, COSIGNATURE, words, 1);
    if (key === null) policy.silent.add(name);
    else policy.witnesses.set(name, key);
  } else if (keyword === "group") {
    const [name, rule, ...members] = words;
    policy.groups.set(newName(policy, name), group(policy, seen.members, rule, members));
  } else if (keyword === "quorum" && policy.quorum === undefined) policy.quorum = quorum(policy, words);
  else throw new BadNote("policy keyword");
}

// The key at place `at` of a line; an address may follow. No public key stands twice under one keyword. Null for the key
// of a witness whose type is unknown: signatures of such types are skipped, and so they are no reason to refuse a policy.
async function newKey(seen, type, words, at) {
  if (words.length !== at + 1 && words.length !== at + 2) throw new BadNote("words of a policy line");
  const line = decodeUtf8(Uint8Array.from(words[at], (character) => character.charCodeAt(0)));
  const unknown = type === COSIGNATURE ? decodeUnknownKey(line) : null;
  if (unknown !== null) {
    takeOnce(seen, toHex(unknown));
    return null;
  }
  const key = await decodeVerifierKey(line);
  if (key.type !== type) throw new BadNote("type of a policy key");
  takeOnce(seen, toHex(Uint8Array.of(key.type, ...key.publicKey)));
  return key;
}

// A group may only name what was defined before it, so groups cannot form a circle; and each name once, so that no
// witness counts twice.
function group(policy, seen, rule, members) {
  const threshold = thresholdOf(rule, members.length);
  if (!(threshold >= 1 && threshold <= members.length)) throw new BadNote("threshold");
  if (!members.every((member) => isDefined(policy, member))) throw new BadNote("group member");
  for (const member of members) takeOnce(seen, member);
  return { threshold, members };
}

function thresholdOf(rule, count) {
  if (rule === "all") return count;
  if (rule === "any") return 1;
  return /^[1-9][0-9]{0,2}$/.test(rule) ? Number(rule) : 0;
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
  if (policy.witnesses.size + policy.silent.size + policy.groups.size >= MAX_NAMES) throw new BadNote("number of policy names");
  return name;
}

function isDefined(policy, name) {
  return policy.witnesses.has(name) || policy.silent.has(name) || policy.groups.has(name);
}
