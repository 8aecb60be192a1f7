// Jobs of the service (docs/api.md, Verification jobs): made by a file, and reached by their token from then on.

import { post } from "./posting.js";
import { limited } from "./time_limit.js";

const JOBS = "/api/v1/verification-jobs";
const UPLOAD_MS = 70_000;
const READ_MS = 15_000;
const TABLE_MS = 70_000;
const XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const TYPES = { xlsx: XLSX, jsonl: "application/x-ndjson", ndjson: "application/x-ndjson" };

/** What is understood of a file; nothing is kept. Answers have `status` and `told`, the JSON; rejected without an answer. */
export function preview(file) {
  return upload(`${JOBS}/preview`, file);
}

/** Hand a file in. */
export function begin(file) {
  return upload(JOBS, file);
}

/** How a job stands. */
export function standing(token) {
  return read("GET", token, "", READ_MS).then(answer);
}

/** A page of results behind a position. */
export function results(token, after, most, only) {
  const query = new URLSearchParams({ after, most, ...(only ? { only } : {}) });
  return read("GET", token, `/results?${query}`, READ_MS).then(answer);
}

/** Delete a job. */
export function remove(token) {
  return read("DELETE", token, "", READ_MS).then(({ status }) => ({ status, told: null }));
}

/** The table of results as a Blob, null when it is not to be had. */
export async function table(token, kind, only) {
  const response = await read("GET", token, `/results.${kind}${only ? `?only=${only}` : ""}`, TABLE_MS);
  return response.ok ? response.blob() : null;
}

function upload(address, file) {
  const type = TYPES[(file.name ?? "").split(".").pop().toLowerCase()] ?? "text/csv";
  return post(address, file, UPLOAD_MS, { type }).then(answer);
}

function read(method, token, rest, timeout) {
  return fetch(`${JOBS}/${encodeURIComponent(token)}${rest}`, {
    method,
    signal: limited(timeout),
    cache: "no-store",
    credentials: "omit",
    redirect: "error",
    referrerPolicy: "no-referrer",
  });
}

async function answer(response) {
  return { status: response.status, told: await response.json() };
}
