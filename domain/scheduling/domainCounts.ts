/** How many picked clusters each part (domain) of a topology has. */
export class DomainCounts {
  readonly #counts = new Map<string, number>();
  /** Number of domains by their count, so that the smallest count is known without looking at all of them. */
  readonly #domainsAt = new Map<number, number>();
  #smallest = 0;
  #largest = 0;

  /** @param domains all of them, as often as wanted */
  constructor(domains: Iterable<string>) {
    for (const domain of domains) this.#counts.set(domain, 0);
    this.#domainsAt.set(0, this.#counts.size);
  }

  /** One more picked cluster in a domain. */
  add(domain: string): void {
    const count = this.#countOf(domain);
    this.#counts.set(domain, count + 1);
    const left = this.#domainsWith(count) - 1;
    this.#domainsAt.set(count, left);
    this.#domainsAt.set(count + 1, this.#domainsWith(count + 1) + 1);
    if (left === 0 && count === this.#smallest) this.#smallest = count + 1;
    this.#largest = Math.max(this.#largest, count + 1);
  }

  /**
   * What one more cluster in a domain does to the difference between the largest and the smallest count. While all
   * are equal it counts as an increase, even where there is only one domain.
   */
  skewChange(domain: string): -1 | 0 | 1 {
    const count = this.#countOf(domain);
    if (count === this.#largest) return 1;
    return count === this.#smallest && this.#domainsWith(count) === 1 ? -1 : 0;
  }

  /**
   * Whether one more cluster would put a domain more than `maxSkew` above the emptiest one. A domain that is not the
   * fullest may be filled even while others are too full, so that a topology out of balance can find back.
   */
  wouldExceed(domain: string, maxSkew: number): boolean {
    return this.skewChange(domain) !== -1 && this.#countOf(domain) + 1 - this.#smallest > maxSkew;
  }

  #countOf(domain: string): number {
    return this.#counts.get(domain) ?? 0;
  }

  #domainsWith(count: number): number {
    return this.#domainsAt.get(count) ?? 0;
  }
}
