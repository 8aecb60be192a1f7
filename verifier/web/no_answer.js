// Why the service gave no answer, and what to do about it: three different things, told apart wherever somebody asks.

const TOO_MANY = 429;
const NOTHING_WRONG = { zh: "这不表示证书有问题。", en: "It says nothing against the certificate." };

/** Sentences by reason, each `{mark, label, text, next}`. */
export const NO_ANSWERS = {
  network: {
    mark: "offline",
    label: { zh: "网络不通", en: "no network" },
    text: { zh: `没有连上本站，问题没有送到。${NOTHING_WRONG.zh}`, en: `This site could not be reached. ${NOTHING_WRONG.en}` },
    next: { zh: "请检查网络后重试。", en: "Check the network and try again." },
  },
  busy: {
    mark: "offline",
    label: { zh: "本站暂时不能答复", en: "this site cannot answer now" },
    text: { zh: `网络正常，但本站正忙或正在维护，暂时不能答复。${NOTHING_WRONG.zh}`, en: `The network works, but this site is busy or under maintenance and cannot answer now. ${NOTHING_WRONG.en}` },
    next: { zh: "请稍等几分钟再试，不必检查网络。", en: "Try again in a few minutes; the network is not the reason." },
  },
  "too-many": {
    mark: "stale",
    label: { zh: "查询过于频繁", en: "too many questions" },
    text: { zh: `从您的网络来的查询过于频繁，本站这一次没有受理。${NOTHING_WRONG.zh}`, en: `There were too many questions from your network; this one was not taken. ${NOTHING_WRONG.en}` },
    next: { zh: "请过几分钟再试，不必检查网络。", en: "Try again in a few minutes; the network is not the reason." },
  },
};

/** The reason in an answer that is none: a key of NO_ANSWERS; null stands for a request that nothing came back from. */
export function reasonOf(response) {
  if (response === null) return "network";
  return response.status === TOO_MANY ? "too-many" : "busy";
}

/** The sentences of a reason in one text, for places that have room for one. */
export function sentenceOf(reason) {
  const { text, next } = NO_ANSWERS[reason];
  return { zh: text.zh + next.zh, en: `${text.en} ${next.en}` };
}
