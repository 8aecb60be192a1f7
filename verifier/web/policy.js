// Which witnesses' cosignatures a checkpoint needs (C2SP tlog-policy).

import { BadNote, COSIGNATURE, cosignedAt, decodeVerifierKey } from "./note.js";

/**
 * Parse a policy.
 * @returns {Promise<{quorum: ?string, witnesses: Map<string, Object>, groups: Map<string, Object>}>}
 *   `quorum` is null when the policy asks for no witness.
 * @throws {BadNote}
 */
export async function decodePolicy(raw) {
  const policy = { quorum: undefined, witnesses: new Map(), groups: new Map() };
  for (const line of new TextDecoder().decode(raw).split("\n")) {
    const [keyword, ...words] = line.split(/[ \t]+/).filter(Boolean);
    if (keyword && !keyword.startsWith("#")) await takeLine(policy, keyword, words);
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

async function takeLine(policy, keyword, words) {
  const [first, second, ...rest] = words;
  if (keyword === "log") return;
  if (keyword === "witness") policy.witnesses.set(newName(policy, first), await witnessKey(second));
  else if (keyword === "group") policy.groups.set(newName(policy, first), group(policy, second, rest));
  else if (keyword === "quorum" && policy.quorum === undefined) policy.quorum = quorum(policy, first);
  else throw new BadNote("policy keyword");
}

async function witnessKey(line) {
  const key = await decodeVerifierKey(line ?? "");
  if (key.type !== COSIGNATURE) throw new BadNote("type of a witness key");
  return key;
}

// A group may only name what was defined before it, so groups cannot form a circle.
function group(policy, rule, members) {
  const threshold = { all: members.length, any: 1 }[rule] ?? (/^[1-9][0-9]{0,2}$/.test(rule) ? Number(rule) : 0);
  if (threshold < 1 || threshold > members.length) throw new BadNote("threshold");
  if (!members.every((member) => isDefined(policy, member))) throw new BadNote("group member");
  return { threshold, members };
}

function quorum(policy, name) {
  if (name !== "none" && !isDefined(policy, name)) throw new BadNote("quorum");
  return name === "none" ? null : name;
}

function newName(policy, name) {
  if (!name || name === "none" || isDefined(policy, name)) throw new BadNote("policy name");
  return name;
}

function isDefined(policy, name) {
  return policy.witnesses.has(name) || policy.groups.has(name);
}
