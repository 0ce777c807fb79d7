/** What can be seen of pub/sub; an RPC is plain JSON. */
export interface PubsubDetails<Rpc> {
  'rpc-sent': { protocol: string; rpc: Rpc }
  'rpc-received': { protocol: string; rpc: Rpc }
  rejected: { peer: string; topic?: string; reason: string; count: number }
}
