// From evidence to a verdict (docs/formats/verdict.md). Pure: time and place come in as arguments.

import { ageWords, areaCode, areaName, copyNames, fillBoth, isCopy, isKnown, isLimited, isOffLine, regionName } from "./answer_words.js";
import { dateInChina } from "./calendar.js";
import { maskName } from "./names.js";

const HISTORICAL_LABEL = "历史数据";
const SCHEMA = "certsvc-verdict/1";
const STANDING = new Set(["valid", "historical"]);
const CLOCK_TOLERANCE = 300;
const LIMIT_ON_LINE = { zh: "1 小时", en: "1 hour" };
const LIMIT_OFF_LINE = { zh: "7 天", en: "7 days" };
const FAILED = "failed";
const UNDETERMINED = "undetermined";
// The first two digits of GB/T 2260 outside this province: the tables name the regions of this one alone.
const OTHER_PROVINCES = new Set(
  "11 12 13 14 15 21 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82".split(" "),
);
const PLACE_CODES = { yes: [], no: ["not-valid-here"], coarse: ["place-too-coarse"], unknown: ["place-unknown"] };

/** Greatest age, in seconds, of the ledger for an answer given on line. */
export const MAX_AGE_ON_LINE = 3600;

/** Greatest age, in seconds, of a ledger that this browser has kept for times without network. */
export const MAX_AGE_OFF_LINE = 7 * 86_400;

/**
 * The verdict on the evidence.
 * @param evidence from `gatherEvidence` (check.js), or with the `basis` that gathering.js adds.
 * @param words effects and texts: `{codes, answers, finding_statuses, statuses}` of codes.json and words.json.
 * @param now seconds since 1970.
 * @param place six digits as text, or null when nobody asked.
 * @returns {Object} a verdict of schema 1.
 */
export function judge(evidence, words, now, place = null) {
  const age = evidence.asOf === null ? null : Math.max(0, now - evidence.asOf);
  const codes = findingCodes(evidence, now, place);
  const names = {
    area: areaName(evidence),
    place: place && regionName(evidence.tables, place),
    age: ageWords(age),
    limit: isOffLine(evidence) ? LIMIT_OFF_LINE : LIMIT_ON_LINE,
    ...copyNames(evidence, words.finding_statuses),
  };
  return {
    schema: SCHEMA,
    verdict: outcome(codes, evidence, words),
    authentic: evidence.authentic,
    status: evidence.status,
    validity_area: validityArea(evidence),
    valid_here: validHere(evidence, place),
    as_of: evidence.asOf === null ? null : new Date(evidence.asOf * 1000).toISOString().replace(".000Z", "Z"),
    checkpoint_age: age,
    not_established: codes.filter((code) => words.codes[code].effect === UNDETERMINED || code === "no-witnesses"),
    findings: codes.map((code) => ({ code, ...fillBoth(words.codes[code], names) })),
    certificate: certificateOf(evidence),
    holder: isKnown(evidence) ? maskName(evidence.claims.name) : null,
    decision: evidence.decision,
    replaced_by: evidence.replacedBy,
    historical: historicalOf(evidence),
    annotation: annotationOf(evidence, now),
    comparison: null, // nothing printed was presented here: files are compared by the service
  };
}

function findingCodes(evidence, now, place) {
  const codes = evidence.foreignAddress ? ["foreign-address"] : [];
  if (evidence.treeSize !== null) codes.push(...freshnessCodes(evidence, now));
  codes.push(...evidence.problems);
  if (!["valid", "unknown"].includes(evidence.status)) codes.push(evidence.status.replace("_", "-"));
  if (isCopy(evidence)) codes.push(hasEnded(evidence, now) ? "copy-ended" : (evidence.copyStanding ?? "annotated-copy"));
  if (isLimited(evidence)) codes.push("area-limited");
  if (isCertificate(evidence) && place !== null) codes.push(...PLACE_CODES[placeRelation(evidence, place)]);
  if (evidence.test) codes.push("test-environment");
  return codes;
}

// A stale ledger leaves "valid" open; a revocation that it names counts all the same (a failing code outweighs).
function freshnessCodes({ witnesses, asOf, basis }, now) {
  const codes = { missing: ["quorum-missing"], "none asked": ["no-witnesses"] }[witnesses] ?? [];
  if (asOf === null) return [...codes, "checkpoint-age-unknown"];
  if (asOf > now + CLOCK_TOLERANCE) return [...codes, "checkpoint-from-future"];
  const limit = isOffLine({ basis }) ? MAX_AGE_OFF_LINE : MAX_AGE_ON_LINE;
  return now - asOf > limit ? [...codes, "checkpoint-stale"] : codes;
}

// What is known to be wrong fails; without a known good status nothing passes.
function outcome(codes, evidence, words) {
  const effects = new Set(codes.map((code) => words.codes[code].effect));
  if (effects.has(FAILED)) return FAILED;
  const good = evidence.authentic === "yes" && STANDING.has(evidence.status);
  return effects.has(UNDETERMINED) || !good ? UNDETERMINED : "passed";
}

function validHere(evidence, place) {
  if (place === null || !isCertificate(evidence)) return "not_asked";
  const relation = placeRelation(evidence, place);
  return { coarse: "undetermined", unknown: "undetermined" }[relation] ?? relation;
}

// A place coarser than a county (city, province, a city's districts as a whole) cannot be answered.
function placeRelation({ claims, tables }, place) {
  if (!/^[0-9]{6}$/.test(place)) return "unknown";
  const name = tables?.regions?.[place];
  if (claims.area === null) return name === undefined ? "unknown" : "yes";
  const area = String(claims.area);
  if (name === undefined && place !== area && !liesElsewhere(place, area)) return "unknown";
  if (place.endsWith("00") || name === "市辖区") return "coarse";
  return place === area ? "yes" : "no";
}

// Whether a code that the tables do not name belongs to another province than the area.
function liesElsewhere(place, area) {
  const province = place.slice(0, 2);
  return OTHER_PROVINCES.has(province) && province !== area.slice(0, 2);
}

function isCertificate(evidence) {
  return isKnown(evidence) && evidence.claims.historical === null;
}

function hasEnded({ claims }, now) {
  return dateInChina(now) > claims.copy.endsOn;
}

function validityArea(evidence) {
  return isLimited(evidence) ? { code: areaCode(evidence), name: areaName(evidence) } : null;
}

// What an unverified record says is no statement of anybody: it stays out of the verdict.
function certificateOf(evidence) {
  if (!isCertificate(evidence)) return null;
  const { claims, tables } = evidence;
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

// The record leaves out what only the register holds: old number, issuing body, committee, document.
function historicalOf(evidence) {
  if (!isKnown(evidence) || evidence.claims.historical === null) return null;
  const { reference, version, title, series, level, acquired, quality } = evidence.claims.historical;
  return {
    reference, version, label: HISTORICAL_LABEL, original_number: null, title, series, level, acquired,
    precision: acquired.length === 10 ? "day" : "month", quality, issuing_body: null, committee: null, document: null,
  };
}

function annotationOf(evidence, now) {
  if (!isCopy(evidence)) return null;
  const { id, recipient, purpose, endsOn } = evidence.claims.copy;
  return { id, recipient, purpose, ends_on: endsOn, ended: hasEnded(evidence, now) };
}

function nameOf(table, code) {
  return table?.[String(code)] ?? String(code);
}
