import { base2 } from 'multiformats/bases/base2'
import { base8 } from 'multiformats/bases/base8'
import { base10 } from 'multiformats/bases/base10'
import * as base16 from 'multiformats/bases/base16'
import * as base32 from 'multiformats/bases/base32'
import * as base36 from 'multiformats/bases/base36'
import * as base58 from 'multiformats/bases/base58'
import * as base64 from 'multiformats/bases/base64'
import { base256emoji } from 'multiformats/bases/base256emoji'

const decoders = new Map(
  [base2, base8, base10, base256emoji, base16, base32, base36, base58, base64]
    .flatMap((bases) => ('prefix' in bases ? [bases] : Object.values(bases)))
    .map((base) => [base.prefix, base]),
)

/**
 * Finds the base of a text by its first character (https://github.com/multiformats/multibase).
 *
 * @param text - any text
 * @returns its multibase; undefined where the first character is no prefix
 */
export function multibaseOf(text: string) {
  return decoders.get(String.fromCodePoint(text.codePointAt(0) ?? 0))
}
