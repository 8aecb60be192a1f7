// Nothing agreed with what was asked: the likely causes, and what the register covers. Never whether there is such a certificate.

import { readCoverage } from "./coverage.js";
import { fill, part } from "./elements.js";
import { isMiscopied } from "./shapes.js";

/** Show the causes for a question as docs/api.md has it: by number, or by manual code. */
export async function showCauses(question) {
  const section = part("[data-causes]");
  const kind = question.number === undefined ? "code" : "number";
  for (const cause of section.querySelectorAll("[data-cause]")) cause.hidden = cause.dataset.cause !== kind;
  part("[data-miscopied]").hidden = kind === "code" || !isMiscopied(question.number);
  section.hidden = false;
  const coverage = await readCoverage();
  part("[data-coverage]").hidden = coverage === null;
  if (coverage !== null) fill("[data-coverage-words]", coverage);
}
