/** Source-text access of JSON numbers (ECMAScript proposal "JSON.parse source text access"), native in Node 24. */

/** A number that travels as the text it came in. */
interface RawJson {
  readonly rawJSON: string;
}

interface JSON {
  rawJSON(text: string): RawJson;
  isRawJSON(value: unknown): value is RawJson;
  parse(
    text: string,
    reviver: (this: unknown, key: string, value: unknown, context: { readonly source?: string }) => unknown,
  ): unknown;
}
