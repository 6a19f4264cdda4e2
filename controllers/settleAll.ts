/** Waits for all of several writes, also when one fails, so that none goes on unseen; then throws the first failure. */
export async function settleAll<T>(writes: readonly Promise<T>[]): Promise<T[]> {
  const results = await Promise.allSettled(writes);
  return results.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}
