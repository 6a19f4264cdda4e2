/**
 * Orders two strings by the bytes of their UTF-8 form, as Go and etcd do: negative, zero or positive.
 * JavaScript's own `<` compares UTF-16 units and puts U+E000–U+FFFF after the supplementary planes.
 */
export function compareBytes(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let i = 0; i < length; i++) {
    const a = left.charCodeAt(i);
    const b = right.charCodeAt(i);
    if (a !== b) return rank(a) - rank(b);
  }
  return left.length - right.length;
}

/** Moves surrogates, which stand for U+10000 and above, behind every other UTF-16 unit. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
