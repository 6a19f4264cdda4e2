/** Growing delays between attempts. */

/** Delays double from `firstMs` up to `maxMs`; each is shortened by a random part of up to half of it. */
export interface Backoff {
  firstMs: number;
  maxMs: number;
}

/**
 * Delay before attempt `attempt + 1`, in milliseconds. The random part keeps many waiters from coming back together.
 * @param attempt failures so far, from 1
 */
export function backoffDelay(backoff: Backoff, attempt: number): number {
  const full = Math.min(backoff.maxMs, backoff.firstMs * 2 ** Math.min(attempt - 1, 30));
  return full * (0.5 + Math.random() / 2);
}

/**
 * Waits; an aborted signal ends the wait early.
 * @throws the signal's reason
 */
export function delay(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason as Error);
      return;
    }
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
