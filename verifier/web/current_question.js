// The one question that this page answers: whoever asks anew ends the question before, whatever it was (a number, a code, a
// place, a report's code, a share code, a file, a picture, a record). Every answer goes through its question, and an answer
// to an earlier one reaches nobody: it must never stand where somebody reads the answer to the later.

/** The question was followed by another: its answer is not wanted any more. */
export class Superseded extends Error {}

class Question {
  constructor() {
    const ending = new AbortController();
    /** What the page's buttons do about it: `choosePlace(place)` and `askAgain()`, each where there is such a thing to do. */
    this.subject = {};
    /** Aborted when another question takes its place. */
    this.signal = ending.signal;
    /** Another question takes its place. */
    this.end = () => ending.abort();
  }

  /** Wait for a part of the answer. @throws {Superseded} where another question was begun meanwhile. */
  async still(pending) {
    try {
      const part = await pending;
      if (this.signal.aborted) throw new Superseded();
      return part;
    } catch (error) {
      throw this.signal.aborted ? new Superseded() : error;
    }
  }
}

let current = new Question();

/** Begin a question; the one before it is over, and its requests are ended. */
export function beginQuestion() {
  current.end();
  current = new Question();
  return current;
}

/** What the buttons under the answer are about. */
export function currentSubject() {
  return current.subject;
}
