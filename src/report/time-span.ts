/** A span of time in words. */

/** `3600` seconds as `1 h`, `5400` as `1 h 30 min`; rounded to the minute above two. */
export function inWords(seconds: number): string {
  if (seconds < 120) return `${seconds} s`
  const minutes = Math.round(seconds / 60)
  const parts = [Math.floor(minutes / 60) && `${Math.floor(minutes / 60)} h`, minutes % 60 && `${minutes % 60} min`]
  return parts.filter(Boolean).join(' ')
}
