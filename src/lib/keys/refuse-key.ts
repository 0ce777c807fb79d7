import { ToolkitError } from '../errors/toolkit-error.ts'

/**
 * The error for bytes that are not a usable private key. The reason must hold no part of the
 * input: a key that is nearly right is still a secret.
 *
 * @param reason - why, as the clause after "not a usable private key: "
 * @param context - what to try next, and the cause; only a cause that cannot quote the input
 * @returns a `local` error of the identity layer, to be thrown by the caller
 */
export function refuseKey(reason: string, context: { suggestions?: string[]; cause?: unknown } = {}): ToolkitError {
  return new ToolkitError('local', `not a usable private key: ${reason}`, { layer: 'identity', ...context })
}

/**
 * What OpenSSL said.
 *
 * @param error - whatever node:crypto threw
 * @returns its code, the reason in OpenSSL's words, and the error as `cause`; no cause and an empty code where the
 * error is not OpenSSL's own, since Node's argument errors quote the values they were given
 */
export function opensslFailure(error: unknown): { code: string; reason: string; cause?: Error } {
  if (error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_OSSL_')) {
    return { code: String(error.code), reason: error.message.replace(/^error:[0-9A-F]+:/, ''), cause: error }
  }
  return { code: '', reason: 'no reason given' }
}
