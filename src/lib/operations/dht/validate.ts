import { messageOf } from '../../errors/causes.ts'
import { namespaceOf } from '../../keys/dht-key.ts'
import { peerIdOf } from '../../keys/key-pair.ts'
import { peerIdOfBytes } from '../../keys/peer-id.ts'
import { decodePublicKey } from '../../keys/public-key.ts'
import type { ValidatorName, Validators } from '../../node/spec.ts'
import { compareIpnsEntries, type IpnsEntry } from '../../protocols/ipns/entry.ts'

/** What is to be said of a value: it holds, nobody here can tell, or why it does not. */
export type Verdict =
  | { is: 'valid'; entry?: IpnsEntry }
  | { is: 'unchecked' }
  | { is: 'invalid'; fault: string; expired?: IpnsEntry }

/**
 * Validates a value by the validator of its key's namespace (kad-dht spec, "Entry validation").
 *
 * @param key - of the record
 * @param value - its value
 * @param validators - by namespace, beside those that `pk` and `ipns` have
 * @returns the verdict; `unchecked` in a namespace without a validator
 */
export async function validate(key: Uint8Array, value: Uint8Array, validators: Validators): Promise<Verdict> {
  try {
    const name = validatorOf(key, validators)
    switch (name) {
      case 'pk':
        validatePublicKey(key, value)
        return { is: 'valid' }
      case 'ipns':
        return await validateIpns(key, value)
      case 'none':
        return { is: 'unchecked' }
      default:
        return name satisfies never
    }
  } catch (error) {
    return { is: 'invalid', fault: messageOf(error) }
  }
}

/**
 * Whether several valid values of a key may differ, so that one has to be selected (kad-dht spec, "Entry validation").
 *
 * @param key - of a record
 * @param validators - by namespace, beside those that `pk` and `ipns` have
 * @returns true for IPNS
 */
export function isSelected(key: Uint8Array, validators: Validators): boolean {
  return validatorOf(key, validators) === 'ipns'
}

/**
 * Says which of two values is to be preferred.
 *
 * @param a - verdict on the one
 * @param b - verdict on the other
 * @returns above 0 for `a`, below 0 for `b`, 0 where the validator has no preference
 */
export function compareVerdicts(a: Verdict, b: Verdict): number {
  const [one, other] = [a, b].map((verdict) => (verdict.is === 'valid' ? verdict.entry : undefined))
  return one === undefined || other === undefined ? 0 : compareIpnsEntries(one, other)
}

function validatorOf(key: Uint8Array, validators: Validators): ValidatorName {
  const namespace = namespaceOf(key) ?? ''
  if (Object.hasOwn(validators, namespace)) return validators[namespace] ?? 'none'
  return namespace === 'pk' || namespace === 'ipns' ? namespace : 'none'
}

/** Kad-dht spec, "Entry validation": the value is the public key whose hash is the peer ID. */
function validatePublicKey(key: Uint8Array, value: Uint8Array): void {
  decodePublicKey(value)
  const peer = peerIdOf({ publicKey: value })
  if (peer !== peerIdOfBytes(key.subarray('/pk/'.length))) throw new RangeError(`the public key is that of ${peer}`)
}

async function validateIpns(key: Uint8Array, value: Uint8Array): Promise<Verdict> {
  const { decodeIpnsRecord, verifyIpnsRecord } = await import('../../protocols/ipns/record.ts')
  const verdict = await verifyIpnsRecord(key, value)
  if (typeof verdict === 'object') return { is: 'invalid', fault: verdict.fault }
  const entry = decodeIpnsRecord(value)
  if (verdict === 'valid') return { is: 'valid', entry }
  return { is: 'invalid', fault: `the record expired at ${entry.expires.toISOString()}`, expired: entry }
}
