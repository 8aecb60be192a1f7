// The record of a certificate, checked in this browser, from its text to the answer on the page. What is learnt later belongs
// to the record's state, from which the whole answer is shown each time.

import { isOffLine } from "./answer_words.js";
import { askStanding, mayBeWithdrawn } from "./copy_standing.js";
import { askDecision, hasDecision } from "./decision.js";
import { part } from "./elements.js";
import { gatherAnywhere } from "./gathering.js";
import { fillPlaces } from "./places.js";
import { pursue } from "./pursuing.js";
import { showChecking, showCopyAsked, showDecision, showSigned, showVerdict } from "./render.js";
import { withPlace } from "./service_answers.js";
import { judge } from "./verdict.js";

const CHECKING = {
  verdict: { zh: "正在核验", en: "Checking" },
  text: { zh: "正在核对数字签名和公开账本，通常只需一两秒。", en: "Checking the signature and the public ledger: a second or two." },
};

/** Checks a record, and shows what came of it. */
export class PresentedRecord {
  /**
   * @param text what stands in the QR symbol.
   * @param words codes.json and words.json.
   * @param anchor verifier key line of the trust anchor, or null.
   * @param service where verdicts are given; null: nobody is asked.
   * @param offer called with a question when there is something to be had for it, else with null.
   * @param suspect called with what the answer is about (suspicion.js).
   */
  constructor({ text, words, anchor, service, offer, suspect }) {
    Object.assign(this, { text, words, anchor, service, offer, suspect });
  }

  /** Check. @param quietly leave focus and answer to whoever is reading until another answer is there. */
  check(quietly = false) {
    return pursue(async (question) => {
      question.subject = { askAgain: () => this.check() };
      if (!quietly) showChecking(CHECKING);
      const onSigned = (signed) => quietly || question.signal.aborted || showSigned(signed);
      const asked = { now: presentSecond(), anchor: this.anchor, onSigned, signal: question.signal };
      const evidence = await question.still(gatherAnywhere(this.text, new URL("/", location.origin), asked));
      const place = quietly ? chosenPlace() : null;
      if (!quietly) fillPlaces(evidence.tables);
      this.state = { evidence, place, decided: null, copyAsked: false, standing: null };
      question.subject = this.subject();
      this.show();
      if (!quietly) part("[data-verdict]").focus();
      await this.explain(question);
    });
  }

  subject() {
    return {
      askAgain: () => this.check(),
      choosePlace: (place) => this.learn({ place }),
      ...(isOffLine(this.state.evidence) ? { askAgainQuietly: () => this.check(true) } : {}),
    };
  }

  // What fails has a reason that the log does not hold, and a copy may have been ended early: the two cases in which the
  // record leaves the browser.
  async explain(question) {
    const { evidence } = this.state;
    if (this.service === null || evidence.basis === "kept") return;
    if (hasDecision(evidence)) {
      this.learn({ decided: await question.still(askDecision(this.service, this.text, evidence.status, question.signal)) });
    } else if (mayBeWithdrawn(evidence, this.verdict())) {
      const standing = await question.still(askStanding(this.service, this.text, evidence.claims.copy.id, question.signal));
      this.learn({ copyAsked: true, standing });
    }
  }

  learn(more) {
    this.state = { ...this.state, ...more };
    this.show();
  }

  evidence() {
    const { evidence, decided, standing } = this.state;
    return { ...evidence, ...(decided === null ? {} : { decision: decided.decision, replacedBy: decided.replacedBy }), copyStanding: standing };
  }

  verdict() {
    return judge(this.evidence(), this.words, presentSecond(), this.state.place);
  }

  show() {
    const { place, decided, copyAsked, standing } = this.state;
    const evidence = this.evidence();
    showVerdict(this.verdict(), evidence, this.words, place);
    if (decided !== null) showDecision(decided, this.words);
    if (copyAsked) showCopyAsked(standing, this.words);
    const reported = evidence.authentic === "yes" && evidence.claims?.historical === null;
    this.offer(reported ? withPlace({ qr: this.text }, place) : null);
    this.suspect({ qr: this.text });
  }
}

function chosenPlace() {
  return part("[data-place-select]").value || null;
}

function presentSecond() {
  return Math.floor(Date.now() / 1000);
}
