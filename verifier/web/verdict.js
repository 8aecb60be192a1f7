// From evidence to a verdict (docs/formats/verdict.md). Pure: time and place come in as arguments.

const SCHEMA = "certsvc-verdict/1";
const STANDING = new Set(["valid", "historical"]);
const CLOCK_TOLERANCE = 300;

/** Greatest age, in seconds, of the ledger for an answer given on line. */
export const MAX_AGE_ON_LINE = 3600;

/**
 * The verdict on the evidence.
 * @param evidence from `gatherEvidence` (check.js).
 * @param wording the parsed findings.json.
 * @param now seconds since 1970.
 * @param place six digits as text, or null when nobody asked.
 * @returns {Object} a verdict of schema 1.
 */
export function judge(evidence, wording, now, place = null) {
  const age = evidence.cosignedAt === null ? null : Math.max(0, now - evidence.cosignedAt);
  const codes = findingCodes(evidence, now, place);
  const names = { area: areaName(evidence), place: place && regionName(evidence.tables, place), age: ageWords(age) };
  return {
    schema: SCHEMA,
    verdict: worstEffect(codes, wording),
    authentic: evidence.authentic,
    status: evidence.status,
    validity_area: validityArea(evidence),
    valid_here: validHere(evidence, place),
    as_of: evidence.cosignedAt === null ? null : new Date(evidence.cosignedAt * 1000).toISOString().replace(".000Z", "Z"),
    checkpoint_age: age,
    not_established: notEstablished(evidence),
    findings: codes.map((code) => ({ code, ...fillBoth(wording.findings[code].text, names) })),
    certificate: certificateOf(evidence),
    holder: evidence.claims && evidence.authentic === "yes" ? maskedName(evidence.claims.name) : null,
    decision: null,
    replaced_by: null,
  };
}

/**
 * The one answer that stands on top of the page: the gravest finding, or "valid".
 * @returns {{mark: string, label: Object, text: Object, next: Object}} texts as `{zh, en}`.
 */
export function answerOf(verdict, evidence, wording, place = null) {
  const names = {
    area: areaName(evidence),
    place: place && regionName(evidence.tables, place),
    age: ageWords(verdict.checkpoint_age),
  };
  const { mark, label, text, next } = entryOf(verdict, wording);
  return { mark, label: fillBoth(label, names), text: fillBoth(text, names), next: fillBoth(next, names) };
}

/** A region's name from the tables; the code itself when the tables do not name it. */
export function regionName(tables, code) {
  return tables?.regions?.[code] ?? code;
}

function entryOf(verdict, wording) {
  const codes = verdict.findings.map(({ code }) => code);
  for (const effect of ["failed", "undetermined"]) {
    const gravest = codes.find((code) => wording.findings[code].effect === effect);
    if (gravest) return wording.findings[gravest];
  }
  if (verdict.validity_area && verdict.valid_here === "yes") return wording.answers["valid-here"];
  const remark = codes.find((code) => code === "area-limited" || code === "historical-record");
  return remark ? wording.findings[remark] : wording.answers.valid;
}

function findingCodes(evidence, now, place) {
  const codes = [...evidence.problems];
  if (evidence.status === "historical") codes.push("historical-record");
  else if (!STANDING.has(evidence.status) && evidence.status !== "unknown") codes.push(`status-${evidence.status}`);
  // A known revocation counts however old the ledger is; only "valid" needs a fresh one.
  if (STANDING.has(evidence.status)) codes.push(...ageCodes(evidence.cosignedAt, now));
  codes.push(...areaCodes(evidence, place));
  if (evidence.test) codes.push("test-environment");
  return codes;
}

function ageCodes(cosignedAt, now) {
  if (cosignedAt > now + CLOCK_TOLERANCE) return ["clock-behind"];
  return now - cosignedAt > MAX_AGE_ON_LINE ? ["checkpoint-stale"] : [];
}

function areaCodes(evidence, place) {
  if (!isLimited(evidence)) return [];
  const relation = placeRelation(evidence, place);
  const asked = { no: ["not-valid-here"], undetermined: ["place-too-coarse"] };
  return [...(asked[relation] ?? []), "area-limited"];
}

function worstEffect(codes, wording) {
  const effects = new Set(codes.map((code) => wording.findings[code].effect));
  return ["failed", "undetermined"].find((effect) => effects.has(effect)) ?? "passed";
}

function validHere(evidence, place) {
  if (place === null) return "not_asked";
  if (evidence.authentic === "no") return "no";
  if (evidence.authentic !== "yes" || evidence.claims === null) return "undetermined";
  const relation = placeRelation(evidence, place);
  if (relation !== "yes") return relation;
  if (evidence.status === "unknown") return "undetermined";
  return STANDING.has(evidence.status) ? "yes" : "no";
}

// A place coarser than a county (city xxxx00, province xx0000) cannot be answered.
function placeRelation(evidence, place) {
  if (place === null) return "not_asked";
  if (!isLimited(evidence) || place === areaCode(evidence)) return "yes";
  return place.endsWith("00") ? "undetermined" : "no";
}

function isLimited(evidence) {
  return evidence.authentic === "yes" && evidence.claims !== null && evidence.claims.area !== null;
}

function validityArea(evidence) {
  return isLimited(evidence) ? { code: areaCode(evidence), name: areaName(evidence) } : null;
}

function areaCode(evidence) {
  return String(evidence.claims.area);
}

function areaName(evidence) {
  return isLimited(evidence) ? regionName(evidence.tables, areaCode(evidence)) : "";
}

function notEstablished(evidence) {
  const missing = [];
  if (evidence.authentic === "unknown") missing.push("authenticity");
  if (evidence.status === "unknown") missing.push("status");
  if (evidence.authentic === "yes") missing.push("holder", "document", "issue-event", "witnesses");
  if (evidence.claims !== null && evidence.trusted && evidence.tables === null) missing.push("tables");
  return missing;
}

// What an unverified record says is no statement of anybody: it stays out of the verdict.
function certificateOf({ authentic, claims, tables }) {
  if (authentic !== "yes" || claims === null) return null;
  return {
    number: claims.number,
    version: claims.version,
    series: nameOf(tables?.series, claims.series),
    title: nameOf(tables?.titles, claims.title),
    level: nameOf(tables?.levels, claims.level),
    way: nameOf(tables?.ways, claims.way),
    dual_directed: claims.dualDirected,
    acquired_on: claims.acquiredOn,
  };
}

function nameOf(table, code) {
  return table?.[String(code)] ?? String(code);
}

function maskedName(name) {
  return `${[...name][0]}**`;
}

function fillBoth(texts, names) {
  return { zh: fill(texts.zh, names, "zh"), en: fill(texts.en, names, "en") };
}

function fill(text, names, language) {
  return text.replace(/\{(\w+)\}/g, (_, key) => names[key]?.[language] ?? names[key] ?? "");
}

function ageWords(age) {
  if (age === null) return { zh: "", en: "" };
  const units = [[86_400, "天", "day"], [3600, "小时", "hour"], [60, "分钟", "minute"]];
  const [seconds, zh, en] = units.find(([length]) => age >= length) ?? units[2];
  const count = Math.floor(age / seconds);
  return { zh: `${count} ${zh}`, en: `${count} ${en}${count === 1 ? "" : "s"}` };
}
