// Days as they are counted in China, UTC+08:00 all the year round.

/** The date in China at an instant, `YYYY-MM-DD`. @param now seconds since 1970. */
export function dateInChina(now) {
  return new Date((now + 8 * 3600) * 1000).toISOString().slice(0, 10);
}

/** An instant in Beijing time, to the minute. */
export function chinaTime(instant) {
  return new Date(Date.parse(instant) + 8 * 3600 * 1000).toISOString().slice(0, 16).replace("T", " ");
}
