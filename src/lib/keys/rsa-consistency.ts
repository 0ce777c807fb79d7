import type { JsonWebKey } from 'node:crypto'

/**
 * Whether the numbers of a two-prime RSA private key belong together (RFC 8017 section 3.2). OpenSSL checks none of
 * this on reading, and would sign what nobody can verify. That the primes are prime is not checked.
 *
 * @param jwk - the key's numbers, base64url
 * @returns false where a number is absent or disagrees with the others
 */
export function isConsistentRsa(jwk: JsonWebKey): boolean {
  const { n, e, d, p, q, dp, dq, qi } = jwk
  if (n === undefined || e === undefined || d === undefined || p === undefined || q === undefined) return false
  if (dp === undefined || dq === undefined || qi === undefined) return false
  const [modulus, exponent, secret, first, second] = [n, e, d, p, q].map(toBigInt)
  const [firstCrt, secondCrt, coefficient] = [dp, dq, qi].map(toBigInt)
  if (modulus === undefined || exponent === undefined || secret === undefined) return false
  if (first === undefined || second === undefined || first < 3n || second < 3n) return false
  if (firstCrt === undefined || secondCrt === undefined || coefficient === undefined) return false
  return (
    first * second === modulus &&
    exponent >= 3n &&
    (exponent * secret) % (first - 1n) === 1n &&
    (exponent * secret) % (second - 1n) === 1n &&
    secret % (first - 1n) === firstCrt &&
    secret % (second - 1n) === secondCrt &&
    (coefficient * second) % first === 1n
  )
}

function toBigInt(base64url: string): bigint {
  return BigInt(`0x0${Buffer.from(base64url, 'base64url').toString('hex')}`)
}
