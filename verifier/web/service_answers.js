// Questions that only the service answers, by number or by manual code, from asking to the answer on the page; a place of use
// that is chosen afterwards is asked with the same question again.

import { askVerdict } from "./ask.js";
import { showCauses } from "./causes.js";
import { fill, part } from "./elements.js";
import { NO_ANSWERS } from "./no_answer.js";
import { fillPlaces } from "./places.js";
import { pursue } from "./pursuing.js";
import { showChecking, showDecision } from "./render.js";
import { limited } from "./time_limit.js";
import { isNotFound, showTold, showUntold } from "./told.js";

const TABLES_MS = 10_000;
/** Stays while a place is asked about: the hand is on it. */
export const PLACE = "[data-place]";

/** Asks, and shows what is told. */
export class ServiceAnswers {
  /**
   * @param address where verdicts are given.
   * @param words codes.json and words.json.
   * @param offer called with a question and its verdict when there is something to be had for it, else with null.
   * @param suspect called with what the answer is about (suspicion.js).
   */
  constructor({ address, words, offer, suspect }) {
    Object.assign(this, { address, words, offer, suspect });
  }

  /** Ask a question as docs/api.md has it, without a place. */
  ask(sought) {
    return pursue(async (question) => {
      question.subject = { askAgain: () => this.ask(sought) };
      this.offer(null);
      this.suspect(null);
      showChecking(this.words.asking.checking);
      const { verdict, reason, request } = await question.still(askVerdict(this.address, sought, question.signal));
      if (verdict === null) {
        this.suspect({ code: sought.code, number: sought.number });
        showUntold(reason, this.words, request);
      } else {
        const tables = await question.still(readTables(question.signal));
        fillPlaces(tables);
        this.show({ sought, place: null, verdict, tables }, question);
      }
      part("[data-verdict]").focus();
    });
  }

  choosePlace(standing, place) {
    return pursue(async (question) => {
      question.subject = this.subjectOf(standing);
      this.offer(null);
      showChecking(this.words.asking.checking, [PLACE]);
      const { verdict, reason } = await question.still(askVerdict(this.address, withPlace(standing.sought, place), question.signal));
      if (verdict !== null) {
        this.show({ ...standing, place, verdict }, question);
        return;
      }
      // What was known before is known still, and the place can be chosen again.
      part("[data-place-select]").value = standing.place ?? "";
      this.show(standing, question);
      fill("[data-place-told]", unplaced(reason));
    });
  }

  show(standing, question) {
    const { sought, place, verdict, tables } = standing;
    question.subject = this.subjectOf(standing);
    showTold(verdict, this.words, place, tables, sought.number === undefined ? "masked" : "by_number");
    if (isNotFound(verdict)) showCauses(sought);
    if (verdict.decision !== null || verdict.replaced_by !== null) {
      const told = sought.code === undefined ? this.words.decision.by_number : this.words.decision.by_code;
      showDecision({ decision: verdict.decision, replacedBy: verdict.replaced_by }, this.words, told);
    }
    this.suspect({ code: sought.code, number: sought.number });
    this.offer(verdict.authentic === "yes" ? withPlace(sought, place) : null, verdict);
  }

  subjectOf(standing) {
    return {
      askAgain: () => (standing.place === null ? this.ask(standing.sought) : this.choosePlace(standing, standing.place)),
      choosePlace: (place) => this.choosePlace(standing, place),
    };
  }
}

/** What is sent to the service: with the place of use, where one was chosen. */
export function withPlace(question, place) {
  return place === null ? question : { ...question, place };
}

/** The names of codes; null where they are not to be had. */
export async function readTables(signal) {
  try {
    const response = await fetch("/tables.json", { signal: limited(TABLES_MS, signal) });
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}

/** What is said when a place chosen afterwards got no answer. */
export function unplaced(reason) {
  const { zh, en } = (NO_ANSWERS[reason] ?? NO_ANSWERS.busy).next; // a file has reasons of its own
  return {
    zh: `没有得到所选使用地的答复，上面仍是选择以前的结果。${zh}`,
    en: `There was no answer about the place chosen; what stands above is the answer of before. ${en}`,
  };
}
