import { messageOf } from '../../errors/causes.ts'
import { namespaceOf } from '../../keys/dht-key.ts'
import { peerIdOf } from '../../keys/key-pair.ts'
import { peerIdOfBytes } from '../../keys/peer-id.ts'
import { decodePublicKey } from '../../keys/public-key.ts'

/** What is to be said of a value: it holds, nobody here can tell, or why it does not. */
export type Verdict = 'valid' | 'unchecked' | { fault: string }

const validators: Record<string, (rest: Uint8Array, value: Uint8Array) => void> = {
  // kad-dht spec, "Entry validation": the value is the public key whose hash is the peer ID
  pk(rest, value) {
    decodePublicKey(value)
    const peer = peerIdOf({ publicKey: value })
    if (peer !== peerIdOfBytes(rest)) throw new RangeError(`the public key is that of ${peer}`)
  },
}

/**
 * Validates a value by the validator of its key's namespace (kad-dht spec, "Entry validation").
 *
 * @param key - of the record
 * @param value - its value
 * @returns the verdict; `unchecked` in a namespace without a validator
 */
export function validate(key: Uint8Array, value: Uint8Array): Verdict {
  const namespace = namespaceOf(key) ?? ''
  const validator = Object.hasOwn(validators, namespace) ? validators[namespace] : undefined
  if (validator === undefined) return 'unchecked'
  try {
    validator(key.subarray(namespace.length + 2), value)
    return 'valid'
  } catch (error) {
    return { fault: messageOf(error) }
  }
}
