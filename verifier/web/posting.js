// Questions to the service: in the body and never in an address, without cookies, without a referrer, and for a bounded time.

const JSON_TYPE = "application/json";

/**
 * Send a question.
 * @param address where it is answered.
 * @param question an object, sent as JSON, or a file, sent as it is with its media type `type`.
 * @param timeout milliseconds after which nothing is waited for any more.
 * @returns {Promise<Response>} whatever its status; rejected off line, when refused, and after the timeout.
 */
export function post(address, question, timeout, type = JSON_TYPE) {
  return fetch(address, {
    method: "POST",
    headers: { "Content-Type": type },
    body: type === JSON_TYPE ? JSON.stringify(question) : question,
    signal: AbortSignal.timeout(timeout),
    credentials: "omit",
    redirect: "error",
    referrerPolicy: "no-referrer",
  });
}
