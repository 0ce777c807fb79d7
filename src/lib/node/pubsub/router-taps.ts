import type { Rejection } from './rejections.ts'
import type { Router, RouterRpc } from './router.ts'
import { SeenMessages } from './seen-messages.ts'
import { splitRpc } from './split-rpc.ts'

/**
 * Hears what a router makes of messages, and has those that it has forgotten taken for the duplicates that they are.
 *
 * @param router - a router that has not been started
 * @param onRejected - told of each message that is not taken, unless it is a mere duplicate
 */
export function tapVerdicts(router: Router, onRejected: (rejected: Omit<Rejection, 'count'>) => void): void {
  const seen = new SeenMessages()
  const validate = router.validateReceivedMessage.bind(router)
  router.validateReceivedMessage = async (from, message) => {
    const verdict = await validate(from, message)
    const peer = from.toString()
    const { topic } = message
    if (verdict.code === 'invalid') {
      onRejected({ peer, topic, reason: reasonOf(verdict.error ?? verdict.reason) })
      return verdict
    }
    const msgIdStr = verdict.code === 'valid' ? verdict.messageId.msgIdStr : verdict.msgIdStr
    const { isNew, fault } = seen.note(msgIdStr, peer, message.signature)
    if (fault !== undefined) onRejected({ peer, topic, reason: fault })
    return isNew || verdict.code === 'duplicate' ? verdict : { code: 'duplicate', msgIdStr }
  }
}

/**
 * Hears what a router sends, and has an RPC that is too long sent as several.
 *
 * @param router - a router that has not been started
 * @param onSent - told of each RPC that is on its way to a peer
 */
export function tapSending(router: Router, onSent: (peer: string, rpc: RouterRpc) => void): void {
  const send = router.sendRpc.bind(router)
  const sendInBatch = router.sendRpcInBatch.bind(router)
  router.sendRpc = (peer, rpc) => {
    const sent = splitRpc(rpc).map((part) => {
      const isSent = send(peer, part)
      if (isSent) onSent(peer, part)
      return isSent
    })
    return sent.every(Boolean)
  }
  router.sendRpcInBatch = (peers, rpc) => {
    // it takes away those that it could not be sent to
    sendInBatch(peers, rpc)
    for (const peer of peers) onSent(peer, rpc)
  }
}

/** The names that js-libp2p gives, in words. */
const reasons = new Map([
  ['invalid_signature', 'bad signature, or none'],
  ['invalid_seqno', 'bad sequence number, or none'],
  ['invalid_peerid', 'its author is not who the key says, or nobody'],
  ['signature_present', 'it is signed, where messages are not'],
  ['seqno_present', 'it has a sequence number, where messages have none'],
  ['from_present', 'it has a key, where messages have none'],
])

function reasonOf(name: string): string {
  return reasons.get(name) ?? name
}
