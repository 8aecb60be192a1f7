// How long an answer is waited for. `AbortSignal.timeout` and `AbortSignal.any` are younger than the oldest browsers that check.

/**
 * A signal that ends a request after so many milliseconds, or together with another signal.
 * @param also the signal of the question that the request belongs to, or null.
 * @returns {AbortSignal}
 */
export function limited(milliseconds, also = null) {
  const limit = new AbortController();
  const end = () => limit.abort();
  setTimeout(end, milliseconds);
  if (also?.aborted) end();
  else also?.addEventListener("abort", end, { once: true });
  return limit.signal;
}
