import type { Router, RouterRpc } from './router.ts'
import { splitRpc } from './split-rpc.ts'

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
