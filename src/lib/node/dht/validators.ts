import { type Datastore, Key } from 'interface-datastore'
import { base32 } from 'multiformats/bases/base32'
import { compareIpnsEntries } from '../../protocols/ipns/entry.ts'
import { decodeIpnsRecord, verifyIpnsRecord } from '../../protocols/ipns/record.ts'
import { fieldsOf } from '../../protocols/protobuf.ts'
import type { Validators } from '../spec.ts'

type Validate = (key: Uint8Array, value: Uint8Array) => Promise<void>
type Select = (key: Uint8Array, values: Uint8Array[]) => number

/** What kad-dht has stored. */
export interface StoredRecords {
  datastore: Pick<Datastore, 'get'>
  /** its `datastorePrefix` */
  datastorePrefix: string
}

/**
 * Makes what kad-dht checks records by, and chooses among them by (kad-dht spec, "Entry validation"). That of `pk` is
 * its own default.
 *
 * @param namespaces - validators by namespace, beside those that `pk` and `ipns` have
 * @param records - where kad-dht keeps records
 * @returns its `validators` and `selectors`
 */
export function recordValidators(namespaces: Validators, records: StoredRecords) {
  const validators: Record<string, Validate> = {}
  const selectors: Record<string, Select> = {}
  for (const [namespace, name] of Object.entries<Validators[string]>({ ipns: 'ipns', ...namespaces })) {
    if (name === 'pk') continue
    validators[namespace] = name === 'ipns' ? ipnsValidator(records) : async () => {}
    selectors[namespace] = name === 'ipns' ? newest : () => 0
  }
  return { validators, selectors }
}

/** kad-dht stores whatever is valid: that a record is not replaced by an older one has to be seen to here. */
function ipnsValidator(records: StoredRecords): Validate {
  return async (key, value) => {
    const verdict = await verifyIpnsRecord(key, value)
    if (verdict !== 'valid') throw new Error(verdict === 'expired' ? 'the record has expired' : verdict.fault)
    const stored = await storedValue(records, key)
    if (stored === undefined || (await verifyIpnsRecord(key, stored)) !== 'valid') return
    if (compareIpnsEntries(decodeIpnsRecord(value), decodeIpnsRecord(stored)) < 0)
      throw new Error('a newer record is stored')
  }
}

function newest(_key: Uint8Array, values: Uint8Array[]): number {
  const entries = values.map(decodeIpnsRecord)
  let best = 0
  for (const [index, entry] of entries.entries()) {
    const other = entries[best]
    if (other !== undefined && compareIpnsEntries(entry, other) > 0) best = index
  }
  return best
}

/** The value in the record that kad-dht keeps of a key (kad-dht spec, "RPC messages": `Record`). */
async function storedValue(
  { datastore, datastorePrefix }: StoredRecords,
  key: Uint8Array,
): Promise<Uint8Array | undefined> {
  try {
    const record = await datastore.get(new Key(`${datastorePrefix}/record/${base32.baseEncode(key)}`, false))
    return [...fieldsOf(record)].flatMap(({ number, kind, value }) =>
      number === 2 && kind === 'bytes' ? value : [],
    )[0]
  } catch (error) {
    // nothing else: who cannot read what it has cannot tell what is older
    if (error instanceof Error && error.name === 'NotFoundError') return undefined
    throw error
  }
}
