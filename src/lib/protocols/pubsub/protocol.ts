/** https://github.com/libp2p/specs/blob/master/pubsub/README.md */
export const floodsubProtocol = '/floodsub/1.0.0'

/** Longest RPC that is sent: what other implementations read as well, unless they are told otherwise. */
export const longestRpc = 1024 * 1024

/** Longest RPC that is read: js-libp2p answers one IWANT by one RPC, however many messages were asked for. */
export const longestRpcRead = 4 * 1024 * 1024

/**
 * Whether a protocol carries the RPCs of pub/sub: floodsub, or a version of gossipsub.
 *
 * @param protocol - a protocol ID
 * @returns true for `/floodsub/1.0.0` and `/meshsub/…`
 */
export function isPubsubProtocol(protocol: string): boolean {
  return protocol === floodsubProtocol || protocol.startsWith('/meshsub/')
}
