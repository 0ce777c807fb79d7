import type { DhtKey } from '../../keys/dht-key.ts'
import type { Validators } from '../../node/spec.ts'
import { compareIpnsEntries, type IpnsEntry } from '../../protocols/ipns/entry.ts'
import type { KadMessage } from '../../protocols/kad/message.ts'
import type { Answer } from './lookup.ts'
import type { Query } from './query.ts'
import { type Verdict, validate } from './validate.ts'
import { ValueTally } from './value-tally.ts'

/**
 * The value in the answer to a `GET_VALUE`.
 *
 * @param message - the answer
 * @param key - what was asked for
 * @returns the value; undefined where there is none, `another key` where it is that of another
 */
export function valueIn({ record }: KadMessage, key: DhtKey): Uint8Array | 'another key' | undefined {
  if (record?.value === undefined) return undefined
  return record.key === undefined || Buffer.compare(record.key, key.bytes) !== 0 ? 'another key' : record.value
}

/** The values that the peers of one query give for a key, and the choice among them. Those that are not valid are dropped, and told. */
export class ValueChoice {
  readonly #query: Query
  readonly #key: DhtKey
  readonly #validators: Validators
  readonly #tally = new ValueTally()
  #invalid = 0
  #lastFault = ''
  #newest: IpnsEntry | undefined

  /**
   * @param query - is told of values that are not valid
   * @param key - whose values
   * @param validators - by namespace
   */
  constructor(query: Query, key: DhtKey, validators: Validators) {
    this.#query = query
    this.#key = key
    this.#validators = validators
  }

  /** The one that the validator prefers, else that most peers gave, the first of those. */
  get best(): ValueTally['best'] {
    return this.#tally.best
  }

  /** Whether as many peers gave another value as gave the best. */
  get isTied(): boolean {
    return this.#tally.isTied
  }

  /** The newest IPNS record that its key has signed, also where it has expired. */
  get newest(): IpnsEntry | undefined {
    return this.#newest
  }

  /** What to say where there is none: also why those that there were are not taken. */
  get otherwise(): string {
    if (this.#invalid === 0) return `nobody gave a value of ${this.#key.text}`
    const values = this.#invalid === 1 ? '1 value was' : `${this.#invalid} values were`
    return `nobody gave a valid value of ${this.#key.text}: ${values} dropped, the last: ${this.#lastFault}`
  }

  /** Takes the value of an answer. */
  async add({ peer, message }: Answer): Promise<void> {
    const value = valueIn(message, this.#key)
    if (value === undefined) return
    if (value === 'another key') return this.#query.fault(peer, 'it gave the value of another key')
    const verdict = await validate(this.#key.bytes, value, this.#validators)
    this.#note(verdict)
    if (verdict.is === 'invalid') {
      this.#invalid++
      this.#lastFault = verdict.fault
      return this.#query.fault(peer, `its value is not valid: ${verdict.fault}`)
    }
    this.#tally.add({ value, verdict, from: peer })
  }

  #note(verdict: Verdict): void {
    const entry = verdict.is === 'valid' ? verdict.entry : verdict.is === 'invalid' ? verdict.expired : undefined
    if (entry !== undefined && (this.#newest === undefined || compareIpnsEntries(entry, this.#newest) > 0))
      this.#newest = entry
  }
}
