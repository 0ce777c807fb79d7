import type { Message } from '@libp2p/gossipsub'
import { messageOf } from '../../errors/causes.ts'
import { writeVarint } from '../../protocols/protobuf.ts'
import { longestTopic } from '../spec.ts'
import { Authors, isSignedBy } from './authors.ts'
import { idText, messageId, signedId } from './message-id.ts'
import type { Rejected } from './rejections.ts'
import type { RawMessage, Router, Verdict } from './router.ts'
import { SeenMessages } from './seen-messages.ts'

/** Payloads that are worth telling others that one has them (gossipsub v1.2, IDONTWANT), in bytes. */
const worthTelling = 512

/** What is wrong with a message: one of a few reasons, and what varies. */
class Fault extends Error {
  readonly detail: string | undefined

  constructor(reason: string, detail?: string) {
    super(reason)
    this.detail = detail
  }
}

/**
 * Has messages checked here, in the place of the router: it makes a key for each, checks each copy again, forgets after two
 * minutes what it has seen, and tells nobody what it rejects.
 *
 * @param router - a router that has not been started
 * @param onRejected - told of each message that is not taken, unless it is a mere duplicate
 */
export function takeOverValidation(router: Router, onRejected: (rejected: Rejected) => void): void {
  const seen = new SeenMessages()
  const authors = new Authors()
  const isStrict = router.globalSignaturePolicy === 'StrictSign'

  router.validateReceivedMessage = async (from, raw): Promise<Verdict> => {
    const peer = from.toString()
    const { topic } = raw
    try {
      if (Buffer.byteLength(topic) > longestTopic) throw new Fault(`a topic of more than ${longestTopic} bytes`)
      const copied = copyOf(seen, raw)
      const message = copied === undefined ? await (isStrict ? signedBy(authors, raw) : unsigned(raw)) : undefined
      const msgId = copied ?? (message && messageId(message)) ?? new Uint8Array(0)
      const msgIdStr = idText(msgId)
      const { isNew, fault } = seen.note(msgIdStr, peer, raw.signature)
      if (fault !== undefined) onRejected({ peer, topic, reason: fault })
      if (message === undefined || !isNew || router.seenCache.has(msgIdStr)) return { code: 'duplicate', msgIdStr }
      router.seenCache.put(msgIdStr)
      if (message.data.length >= worthTelling) router.sendIDontWants(msgId, topic, peer)
      return { code: 'valid', messageId: { msgId, msgIdStr }, msg: message }
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      const { message: reason, detail } = error
      onRejected({ peer, topic, reason, ...(detail !== undefined && { detail }) })
      return { code: 'invalid', reason: 'error', error: error.message }
    }
  }
}

/** Most messages come more than once, and checking a signature takes most of the time of one. */
function copyOf(seen: SeenMessages, { from, seqno, signature }: RawMessage): Uint8Array | undefined {
  if (from === undefined || seqno === undefined || signature === undefined) return undefined
  const id = signedId(from, seqno)
  return seen.isCopy(idText(id), signature) ? id : undefined
}

/** A message under StrictSign: `from`, `seqno` and `signature` are there, and right. */
async function signedBy(authors: Authors, { from, data, seqno, topic, signature, key }: RawMessage): Promise<Message> {
  if (signature === undefined) throw new Fault('it is not signed')
  if (seqno?.length !== 8) throw new Fault('bad sequence number, or none')
  if (from === undefined) throw new Fault('it has no author')
  const author = attempt('its author is not who the key says', () => authors.of(from, key))
  const fields = [from, data, seqno, Buffer.from(topic)].flatMap((field, index) => encoded(index + 1, field))
  const bytes = Buffer.concat([Buffer.from('libp2p-pubsub:'), ...fields])
  if (!(await isSignedBy(author, bytes, signature))) throw new Fault('bad signature')
  return {
    type: 'signed',
    from: author.peerId,
    topic,
    data: data ?? new Uint8Array(0),
    sequenceNumber: Buffer.from(seqno).readBigUInt64BE(),
    signature,
    key: author.publicKey,
  }
}

/** A message under StrictNoSign: whatever tells of its author is absent; js-libp2p's floodsub sends `from` all the same. */
function unsigned({ data, seqno, topic, signature, key }: RawMessage): Message {
  if (signature !== undefined) throw new Fault('it is signed, where messages are not')
  if (seqno !== undefined) throw new Fault('it has a sequence number, where messages have none')
  if (key !== undefined) throw new Fault('it has a key, where messages have none')
  return { type: 'unsigned', topic, data: data ?? new Uint8Array(0) }
}

function encoded(number: number, value: Uint8Array | undefined): Uint8Array[] {
  return value === undefined ? [] : [Uint8Array.of((number << 3) | 2), writeVarint(value.length), value]
}

function attempt<T>(what: string, act: () => T): T {
  try {
    return act()
  } catch (error) {
    throw new Fault(what, messageOf(error))
  }
}
